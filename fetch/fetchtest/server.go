package fetchtest

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"

	"github.com/corspec/corspec/fetch/fetchhttp"
	"github.com/corspec/corspec/internal/quote"
	"github.com/corspec/corspec/origin"
)

// A target is the server of a test.
type target struct {
	transport http.RoundTripper
	mux       *http.ServeMux // the server, if it is one
	url       origin.URL     // of the server, if it has one
}

func newTarget(server any) (target, error) {
	switch s := server.(type) {
	case nil:
		return target{}, errors.New("the server is nil")
	case *http.ServeMux:
		return target{transport: fetchhttp.Handler(s), mux: s}, nil
	case http.Handler:
		return target{transport: fetchhttp.Handler(s)}, nil
	case func(http.ResponseWriter, *http.Request):
		return target{transport: fetchhttp.Handler(http.HandlerFunc(s))}, nil
	case *httptest.Server:
		return newURLTarget(s.URL, s.Client().Transport)
	case string:
		return newURLTarget(s, fetchhttp.DefaultTransport())
	case *url.URL:
		return newURLTarget(s.String(), fetchhttp.DefaultTransport())
	case http.RoundTripper:
		return target{transport: s}, nil
	}
	return target{}, fmt.Errorf("the server is of type %T, want an http.Handler, a func(http.ResponseWriter, *http.Request), a URL, an *httptest.Server or an http.RoundTripper", server)
}

func newURLTarget(rawURL string, transport http.RoundTripper) (target, error) {
	u, err := origin.ParseURL(rawURL, nil)
	if err != nil {
		return target{}, fmt.Errorf("the server's URL: %w", err)
	}
	if s := u.Scheme(); s != "http" && s != "https" {
		return target{}, fmt.Errorf("the server's URL %s is not of http or https", quote.Quote(rawURL))
	}
	base, err := url.Parse(u.Origin().String())
	return target{transport: router{base, transport}, url: u}, err
}

// A router brings every request to one server, whatever host it names. The Host header stays.
type router struct {
	server *url.URL
	next   http.RoundTripper
}

func (r router) RoundTrip(req *http.Request) (*http.Response, error) {
	out := req.Clone(req.Context())
	if out.Host == "" {
		out.Host = out.URL.Host
	}
	out.URL.Scheme, out.URL.Host = r.server.Scheme, r.server.Host
	resp, err := r.next.RoundTrip(out)
	if resp != nil {
		resp.Request = req
	}
	return resp, err
}

// defaultHost is the server's where neither it nor the request names one. The name is reserved for examples.
const defaultHost = "server.example"

// resolve returns the URL that the page fetches.
func (t target) resolve(page origin.Origin, req *http.Request) (origin.URL, error) {
	if req.URL == nil {
		return origin.URL{}, errors.New("the request has no URL")
	}
	if req.URL.IsAbs() || req.URL.Host != "" || req.URL.Opaque != "" {
		u := *req.URL
		u.Scheme = cmp.Or(u.Scheme, pageScheme(page))
		return origin.ParseURL(u.String(), nil)
	}
	base := t.url
	if !base.IsValid() {
		var err error
		if base, err = origin.ParseURL(pageScheme(page)+"://"+cmp.Or(req.Host, defaultHost), nil); err != nil {
			return origin.URL{}, fmt.Errorf("the request's Host: %w", err)
		}
		if base.Origin() == page {
			return origin.URL{}, fmt.Errorf("the request would go to the page's own origin %s, where no rule of CORS applies; give the request a URL with a host, or the page another origin", page)
		}
	}
	path := cmp.Or(req.RequestURI, req.URL.RequestURI())
	if path[0] != '/' {
		return origin.URL{}, fmt.Errorf("the request's target %q is not a path", path)
	}
	if f := req.URL.EscapedFragment(); f != "" {
		path += "#" + f
	}
	// Not as a reference: a path may start with two slashes.
	return origin.ParseURL(base.Origin().String()+path, nil)
}

// pageScheme is the scheme of a server of which nothing else is known: one that gets no mixed content.
func pageScheme(page origin.Origin) string {
	if page.Scheme() == "http" {
		return "http"
	}
	return "https"
}

// parsePage reads the origin of a page, and helps with one that is a URL.
func parsePage(s string) (origin.Origin, error) {
	o, err := origin.Parse(s)
	if err == nil {
		return o, nil
	}
	if u, urlErr := origin.ParseURL(s, nil); urlErr == nil && !u.Origin().IsOpaque() {
		return origin.Origin{}, fmt.Errorf("the page's origin %s is not as browsers write it; write %q", quote.Quote(s), u.Origin())
	}
	return origin.Origin{}, fmt.Errorf("the page's origin: %w", err)
}
