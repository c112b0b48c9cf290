package fetchtest

import (
	"context"
	"io"
	"net/http"
	"strings"

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
	server := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Access-Control-Request-Method") != "" { // which no page sets
			preflight = r.Clone(context.Background())
		}
		panic(http.ErrAbortHandler)
	})
	if _, err := NewSession(server).fetch(page, req, options); err != nil {
		panic("fetchtest: " + err.Error())
	}
	return preflight
}
