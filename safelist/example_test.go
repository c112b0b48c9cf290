package safelist_test

import (
	"fmt"

	"github.com/corspec/corspec/safelist"
)

// Who designs an API asks which of its headers cost a preflight. Where the list is empty, the headers do not.
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

// Who wants to do without a preflight asks what stands in the way.
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

func ExampleCheckCORSSafelistedRequestHeader() {
	reason := safelist.CheckCORSSafelistedRequestHeader("Content-Type", "multipart/form-data; boundary=a:b")
	fmt.Println(reason.OK(), reason.Rule, reason.Byte)
	fmt.Println(reason.Explain())
	// Output:
	// false value-unsafe-byte 31
	// value-unsafe-byte at byte 31 of the value: a safelisted value contains tab, but not any other control byte, and not any of "():<>?@[\]{} and DEL. With this byte the header needs a preflight.
}

// A browser drops what a page must not set, without a word. The author of a harness asks why a header is not there.
func ExampleCheckNotForbiddenRequestHeader() {
	fmt.Println(safelist.CheckNotForbiddenRequestHeader("Sec-Fetch-Mode", "cors"))
	fmt.Println(safelist.CheckNotForbiddenRequestHeader("X-HTTP-Method-Override", "GET, TRACE"))
	fmt.Println(safelist.CheckNotForbiddenRequestHeader("User-Agent", "x"))
	// Output:
	// name-prefix-forbidden at byte 0 of the name
	// value-overrides-method at byte 5 of the value
	// ok
}

func ExampleNormalizeMethod() {
	fmt.Println(safelist.NormalizeMethod("delete"), safelist.NormalizeMethod("patch"))
	// Output: DELETE patch
}

func ExampleCheckHeaderName() {
	fmt.Println(safelist.CheckHeaderName("X-Föö"))
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

// Who answers requests for blob: URLs, as a browser does, answers those for a part of them too.
func ExampleParseSingleRangeHeaderValue() {
	r, err := safelist.ParseSingleRangeHeaderValue("bytes=500-", false)
	fmt.Printf("%q to %q, %v\n", r.Start, r.End, err)
	_, err = safelist.ParseSingleRangeHeaderValue("bytes=1-0", false)
	fmt.Println(err)
	// Output:
	// "500" to "", <nil>
	// safelist: "bytes=1-0": range-start-after-end at byte 6 of the value: the range starts after its end.
}

// Who answers requests for blob: URLs says which part of them a response is.
func ExampleBuildContentRange() {
	fmt.Println(safelist.BuildContentRange(500, 999, 1000))
	// Output: bytes 500-999/1000
}

// A media element of a harness seeks.
func ExampleAddRangeHeader() {
	headers, _ := safelist.AddRangeHeader(nil, 500, safelist.NoEnd)
	fmt.Println(headers)
	// Output: [[Range bytes=500-]]
}

// The progress events of a harness's XMLHttpRequest say how long the response will be.
func ExampleExtractLength() {
	fmt.Println(safelist.ExtractLength([][2]string{{"Content-Length", "42"}, {"Content-Length", "42"}}))
	_, _, err := safelist.ExtractLength([][2]string{{"Content-Length", "42"}, {"Content-Length", "43"}})
	fmt.Println(err)
	// Output:
	// 42 true <nil>
	// safelist: "42, 43": content-lengths-differ at byte 4 of the value: all values of Content-Length must be the same.
}

// An XMLHttpRequest decodes what it receives by the charset of the response's MIME type.
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
	m, err := safelist.ExtractMIMEType([][2]string{
		{"Content-Type", "text/html;charset=gbk"},
		{"Content-Type", "text/html;x=y"},
	})
	fmt.Println(m, err)
	// Output: text/html;x=y;charset=gbk <nil>
}
