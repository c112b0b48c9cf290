package servertest

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/corspec/corspec/policy"
)

// What a server allows is found from outside, as far as it is tried, and what is next to it is told.
func TestObserve(t *testing.T) {
	lists := policy.Config{Methods: []string{"PUT", "PATCH"}, RequestHeaders: []string{"content-type", "x-api-key"}, ExposeHeaders: []string{"x-total"}}
	with := func(c policy.Config, origins ...string) policy.Config {
		c.Origins, c.Credentials = origins, true
		return c
	}
	open := func(s *site) { s.allows = func(string) bool { return true } }
	openTo := func(c policy.Config, origins ...string) policy.Config { c.Origins = origins; return c }
	for _, tt := range []struct {
		name    string
		change  func(*site)
		origins []string
		want    policy.Config
		ids     []string // of findings above notes
	}{
		{"exact", func(*site) {}, []string{"https://app.example"}, with(lists, "https://app.example"), nil},
		{"refused", func(*site) {}, []string{"https://app.example", "https://other.example"}, with(lists, "https://app.example"), nil},
		{"a pattern", func(*site) {}, []string{"https://x.tenant.example.com"}, with(lists, "https://x.tenant.example.com", "https://*.tenant.example.com"), nil},
		{"a fixed origin", func(s *site) {
			s.vary = func(http.ResponseWriter, bool, bool) {}
			s.actual = func(h http.Header, _ bool, _ *http.Request) {
				h.Set("Access-Control-Allow-Origin", "https://app.example")
				h.Set("Access-Control-Allow-Credentials", "true")
				h.Set("Access-Control-Expose-Headers", "X-Total")
			}
		}, nil, with(lists, "https://app.example"), nil},
		{"a sibling", func(s *site) { s.allows = func(o string) bool { return o == "https://app.server.example" } }, nil, with(lists, "https://app.server.example"), nil},
		{"a suffix", by(func(o, a string) bool { return strings.HasSuffix(o, strings.TrimPrefix(a, "https://")) }), []string{"https://app.example"},
			with(lists, "https://app.example", "https://*.app.example"), []string{"origin-scheme", "origin-suffix"}},
		{"everybody with credentials", open, nil, with(lists, "*"), []string{"credentials-not-meant", "origin-any", "origin-null", "origin-localhost", "origin-private-network", "origin-extension"}},
		{"everybody without", func(s *site) { open(s); s.credentials = "" }, nil, openTo(lists, "*"), nil},
		{"everybody, all by wildcards", func(s *site) {
			open(s)
			s.credentials, s.expose = "", "*"
			s.methods, s.headers = func(string) string { return "*" }, func(string) string { return "*" }
		}, nil, policy.Config{Origins: []string{"*"}, Methods: []string{"*"}, RequestHeaders: []string{"*"}, ExposeHeaders: []string{"*"}}, nil},
		{"no Vary", func(s *site) { s.vary = func(http.ResponseWriter, bool, bool) {} }, []string{"https://app.example"}, with(lists, "https://app.example"), []string{"cache-breaks"}},
		{"null", also("null"), []string{"https://app.example"}, with(lists, "https://app.example"), []string{"origin-null"}},
		{"null, no Vary", func(s *site) {
			also("null")(s)
			s.vary = func(http.ResponseWriter, bool, bool) {}
		}, []string{"https://app.example"}, with(lists, "https://app.example"), []string{"origin-null", "cache-breaks"}},
		{"localhost", byPattern(`^http://localhost:\d+$`), []string{"http://localhost:3000"}, with(lists, "http://localhost:3000", "http://localhost:*"), nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := rightSite()
			tt.change(s)
			config, report, err := Observe(t.Context(), s, WithOrigins(tt.origins...))
			if err != nil || report.Inconclusive != "" {
				t.Fatalf("%q, %v", report.Inconclusive, err)
			}
			if diff := cmp.Diff(tt.want, config); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			for _, f := range report.Findings {
				if f.Severity > SeverityNote && !slices.Contains(tt.ids, f.ID) {
					t.Errorf("%v", f)
				}
				if f.ID == "cache-breaks" && !slices.Contains(config.Origins, f.Origin) {
					t.Errorf("a cache breaks what is not meant: %v", f)
				}
			}
			for _, id := range tt.ids {
				if !slices.ContainsFunc(report.Findings, func(f Finding) bool { return f.ID == id && f.Severity > SeverityNote }) {
					t.Errorf("there is no finding %s: %v", id, report.Findings)
				}
			}
		})
	}
	if _, _, err := Observe(t.Context(), rightSite()); !errors.Is(err, ErrNothingAllowed) {
		t.Errorf("nothing is allowed: %v", err)
	}
	if _, _, err := Observe(t.Context(), rightSite(), WithOrigins("app.example")); err == nil || errors.Is(err, ErrNothingAllowed) {
		t.Errorf("not an origin: %v", err)
	}
	if _, report, err := Observe(t.Context(), rightSite(), WithLimit(3)); err != nil || report.Inconclusive == "" || report.Asked != 3 {
		t.Errorf("%+v, %v", report, err)
	}
}
