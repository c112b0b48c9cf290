package main

import (
	"strings"
	"testing"
)

// TestChoices follows what the errors of mistyped flags suggest: all of it is accepted.
func TestChoices(t *testing.T) {
	const url = "https://api.example/"
	for _, tt := range []struct {
		args []string // before the flag
		flag string
		more []string // behind its value
		want string   // what is offered, or some of it
	}{
		{[]string{"explain"}, "-mode", []string{"-status", "200", url}, "no-cors, cors, same-origin"},
		{[]string{"explain"}, "-credentials", []string{"-status", "200", url}, "same-origin, include, omit"},
		{[]string{"explain"}, "-redirect", []string{"-status", "200", url}, "follow, error, manual"},
		{[]string{"explain"}, "-referrer-policy", []string{"-status", "200", url}, "no-referrer, no-referrer-when-downgrade,"},
		{[]string{"explain"}, "-coep", []string{"-status", "200", url}, "unsafe-none, require-corp, credentialless"},
		{[]string{"explain"}, "-destination", []string{"-status", "200", url}, "audio, audioworklet, document,"},
		{[]string{"explain"}, "-browser", []string{"-status", "200", url}, "standard, chromium, firefox, webkitgtk"},
		{[]string{"explain"}, "-element", []string{"-as", "script", "-status", "200", url}, "img, input-image,"},
		{[]string{"explain", "-element", "link-preload"}, "-as", []string{"-status", "200", url}, "fetch, font,"},
		{[]string{"probe"}, "-fail-on", []string{url}, "wasteful, broken, unsafe"},
		{[]string{"clients"}, "-fail-on", []string{"-list"}, "wasteful, broken, unsafe"},
	} {
		t.Run(tt.args[0]+tt.flag, func(t *testing.T) {
			with := func(name string) (int, string) {
				status, _, stderr := corspec(append(append(append([]string{}, tt.args...), tt.flag, name), tt.more...)...)
				return status, stderr
			}
			status, stderr := with("nonesuch")
			line, _, _ := strings.Cut(stderr, "\n")
			_, list, ok := strings.Cut(line, "; use one of ")
			if status != exitUsage || !ok || !strings.HasPrefix(list, tt.want) {
				t.Fatalf("status %d, %q, want %q", status, stderr, tt.want)
			}
			for name := range strings.SplitSeq(list, ", ") {
				if status, stderr := with(name); strings.Contains(stderr, "use one of") || tt.args[0] == "explain" && status == exitUsage {
					t.Errorf("%s: status %d, %s", name, status, stderr)
				}
			}
		})
	}
	// What is refused for a reason of its own is told that.
	for _, tt := range []struct{ flag, value, want string }{{"-mode", "navigate", "only the browser navigates"}, {"-element", "iframe", "CORS has no part"}} {
		if status, _, stderr := corspec("check", tt.flag, tt.value, url); status != exitUsage || !strings.Contains(stderr, tt.want) {
			t.Errorf("%s %s: status %d, %s", tt.flag, tt.value, status, stderr)
		}
	}
	for text, want := range map[string]string{
		`fetch("https://api.example/", {"mode": "nonesuch"})`:                                    `use one of no-cors, cors, same-origin`,
		`curl https://api.example/ -H 'Origin: https://a.example' -H 'Sec-Fetch-Mode: nonesuch'`: `use one of no-cors, cors, same-origin`,
	} {
		if status, _, stderr := corspec("check", text); status != exitUsage || !strings.Contains(stderr, want) {
			t.Errorf("%s: status %d, %s", text, status, stderr)
		}
	}
}
