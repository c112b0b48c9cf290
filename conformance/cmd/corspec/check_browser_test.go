package main

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// TestCheckAsBrowser asks a server whose "*" covers Authorization in browsers and not in the standard.
func TestCheckAsBrowser(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", "*")
		w.Header().Set("Access-Control-Allow-Headers", "*")
	}))
	defer server.Close()
	for _, c := range []struct {
		browser string
		status  int
		engines string // what is said of those that differ
	}{
		{"standard", exitBad, "Chromium, Firefox and WebKitGTK: not blocked here"},
		{"chromium", exitOK, "the standard: "},
		{"firefox", exitOK, "the standard: "},
		{"webkitgtk", exitOK, "the standard: "},
	} {
		t.Run(c.browser, func(t *testing.T) {
			var stdout, stderr bytes.Buffer
			args := []string{"-browser", c.browser, "-origin", "http://app.example", "-H", "Authorization: x", server.URL}
			if got := runCheck(args, nil, &stdout, &stderr); got != c.status {
				t.Errorf("exit status %d, want %d: %s%s", got, c.status, &stdout, &stderr)
			}
			lines := 0
			for line := range strings.Lines(stdout.String()) {
				if strings.HasPrefix(line, "     Engines: ") {
					lines++
				}
			}
			if lines != 1 || !strings.Contains(stdout.String(), "     Engines: "+c.engines) {
				t.Errorf("it does not say in one line which engines differ:\n%s", &stdout)
			}
			stdout.Reset()
			runCheck(append([]string{"-json"}, args...), nil, &stdout, &stderr)
			var report struct{ Browser, Engines string }
			if err := json.Unmarshal(stdout.Bytes(), &report); err != nil || report.Browser != c.browser || !strings.HasPrefix(report.Engines, c.engines) {
				t.Errorf("the JSON says %+v, %v", report, err)
			}
		})
	}
	var stdout, stderr bytes.Buffer
	if got := runCheck([]string{"-browser", "opera", server.URL}, nil, &stdout, &stderr); got != exitUsage || !strings.Contains(stderr.String(), "chromium") {
		t.Errorf("a browser that there is not: exit status %d, %s", got, &stderr)
	}
}
