package fetch_test

import (
	"encoding"
	"strings"
	"testing"

	"github.com/corspec/corspec/fetch"
)

// TestEnums takes each value there and back, and the first that is not one.
func TestEnums(t *testing.T) {
	type text interface {
		encoding.TextMarshaler
		String() string
	}
	check := func(name, want string, make func(i uint8) text, unmarshal func(text []byte) (text, error)) {
		t.Helper()
		words := strings.Split(want, "|")
		for i, word := range words {
			v := make(uint8(i))
			b, err := v.MarshalText()
			if v.String() != word || string(b) != word || err != nil {
				t.Errorf("%s %d: %q, %q, %v", name, i, v, b, err)
			}
			if back, err := unmarshal(b); err != nil || back.String() != word {
				t.Errorf("%s %q: %v, %v", name, word, back, err)
			}
			if _, err := unmarshal([]byte(strings.ToUpper(word) + "X")); err == nil || !strings.Contains(err.Error(), words[len(words)-1]) {
				t.Errorf("%s: a wrong name gives %v", name, err)
			}
		}
		beyond := make(uint8(len(words)))
		if _, err := beyond.MarshalText(); err == nil || !strings.HasPrefix(beyond.String(), "invalid(") {
			t.Errorf("%s: %q is one too many", name, beyond)
		}
	}
	check("mode", "no-cors|cors|same-origin|navigate|websocket|webtransport", func(i uint8) text { return fetch.Mode(i) },
		func(b []byte) (text, error) { var v fetch.Mode; err := v.UnmarshalText(b); return v, err })
	check("credentials", "same-origin|include|omit", func(i uint8) text { return fetch.CredentialsMode(i) },
		func(b []byte) (text, error) { var v fetch.CredentialsMode; err := v.UnmarshalText(b); return v, err })
	check("redirect", "follow|error|manual", func(i uint8) text { return fetch.RedirectMode(i) },
		func(b []byte) (text, error) { var v fetch.RedirectMode; err := v.UnmarshalText(b); return v, err })
	check("tainting", "basic|cors|opaque", func(i uint8) text { return fetch.Tainting(i) },
		func(b []byte) (text, error) { var v fetch.Tainting; err := v.UnmarshalText(b); return v, err })
	check("taint", "same-origin|same-site|cross-site", func(i uint8) text { return fetch.RedirectTaint(i) },
		func(b []byte) (text, error) { var v fetch.RedirectTaint; err := v.UnmarshalText(b); return v, err })
	check("type", "default|basic|cors|error|opaque|opaqueredirect", func(i uint8) text { return fetch.ResponseType(i) },
		func(b []byte) (text, error) { var v fetch.ResponseType; err := v.UnmarshalText(b); return v, err })
	check("body", "null|bytes|stream", func(i uint8) text { return fetch.Body(i) },
		func(b []byte) (text, error) { var v fetch.Body; err := v.UnmarshalText(b); return v, err })
	check("embedder policy", "unsafe-none|require-corp|credentialless", func(i uint8) text { return fetch.EmbedderPolicyValue(i) },
		func(b []byte) (text, error) {
			var v fetch.EmbedderPolicyValue
			err := v.UnmarshalText(b)
			return v, err
		})
	check("referrer policy", "|no-referrer|no-referrer-when-downgrade|same-origin|origin|strict-origin|origin-when-cross-origin|strict-origin-when-cross-origin|unsafe-url",
		func(i uint8) text { return fetch.ReferrerPolicy(i) },
		func(b []byte) (text, error) { var v fetch.ReferrerPolicy; err := v.UnmarshalText(b); return v, err })
	check("destination", "|audio|audioworklet|document|embed|font|frame|iframe|image|json|manifest|object|paintworklet|report|script|serviceworker|sharedworker|style|text|track|video|webidentity|worker|xslt",
		func(i uint8) text { return fetch.Destination(i) },
		func(b []byte) (text, error) { var v fetch.Destination; err := v.UnmarshalText(b); return v, err })
	check("cache mode", "default|no-store|reload|no-cache|force-cache|only-if-cached", func(i uint8) text { return fetch.CacheMode(i) },
		func(b []byte) (text, error) { var v fetch.CacheMode; err := v.UnmarshalText(b); return v, err })
	check("initiator", "|download|imageset|manifest|prefetch|prerender|xslt", func(i uint8) text { return fetch.Initiator(i) },
		func(b []byte) (text, error) { var v fetch.Initiator; err := v.UnmarshalText(b); return v, err })
	for m, want := range map[fetch.MixedContent]string{fetch.MixedContentByOrigin: "by-origin", fetch.MixedContentRestricted: "restricted", fetch.MixedContentUnrestricted: "unrestricted", 3: "invalid(3)"} {
		if m.String() != want {
			t.Errorf("%q, want %q", m, want)
		}
	}

	for k, want := range map[fetch.ActionKind]string{0: "invalid(0)", fetch.ActionSendPreflight: "preflight", fetch.ActionSendRequest: "request", fetch.ActionFetchLocal: "local", fetch.ActionDone: "done", 9: "invalid(9)"} {
		if k.String() != want {
			t.Errorf("%q, want %q", k, want)
		}
	}
	for b, want := range map[fetch.BodyAction]string{fetch.BodyActionNone: "none", fetch.BodyActionSend: "send", fetch.BodyActionReplay: "replay", 9: "invalid(9)"} {
		if b.String() != want {
			t.Errorf("%q, want %q", b, want)
		}
	}
}
