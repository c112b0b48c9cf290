package policyhttp_test

import (
	"net/http"
	"testing"

	"github.com/corspec/corspec/fetch"
	"github.com/corspec/corspec/fetch/fetchhttp"
	"github.com/corspec/corspec/origin"
	"github.com/corspec/corspec/policy"
)

// A page that makes all 24 kinds of request that a policy of four methods and
// six headers allows, to one URL and in one credentials mode, sends one
// preflight, whichever request comes first.
func TestOnePreflightFillsTheCache(t *testing.T) {
	methods := []string{"PUT", "PATCH", "DELETE", "PURGE"}
	names := []string{"Authorization", "Content-Type", "X-A", "X-B", "X-C", "X-D"}
	for _, mode := range []fetch.CredentialsMode{fetch.CredentialsInclude, fetch.CredentialsOmit} {
		for first := range methods {
			m := middleware(t, policy.Config{Origins: []string{"https://app.example.com"}, Credentials: true, Methods: methods, RequestHeaders: names, MaxAge: new(600)})
			preflights, requests := 0, 0
			m.Decided = func(_ http.ResponseWriter, _ *http.Request, d policy.Decision) {
				if d.Kind() == policy.KindPreflight {
					preflights++
				} else {
					requests++
				}
			}
			browser := &fetchhttp.Agent{Transport: fetchhttp.Handler(m.Wrap(hello))}
			page := browser.Page(origin.MustParse("https://app.example.com"))
			for i := range methods {
				for _, name := range names {
					r, err := http.NewRequest(methods[(first+i)%len(methods)], "https://api.example.com/x", nil)
					if err != nil {
						t.Fatal(err)
					}
					r.Header.Set(name, "application/json")
					response, err := page.Fetch(r, fetchhttp.WithCredentials(mode))
					if err != nil {
						t.Fatalf("%s with %s: %v", r.Method, name, err)
					}
					response.Body.Close()
				}
			}
			if preflights != 1 || requests != 24 {
				t.Errorf("mode %v, %s first: %d preflights for %d requests", mode, methods[first], preflights, requests)
			}
		}
	}
}
