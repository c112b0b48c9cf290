package main

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// TestRequestFlags says with flags all that decides.
func TestRequestFlags(t *testing.T) {
	const url = api + "/x"
	for _, tt := range []struct {
		args   []string
		status int
		want   []string
	}{
		{[]string{"-coep", "require-corp", "-mode", "no-cors", "-status", "200"}, exitBad, []string{"BLOCKED corp-not-same-origin-after-defaulted-by-coep", "embedder policy require-corp"}},
		{[]string{"-coep", "require-corp", "-mode", "no-cors", "-R", "Cross-Origin-Resource-Policy: cross-origin"}, exitOK, []string{"ALLOWED"}},
		{[]string{"-coep", "credentialless", "-element", "img", "-status", "200"}, exitOK, []string{"ALLOWED"}},
		{[]string{"-element", "img", "-status", "200"}, exitOK, []string{`mode no-cors, credentials include, redirect follow, destination image, by img`, `type "opaque"`}},
		{[]string{"-element", "img", "-crossorigin", "anonymous", "-status", "200"}, exitBad, []string{`mode cors, credentials same-origin, redirect follow, destination image, by img with crossorigin "anonymous"`, "BLOCKED missing-allow-origin"}},
		{[]string{"-element", "img", "-crossorigin", "use-credentials", "-R", allowAll}, exitBad, []string{"BLOCKED wildcard-origin-not-allowed"}},
		{[]string{"-element", "script", "-R", "X-Content-Type-Options: nosniff", "-R", "Content-Type: text/plain"}, exitBad, []string{"BLOCKED nosniff"}},
		{[]string{"-element", "module-script", "-R", allowAll}, exitOK, []string{"mode cors, credentials same-origin"}},
		{[]string{"-element", "link-preload", "-as", "font", "-crossorigin", "", "-R", allowAll}, exitOK, []string{"destination font"}},
		{[]string{"-element", "link-preload", "-as", "nonesuch", "-R", allowAll}, exitUsage, nil},
		{[]string{"-element", "xhr", "-upload-listener", "-X", "POST", "-d", "x", "-P", allowAll, "-R", allowAll}, exitOK, []string{"-> OPTIONS", "by xhr, with a listener on the upload", "Preflight: somebody listens"}},
		{[]string{"-upload-listener", "-d", "x", "-R", allowAll}, exitUsage, []string{"its answer is not given"}},
		{[]string{"-element", "eventsource", "-credentials", "include", "-R", allowAll}, exitBad, []string{"Accept: text/event-stream", "BLOCKED wildcard-origin-not-allowed"}},
		{[]string{"-element", "font", "-R", allowAll}, exitOK, []string{"destination font"}},
		{[]string{"-destination", "script", "-mode", "no-cors", "-R", "Content-Type: image/png"}, exitBad, []string{"BLOCKED mime-type-blocked"}},
		{[]string{"-page", "https://shop.example/cart?id=1#x", "-R", "Access-Control-Allow-Origin: https://shop.example"}, exitOK, []string{"https://shop.example fetches"}},
		{[]string{"-page", "http://shop.example/", "-R", allowAll}, exitOK, []string{"http://shop.example fetches"}},
		{[]string{"-referrer-policy", "no-referrer", "-R", allowAll}, exitOK, []string{"referrer policy no-referrer"}},

		{[]string{"-page", "https://a.example/", "-origin", "https://a.example", "-R", allowAll}, exitUsage, nil},
		{[]string{"-crossorigin", "anonymous", "-R", allowAll}, exitUsage, nil},
		{[]string{"-element", "img", "-X", "PUT", "-R", allowAll}, exitUsage, nil},
		{[]string{"-element", "nonesuch", "-R", allowAll}, exitUsage, nil},
		{[]string{"-element", "iframe", "-R", allowAll}, exitUsage, nil},
		{[]string{"-element", "", "-R", allowAll}, exitUsage, nil},
		{[]string{"-coep", "maybe", "-R", allowAll}, exitUsage, nil},
		{[]string{"-page", "nonsense", "-R", allowAll}, exitUsage, nil},
	} {
		status, stdout, stderr := corspec(append([]string{"explain", url}, tt.args...)...)
		if status != tt.status || (stderr != "") != (tt.want == nil) {
			t.Errorf("%q: status %d, want %d: %s%s", tt.args, status, tt.status, stdout, stderr)
		}
		for _, want := range tt.want {
			if !strings.Contains(stdout, want) {
				t.Errorf("%q: no %q in\n%s", tt.args, want, stdout)
			}
		}
	}
	// As data.
	_, stdout, _ := corspec("explain", "-json", url, "-element", "img", "-coep", "require-corp", "-page", "https://shop.example/cart", "-referrer-policy", "origin", "-R", "Timing-Allow-Origin: *", "-R", "Cross-Origin-Resource-Policy: cross-origin")
	var report explanationsReport
	if err := json.Unmarshal([]byte(stdout), &report); err != nil {
		t.Fatal(err)
	}
	f := report.Fetches[0]
	if f.Element != "img" || f.Embedder != "require-corp" || f.Page != "https://shop.example/cart" || f.Referrer != "origin" || f.Destination != "image" || f.Mode != "no-cors" || f.Timing == nil || !*f.Timing {
		t.Errorf("%s", stdout)
	}
}

// TestCheckSendsWhatFlagsSay looks at what arrives.
func TestCheckSendsWhatFlagsSay(t *testing.T) {
	var got http.Header
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got = r.Header.Clone()
		w.Header().Set("Access-Control-Allow-Origin", "*")
	}))
	defer server.Close()
	status, stdout, stderr := corspec("check", server.URL+"/x", "-page", "https://shop.example/cart?id=1#top", "-referrer-policy", "unsafe-url", "-element", "img", "-crossorigin", "anonymous")
	if status != exitOK || stderr != "" || got.Get("Origin") != "https://shop.example" || got.Get("Referer") != "https://shop.example/cart?id=1" || !strings.HasPrefix(got.Get("Accept"), "image/") {
		t.Errorf("status %d, %s%s, %q", status, stdout, stderr, got)
	}
}

// TestTimeoutBoundsAll holds that -timeout ends what goes on after the last answer, too.
func TestTimeoutBoundsAll(t *testing.T) {
	slow := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { <-r.Context().Done() }))
	defer slow.Close()
	if status, _, _ := corspec("check", "-timeout", "100ms", slow.URL); status != exitUsage { // or it never ends
		t.Errorf("status %d", status)
	}
	// A gate that is closed keeps what comes too late.
	var b strings.Builder
	g := &gate{w: &b}
	if _, err := g.Write([]byte("in time")); err != nil {
		t.Error(err)
	}
	g.close()
	if n, err := g.Write([]byte("late")); n != 0 || err == nil || b.String() != "in time" {
		t.Errorf("%d, %v, %q", n, err, b.String())
	}
}
