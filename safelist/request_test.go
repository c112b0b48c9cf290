package safelist

import (
	"strings"
	"testing"

	"github.com/corspec/corspec/internal/header"
	"github.com/corspec/corspec/internal/mime"
)

func TestCORSUnsafeRequestHeaderByte(t *testing.T) {
	for i := range 256 {
		b := byte(i)
		want := b < 0x20 && b != 0x09
		switch b {
		case 0x22, 0x28, 0x29, 0x3A, 0x3C, 0x3E, 0x3F, 0x40, 0x5B, 0x5C, 0x5D, 0x7B, 0x7D, 0x7F:
			want = true
		}
		if got := valueBytes[b]&unsafeByte != 0; got != want {
			t.Errorf("%#02x: got %v, want %v", b, got, want)
		}
	}
}

func TestLanguageByte(t *testing.T) {
	const language = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz *,-.;="
	for i := range 256 {
		b := byte(i)
		want := strings.IndexByte(language, b) >= 0
		if got := valueBytes[b]&noLanguageByte == 0; got != want {
			t.Errorf("%#02x: got %v, want %v", b, got, want)
		}
	}
}

func TestCORSSafelistedRequestHeader(t *testing.T) {
	a := func(n int) string { return strings.Repeat("a", n) }
	for _, c := range []struct {
		trap        string
		name, value string
		want        Reason
	}{
		{"T56", "Content-Type", "text/plain;x=" + a(115), Reason{RuleOK, -1}},
		{"T56", "Content-Type", "text/plain;x=" + a(116), Reason{RuleValueTooLong, 128}},
		{"T57", "Content-Type", `text/plain;charset="utf-8"`, Reason{RuleValueUnsafeByte, 19}},
		{"T58", "Content-Type", "multipart/form-data; boundary=a:b", Reason{RuleValueUnsafeByte, 31}},
		{"T59", "Content-Type", "TEXT/Plain", Reason{RuleOK, -1}},
		{"T59", "Content-Type", "text/plain;", Reason{RuleOK, -1}},
		{"T59", "Content-Type", "text/plain;garbage", Reason{RuleOK, -1}},
		{"T59", "Content-Type", "text/plain;charset=\xc3\xa9", Reason{RuleOK, -1}},
		{"T60", "Content-Type", "text/plain,text/plain", Reason{RuleContentTypeMalformed, 10}},
		{"T63", "Content-Type", "text /plain", Reason{RuleContentTypeMalformed, 4}},
		{"T63", "Content-Type", "text/plain\x0b", Reason{RuleValueUnsafeByte, 10}},
		{"T63", "Content-Type", "", Reason{RuleContentTypeMalformed, 0}},
		{"", "content-type", "Multipart/Form-Data", Reason{RuleOK, -1}},
		{"", "CONTENT-TYPE", "application/x-www-form-urlencoded", Reason{RuleOK, -1}},
		{"", "Content-Type", "text/plain \t;x", Reason{RuleOK, -1}},
		{"", "Content-Type", "text/html", Reason{RuleContentTypeNotSafelisted, -1}},
		{"", "Content-Type", "application/json", Reason{RuleContentTypeNotSafelisted, -1}},
		{"", "Content-Type", "text/form-data", Reason{RuleContentTypeNotSafelisted, -1}},
		{"", "Content-Type", "multipart/plain", Reason{RuleContentTypeNotSafelisted, -1}},
		{"", "Content-Type", "*/*", Reason{RuleContentTypeNotSafelisted, -1}},
		{"", "Content-Type", "text/x-www-form-urlencoded", Reason{RuleContentTypeNotSafelisted, -1}},
		{"", "Content-Type", "text/\xff", Reason{RuleContentTypeMalformed, 5}},
		{"T64", "Accept", "", Reason{RuleOK, -1}},
		{"T64", "Accept", "*/*", Reason{RuleOK, -1}},
		{"T64", "Accept", "a\tb", Reason{RuleOK, -1}},
		{"T64", "Accept", "\x80\xff", Reason{RuleOK, -1}},
		{"T65", "Accept", "a{b", Reason{RuleValueUnsafeByte, 1}},
		{"T65", "Accept", `a"b`, Reason{RuleValueUnsafeByte, 1}},
		{"T65", "Accept", "a\x01", Reason{RuleValueUnsafeByte, 1}},
		{"", "accept", a(128), Reason{RuleOK, -1}},
		{"", "aCCEPT", a(129), Reason{RuleValueTooLong, 128}},
		{"", "Accept", a(100) + "\x7f", Reason{RuleValueUnsafeByte, 100}},
		{"T66", "Accept-Language", "en_US", Reason{RuleValueNotLanguageByte, 2}},
		{"T66", "Accept-Language", "en\tUS", Reason{RuleValueNotLanguageByte, 2}},
		{"T66", "Accept-Language", "a/b", Reason{RuleValueNotLanguageByte, 1}},
		{"T66", "Accept-Language", "\xe9", Reason{RuleValueNotLanguageByte, 0}},
		{"T66", "Accept-Language", "en-US,en;q=0.5", Reason{RuleOK, -1}},
		{"T66", "Accept-Language", "", Reason{RuleOK, -1}},
		{"T66", "Content-Language", "*", Reason{RuleOK, -1}},
		{"", "content-language", "en+US", Reason{RuleValueNotLanguageByte, 2}},
		{"T67", "Range", "bytes=0-", Reason{RuleOK, -1}},
		{"T67", "Range", "bytes=5-5", Reason{RuleOK, -1}},
		{"T67", "Range", "bytes=00-01", Reason{RuleOK, -1}},
		{"T68", "Range", "bytes=-500", Reason{RuleRangeWithoutStart, 6}},
		{"T68", "Range", "Bytes=0-1", Reason{RuleRangeMalformed, 0}},
		{"T68", "Range", "bytes= 0-1", Reason{RuleRangeMalformed, 6}},
		{"T68", "Range", "bytes=1-0", Reason{RuleRangeStartAfterEnd, 6}},
		{"T68", "Range", "bytes=0-1,2-3", Reason{RuleRangeMalformed, 9}},
		{"T68", "Range", "bytes=-", Reason{RuleRangeMalformed, 7}},
		{"T68", "Range", "bytes=1-2 ", Reason{RuleRangeMalformed, 9}},
		{"", "Range", "", Reason{RuleRangeMalformed, 0}},
		{"T69", "DPR", "1", Reason{RuleNameNotSafelisted, -1}},
		{"T69", "Save-Data", "on", Reason{RuleNameNotSafelisted, -1}},
		{"T69", "Viewport-Width", "1", Reason{RuleNameNotSafelisted, -1}},
		// X10: the standard has not taken it in, whatever WPT expects.
		{"T70", "Last-Event-ID", "abc123", Reason{RuleNameNotSafelisted, -1}},
		{"T77", "Content-Encoding", "gzip", Reason{RuleNameNotSafelisted, -1}},
		{"", "", "", Reason{RuleNameNotSafelisted, -1}},
		// Names of the same length as safelisted ones.
		{"", "Expect", "a", Reason{RuleNameNotSafelisted, -1}},
		{"", "Cook1", "a", Reason{RuleNameNotSafelisted, -1}},
		{"", "X-Accept-Langua", "a", Reason{RuleNameNotSafelisted, -1}},
		{"", "X-Accept-Languag", "a", Reason{RuleNameNotSafelisted, -1}},
		{"", "X-Content-Ty", "a", Reason{RuleNameNotSafelisted, -1}},
		{"", "X-A", a(129), Reason{RuleValueTooLong, 128}}, // step 1 is first
	} {
		got := CheckCORSSafelistedRequestHeader(c.name, c.value)
		if got != c.want || IsCORSSafelistedRequestHeader(c.name, c.value) != c.want.OK() {
			t.Errorf("%s %s: %q: got %v, want %v", c.trap, c.name, c.value, got, c.want)
		}
	}
}

// A byte that is wrong is found wherever it is, in a value of whatever length.
func TestWrongByteAnywhere(t *testing.T) {
	for length := 1; length <= MaxSafelistedValueLength; length++ {
		for at := range length {
			value := []byte(strings.Repeat("a", length))
			value[at] = '/'
			want := Reason{RuleValueNotLanguageByte, at}
			if got := CheckCORSSafelistedRequestHeader("Accept-Language", string(value)); got != want {
				t.Fatalf("%q: got %v, want %v", value, got, want)
			}
			value[at] = '('
			want = Reason{RuleValueUnsafeByte, at}
			if got := CheckCORSSafelistedRequestHeader("Accept", string(value)); got != want {
				t.Fatalf("%q: got %v, want %v", value, got, want)
			}
		}
	}
}

// safelistedTwin is "CORS-safelisted request-header" as it is written, with the
// MIME type parsed in full.
func safelistedTwin(name, value string) bool {
	if len(value) > 128 {
		return false
	}
	only := func(set string) bool {
		for _, b := range []byte(value) {
			if strings.IndexByte(set, b) < 0 {
				return false
			}
		}
		return true
	}
	safe := func() bool {
		for _, b := range []byte(value) {
			if b < 0x20 && b != '\t' || strings.IndexByte("\"():<>?@[\\]{}\x7f", b) >= 0 {
				return false
			}
		}
		return true
	}
	switch lower := strings.ToLower(name); {
	case len(lower) != len(name) || strings.ContainsFunc(name, func(r rune) bool { return r >= 0x80 }):
		return false
	case lower == "accept":
		return safe()
	case lower == "accept-language", lower == "content-language":
		return only("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz *,-.;=")
	case lower == "content-type":
		if !safe() {
			return false
		}
		m, fault := mime.Parse(value)
		if fault.Kind != mime.NoFault {
			return false
		}
		switch m.Essence() {
		case "application/x-www-form-urlencoded", "multipart/form-data", "text/plain":
			return true
		}
		return false
	case lower == "range":
		r, err := ParseSingleRangeHeaderValue(value, false)
		return err == nil && r.Start != ""
	}
	return false
}

func FuzzCORSSafelistedRequestHeader(f *testing.F) {
	for _, name := range []string{"Accept", "accept-language", "Content-Language", "cONTENT-tYPE", "Range", "X-A"} {
		for _, value := range []string{"", "text/plain", "Multipart/Form-Data ;\xff", "application/x-www-form-urlencoded;a", "bytes=0-1",
			"bytes=-1", "en-US,en;q=0.5", "a\tb\x0b{", strings.Repeat("a", 129)} {
			f.Add(name, value)
		}
	}
	f.Fuzz(func(t *testing.T, name, value string) {
		// The names are few, so that the fuzzer would hardly find them.
		for _, name := range []string{name, "Accept", "Accept-Language", "Content-Language", "Content-Type", "Range"} {
			got := CheckCORSSafelistedRequestHeader(name, value)
			if want := safelistedTwin(name, value); got.OK() != want || IsCORSSafelistedRequestHeader(name, value) != want {
				t.Errorf("%q: %q: got %v, want %v", name, value, got, want)
			}
			if got.Byte > len(value) {
				t.Errorf("%q: %q: no byte %d", name, value, got.Byte)
			}
		}
	})
}

func TestNoCORSSafelistedRequestHeader(t *testing.T) {
	for _, c := range []struct {
		trap        string
		name, value string
		want        bool
	}{
		{"", "ACCEPT", "*/*", true},
		{"", "accept-language", "en", true},
		{"", "Content-Language", "en", true},
		{"", "Content-Type", "text/plain", true},
		{"", "Content-Type", "text/html", false},
		{"T74", "Accept", strings.Repeat("a", 100) + ", " + strings.Repeat("a", 100), false},
		{"T75", "Range", "bytes=0-", false},
		{"", "X-A", "", false},
	} {
		if got := IsNoCORSSafelistedRequestHeader(c.name, c.value); got != c.want {
			t.Errorf("%s %s: %q: got %v, want %v", c.trap, c.name, c.value, got, c.want)
		}
	}
}

func TestForbiddenRequestHeader(t *testing.T) {
	for _, c := range []struct {
		trap        string
		name, value string
		want        Reason
	}{
		{"T76", "X-HTTP-Method-Override", "GET, track ", Reason{RuleValueOverridesMethod, 5}},
		{"T76", "X-HTTP-Method", `"TRACE"`, Reason{RuleOK, -1}},
		{"T76", "X-Method-Override", "CHICKEN", Reason{RuleOK, -1}},
		{"T76", "Sec-", "", Reason{RuleNamePrefixForbidden, 0}},
		{"T76", "sec", "", Reason{RuleOK, -1}},
		{"T76", "proxy", "", Reason{RuleOK, -1}},
		{"T76", "Set-Cookie", "", Reason{RuleNameForbidden, -1}},
		{"T76", "User-Agent", "", Reason{RuleOK, -1}},
		{"", "pRoXy-x", "", Reason{RuleNamePrefixForbidden, 0}},
		{"", "x-method-override", "connect", Reason{RuleValueOverridesMethod, 0}},
		{"", "x-method-override", "", Reason{RuleOK, -1}},
		{"", "x-method-override", `"a`, Reason{RuleOK, -1}},
		{"", "Access-Control-Request-Private-Network", "true", Reason{RuleOK, -1}},
		{"", "Access-Control-Request-Method", "", Reason{RuleNameForbidden, -1}},
		{"", "Cookie3", "", Reason{RuleOK, -1}},
		{"", "", "", Reason{RuleOK, -1}},
		{"", strings.Repeat("a", len(nameSet{})), "", Reason{RuleOK, -1}},
		{"", strings.Repeat("a", 40), "", Reason{RuleOK, -1}},
	} {
		got := CheckNotForbiddenRequestHeader(c.name, c.value)
		if got != c.want || IsForbiddenRequestHeader(c.name, c.value) == c.want.OK() {
			t.Errorf("%s %s: %q: got %v, want %v", c.trap, c.name, c.value, got, c.want)
		}
	}
	if n := len("Access-Control-Request-Headers"); len(forbiddenRequestHeaderNames[n]) != 1 {
		t.Errorf("names of %d bytes: %q", n, forbiddenRequestHeaderNames[n])
	}
	total := 0
	for _, names := range forbiddenRequestHeaderNames {
		total += len(names)
	}
	if total != 21 {
		t.Errorf("%d forbidden names, want 21", total)
	}
}

// forbiddenTwin is "forbidden request-header" as it is written.
func forbiddenTwin(name, value string) bool {
	lower := header.Lower(name)
	switch lower {
	case "accept-charset", "accept-encoding", "access-control-request-headers", "access-control-request-method",
		"connection", "content-length", "cookie", "cookie2", "date", "dnt", "expect", "host", "keep-alive", "origin",
		"referer", "set-cookie", "te", "trailer", "transfer-encoding", "upgrade", "via":
		return true
	}
	if strings.HasPrefix(lower, "proxy-") || strings.HasPrefix(lower, "sec-") {
		return true
	}
	switch lower {
	case "x-http-method", "x-http-method-override", "x-method-override":
		for _, method := range header.SplitValue(value) {
			switch header.Lower(method) {
			case "connect", "trace", "track":
				return true
			}
		}
	}
	return false
}

func FuzzForbiddenRequestHeader(f *testing.F) {
	for _, name := range []string{"Cookie", "te", "Sec-A", "proxy", "X-HTTP-Method", "x-method-override", "X-A"} {
		f.Add(name, `GET, "a,TRACE", track `)
	}
	f.Fuzz(func(t *testing.T, name, value string) {
		for _, name := range []string{name, "X-HTTP-Method-Override"} {
			got := CheckNotForbiddenRequestHeader(name, value)
			if want := forbiddenTwin(name, value); got.OK() == want || IsForbiddenRequestHeader(name, value) != want {
				t.Errorf("%q: %q: got %v, want forbidden: %v", name, value, got, want)
			}
			if got.Rule == RuleValueOverridesMethod && strings.IndexByte("CcTt", value[got.Byte]) < 0 {
				t.Errorf("%q: no method at byte %d", value, got.Byte)
			}
		}
	})
}

func TestNames(t *testing.T) {
	for _, c := range []struct {
		what string
		is   func(string) bool
		yes  []string
		no   []string
	}{
		{"CORS non-wildcard", IsCORSNonWildcardRequestHeaderName, []string{"Authorization", "aUTHORIZATION"},
			[]string{"Proxy-Authorization", "Cookie", "", "*"}},
		{"privileged no-CORS", IsPrivilegedNoCORSRequestHeaderName, []string{"Range", "rANGE"}, []string{"Ranges", "Accept", ""}},
		{"request-body", IsRequestBodyHeaderName,
			[]string{"Content-Encoding", "content-language", "CONTENT-LOCATION", "Content-Type"},
			[]string{"Content-Length", "Content-Disposition", "Accept", ""}},
		{"no-CORS-safelisted", IsNoCORSSafelistedRequestHeaderName,
			[]string{"Accept", "Accept-Language", "CONTENT-Language", "content-type"}, []string{"Range", "Accept-Encoding", ""}},
		{"forbidden response", IsForbiddenResponseHeaderName, []string{"Set-Cookie", "SET-COOKIE2"},
			[]string{"Cookie", "Set-Cookie3", ""}},
	} {
		for _, name := range c.yes {
			if !c.is(name) {
				t.Errorf("%s: %q is not", c.what, name)
			}
		}
		for _, name := range c.no {
			if c.is(name) {
				t.Errorf("%s: %q is", c.what, name)
			}
		}
	}
}

func TestCORSSafelistedResponseHeaderName(t *testing.T) {
	for _, c := range []struct {
		name string
		list []string
		want bool
	}{
		{"Cache-Control", nil, true},
		{"content-language", nil, true},
		{"Content-Length", nil, true}, // T137
		{"Content-Type", nil, true},
		{"Expires", nil, true},
		{"Last-Modified", nil, true},
		{"PRAGMA", nil, true},
		{"X-A", nil, false},
		{"X-A", []string{"x-b", "x-a"}, true},
		{"X-A", []string{"*"}, false},                 // a list of names, none of which is a wildcard
		{"*", []string{"*"}, true},                    // T130
		{"Set-Cookie", []string{"set-cookie"}, false}, // T129
		{"set-cookie2", []string{"Set-Cookie2"}, false},
		{"Content-Encoding", nil, false},
	} {
		if got := IsCORSSafelistedResponseHeaderName(c.name, c.list); got != c.want {
			t.Errorf("%q, %q: got %v, want %v", c.name, c.list, got, c.want)
		}
	}
}
