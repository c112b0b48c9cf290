package safelist

import (
	"strings"
	"testing"
)

// sinkBool keeps calls from being left out.
var sinkBool bool

// No predicate allocates, whatever it says, and no reason does.
func TestAllocs(t *testing.T) {
	names := []string{"", "Accept", "accept-LANGUAGE", "Content-Language", "content-type", "Range", "X-A", "Set-Cookie2",
		"X-HTTP-Method-Override", "Sec-Fetch-Site", "Authorization", strings.Repeat("x", 1000)}
	values := []string{"", "en-US,en;q=0.5", "Text/Plain; charset=utf-8", "application/JSON", "multipart/form-data;boundary=\"x\"",
		"bytes=0-10", "bytes=-5", "bytes=10-9", `GET, "TRACE, trace`, " a", "a\x00", strings.Repeat("a", 129)}
	list := []string{"x-a", "set-cookie2"}
	for what, f := range map[string]func(name, value string){
		"IsMethod":                            func(_, v string) { IsMethod(v) },
		"CheckMethod":                         func(_, v string) { CheckMethod(v) },
		"IsCORSSafelistedMethod":              func(_, v string) { sinkBool = IsCORSSafelistedMethod(v) },
		"IsForbiddenMethod":                   func(_, v string) { IsForbiddenMethod(v) },
		"NormalizeMethod":                     func(_, v string) { NormalizeMethod(v) },
		"IsHeaderName":                        func(n, _ string) { IsHeaderName(n) },
		"CheckHeaderName":                     func(n, _ string) { CheckHeaderName(n) },
		"IsHeaderValue":                       func(_, v string) { IsHeaderValue(v) },
		"CheckHeaderValue":                    func(_, v string) { CheckHeaderValue(v) },
		"NormalizeHeaderValue":                func(_, v string) { NormalizeHeaderValue(v) },
		"IsCORSSafelistedRequestHeader":       func(n, v string) { IsCORSSafelistedRequestHeader(n, v) },
		"CheckCORSSafelistedRequestHeader":    func(n, v string) { CheckCORSSafelistedRequestHeader(n, v) },
		"IsNoCORSSafelistedRequestHeader":     func(n, v string) { IsNoCORSSafelistedRequestHeader(n, v) },
		"IsNoCORSSafelistedRequestHeaderName": func(n, _ string) { IsNoCORSSafelistedRequestHeaderName(n) },
		"IsPrivilegedNoCORSRequestHeaderName": func(n, _ string) { IsPrivilegedNoCORSRequestHeaderName(n) },
		"IsCORSNonWildcardRequestHeaderName":  func(n, _ string) { IsCORSNonWildcardRequestHeaderName(n) },
		"IsForbiddenRequestHeader":            func(n, v string) { IsForbiddenRequestHeader(n, v) },
		"CheckNotForbiddenRequestHeader":      func(n, v string) { CheckNotForbiddenRequestHeader(n, v) },
		"IsForbiddenResponseHeaderName":       func(n, _ string) { IsForbiddenResponseHeaderName(n) },
		"IsRequestBodyHeaderName":             func(n, _ string) { IsRequestBodyHeaderName(n) },
		"IsCORSSafelistedResponseHeaderName":  func(n, _ string) { IsCORSSafelistedResponseHeaderName(n, list) },
		"statuses": func(_, _ string) {
			sinkBool = IsNullBodyStatus(304)
			sinkBool = IsOKStatus(304)
			sinkBool = IsRangeStatus(304)
			sinkBool = IsRedirectStatus(304)
		},
		"a range that parses": func(_, _ string) { ParseSingleRangeHeaderValue("bytes=00-11", false) },
	} {
		if n := testing.AllocsPerRun(10, func() {
			for _, name := range names {
				for _, value := range values {
					f(name, value)
				}
			}
		}); n != 0 {
			t.Errorf("%s allocates %v times", what, n)
		}
	}
}

func TestUnsafeRequestHeaderNamesAllocs(t *testing.T) {
	for _, c := range fourSafelisted {
		if n := testing.AllocsPerRun(100, func() { UnsafeRequestHeaderNames(c.headers) }); n != 0 {
			t.Errorf("%s: %v allocations, want none", c.name, n)
		}
	}
	unsafe := [][2]string{{"X-A", ""}, {"Accept", ""}, {"x-b", ""}, {"X-C", ""}}
	if n := testing.AllocsPerRun(100, func() { UnsafeRequestHeaderNames(unsafe) }); n > 2 {
		t.Errorf("three unsafe names: %v allocations, want the list and one buffer", n)
	}
}
