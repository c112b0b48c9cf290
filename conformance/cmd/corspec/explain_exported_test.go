package main

import (
	"strings"
	"testing"
)

// exportedFetches are the requests across origins of testdata/firefox-exported.har and
// testdata/playwright-exported.har, with what the page saw of each in either browser, and what the standard says.
var exportedFetches = []struct {
	request, saw string
	want         string // "allowed", "undecided" or a code
}{
	{"GET 8082/open", "cors 200", "allowed"},
	{"GET 8082/plain", "error", "missing-allow-origin"},
	{"GET 8082/cookie", "cors 200", "allowed"},
	{"GET 8082/private", "cors 200", "allowed"},
	{"GET 8082/open?i", "error", "wildcard-origin-not-allowed"},
	{"PUT 8082/put", "cors 200", "allowed"},
	{"PUT 8082/put", "cors 200", "allowed"},
	{"PUT 8082/nomethod", "error", "method-disallowed-by-preflight"},
	{"POST 8082/put?h", "error", "header-disallowed-by-preflight"},
	{"POST 8082/json", "cors 200", "allowed"},
	{"GET 8082/wild", "cors 200", "authorization-not-covered-by-wildcard"},
	{"DELETE 8082/p404", "error", "preflight-invalid-status"},
	{"DELETE 8082/plain?p", "error", "preflight-missing-allow-origin"},
	{"DELETE 8082/p302", "error", "preflight-disallowed-redirect"},
	{"GET 8082/redir", "cors 200", "allowed"},
	{"GET 8082/redirplain", "error", "missing-allow-origin"},
	{"GET 8082/redirother", "error", "allow-origin-mismatch"},
	{"PUT 8082/redirput", "cors 200", "allowed"},
	{"GET 8081/gohome", "cors 200", "allowed"},
	{"GET 8082/redir?e", "error", "undecided"},            // redirect mode "error"
	{"GET 8082/redir?m", "opaqueredirect 0", "undecided"}, // redirect mode "manual"
	{"GET 8082/plain?n", "opaque 0", "allowed"},
	{"POST 8082/plain?np", "opaque 0", "allowed"},
	{"GET 8082/closed", "error", "undecided"}, // the connection was closed
	{"GET 8082/two", "error", "multiple-allow-origin-values"},
	{"GET 8082/e500", "error", "missing-allow-origin"},
	{"GET 8082/nocred", "error", "invalid-allow-credentials"},
	{"PUT 8082/put?p1", "cors 200", "allowed"},
	{"PUT 8082/put?p2", "cors 200", "allowed"},
	{"GET 8082/img.png", "load", "allowed"},
	{"GET 8082/img.png?open", "load", "allowed"},
	{"GET 8082/img.png?plain", "error", "missing-allow-origin"},
	{"GET 8082/img.png?corp", "error", "corp-not-same-origin"},
	{"GET 8082/script?nosniff", "error", "nosniff"},
	{"GET 8082/script", "load", "allowed"},
	{"GET 8082/script?plain", "error", "missing-allow-origin"},
	{"POST 8082/up", "cors 200", "allowed"},
}

// TestExplainExported explains files that browsers have written.
func TestExplainExported(t *testing.T) {
	for _, tt := range []struct {
		file string
		// tells reports whether the file has what it takes to judge the request.
		tells func(saw string) bool
		// authorization is what the file comes to where "*" covers Authorization.
		authorization string
		status        int
	}{
		{"firefox-exported.har", func(string) bool { return true }, "authorization-not-covered-by-wildcard", exitBad},
		// Playwright writes nothing of what Chromium has blocked, and no preflights.
		{"playwright-exported.har", func(saw string) bool { return saw != "error" }, "allowed", exitBad},
	} {
		t.Run(tt.file, func(t *testing.T) {
			status, report := explained(t, "testdata/"+tt.file)
			if status != tt.status {
				t.Errorf("status %d, want %d", status, tt.status)
			}
			if len(report.Fetches) != len(exportedFetches) || len(report.Unread) > 0 {
				t.Fatalf("%d fetches, want %d; unread %q", len(report.Fetches), len(exportedFetches), report.Unread)
			}
			for i, want := range exportedFetches {
				f := report.Fetches[i]
				got, wanted := f.Outcome, want.want
				if got == "blocked" {
					got = f.Code
				}
				switch {
				case want.want == "corp-not-same-origin": // the browser's text says so
				case !tt.tells(want.saw):
					wanted = "undecided"
				case wanted == "authorization-not-covered-by-wildcard":
					wanted = tt.authorization
				}
				request := f.Method + " " + strings.TrimPrefix(f.URL, "http://127.0.0.1:")
				if request != want.request || got != wanted {
					t.Errorf("%s: %s, want %s: %s", request, got, want.request, wanted)
				}
				// Where a browser and the standard are not of one opinion, a note says why.
				notes := strings.Join(f.Notes, "\n")
				if (got == "allowed" && want.saw == "error" || f.Outcome == "blocked" && want.saw != "error") != strings.Contains(notes, "the standard does not") {
					t.Errorf("%s: the page saw %q, notes %q", request, want.saw, notes)
				}
				if strings.Contains(notes, "Say which with -credentials") {
					t.Errorf("%s: the file shows cookies elsewhere, so credentials were not included: %q", request, notes)
				}
				if strings.HasPrefix(tt.file, "playwright") && got == "undecided" && !strings.Contains(f.Undecided, "net::ERR_") {
					t.Errorf("%s: %q lacks what the browser says", request, f.Undecided)
				}
			}
		})
	}
}
