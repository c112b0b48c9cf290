package fetch

import "slices"

// schemeFetch is scheme fetch up to what the caller does, for a blob: URL.
//
// https://fetch.spec.whatwg.org/#scheme-fetch
func (m *Machine) schemeFetch() {
	u := m.req.CurrentURL()
	failed := m.req.fault(CodeSchemeNotSupported, "scheme-fetch:3")
	// Scheme fetch, step 3.
	switch scheme := u.Scheme(); {
	case isHTTP(scheme):
		m.httpFetch(PreflightReasonNone)
	case scheme == "about" && u.Pathname() == "blank" && m.engine.fetchesAboutBlank():
		m.internal = Response{Status: 200, StatusMessage: "OK", Headers: HeaderList{{"Content-Type", "text/html;charset=utf-8"}}}
		m.mainFetchResponse()
	case scheme == "blob" && m.req.Method == "GET":
		m.httpNetworkFetch(&Action{Kind: ActionFetchLocal, Method: m.req.Method, URL: u, Headers: slices.Clone(m.req.Headers), Own: len(m.req.Headers)})
	case scheme == "data":
		t, _, ok := ProcessDataURL(u)
		if !ok {
			m.fail(failed)
			return
		}
		m.internal = Response{Status: 200, StatusMessage: "OK", Headers: HeaderList{{"Content-Type", t}}}
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
