package origin_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/corspec/corspec/origin"
)

func TestPatternString(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"*", "*"},
		{"https://example.com", "https://example.com"},
		{"https://example.com:8443", "https://example.com:8443"},
		{"https://example.com:443", "https://example.com"},
		{"http://example.com:80", "http://example.com"},
		{"wss://example.com:443", "wss://example.com"},
		{"ws://example.com:80", "ws://example.com"},
		{"ftp://example.com:21", "ftp://example.com"},
		{"http://example.com:443", "http://example.com:443"},
		{"https://example.com:0", "https://example.com:0"},
		{"https://example.com:65535", "https://example.com:65535"},
		{"https://example.com:[8443]", "https://example.com:8443"},
		{"https://example.com:[443]", "https://example.com"},
		{"https://example.com:[8443,443,80,8443]", "https://example.com:[80,443,8443]"},
		{"app://localhost:[443,80]", "app://localhost:[80,443]"},
		{"https://example.com:*", "https://example.com:*"},
		{"https://*.example.com", "https://*.example.com"},
		{"https://*.example.com:443", "https://*.example.com"},
		{"https://*.example.com:8443", "https://*.example.com:8443"},
		{"https://*.example.com:[8443,443]", "https://*.example.com:[443,8443]"},
		{"https://*.example.com:*", "https://*.example.com:*"},
		{"https://*.example.com.", "https://*.example.com."},
		{"http://[::1]:9090", "http://[::1]:9090"},
		{"http://[::1]:*", "http://[::1]:*"},
		{"http://[2001:db8::1]:[1,2]", "http://[2001:db8::1]:[1,2]"},
		{"http://127.0.0.1:*", "http://127.0.0.1:*"},
		{"https://r3---sn-abc.example", "https://r3---sn-abc.example"},
		{"https://-x_y.example", "https://-x_y.example"},
		{"moz-extension://5f4e7d2c-0b1a-4c3d-9e8f-a1b2c3d4e5f6", "moz-extension://5f4e7d2c-0b1a-4c3d-9e8f-a1b2c3d4e5f6"},
		{"moz-extension://{uuid}", "moz-extension://{uuid}"},
		{"chrome-extension://abcdefghijklmnop", "chrome-extension://abcdefghijklmnop"},
		{"z.0+9-a://x:*", "z.0+9-a://x:*"},
		{"app://a:[0,1]", "app://a:[0,1]"},
		{"app://a:0", "app://a:0"},
		{"https://a!~b.com:*", "https://a!~b.com:*"},
	} {
		p, err := origin.ParsePattern(c.in)
		if err != nil {
			t.Errorf("ParsePattern(%q): %v", c.in, err)
			continue
		}
		if got := p.String(); got != c.want {
			t.Errorf("ParsePattern(%q).String() = %q, want %q", c.in, got, c.want)
		}
		if again, err := origin.ParsePattern(p.String()); err != nil || again.String() != p.String() {
			t.Errorf("ParsePattern(%q) does not read its own text back: %v, %v", c.in, again, err)
		}
	}
}

// A suggestion is what is certainly meant, or there is none.
func TestSuggestions(t *testing.T) {
	ports := func(from, to int) string {
		var b strings.Builder
		for i := from; i <= to; i++ {
			fmt.Fprintf(&b, ",%d", i)
		}
		return ":[" + b.String()[1:] + "]"
	}
	for in, want := range map[string]string{
		// What stands around it.
		"\thttps://a.com\n": "https://a.com", "\ufeffhttps://a.com": "https://a.com", "'https://a.com'": "https://a.com", `"https://a.com",`: "https://a.com",
		`["http://localhost:5173"]`: "http://localhost:5173", `['https://a.com']`: "https://a.com", `"*"`: "*", `"`: "", "": "", `""`: "", `"null"`: "",
		// Several, in whatever form.
		`["https://a.com", "https://b.com"]`: "", `["a.com","b.com"]`: "", "https://a.com,https://b.com": "", "https://a.com, b.com": "", "https://a.com;https://b.com": "",
		"https://a.com|https://b.com": "", "https://a.com https://b.com": "", "https://a.com, *": "", "*, https://a.com": "", "https://a.com/,b.com/": "", "https://a.com\nhttps://b.com": "",
		"https://example.com\r\nX: y": "", "https://exa mple.com": "", "https://exa\tmple.com": "", "https://a.com\x00": "",
		// Schemes.
		"http:localhost:3000": "http://localhost:3000", "https:/a.com": "https://a.com", "https//a.com": "https://a.com", `https:\\a.com`: "https://a.com", "HTTP:a.com": "http://a.com",
		"//a.com": "https://a.com", "://a.com": "https://a.com", "https:": "", "http:8080": "", "*://a.com": "", "https?://a.com": "", "http(s)://a.com": "", "Chrome-Extension://abc": "chrome-extension://abc",
		"a.com": "https://a.com", "*.a.com": "https://*.a.com", "A.com": "https://a.com", "a.com:443": "https://a.com", "a.com:80": "", "a.com:3000": "", "a.com/": "https://a.com", ".a.com": "", "com.": "",
		"localhost": "http://localhost", "LOCALHOST:3000": "http://localhost:3000", "127.0.0.1:80": "http://127.0.0.1", "[::1]:3000": "http://[::1]:3000", "localhost*": "http://localhost:*",
		"192.168.1.1": "", "192.168.1.1:3000": "", "192.168.1.*": "", "[2001:db8::1]": "", "[::ffff:10.0.0.1]": "",
		// Words.
		"NULL": "", "Null": "", "undefined": "", "none": "", "all": "", "any": "", "'self'": "", "same-origin": "", "true": "", "example": "", "$HOST": "", "https://$HOST": "", "${ORIGIN}": "", "<origin>": "",
		"mailto:a@b.com": "", "a@b.com": "", "data:x": "", "about:blank": "", "blob:https://a.com/1": "", "javascript:alert(1)": "",
		"//https://a.com": "", "://http://a.com": "", "https://https//a.com": "", "https:/http:/a.com": "", "https://http:/a.com": "", "//http": "", "https.com": "https://https.com",
		// What is behind and before the host.
		"https://a?.b.com": "", "https://a.com?": "https://a.com", "https://a.com?x": "https://a.com", "https://a.com?x=1": "https://a.com", "https://a.com?x=b.com": "https://a.com", "https://a.com/?": "https://a.com", "a?.com": "", "http://a.com:300?": "", "http://a.com:300?/": "",
		"https://a.com/*": "https://a.com", "https://*.a.com/*": "https://*.a.com", "https://a.com:443/": "https://a.com", "https://a.com#": "https://a.com", `https://a.com\`: "https://a.com",
		"http://192.168.0.0/16": "", "http://[2001:db8::]/32": "", "http://192.168.0.1/": "http://192.168.0.1", "http://10.0.0.0/8": "", "http://10.0.0.0:80/8": "",
		"https://user@a.com": "https://a.com", "https://a.com@evil.com": "", "https://a@b@c.com": "",
		// Hosts.
		"https://a\u200b.com": "https://a.com", "https://\uff41.com": "https://a.com", "https://[0:0::1]": "https://[::1]", "https://a%2ecom": "https://a.com",
		"http://2130706433": "http://127.0.0.1", "http://127.1": "http://127.0.0.1", "http://10.1": "", "http://0x7f.0.0.1": "http://127.0.0.1", "http://01.2.3.4": "", "https://*--x.a.app": "", "https://*a.com": "", "https://**.a.com": "", "https://*.*.a.com": "",
		"https://a.*.com": "", "https://a.com*": "", "https://*": "", "https://*:8080": "", "http://localhost*": "http://localhost:*", "http://127.0.0.1*": "http://127.0.0.1:*", "http://localhost.evil*": "",
		"https://*.": "", "https://*.1.2.3.4": "", "https://{a}.com": "",
		`^https://.*\.a\.com$`: "", `https://.*\.a\.com`: "", `https://a\.com`: "", "https://[a-z]+.a.com": "", "https://[a-z].a.com": "", "https://(a|b).com": "", "https://.*.a.com": "",
		// Extensions.
		"moz-extension://*": "moz-extension://{uuid}", "moz-extension://*/*": "moz-extension://{uuid}", "moz-extension://{UUID}": "moz-extension://{uuid}", "moz-extension://{uuid}:80": "",
		"chrome-extension://*": "", "chrome-extension://{uuid}": "", "safari-web-extension://*": "", "chrome-extension://abc/": "chrome-extension://abc", "chrome-extension://a*": "",
		"https://%2a.a.com": "", "%2A.a.com": "", "*.%2a.com": "", "https://.A.com": "", "http..": "", "app://A/*": "app://A", "moz-extension://a*/": "",
		"https://a.com/x\\.js": "", "https://10.0.0.1/x": "https://10.0.0.1", "https://10.0.0.1/x8": "https://10.0.0.1", "http://10.0.0.1/80/x": "http://10.0.0.1", "https://a.com/8": "https://a.com",
		"://a.com:3000": "https://a.com:3000", "//a.com:3000": "https://a.com:3000", "a.com:3000/": "", "https://@a.com": "https://a.com", "[::1]80": "", "http://[::1]*": "", "[::1]x": "",
		`a.com"`: "", `"https://a.com`: "", `" 'https://a.com' "`: "https://a.com", `[["a.com"]]`: "", "https:///x": "", "https://u:p@a.com:1/": "https://a.com:1", "https://u@a.com@b.com/": "",
		"http://10.0.0.1:8-9/2": "", "http://u@10.0.0.0:80/8": "", "http://[::1]:80/8": "",
		"https://a.com:12]": "", "https://a.com:[12": "", "https://a.com:1,9-8": "", "https://a.com:0-x": "", "https://a.com:x-1": "", "https://a.com:1-99999999999999999999": "", "https://a.com:[1-2/": "",
		// Ports.
		"https://a.com:443,8443": "https://a.com:[443,8443]", "https://a.com:8000-8010": "https://a.com" + ports(8000, 8010), "https://a.com:[80,90-91]": "https://a.com:[80,90,91]",
		"https://a.com:[8000-8000]": "https://a.com:8000", "https://a.com:1-64": "https://a.com" + ports(1, 64), "https://a.com:1-65": "", "https://a.com:1-65535": "", "https://a.com:9-8": "", "https://a.com:1-2-3": "",
		"https://a.com:443-65536": "", "https://a.com:08080": "https://a.com:8080", "https://a.com:": "https://a.com", "https://a.com:,": "https://a.com", "https://a.com:port": "", "https://a.com:443:443": "", "https://a.com:80*": "",
		"https://a.com:-1": "", "https://a.com:1,": "https://a.com:1", "https://a.com:,1": "",
		"https://a.com:1-2," + strings.Repeat("3-50,", 100): "",
	} {
		_, err := origin.ParsePattern(in)
		e, ok := errors.AsType[*origin.PatternError](err)
		if !ok || e.Suggestion != want {
			t.Errorf("ParsePattern(%q) = %v, want the suggestion %q", in, err, want)
		}
		if p, err := origin.ParsePattern(want); want != "" && (err != nil || p.String() != want) {
			t.Errorf("%q is not a pattern in canonical form", want)
		}
	}
}

func TestPatternErrors(t *testing.T) {
	for _, c := range []struct {
		in         string
		code       origin.PatternCode
		offset     int
		suggestion string
	}{
		{"", origin.PatternEmpty, 0, ""},
		{"null", origin.PatternNull, 0, ""},
		{"example.com", origin.PatternMissingScheme, 0, "https://example.com"},
		{"localhost:3000", origin.PatternMissingScheme, 0, "http://localhost:3000"},
		{"://example.com", origin.PatternMissingScheme, 0, "https://example.com"},
		{"*://example.com", origin.PatternInvalidScheme, 0, ""},
		{"h*", origin.PatternMissingScheme, 0, ""},
		{"1http://example.com", origin.PatternInvalidScheme, 0, ""},
		{"ht_tp://example.com", origin.PatternInvalidScheme, 2, ""},
		{"HTTPS://example.com", origin.PatternUpperCase, 0, "https://example.com"},
		{"https://EXAMPLE.com", origin.PatternUpperCase, 8, "https://example.com"},
		{"https://www.Example.com:8443", origin.PatternUpperCase, 12, "https://www.example.com:8443"},
		{"https://*.Example.com", origin.PatternUpperCase, 10, "https://*.example.com"},
		{"file:///tmp", origin.PatternOpaqueScheme, 0, ""},
		{"data://x", origin.PatternOpaqueScheme, 0, ""},
		{"data:x", origin.PatternMissingScheme, 0, ""},
		{"https://user:pw@example.com", origin.PatternUserinfo, 8, "https://example.com"},
		{"https://example.com/", origin.PatternPath, 19, "https://example.com"},
		{"https://example.com/a?b#c", origin.PatternPath, 19, "https://example.com"},
		{"https://example.com?q", origin.PatternPath, 19, "https://example.com"},
		{`https://example.com\`, origin.PatternPath, 19, "https://example.com"},
		{"https://", origin.PatternMissingHost, 8, ""},
		{"https://:8080", origin.PatternMissingHost, 8, ""},
		{"https://*.", origin.PatternInvalidHost, 10, ""},
		{"https://*..com", origin.PatternInvalidHost, 10, ""},
		{"https://[a.com]", origin.PatternInvalidHost, 9, ""},
		{"https://*.1.2.3", origin.PatternInvalidHost, 10, ""},
		{"https://*.a|b.com", origin.PatternInvalidHost, 11, ""},
		{"app://A|b", origin.PatternInvalidHost, 7, ""},
		{"https://a|A", origin.PatternUpperCase, 10, ""},
		{"https://a|Z:*", origin.PatternUpperCase, 10, ""},
		{"https:///x", origin.PatternPath, 8, ""},
		{"https://@a.com", origin.PatternUserinfo, 8, "https://a.com"},
		{"https://,https://b.com", origin.PatternSeveral, 8, ""},
		{"https://a\x80.com", origin.PatternNotASCII, 9, ""},
		{"https://a\x7f.com:*", origin.PatternWhiteSpace, 9, ""},
		{"https://a\x1f.com:*", origin.PatternWhiteSpace, 9, ""},
		{"hZ://a:*", origin.PatternUpperCase, 1, "hz://a:*"},
		{"hA://a:*", origin.PatternUpperCase, 1, "ha://a:*"},
		{"h{p://a:*", origin.PatternInvalidScheme, 1, ""},
		{"a,b://x:*", origin.PatternInvalidScheme, 1, ""},
		{"a/b://x:*", origin.PatternInvalidScheme, 1, ""},
		{"a:b://x:*", origin.PatternInvalidScheme, 1, ""},
		{"+a://x:*", origin.PatternInvalidScheme, 0, ""},
		{"about://x", origin.PatternOpaqueScheme, 0, ""},
		{"blob://x", origin.PatternOpaqueScheme, 0, ""},
		{"https://[::1", origin.PatternInvalidHost, 8, ""},
		{"https://[::1]x", origin.PatternInvalidHost, 13, ""},
		{"https://[0:0:0:0:0:0:0:1]", origin.PatternInvalidHost, -1, "https://[::1]"},
		{"https://[::ffff:1.2.3.4]:1", origin.PatternInvalidHost, -1, "https://[::ffff:102:304]:1"},
		{"https://1.2.3", origin.PatternInvalidHost, -1, ""},
		{"https://a%41.example", origin.PatternInvalidHost, -1, "https://aa.example"},
		{"https://a|b.example", origin.PatternInvalidHost, -1, ""},
		{"https://www.r\u00e9sum\u00e9.com", origin.PatternNotASCII, 13, "https://www.xn--rsum-bpad.com"},
		{"https://*.r\u00e9sum\u00e9.com", origin.PatternNotASCII, 11, "https://*.xn--rsum-bpad.com"},
		{" https://example.com", origin.PatternWhiteSpace, 0, "https://example.com"},
		{"https://example.com\n", origin.PatternWhiteSpace, 19, "https://example.com"},
		{"https://a.com https://b.com", origin.PatternWhiteSpace, 13, ""},
		{"https://a.com,https://b.com", origin.PatternSeveral, 13, ""},
		{"https://*", origin.PatternMisplacedWildcard, 8, ""},
		{"https://*example.com", origin.PatternMisplacedWildcard, 8, ""},
		{"https://*.*.example.com", origin.PatternMisplacedWildcard, 10, ""},
		{"https://a.*.example.com", origin.PatternMisplacedWildcard, 10, ""},
		{"http://localhost*", origin.PatternMisplacedWildcard, 16, "http://localhost:*"},
		{"https://example.*", origin.PatternMisplacedWildcard, 16, ""},
		{"https://*.1.2.3.4", origin.PatternWildcardHost, 8, ""},
		{"https://*.[::1]", origin.PatternWildcardHost, 8, ""},
		{"moz-extension://*", origin.PatternMisplacedWildcard, 16, "moz-extension://{uuid}"},
		{"moz-extension://*.abc", origin.PatternWildcardHost, 16, ""},
		{"https://{uuid}", origin.PatternInvalidClass, 8, ""},
		{"chrome-extension://{uuid}", origin.PatternInvalidClass, 19, ""},
		{"moz-extension://{id}", origin.PatternInvalidClass, 16, ""},
		{"moz-extension://{uuid}:80", origin.PatternInvalidPort, 22, ""},
		{"https://example.com:", origin.PatternInvalidPort, 20, "https://example.com"},
		{"https://example.com:08443", origin.PatternInvalidPort, 20, "https://example.com:8443"},
		{"https://example.com:+80", origin.PatternInvalidPort, 20, ""},
		{"https://example.com:65536", origin.PatternInvalidPort, 20, ""},
		{"https://example.com:8*", origin.PatternInvalidPort, 20, ""},
		{"https://example.com:[80,x]", origin.PatternInvalidPort, 24, ""},
		{"https://example.com:[80,]", origin.PatternInvalidPort, 24, ""},
		{"https://example.com:[]", origin.PatternInvalidPort, 21, ""},
		{"https://example.com:[80", origin.PatternInvalidPort, 20, ""},
		{`/^https:\/\/.*\.example\.com$/`, origin.PatternNotASCII, -2, ""},
	} {
		p, err := origin.ParsePattern(c.in)
		e, ok := errors.AsType[*origin.PatternError](err)
		if !ok {
			t.Errorf("ParsePattern(%q) = %v, %v, want a *PatternError", c.in, p, err)
			continue
		}
		if c.offset == -2 { // a regular expression: whatever the code, no suggestion
			c.code, c.offset = e.Code, e.Offset
		}
		if e.Code != c.code || e.Suggestion != c.suggestion || c.offset >= 0 && e.Offset != c.offset {
			t.Errorf("ParsePattern(%q): %s at %d, suggestion %q; want %s at %d, %q", c.in, e.Code, e.Offset, e.Suggestion, c.code, c.offset, c.suggestion)
		}
		if e.Pattern != c.in || e.Reason == "" || e.Offset < 0 || e.Offset > len(c.in) {
			t.Errorf("ParsePattern(%q): incomplete error %+v", c.in, e)
		}
		if !strings.Contains(e.Error(), e.Reason) || p.IsValid() {
			t.Errorf("ParsePattern(%q) = %v, %q", c.in, p, e.Error())
		}
	}
}

// An unclosed bracket is a mistake of its own, which tells where a host that is wrong in another way would, too.
func TestPatternUnclosedBracket(t *testing.T) {
	for _, in := range []string{"https://[::1", "https://[::1:*"} {
		if _, err := origin.ParsePattern(in); err == nil || !strings.Contains(err.Error(), "byte 8: the bracket is not closed") {
			t.Errorf("ParsePattern(%q): %v", in, err)
		}
	}
}

func TestPatternMatches(t *testing.T) {
	uuid := "5f4e7d2c-0b1a-4c3d-9e8f-a1b2c3d4e5f6"
	for _, c := range []struct {
		pattern string
		yes, no []string
	}{
		{"*", []string{"https://a.com", "null", "moz-extension://x"}, nil},
		{"https://a.com", []string{"https://a.com"}, []string{"http://a.com", "https://a.com:8443", "https://a.com.", "https://www.a.com", "null"}},
		{"app://a:[0,1]", []string{"app://a:0", "app://a:1"}, []string{"app://a", "app://a:2"}},
		{"https://a.com:*", []string{"https://a.com", "https://a.com:1"}, []string{"http://a.com", "https://b.a.com"}},
		{"https://a.com:[443,8443]", []string{"https://a.com", "https://a.com:8443"}, []string{"https://a.com:80", "https://b.a.com"}},
		{"https://*.a.com", []string{"https://b.a.com", "https://c.b.a.com", "https://_x.a.com", "https://xn--a.a.com"},
			[]string{"https://a.com", "https://.a.com", "https://b..a.com", "https://.b.a.com", "https://xa.com", "https://a.com.evil.com", "https://b.a.com:8443", "http://b.a.com", "https://b.a.com.", "null"}},
		{"https://*.a.com:8443", []string{"https://b.a.com:8443"}, []string{"https://b.a.com", "https://b.a.com:844"}},
		{"https://*.a.com:*", []string{"https://b.a.com:8443", "https://b.a.com"}, []string{"https://a.com:8443"}},
		{"https://*.a.com.", []string{"https://b.a.com."}, []string{"https://b.a.com"}},
		{"moz-extension://{uuid}", []string{"moz-extension://" + uuid}, []string{"moz-extension://" + strings.ToUpper(uuid), "moz-extension://" + uuid[1:], "x-extension://" + uuid, "moz-extension://" + uuid + ":1", "moz-extension://" + strings.ReplaceAll(uuid, "-", "0"),
			"moz-extension://-" + uuid[1:], "moz-extension://g" + uuid[1:], "moz-extension://" + uuid[:35] + "g", "moz-extension://" + uuid[:35] + "`"}},
	} {
		p, s := mustPattern(c.pattern), origin.MustParseSet(c.pattern)
		for i, text := range append(append([]string{}, c.yes...), c.no...) {
			want := i < len(c.yes)
			o := origin.MustParse(text)
			if got := p.Matches(o); got != want {
				t.Errorf("pattern %s matches %s: %v", c.pattern, text, got)
			}
			if got := s.Contains(o); got != want {
				t.Errorf("set of %s contains %s: %v", c.pattern, text, got)
			}
			if got, ok := s.Match(text); ok != want || ok && got != text {
				t.Errorf("set of %s, Match(%s) = %q, %v", c.pattern, text, got, ok)
			}
		}
		if p.Matches(origin.Origin{}) || s.Contains(origin.Origin{}) {
			t.Errorf("%s matches the zero Origin", c.pattern)
		}
	}
}

func TestPatternParts(t *testing.T) {
	for _, c := range []struct {
		pattern, scheme, host string
		any, below, exact     bool
	}{
		{"*", "", "", true, false, false},
		{"https://a.com", "https", "a.com", false, false, true},
		{"https://a.com:443", "https", "a.com", false, false, true},
		{"https://a.com:*", "https", "a.com", false, false, false},
		{"http://[::1]:[1,2]", "http", "[::1]", false, false, false},
		{"https://*.a.com", "https", "a.com", false, true, false},
		{"moz-extension://{uuid}", "moz-extension", "", false, false, false},
	} {
		p := mustPattern(c.pattern)
		if _, exact := p.Exact(); p.Scheme() != c.scheme || p.Host() != c.host || p.IsAny() != c.any || p.HasSubdomains() != c.below || exact != c.exact || !p.IsValid() {
			t.Errorf("%s: scheme %q, host %q, any %v, subdomains %v, exact %v", c.pattern, p.Scheme(), p.Host(), p.IsAny(), p.HasSubdomains(), exact)
		}
	}
	var zero origin.Pattern
	if zero.IsValid() || zero.IsAny() || zero.HasSubdomains() || zero.Scheme() != "" || zero.Host() != "" || zero.Matches(origin.NewOpaque()) || zero.String() != "invalid pattern" {
		t.Error("the zero Pattern is not nothing")
	}
}

func TestPatternText(t *testing.T) {
	var v struct{ P, Q origin.Pattern }
	if err := json.Unmarshal([]byte(`{"P":"https://*.a.com:443","Q":""}`), &v); err != nil {
		t.Fatal(err)
	}
	out, err := json.Marshal(v)
	if err != nil || string(out) != `{"P":"https://*.a.com","Q":""}` {
		t.Errorf("got %s, %v", out, err)
	}
	if err := json.Unmarshal([]byte(`{"P":"https://a.com/"}`), &v); err == nil {
		t.Error("a wrong pattern was read")
	}
	p := mustPattern("*")
	if err := p.UnmarshalText(nil); err != nil || p.IsValid() {
		t.Errorf("the empty text leaves %v, %v", p, err)
	}
}

func mustPattern(s string) origin.Pattern {
	p, err := origin.ParsePattern(s)
	if err != nil {
		panic(err)
	}
	return p
}
