package frameworks

import (
	"net/http"
	"testing"
	"time"

	"github.com/corspec/corspec/policy"
	"github.com/corspec/corspec/policy/policyhttp"

	"github.com/corspec/corspec/conformance/frameworks/probes"
)

func netHTTPMounts() []probes.Mount {
	none := func(next http.Handler) http.Handler { return next }
	return []probes.Mount{
		{Framework: "net/http", Name: "cors.Wrap(mux)", Kind: probes.KindPlain, Start: func(t *testing.T) string {
			return probes.Serve(t, probes.Middleware(t, probes.App, probes.Partner).Wrap(probes.Recovers(probes.Mux(probes.Middleware(t, probes.App).Wrap))))
		}},
		{Framework: "net/http", Name: "cors.WrapOver(mux)", Kind: probes.KindOver, Chooses: true, Start: func(t *testing.T) string {
			mux := probes.Mux(none)
			whole := probes.NewPolicy(t, probes.App, probes.Partner)
			policies := map[string]*policy.Policy{"": whole, "GET /inner/items": probes.NewPolicy(t, probes.App)}
			for _, pattern := range []string{
				"GET /items", "OPTIONS /items", "PUT /items", "GET /error", "GET /panic", "GET /dir/", "GET /stream", "GET /own", "GET /own/spelled", "GET /own/error", "GET /own/panic",
			} {
				policies[pattern] = whole
			}
			return probes.Serve(t, probes.Recovers(policyhttp.NewSelect(policyhttp.ByPattern(mux, policies)).WrapOver(mux)))
		}},
		{Framework: "net/http", Name: "http.TimeoutHandler inside", Kind: probes.KindOver, Chooses: true, Start: func(t *testing.T) string {
			return probes.Serve(t, probes.Chooser(t).WrapOver(http.TimeoutHandler(probes.Recovers(probes.Mux(none)), time.Minute, "")))
		}},
	}
}
