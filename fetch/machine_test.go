package fetch_test

import (
	"errors"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/corspec/corspec/fetch"
	"github.com/corspec/corspec/origin"
)

func start(t testing.TB, agent *fetch.Agent, r fetch.Request) *fetch.Machine {
	t.Helper()
	m, err := agent.Start(epoch, r)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func receive(t testing.TB, m *fetch.Machine, status int, namesAndValues ...string) {
	t.Helper()
	if err := m.Receive(epoch, fetch.ResponseHead{Status: status, Headers: headers(namesAndValues...)}); err != nil {
		t.Fatal(err)
	}
}

func result(t testing.TB, m *fetch.Machine) fetch.Result {
	t.Helper()
	r, err := m.Result()
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func blocked(t testing.TB, m *fetch.Machine, code fetch.Code, step fetch.Step) {
	t.Helper()
	r := result(t, m)
	if r.Verdict.Code != code || r.Verdict.Step != step {
		t.Errorf("verdict %s at %q, want %s at %q", r.Verdict.Code, r.Verdict.Step, code, step)
	}
	if !r.Response.IsNetworkError() || r.Response.Status != 0 || r.Response.Headers != nil || r.Response.Internal != nil || r.Response.URLList != nil {
		t.Errorf("not a network error: %+v", r.Response)
	}
}

func request(t testing.TB, method, url string, namesAndValues ...string) fetch.Request {
	t.Helper()
	r, err := fetch.NewRequest(method, url, pageA)
	if err != nil {
		t.Fatal(err)
	}
	r.Headers = headers(namesAndValues...)
	return r
}

func TestOrderErrors(t *testing.T) {
	m := start(t, new(fetch.Agent), request(t, "PUT", "https://b.com/x"))
	for m.Action().Kind != fetch.ActionDone {
		if _, err := m.Result(); err == nil || !strings.HasPrefix(err.Error(), "fetch: Machine.Result: ") || !strings.Contains(err.Error(), m.Action().Kind.String()) {
			t.Errorf("Result while waiting for %v: %v", m.Action().Kind, err)
		}
		receive(t, m, 200, acao, "*", acam, "*")
	}
	want := result(t, m)
	for call, err := range map[string]error{
		"Receive": m.Receive(epoch, fetch.ResponseHead{Status: 200}),
		"Fail":    m.Fail(errors.New("late")),
		"Abort":   m.Abort(),
	} {
		if err == nil || !strings.HasPrefix(err.Error(), "fetch: Machine."+call+": ") || !strings.Contains(err.Error(), "Result") {
			t.Errorf("%s after the end: %v", call, err)
		}
	}
	if got := result(t, m); !reflect.DeepEqual(got, want) {
		t.Errorf("a refused call changed the result: %+v", got)
	}

	var zero fetch.Machine
	if a := zero.Action(); !reflect.DeepEqual(a, fetch.Action{}) {
		t.Errorf("the zero Machine's action: %+v", a)
	}
	_, err := zero.Result()
	for call, err := range map[string]error{
		"Result":  err,
		"Receive": zero.Receive(epoch, fetch.ResponseHead{Status: 200}),
		"Fail":    zero.Fail(errors.New("early")),
		"Abort":   zero.Abort(),
	} {
		if err == nil || !strings.HasPrefix(err.Error(), "fetch: Machine."+call+": ") || !strings.Contains(err.Error(), "Agent.Start") {
			t.Errorf("%s of the zero Machine: %v", call, err)
		}
	}
}

func TestNextIsIdempotent(t *testing.T) {
	m := start(t, new(fetch.Agent), request(t, "PUT", "https://b.com/x", "X-A", "1"))
	for m.Action().Kind != fetch.ActionDone {
		if a, b := m.Action(), m.Action(); !reflect.DeepEqual(a, b) {
			t.Errorf("%+v, then %+v", a, b)
		}
		n := len(m.Trace().Exchanges)
		m.Action()
		if len(m.Trace().Exchanges) != n {
			t.Error("Next adds an exchange")
		}
		receive(t, m, 204, acao, "*", acam, "*", acah, "*")
	}
	if a := m.Action(); a.Kind != fetch.ActionDone {
		t.Errorf("%+v", a)
	}
}

// head is what a machine receives of a response.
func head(r fetch.Response) fetch.ResponseHead {
	return fetch.ResponseHead{Status: r.Status, Headers: r.Headers}
}

// points are the states in which a fetch waits: for its preflight, its request, the preflight and the request after a
// redirect.
func points(t *testing.T, each func(t *testing.T, m *fetch.Machine, agent *fetch.Agent, reached bool)) {
	answers := []func(m *fetch.Machine){
		func(m *fetch.Machine) { receive(t, m, 204, acao, "*", acam, "PUT", acma, "600") },
		func(m *fetch.Machine) { receive(t, m, 307, acao, "*", "Location", "https://c.com/y") },
		func(m *fetch.Machine) { receive(t, m, 204, acao, "*", acam, "PUT", acma, "600") },
	}
	for n := range len(answers) + 1 {
		t.Run([]string{"preflight", "request", "preflight after redirect", "request after redirect"}[n], func(t *testing.T) {
			agent := new(fetch.Agent)
			m := start(t, agent, request(t, "PUT", "https://b.com/x"))
			for _, answer := range answers[:n] {
				answer(m)
			}
			each(t, m, agent, n >= 2)
		})
	}
}

func TestFail(t *testing.T) {
	points(t, func(t *testing.T, m *fetch.Machine, agent *fetch.Agent, reached bool) {
		at := m.Action()
		if err := m.Fail(errors.New("connection refused")); err != nil {
			t.Fatal(err)
		}
		blocked(t, m, fetch.CodeTransportError, "")
		r := result(t, m)
		if r.Verdict.Value != "connection refused" || r.Verdict.Want != at.URL.String() || r.Hop != at.Hop || r.Reached != reached {
			t.Errorf("%+v, want reached %v", r, reached)
		}
		last := m.Trace().Exchanges[len(m.Trace().Exchanges)-1]
		if last.Answered || last.Response.Status != 0 {
			t.Errorf("a failed exchange is not answered: %+v", last)
		}
		for _, e := range agent.Cache.Entries(epoch) {
			if e.URL == at.URL.String() {
				t.Errorf("the failure left %+v", e)
			}
		}
	})
	m := start(t, new(fetch.Agent), request(t, "GET", "https://b.com/"))
	m.Fail(nil)
	blocked(t, m, fetch.CodeTransportError, "")
}

func TestAbort(t *testing.T) {
	points(t, func(t *testing.T, m *fetch.Machine, _ *fetch.Agent, reached bool) {
		if err := m.Abort(); err != nil {
			t.Fatal(err)
		}
		blocked(t, m, fetch.CodeAborted, "")
		if r := result(t, m); r.Reached != reached {
			t.Errorf("reached %v, want %v", r.Reached, reached)
		}
	})
}

func TestStartAfterVerdict(t *testing.T) {
	m := start(t, new(fetch.Agent), request(t, "GET", "https://b.com:25/"))
	if a := m.Action(); a.Kind != fetch.ActionDone {
		t.Fatalf("a request to a bad port wants %v", a.Kind)
	}
	blocked(t, m, fetch.CodeBadPort, "port-blocking:2")
	if len(m.Trace().Exchanges) != 0 || result(t, m).Reached {
		t.Error("something went out")
	}
}

// isRequestError reports whether the error is about that field of a request, and that byte of it, or the whole for -1.
func isRequestError(err error, field string, offset int) bool {
	if err == nil || !strings.HasPrefix(err.Error(), "fetch: request: "+field+" \"") {
		return false
	}
	at := ", byte " + strconv.Itoa(offset) + ": "
	return strings.Contains(err.Error(), at) || offset < 0 && !strings.Contains(err.Error(), ", byte ")
}

func TestRequestErrors(t *testing.T) {
	good := func() fetch.Request { return request(t, "GET", "https://b.com/", "X-A", "1") }
	for _, tt := range []struct {
		name   string
		change func(r *fetch.Request)
		field  string
		offset int
	}{
		{"method", func(r *fetch.Request) { r.Method = "GE T" }, "Method", 2},
		{"no method", func(r *fetch.Request) { r.Method = "" }, "Method", -1},
		{"no URL", func(r *fetch.Request) { r.URLList = nil }, "URLList", -1},
		{"zero URL", func(r *fetch.Request) { r.URLList = append(r.URLList, origin.URL{}) }, "URLList[1]", -1},
		{"no origin", func(r *fetch.Request) { r.Origin = origin.Origin{} }, "Origin", -1},
		{"header name", func(r *fetch.Request) { r.Headers = headers("A", "1", "X Y", "1") }, "Headers[1] name", 1},
		{"empty header name", func(r *fetch.Request) { r.Headers = headers("", "1") }, "Headers[0] name", -1},
		{"header name, high byte", func(r *fetch.Request) { r.Headers = headers("x\xe9", "1") }, "Headers[0] name", 1},
		{"header value, line feed", func(r *fetch.Request) { r.Headers = headers("A", "1\n2") }, "Headers[0] value", 1},
		{"header value, NUL", func(r *fetch.Request) { r.Headers = headers("A", "12\x00") }, "Headers[0] value", 2},
		{"header value, carriage return", func(r *fetch.Request) { r.Headers = headers("A", "\r1") }, "Headers[0] value", 0},
		{"mode", func(r *fetch.Request) { r.Mode = 6 }, "Mode", -1},
		{"credentials", func(r *fetch.Request) { r.Credentials = 3 }, "Credentials", -1},
		{"redirect", func(r *fetch.Request) { r.Redirect = 3 }, "Redirect", -1},
		{"referrer policy", func(r *fetch.Request) { r.ReferrerPolicy = 9 }, "ReferrerPolicy", -1},
		{"destination", func(r *fetch.Request) { r.Destination = 99 }, "Destination", -1},
		{"body", func(r *fetch.Request) { r.Body = 3 }, "Body", -1},
		{"embedder policy", func(r *fetch.Request) { r.EmbedderPolicy.Value = 3 }, "EmbedderPolicy", -1},
		{"cache mode", func(r *fetch.Request) { r.Cache = 6 }, "Cache", -1},
		{"initiator", func(r *fetch.Request) { r.Initiator = 7 }, "Initiator", -1},
		{"mixed content", func(r *fetch.Request) { r.MixedContent = 3 }, "MixedContent", -1},
		{"response tainting", func(r *fetch.Request) { r.ResponseTainting = 3 }, "ResponseTainting", -1},
		{"report-only embedder policy", func(r *fetch.Request) { r.EmbedderPolicy.ReportOnly = 3 }, "EmbedderPolicy.ReportOnly", -1},
	} {
		r := good()
		tt.change(&r)
		m, err := new(fetch.Agent).Start(epoch, r)
		if m != nil || !isRequestError(err, tt.field, tt.offset) {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
	_, err := (&fetch.Agent{AcceptLanguage: "\nde"}).Start(epoch, good())
	if !isRequestError(err, "Accept-Language of the agent", 0) {
		t.Errorf("Accept-Language: %v", err)
	}
	_, err = (&fetch.Agent{AcceptLanguage: "de\r\nCookie: a"}).Start(epoch, good())
	if !isRequestError(err, "Accept-Language of the agent", 2) {
		t.Errorf("Accept-Language: %v", err)
	}
	for _, tt := range []struct{ method, url, field string }{
		{"G(T", "https://b.com/", "Method"},
		{"cOnNeCt", "https://b.com/", "Method"},
		{"GET", "/x", "URL"},
		{"GET", "https://b.com:x/", "URL"},
		{"GET", "https://u:p@b.com/", "URL"},
	} {
		_, err := fetch.NewRequest(tt.method, tt.url, pageA)
		if err == nil || !strings.HasPrefix(err.Error(), "fetch: request: ") || !strings.Contains(err.Error(), tt.field) {
			t.Errorf("NewRequest(%q, %q): %v", tt.method, tt.url, err)
		}
	}
	if _, err := fetch.NewRequest("GET", "https://b.com/", origin.Origin{}); err == nil {
		t.Error("NewRequest takes the zero origin")
	}
	var pe *origin.ParseError
	if _, err := fetch.NewRequest("GET", "https://b.com:x/", pageA); !errors.As(err, &pe) {
		t.Errorf("the cause of a URL error is lost: %v", err)
	}
	long := strings.Repeat("(", 1<<16)
	if _, err := fetch.NewRequest(long, "https://b.com/", pageA); len(err.Error()) > 500 {
		t.Errorf("an error of %d bytes", len(err.Error()))
	}
}

// TestNothingIsShared changes all that a machine was given and hands out, and looks whether anything else changes.
func TestNothingIsShared(t *testing.T) {
	r := request(t, "PUT", "https://b.com/x", "X-A", "1", "X-B", "2")
	r.URLList = slices.Grow(r.URLList, 4)
	m := start(t, new(fetch.Agent), r)
	spoil := func(l fetch.HeaderList) {
		for i := range l {
			l[i] = [2]string{"spoilt", "spoilt"}
		}
	}
	spoil(r.Headers)
	r.URLList[0] = origin.MustParseURL("https://spoilt.com/")
	answer := func(status int, namesAndValues ...string) {
		a := m.Action()
		spoil(a.Headers)
		_ = append(a.Headers, [2]string{"spoilt", "spoilt"})
		exchanges := m.Trace().Exchanges
		spoil(exchanges[len(exchanges)-1].Action.Headers)
		l := headers(namesAndValues...)
		if err := m.Receive(epoch, fetch.ResponseHead{Status: status, Headers: l}); err != nil {
			t.Fatal(err)
		}
		spoil(l)
		for _, e := range m.Trace().Exchanges {
			spoil(e.Response.Headers)
		}
	}
	answer(204, acao, "*", acam, "PUT", acah, "*")
	answer(307, acao, "*", "Location", "https://c.com/y")
	answer(204, acao, "*", acam, "PUT", acah, "*")
	answer(200, acao, "*", "Content-Type", "text/plain", "Set-Cookie", "a=b", aceh, "x")
	got := result(t, m)
	spoil(got.Response.Headers)
	_ = append(got.Response.Headers, [2]string{"spoilt", "spoilt"})
	if want := headers(acao, "*", "Content-Type", "text/plain", "Set-Cookie", "a=b", aceh, "x"); !reflect.DeepEqual(got.Response.Internal.Headers, want) {
		t.Errorf("internal response: %q", got.Response.Internal.Headers)
	}
	sent := [][2]any{}
	for _, e := range m.Trace().Exchanges {
		sent = append(sent, [2]any{e.Action.URL.String(), e.Action.Headers})
		for _, l := range []fetch.HeaderList{e.Action.Headers, e.Response.Headers} {
			if l.Contains("spoilt") {
				t.Errorf("%s: %q", e.Action.URL, l)
			}
		}
	}
	metadata := func(l ...string) fetch.HeaderList {
		return headers(append(l, "Sec-Fetch-Dest", "empty", "Sec-Fetch-Mode", "cors", "Sec-Fetch-Site", "cross-site")...)
	}
	if want := [][2]any{
		{"https://b.com/x", metadata("Accept", "*/*", "Access-Control-Request-Method", "PUT", "Access-Control-Request-Headers", "x-a,x-b", "Origin", "https://a.com")},
		{"https://b.com/x", metadata("X-A", "1", "X-B", "2", "Accept", "*/*", "Origin", "https://a.com")},
		{"https://c.com/y", metadata("Accept", "*/*", "Access-Control-Request-Method", "PUT", "Access-Control-Request-Headers", "x-a,x-b", "Origin", "null")},
		{"https://c.com/y", metadata("X-A", "1", "X-B", "2", "Accept", "*/*", "Origin", "null")},
	}; !reflect.DeepEqual(sent, want) {
		t.Errorf("sent %q", sent)
	}
	// An append to one of the lists reaches no other.
	m = start(t, new(fetch.Agent), request(t, "GET", "https://b.com/x"))
	receive(t, m, 302, acao, "*", "Location", "/y")
	receive(t, m, 200, acao, "*", "Content-Type", "text/plain")
	got = result(t, m)
	spoilt := [2]string{"spoilt", "spoilt"}
	_ = append(got.Response.Internal.Headers, spoilt)
	if got.Response.Headers.Contains("spoilt") {
		t.Errorf("an append to the internal response's headers changes those of the filtered one: %q", got.Response.Headers)
	}
	ours := append(got.Response.URLList, origin.MustParseURL("https://ours.com/"))
	_ = append(got.Response.Internal.URLList, origin.MustParseURL("https://spoilt.com/"))
	_ = append(m.Trace().Request.URLList, origin.MustParseURL("https://spoilt.com/"))
	if last := ours[len(ours)-1].String(); last != "https://ours.com/" {
		t.Errorf("an append to the internal response's URLs changes those of the filtered one: %s", last)
	}
	trace := m.Trace()
	trace.Request.URLList[0], trace.Request.Headers = origin.MustParseURL("https://spoilt.com/"), append(trace.Request.Headers, spoilt)
	if r := m.Trace().Request; r.URLList[0].String() != "https://b.com/x" || r.Headers.Contains("spoilt") {
		t.Errorf("the trace's request is not a copy: %+v", r)
	}
	// What is upgraded is not the URL that the caller and the trace have.
	upgraded := request(t, "GET", "http://b.com/x")
	upgraded.Destination, upgraded.Mode = fetch.DestinationImage, fetch.ModeNoCORS
	m = start(t, new(fetch.Agent), upgraded)
	if at, of := m.Action().URL.String(), m.Trace().Request.URLList[0].String(); at != "https://b.com/x" || of != "http://b.com/x" || upgraded.URLList[0].String() != of {
		t.Errorf("upgraded to %s; the trace says %s", at, of)
	}
	m = start(t, new(fetch.Agent), request(t, "GET", "https://b.com/x"))
	events := m.Trace().Events
	events[0] = fetch.Event{}
	if m.Trace().Events[0] == (fetch.Event{}) {
		t.Error("Events hands out its own slice")
	}

	// The functions of layer A share nothing either.
	r = request(t, "PUT", "https://b.com/x")
	r.URLList = slices.Grow(r.URLList, 1)
	p := fetch.PreflightRequest(&r)
	p.URLList[0] = origin.MustParseURL("https://spoilt.com/")
	if r.CurrentURL().String() != "https://b.com/x" {
		t.Error("the preflight request shares its URL list")
	}
	resp := fetch.Response{Status: 200, Headers: headers("Content-Type", "a/b")}
	for _, f := range []fetch.Response{fetch.FilteredResponse(&resp, fetch.ResponseTypeBasic), fetch.FilteredResponse(&resp, fetch.ResponseTypeCORS)} {
		spoil(f.Headers)
	}
	if resp.Headers.Contains("spoilt") {
		t.Error("a filtered response shares its header list")
	}
	// What a hook answers it may answer again.
	inner := fetch.Response{Status: 200, Headers: slices.Grow(headers("Content-Type", "a/b"), 1), URLList: []origin.URL{urlB}}
	for _, shim := range []fetch.Response{inner, fetch.FilteredResponse(&inner, fetch.ResponseTypeBasic)} {
		hook := func(*fetch.Request) (fetch.Response, bool) { return shim, true }
		for _, hooks := range []fetch.Hooks{{OverrideFetch: hook}, {HandleFetch: hook}} {
			got := result(t, start(t, &fetch.Agent{Hooks: hooks}, request(t, "GET", "https://a.com/"))).Response
			spoil(got.Headers)
			spoil(got.Internal.Headers)
			spoil(append(got.Internal.Headers, [2]string{}))
			got.Internal.URLList[0] = origin.MustParseURL("https://spoilt.com/")
			if l := inner.Headers[:2]; shim.Headers.Contains("spoilt") || l[0][0] != "Content-Type" || l[1][0] != "" || inner.URLList[0] != urlB {
				t.Errorf("the response of a hook is shared: %+v, %q", shim, l)
			}
		}
	}
}

func TestExchangesAndEvents(t *testing.T) {
	r := request(t, "PUT", "https://b.com/x", "X-A", "1")
	r.Credentials = fetch.CredentialsInclude
	r.Body = fetch.BodyBytes
	agent := new(fetch.Agent)
	m := start(t, agent, r)
	receive(t, m, 204, acao, "https://a.com", acac, "true", acam, "PUT", acah, "x-a")
	receive(t, m, 307, acao, "https://a.com", acac, "true", "Location", "/y#z")
	receive(t, m, 204, acao, "https://a.com", acac, "true", acam, "PUT", acah, "x-a")
	receive(t, m, 200, acao, "https://a.com", acac, "true", "Timing-Allow-Origin", "*")
	type exchange struct {
		Kind        fetch.ActionKind
		Hop         int
		Reason      fetch.PreflightReason
		Method, URL string
		Credentials bool
		Body        fetch.BodyAction
		Status      int
	}
	var got []exchange
	for _, e := range m.Trace().Exchanges {
		if !e.Answered {
			t.Errorf("not answered: %+v", e)
		}
		got = append(got, exchange{e.Action.Kind, e.Action.Hop, e.Action.Reason, e.Action.Method, e.Action.URL.String(), e.Action.IncludeCredentials, e.Action.Body, e.Response.Status})
	}
	if diff := cmp.Diff([]exchange{
		{fetch.ActionSendPreflight, 0, fetch.PreflightReasonMethod, "OPTIONS", "https://b.com/x", false, fetch.BodyActionNone, 204},
		{fetch.ActionSendRequest, 0, fetch.PreflightReasonNone, "PUT", "https://b.com/x", true, fetch.BodyActionSend, 307},
		{fetch.ActionSendPreflight, 1, fetch.PreflightReasonMethod, "OPTIONS", "https://b.com/y#z", false, fetch.BodyActionNone, 204},
		{fetch.ActionSendRequest, 1, fetch.PreflightReasonNone, "PUT", "https://b.com/y#z", true, fetch.BodyActionReplay, 200},
	}, got); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]fetch.Event{
		{Step: "main-fetch:12", Outcome: fetch.OutcomeTaintingCORS},
		{Step: "main-fetch:12", Outcome: fetch.OutcomePreflightForMethod},
		{Step: "cors-preflight-fetch:7", Outcome: fetch.OutcomePreflightPassed},
		{Step: "http-fetch:4.4", Outcome: fetch.OutcomeCORSCheckPassed},
		{Step: "http-fetch:4.5", Outcome: fetch.OutcomeTAOCheckFailed},
		{Hop: 1, Step: "http-redirect-fetch:22", Outcome: fetch.OutcomeRedirected, Subject: "https://b.com/y#z"},
		{Hop: 1, Step: "main-fetch:12", Outcome: fetch.OutcomeTaintingCORS},
		{Hop: 1, Step: "main-fetch:12", Outcome: fetch.OutcomePreflightForMethod},
		{Hop: 1, Step: "cors-preflight-fetch:7", Outcome: fetch.OutcomePreflightPassed},
		{Hop: 1, Step: "http-fetch:4.4", Outcome: fetch.OutcomeCORSCheckPassed},
		{Hop: 1, Step: "http-fetch:4.5", Outcome: fetch.OutcomeTAOCheckFailed},
		{Hop: 1, Step: "main-fetch:14", Outcome: fetch.OutcomeFilteredCORS},
	}, m.Trace().Events); diff != "" {
		t.Error(diff)
	}
	last := result(t, m)
	if last.Hop != 1 || !last.Reached || !last.Response.Redirected() || last.Response.TimingAllowPassed {
		t.Errorf("%+v", last)
	}

	// The second time the cache spares the preflights.
	m = start(t, agent, r)
	receive(t, m, 200, acao, "https://b.com")
	if got := m.Trace().Events; got[2].Outcome != fetch.OutcomePreflightCached || got[3].Outcome != fetch.Outcome(fetch.CodeAllowOriginMismatch) || got[3].Step != "cors-check:4" {
		t.Errorf("%+v", got)
	}
	if r := result(t, m); !r.Reached {
		t.Error("the handler ran, but Reached is false")
	}
}

func TestTraps(t *testing.T) {
	t.Run("T73 a cache mode causes no preflight", func(t *testing.T) {
		// What the HTTP cache adds comes after the unsafe names are looked at: the caller adds it to the action's
		// headers.
		m := start(t, new(fetch.Agent), request(t, "GET", "https://b.com/"))
		if a := m.Action(); a.Kind != fetch.ActionSendRequest || a.Headers.Contains("Cache-Control") || a.Headers.Contains("Pragma") {
			t.Errorf("%+v", a)
		}
	})
	t.Run("T72 the user agent's own Accept-Language can cause one", func(t *testing.T) {
		m := start(t, &fetch.Agent{AcceptLanguage: strings.Repeat("a", 130)}, request(t, "GET", "https://b.com/"))
		if a := m.Action(); a.Kind != fetch.ActionSendPreflight || a.Headers[2] != [2]string{"Access-Control-Request-Headers", "accept-language"} {
			t.Errorf("%+v", a)
		}
		m = start(t, &fetch.Agent{AcceptLanguage: strings.Repeat("a", 130)}, request(t, "GET", "https://b.com/", "accept-language", "de"))
		if a := m.Action(); a.Kind != fetch.ActionSendRequest || len(a.Headers) != 6 {
			t.Errorf("the author's own stands: %+v", a)
		}
	})
	t.Run("T88 a revalidated response is checked as the HTTP cache gives it", func(t *testing.T) {
		// The transport of the machine is what stands behind its HTTP cache: a 304 to its validators never arrives
		// here, but the stored response does.
		m := start(t, new(fetch.Agent), request(t, "GET", "https://b.com/"))
		receive(t, m, 200, acao, "*", "ETag", `"1"`)
		if r := result(t, m); r.Response.Type != fetch.ResponseTypeCORS || r.Response.Status != 200 {
			t.Errorf("%+v", r)
		}
		// One to the author's validators does arrive, and is checked.
		m = start(t, new(fetch.Agent), request(t, "GET", "https://b.com/"))
		receive(t, m, 304)
		blocked(t, m, fetch.CodeMissingAllowOrigin, "cors-check:2")
	})
	t.Run("T90 a service worker's response is not checked", func(t *testing.T) {
		agent := &fetch.Agent{}
		internal := fetch.Response{Status: 200, URLList: []origin.URL{origin.MustParseURL("https://c.com/z")}, Headers: headers("X-A", "1")}
		agent.Hooks.HandleFetch = func(r *fetch.Request) (fetch.Response, bool) {
			return fetch.FilteredResponse(&internal, fetch.ResponseTypeCORS), true
		}
		m := start(t, agent, request(t, "PUT", "https://b.com/"))
		r := result(t, m)
		if r.Response.Type != fetch.ResponseTypeCORS || len(r.Response.Headers) != 0 || r.Reached || len(m.Trace().Exchanges) != 0 {
			t.Errorf("%+v", r)
		}
		if u, _ := r.Response.URL(); u.String() != "https://c.com/z" {
			t.Errorf("URL %s", u)
		}
	})
	t.Run("T148 a Location without fragment takes over the request's", func(t *testing.T) {
		for _, tt := range []struct{ url, location, want string }{
			{"https://b.com/x#f", "/y", "https://b.com/y#f"},
			{"https://b.com/x#f", "/y#", "https://b.com/y#"},
			{"https://b.com/x#f", "/y#g", "https://b.com/y#g"},
			{"https://b.com/x", "/y", "https://b.com/y"},
			{"https://b.com/x#", "/y", "https://b.com/y#"},
		} {
			m := start(t, new(fetch.Agent), request(t, "GET", tt.url))
			receive(t, m, 302, acao, "*", "Location", tt.location)
			if got := m.Action().URL.String(); got != tt.want {
				t.Errorf("%s, %s: %s, want %s", tt.url, tt.location, got, tt.want)
			}
		}
	})
	t.Run("T159 credentialless leaves credentials at home", func(t *testing.T) {
		for _, tt := range []struct {
			url  string
			mode fetch.Mode
			want bool
		}{
			{"https://a.com/", fetch.ModeNoCORS, true},
			{"https://b.com/", fetch.ModeNoCORS, false},
			{"https://b.com/", fetch.ModeCORS, true},
			{"https://b.com/", fetch.ModeNavigate, true},
		} {
			r := request(t, "GET", tt.url)
			r.Mode, r.Credentials, r.EmbedderPolicy.Value = tt.mode, fetch.CredentialsInclude, fetch.EmbedderPolicyCredentialless
			m := start(t, new(fetch.Agent), r)
			if got := m.Action().IncludeCredentials; got != tt.want {
				t.Errorf("%s to %s: %v, want %v", tt.mode, tt.url, got, tt.want)
			}
		}
		// A request that comes home tainted leaves them out as well.
		r := request(t, "GET", "https://b.com/")
		r.Mode, r.Credentials, r.EmbedderPolicy.Value = fetch.ModeNoCORS, fetch.CredentialsInclude, fetch.EmbedderPolicyCredentialless
		m := start(t, new(fetch.Agent), r)
		receive(t, m, 302, "Location", "https://a.com/")
		if m.Action().IncludeCredentials {
			t.Error("credentials go home with a tainted request")
		}
		receive(t, m, 200)
		if r := result(t, m); r.Response.Type != fetch.ResponseTypeOpaque || !r.Response.Internal.RequestExcludedCredentials {
			t.Errorf("%+v", r)
		}
	})
	t.Run("T165 a navigation that was not redirected passes the navigation TAO check", func(t *testing.T) {
		r := request(t, "GET", "https://b.com/")
		r.Mode, r.Destination = fetch.ModeNavigate, fetch.DestinationDocument
		for _, tt := range []struct {
			name  string
			lines []string
			want  bool
		}{
			{"no redirect", nil, true},
			{"wildcard", []string{"*"}, true},
			{"the destination's origin", []string{"https://x.com, https://b.com"}, true},
			{"another", []string{"https://a.com"}, false},
			{"one of two", []string{"*", "https://a.com"}, false},
			{"none", []string{""}, false},
		} {
			m := start(t, new(fetch.Agent), r)
			for _, v := range tt.lines {
				if v == "" {
					receive(t, m, 302, "Location", "/y")
				} else {
					receive(t, m, 302, "Location", "/y", "Timing-Allow-Origin", v)
				}
			}
			receive(t, m, 200, "Timing-Allow-Origin", "nobody")
			got := result(t, m)
			if values := got.Response.NavigationTimingAllowValues(); len(values) != len(tt.lines) {
				t.Errorf("%s: %q", tt.name, values)
			}
			v := fetch.NavigationTAOCheck(&got.Response, origin.MustParse("https://b.com"))
			if v.OK() != tt.want || !v.OK() && v.Step != "navigation-tao-check:1.3" {
				t.Errorf("%s: %+v", tt.name, v)
			}
		}
	})
	t.Run("T172 a range that this request did not ask for", func(t *testing.T) {
		for _, tt := range []struct {
			status      int
			requested   bool
			rangeHeader bool
			want        fetch.Code
		}{
			{206, true, false, fetch.CodeUnexpectedRangeResponse},
			{416, true, false, fetch.CodeUnexpectedRangeResponse},
			{416, true, true, fetch.CodeOK},
			{206, false, false, fetch.CodeOK},
			{200, true, false, fetch.CodeOK},
		} {
			internal := fetch.Response{Status: tt.status, URLList: []origin.URL{urlB}}
			internal.SetRangeRequested(tt.requested)
			agent := new(fetch.Agent)
			agent.Hooks.HandleFetch = func(*fetch.Request) (fetch.Response, bool) {
				return fetch.FilteredResponse(&internal, fetch.ResponseTypeOpaque), true
			}
			r := request(t, "GET", "https://b.com/")
			r.Mode = fetch.ModeNoCORS
			if tt.rangeHeader {
				r.Headers = headers("Range", "bytes=0-")
			}
			got := result(t, start(t, agent, r))
			if got.Verdict.Code != tt.want || !got.Verdict.OK() && got.Verdict.Step != "main-fetch:21" {
				t.Errorf("%+v: %+v", tt, got.Verdict)
			}
		}
	})
	t.Run("T174 hosts under localhost are not upgraded", func(t *testing.T) {
		for host, want := range map[string]string{
			"localhost": "http", "localhost.": "http", "foo.localhost": "http", "foo.localhost.": "http",
			"b.com": "https", "com": "https", "1.2.3.4": "http", "[::1]": "http",
		} {
			agent := new(fetch.Agent)
			agent.Hooks.KnownHSTSHost = func(h string) bool { return h == host }
			r := request(t, "GET", "http://"+host+"/")
			r.MixedContent = fetch.MixedContentUnrestricted
			m := start(t, agent, r)
			if got := m.Action().URL.Scheme(); got != want {
				t.Errorf("%s: %s, want %s", host, got, want)
			}
		}
	})
	t.Run("T175 HEAD and some statuses have no body", func(t *testing.T) {
		for _, tt := range []struct {
			method string
			status int
			want   bool
		}{
			{"GET", 200, false}, {"HEAD", 200, true}, {"GET", 204, true}, {"GET", 205, true}, {"GET", 304, true}, {"GET", 103, true},
			{"GET", 101, true}, {"GET", 206, false}, {"POST", 404, false},
		} {
			m := start(t, new(fetch.Agent), request(t, tt.method, "https://b.com/"))
			receive(t, m, tt.status, acao, "*")
			if r := result(t, m); r.Response.NullBody != tt.want || r.Response.Internal.NullBody != tt.want {
				t.Errorf("%s %d: %+v", tt.method, tt.status, r.Response)
			}
		}
	})
}

func TestFilteredResponsesAreViews(t *testing.T) {
	r := request(t, "GET", "https://b.com/", "Range", "bytes=0-")
	for _, mode := range []fetch.Mode{fetch.ModeCORS, fetch.ModeNoCORS, fetch.ModeNavigate} {
		r.Mode = mode
		m := start(t, new(fetch.Agent), r)
		receive(t, m, 206, acao, "*", "Timing-Allow-Origin", "*")
		got := result(t, m).Response
		if !got.TimingAllowPassed || !got.RangeRequested() || got.RequestExcludedCredentials != got.Internal.RequestExcludedCredentials {
			t.Errorf("%s: %+v", mode, got)
		}
		if got.Internal.Internal != nil {
			t.Errorf("%s: a filtered response inside another", mode)
		}
		for _, r := range []fetch.Response{got, *got.Internal} {
			if cap(r.Headers) != len(r.Headers) || cap(r.URLList) != len(r.URLList) {
				t.Errorf("%s: appending to a list of the response writes where others may", mode)
			}
		}
		if opaque := mode == fetch.ModeNoCORS; (len(got.URLList) == 0) != opaque || (got.Status == 0) != opaque {
			t.Errorf("%s: %+v", mode, got)
		}
	}
	r = request(t, "GET", "https://b.com/")
	m := start(t, new(fetch.Agent), r)
	receive(t, m, 302, acao, "*", "Location", "https://c.com/")
	receive(t, m, 200, acao, "*")
	if got := result(t, m).Response; len(got.URLList) != 2 {
		t.Errorf("%+v", got)
	}
}

func TestHooks(t *testing.T) {
	t.Run("upgrade insecure requests", func(t *testing.T) {
		agent := new(fetch.Agent)
		agent.Hooks.UpgradeInsecure = func(r *fetch.Request) bool { return r.CurrentURL().Hostname() == "b.com" }
		m := start(t, agent, request(t, "GET", "http://b.com:80/x"))
		if got := m.Action().URL.String(); got != "https://b.com/x" {
			t.Errorf("%s", got)
		}
		if e := m.Trace().Events[0]; e.Outcome != fetch.OutcomeUpgraded || e.Step != "main-fetch:5" {
			t.Errorf("%+v", e)
		}
		if m := start(t, agent, request(t, "GET", "http://c.com/x")); m.Action().Kind != fetch.ActionDone {
			t.Errorf("%+v", m.Action())
		}
	})
	t.Run("allow mixed content", func(t *testing.T) {
		agent := new(fetch.Agent)
		agent.Hooks.AllowMixedContent = func(r *fetch.Request) bool { return r.CurrentURL().Hostname() == "b.com" }
		image := request(t, "GET", "http://b.com/x")
		image.Destination = fetch.DestinationImage
		for _, r := range []fetch.Request{request(t, "GET", "http://b.com/x"), image} {
			if got := start(t, agent, r).Action().URL.String(); got != "http://b.com/x" {
				t.Errorf("%s", got)
			}
		}
		blocked(t, start(t, agent, request(t, "GET", "http://c.com/x")), fetch.CodeMixedContent, "should-block-fetch:2")
	})
	t.Run("block the request", func(t *testing.T) {
		agent := new(fetch.Agent)
		agent.Hooks.BlockRequest = func(r *fetch.Request) fetch.Verdict {
			if r.CurrentURL().Hostname() == "c.com" {
				return fetch.Verdict{Code: "csp-blocked"}
			}
			return fetch.Verdict{}
		}
		m := start(t, agent, request(t, "GET", "https://b.com/"))
		receive(t, m, 302, acao, "*", "Location", "https://c.com/")
		blocked(t, m, "csp-blocked", "")
	})
	t.Run("block the response", func(t *testing.T) {
		agent := new(fetch.Agent)
		agent.Hooks.BlockResponse = func(r *fetch.Request, internal *fetch.Response) fetch.Verdict {
			if v, _ := internal.Headers.Get("X-Secret"); v == "1" {
				return fetch.Verdict{Code: "orb-blocked"}
			}
			return fetch.Verdict{}
		}
		r := request(t, "GET", "https://b.com/")
		r.Mode = fetch.ModeNoCORS
		m := start(t, agent, r)
		receive(t, m, 200, "X-Secret", "1")
		blocked(t, m, "orb-blocked", "")
		if !result(t, m).Reached {
			t.Error("the handler ran")
		}
		m = start(t, agent, r)
		receive(t, m, 200)
		if !result(t, m).Verdict.OK() {
			t.Error("a hook without opinion blocks")
		}
	})
	t.Run("override fetch", func(t *testing.T) {
		agent := new(fetch.Agent)
		r := request(t, "PUT", "https://b.com/")
		agent.Cache.Store(&r, fetch.PreflightGrant{Methods: []string{"PUT"}, MaxAge: 600}, epoch)
		agent.Hooks.OverrideFetch = func(r *fetch.Request) (fetch.Response, bool) {
			return fetch.Response{Status: 203, Headers: headers("X-A", "1")}, true
		}
		got := result(t, start(t, agent, r))
		if got.Response.Type != fetch.ResponseTypeCORS || got.Response.Status != 203 || len(got.Response.Headers) != 0 || got.Reached {
			t.Errorf("%+v", got)
		}
		if len(agent.Cache.Entries(epoch)) != 1 {
			t.Error("the cache has been cleared")
		}
		agent.Hooks.OverrideFetch = func(r *fetch.Request) (fetch.Response, bool) {
			return fetch.Response{Type: fetch.ResponseTypeError}, true
		}
		m := start(t, agent, r)
		blocked(t, m, fetch.CodeHookResponse, "override-fetch:3")
		if len(agent.Cache.Entries(epoch)) != 0 {
			t.Error("a network error in the branch with a preflight clears the cache")
		}
		agent.Hooks.OverrideFetch = func(r *fetch.Request) (fetch.Response, bool) { return fetch.Response{}, false }
		if start(t, agent, r).Action().Kind != fetch.ActionSendPreflight {
			t.Error("a hook without opinion answers")
		}
	})
	t.Run("service worker", func(t *testing.T) {
		home := []origin.URL{urlB}
		internal := fetch.Response{Status: 200, URLList: home}
		redirected := fetch.Response{Status: 200, URLList: append(slices.Clone(home), urlB)}
		for _, tt := range []struct {
			name     string
			mode     fetch.Mode
			redirect fetch.RedirectMode
			resp     fetch.Response
			ok       bool
		}{
			{"network error", fetch.ModeCORS, fetch.RedirectFollow, fetch.Response{Type: fetch.ResponseTypeError}, false},
			{"cors for same-origin", fetch.ModeSameOrigin, fetch.RedirectFollow, fetch.FilteredResponse(&internal, fetch.ResponseTypeCORS), false},
			{"basic for same-origin", fetch.ModeSameOrigin, fetch.RedirectFollow, fetch.FilteredResponse(&internal, fetch.ResponseTypeBasic), true},
			{"opaque for cors", fetch.ModeCORS, fetch.RedirectFollow, fetch.FilteredResponse(&internal, fetch.ResponseTypeOpaque), false},
			{"opaque for no-cors", fetch.ModeNoCORS, fetch.RedirectFollow, fetch.FilteredResponse(&internal, fetch.ResponseTypeOpaque), true},
			{"opaqueredirect for follow", fetch.ModeCORS, fetch.RedirectFollow, fetch.FilteredResponse(&internal, fetch.ResponseTypeOpaqueRedirect), false},
			{"opaqueredirect for manual", fetch.ModeCORS, fetch.RedirectManual, fetch.FilteredResponse(&internal, fetch.ResponseTypeOpaqueRedirect), true},
			{"redirected for error", fetch.ModeCORS, fetch.RedirectError, fetch.FilteredResponse(&redirected, fetch.ResponseTypeBasic), false},
			{"redirected for follow", fetch.ModeCORS, fetch.RedirectFollow, fetch.FilteredResponse(&redirected, fetch.ResponseTypeBasic), true},
		} {
			agent := new(fetch.Agent)
			agent.Hooks.HandleFetch = func(*fetch.Request) (fetch.Response, bool) { return tt.resp, true }
			r := request(t, "GET", "https://a.com/")
			r.Mode, r.Redirect = tt.mode, tt.redirect
			m := start(t, agent, r)
			if got := result(t, m); got.Verdict.OK() != tt.ok {
				t.Errorf("%s: %+v", tt.name, got.Verdict)
			} else if tt.ok && got.Response.Type != tt.resp.Type {
				t.Errorf("%s: type %s", tt.name, got.Response.Type)
			}
			if !tt.ok {
				blocked(t, m, fetch.CodeHookResponse, "http-fetch:3.5.7")
			}
		}
		// A response of a type other than "default" has been filtered, also where nothing is kept of what it was.
		for _, kind := range []fetch.ResponseType{fetch.ResponseTypeBasic, fetch.ResponseTypeCORS} {
			agent := new(fetch.Agent)
			shim := fetch.Response{Type: kind, Status: 200, Headers: headers("X-A", "1")}
			agent.Hooks.HandleFetch = func(*fetch.Request) (fetch.Response, bool) { return shim, true }
			for _, url := range []string{"https://a.com/", "https://b.com/"} {
				got := result(t, start(t, agent, request(t, "GET", url))).Response
				if got.Type != kind || !slices.Equal(got.Headers, shim.Headers) || got.Internal == nil {
					t.Errorf("%s: %+v", url, got)
				}
			}
		}
		// An opaque response is held against the embedder policy of the page.
		agent := new(fetch.Agent)
		agent.Hooks.HandleFetch = func(*fetch.Request) (fetch.Response, bool) {
			return fetch.FilteredResponse(&internal, fetch.ResponseTypeOpaque), true
		}
		r := request(t, "GET", "https://a.com/")
		r.Mode, r.EmbedderPolicy.Value = fetch.ModeNoCORS, fetch.EmbedderPolicyRequireCORP
		blocked(t, start(t, agent, r), fetch.CodeCORPNotSameOriginAfterDefaultedByCOEP, "cross-origin-resource-policy-internal-check:5")
		// The network's redirects are not shown to it, its own are.
		asked := 0
		agent.Hooks.HandleFetch = func(*fetch.Request) (fetch.Response, bool) { asked++; return fetch.Response{}, false }
		m := start(t, agent, request(t, "GET", "https://b.com/"))
		receive(t, m, 302, acao, "*", "Location", "/y")
		receive(t, m, 200, acao, "*")
		if asked != 1 {
			t.Errorf("asked %d times", asked)
		}
		asked = 0
		agent.Hooks.HandleFetch = func(r *fetch.Request) (fetch.Response, bool) {
			asked++
			return fetch.Response{Status: 302, Headers: headers("Location", "https://b.com/y"), URLList: slices.Clone(r.URLList)}, asked == 1
		}
		m = start(t, agent, request(t, "GET", "https://b.com/"))
		if m.Action().URL.String() != "https://b.com/y" || asked != 2 {
			t.Errorf("%+v, asked %d times", m.Action(), asked)
		}
		// Of one that is not followed the page sees that it is one.
		asked = 0
		inner := fetch.Response{Status: 302, Headers: headers("Location", "/y"), URLList: slices.Clone(home)}
		agent.Hooks.HandleFetch = func(r *fetch.Request) (fetch.Response, bool) {
			return fetch.FilteredResponse(&inner, fetch.ResponseTypeBasic), true
		}
		r = request(t, "GET", "https://b.com/")
		r.Redirect = fetch.RedirectManual
		if got := result(t, start(t, agent, r)).Response; got.Type != fetch.ResponseTypeOpaqueRedirect || got.Internal.Internal != nil || got.Headers != nil {
			t.Errorf("%+v", got)
		}
	})
	t.Run("CORP violation", func(t *testing.T) {
		r := request(t, "GET", "https://b.com/x?y#z")
		r.Mode, r.Destination = fetch.ModeNoCORS, fetch.DestinationImage
		r.EmbedderPolicy = fetch.EmbedderPolicy{ReportOnly: fetch.EmbedderPolicyRequireCORP}
		violations := func(m *fetch.Machine) (got []fetch.Event) {
			for _, e := range m.Trace().Events {
				if strings.HasPrefix(string(e.Outcome), "corp-violation-") {
					got = append(got, e)
				}
			}
			return got
		}
		reporting := fetch.Event{Step: "cross-origin-resource-policy-check:4", Outcome: fetch.OutcomeCORPReporting, Subject: "https://b.com/x?y"}
		enforce := fetch.Event{Step: "cross-origin-resource-policy-check:6", Outcome: fetch.OutcomeCORPEnforce, Subject: "https://b.com/x?y"}
		m := start(t, new(fetch.Agent), r)
		receive(t, m, 200)
		if !result(t, m).Verdict.OK() {
			t.Error("a report-only policy blocks")
		}
		if diff := cmp.Diff([]fetch.Event{reporting}, violations(m)); diff != "" {
			t.Error(diff)
		}
		r.EmbedderPolicy.Value = fetch.EmbedderPolicyRequireCORP
		m = start(t, new(fetch.Agent), r)
		receive(t, m, 200)
		blocked(t, m, fetch.CodeCORPNotSameOriginAfterDefaultedByCOEP, "cross-origin-resource-policy-internal-check:5")
		if diff := cmp.Diff([]fetch.Event{reporting, enforce}, violations(m)); diff != "" {
			t.Error(diff)
		}
		m = start(t, new(fetch.Agent), r)
		receive(t, m, 200, "Cross-Origin-Resource-Policy", "same-origin") // not the embedder policy's fault
		if got := violations(m); got != nil {
			t.Errorf("%+v", got)
		}
	})
	t.Run("local URLs only", func(t *testing.T) {
		r := request(t, "GET", "https://b.com/")
		r.LocalURLsOnly = true
		blocked(t, start(t, new(fetch.Agent), r), fetch.CodeLocalURLsOnly, "main-fetch:3")
		r.Method = "PUT"
		if reason, names := fetch.NeedsPreflight(&r); reason != fetch.PreflightReasonNone || names != nil {
			t.Errorf("what is blocked needs no preflight: %q, %q", reason, names)
		}
		r = request(t, "GET", "data:,x")
		r.LocalURLsOnly = true
		if !result(t, start(t, new(fetch.Agent), r)).Verdict.OK() {
			t.Error("a data: URL is local")
		}
	})
}

func TestBlobURL(t *testing.T) {
	m := start(t, new(fetch.Agent), request(t, "GET", "blob:https://a.com/1", "Range", "bytes=0-1"))
	a := m.Action()
	if a.Kind != fetch.ActionFetchLocal || a.URL.String() != "blob:https://a.com/1" {
		t.Fatalf("%+v", a)
	}
	receive(t, m, 206, "Content-Range", "bytes 0-1/9", "Set-Cookie", "a=b")
	r := result(t, m)
	if r.Response.Type != fetch.ResponseTypeBasic || !r.Response.RangeRequested() || len(r.Response.Headers) != 1 || r.Reached {
		t.Errorf("%+v", r)
	}
}

func TestSerializeResponseURLForReporting(t *testing.T) {
	for in, want := range map[string]string{
		"https://u:p@b.com:8443/x?y#z": "https://b.com:8443/x?y",
		"https://u@b.com/@":            "https://b.com/@",
		"https://b.com/@#f":            "https://b.com/@",
		"data:,a@b":                    "data:,a@b",
	} {
		resp := fetch.Response{URLList: []origin.URL{origin.MustParseURL(in), urlB}}
		if got := fetch.SerializeResponseURLForReporting(&resp); got != want {
			t.Errorf("%s: %s, want %s", in, got, want)
		}
	}
	if got := fetch.SerializeResponseURLForReporting(new(fetch.Response)); got != "" {
		t.Errorf("%q", got)
	}
}

func TestZeroValues(t *testing.T) {
	if fetch.ProfileStandard != (fetch.Profile{}) || fetch.ProfileStandard.String() != "standard" || new(fetch.Agent).Profile != fetch.ProfileStandard {
		t.Error("the zero profile is not the standard")
	}
	var v fetch.Verdict
	if v.OK() || v.Evaluated() {
		t.Error("the zero verdict is a decision")
	}
	if (fetch.Step("")).URL() != "" || (fetch.Step("nonsense")).URL() != "" {
		t.Error("a step that is not one has a URL")
	}
	if got := fetch.Step("cors-check:4").URL(); got != "https://fetch.spec.whatwg.org/commit-snapshots/586cd2a44c2a865b37c166dc0740f3fb8bb220d6/#cors-check" {
		t.Error(got)
	}
}

func TestBlockedRequestIsUpgraded(t *testing.T) {
	// What main fetch blocks in step 7 it still upgrades in step 10: entries are cleared for the https URL.
	agent := new(fetch.Agent)
	at := func(url string) *fetch.Request {
		r := request(t, "PUT", "https://b.com/")
		r.URLList = append(r.URLList, origin.MustParseURL(url))
		return &r
	}
	grant := fetch.PreflightGrant{Methods: []string{"PUT"}, MaxAge: 600}
	agent.Hooks.KnownHSTSHost = func(host string) bool { return host == "c.com" }
	agent.Hooks.AllowMixedContent = func(*fetch.Request) bool { return true }
	agent.Hooks.BlockRequest = func(r *fetch.Request) fetch.Verdict {
		if r.CurrentURL().Scheme() == "http" {
			return fetch.Verdict{Code: "csp-blocked"}
		}
		return fetch.Verdict{}
	}
	m := start(t, agent, request(t, "PUT", "https://b.com/"))
	receive(t, m, 200, acao, "*", acam, "PUT")
	agent.Cache.Store(at("http://c.com/"), grant, epoch)
	agent.Cache.Store(at("https://c.com/"), grant, epoch)
	receive(t, m, 307, acao, "*", "Location", "http://c.com/")
	blocked(t, m, "csp-blocked", "")
	var left []string
	for _, e := range agent.Cache.Entries(epoch) {
		left = append(left, e.URL)
	}
	if !slices.Equal(left, []string{"https://b.com/", "http://c.com/"}) {
		t.Errorf("entries left: %q", left)
	}
}

func TestNoURL(t *testing.T) {
	if u, ok := new(fetch.Response).URL(); ok || u.IsValid() {
		t.Errorf("a response without a URL list has the URL %v", u)
	}
}
