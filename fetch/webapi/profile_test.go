package webapi

import (
	"testing"

	"github.com/corspec/corspec/fetch"
	"github.com/corspec/corspec/origin"
)

// TestUserAgent does what a real Chromium was asked: its requests drop User-Agent, and other objects of headers keep
// it.
func TestUserAgent(t *testing.T) {
	for _, p := range fetch.Profiles() {
		want := p != fetch.ProfileChromium
		client := Client{Origin: origin.MustParse("https://a.example"), Profile: p}
		r, err := NewRequest(client, RequestInfo{URL: "https://b.example/"}, RequestInit{Headers: &fetch.HeaderList{{"user-agent", "x"}, {"X-A", "1"}}})
		if err != nil {
			t.Fatal(err)
		}
		if r.Request.Headers.Contains("User-Agent") != want || !r.Request.Headers.Contains("X-A") {
			t.Errorf("%v: new Request() has the headers %v", p, r.Request.Headers)
		}
		again, err := NewRequest(client, RequestInfo{Request: r}, RequestInit{})
		if err != nil {
			t.Fatal(err)
		}
		headers := again.Headers()
		appended, err := headers.Append("User-Agent", "y")
		if err != nil || appended != want {
			t.Errorf("%v: append() keeps it: %v, %v", p, appended, err)
		}
		if kept, err := headers.Set("User-Agent", "z"); err != nil || kept != want || headers.List.Contains("User-Agent") != want {
			t.Errorf("%v: set() keeps it: %v, %v", p, kept, err)
		}
		var x XMLHttpRequest
		if err := x.Open(client, "GET", "https://b.example/", UserInfo{}); err != nil {
			t.Fatal(err)
		}
		kept, err := x.SetRequestHeader("USER-AGENT", "x")
		sent, sendErr := x.Send(nil)
		if err != nil || sendErr != nil || kept != want || sent.Headers.Contains("User-Agent") != want {
			t.Errorf("%v: setRequestHeader() keeps it: %v, %v, %v", p, kept, err, sendErr)
		}
		for _, h := range []Headers{{Profile: p}, {Guard: GuardResponse, Profile: p}} {
			if kept, err := h.Append("User-Agent", "x"); err != nil || !kept {
				t.Errorf("%v, guard %v: append() keeps it: %v, %v", p, h.Guard, kept, err)
			}
		}
	}
}
