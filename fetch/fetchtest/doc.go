// Package fetchtest asserts, in one line of a Go test, what pages of other origins may do with a server: an
// [http.Handler], or a URL.
//
//	func TestOrdersForTheApp(t *testing.T) {
//		req := httptest.NewRequest("GET", "/orders", nil)
//		req.Header.Set("Authorization", "Bearer x")
//		fetchtest.MayRead(t, "https://app.example", newHandler(), req)
//		fetchtest.Blocked(t, "https://evil.example", newHandler(), req, fetch.CodePreflightMissingAllowOrigin)
//	}
//
// Each makes the request as fetch() on a page of that origin would: with the preflight, the redirects, the cookies and
// the checks of the Fetch Standard, and with the headers that a browser sends. A failure prints the exchanges, the step
// of the standard that decided, and what the server should send.
//
// A [Session] is a browser that goes on for several requests, such as a login and what comes after it, or an attack by
// a page of another site. [Preflight] makes the preflight alone, for tests that look at the server's answer themselves.
//
// # Requests
//
// A request may be of either kind, from http.NewRequest or from httptest.NewRequest. One whose URL has no host goes to
// the server's own origin: that of its URL, or else the request's Host with the page's scheme. The server answers
// whatever host the request names, and redirects too. A body is bytes, as a script would pass it, unless
// fetchhttp.WithBody makes it a stream. The request stays as it is, and can be used again, also by tests that run in
// parallel: what is read of its body is kept.
package fetchtest
