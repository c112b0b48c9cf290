package fetch_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/corspec/corspec/fetch"
	"github.com/corspec/corspec/origin"
)

// answer is what a server may answer; a friendly one lets pass what it is asked.
func (s *script) answer(a fetch.Action) fetch.Response {
	resp := s.response()
	if a.Kind == fetch.ActionSendRequest {
		resp.Status = choose(s, resp.Status, resp.Status, resp.Status, 401, 401, 421)
	}
	if a.Authentication && s.pick(2) == 1 { // who signs in is sent on
		return fetch.Response{Status: 302, Headers: headers("Location", "https://u:p@b.com/")}
	}
	if s.pick(2) == 1 {
		return resp
	}
	value, _ := getTwin(a.Headers, "Origin")
	resp.Headers = slices.DeleteFunc(resp.Headers, func(h [2]string) bool { return strings.HasPrefix(strings.ToLower(h[0]), "access-control-allow-") })
	resp.Headers = append(resp.Headers, headers(acao, value, acac, "true")...)
	if a.Kind == fetch.ActionSendPreflight {
		resp.Status = 200
		resp.Headers = append(resp.Headers, choose(s, headers(acam, "PUT, *, patch, GET", acah, "X-A, Authorization, content-type, *"), headers(acam, "*", acah, "*"),
			headers(acam, "GET", acah, "x-a"), headers(acah, "x-a,*"))...)
		resp.Headers = append(resp.Headers, choose(s, nil, headers(acma, "4"), headers(acma, "0"), headers(acma, "9", acma, "9"), headers(acma, "-1"))...)
		return resp
	}
	return s.located(resp)
}

// located gives the response one of the rarer Locations.
func (s *script) located(resp fetch.Response) fetch.Response {
	resp.Headers = append(resp.Headers, choose(s, nil, nil, nil, headers("Location", "http://c.com/v"), headers("location", "https://b.com:25/"),
		headers("Location", "https://a b/"), headers("Location", "//s.a.com/\xc3\xa9"), headers("Location", "data:,"), headers("Cross-Origin-Resource-Policy", "same-site"),
		headers("Cross-Origin-Resource-Policy", "cross-origin"), headers("Timing-Allow-Origin", "https://a.com, x"), headers("X-Content-Type-Options", "nosniff"), headers("Content-Type", "text/csv"),
		headers("Location", "http://u:p@b.com/"))...)
	return resp
}

// hookResponse is what a service worker or an override could answer.
func (s *script) hookResponse(kind fetch.ResponseType) fetch.Response {
	inner := s.located(s.response())
	switch s.pick(4) {
	case 0: // constructed
	case 1:
		inner.URLList = []origin.URL{origin.MustParseURL("https://a.com/w")}
	case 2:
		inner.URLList = []origin.URL{origin.MustParseURL("https://s.a.com/w")}
	case 3:
		inner.URLList = []origin.URL{origin.MustParseURL("https://b.com/v"), origin.MustParseURL("https://b.com/w")}
	}
	inner.SetRangeRequested(s.pick(2) == 1)
	inner.RequestExcludedCredentials = s.pick(2) == 1
	inner.TimingAllowPassed = s.pick(2) == 1
	switch kind {
	case fetch.ResponseTypeBasic:
		return fetch.FilteredResponse(&inner, fetch.ResponseTypeBasic)
	case fetch.ResponseTypeCORS:
		return fetch.FilteredResponse(&inner, fetch.ResponseTypeCORS)
	case fetch.ResponseTypeOpaque:
		return fetch.FilteredResponse(&inner, fetch.ResponseTypeOpaque)
	case fetch.ResponseTypeOpaqueRedirect:
		return fetch.FilteredResponse(&inner, fetch.ResponseTypeOpaqueRedirect)
	case fetch.ResponseTypeError:
		return fetch.Response{Type: fetch.ResponseTypeError}
	}
	return inner
}

// hooks makes hooks that answer by what they are asked, so that both sides get the same.
func (s *script) hooks() fetch.Hooks {
	var h fetch.Hooks
	blocked := fetch.Verdict{Code: "blocked-by-hook", Step: "main-fetch:0"}
	if s.pick(8) == 7 {
		h.UpgradeInsecure = func(r *fetch.Request) bool { return r.CurrentURL().Pathname() != "/" }
	}
	if s.pick(8) == 7 {
		h.AllowMixedContent = func(r *fetch.Request) bool { return r.CurrentURL().Hostname() != "a.com" }
	}
	if s.pick(8) == 7 {
		h.KnownHSTSHost = func(host string) bool { return host != "b.com" }
	}
	if s.pick(8) == 7 {
		h.BlockRequest = func(r *fetch.Request) fetch.Verdict {
			if r.CurrentURL().Hostname() == "c.com" {
				return blocked
			}
			return fetch.Verdict{}
		}
	}
	if s.pick(8) == 7 {
		h.BlockResponse = func(r *fetch.Request, internal *fetch.Response) fetch.Verdict {
			if internal.Headers.Contains("X-B") {
				return blocked
			}
			return fetch.Verdict{}
		}
	}
	if s.pick(4) == 3 {
		asked := 0 // nobody is patient
		h.Authenticate = func(r *fetch.Request, head fetch.ResponseHead) (string, bool) {
			asked++
			return "Basic " + r.CurrentURL().Hostname(), asked < 3 && !head.Headers.Contains("X-B")
		}
	}
	if s.pick(4) == 3 {
		h.Misdirected = func(r *fetch.Request) bool { return r.CurrentURL().Hostname() != "c.com" }
	}
	kinds := []fetch.ResponseType{fetch.ResponseTypeDefault, fetch.ResponseTypeDefault, fetch.ResponseTypeBasic, fetch.ResponseTypeCORS, fetch.ResponseTypeOpaque, fetch.ResponseTypeOpaqueRedirect, fetch.ResponseTypeError}
	if s.pick(8) == 7 {
		resp, at := s.hookResponse(choose(s, kinds...)), s.pick(2)
		h.OverrideFetch = func(r *fetch.Request) (fetch.Response, bool) { return resp, len(r.URLList) > at }
	}
	if s.pick(4) == 3 {
		resp, at := s.hookResponse(choose(s, kinds...)), s.pick(2)
		h.HandleFetch = func(r *fetch.Request) (fetch.Response, bool) { return resp, len(r.URLList) > at }
	}
	return h
}

// FuzzMachineTwin fetches with a machine and with its twin, and compares all that can be seen of them.
func FuzzMachineTwin(f *testing.F) {
	f.Add([]byte{})
	f.Add([]byte("a cors fetch, somewhere, with all that is in it, and more than that"))
	f.Add([]byte(strings.Repeat("\x00\x01\x00\x00\x00\x00\x03\x02", 60)))
	f.Add([]byte(strings.Repeat("\x07\x01\x00\x07\x02\x00\x03\x02\x01", 60)))
	f.Fuzz(compareWithTwin)
}

// TestMachineTwin does the same with random bytes, which get further than those that a few seconds of fuzzing find.
func TestMachineTwin(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	for range 10_000 {
		data := make([]byte, 400)
		for i := range data {
			data[i] = byte(rnd.Uint32())
		}
		compareWithTwin(t, data)
	}
}

// compareWithTwin has one to three fetches in one agent, as the bytes say.
func compareWithTwin(t *testing.T, data []byte) {
	s := &script{data[:min(len(data), 4096)]}
	hooks := *s
	agent := &fetch.Agent{Hooks: s.hooks()}
	tw := &twin{cache: cacheTwin{limit: 7200 * time.Second}, hooks: hooks.hooks(), now: epoch}
	var r fetch.Request
	for i := range 1 + s.pick(3) {
		if i == 0 || s.pick(2) == 1 {
			r = s.request()
		} else {
			r.Credentials, r.Method = fetch.CredentialsMode(s.pick(3)), choose(s, r.Method, "GET", "*")
		}
		r.LocalURLsOnly = s.pick(16) == 15
		r.PartitionKey = choose(s, "", "p")
		r.Cache = fetch.CacheMode(choose(s, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5))
		r.Keepalive, r.BodyLength, r.InflightKeepaliveBytes = s.pick(8) == 7, choose[int64](s, 0, 1, 65536), choose[int64](s, 0, 65535)
		r.Referrer = choose(s, origin.URL{}, origin.MustParseURL("https://a.com/p?q#f"), origin.MustParseURL("http://b.com/p"), origin.MustParseURL("blob:https://a.com/p"))
		r.UseURLCredentials = s.pick(2) == 1
		r.UserActivation, r.UserInitiated = s.pick(4) == 3, s.pick(4) == 3
		r.Initiator = choose(s, fetch.InitiatorEmpty, fetch.InitiatorEmpty, fetch.InitiatorImageset, fetch.InitiatorPrefetch)
		r.EmbedderPolicy.ReportOnly = choose(s, fetch.EmbedderPolicyUnsafeNone, fetch.EmbedderPolicyRequireCORP, fetch.EmbedderPolicyCredentialless)
		r.RedirectCount = choose(s, 0, 0, 0, 19)
		r.ResponseTainting = choose(s, fetch.TaintingBasic, fetch.TaintingBasic, fetch.TaintingBasic, fetch.TaintingCORS, fetch.TaintingOpaque)
		tw.now = tw.now.Add(time.Duration(choose(s, 0, 1, 5)) * time.Second)
		var answers []fetch.Response
		var ends []fetch.Code
		m, err := agent.Start(tw.now, r)
		if err != nil {
			t.Fatal(err)
		}
		for m.Action().Kind != fetch.ActionDone {
			switch s.pick(24) {
			case 22:
				m.Fail(nil)
				answers, ends = append(answers, fetch.Response{}), append(ends, fetch.CodeTransportError)
			case 23:
				m.Abort()
				answers, ends = append(answers, fetch.Response{}), append(ends, fetch.CodeAborted)
			default:
				resp := s.answer(m.Action())
				m.Receive(tw.now, head(resp))
				answers, ends = append(answers, resp), append(ends, "")
			}
		}
		n := 0
		tw.network = func(fetch.Action) (fetch.Response, fetch.Code) {
			if n++; n > len(answers) {
				t.Fatalf("the machine sends less than %+v", tw.log)
			}
			return answers[n-1], ends[n-1]
		}
		response := tw.fetch(r)
		got := result(t, m)

		var sent []fetch.Action
		for _, e := range m.Trace().Exchanges {
			e.Action.Hop = 0
			sent = append(sent, e.Action)
		}
		same := gocmp.Options{gocmp.AllowUnexported(fetch.Response{}), gocmp.Comparer(func(a, b [][]string) bool { return slices.EqualFunc(a, b, slices.Equal[[]string]) }),
			gocmp.Comparer(func(a, b origin.URL) bool { return a == b }), gocmp.Comparer(func(a, b []string) bool { return slices.Equal(a, b) }),
			gocmp.Comparer(func(a, b fetch.HeaderList) bool { return slices.Equal(a, b) })}
		if diff := gocmp.Diff(tw.log, sent, same); diff != "" {
			t.Fatalf("%+v\n%s", r, diff)
		}
		want := fetch.Verdict{Code: fetch.CodeOK}
		if response.isError() {
			want = response.why
		}
		if got.Verdict.Code != want.Code || got.Verdict.Step != want.Step || got.Reached != tw.reached {
			t.Fatalf("%+v\n%+v, reached %v, want %+v, %v", r, got.Verdict, got.Reached, want, tw.reached)
		}
		seen := response.seen()
		if diff := gocmp.Diff(seen, got.Response, same); diff != "" {
			t.Fatalf("%+v\n%s", r, diff)
		}
		if diff := gocmp.Diff(tw.cache.live(tw.now), agent.Cache.Entries(tw.now)); diff != "" {
			t.Fatalf("%+v\n%s", r, diff)
		}
		var violations []string
		for _, e := range m.Trace().Events {
			if e.Outcome == fetch.OutcomeCORPReporting || e.Outcome == fetch.OutcomeCORPEnforce {
				violations = append(violations, string(e.Outcome)+" "+e.Subject)
			}
		}
		if diff := gocmp.Diff(tw.violations, violations); diff != "" {
			t.Fatalf("%+v\n%s", r, diff)
		}
	}
}
