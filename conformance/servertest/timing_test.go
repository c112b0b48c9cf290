package servertest

import (
	"net/http"
	"slices"
	"strings"
	"testing"
)

// Who sees the timing of responses is judged by a policy that says it.
func TestTiming(t *testing.T) {
	one := func(r *http.Request) string { return "https://app.example, https://stats.example" }
	echoed := func(allows func(string) bool) func(*http.Request) string {
		return func(r *http.Request) string {
			if o := r.Header.Get("Origin"); o == "" || allows(o) {
				return strings.TrimPrefix(o+", https://app.example, https://stats.example", ", ")
			}
			return "https://app.example, https://stats.example"
		}
	}
	for _, tt := range []struct {
		name  string
		meant []string
		value func(r *http.Request) string
		want  string // the worst finding, if there is one
	}{
		{"a policy that says nothing", nil, func(*http.Request) string { return "*" }, ""},
		{"a list", []string{"https://app.example", "https://stats.example"}, one, ""},
		{"everybody", []string{"*"}, func(*http.Request) string { return "*" }, ""},
		{"a pattern, which no list can have", []string{"https://app.example", "https://stats.example", "https://*.stats.example"}, echoed(func(o string) bool { return strings.HasPrefix(o, "https://") && strings.HasSuffix(o, ".stats.example") }), ""},
		{"null", []string{"https://app.example", "https://stats.example", "null"}, func(r *http.Request) string { return "null, " + one(r) }, ""},
		{"everybody, where some are meant", []string{"https://app.example", "https://stats.example"}, func(*http.Request) string { return "*" }, "unsafe timing-not-meant"},
		{"everybody by an echo", []string{"https://app.example", "https://stats.example"}, echoed(func(string) bool { return true }), "unsafe timing-not-meant"},
		{"a prefix", []string{"https://app.example", "https://stats.example"}, echoed(func(o string) bool { return strings.HasPrefix(o, "https://stats.example") }), "unsafe timing-not-meant"},
		{"one too many, without Origin", []string{"https://stats.example"}, func(r *http.Request) string {
			if r.Header.Get("Origin") == "" {
				return "https://stats.example, https://corspec-nonce-7f3a.example"
			}
			return "https://stats.example"
		}, "unsafe timing-not-meant"},
		{"who may read anyway", []string{"https://stats.example"}, one, "note timing-not-meant"},
		{"nobody", []string{"https://app.example"}, func(*http.Request) string { return "" }, "broken timing-refused"},
		{"in another case", []string{"https://app.example"}, func(*http.Request) string { return "HTTPS://APP.EXAMPLE" }, "broken timing-refused"},
		{"only with Origin", []string{"https://stats.example"}, func(r *http.Request) string {
			if r.Header.Get("Origin") == "https://stats.example" {
				return "https://stats.example"
			}
			return ""
		}, "broken timing-refused"},
		{"some, where everybody is meant", []string{"*"}, one, "broken timing-refused"},
	} {
		s := rightSite()
		s.actual = func(h http.Header, _ bool, r *http.Request) {
			if v := tt.value(r); v != "" {
				h.Set("Timing-Allow-Origin", v)
			}
		}
		c := meant
		c.TimingAllowOrigin, c.DangerouslyAllowNull = tt.meant, slices.Contains(tt.meant, "null")
		report, err := Check(t.Context(), s, mustPolicy(t, c), WithTargets(Target{}, Target{Path: "/moved"}))
		got := ""
		if len(report.Findings) > 0 {
			got = report.Findings[0].Severity.String() + " " + report.Findings[0].ID
		}
		if err != nil || report.Inconclusive != "" || got != tt.want || slices.ContainsFunc(report.Findings, func(f Finding) bool { return !strings.HasPrefix(f.ID, "timing-") }) {
			t.Errorf("%s: %+v, %v; want %s", tt.name, report, err, tt.want)
		}
	}
	// What is observed is held against the neighbours, too.
	s := rightSite()
	s.actual = func(h http.Header, _ bool, r *http.Request) {
		if o := r.Header.Get("Origin"); strings.HasPrefix(o, "https://app.example") {
			h.Set("Timing-Allow-Origin", o)
		}
	}
	c, report, err := Observe(t.Context(), s, WithOrigins("https://app.example"))
	if err != nil || !slices.Equal(c.TimingAllowOrigin, []string{"https://app.example"}) || !slices.ContainsFunc(report.Findings, func(f Finding) bool { return f.ID == "timing-not-meant" }) {
		t.Errorf("%v, %v, %+v", err, c.TimingAllowOrigin, report)
	}
	s.actual = func(h http.Header, _ bool, r *http.Request) { h.Set("Timing-Allow-Origin", "https://stats.example, *") }
	if c, report, err := Observe(t.Context(), s, WithOrigins("https://app.example")); err != nil || len(report.Findings) > 0 || !slices.Equal(c.TimingAllowOrigin, []string{"*"}) {
		t.Errorf("%v, %v, %+v", err, c.TimingAllowOrigin, report)
	}
	s.actual = func(h http.Header, _ bool, r *http.Request) {
		h.Set("Timing-Allow-Origin", "https://stats.example, x y")
	}
	if c, report, err := Observe(t.Context(), s, WithOrigins("https://app.example")); err != nil || len(report.Findings) > 0 || !slices.Equal(c.TimingAllowOrigin, []string{"https://stats.example"}) {
		t.Errorf("%v, %v, %+v", err, c.TimingAllowOrigin, report)
	}
}
