package initiator

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/corspec/corspec/fetch"
	"github.com/corspec/corspec/fetch/webapi"
	"github.com/corspec/corspec/origin"
)

var (
	target = origin.MustParseURL("https://b.example/x")
	page   = origin.MustParse("https://a.example")
)

// TestRequestsStart fetches what every element makes: what has to be of the page's origin is blocked without a request.
// What the requests are like, the vectors say.
func TestRequestsStart(t *testing.T) {
	for k := Kind(1); kinds.Has(k); k++ {
		for _, s := range []Settings{
			{As: "script"}, {CrossOrigin: CORSSettingsAnonymous, As: "image"},
			{CrossOrigin: CORSSettingsUseCredentials, As: "worker", WithCredentials: true, UploadListener: true, Credentials: fetch.CredentialsInclude, BodyType: "a/b"},
		} {
			r, ok := Request(k, target, page, s)
			if !ok {
				if k != KindLinkPreload && k != KindLinkModulepreload {
					t.Errorf("%v, %+v: nothing is fetched", k, s)
				}
				continue
			}
			if r.CurrentURL() != target || r.Origin != page {
				t.Errorf("%v, %+v: %+v", k, s, r)
			}
			m, err := new(fetch.Agent).Start(time.Time{}, r)
			if err != nil {
				t.Fatalf("%v: %v", k, err)
			}
			if sends := m.Action().Kind != fetch.ActionDone; sends == (r.Mode == fetch.ModeSameOrigin) {
				t.Errorf("%v, %+v: mode %v, next %v", k, s, r.Mode, m.Action().Kind)
			}
		}
	}
	if len(table) != int(KindPing)+1 || kinds.Has(KindPing+1) {
		t.Errorf("the table has %d rows, and the last name is that of %v", len(table), KindPing)
	}
	for _, k := range []Kind{0, KindPing + 1, 255} {
		if r, ok := Request(k, target, page, Settings{}); ok {
			t.Errorf("%v: %+v", k, r)
		}
	}
}

// TestURLCredentials holds that the user name and password of a URL count for what is older than modules, and for an
// XMLHttpRequest whose URL has them.
func TestURLCredentials(t *testing.T) {
	without := []Kind{KindModuleScript, KindJSONModule, KindCSSModule, KindTextModule, KindLinkModulepreload, KindSVGUse, KindModuleWorker, KindModuleSharedWorker,
		KindModuleServiceWorker, KindAudioWorklet, KindPaintWorklet, KindBeacon, KindWebSocket}
	for _, u := range []origin.URL{target, origin.MustParseURL("https://u:p@b.example/x")} {
		for k := Kind(1); kinds.Has(k); k++ {
			want := !slices.Contains(without, k) && (k != KindXHR || u.IncludesCredentials())
			if r, _ := Request(k, u, page, Settings{As: "script"}); r.UseURLCredentials != want {
				t.Errorf("%v, %v: use-URL-credentials: %t", k, u, r.UseURLCredentials)
			}
		}
	}
}

// TestNoReferrer holds who does not say where it comes from, whatever the page's policy.
func TestNoReferrer(t *testing.T) {
	for k := Kind(1); kinds.Has(k); k++ {
		want := ""
		if k == KindPing || k == KindWebSocket {
			want = "about:blank"
		}
		if r, _ := Request(k, target, page, Settings{As: "script"}); r.Referrer.String() != want || r.ReferrerPolicy != fetch.ReferrerPolicyEmpty || fetch.DetermineReferrer(&r).IsValid() {
			t.Errorf("%v: %q, with policy %v", k, r.Referrer, r.ReferrerPolicy)
		}
	}
}

// TestHeaders looks at what the vectors do not show, and that a request's headers are its own.
func TestHeaders(t *testing.T) {
	for k, want := range map[Kind]fetch.HeaderList{
		KindImg: nil, KindEventSource: {{"Accept", "text/event-stream"}}, KindServiceWorker: {{"Service-Worker", "script"}},
		KindModuleServiceWorker: {{"Service-Worker", "script"}}, KindPing: {{"Content-Type", "text/ping"}}, KindBeacon: {{"Content-Type", "text/plain"}},
	} {
		for range 2 {
			r, _ := Request(k, target, page, Settings{BodyType: "text/plain"})
			if diff := cmp.Diff(want, r.Headers); diff != "" {
				t.Errorf("%v: -want +got\n%s", k, diff)
			}
			if len(r.Headers) > 0 {
				r.Headers[0][1] = "changed"
			}
		}
	}
	for _, k := range []Kind{KindBeacon, KindPing} {
		if r, _ := Request(k, target, page, Settings{}); r.Method != "POST" || r.Body != fetch.BodyBytes {
			t.Errorf("%v: %s with body %v", k, r.Method, r.Body)
		}
	}
}

// TestReconnection: an EventSource that connects again says what it got last, which is not safelisted, without a
// preflight.
func TestReconnection(t *testing.T) {
	r, _ := Request(KindEventSource, target, page, Settings{LastEventID: "\u00e9(1)"})
	m, err := new(fetch.Agent).Start(time.Time{}, r)
	if err != nil {
		t.Fatal(err)
	}
	a := m.Action()
	if id, _ := a.Headers.Get("Last-Event-ID"); a.Kind != fetch.ActionSendRequest || id != "\u00e9(1)" {
		t.Errorf("%v with Last-Event-ID %q", a.Kind, id)
	}
}

func TestWebSocketURL(t *testing.T) {
	for in, want := range map[string]string{"ws://b.example:8080/x?y": "http://b.example:8080/x?y", "wss://b.example/": "https://b.example/", "wss://u:p@b.example/": "https://u:p@b.example/", "http://b.example/": "http://b.example/"} {
		r, ok := Request(KindWebSocket, origin.MustParseURL(in), page, Settings{})
		if !ok || r.CurrentURL().String() != want {
			t.Errorf("%s: %s, %v, want %s", in, r.CurrentURL(), ok, want)
		}
	}
}

// TestPreloadDestinations: in HTML, the keywords of as are compared without regard to case, and others are the default.
func TestPreloadDestinations(t *testing.T) {
	for _, tt := range []struct {
		kind Kind
		as   string
		want string // the destination, or "-" for no request
	}{
		{KindLinkPreload, "", "-"}, {KindLinkPreload, "IMAGE", "image"}, {KindLinkPreload, "fetch", ""}, {KindLinkPreload, "Fetch", ""},
		{KindLinkPreload, "fonts", "-"}, {KindLinkPreload, "worker", "-"}, {KindLinkPreload, " font", "-"}, {KindLinkPreload, "\u017fcript", "-"},
		{KindLinkModulepreload, "", "script"}, {KindLinkModulepreload, "nonesuch", "script"}, {KindLinkModulepreload, "JSON", "json"},
		{KindLinkModulepreload, "fetch", "-"}, {KindLinkModulepreload, "image", "-"}, {KindLinkModulepreload, "ServiceWorker", "serviceworker"},
	} {
		r, ok := Request(tt.kind, target, page, Settings{As: tt.as})
		if got := r.Destination.String(); ok != (tt.want != "-") || ok && got != tt.want {
			t.Errorf("%v as=%q: %q, %v, want %s", tt.kind, tt.as, got, ok, tt.want)
		}
	}
}

// TestXHR holds the request of an XMLHttpRequest to that of package webapi.
func TestXHR(t *testing.T) {
	for _, s := range []Settings{{}, {WithCredentials: true}, {UploadListener: true}} {
		x := webapi.XMLHttpRequest{WithCredentials: s.WithCredentials, UploadListener: s.UploadListener}
		if err := x.Open(webapi.Client{Origin: page}, "GET", target.String(), webapi.UserInfo{}); err != nil {
			t.Fatal(err)
		}
		want, err := x.Send(nil)
		if err != nil {
			t.Fatal(err)
		}
		got, _ := Request(KindXHR, target, page, s)
		if diff := cmp.Diff(want, got, cmp.Comparer(func(a, b origin.URL) bool { return a == b }), cmp.Comparer(func(a, b origin.Origin) bool { return a == b })); diff != "" {
			t.Errorf("%+v: -webapi +initiator\n%s", s, diff)
		}
	}
}

func TestParseCORSSettings(t *testing.T) {
	for value, want := range map[string]CORSSettings{
		"":                     CORSSettingsAnonymous, // the empty value default
		"anonymous":            CORSSettingsAnonymous,
		"use-credentials":      CORSSettingsUseCredentials,
		"Use-CREDENTIALS":      CORSSettingsUseCredentials,
		"include":              CORSSettingsAnonymous, // the invalid value default
		" use-credentials":     CORSSettingsAnonymous, // white space is part of the value
		"u\u017fe-credentials": CORSSettingsAnonymous, // a long s is not an s
	} {
		if got := ParseCORSSettings(value); got != want {
			t.Errorf("%q: %v, want %v", value, got, want)
		}
	}
}

func TestKindNames(t *testing.T) {
	for _, name := range []string{"", "IMG", "image", "invalid(0)"} {
		if err := new(Kind).UnmarshalText([]byte(name)); err == nil {
			t.Errorf("%q is taken", name)
		}
	}
	for k, want := range map[Kind]string{0: "invalid(0)", KindImg: "img", KindModuleSharedWorker: "module-shared-worker", KindXHR: "xhr", KindPing: "ping", KindPing + 1: "invalid(44)"} {
		if got := k.String(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestCORSSameOrigin(t *testing.T) {
	for rt, want := range map[fetch.ResponseType]bool{
		fetch.ResponseTypeDefault: true, fetch.ResponseTypeBasic: true, fetch.ResponseTypeCORS: true,
		fetch.ResponseTypeError: false, fetch.ResponseTypeOpaque: false, fetch.ResponseTypeOpaqueRedirect: false,
	} {
		if got := CORSSameOrigin(rt); got != want {
			t.Errorf("%v: %v", rt, got)
		}
	}
}
