package policyhttp_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// proxyTo returns a reverse proxy to an upstream that is served as long as the
// test runs.
func proxyTo(t *testing.T, upstream http.Handler) *httputil.ReverseProxy {
	t.Helper()
	server := httptest.NewServer(upstream)
	t.Cleanup(server.Close)
	target, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	return &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(target) }}
}

// over serves one GET with an Origin, through a real server, and returns the
// response without what the server adds itself.
func over(t *testing.T, h http.Handler, origin string) *http.Response {
	t.Helper()
	server := httptest.NewServer(h)
	defer server.Close()
	r, err := http.NewRequest("GET", server.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Origin", origin)
	response, err := server.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if _, err := io.Copy(io.Discard, response.Body); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"Date", "Content-Length", "Content-Type"} {
		response.Header.Del(name)
	}
	return response
}

// An upstream that does CORS itself, and says it after an informational
// response that does, too.
func TestWrapOverUpstream(t *testing.T) {
	for _, interim := range []bool{false, true} {
		upstream := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Access-Control-Allow-Origin", r.Header.Get("Origin"))
			w.Header().Set("Access-Control-Allow-Credentials", "true")
			if interim {
				w.WriteHeader(http.StatusEarlyHints)
			}
			w.Header().Set("Access-Control-Expose-Headers", "X-Theirs")
			w.Header().Set("Vary", "Cookie, origin")
			w.Header().Set("X-Theirs", "1")
		})
		h := middleware(t, matrixConfig).WrapOver(proxyTo(t, upstream))
		outer := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Vary", "Accept-Encoding")
			w.Header().Set("X-Outer", "1")
			h.ServeHTTP(w, r)
		})
		for origin, want := range map[string]http.Header{
			"https://app.example.com": {
				"Access-Control-Allow-Origin": {"https://app.example.com"}, "Access-Control-Allow-Credentials": {"true"},
				"Vary": {"Accept-Encoding, Origin, Cookie"}, "X-Theirs": {"1"}, "X-Outer": {"1"},
			},
			"https://evil.example": {"Vary": {"Accept-Encoding, Origin, Cookie"}, "X-Theirs": {"1"}, "X-Outer": {"1"}},
		} {
			if diff := cmp.Diff(want, over(t, outer, origin).Header); diff != "" {
				t.Errorf("informational response %v, %s (-want +got):\n%s", interim, origin, diff)
			}
		}
	}
}
