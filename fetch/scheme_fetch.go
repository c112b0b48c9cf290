package fetch

import (
	"slices"
	"strings"

	"github.com/corspec/corspec/internal/header"
	"github.com/corspec/corspec/origin"
	"github.com/corspec/corspec/safelist"
)

// schemeFetch is scheme fetch up to what the caller does, for a blob: URL.
//
// https://fetch.spec.whatwg.org/#scheme-fetch
func (m *Machine) schemeFetch() {
	u := m.req.CurrentURL()
	failed := Verdict{Code: CodeSchemeNotSupported, Step: "scheme-fetch:3", Want: u.String()}
	// Scheme fetch, step 3.
	switch scheme := u.Scheme(); {
	case isHTTP(scheme):
		m.httpFetch(PreflightReasonNone)
	case scheme == "about" && u.Pathname() == "blank" && m.engine.fetchesAboutBlank():
		m.internal = Response{Status: 200, Headers: HeaderList{{"Content-Type", "text/html;charset=utf-8"}}}
		m.mainFetchResponse()
	case scheme == "blob" && m.req.Method == "GET":
		m.httpNetworkFetch(&Action{Kind: ActionFetchLocal, Method: m.req.Method, URL: u, Headers: slices.Clone(m.req.Headers), Own: len(m.req.Headers)})
	case scheme == "data":
		t, ok := dataURLMIMEType(u)
		if !ok {
			m.fail(failed)
			return
		}
		m.internal = Response{Status: 200, Headers: HeaderList{{"Content-Type", t}}}
		m.mainFetchResponse()
	case scheme == "blob", scheme == "file":
		// The standard leaves file: URLs open and asks for a network error when in doubt.
		m.fail(failed)
	default:
		// Scheme fetch, step 4.
		failed.Step = "scheme-fetch:4"
		m.fail(failed)
	}
}

// schemeFetchResponse is the rest of scheme fetch for a blob: URL.
func (m *Machine) schemeFetchResponse() {
	// Scheme fetch, step 3.
	m.internal.rangeRequested = m.req.Headers.Contains("Range")
	m.mainFetchResponse()
}

// isHTTP reports whether s is an HTTP(S) scheme.
//
// https://fetch.spec.whatwg.org/#http-scheme
func isHTTP(s string) bool { return s == "http" || s == "https" }

// isLocal reports whether s is a local scheme.
//
// https://fetch.spec.whatwg.org/#local-scheme
func isLocal(s string) bool { return s == "about" || s == "blob" || s == "data" }

// dataURLMIMEType returns the serialized MIME type of a data: URL; ok is false where the data: URL processor fails. The
// body is not decoded, only checked.
//
// https://fetch.spec.whatwg.org/#data-url-processor
func dataURLMIMEType(u origin.URL) (mimeType string, ok bool) {
	// data: URL processor, steps 2 to 7.
	input := strings.TrimPrefix(u.WithoutFragment().String(), "data:")
	mimeType, body, ok := strings.Cut(input, ",")
	if !ok {
		return "", false
	}
	mimeType = strings.Trim(mimeType, "\t\n\f\r ")
	// data: URL processor, step 11.
	if i := strings.LastIndexByte(mimeType, ';'); i >= 0 && header.EqualFold(strings.TrimLeft(mimeType[i+1:], " "), "base64") {
		if !isForgivingBase64(body) {
			return "", false
		}
		mimeType = mimeType[:i]
	}
	// data: URL processor, steps 12 to 14.
	if strings.HasPrefix(mimeType, ";") {
		mimeType = "text/plain" + mimeType
	}
	t, err := safelist.ParseMIMEType(mimeType)
	if err != nil {
		return "text/plain;charset=US-ASCII", true
	}
	return t.String(), true
}

// isForgivingBase64 reports whether forgiving-base64 decode takes s, percent-decoded.
//
// https://infra.spec.whatwg.org/#forgiving-base64-decode
func isForgivingBase64(s string) bool {
	symbols, padding := 0, 0
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c == '%' && i+2 < len(s) && header.IsHexDigit(s[i+1]) && header.IsHexDigit(s[i+2]) {
			c = header.Unhex(s[i+1])<<4 | header.Unhex(s[i+2])
			i += 2
		}
		switch {
		case strings.IndexByte("\t\n\f\r ", c) >= 0:
		case c == '=':
			padding++
		case padding > 0 || !header.IsAlpha(c) && !header.IsDigit(c) && c != '+' && c != '/':
			return false
		default:
			symbols++
		}
	}
	if padding > 0 && (padding > 2 || (symbols+padding)%4 != 0) {
		return false
	}
	return symbols%4 != 1
}
