package safelist_test

import (
	"fmt"

	"github.com/corspec/corspec/safelist"
)

// A request whose headers have no unsafe names needs no preflight for their
// sake.
func ExampleUnsafeRequestHeaderNames() {
	fmt.Println(safelist.UnsafeRequestHeaderNames([][2]string{
		{"Accept", "application/json"},
		{"Content-Type", "text/plain"},
	}))
	fmt.Println(safelist.UnsafeRequestHeaderNames([][2]string{
		{"X-Request-ID", "42"},
		{"Content-Type", "application/json"},
		{"Authorization", "Bearer abc"},
	}))
	// Output:
	// []
	// [authorization content-type x-request-id]
}

func ExampleUnsafeRequestHeaders() {
	headers := [][2]string{
		{"Accept", "text/html"},
		{"Content-Type", "application/json"},
		{"Accept-Language", "en_US"},
	}
	for _, u := range safelist.UnsafeRequestHeaders(headers) {
		fmt.Printf("%s: %v\n", headers[u.Index][0], u.Reason)
	}
	// Output:
	// Content-Type: content-type-not-safelisted
	// Accept-Language: value-not-language-byte at byte 2 of the value
}

func ExampleIsCORSSafelistedRequestHeader() {
	fmt.Println(safelist.IsCORSSafelistedRequestHeader("Content-Type", "text/plain;charset=utf-8"))
	fmt.Println(safelist.IsCORSSafelistedRequestHeader("Content-Type", "application/json"))
	fmt.Println(safelist.IsCORSSafelistedRequestHeader("Range", "bytes=0-499"))
	fmt.Println(safelist.IsCORSSafelistedRequestHeader("Range", "bytes=-500"))
	// Output:
	// true
	// false
	// true
	// false
}

func ExampleCORSSafelistedRequestHeader() {
	reason := safelist.CORSSafelistedRequestHeader("Content-Type", "multipart/form-data; boundary=a:b")
	fmt.Println(reason.OK(), reason.Rule, reason.Byte)
	fmt.Println(reason.Explain())
	// Output:
	// false value-unsafe-byte 31
	// value-unsafe-byte at byte 31 of the value: a safelisted value has no control byte but tab, and none of "():<>?@[\]{} and DEL. With this byte the header needs a preflight.
}

func ExampleForbiddenRequestHeader() {
	fmt.Println(safelist.ForbiddenRequestHeader("Sec-Fetch-Mode", "cors"))
	fmt.Println(safelist.ForbiddenRequestHeader("X-HTTP-Method-Override", "GET, TRACE"))
	fmt.Println(safelist.ForbiddenRequestHeader("User-Agent", "x"))
	// Output:
	// name-prefix-forbidden at byte 0 of the name
	// value-overrides-method at byte 5 of the value
	// ok
}

func ExampleNormalizeMethod() {
	fmt.Println(safelist.NormalizeMethod("delete"), safelist.NormalizeMethod("patch"))
	// Output: DELETE patch
}

func ExampleHeaderName() {
	fmt.Println(safelist.HeaderName("X-Föö"))
	// Output: name-not-token at byte 3 of the name
}

func ExampleIsCORSSafelistedResponseHeaderName() {
	exposed := []string{"x-request-id", "set-cookie"}
	for _, name := range []string{"Content-Type", "X-Request-ID", "Set-Cookie", "ETag"} {
		fmt.Println(name, safelist.IsCORSSafelistedResponseHeaderName(name, exposed))
	}
	// Output:
	// Content-Type true
	// X-Request-ID true
	// Set-Cookie false
	// ETag false
}

func ExampleParseSingleRangeHeaderValue() {
	r, err := safelist.ParseSingleRangeHeaderValue("bytes=500-", false)
	fmt.Printf("%q to %q, %v\n", r.Start, r.End, err)
	_, err = safelist.ParseSingleRangeHeaderValue("bytes=1-0", false)
	fmt.Println(err)
	// Output:
	// "500" to "", <nil>
	// safelist: "bytes=1-0": range-start-after-end at byte 6 of the value: the range starts after its end.
}

func ExampleAddRangeHeader() {
	headers, _ := safelist.AddRangeHeader(nil, 500, safelist.NoEnd)
	fmt.Println(headers)
	// Output: [[Range bytes=500-]]
}

func ExampleExtractLength() {
	fmt.Println(safelist.ExtractLength([][2]string{{"Content-Length", "42"}, {"Content-Length", "42"}}))
	_, _, err := safelist.ExtractLength([][2]string{{"Content-Length", "42"}, {"Content-Length", "43"}})
	fmt.Println(err)
	// Output:
	// 42 true <nil>
	// safelist: "42, 43": content-lengths-differ at byte 4 of the value: all values of Content-Length must be the same.
}

func ExampleParseMIMEType() {
	m, err := safelist.ParseMIMEType(`Text/HTML; charset="utf-8"; title="a b"`)
	fmt.Println(m.Essence(), err)
	fmt.Println(m)
	fmt.Println(m.Parameter("charset"))
	// Output:
	// text/html <nil>
	// text/html;charset=utf-8;title="a b"
	// utf-8 true
}

func ExampleExtractMIMEType() {
	m, found := safelist.ExtractMIMEType([][2]string{
		{"Content-Type", "text/html;charset=gbk"},
		{"Content-Type", "text/html;x=y"},
	})
	fmt.Println(m, found)
	// Output: text/html;x=y;charset=gbk true
}
