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

// MayRead fails the test at once unless a page of that origin may read the server's response to the request, and returns the
// response as the page sees it: with the headers that are exposed. Its body is closed at the end of the test.
//
// The server is an http.Handler, a func(http.ResponseWriter, *http.Request), a URL as a string or *url.URL, an
// *httptest.Server or an http.RoundTripper. Whether the status is one of success is not asked.
func MayRead(t TB, page string, server any, req *http.Request, options ...Option) *fetchhttp.Response {
	t.Helper()
	return NewSession(server).MayRead(t, page, req, options...)
}

// Blocked fails the test unless a browser blocks the request of a page of that origin for the reason that the code says. The
// server is as for [MayRead].
func Blocked(t TB, page string, server any, req *http.Request, code fetch.Code, options ...Option) {
	t.Helper()
	NewSession(server).Blocked(t, page, req, code, options...)
}

// An Option is an init option of the page's fetch().
type Option func(*config)

type config struct {
	fetch  []fetchhttp.Option
	stream bool
}

func newConfig(options []Option) *config {
	c := &config{}
	for _, o := range options {
		o(c)
	}
	return c
}

// Credentials sets the credentials mode: fetch.CredentialsInclude for cookies and the like across origins. It is
// "same-origin" otherwise.
func Credentials(m fetch.CredentialsMode) Option { return With(fetchhttp.WithCredentials(m)) }

// Mode sets the mode. It is "cors" otherwise.
func Mode(m fetch.Mode) Option { return With(fetchhttp.WithMode(m)) }

// Redirect sets the redirect mode. It is "follow" otherwise.
func Redirect(m fetch.RedirectMode) Option { return With(fetchhttp.WithRedirect(m)) }

// UploadListener makes the request as an XMLHttpRequest whose upload is listened to, which always causes a preflight.
func UploadListener() Option { return With(fetchhttp.WithUploadListener()) }

// Stream sends a body without GetBody as a stream, which always causes a preflight and cannot be sent again after a redirect.
// Otherwise such a body is read into memory first.
func Stream() Option { return func(c *config) { c.stream = true } }

// With passes options of package fetchhttp on.
func With(options ...fetchhttp.Option) Option {
	return func(c *config) { c.fetch = append(c.fetch, options...) }
}
