package fetchtest

import (
	"net/http"

	"github.com/corspec/corspec/fetch"
	"github.com/corspec/corspec/fetch/fetchhttp"
)

// A TB is the part of testing.TB that this package uses.
type TB interface {
	Helper()
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
	Cleanup(func())
}

// MayRead fails the test at once unless a page of that origin may read the server's response to the request, and
// returns the response as the page sees it: with the headers that are exposed. Its body is closed at the end of the
// test.
//
// The server is an http.Handler, a func(http.ResponseWriter, *http.Request), a URL as a string or *url.URL, of which
// the origin counts and no path, an *httptest.Server or an http.RoundTripper. Whether the status is one of success is
// not asked. The options are those of package fetchhttp: fetchhttp.WithCredentials(fetch.CredentialsInclude) for
// cookies and the like across origins.
func MayRead(t TB, page string, server any, req *http.Request, options ...fetchhttp.Option) *fetchhttp.Response {
	t.Helper()
	return NewSession(server).MayRead(t, page, req, options...)
}

// Blocked fails the test unless a browser blocks the request of a page of that origin for the reason that the code
// says. The server is as for [MayRead]. A failure does not say what would let the page in.
func Blocked(t TB, page string, server any, req *http.Request, code fetch.Code, options ...fetchhttp.Option) {
	t.Helper()
	NewSession(server).Blocked(t, page, req, code, options...)
}
