package weburl

import (
	"strings"
	"testing"
)

// seeds has something for each state and each branch of the machine.
var seeds = [][2]string{
	{"https://example.com/", ""}, {"http://user:pass@h:8080/p?q#f", ""}, {"HTTPS://EXAMPLE.com:443/a/../b/./c/%2e%2E/d", ""},
	{"https:/\\\\a\\b@c\\d", ""}, {"https://a@b@c:d@e/", ""}, {"https://:@test", ""}, {"https://u:80@a.com/", ""}, {"https://1.2.3.4:80@a.com:443", ""}, {"https://u:@a/", ""}, {"https://:p@a/", ""}, {"https://u@a:443/b?c#d", ""}, {"https://u:p:q@a/", ""},
	{"https://%75:p%40@a/../b", ""}, {"https://[::1]:80@a/", ""}, {"https://u@[::1]:80/", ""}, {"https://u:p@", ""}, {"https://u:p@/", ""}, {"https://u:p@1.2.3/", ""}, {"https://@/", ""}, {"https://a:b@", ""},
	{"http://[::1]:80/", ""}, {"http://[1::2", ""}, {"http://0x7f.1/", ""}, {"http://1.2.3.4./", ""}, {"http://a:00000000443/", ""},
	{"http://a:65536/", ""}, {"http://a:x/", ""}, {"ws://a:80", ""}, {"ftp://a:21/%", ""}, {"http://ex%41mple/", ""}, {"http://b\u00fccher.de/", ""},
	{"foo://h/p", ""}, {"foo://", ""}, {"foo:///p", ""}, {"foo:/p/../..//q", ""}, {"foo:/.//p", ""}, {"foo:opaque path ?q #f", ""}, {"foo:a  #f", ""},
	{"foo://h^/", ""}, {"foo://%zz\u00e9:1/", ""}, {"foo://u:p@h:0/\\x", ""}, {"foo://:1/", ""}, {"foo://@/", ""},
	{"file:///C|/x/..", ""}, {"file://localhost/x", ""}, {"file://C|/x", ""}, {"file:C|/x", ""}, {"file:\\\\host\\x", ""}, {"file:", ""}, {"file:x", ""},
	{"file://h/../C:/../..", ""}, {"blob:https://a/x", ""}, {"data:,x", ""}, {"about:blank", ""}, {"", ""}, {"//h", ""},
	{"x", "https://a/b/c?d#e"}, {"?x", "https://a/b/c?d#e"}, {"#x", "https://a/b/c?d#e"}, {"", "https://u:p@a:1/b/c?d#e"}, {"/x", "https://u:p@a:1/b"},
	{"//x", "https://a/b"}, {"\\x", "https://a/b"}, {"https:x", "https://a/b"}, {"https:/x", "https://a/b"}, {"https:\\\\x", "https://a/b"}, {"http:x", "https://a/b"},
	{"..", "foo://h"}, {"x", "foo:/.//a/b"}, {"?q", "foo:/.//a/b"}, {"/x", "foo:/.//a"}, {"../..", "foo:/.//a/b"}, {"//x", "foo:/a"}, {"/.//x", "foo:/a"}, {"x", "foo:op"}, {"#x", "foo:op?q"},
	{"x", "file:///C:/"}, {"/x", "file:///C:/a"}, {"/D:/x", "file:///C:/a"}, {"D|", "file:///C:/a"}, {"..", "file:///C:"}, {"?x", "file://h/a"}, {"#x", "file://h/a?b"}, {"", "file://h/a?b#c"},
	{"//h/x", "file:///C:/"}, {"\\x", "file://h/C:/"}, {"file:x", "file://h/C:/a/b"}, {"file:", "https://a/"}, {"a:b:c", "https://a/"}, {"1a:b", "https://a/"},
	{" \t\x00https://a\t.\nb/\x80c\r ?'\"^`{}|\\#`' \x1f", ""}, {"https://a/b?c'd\"<>#`", ""}, {"foo:/b?c'd\"<>#`", ""}, {"https://a/'{}|^\\\"", ""},
	{"foo://h:80?q'#f", ""}, {"foo://h#f", ""}, {"foo://[::1]/p/../q", ""}, {"data:a,b?c#d", ""}, {"mailto:a@b", ""}, {"Foo:x", ""}, {"foo:", ""}, {"foo:\u00e9", ""}, {"http:x", ""},
	{"file:///etc/hosts?q'#f", ""}, {"file:////x", ""}, {"file:///C|", ""}, {"file:///|", ""}, {"file:///./x", ""}, {"file://", ""},
	{"https://a..b/", ""}, {"https://\u00ad/", ""}, {"https://xn--a/", ""}, {"https://a%00/", ""}, {"https://a|b/", ""}, {"https://a/\xff?\xff#\xff", ""}, {"https://\xff/", ""},
}

func compareWithMachine(t *testing.T, input, base string) {
	t.Helper()
	var b *URL
	var mb *record
	if base != "" {
		u, err := parse(base, nil)
		mb = machine(base, nil)
		if (err == nil) != (mb != nil) || err == nil && u.Href() != mb.serialize() {
			t.Fatalf("base %q: got %q, %v; want %+v", base, u.Href(), err, mb)
		}
		if err != nil {
			return
		}
		b = &u
	}
	u, err := parse(input, b)
	want := machine(input, mb)
	if err != nil {
		if want != nil {
			t.Fatalf("%q, base %q: got %v, want %q", input, base, err, want.serialize())
		}
		if err.Offset < 0 || err.Offset > len(input) || err.Reason == "" {
			t.Fatalf("%q, base %q: %+v", input, base, err)
		}
	} else {
		if want == nil {
			t.Fatalf("%q, base %q: got %q, want failure", input, base, u.Href())
		}
		checkParts(t, u, want)
		// What is serialized parses to itself: by the machine, and without it.
		again, err := parse(u.Href(), nil)
		if err != nil || again != u {
			t.Fatalf("%q, base %q: %+v parses again to %+v, %v", input, base, u, again, err)
		}
	}
	if base == "" {
		got, ok := TupleOrigin(input)
		if want, wantOK := parsedOrigin(input); got != want || ok != wantOK || ok != (err == nil && isFastScheme(u.Scheme())) {
			t.Fatalf("%q: the origin is %q, %t, want %q, %t", input, got, ok, want, wantOK)
		}
		wantTuple := ""
		if err == nil {
			path := input
			if u.Scheme() == "blob" {
				path = u.Path()
			}
			wantTuple, _ = parsedOrigin(path)
			if u.Scheme() == "blob" && !strings.HasPrefix(wantTuple, "http://") && !strings.HasPrefix(wantTuple, "https://") {
				wantTuple = ""
			}
		}
		if got, ok := OriginOf(input); ok && (err != nil || got != wantTuple) {
			t.Fatalf("%q: the origin is %q, want %q, %v", input, got, wantTuple, err)
		}
	}
	var fast URL
	ok := parseSerialized(input, &fast)
	if ok && (err != nil || fast != u) {
		t.Fatalf("%q: fast path got %+v, want %+v, %v", input, fast, u, err)
	}
	opaque := u.opaquePath && strings.Trim(u.Href(), plainASCII) == ""
	if !ok && err == nil && u.Href() == input && (isFastScheme(u.Scheme()) || opaque) {
		t.Fatalf("%q is serialized, but not for the fast path", input)
	}
}

// plainASCII is what needs no percent-encoding anywhere, and what separates.
const plainASCII = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~:/?#@!$&()*+,;=%"

func isFastScheme(scheme string) bool {
	_, special := SpecialScheme(scheme)
	return special && scheme != "file"
}

func checkParts(t *testing.T, u URL, want *record) {
	t.Helper()
	equal := func(part, got, want string) {
		t.Helper()
		if got != want {
			t.Fatalf("%q: %s is %q, want %q", u.Href(), part, got, want)
		}
	}
	orNull := func(s string, ok bool) string {
		if !ok {
			return "null"
		}
		return "=" + s
	}
	orNil := func(s *string) string {
		if s == nil {
			return "null"
		}
		return "=" + *s
	}
	equal("href", u.Href(), want.serialize())
	equal("scheme", u.Scheme(), want.scheme)
	equal("username", u.Username(), want.username)
	equal("password", u.Password(), want.password)
	equal("host", orNull(u.Host()), orNil(want.host))
	equal("query", orNull(u.Query()), orNil(want.query))
	equal("fragment", orNull(u.Fragment()), orNil(want.fragment))
	path := ""
	if want.opaquePath != nil {
		path = *want.opaquePath
	} else if len(want.path) > 0 {
		path = "/" + strings.Join(want.path, "/")
	}
	equal("path", u.Path(), path)
	if u.opaquePath != (want.opaquePath != nil) {
		t.Fatalf("%q: opaque path: %t", u.Href(), u.opaquePath)
	}
	port, ok := u.Port()
	if ok != (want.port != nil) || ok && int(port) != *want.port {
		t.Fatalf("%q: port %d, %t", u.Href(), port, ok)
	}
	if u.IncludesCredentials() != (want.username != "" || want.password != "") {
		t.Fatalf("%q: credentials: %t", u.Href(), u.IncludesCredentials())
	}
}

func TestParseAgainstMachine(t *testing.T) {
	for _, s := range seeds {
		compareWithMachine(t, s[0], s[1])
	}
	// Everything against everything: relative references of all kinds.
	for _, s := range seeds {
		for _, b := range seeds {
			if u, err := parse(b[0], nil); err == nil {
				compareWithMachine(t, s[0], u.Href())
			}
		}
	}
}

// The short way through clean is for what it would not change, wherever in the string the byte is.
func TestClean(t *testing.T) {
	for b := range 256 {
		for size := range 20 {
			for at := range size {
				s := []byte(strings.Repeat("a", size))
				s[at] = byte(b)
				want := strings.NewReplacer("\t", "", "\n", "", "\r", "").Replace(strings.ToValidUTF8(string(s), "\uFFFD"))
				if got := clean(string(s)); got != want || hasNoControls(string(s)) != (b >= 0x20 && b < 0x80) {
					t.Fatalf("%q: got %q, want %q", s, got, want)
				}
			}
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range seeds {
		f.Add(s[0], s[1])
	}
	f.Fuzz(func(t *testing.T, input, base string) {
		if len(input)+len(base) > 1<<12 {
			t.Skip() // The machine takes quadratic time.
		}
		compareWithMachine(t, input, base)
	})
}

// FuzzParseMutated fuzzes where most changes keep a URL close to serialized, as
// the fast path needs it.
func FuzzParseMutated(f *testing.F) {
	f.Add("https", "a.example", "8080", "/b/c.d/..e", "q'", "f`")
	f.Add("http", "u:80@a.example", "80", "", "", "")
	f.Add("ws", "1.2.3.4", "", "/%2e", "", "")
	f.Add("ftp", "[::1]", "21", "/.", "?", "#")
	f.Add("foo", "h~", "80", "a/b", "q", "f")
	f.Add("file", "", "", "C|/b", "q", "f")
	f.Fuzz(func(t *testing.T, scheme, host, port, path, query, fragment string) {
		s := scheme + "://" + host
		if port != "" {
			s += ":" + port
		}
		s += "/" + path
		if query != "" {
			s += "?" + query
		}
		if fragment != "" {
			s += "#" + fragment
		}
		compareWithMachine(t, s, "")
	})
}

// T78: net/url would read these otherwise.
func TestTrapT78(t *testing.T) {
	for input, want := range map[string]string{
		`https://EX%41MPLE.com\@b.com`:  "https://example.com/@b.com",
		`https://EX%41MPLE.com\\@b.com`: "https://example.com//@b.com",
		`https:\\a.com\b`:               "https://a.com/b",
		`https://a.com#@b.com`:          "https://a.com/#@b.com",
		`https://a@b@c.com`:             "https://a%40b@c.com/",
		"https://a.com\t:8\n0":          "https://a.com:80/",
		`https:a.com`:                   "https://a.com/",
		`https:////a.com`:               "https://a.com/",
	} {
		u, err := Parse(input, nil)
		if err != nil || u.Href() != want {
			t.Errorf("%q: got %q, %v; want %q", input, u.Href(), err, want)
		}
	}
}

func TestParseErrors(t *testing.T) {
	for _, test := range []struct {
		input  string
		offset int
		reason Reason
	}{
		{"", 0, ReasonMissingScheme},
		{"/x", 0, ReasonMissingScheme},
		{"https://", 8, ReasonHostMissing},
		{"https://?", 8, ReasonHostMissing},
		{"https://a@", 10, ReasonHostMissing},
		{"https://a@:80", 10, ReasonHostMissing},
		{"foo://:80", 6, ReasonHostMissing},
		{"https://a:8x", 11, ReasonPortInvalid},
		{"https://a:65536", 10, ReasonPortOutOfRange},
		{"https://a b", 9, ReasonForbiddenDomain},
		{" https://\tab\t c", 13, ReasonForbiddenDomain},
		{"foo://a b", 7, ReasonForbiddenHost},
		{"https://a.256.1.1.1", 8, ReasonIPv4NonNumericPart},
		{"https://1.2.3.4.5", 16, ReasonIPv4TooManyParts},
		{"https://256.1", 8, ReasonIPv4OutOfRange},
		{"https://[::1", 12, ReasonIPv6Unclosed},
		{"https://[:1]", 9, ReasonIPv6Compression},
		{"https://[1:2:3:4:5:6:7:8:9]", 25, ReasonIPv6TooManyPieces},
		{"https://[1::2::3]", 14, ReasonIPv6Multiple},
		{"https://[::g]", 11, ReasonIPv6InvalidCodePoint},
		{"https://[1:2]", 12, ReasonIPv6TooFewPieces},
		{"https://[1:2:3:4:5:6:7:1.2.3.4]", 23, ReasonIPv6v4TooManyPieces},
		{"https://[::1.2.x]", 15, ReasonIPv6v4InvalidCodeUnit},
		{"https://[::1.2.3.256]", 19, ReasonIPv6v4OutOfRange},
		{"https://[::1.2.3]", 16, ReasonIPv6v4TooFewParts},
		{"https://%ff", 8, ReasonNotUTF8},
		{"https://\u00ad", 8, ReasonDomainEmpty},
	} {
		_, err := Parse(test.input, nil)
		if err == nil || err.Offset != test.offset || err.Reason != test.reason {
			t.Errorf("%q: got %+v, want %d, %q", test.input, err, test.offset, test.reason)
		}
	}
}

func TestWithScheme(t *testing.T) {
	for _, test := range [][3]string{
		{"http://a.example/b?c#d", "https", "https://a.example/b?c#d"},
		{"http://u:p@a.example:8080/b?c#d", "https", "https://u:p@a.example:8080/b?c#d"},
		{"http://a.example:443/b?c#d", "https", "https://a.example/b?c#d"},
		{"ws://a.example:443/b", "wss", "wss://a.example/b"},
		{"https://a.example/b?c#d", "http", "http://a.example/b?c#d"},
	} {
		u, err := Parse(test[0], nil)
		if err != nil {
			t.Fatal(err)
		}
		want, err := Parse(test[2], nil)
		if err != nil {
			t.Fatal(err)
		}
		if got := u.WithScheme(test[1]); got != want {
			t.Errorf("%s with %s: %+v, want %+v", test[0], test[1], got, want)
		}
	}
}

func TestFragments(t *testing.T) {
	for _, s := range []string{"https://a/b?c", "https://a/", "foo:x", "foo:/.//x"} {
		u, _ := Parse(s, nil)
		for _, fragment := range []string{"", "f", "a#b"} {
			want, err := Parse(s+"#"+fragment, nil)
			if err != nil {
				t.Fatal(err)
			}
			if got := u.WithFragment(fragment); got != want {
				t.Errorf("%s with %q: %+v, want %+v", s, fragment, got, want)
			}
			if got := want.WithFragment("x").WithFragment(fragment); got != want {
				t.Errorf("%s with %q instead: %+v, want %+v", s, fragment, got, want)
			}
			if got := want.WithoutFragment(); got != u {
				t.Errorf("%s without: %+v, want %+v", want.Href(), got, u)
			}
		}
	}
}
