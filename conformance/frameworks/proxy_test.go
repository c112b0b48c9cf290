package frameworks

import (
	"net/http"
	"net/http/httputil"
	"net/url"
	"strings"
	"testing"

	rscors "github.com/rs/cors"

	"github.com/corspec/corspec/conformance/frameworks/probes"
)

// proxyTo returns a proxy for the server at that URL.
func proxyTo(t *testing.T, upstream string) *httputil.ReverseProxy {
	t.Helper()
	target, err := url.Parse(upstream)
	if err != nil {
		t.Fatal(err)
	}
	return &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(target) }, ErrorLog: probes.Discard}
}

// newProxy has an upstream of its own.
func newProxy(t *testing.T) *httputil.ReverseProxy {
	return proxyTo(t, probes.Serve(t, probes.Upstream()))
}

func proxyMounts() []probes.Mount {
	return []probes.Mount{
		{Framework: "httputil.ReverseProxy", Name: "cors.WrapOver(proxy)", Kind: probes.KindOver, Chooses: true, Start: func(t *testing.T) string {
			return probes.Serve(t, probes.Chooser(t).WrapOver(newProxy(t)))
		}},
		{Framework: "httputil.ReverseProxy", Name: "cors.Wrap(proxy)", Kind: probes.KindOther, Chooses: true, Start: func(t *testing.T) string {
			return probes.Serve(t, probes.Chooser(t).Wrap(newProxy(t)))
		}},
		{Framework: "httputil.ReverseProxy", Name: "cors.Wrap(proxy), ModifyResponse removes the upstream's", Kind: probes.KindOther, Chooses: true, Start: func(t *testing.T) string {
			proxy := newProxy(t)
			proxy.ModifyResponse = func(r *http.Response) error {
				for name := range r.Header {
					if strings.HasPrefix(name, "Access-Control-") {
						r.Header.Del(name)
					}
				}
				return nil
			}
			return probes.Serve(t, probes.Chooser(t).Wrap(proxy))
		}},
		{Framework: "httputil.ReverseProxy", Name: "rs/cors", Kind: probes.KindOther, Start: func(t *testing.T) string {
			c := probes.Config(probes.App, probes.Partner)
			return probes.Serve(t, rscors.New(rscors.Options{
				AllowedOrigins: c.Origins, AllowCredentials: true, AllowedMethods: append([]string{"GET", "HEAD", "POST"}, c.Methods...),
				AllowedHeaders: c.RequestHeaders, ExposedHeaders: c.ExposeHeaders,
			}).Handler(newProxy(t)))
		}},
	}
}

// TestProxyWithoutUpstream lets an allowed page read that the upstream is not there.
func TestProxyWithoutUpstream(t *testing.T) {
	server := probes.Serve(t, probes.Chooser(t).WrapOver(proxyTo(t, "http://127.0.0.1:1")))
	for page, want := range map[string]string{probes.App: "502; Vary: Origin", probes.Evil: "missing-allow-origin; Vary: Origin"} {
		if got := (probes.Probe{Page: page}).Run(t, probes.Mount{}, server); got != want {
			t.Errorf("%s: %s, want %s", page, got, want)
		}
	}
}
