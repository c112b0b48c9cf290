package fetchtest

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"

	"github.com/corspec/corspec/fetch"
	"github.com/corspec/corspec/fetch/fetchhttp"
)

// Preflight returns the CORS-preflight request that a browser sends ahead of the request of a page of that origin, or
// nil where it sends none. It is of the kind that a handler gets; its headers are exactly those that the standard
// determines. The body of req is not read.
//
// It panics where no page can make the request, as httptest.NewRequest does if there is none.
func Preflight(page string, req *http.Request, options ...fetchhttp.Option) *http.Request {
	if req != nil && req.Body != nil && req.Body != http.NoBody {
		req = req.Clone(req.Context())
		req.Body, req.GetBody = io.NopCloser(strings.NewReader("not read")), nil
	}
	var preflight *http.Request
	take := fetchhttp.WithBeforeSend(func(a fetch.Action) {
		if a.Kind == fetch.ActionSendPreflight && preflight == nil {
			preflight = newPreflight(a)
		}
	})
	if _, err := NewSession(nobody{}).fetch(page, req, append(slices.Clip(options), take)); err != nil {
		panic("fetchtest: " + err.Error())
	}
	return preflight
}

// newPreflight returns what a server gets of the request.
func newPreflight(a fetch.Action) *http.Request {
	target := a.URL.Pathname()
	if query, ok := a.URL.Query(); ok {
		target += "?" + query
	}
	r := httptest.NewRequest(a.Method, target, nil)
	_, r.Host, _ = strings.Cut(a.URL.Origin().String(), "://")
	for _, h := range a.Headers {
		r.Header.Add(h[0], h[1])
	}
	return r
}

// nobody answers nothing.
type nobody struct{}

func (nobody) RoundTrip(*http.Request) (*http.Response, error) { return nil, errors.New("not sent") }
