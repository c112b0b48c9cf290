package fetchtest

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
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
	o, err := parsePage(page)
	if err != nil {
		panic("fetchtest: " + err.Error())
	}
	if req == nil {
		panic("fetchtest: the request is nil")
	}
	u, err := target{}.resolve(o, req)
	if err != nil {
		panic("fetchtest: " + err.Error())
	}
	out := req.Clone(req.Context())
	if out.Body != nil && out.Body != http.NoBody {
		out.Body, out.GetBody = io.NopCloser(strings.NewReader("not read")), nil
	}
	var preflight *http.Request
	take := func(a fetch.Action) {
		if a.Kind == fetch.ActionSendPreflight && preflight == nil {
			preflight = newPreflight(a)
		}
	}
	agent := &fetchhttp.Agent{Transport: nobody{}}
	all := append([]fetchhttp.Option{fetchhttp.WithURL(u), fetchhttp.WithBody(fetch.BodyBytes)}, options...)
	_, err = agent.Page(o).Fetch(out, append(all, fetchhttp.WithBeforeSend(take))...)
	var blocked *fetchhttp.BlockedError
	if err != nil && !errors.As(err, &blocked) {
		panic("fetchtest: no page can make the request: " + err.Error())
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
	r.Host = a.URL.Hostname()
	if port, ok := a.URL.Port(); ok {
		r.Host += ":" + strconv.Itoa(int(port))
	}
	for _, h := range a.Headers {
		r.Header.Add(h[0], h[1])
	}
	return r
}

// nobody answers nothing.
type nobody struct{}

func (nobody) RoundTrip(*http.Request) (*http.Response, error) { return nil, errors.New("not sent") }
