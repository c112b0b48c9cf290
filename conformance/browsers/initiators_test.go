package main

import (
	"testing"

	"github.com/corspec/corspec/origin"
)

// TestPingFrom: across origins, only a document of https keeps its URL to itself.
func TestPingFrom(t *testing.T) {
	for _, test := range []struct {
		document, to string
		says         bool
	}{
		{"http://a.example/x?y", "http://a.example/", true}, {"http://a.example/x?y", "http://b.example/", true}, {"http://a.example/x?y", "https://a.example/", true},
		{"https://a.example/x?y", "https://a.example/", true}, {"https://a.example/x?y", "https://b.example/", false}, {"https://a.example/x?y", "https://a.example:444/", false},
	} {
		document := origin.MustParseURL(test.document)
		r, ok, err := initiated(&Step{Via: "ping", URL: test.to}, document.Origin(), document)
		if err != nil || !ok {
			t.Fatalf("%+v: %v, %v", test, ok, err)
		}
		from, says := r.Headers.Get("Ping-From")
		if to, _ := r.Headers.Get("Ping-To"); says != test.says || says && from != test.document+"#corspec" || to != test.document+"#corspec" {
			t.Errorf("%+v: from %q, %v, to %q", test, from, says, to)
		}
	}
}
