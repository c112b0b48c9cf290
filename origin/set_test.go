package origin_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unsafe"

	"github.com/google/go-cmp/cmp"

	"github.com/corspec/corspec/internal/lineartest"
	"github.com/corspec/corspec/origin"
)

func TestSetPatterns(t *testing.T) {
	for _, c := range []struct {
		in, want  []string
		redundant []int
	}{
		{nil, nil, nil},
		{[]string{"https://b.com", "https://a.com"}, []string{"https://a.com", "https://b.com"}, nil},
		{[]string{"https://a.com", "https://a.com:443"}, []string{"https://a.com"}, []int{1}},
		{[]string{"https://a.com", "*", "https://*.a.com", "*"}, []string{"*"}, []int{0, 2, 3}},
		// What only subdomains cover is kept.
		{[]string{"https://b.a.com", "https://*.a.com"}, []string{"https://*.a.com", "https://b.a.com"}, nil},
		{[]string{"https://b.a.com:1", "https://*.a.com"}, []string{"https://*.a.com", "https://b.a.com:1"}, nil},
		{[]string{"https://b.a.com:1", "https://*.a.com:*"}, []string{"https://*.a.com:*", "https://b.a.com:1"}, nil},
		{[]string{"https://*.b.a.com", "https://*.a.com"}, []string{"https://*.a.com", "https://*.b.a.com"}, nil},
		{[]string{"http://*.b.a.com", "https://*.a.com"}, []string{"http://*.b.a.com", "https://*.a.com"}, nil},
		{[]string{"https://*.a.com:[1,2]", "https://*.a.com:1", "https://*.a.com:3"}, []string{"https://*.a.com:3", "https://*.a.com:[1,2]"}, []int{1}},
		// The widest list stays, wherever it stands.
		{[]string{"https://*.a.com:1", "https://*.a.com:2", "https://*.a.com:[1,2]"}, []string{"https://*.a.com:[1,2]"}, []int{0, 1}},
		{[]string{"https://a.com:1", "https://a.com:2", "https://a.com:[1,2]"}, []string{"https://a.com:[1,2]"}, []int{0, 1}},
		{[]string{"https://*.a.com", "https://*.a.com:[443,8443]"}, []string{"https://*.a.com:[443,8443]"}, []int{0}},
		{[]string{"https://a.com:[10,20]", "https://a.com:[1,10,20]"}, []string{"https://a.com:[1,10,20]"}, []int{0}},
		// Of lists that cover each other together, the same ones stay in any order.
		{[]string{"https://a.com:[8,9]", "https://a.com:[1,8]", "https://a.com:[2,9]"}, []string{"https://a.com:[1,8]", "https://a.com:[2,9]"}, []int{0}},
		{[]string{"https://a.com:[2,9]", "https://a.com:[8,9]", "https://a.com:[1,8]"}, []string{"https://a.com:[1,8]", "https://a.com:[2,9]"}, []int{1}},
		{[]string{"https://*.a.com:1", "https://*.a.com:*", "https://*.a.com:*"}, []string{"https://*.a.com:*"}, []int{0, 2}},
		{[]string{"https://a.com", "https://a.com:*", "https://a.com:[1,2]"}, []string{"https://a.com:*"}, []int{0, 2}},
		{[]string{"https://b.a.com:*", "https://*.a.com:*"}, []string{"https://*.a.com:*", "https://b.a.com:*"}, nil},
		{[]string{"https://b.a.com:*", "https://*.a.com"}, []string{"https://*.a.com", "https://b.a.com:*"}, nil},
		{[]string{"https://a.com:1", "https://a.com:[1,2]"}, []string{"https://a.com:[1,2]"}, []int{0}},
		{[]string{"https://b.a.com:[1,2]", "https://*.a.com:[1,2,3]"}, []string{"https://*.a.com:[1,2,3]", "https://b.a.com:[1,2]"}, nil},
		{[]string{"m-e://{uuid}", "m-e://{uuid}", "m-e://5f4e7d2c-0b1a-4c3d-9e8f-a1b2c3d4e5f6"}, []string{"m-e://{uuid}"}, []int{1, 2}},
		// A host with an empty label is not below the pattern, hence not covered.
		{[]string{"https://*.b..a.com", "https://*.a.com"}, []string{"https://*.a.com", "https://*.b..a.com"}, nil},
		{[]string{"http://[::1]:9090", "http://[::1]:*"}, []string{"http://[::1]:*"}, []int{0}},
	} {
		s := origin.MustParseSet(c.in...)
		var got []string
		for _, p := range s.Patterns() {
			got = append(got, p.String())
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%q (-want +got):\n%s", c.in, diff)
		}
		if diff := cmp.Diff(c.redundant, s.Redundant()); diff != "" {
			t.Errorf("%q, redundant (-want +got):\n%s", c.in, diff)
		}
		if again := origin.MustParseSet(got...).Redundant(); again != nil {
			t.Errorf("%q: of %q, %v are still redundant", c.in, got, again)
		}
	}
}

func TestEmptySet(t *testing.T) {
	for _, s := range []*origin.Set{nil, {}, origin.NewSet(), origin.NewSet(origin.Pattern{})} {
		if _, ok := s.Match("https://a.com"); ok || s.Contains(origin.MustParse("https://a.com")) || s.Contains(origin.NewOpaque()) || !s.IsEmpty() || len(s.Patterns()) > 0 {
			t.Error("an empty set contains something")
		}
	}
	if s := origin.MustParseSet("*"); s.IsEmpty() || s.Contains(origin.Origin{}) {
		t.Error("* is empty, or contains what is not an origin")
	}
}

// The ports of patterns of one host are taken together.
func TestPortsTogether(t *testing.T) {
	for _, in := range [][]string{{"https://a.com:[443,1]", "https://a.com:[2,3]"}, {"https://a.com:[2,3]", "https://a.com:[443,1]"}, {"https://a.com:[2,3]", "https://a.com:[1,2]", "https://a.com:[443,3]"}} {
		s := origin.MustParseSet(in...)
		for value, want := range map[string]bool{"https://a.com": true, "https://a.com:1": true, "https://a.com:2": true, "https://a.com:3": true, "https://a.com:4": false} {
			if _, ok := s.Match(value); ok != want {
				t.Errorf("set of %q matches %s: %v", in, value, ok)
			}
		}
	}
}

func TestMustParseSet(t *testing.T) {
	defer func() {
		if err, _ := recover().(error); err == nil || !strings.Contains(err.Error(), "https://a.com/") {
			t.Errorf("it panics with %v, not with the error of the pattern", err)
		}
	}()
	origin.MustParseSet("https://a.com/")
}

// Any port is more than a long list, in whatever order they come.
func TestLongPortList(t *testing.T) {
	var ports strings.Builder
	for port := range 40_000 {
		fmt.Fprintf(&ports, ",%d", port)
	}
	for _, in := range [][]string{{"app://a:*", "app://a:[" + ports.String()[1:] + "]"}, {"app://a:[" + ports.String()[1:] + "]", "app://a:*"}} {
		s := origin.MustParseSet(in...)
		if got := s.Patterns(); len(got) != 1 || got[0].String() != "app://a:*" {
			t.Errorf("%d patterns, want any port alone", len(got))
		}
	}
	if got := (*origin.Set)(nil).Redundant(); got != nil {
		t.Errorf("a nil set has redundant patterns: %v", got)
	}
}

func TestParseSetReportsAllErrors(t *testing.T) {
	_, err := origin.ParseSet("https://a.com", "https://a.com/", "b.com")
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok || len(joined.Unwrap()) != 2 {
		t.Fatalf("got %v, want two errors", err)
	}
	for i, want := range []origin.PatternCode{origin.PatternPath, origin.PatternMissingScheme} {
		if e, ok := errors.AsType[*origin.PatternError](joined.Unwrap()[i]); !ok || e.Code != want {
			t.Errorf("error %d is %v, want code %s", i, joined.Unwrap()[i], want)
		}
	}
}

// An exact hit hands out the set's string, so that a framework's reused request
// buffer does not get into a response.
func TestMatchReturnsTheSetsString(t *testing.T) {
	for _, s := range []*origin.Set{origin.MustParseSet("https://a.com"), origin.MustParseSet("https://a.com", "https://b.com", "https://c.com:1", "https://*.a.com")} {
		for _, p := range s.Patterns() {
			if _, exact := p.Exact(); !exact {
				continue
			}
			buffer := []byte(p.String())
			got, ok := s.Match(unsafe.String(&buffer[0], len(buffer)))
			clear(buffer)
			if !ok || got != p.String() {
				t.Errorf("Match(%v) = %q, %v after its buffer was cleared", p, got, ok)
			}
		}
	}
}

// What is not a serialized origin is in no set, however close it looks.
func TestMatchRefusesWhatIsNoOrigin(t *testing.T) {
	sets := map[string]*origin.Set{}
	for _, patterns := range []string{"*", "https://a.com", "https://*.a.com", "https://*.a.com:*", "https://a.com:*", "https://a.com https://*.b.com", "m-e://{uuid}"} {
		sets[patterns] = origin.MustParseSet(strings.Fields(patterns)...)
	}
	for _, value := range []string{
		"", " ", "*", "a.com", "https://", "https://[a.com]", "https://evil.com/.a.com", "https://evil.com?.a.com", "https://evil.com#.a.com",
		`https://evil.com\.a.com`, "https://evil.com@x.a.com", "https://a.com/", "https://a.com:443", "https://x.a.com:443", "https://a.com:",
		"https://a.com:.evil.com", "https://a.com:0443", "https://a.com:65536", "https://A.com", "https://x.A.com", "HTTPS://x.a.com", "https://x.a.com ",
		" https://a.com", "https://a.com,https://b.com", "https://a.com https://x.a.com", "https://x.a.com\n", "https://x.a.com\x00", "https://\u00e9.a.com",
		"https://%61.a.com", "NULL", "file://x.a.com", "https:/x.a.com", "https:x.a.com", "//x.a.com",
		":", "a:", "a:/", "https:", "https:/", "://", "://x.a.com", ":1", "https://:", "https://:1", "https://x.a.com:4-3",
		"m-e://5f4e7d2c-0b1a-4c3d-9e8f-a1b2c:d4e5f6",
	} {
		for patterns, s := range sets {
			if got, ok := s.Match(value); ok {
				t.Errorf("set of %s, Match(%q) = %q", patterns, value, got)
			}
		}
	}
}

func TestSetAllocations(t *testing.T) {
	s := origin.MustParseSet("https://a.com", "https://*.a.com:[443,8443]", "http://localhost:*", "moz-extension://{uuid}")
	for _, value := range []string{
		"https://a.com", "https://b.a.com", "https://b.a.com:8443", "http://localhost:3000", "moz-extension://5f4e7d2c-0b1a-4c3d-9e8f-a1b2c3d4e5f6",
		"https://evil.com", "https://b.a.com:1", "null", "https://a.com/", "no origin", "https://" + strings.Repeat("a.", 1000) + "com",
	} {
		if n := testing.AllocsPerRun(100, func() { s.Match(value) }); n != 0 {
			t.Errorf("Match(%.40q) allocates %v times", value, n)
		}
		if o, err := origin.Parse(value); err == nil {
			if n := testing.AllocsPerRun(100, func() { s.Contains(o) }); n != 0 {
				t.Errorf("Contains(%.40q) allocates %v times", value, n)
			}
		}
	}
}

// Time is linear in the length of the host, also where it has very many labels
// and the set very many lengths to look for.
func TestMatchLinearTime(t *testing.T) {
	var patterns []origin.Pattern
	for i := range 200 {
		patterns = append(patterns, mustPattern("https://*."+strings.Repeat("a.", i)+"com"))
	}
	s := origin.NewSet(patterns[1:]...)
	lineartest.Check(t, func(size int) func() {
		value := "https://" + strings.Repeat("a.", size/2) + "org"
		return func() { s.Match(value) }
	})
}

// Making a set is linear, too: in the lengths of hosts times their ports, and
// in the schemes of a host or of UUIDs.
func TestNewSetLinear(t *testing.T) {
	for name, texts := range map[string]func(size int) []string{
		"a long host with very many ports": func(size int) []string {
			ports := make([]string, size/16)
			for i := range ports {
				ports[i] = strconv.Itoa(i)
			}
			return []string{"https://" + strings.Repeat("a", size/2) + ":[" + strings.Join(ports, ",") + "]"}
		},
		"schemes of a host": func(size int) []string {
			texts := make([]string, size/64)
			for i := range texts {
				texts[i] = fmt.Sprintf("s%d://host%s:*", i, strings.Repeat("t", 45))
			}
			return texts
		},
		"schemes of UUIDs": func(size int) []string {
			texts := make([]string, size/64)
			for i := range texts {
				texts[i] = fmt.Sprintf("s%d://{uuid}", i)
			}
			for i := range texts {
				texts = append(texts, fmt.Sprintf("s%d://5f4e7d2c-0b1a-4c3d-9e8f-a1b2c3d4e5f6", i))
			}
			return texts
		},
	} {
		t.Run(name, func(t *testing.T) {
			lineartest.Check(t, func(size int) func() {
				texts := texts(size)
				patterns := make([]origin.Pattern, len(texts))
				for i, text := range texts {
					patterns[i] = mustPattern(text)
				}
				return func() { origin.NewSet(patterns...) }
			})
		})
	}
}

// A suffixRules is a public suffix list of a few rules, as the list writes them.
type suffixRules []string

func (rules suffixRules) isSuffix(domain string) bool {
	_, above, _ := strings.Cut(domain, ".")
	return slices.Contains(rules, domain) || slices.Contains(rules, "*."+above) && above != "" || !strings.Contains(domain, ".")
}

func (rules suffixRules) PublicSuffix(domain string) string {
	for rest := domain; ; {
		if rules.isSuffix(rest) {
			return rest
		}
		_, rest, _ = strings.Cut(rest, ".")
	}
}

var twinRules = suffixRules{"com", "b.a.com", "x.c.b.a.com", "*.b.com", "*.p.q.a.com"}

// Below a public suffix that is deeper than its domain, a wildcard covers nothing.
func TestExceptPublicSuffixes(t *testing.T) {
	rules := suffixRules{"com", "app.render.com", "*.compute.aws.com", "s3.eu.aws.com", "co.uk"}
	calls := 0
	counting := suffixFunc(func(domain string) string {
		calls++
		if strings.Contains(domain, "..") {
			t.Errorf("the list is asked about %q", domain)
		}
		return rules.PublicSuffix(domain)
	})
	long := func(n int) string { // a domain of n bytes, with labels that the DNS allows
		return strings.Repeat("a.", (n-len("render.com"))/2) + "render.com"
	}
	for _, c := range []struct {
		patterns, value string
		want            bool
		calls           int
	}{
		{"https://*.render.com", "https://www.render.com", true, 0},
		{"https://*.render.com", "https://app.render.com", true, 0}, // render.com's own
		{"https://*.render.com", "https://evil.app.render.com", false, 1},
		{"https://*.render.com:*", "https://evil.app.render.com:1", false, 1},
		{"https://*.render.com", "https://x.evil.app.render.com", false, 1},
		{"https://*.render.com", "https://a.b.render.com", true, 1},
		{"https://*.render.com", "https://evil.test", false, 0},
		{"https://*.render.com https://evil.app.render.com", "https://evil.app.render.com", true, 0},
		{"https://*.render.com https://evil.app.render.com:*", "https://evil.app.render.com:8", true, 0},
		{"https://*.render.com https://*.x.app.render.com", "https://a.x.app.render.com", true, 0},
		{"https://*.render.com https://*.x.app.render.com", "https://a.b.x.app.render.com", true, 1},
		{"https://*.render.com https://*.x.app.render.com", "https://x.app.render.com", false, 1},
		{"https://*.render.com:* https://*.x.app.render.com", "https://a.x.app.render.com:1", false, 1},
		{"*", "https://evil.app.render.com", true, 0},
		// A host that is a public suffix itself, as render.com's app is; and one as everything beside it is, which
		// anybody can have.
		{"https://*.aws.com", "https://s3.eu.aws.com", true, 2},
		{"https://*.aws.com", "https://x.s3.eu.aws.com", false, 1},
		{"https://*.aws.com", "https://mine.compute.aws.com", false, 2},
		{"https://*.aws.com", "https://compute.aws.com", true, 0},
		// A dot at the end.
		{"https://*.render.com.", "https://evil.app.render.com.", false, 1},
		{"https://*.render.com.", "https://a.b.render.com.", true, 1},
		{"https://*.render.com.", "https://app.render.com.", true, 0},
		// No more than the DNS has.
		{"https://*.render.com", "https://" + long(252), true, 1},
		{"https://*.render.com", "https://b" + long(252), true, 1},
		{"https://*.render.com.", "https://b" + long(252) + ".", true, 1},
		{"https://*.render.com", "https://" + long(254), false, 0},
		{"https://*.render.com.", "https://" + long(254) + ".", false, 0},
		{"https://*.render.com", "https://" + strings.Repeat("a", 243) + ".render.com", false, 0},
		{"https://*.render.com http://*.render.com", "http://evil.app.render.com", false, 1},
		{"m-e://{uuid} https://*.render.com", "m-e://5f4e7d2c-0b1a-4c3d-9e8f-a1b2c3d4e5f6", true, 0},
	} {
		plain := origin.MustParseSet(strings.Fields(c.patterns)...)
		s := plain.ExceptPublicSuffixes(counting)
		calls = 0
		if _, ok := s.Match(c.value); ok != c.want || calls != c.calls {
			t.Errorf("%s: %s is matched: %v, want %v; the list was asked %d times, want %d", c.patterns, c.value, ok, c.want, calls, c.calls)
		}
		if o := origin.MustParse(c.value); s.Contains(o) != c.want {
			t.Errorf("%s: %s is contained: %v", c.patterns, c.value, !c.want)
		}
		if again := plain.ExceptPublicSuffixes(nil); again != plain {
			t.Error("without a list, the set is another")
		}
	}
	if s := (*origin.Set)(nil).ExceptPublicSuffixes(rules); s != nil {
		t.Error("a nil set is another")
	}
}

type suffixFunc func(domain string) string

func (f suffixFunc) PublicSuffix(domain string) string { return f(domain) }

func TestWildcardCovers(t *testing.T) {
	rules := suffixRules{"com", "app.a.com", "*.p.a.com"}
	for _, c := range []struct {
		patterns, pattern string
		plain, except     bool
	}{
		{"https://*.a.com", "https://a.com", false, false},
		{"https://*.a.com", "https://b.a.com", true, true},
		{"https://*.a.com", "https://b.a.com:1", false, false},
		{"https://*.a.com:*", "https://b.a.com:1", true, true},
		{"https://*.a.com:*", "https://b.a.com:[1,2]", true, true},
		{"https://*.a.com:1", "https://b.a.com:[1,2]", false, false},
		{"https://*.a.com", "http://b.a.com", false, false},
		{"https://*.a.com", "https://*.a.com", false, false},
		{"https://*.a.com:*", "https://*.a.com", false, false},
		{"https://*.a.com", "https://*.b.a.com", true, true},
		{"https://*.a.com", "https://*.b..a.com", false, false},
		{"https://*.a.com", "https://app.a.com", true, true},
		{"https://*.a.com", "https://x.app.a.com", true, false},
		{"https://*.a.com:*", "https://x.app.a.com:*", true, false},
		{"https://*.a.com", "https://*.app.a.com", true, false},
		{"https://*.a.com", "https://*.x.app.a.com", true, false},
		{"https://*.a.com https://*.x.app.a.com", "https://y.x.app.a.com", true, true},
		{"https://*.a.com", "https://x.p.a.com", true, false},
		{"https://*.a.com", "https://*.p.a.com", true, false},
		{"*", "https://b.a.com", false, false},
		{"https://*.a.com", "*", false, false},
		{"https://*.a.com", "m-e://{uuid}", false, false},
		{"https://*.app.a.com", "https://*.x.app.a.com", true, true},
		{"https://*.app.a.com", "https://y.x.app.a.com", true, true},
		{"https://*.b.com https://*.app.a.com", "https://*.x.app.a.com", true, true},
		{"https://*.a.com:*", "https://app.a.com:*", true, true},
		{"https://*.p.a.com:*", "https://x.p.a.com:*", true, true},
		{"https://*.a.com:*", "https://" + strings.Repeat("b.", 130) + "a.com:*", true, false},
		{"https://*.a.com:1 https://*.a.com:[2,3]", "https://b.a.com:[1,3]", true, true},
		{"http://*.a.com:1 https://*.a.com:[2,3]", "https://b.a.com:[1,3]", false, false},
	} {
		s, p := origin.MustParseSet(strings.Fields(c.patterns)...), mustPattern(c.pattern)
		if got := s.WildcardCovers(p); got != c.plain {
			t.Errorf("%s covers %v: %v", c.patterns, p, got)
		}
		if got := s.ExceptPublicSuffixes(rules).WildcardCovers(p); got != c.except {
			t.Errorf("%s covers %v, except public suffixes: %v", c.patterns, p, got)
		}
	}
	if (*origin.Set)(nil).WildcardCovers(mustPattern("https://a.com")) || origin.MustParseSet("https://*.a.com").WildcardCovers(origin.Pattern{}) {
		t.Error("nothing covers something, or nothing is covered")
	}
}

// A naiveSet is what sets do, said as simply as can be.
type naiveSet []string

func (patterns naiveSet) contains(value string) bool {
	o, err := origin.Parse(value)
	if err != nil {
		return false
	}
	return slices.ContainsFunc(patterns, func(pattern string) bool {
		if pattern == "*" {
			return true
		}
		if o.IsOpaque() {
			return false
		}
		scheme, rest, _ := strings.Cut(pattern, "://")
		if scheme != o.Scheme() {
			return false
		}
		host, portText, _ := strings.Cut(rest, ":")
		if strings.HasPrefix(rest, "[") {
			host, portText, _ = strings.Cut(rest, "]")
			host, portText = host+"]", strings.TrimPrefix(portText, ":")
		}

		port := map[string]string{"http": "80", "https": "443"}[scheme]
		if p, ok := o.Port(); ok {
			port = fmt.Sprint(p)
		}
		if portText == "" {
			portText = map[string]string{"http": "80", "https": "443"}[scheme]
		}
		if portText != "*" && !slices.Contains(strings.Split(strings.Trim(portText, "[]"), ","), port) {
			return false
		}

		switch {
		case host == "{uuid}":
			groups := strings.Split(o.Host(), "-")
			if len(groups) != 5 || strings.Trim(o.Host(), "0123456789abcdef-") != "" {
				return false
			}
			return len(groups[0]) == 8 && len(groups[1]) == 4 && len(groups[2]) == 4 && len(groups[3]) == 4 && len(groups[4]) == 12
		case strings.HasPrefix(host, "*."):
			have, want := strings.Split(o.Host(), "."), strings.Split(host[2:], ".")
			if len(have) <= len(want) || !slices.Equal(have[len(have)-len(want):], want) {
				return false
			}
			return !slices.Contains(have[:len(have)-len(want)], "")
		}
		return o.Host() == host
	})
}

// containsExcept is contains in the set that ExceptPublicSuffixes makes with rules.
func (patterns naiveSet) containsExcept(value string, rules suffixRules) bool {
	return slices.ContainsFunc(patterns, func(pattern string) bool {
		if !(naiveSet{pattern}).contains(value) {
			return false
		}
		_, domain, wildcard := strings.Cut(pattern, "://*.")
		if !wildcard {
			return true
		}
		if i := strings.IndexByte(domain, ':'); i >= 0 {
			domain = domain[:i]
		}
		domain = strings.TrimSuffix(domain, ".")
		// Between host and domain there is no public suffix, and nothing below which everything is one.
		host := strings.TrimSuffix(origin.MustParse(value).Host(), ".")
		for above := host; above != domain; {
			_, above, _ = strings.Cut(above, ".")
			if above != domain && (rules.isSuffix(above) || slices.Contains(rules, "*."+above)) {
				return false
			}
		}
		return true
	})
}

// twinParts are what random patterns and origins are made of: little enough
// that many of them meet.
var (
	twinSchemes = []string{"https", "http", "m-e"}
	twinHosts   = []string{"a.com", "b.a.com", "c.b.a.com", "q.a.com", "p.q.a.com", "ba.com", "a.com.", "com", "b..a.com", ".a.com", "localhost", "[::1]", "1.2.3.4", "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee"}
	twinPorts   = []string{"", "", "", ":80", ":443", ":8080", ":1"}
	twinLists   = []string{":*", ":[80,443]", ":[1,8080]", ":[1,2,443]"}
)

func randomOf(r *rand.Rand, list []string) string { return list[r.IntN(len(list))] }

func randomPattern(r *rand.Rand) (origin.Pattern, string) {
	for {
		host, port := randomOf(r, twinHosts), randomOf(r, twinPorts)
		switch r.IntN(20) {
		case 0:
			host, port = "{uuid}", ""
		case 1, 2, 3, 4, 5, 6:
			host = "*." + host
		}
		if r.IntN(3) == 0 && host != "{uuid}" {
			port = randomOf(r, twinLists)
		}
		text := randomOf(r, twinSchemes) + "://" + host + port
		if r.IntN(200) == 0 {
			text = "*"
		}
		if p, err := origin.ParsePattern(text); err == nil {
			return p, text
		}
	}
}

// checkTwin compares a set with its naive twin, with the patterns one by one,
// and with the set that is made of what it says it is made of.
func checkTwin(t *testing.T, texts []string, patterns []origin.Pattern, value string) {
	t.Helper()
	s := origin.NewSet(patterns...)
	want := naiveSet(texts).contains(value)
	if got, ok := s.Match(value); ok != want || ok && got != value {
		t.Errorf("set of %q, Match(%q) = %q, %v", texts, value, got, ok)
	}
	except := s.ExceptPublicSuffixes(twinRules)
	wantExcept := naiveSet(texts).containsExcept(value, twinRules)
	if got, ok := except.Match(value); ok != wantExcept || ok && got != value {
		t.Errorf("set of %q except public suffixes, Match(%q) = %q, %v", texts, value, got, ok)
	}
	if _, ok := origin.NewSet(except.Patterns()...).ExceptPublicSuffixes(twinRules).Match(value); ok != wantExcept {
		t.Errorf("set of %q except public suffixes is not the set of its patterns %v at %q", texts, except.Patterns(), value)
	}
	if _, ok := origin.NewSet(s.Patterns()...).Match(value); ok != want {
		t.Errorf("set of %q is not the set of its patterns %v at %q", texts, s.Patterns(), value)
	}
	o, err := origin.Parse(value)
	if err != nil {
		return
	}
	if s.Contains(o) != want {
		t.Errorf("set of %q: Contains(%q) is not %v", texts, value, want)
	}
	if slices.ContainsFunc(patterns, func(p origin.Pattern) bool { return p.Matches(o) }) != want {
		t.Errorf("patterns %q: %q is matched by one is not %v", texts, value, want)
	}
	// Each pattern that was called redundant can be left out.
	rest := slices.Clone(patterns)
	for _, i := range slices.Backward(s.Redundant()) {
		rest = slices.Delete(rest, i, i+1)
	}
	if left := origin.NewSet(rest...); left.Contains(o) != want || left.ExceptPublicSuffixes(twinRules).Contains(o) != wantExcept {
		t.Errorf("set of %q: not all of %v are redundant at %q", texts, s.Redundant(), value)
	}
	// So can what wildcards cover, in either set.
	for s, want := range map[*origin.Set]bool{s: want, except: wantExcept} {
		left := slices.DeleteFunc(s.Patterns(), s.WildcardCovers)
		of := origin.NewSet(left...)
		if s == except {
			of = of.ExceptPublicSuffixes(twinRules)
		}
		if of.Contains(o) != want {
			t.Errorf("set of %q (except public suffixes: %v): what is left without what wildcards cover, %v, contains %q: %v", texts, s == except, left, value, !want)
		}
	}
}

func TestSetTwin(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	hits := 0
	for range 20000 {
		n := 1 + r.IntN(6)
		patterns, texts := make([]origin.Pattern, n), make([]string, n)
		for i := range n {
			patterns[i], texts[i] = randomPattern(r)
		}
		host := randomOf(r, twinHosts)
		if r.IntN(3) == 0 {
			host = randomOf(r, []string{"x.", "x.y.", ".", "b.", "x", "y.p.q.", "x.c.b."}) + host
		}
		value := randomOf(r, twinSchemes) + "://" + host + randomOf(r, twinPorts)
		checkTwin(t, texts, patterns, value)
		if naiveSet(texts).contains(value) {
			hits++
		}
		if t.Failed() {
			return
		}
	}
	if hits < 500 {
		t.Errorf("only %d of 20,000 origins were in their sets", hits)
	}
}

// Sets of every size know their origins, of many lengths, given once or twice, and no others.
func TestSetSizes(t *testing.T) {
	text := func(i int) string {
		return fmt.Sprintf("https://%x%s.example:%d", i*i, strings.Repeat("x", (45+41*i)%130), i%3)
	}
	for n := range 300 {
		var patterns []origin.Pattern
		for i := range n {
			patterns = append(patterns, mustPattern(text(i)))
		}
		s := origin.NewSet(append(patterns, patterns...)...)
		if len(s.Patterns()) != n || len(s.Redundant()) != n {
			t.Fatalf("%d origins: %d patterns, %d redundant", n, len(s.Patterns()), len(s.Redundant()))
		}
		for i := range 2*n + 10 {
			if got, ok := s.Match(text(i)); ok != (i < n) || ok && got != text(i) {
				t.Fatalf("%d origins: Match(%q) = %q, %v", n, text(i), got, ok)
			}
		}
		for size := range 300 {
			if got, ok := s.Match(strings.Repeat("\x00", size)); ok {
				t.Fatalf("%d origins: %d zero bytes are %q", n, size, got)
			}
		}
	}
}

func FuzzSet(f *testing.F) {
	f.Add(uint64(1), "https://b.a.com:8080")
	f.Add(uint64(2), "https://[::1]")
	f.Add(uint64(3), "null")
	f.Fuzz(func(t *testing.T, seed uint64, value string) {
		r := rand.New(rand.NewPCG(seed, 0))
		n := 1 + r.IntN(5)
		patterns, texts := make([]origin.Pattern, n), make([]string, n)
		for i := range n {
			patterns[i], texts[i] = randomPattern(r)
		}
		checkTwin(t, texts, patterns, value)
	})
}

func FuzzPattern(f *testing.F) {
	for _, s := range []string{"*", "https://*.a.com:[80,443]", "http://localhost:*", "moz-extension://{uuid}", "https://EXAMPLE.com/", "*example.com", "http://[::1]:1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		p, err := origin.ParsePattern(s)
		if err != nil {
			e, ok := errors.AsType[*origin.PatternError](err)
			if !ok || e.Code == "" || e.Reason == "" || e.Offset < 0 || e.Offset > len(s) || p.IsValid() {
				t.Fatalf("ParsePattern(%q) = %v, %#v", s, p, err)
			}
			if e.Suggestion != "" {
				if q, err := origin.ParsePattern(e.Suggestion); err != nil || q.String() != e.Suggestion {
					t.Errorf("suggestion %q for %q: %v", e.Suggestion, s, err)
				}
			}
			return
		}
		q, err := origin.ParsePattern(p.String())
		if err != nil || q.String() != p.String() {
			t.Errorf("%q is serialized as %q, which is read as %v, %v", s, p, q, err)
		}
		if o, ok := p.Exact(); ok && (!p.Matches(o) || o.String() != p.String()) {
			t.Errorf("%q does not match %v", s, o)
		}
	})
}

func benchmarkSet(b *testing.B, n int, random bool) {
	patterns := make([]origin.Pattern, n)
	values := make([]string, n)
	for i := range n {
		values[i] = fmt.Sprintf("https://tenant-%06d.example.com", i)
		patterns[i] = mustPattern(values[i])
	}
	s := origin.NewSet(patterns...)
	r := rand.New(rand.NewPCG(1, 1))
	r.Shuffle(n, func(i, j int) { values[i], values[j] = values[j], values[i] })
	// A request's header has just been read. That the values lie behind one
	// another keeps their own way from memory out of what is measured.
	all := strings.Join(values, "")
	for i, at := 0, 0; i < n; i++ {
		values[i] = all[at : at+len(values[i])]
		at += len(values[i])
	}
	if !random {
		values = values[:1]
	}
	i := 0
	for b.Loop() {
		if _, ok := s.Match(values[i]); !ok {
			b.Fatal(values[i])
		}
		if i++; i == len(values) {
			i = 0
		}
	}
}

func BenchmarkSet(b *testing.B) {
	for _, n := range []int{1, 10, 1000, 100_000} {
		b.Run(fmt.Sprintf("n=%d/key=hot", n), func(b *testing.B) { benchmarkSet(b, n, false) })
		b.Run(fmt.Sprintf("n=%d/key=random", n), func(b *testing.B) { benchmarkSet(b, n, true) })
	}
}

func BenchmarkSetSubdomain(b *testing.B) {
	s := origin.MustParseSet("https://*.example.com")
	for b.Loop() {
		s.Match("https://app.example.com")
	}
}

func BenchmarkNewSet(b *testing.B) {
	texts := make([]string, 1000)
	for i := range texts {
		texts[i] = fmt.Sprintf("https://tenant-%06d.example.com", i)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := origin.ParseSet(texts...); err != nil {
			b.Fatal(err)
		}
	}
}
