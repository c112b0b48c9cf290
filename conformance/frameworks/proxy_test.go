package frameworks

import (
	"net/http"
	"net/http/httputil"
	"net/url"
	"strings"
	"testing"

	rscors "github.com/rs/cors"
)

// newUpstream has the application in a mux, and allows every origin everything, with credentials, in all responses and also to
// preflights; it sends early hints.
func newUpstream() http.Handler {
	mux := recovers(newMux(func(next http.Handler) http.Handler { return next }))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for _, h := range ownHeaders(r.Header.Get("Origin"), false) {
			if h[0] != "Vary" {
				w.Header().Set(h[0], h[1])
			}
		}
		if r.Method == "OPTIONS" && r.Header.Get("Access-Control-Request-Method") != "" && r.Header.Get("Origin") != "" {
			w.Header().Set("Access-Control-Allow-Methods", "*")
			w.WriteHeader(http.StatusNoContent)
			return
		}
		w.Header().Set("Link", "</style.css>; rel=preload")
		w.WriteHeader(http.StatusEarlyHints)
		mux.ServeHTTP(w, r)
	})
}

// proxyTo returns a proxy for the server at that URL.
func proxyTo(t *testing.T, upstream string) *httputil.ReverseProxy {
	t.Helper()
	target, err := url.Parse(upstream)
	if err != nil {
		t.Fatal(err)
	}
	return &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(target) }, ErrorLog: discard}
}

// newProxy has an upstream of its own.
func newProxy(t *testing.T) *httputil.ReverseProxy { return proxyTo(t, serve(t, newUpstream())) }

func proxyMounts() []mount {
	return []mount{
		{"httputil.ReverseProxy", "cors.WrapOver(proxy)", kindOver, true, nil, func(t *testing.T) string {
			return serve(t, chooser(t).WrapOver(newProxy(t)))
		}},
		{"httputil.ReverseProxy", "cors.Wrap(proxy)", kindOther, true, nil, func(t *testing.T) string {
			return serve(t, chooser(t).Wrap(newProxy(t)))
		}},
		{"httputil.ReverseProxy", "cors.Wrap(proxy), ModifyResponse removes the upstream's", kindOther, true, nil, func(t *testing.T) string {
			proxy := newProxy(t)
			proxy.ModifyResponse = func(r *http.Response) error {
				for name := range r.Header {
					if strings.HasPrefix(name, "Access-Control-") {
						r.Header.Del(name)
					}
				}
				return nil
			}
			return serve(t, chooser(t).Wrap(proxy))
		}},
		{"httputil.ReverseProxy", "rs/cors", kindOther, false, nil, func(t *testing.T) string {
			c := policyConfig(appOrigin, partnerOrigin)
			return serve(t, rscors.New(rscors.Options{
				AllowedOrigins: c.Origins, AllowCredentials: true, AllowedMethods: append([]string{"GET", "HEAD", "POST"}, c.Methods...),
				AllowedHeaders: c.RequestHeaders, ExposedHeaders: c.ExposeHeaders,
			}).Handler(newProxy(t)))
		}},
	}
}

// TestProxyWithoutUpstream lets an allowed page read that the upstream is not there.
func TestProxyWithoutUpstream(t *testing.T) {
	server := serve(t, chooser(t).WrapOver(proxyTo(t, "http://127.0.0.1:1")))
	for page, want := range map[string]string{appOrigin: "502; Vary: Origin", evilOrigin: "missing-allow-origin; Vary: Origin"} {
		if got := (probe{page: page}).run(t, mount{}, server); got != want {
			t.Errorf("%s: %s, want %s", page, got, want)
		}
	}
}
