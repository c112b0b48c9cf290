package policy_test

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/net/publicsuffix"

	"github.com/corspec/corspec/policy"
)

// follow returns a configuration in JSON in which a suggestion was followed: it
// stands in place of the value, or of the name of an unknown field, or the value
// is gone.
func follow(t *testing.T, config map[string]any, f policy.Finding) {
	t.Helper()
	value, there := config[f.Field]
	switch {
	case !there:
		t.Fatalf("%v: there is no such field", f)
	case f.Code == policy.CodeUnknownField:
		delete(config, f.Field)
		config[f.Suggestion] = value
	case f.Index >= 0:
		list := slices.Clone(value.([]any))
		if list[f.Index] = f.Suggestion; f.Suggestion == "remove it" {
			list = slices.Delete(list, f.Index, f.Index+1)
		}
		config[f.Field] = list
	default:
		n, err := strconv.Atoi(f.Suggestion)
		if err != nil {
			t.Fatalf("%v: nobody knows how to follow that", f)
		}
		config[f.Field] = float64(n)
	}
}

// findingsOf returns the policy that a configuration makes, if any, and what was
// found in it.
func findingsOf(t *testing.T, config map[string]any) (p *policy.Policy, errs, warnings []policy.Finding) {
	t.Helper()
	text, err := json.Marshal(config)
	if err != nil {
		t.Fatal(err)
	}
	p, err = policy.Parse(text, policy.WithSuffixList(publicsuffix.List))
	if e, ok := errors.AsType[*policy.ConfigError](err); ok {
		return nil, e.Errors, e.Warnings
	} else if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return p, nil, p.Warnings()
}

// TestSuggestionsFollowed holds each suggestion to what was meant, and nothing
// else. A row without a suggestion has none because each would allow more, or
// less.
func TestSuggestionsFollowed(t *testing.T) {
	const uuid = "moz-extension://5f4e7d2c-0b1a-4c3d-9e8f-a1b2c3d4e5f6"
	type row struct {
		value      string
		suggestion string
		meant, not string // origins
	}
	check := func(t *testing.T, credentials bool, rows []row) {
		for _, r := range rows {
			config := map[string]any{"origins": []any{"https://z.example", r.value}, "credentials": credentials}
			_, errs, warnings := findingsOf(t, config)
			found := append(errs, warnings...)
			if len(found) != 1 {
				t.Errorf("%q: %v, want one finding", r.value, found)
				continue
			}
			f := found[0]
			if f.Field != "origins" || f.Index != 1 || f.Value != r.value || f.Suggestion != r.suggestion {
				t.Errorf("%q: %v, want the suggestion %q", r.value, f, r.suggestion)
				continue
			}
			if f.Suggestion == "" {
				continue
			}
			follow(t, config, f)
			p, errs, warnings := findingsOf(t, config)
			if p == nil || warnings != nil {
				t.Errorf("%q: followed, %q has findings: %v %v", r.value, f.Suggestion, errs, warnings)
				continue
			}
			for _, o := range append(strings.Fields(r.meant), "https://z.example") {
				if d := p.Evaluate(policy.Request{Method: "GET", Origin: o}); !d.Allowed() {
					t.Errorf("%q: followed, %q does not allow %s, which is meant", r.value, f.Suggestion, o)
				}
			}
			for _, o := range append(strings.Fields(r.not), "https://evil.example", "http://evil.example:8080", "null") {
				if d := p.Evaluate(policy.Request{Method: "GET", Origin: o}); d.Allowed() {
					t.Errorf("%q: followed, %q allows %s, which is not meant", r.value, f.Suggestion, o)
				}
			}
		}
	}

	t.Run("origins", func(t *testing.T) {
		check(t, false, []row{
			// Several in one string.
			{"https://a.example,https://b.example", "", "", ""},
			{"https://a.example, b.example", "", "", ""},
			{"https://a.example https://b.example", "", "", ""},
			{"https://a.example;https://b.example", "", "", ""},
			{"https://a.example|https://b.example", "", "", ""},
			{"a.example,b.example", "", "", ""},
			{`["https://a.example","https://b.example"]`, "", "", ""},
			{"https://a.example,*", "", "", ""},
			{"https://a.example/,b.example/", "", "", ""},
			// One in something.
			{`["http://localhost:5173"]`, "http://localhost:5173", "http://localhost:5173", "http://localhost http://localhost:5174 https://localhost:5173"},
			{`"https://a.example"`, "https://a.example", "https://a.example", "http://a.example https://a.example:8443"},
			{" https://a.example ", "https://a.example", "https://a.example", "http://a.example"},
			{"https://a.example/,", "https://a.example", "https://a.example", "http://a.example"},
			// What no pattern says.
			{"https://*--x.netlify.app", "", "", ""},
			{"https://proj-*-team.example", "", "", ""},
			{"https://*example.com", "", "", ""},
			{"https://a.*.example.com", "", "", ""},
			{"https://*.*.example.com", "", "", ""},
			{"https://example.*", "", "", ""},
			{"*://a.example", "", "", ""},
			{"http://192.168.0.0/16", "", "", ""},
			{"http://[fd00::]/8", "", "", ""},
			{"http://192.168.1.*", "", "", ""},
			{`^https://.*\.example\.com$`, "", "", ""},
			{`https://a\.example`, "", "", ""},
			{"https://(a|b).example", "", "", ""},
			{"chrome-extension://*", "", "", ""},
			{"chrome-extension://{uuid}", "", "", ""},
			// What is broken inside.
			{"https://exa mple.com", "", "", ""},
			{"https://example.com\r\nX: y", "", "", ""},
			{"https://a.example\x00", "", "", ""},
			{"https://a.example@evil.example", "", "", ""},
			// Ports.
			{"https://a.example:443,8443", "https://a.example:[443,8443]", "https://a.example https://a.example:8443", "https://a.example:443 https://a.example:80"},
			{"http://a.example:8000-8003", "http://a.example:[8000,8001,8002,8003]", "http://a.example:8000 http://a.example:8002 http://a.example:8003", "http://a.example http://a.example:8004 http://a.example:7999"},
			{"https://a.example:99999", "", "", ""},
			{"https://a.example:80*", "", "", ""},
			{"https://a.example:[443", "", "", ""},
			{"https://a.example:08443", "https://a.example:8443", "https://a.example:8443", "https://a.example"},
			{"https://a.example:", "https://a.example", "https://a.example", "https://a.example:1"},
			{"http://localhost*", "http://localhost:*", "http://localhost http://localhost:3000", "http://localhost.evil.example http://localhostx"},
			// Extensions.
			{"moz-extension://*", "moz-extension://{uuid}", uuid, "chrome-extension://abcdefghijklmnopabcdefghijklmnop moz-extension://a"},
			{strings.ToUpper(uuid[:16]) + uuid[16:], uuid, uuid, ""},
			{uuid[:16] + strings.ToUpper(uuid[16:]), uuid, uuid, uuid[:16] + strings.ToUpper(uuid[16:])},
			// Schemes.
			{"http:localhost:3000", "http://localhost:3000", "http://localhost:3000", "http://localhost https://localhost:3000"},
			{"//a.example", "https://a.example", "https://a.example", "http://a.example"},
			{"https:/a.example", "https://a.example", "https://a.example", "http://a.example"},
			{"a.example", "https://a.example", "https://a.example", "http://a.example"},
			{"a.example:3000", "", "", ""},
			{"192.168.0.1", "", "", ""},
			{"localhost:3000", "http://localhost:3000", "http://localhost:3000", "http://localhost"},
			{"htttps://a.example", "https://a.example", "https://a.example", "http://a.example"},
			{"htttps://a.example:443", "https://a.example", "https://a.example", "http://a.example"},
			{"htttps://a.example:[443,8443]", "https://a.example:[443,8443]", "https://a.example https://a.example:8443", "http://a.example"},
			{"htttps://a.example:[8443,443]", "https://a.example:[443,8443]", "https://a.example https://a.example:8443", "http://a.example"},
			{"[::ffff:192.168.0.1]", "", "", ""},
			{"htpp://a.example", "http://a.example", "http://a.example", "https://a.example"},
			// Words.
			{"NULL", "", "", ""},
			{"null", "", "", ""},
			{"undefined", "", "", ""},
			{"all", "", "", ""},
			{"'self'", "", "", ""},
			{"file://", "", "", ""},
			{"//https://a.example", "", "", ""},
			{"https://https//a.example", "", "", ""},
			{"https://app?.a.example", "", "", ""},
			// Dead, but patterns.
			{"https://a.example,b.example", "", "", ""},
			{"https://.example.com", "", "", ""},
			{"https://a..example.com", "", "", ""},
			{"https://a.+.example", "", "", ""},
			{"https://" + strings.Repeat("a", 64) + ".example", "", "", ""},
			{"https://" + strings.Repeat("a.", 124) + "example", "", "", ""},
			// Spelling.
			{"https://A.Example", "https://a.example", "https://a.example", ""},
			{"https://b\u00fccher.example", "https://xn--bcher-kva.example", "https://xn--bcher-kva.example", "https://bcher.example"},
			{"https://a.example/", "https://a.example", "https://a.example", ""},
			{"https://*.a.example/*", "https://*.a.example", "https://x.a.example", "https://a.example"},
			{"https://a.example:443", "https://a.example", "https://a.example", "https://a.example:443"},
			{"https://z.example", "remove it", "", ""},
		})
	})
	t.Run("with credentials", func(t *testing.T) {
		check(t, true, []row{
			{"*", "", "", ""},
			{`"*"`, "", "", ""},
			{"*.com", "", "", ""},
			{"moz-extension://*", "", "", ""},
			{"moz-extension://{uuid}", "", "", ""},
			{"https://*.github.io", "", "", ""},
			{"http://a.example/", "", "", ""},
			{"http://a.example", "https://a.example", "https://a.example", "http://a.example"},
			{"http://a.example:[80,8080]", "", "", ""},
			{"http://a.example:443", "https://a.example", "https://a.example", "http://a.example"},
			{"http://localhost:3000/", "http://localhost:3000", "http://localhost:3000", ""},
		})
	})

	t.Run("other fields", func(t *testing.T) {
		for _, r := range []struct {
			field      string
			value      any
			suggestion string
			want       func(c policy.Config) bool // of the followed one
		}{
			{"methods", []any{"GET, PUT"}, "", nil},
			{"methods", []any{"P T"}, "", nil},
			{"methods", []any{"trace "}, "", nil},
			{"methods", []any{" put"}, "PUT", func(c policy.Config) bool { return slices.Equal(c.Methods, []string{"PUT"}) }},
			{"methods", []any{"patch"}, "PATCH", func(c policy.Config) bool { return slices.Equal(c.Methods, []string{"PATCH"}) }},
			{"methods", []any{"TRACE"}, "remove it", func(c policy.Config) bool { return c.Methods == nil }},
			{"methods", []any{"all"}, "*", func(c policy.Config) bool { return slices.Equal(c.Methods, []string{"*"}) }},
			{"methods", []any{" all"}, "*", func(c policy.Config) bool { return slices.Equal(c.Methods, []string{"*"}) }},
			{"methods", []any{"patch,"}, "PATCH", func(c policy.Config) bool { return slices.Equal(c.Methods, []string{"PATCH"}) }},
			{"methods", []any{"PUT|DELETE"}, "", nil},
			{"methods", []any{"PUT|DELETE "}, "", nil},
			{"requestHeaders", []any{"X-*:"}, "", nil},
			{"exposeHeaders", []any{"X-*,"}, "", nil},
			{"requestHeaders", []any{"X-A, X-B"}, "", nil},
			{"requestHeaders", []any{"X-A:"}, "X-A", func(c policy.Config) bool { return slices.Equal(c.RequestHeaders, []string{"x-a"}) }},
			{"requestHeaders", []any{"Cookie:"}, "", nil},
			{"requestHeaders", []any{"Cookie"}, "remove it", func(c policy.Config) bool { return c.RequestHeaders == nil }},
			{"requestHeaders", []any{"Access-Control-Allow-Origin"}, "", nil},
			{"requestHeaders", []any{"X-*"}, "", nil},
			{"requestHeaders", []any{"*"}, "", nil},
			{"exposeHeaders", []any{"grpc-status, grpc-message"}, "", nil},
			{"exposeHeaders", []any{"Set-Cookie:"}, "", nil},
			{"exposeHeaders", []any{"X-*"}, "", nil},
			{"exposeHeaders", []any{"Access-Control-Allow-Origin"}, "remove it", func(c policy.Config) bool { return c.ExposeHeaders == nil }},
			{"maxAge", "10m", "600", func(c policy.Config) bool { return *c.MaxAge == 600 }},
			{"maxAge", "600", "600", func(c policy.Config) bool { return *c.MaxAge == 600 }},
			{"maxAge", "1h", "3600", func(c policy.Config) bool { return *c.MaxAge == 3600 }},
			{"maxAge", "1d", "86400", func(c policy.Config) bool { return *c.MaxAge == 86400 }},
			{"maxAge", "365d", "86400", func(c policy.Config) bool { return *c.MaxAge == 86400 }},
			{"maxAge", "0.5h", "1800", func(c policy.Config) bool { return *c.MaxAge == 1800 }},
			{"maxAge", "ten", "", nil},
			{"maxAge", "10 minutes", "", nil},
			{"maxAge", "m", "", nil},
			{"maxAge", "", "", nil},
			{"maxAge", "NaN", "", nil},
			{"maxAge", "Inf", "", nil},
			{"maxAge", 0.5, "", nil},
			{"maxAge", true, "", nil},
			{"maxAge", -1, "0", func(c policy.Config) bool { return *c.MaxAge == 0 }},
			{"maxAge", 1e10, "86400", func(c policy.Config) bool { return *c.MaxAge == 86400 }},
			{"maxAge", 100000, "86400", func(c policy.Config) bool { return *c.MaxAge == 86400 }},
			{"preflightStatus", 201, "204", func(c policy.Config) bool { return c.PreflightStatus == 0 }},
			{"preflightStatus", "200", "200", func(c policy.Config) bool { return c.PreflightStatus == 200 }},
			{"preflightStatus", 404, "", nil},
			{"method", []any{"PUT"}, "methods", func(c policy.Config) bool { return slices.Equal(c.Methods, []string{"PUT"}) }},
			{"maxAgeSeconds", 60, "maxAge", func(c policy.Config) bool { return *c.MaxAge == 60 }},
			{"max_age", "60", "", nil},
			{"origin", []any{"https://b.example"}, "", nil}, // Origins are there.
			{"headers", []any{"X-A"}, "", nil},              // Of requests, or of responses?
			{"credentials", "true", "", nil},
		} {
			config := map[string]any{"origins": []any{"https://a.example"}, r.field: r.value}
			_, errs, warnings := findingsOf(t, config)
			found := append(errs, warnings...)
			if len(found) != 1 || found[0].Suggestion != r.suggestion {
				t.Errorf("%s %v: %v, want the suggestion %q", r.field, r.value, found, r.suggestion)
				continue
			}
			if r.suggestion == "" {
				continue
			}
			follow(t, config, found[0])
			if p, errs, warnings := findingsOf(t, config); p == nil || warnings != nil || !r.want(p.Config()) {
				t.Errorf("%s %v: followed, %q makes %v with %v %v", r.field, r.value, r.suggestion, p.Config(), errs, warnings)
			}
		}
	})
}

// TestDetailsOfWildcards holds that nobody is told of a wildcard where it would be refused.
func TestDetailsOfWildcards(t *testing.T) {
	for _, c := range []struct {
		field, value, said string
	}{
		{"origins", "", `or "*"`}, {"methods", "A|B", "or * for all"}, {"methods", "all", "instead: *"},
		{"requestHeaders", "X-*", "* alone"}, {"exposeHeaders", "X-*", "* alone"},
	} {
		for _, flags := range []map[string]any{{}, {"credentials": true}, {"static": true}, {"credentials": true, "static": true}} {
			config, wildcard := maps.Clone(flags), maps.Clone(flags)
			config["origins"], wildcard["origins"] = []any{"https://a.example"}, []any{"https://a.example"}
			config[c.field], wildcard[c.field] = []any{c.value}, []any{"*"}
			if c.value == "" {
				delete(config, c.field)
			}
			p, errs, warnings := findingsOf(t, config)
			told := strings.Contains(fmt.Sprint(append(errs, warnings...)), c.said)
			if q, refused, _ := findingsOf(t, wildcard); told != (q != nil) {
				t.Errorf("%v (%v): %v, and * there is %v", config, p != nil, append(errs, warnings...), refused)
			}
		}
	}
}

// TestSuggestionsOfRandomConfigurations follows, one by one and all together, what is suggested for configurations that
// are wrong in several places at once: nothing is found against what is suggested, except that it may not be needed;
// what was valid stays valid, and what is removed as of no use changes no answer.
func TestSuggestionsOfRandomConfigurations(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	pick := func(list []string) string { return list[random.IntN(len(list))] }
	around := []string{"/", " ", ",", ":", "*", ".", `"`, "https://", "//", "www.", ":443", ":8080", ":*", "*.", "/*", "\t", ";", "?", "#x", "@", "ü", "\\", "|", ":80-82", ":[443,8443]", "[::1]", "%41", "xn--", ":0443", "127.1", "ws", "s", "http", "443"}
	mistaken := func(text string) string {
		for random.IntN(3) == 0 {
			at := random.IntN(len(text) + 1)
			switch random.IntN(4) {
			case 0:
				text += pick(around)
			case 1:
				text = pick(around) + text
			case 2:
				text = text[:at] + pick(around) + text[at:]
			default:
				text = text[:at] + strings.ToUpper(text[at:])
			}
		}
		return text
	}
	lists := map[string][]string{
		"origins": {"https://a.example", "https://*.a.example", "http://localhost:3000", "https://a.example:443", "http://a.example", "*", "null", "https://*.github.io", "moz-extension://{uuid}",
			"https://x.b.a.example", "https://*.b.a.example:*", "http://a.example:[80,81]", "http://127.0.0.1:*", "wss://a.example", "htps://a.example:443", "http://a.example:443", "http://[::1]:80", "[2001:db8::1]", "chrome-extension://ABC", "localhost:80"},
		"methods":        {"PUT", "DELETE", "*", "all", "GET", "post", "patch", "TRACE", "PUT,DELETE"},
		"requestHeaders": {"X-A", "*", "Authorization", "Cookie", "x-a", "Access-Control-Allow-Origin", "X-*"},
		"exposeHeaders":  {"X-A", "*", "Set-Cookie", "Expires", "x-a", "Access-Control-Allow-Origin", "X-*"},
	}
	lists["timingAllowOrigin"] = lists["origins"]
	flags := []string{"credentials", "credentials", "static", "dangerouslyAllowNull", "dangerouslyAllowAnyExtensions", "dangerouslyAllowInsecureOrigins", "dangerouslyAllowPublicSuffixes"}
	reads := func(p *policy.Policy) (answers []bool) {
		for _, o := range []string{"https://a.example", "http://a.example", "https://x.b.a.example", "http://localhost:3000", "null", "https://x.github.io", "http://127.0.0.1:99", "moz-extension://5f4e7d2c-0b1a-4c3d-9e8f-a1b2c3d4e5f6"} {
			for _, method := range []string{"GET", "PUT", "patch", "ALL"} {
				for _, headers := range [][]string{nil, {"X-A"}, {"Authorization"}} {
					answers = append(answers, p.MayRead(o, method, headers, true), p.MayRead(o, method, headers, false))
				}
			}
		}
		return answers
	}
	suggested := 0
	for range 4000 {
		config := map[string]any{}
		for _, field := range slices.Sorted(maps.Keys(lists)) {
			var list []any
			for range random.IntN(4) {
				list = append(list, mistaken(pick(lists[field])))
			}
			if list != nil {
				config[field] = list
			}
		}
		for _, flag := range flags {
			if random.IntN(4) == 0 {
				config[flag] = true
			}
		}
		p, errs, warnings := findingsOf(t, config)
		all := maps.Clone(config)
		found := slices.SortedStableFunc(slices.Values(append(errs, warnings...)), func(a, b policy.Finding) int {
			return cmp.Or(b.Index-a.Index, strings.Compare(a.Field, b.Field))
		})
		last := policy.Finding{}
		for _, f := range found {
			if f.Suggestion == "" {
				continue
			}
			suggested++
			one := maps.Clone(config)
			follow(t, one, f)
			q, errs, warnings := findingsOf(t, one)
			expected := func(w policy.Finding) bool {
				return w.Suggestion == "remove it" || w.Code == policy.CodeAuthorizationNotCovered
			}
			for _, e := range append(slices.DeleteFunc(warnings, expected), errs...) {
				if f.Suggestion != "remove it" && e.Field == f.Field && e.Index == f.Index {
					t.Fatalf("%v: %v, followed, is %v", config, f, e)
				}
			}
			if f.Suggestion == "remove it" && p != nil && (q == nil || !slices.Equal(reads(p), reads(q))) {
				t.Fatalf("%v: %v, followed, changes what pages read, %v", config, f, errs)
			}
			if f.Field != last.Field || f.Index != last.Index {
				follow(t, all, f)
				last = f
			}
		}
		if q, errs, _ := findingsOf(t, all); p != nil && q == nil {
			t.Fatalf("%v is valid, and with all suggestions followed, %v is not: %v", config, all, errs)
		}
	}
	if suggested < 4000 {
		t.Errorf("%d suggestions", suggested)
	}
}
