package fetch_test

import (
	"math"
	"testing"

	"github.com/corspec/corspec/fetch"
	"github.com/corspec/corspec/origin"
)

// sentTo returns a header of the request that the machine wants sent.
func sentTo(m *fetch.Machine, name string) string {
	value, _ := m.Action().Headers.Get(name)
	return value
}

func TestStoredResponse(t *testing.T) {
	for _, tt := range []struct {
		mode    fetch.CacheMode
		headers fetch.HeaderList
		stored  bool
		asked   bool
		want    fetch.Code // "" if the request goes out
	}{
		{fetch.CacheModeDefault, nil, true, true, fetch.CodeOK},
		{fetch.CacheModeForceCache, nil, true, true, fetch.CodeOK},
		{fetch.CacheModeNoCache, nil, true, true, fetch.CodeOK},
		{fetch.CacheModeDefault, nil, false, true, ""},
		{fetch.CacheModeNoStore, nil, true, false, ""},
		{fetch.CacheModeReload, nil, true, false, ""},
		{fetch.CacheModeDefault, headers("If-None-Match", `"x"`), true, false, ""},
		{fetch.CacheModeForceCache, headers("If-None-Match", `"x"`), true, true, fetch.CodeOK},
		{fetch.CacheModeOnlyIfCached, nil, true, true, fetch.CodeOK},
		{fetch.CacheModeOnlyIfCached, nil, false, true, fetch.CodeCacheOnlyIfCached},
	} {
		asked := false
		agent := new(fetch.Agent)
		agent.Hooks.StoredResponse = func(*fetch.Request) (fetch.ResponseHead, bool) {
			asked = true
			return fetch.ResponseHead{Status: 200, StatusMessage: "Stored", Headers: headers(acao, "*")}, tt.stored
		}
		r := request(t, "GET", "https://b.com/")
		r.Cache, r.Headers, r.UnsafeRequest = tt.mode, tt.headers, false
		m := start(t, agent, r)
		if asked != tt.asked {
			t.Errorf("%+v: asked is %t", tt, asked)
		}
		if goesOut := m.Action().Kind == fetch.ActionSendRequest; goesOut != (tt.want == "") {
			t.Errorf("%+v: %+v", tt, m.Action())
		} else if !goesOut {
			got := result(t, m)
			if got.Verdict.Code != tt.want || got.Reached || tt.want == fetch.CodeOK && got.Response.StatusMessage != "Stored" {
				t.Errorf("%+v: %+v", tt, got)
			}
		}
	}
	// Whatever its status, nobody is asked because of it.
	for _, status := range []int{401, 407, 421} {
		agent := new(fetch.Agent)
		agent.Hooks.StoredResponse = func(*fetch.Request) (fetch.ResponseHead, bool) { return fetch.ResponseHead{Status: status}, true }
		agent.Hooks.Authenticate = func(*fetch.Request, fetch.ResponseHead) (string, bool) { return "Basic eDp5", true }
		agent.Hooks.Misdirected = func(*fetch.Request) bool { return true }
		r := request(t, "GET", "https://a.com/")
		if got := result(t, start(t, agent, r)); got.Response.Status != status || got.Reached {
			t.Errorf("%+v", got)
		}
	}
	// It is checked like one of the network.
	agent := new(fetch.Agent)
	agent.Hooks.StoredResponse = func(*fetch.Request) (fetch.ResponseHead, bool) { return fetch.ResponseHead{Status: 200}, true }
	blocked(t, start(t, agent, request(t, "GET", "https://b.com/")), fetch.CodeMissingAllowOrigin, "cors-check:2")
	// Nothing is stored of preflights.
	m := start(t, agent, request(t, "PUT", "https://b.com/"))
	if m.Action().Kind != fetch.ActionSendPreflight {
		t.Errorf("%+v", m.Action())
	}
}

func TestAuthenticate(t *testing.T) {
	own := func(body fetch.Body) fetch.Request {
		r := request(t, "POST", "https://a.com/x")
		r.Body = body
		return r
	}
	asked := 0
	agent := new(fetch.Agent)
	agent.Hooks.Authenticate = func(_ *fetch.Request, head fetch.ResponseHead) (string, bool) {
		asked++
		return "Basic eDp5", head.Headers.Contains("WWW-Authenticate") && asked < 3
	}
	m := start(t, agent, own(fetch.BodyBytes))
	receive(t, m, 401, "WWW-Authenticate", "Basic")
	if a := m.Action(); a.Kind != fetch.ActionSendRequest || !a.Authentication || a.Body != fetch.BodyActionReplay || sentTo(m, "Authorization") != "Basic eDp5" {
		t.Errorf("%+v", a)
	}
	receive(t, m, 401, "WWW-Authenticate", "Basic")
	receive(t, m, 401, "WWW-Authenticate", "Basic") // the third time nobody answers
	if got := result(t, m); got.Response.Status != 401 || asked != 3 || len(m.Trace().Exchanges) != 3 {
		t.Errorf("%+v, asked %d times", got, asked)
	}

	m = start(t, agent, own(fetch.BodyStream))
	receive(t, m, 401)
	blocked(t, m, fetch.CodeAuthenticationBodyNotReplayable, "http-network-or-cache-fetch:15.2")

	// Nobody is asked across origins, without credentials, or without somebody to ask.
	asked = 0
	cross := request(t, "GET", "https://b.com/")
	cross.Credentials = fetch.CredentialsInclude
	m = start(t, agent, cross)
	receive(t, m, 401, acao, "https://a.com", acac, "true")
	omit := own(fetch.BodyNull)
	omit.Credentials = fetch.CredentialsOmit
	n := start(t, agent, omit)
	receive(t, n, 401)
	o := start(t, new(fetch.Agent), own(fetch.BodyNull))
	receive(t, o, 401)
	for _, m := range []*fetch.Machine{m, n, o} {
		if got := result(t, m); got.Response.Status != 401 || asked != 0 {
			t.Errorf("%+v, asked %d times", got, asked)
		}
	}
}

func TestURLCredentials(t *testing.T) {
	agent := new(fetch.Agent)
	asked := false
	agent.Hooks.Authenticate = func(*fetch.Request, fetch.ResponseHead) (string, bool) { asked = true; return "", false }
	r := request(t, "GET", "https://a.com/x")
	r.URLList = []origin.URL{origin.MustParseURL("https://us%20er:p%C3%A4ss@a.com/x")}
	r.UseURLCredentials = true
	m := start(t, agent, r)
	if sentTo(m, "Authorization") != "" {
		t.Error("credentials of the URL go out unasked")
	}
	receive(t, m, 401)
	if got := sentTo(m, "Authorization"); got != "Basic dXMgZXI6cMOkc3M=" || asked {
		t.Errorf("%q, asked: %t", got, asked)
	}
	receive(t, m, 401)
	if got := result(t, m); got.Response.Status != 401 || !asked {
		t.Errorf("%+v, asked: %t", got, asked)
	}
	// They need nobody to be asked, and are tried once.
	m = start(t, new(fetch.Agent), r)
	receive(t, m, 401)
	if got := sentTo(m, "Authorization"); got != "Basic dXMgZXI6cMOkc3M=" {
		t.Errorf("%q", got)
	}
	receive(t, m, 401)
	if got := result(t, m); got.Response.Status != 401 {
		t.Errorf("%+v", got)
	}
	// Where the URL has none, the same request is not sent again for nothing.
	without := r
	without.URLList = []origin.URL{origin.MustParseURL("https://a.com/x")}
	asked = false
	m = start(t, agent, without)
	receive(t, m, 401)
	if got := result(t, m); got.Response.Status != 401 || !asked {
		t.Errorf("%+v, asked: %t", got, asked)
	}
	m = start(t, new(fetch.Agent), without)
	receive(t, m, 401)
	if got := result(t, m); got.Response.Status != 401 {
		t.Errorf("%+v", got)
	}
	// An author's own stands.
	r.Headers = headers("Authorization", "Bearer x")
	m = start(t, agent, r)
	receive(t, m, 401)
	if got := sentTo(m, "Authorization"); got != "Bearer x" {
		t.Errorf("%q", got)
	}
}

// TestAuthorizationStaysAtItsURL holds that what a person gave for one URL is not sent to another that a redirect leads
// to and that has a user name and a password of its own.
func TestAuthorizationStaysAtItsURL(t *testing.T) {
	asked := 0
	agent := new(fetch.Agent)
	agent.Hooks.Authenticate = func(*fetch.Request, fetch.ResponseHead) (string, bool) { asked++; return "Basic eDp5", true }
	r := request(t, "GET", "https://a.com/x")
	r.Mode, r.Credentials, r.UseURLCredentials, r.UnsafeRequest = fetch.ModeNoCORS, fetch.CredentialsInclude, true, false
	m := start(t, agent, r)
	receive(t, m, 401)
	if got := sentTo(m, "Authorization"); got != "Basic eDp5" || asked != 1 {
		t.Errorf("%q, asked %d times", got, asked)
	}
	receive(t, m, 302, "Location", "https://u:p@b.com/")
	if got := sentTo(m, "Authorization"); got != "" {
		t.Errorf("%q goes out unasked", got)
	}
	receive(t, m, 401)
	if got := sentTo(m, "Authorization"); got != "Basic dTpw" || asked != 1 {
		t.Errorf("%q, asked %d times", got, asked)
	}
	receive(t, m, 401)
	if got := sentTo(m, "Authorization"); got != "Basic eDp5" || asked != 2 {
		t.Errorf("%q, asked %d times", got, asked)
	}
}

// TestKeepaliveQuota holds that lengths beyond all bounds are more than the quota too.
func TestKeepaliveQuota(t *testing.T) {
	for _, tt := range []struct {
		length, inflight int64
		blocked          bool
	}{{65536, 0, false}, {65537, 0, true}, {1, 65535, false}, {1, 65536, true}, {math.MaxInt64, 1, true}, {math.MaxInt64, math.MaxInt64, true}} {
		r := request(t, "POST", "https://a.com/")
		r.Body, r.Keepalive, r.BodyLength, r.InflightKeepaliveBytes = fetch.BodyBytes, true, tt.length, tt.inflight
		if m := start(t, new(fetch.Agent), r); tt.blocked != (m.Action().Kind == fetch.ActionDone) {
			t.Errorf("%+v: %+v", tt, m.Action())
		}
	}
}

// TestPreflightOfPrefetch holds that a preflight has the initiator of its request, and so Sec-Purpose.
func TestPreflightOfPrefetch(t *testing.T) {
	r := request(t, "PUT", "https://b.com/")
	r.Initiator = fetch.InitiatorPrefetch
	m := start(t, new(fetch.Agent), r)
	if a := m.Action(); a.Kind != fetch.ActionSendPreflight || sentTo(m, "Sec-Purpose") != "prefetch" {
		t.Errorf("%+v", a)
	}
}

func TestMisdirected(t *testing.T) {
	agent := new(fetch.Agent)
	agent.Hooks.Misdirected = func(*fetch.Request) bool { return true }
	m := start(t, agent, request(t, "GET", "https://b.com/"))
	receive(t, m, 421, acao, "*")
	if a := m.Action(); a.Kind != fetch.ActionSendRequest || !a.NewConnection {
		t.Errorf("%+v", a)
	}
	receive(t, m, 421, acao, "*") // once is enough
	if got := result(t, m); got.Response.Status != 421 || len(m.Trace().Exchanges) != 2 {
		t.Errorf("%+v", got)
	}
	r := request(t, "POST", "https://a.com/")
	r.Body = fetch.BodyStream
	for _, tt := range []struct {
		agent *fetch.Agent
		r     fetch.Request
	}{{agent, r}, {new(fetch.Agent), request(t, "GET", "https://a.com/")}} {
		m := start(t, tt.agent, tt.r)
		receive(t, m, 421)
		if got := result(t, m); got.Response.Status != 421 || len(m.Trace().Exchanges) != 1 {
			t.Errorf("%+v", got)
		}
	}
}

// TestCacheHeadersAreNotTheAuthors holds that what a cache mode brings along asks for no preflight, and that an
// author's own does.
func TestCacheHeadersAreNotTheAuthors(t *testing.T) {
	for mode, want := range map[fetch.CacheMode][2]string{
		fetch.CacheModeDefault: {"", ""}, fetch.CacheModeNoStore: {"no-cache", "no-cache"}, fetch.CacheModeReload: {"no-cache", "no-cache"},
		fetch.CacheModeNoCache: {"", "max-age=0"}, fetch.CacheModeForceCache: {"", ""},
	} {
		r := request(t, "GET", "https://b.com/")
		r.Cache = mode
		m := start(t, new(fetch.Agent), r)
		if a := m.Action(); a.Kind != fetch.ActionSendRequest || sentTo(m, "Pragma") != want[0] || sentTo(m, "Cache-Control") != want[1] {
			t.Errorf("%s: %+v", mode, a)
		}
		r.Headers = headers("cache-control", "x")
		m = start(t, new(fetch.Agent), r)
		if m.Action().Kind != fetch.ActionSendPreflight || sentTo(m, "Cache-Control") != "" {
			t.Errorf("%s: %+v", mode, m.Action())
		}
		receive(t, m, 200, acao, "*", acah, "cache-control")
		if a := m.Action(); sentTo(m, "Cache-Control") != "x" || sentTo(m, "Pragma") != want[0] {
			t.Errorf("%s: %+v", mode, a)
		}
	}
}

func TestStatusMessage(t *testing.T) {
	for mode, want := range map[fetch.Mode]string{fetch.ModeCORS: "Fine", fetch.ModeNoCORS: ""} {
		r := request(t, "GET", "https://b.com/")
		r.Mode = mode
		m := start(t, new(fetch.Agent), r)
		if err := m.Receive(epoch, fetch.ResponseHead{Status: 200, StatusMessage: "Fine", Headers: headers(acao, "*")}); err != nil {
			t.Fatal(err)
		}
		if got := result(t, m).Response; got.StatusMessage != want || got.Internal.StatusMessage != "Fine" {
			t.Errorf("%s: %q, inside %q", mode, got.StatusMessage, got.Internal.StatusMessage)
		}
	}
}
