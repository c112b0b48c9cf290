package fetch_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/corspec/corspec/fetch"
	"github.com/corspec/corspec/fetch/explain"
	"github.com/corspec/corspec/origin"
	"github.com/corspec/corspec/safelist"
)

// getTwin is "get", with strings joined.
func getTwin(l fetch.HeaderList, name string) (string, bool) {
	var values []string
	for _, h := range l {
		if strings.EqualFold(h[0], name) {
			values = append(values, h[1])
		}
	}
	return strings.Join(values, ", "), values != nil
}

// taintedTwin says whether a request that took this way shows its origin as null.
func taintedTwin(o origin.Origin, urls []origin.URL) bool {
	var last origin.Origin
	for i, u := range urls {
		if i > 0 && u.Origin() != last && o != last {
			return true
		}
		last = u.Origin()
	}
	return false
}

// corsCheckTwin is the CORS check with the header's values joined, and the step that returns.
func corsCheckTwin(r *fetch.Request, l fetch.HeaderList) (ok bool, step fetch.Step) {
	o, there := getTwin(l, acao)
	if !there {
		return false, "cors-check:2"
	}
	if r.Credentials != fetch.CredentialsInclude && o == "*" {
		return true, ""
	}
	want := r.Origin.String()
	if taintedTwin(r.Origin, r.URLList) {
		want = "null"
	}
	if want != o {
		return false, "cors-check:4"
	}
	if r.Credentials != fetch.CredentialsInclude {
		return true, ""
	}
	if c, _ := getTwin(l, acac); c == "true" {
		return true, ""
	}
	return false, "cors-check:8"
}

// corsCheckCodeTwin is the code of a refusal, from the joined value.
func corsCheckCodeTwin(l fetch.HeaderList, step fetch.Step) fetch.Code {
	o, _ := getTwin(l, acao)
	parts := strings.FieldsFunc(o, func(c rune) bool { return strings.ContainsRune(", \t\n\v\f\r", c) })
	_, err := origin.Parse(o)
	switch {
	case step == "cors-check:2":
		return fetch.CodeMissingAllowOrigin
	case step == "cors-check:8":
		return fetch.CodeInvalidAllowCredentials
	case len(parts) > 1:
		return fetch.CodeMultipleAllowOriginValues
	case o == "*":
		return fetch.CodeWildcardOriginNotAllowed
	case err != nil:
		return fetch.CodeInvalidAllowOriginValue
	}
	return fetch.CodeAllowOriginMismatch
}

func FuzzCORSCheck(f *testing.F) {
	for _, s := range []string{"", "*", "https://a.com", "null", "https://a.com\n*", "*\n*", ",\n", " ", "https://a.com/", "\xe9 b", "https://a.com,", "a\n\nb"} {
		for mode := range uint8(3) {
			f.Add(s, "true", mode, mode%2 == 0, mode == 1)
		}
	}
	f.Add("https://a.com", "true\ntrue", uint8(1), false, false)
	f.Fuzz(func(t *testing.T, acaos, acacs string, mode uint8, redirected, opaque bool) {
		r := checkRequest(fetch.CredentialsMode(mode % 3))
		if redirected {
			r.URLList = []origin.URL{urlB, origin.MustParseURL("https://c.com/")}
		}
		if opaque {
			r.Origin = opaqueA
		}
		l := headers("Vary", "Origin")
		if acaos != "" {
			for _, v := range strings.Split(acaos, "\n") {
				l = append(l, [2]string{"access-control-ALLOW-origin", v})
			}
		}
		for _, v := range strings.Split(acacs, "\n") {
			l = append(l, [2]string{acac, v})
		}
		ok, step := corsCheckTwin(&r, l)
		v := fetch.CORSCheck(&r, &fetch.Response{Headers: l})
		if v.OK() != ok || v.Step != step {
			t.Fatalf("%q, %q: %+v, want %v at %q", acaos, acacs, v, ok, step)
		}
		if !ok && v.Code != corsCheckCodeTwin(l, step) {
			t.Errorf("%q: %s, want %s", acaos, v.Code, corsCheckCodeTwin(l, step))
		}
		if e := explain.Verdict(v); e.Happened == "" || strings.HasPrefix(e.Happened, "Blocked:") {
			t.Errorf("%+v is not explained: %+v", v, e)
		}
	})
}

func (s *script) request() fetch.Request {
	url := func() origin.URL {
		return choose(s, urlB, origin.MustParseURL("https://a.com/x"), origin.MustParseURL("https://c.com/#f"), origin.MustParseURL("http://a.com/"),
			origin.MustParseURL("https://s.a.com/"), origin.MustParseURL("data:text/html,x"), origin.MustParseURL("blob:https://a.com/1"),
			origin.MustParseURL("about:blank"), origin.MustParseURL("https://b.com:25/"), origin.MustParseURL("file:///x"))
	}
	r := fetch.Request{
		Method:           choose(s, "GET", "PUT", "POST", "HEAD", "patch", "*"),
		URLList:          []origin.URL{url()},
		Origin:           choose(s, pageA, opaqueA, origin.MustParse("http://a.com"), origin.MustParse("https://b.com")),
		Mode:             choose(s, fetch.ModeCORS, fetch.ModeCORS, fetch.ModeCORS, fetch.ModeNoCORS, fetch.ModeSameOrigin, fetch.ModeNavigate, fetch.ModeWebSocket, fetch.ModeWebTransport),
		Credentials:      fetch.CredentialsMode(s.pick(3)),
		Redirect:         choose(s, fetch.RedirectFollow, fetch.RedirectFollow, fetch.RedirectFollow, fetch.RedirectError, fetch.RedirectManual),
		ReferrerPolicy:   fetch.ReferrerPolicy(s.pick(9)),
		Destination:      choose(s, fetch.DestinationEmpty, fetch.DestinationScript, fetch.DestinationStyle, fetch.DestinationDocument, fetch.DestinationImage),
		Body:             fetch.Body(s.pick(3)),
		UnsafeRequest:    s.pick(8) != 7,
		UseCORSPreflight: s.pick(6) == 5,
		EmbedderPolicy:   fetch.EmbedderPolicy{Value: choose(s, fetch.EmbedderPolicyUnsafeNone, fetch.EmbedderPolicyUnsafeNone, fetch.EmbedderPolicyRequireCORP, fetch.EmbedderPolicyCredentialless)},
	}
	for range s.pick(4) {
		r.Headers = append(r.Headers, choose(s, [2]string{"X-A", "1"}, [2]string{"Authorization", "x"}, [2]string{"Content-Type", "application/json"},
			[2]string{"Content-Type", "text/plain"}, [2]string{"Accept", "text/html"}, [2]string{"Range", "bytes=0-"}, [2]string{"x-a", "2"}))
	}
	return r
}

func (s *script) response() fetch.Response {
	resp := fetch.Response{Status: choose(s, 200, 200, 204, 302, 307, 301, 303, 404, 407, 0, 999, 304, 206)}
	for range s.pick(8) {
		resp.Headers = append(resp.Headers, choose(s, [2]string{acao, "*"}, [2]string{acao, "https://a.com"}, [2]string{"access-control-allow-origin", "null"},
			[2]string{acac, "true"}, [2]string{acam, "*"}, [2]string{acam, "PUT, patch"}, [2]string{acah, "x-a, authorization, content-type"}, [2]string{acah, "*"},
			[2]string{acma, "99"}, [2]string{aceh, "*"}, [2]string{aceh, "x-b, set-cookie"}, [2]string{"Location", "/y"}, [2]string{"Location", "https://c.com/z"},
			[2]string{"Location", "https://a.com/"}, [2]string{"Location", "https://u:p@a.com/"}, [2]string{"Location", "https://b.com/w#g"}, [2]string{"X-B", "1"},
			[2]string{"Set-Cookie", "a=b"}, [2]string{"Content-Type", "text/javascript"}, [2]string{"Content-Type", "image/png"},
			[2]string{"X-Content-Type-Options", "nosniff"}, [2]string{"Cross-Origin-Resource-Policy", "same-origin"}, [2]string{"Referrer-Policy", "no-referrer"},
			[2]string{"Timing-Allow-Origin", "*"}, [2]string{acam, "a b"}, [2]string{acah, "@"}))
	}
	return resp
}

// FuzzMachine fetches anything from anywhere and checks what must hold whatever happens.
func FuzzMachine(f *testing.F) {
	f.Add([]byte{})
	f.Add([]byte("a cors fetch, somewhere, with all that is in it, and more than that"))
	f.Add([]byte(strings.Repeat("\x00\x01\x00\x00\x00\x00\x03\x02", 60)))
	f.Add([]byte{0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 0, 0, 2, 1, 3, 5, 0, 4, 6, 0, 3, 1, 3, 12, 7, 0, 0, 2, 1, 3})
	f.Fuzz(func(t *testing.T, data []byte) {
		s := &script{data[:min(len(data), 4096)]}
		agent := new(fetch.Agent)
		for range 1 + s.pick(2) {
			checkFetch(t, s, agent)
		}
	})
}

func checkFetch(t *testing.T, s *script, agent *fetch.Agent) {
	r := s.request()
	cached := agent.Cache.Entries(epoch)
	m, err := agent.Start(epoch, r)
	if err != nil {
		t.Fatal(err)
	}
	var way []origin.URL // the URL list, so far
	if m.Action().Kind != fetch.ActionDone {
		way = append(way, m.Action().URL)
	}
	cross := false   // whether the way led across origins, for which a CORS request is tainted for good
	checked := true  // whether each response of the tainted part passed the CORS check
	reached := false // whether a request was answered
	passed := map[string]bool{}
	for n := 0; m.Action().Kind != fetch.ActionDone; n++ {
		if n >= 2*(fetch.MaxRedirects+1) {
			t.Fatal("the fetch does not end")
		}
		a := m.Action()
		if a.Hop >= len(way) {
			way = append(way, a.URL)
		}
		if a.URL != way[len(way)-1] || a.Hop != len(way)-1 {
			t.Fatalf("hop %d at %s", a.Hop, a.URL)
		}
		cross = cross || a.URL.Origin() != r.Origin
		key := a.URL.WithoutFragment().String()
		now := r // as it is at this hop
		now.URLList = way

		if port, ok := a.URL.Port(); ok && fetch.IsBadPort(port) {
			t.Errorf("%s has a bad port", a.URL)
		}
		if o, ok := getTwin(a.Headers, "Origin"); ok && o != "null" && taintedTwin(r.Origin, way) {
			t.Errorf("Origin %s after %s", o, way)
		} else if ok && o != "null" && o != r.Origin.String() {
			t.Errorf("Origin %s", o)
		} else if !ok && r.Mode == fetch.ModeCORS && cross && a.Kind != fetch.ActionFetchLocal {
			t.Error("a CORS request without Origin")
		}
		if a.IncludeCredentials && (r.Credentials == fetch.CredentialsOmit || a.Kind == fetch.ActionSendPreflight ||
			r.Credentials == fetch.CredentialsSameOrigin && cross && (r.Mode == fetch.ModeCORS || r.Mode == fetch.ModeNoCORS)) {
			t.Errorf("credentials of mode %s go to %s", r.Credentials, way)
		}
		if v, ok := getTwin(a.Headers, "Authorization"); ok && a.Hop > 0 {
			for i := range a.Hop {
				if way[i].Origin() != way[i+1].Origin() {
					t.Errorf("Authorization %s goes from %s to %s", v, way[i], way[i+1])
				}
			}
		}
		if r.Body == fetch.BodyStream && a.Body == fetch.BodyActionReplay {
			t.Error("a stream is sent again")
		}
		switch a.Kind {
		case fetch.ActionSendPreflight:
			if r.Mode != fetch.ModeCORS || !cross || a.Method != "OPTIONS" || a.Body != fetch.BodyActionNone {
				t.Errorf("a preflight: %+v", a)
			}
			names, _ := getTwin(a.Headers, "Access-Control-Request-Headers")
			if names != "" {
				list := strings.Split(names, ",")
				if !slices.IsSorted(list) || len(slices.Compact(slices.Clone(list))) != len(list) {
					t.Errorf("%q is not sorted or not unique", names)
				}
				for _, name := range list {
					if !slices.ContainsFunc(r.Headers, func(h [2]string) bool {
						return strings.EqualFold(h[0], name) && !safelist.IsCORSSafelistedRequestHeader(h[0], h[1])
					}) {
						t.Errorf("asks for %q", name)
					}
				}
			}
		case fetch.ActionSendRequest:
			needs := r.Mode == fetch.ModeCORS && cross && (r.UseCORSPreflight || r.UnsafeRequest && (!slices.Contains([]string{"GET", "HEAD", "POST"}, a.Method) ||
				len(safelist.UnsafeRequestHeaderNames(a.Headers[:a.Own])) > 0))
			if needs && !passed[key] && !slices.ContainsFunc(cached, func(e fetch.CacheEntry) bool { return e.URL == key }) {
				t.Errorf("%s %s goes out without a preflight", a.Method, a.URL)
			}
		case fetch.ActionFetchLocal:
			if a.URL.Scheme() != "blob" {
				t.Errorf("local: %s", a.URL)
			}
		}

		if s.pick(24) == 23 {
			if err := choose(s, func() error { return m.Fail(nil) }, m.Abort)(); err != nil {
				t.Fatal(err)
			}
			break
		}
		resp := s.response()
		ok, _ := corsCheckTwin(&now, resp.Headers)
		switch {
		case a.Kind == fetch.ActionSendPreflight:
			passed[key] = ok && resp.Status >= 200 && resp.Status <= 299
		case a.Kind == fetch.ActionSendRequest:
			reached = true
			checked = checked && (ok || !cross)
		}
		if err := m.Receive(epoch, head(resp)); err != nil {
			t.Fatal(err)
		}
	}

	got := result(t, m)
	if got.Reached != reached {
		t.Errorf("reached %v, want %v", got.Reached, reached)
	}
	if got.Hop > fetch.MaxRedirects || len(m.Trace().Exchanges) > 2*(fetch.MaxRedirects+1) {
		t.Errorf("hop %d, %d exchanges", got.Hop, len(m.Trace().Exchanges))
	}
	if !got.Verdict.Evaluated() || got.Verdict.OK() == got.Response.IsNetworkError() {
		t.Errorf("%+v: %+v", got.Verdict, got.Response)
	}
	if e := explain.Trace(m.Trace()); strings.HasPrefix(e.Happened, "Blocked:") || e.String() == "" {
		t.Errorf("%s is not explained", got.Verdict.Code)
	}
	visible := got.Response
	switch visible.Type {
	case fetch.ResponseTypeError:
		if visible.Status != 0 || visible.Headers != nil || visible.URLList != nil || visible.Internal != nil {
			t.Errorf("a network error that shows something: %+v", visible)
		}
	case fetch.ResponseTypeCORS:
		if !checked || r.Mode != fetch.ModeCORS {
			t.Errorf("the page reads what %s did not share", way)
		}
		exposed, _ := getTwin(visible.Internal.Headers, aceh)
		for _, h := range visible.Headers {
			name := strings.ToLower(h[0])
			if name == "set-cookie" || name == "x-b" && exposed == "" {
				t.Errorf("the page reads %q", h)
			}
		}
	case fetch.ResponseTypeBasic:
		if cross && (r.Mode == fetch.ModeCORS || r.Mode == fetch.ModeNoCORS || r.Mode == fetch.ModeSameOrigin) {
			t.Errorf("a basic response to %s from %s", r.Mode, way)
		}
		if visible.Headers.Contains("set-cookie") {
			t.Error("the page reads cookies")
		}
	case fetch.ResponseTypeOpaque:
		if r.Mode != fetch.ModeNoCORS || visible.Status != 0 || visible.Headers != nil || visible.URLList != nil || !visible.NullBody {
			t.Errorf("%s: %+v", r.Mode, visible)
		}
	case fetch.ResponseTypeOpaqueRedirect:
		if r.Redirect != fetch.RedirectManual || visible.Status != 0 || visible.Headers != nil || !visible.NullBody {
			t.Errorf("%s: %+v", r.Redirect, visible)
		}
	default:
		t.Errorf("type %s", visible.Type)
	}
}
