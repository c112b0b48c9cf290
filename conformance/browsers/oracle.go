package main

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"golang.org/x/net/publicsuffix"

	"github.com/corspec/corspec/fetch"
	"github.com/corspec/corspec/origin"
	"github.com/corspec/corspec/safelist"
)

// predict does an expanded scenario with the machine of package fetch, with what exceptions say that an engine does
// instead. The error is one of the scenario, or of an exception.
func predict(e *Scenario, p fetch.Profile, exceptions ...*Note) (Observation, error) {
	o := Observation{Network: []Sent{}, Results: []Outcome{}}
	for _, n := range exceptions {
		if n.Instead != nil {
			p = p.Without(n.Instead.Without)
		}
	}
	agent := &fetch.Agent{SuffixList: publicsuffix.List, Profile: p}
	serve := map[string]*Served{}
	for url, served := range e.Serve {
		c := *served
		serve[url] = &c
	}
	now := time.Unix(0, 0)
	page := e.origin
	if e.Frame != "" {
		page = origin.NewOpaque()
	}
	policy := fetch.ObtainEmbedderPolicy(trimmed(lines(coep, e.Embedder...)), true)
	cookies := newJar(e, p)
	for i := range e.Steps {
		step := e.Steps[i]
		s := &step
		for _, n := range exceptions {
			if n.Instead != nil {
				s.As = cmp.Or(n.Instead.As, s.As)
			}
		}
		now = now.Add(time.Duration(s.After) * time.Millisecond)
		r, throws, err := pageRequest(s, page, e.url)
		if err != nil {
			return o, fmt.Errorf("%s: step %d: %w", e.ID, i, err)
		}
		if throws {
			o.Results = append(o.Results, Outcome{Outcome: "threw"})
			continue
		}
		fetched, learns := r.Method != "", ""
		for _, n := range exceptions {
			if n.Instead == nil {
				continue
			}
			if err := n.Instead.change(&r); err != nil {
				return o, fmt.Errorf("%s: %w", n.Name, err)
			}
			fetched = fetched && !n.Instead.Nothing
			learns = cmp.Or(n.Instead.Outcome, learns)
		}
		if !fetched {
			o.Results = append(o.Results, Outcome{Outcome: cmp.Or(learns, nothing(s))})
			continue
		}
		r.EmbedderPolicy = policy
		m, err := agent.Start(now, r)
		if err != nil {
			return o, fmt.Errorf("%s: step %d: %w", e.ID, i, err)
		}
		var urls []origin.URL
		cookie := e.Frame == "" // SameSite holds it back from what a frame requests
		for a := m.Action(); a.Kind != fetch.ActionDone; a = m.Action() {
			if a.Kind == fetch.ActionFetchLocal { // a blob: URL that nobody made
				m.Fail(nil)
				continue
			}
			urls = append(urls[:a.Hop], a.URL)
			served := serve[onWire(a.URL)]
			if served == nil {
				served = &Served{}
			}
			list := served.list(a.Kind == fetch.ActionSendPreflight, a.Method)
			answer, ok := next(list)
			sent := predicted(a, s, &cookie)
			sent.closed = !ok
			if e.At == "e" {
				sent.Credentials = nil
			}
			if e.At == "e" && a.URL.Hostname() != "localhost" { // there a page of {a} may have set another cookie
				sent.Cookies = new(string)
				if a.IncludeCredentials {
					*sent.Cookies = cookies.sent(page, urls)
				}
			}
			o.Network = appendSent(o.Network, sent)
			if answer.Status == 421 && !s.Stream {
				// HTTP-network-or-cache fetch, step 17, is left to the transport: it tries once more on a new
				// connection.
				o.Network = append(o.Network, o.Network[len(o.Network)-1])
				answer, ok = next(list)
			}
			if ok && e.At == "e" && a.IncludeCredentials {
				cookies.store(page, urls, answer.Headers)
			}
			if answer.Hold {
				err = m.Abort()
			} else if ok {
				err = m.Receive(now, fetch.ResponseHead{Status: answer.Status, Headers: received(answer)})
			} else {
				err = m.Fail(nil)
			}
			if err != nil {
				return o, err
			}
		}
		result, err := m.Result()
		if err != nil {
			return o, err
		}
		learnt := outcome(s, page, result)
		learnt.Outcome = cmp.Or(learns, learnt.Outcome)
		o.Results = append(o.Results, learnt)
	}
	return o, nil
}

// onWire returns the URL as a server can know it.
func onWire(u origin.URL) string {
	s := u.WithoutFragment().String()
	if scheme, rest, ok := strings.Cut(s, "://"); ok && u.IncludesCredentials() {
		_, rest, _ = strings.Cut(rest, "@")
		return scheme + "://" + rest
	}
	return s
}

// received returns the headers of an answer as the HTTP parser of a client hands them on.
func received(a Answer) fetch.HeaderList { return trimmed(a.sent()) }

func trimmed(headers [][2]string) (l fetch.HeaderList) {
	for _, h := range headers {
		l = append(l, [2]string{h[0], strings.Trim(h[1], " \t")})
	}
	return l
}

// predicted is a request that the machine sends. cookie says whether all requests of the fetch so far went to where the
// browser has one, if the page is not at {e}.
func predicted(a fetch.Action, s *Step, cookie *bool) Sent {
	sent := Sent{Preflight: a.Kind == fetch.ActionSendPreflight, Method: a.Method, URL: onWire(a.URL), Headers: map[string]string{}}
	for _, h := range a.Headers {
		if strings.EqualFold(h[0], "Accept") && s.via() != "fetch" && !sent.Preflight {
			continue // engines disagree about what they accept for an element
		}
		addTo(sent.Headers, h, "\n")
	}
	// A cookie shows credentials only where the browser has one: at localhost.
	*cookie = *cookie && a.URL.Hostname() == "localhost"
	if *cookie || !a.IncludeCredentials {
		include := a.IncludeCredentials
		sent.Credentials = &include
	}
	return sent
}

func (s *Step) via() string {
	if s.Via == "xhr" {
		return "fetch"
	}
	return s.Via
}

func outcome(s *Step, page origin.Origin, result fetch.Result) Outcome {
	if s.via() != "fetch" {
		return learnt(s, page, result)
	}
	r := &result.Response
	if r.IsNetworkError() {
		return Outcome{Outcome: "error", Code: string(result.Verdict.Code), Step: string(result.Verdict.Step)}
	}
	o := Outcome{Outcome: "response", Status: r.Status}
	for _, h := range r.Headers.SortAndCombine() {
		o.Headers = append(o.Headers, [2]string{h[0], h[1]})
	}
	if u, ok := r.URL(); ok {
		o.URL = u.WithoutFragment().String()
	}
	if s.Via == "fetch" { // XMLHttpRequest does not tell
		o.Type, o.Redirected = r.Type.String(), r.Redirected()
	}
	return o
}

// pageRequest makes the request that a step makes on a page of that origin and with that URL, the zero URL if it has
// none to refer to; throws says that the page's API throws instead.
func pageRequest(s *Step, page origin.Origin, referrer origin.URL) (r fetch.Request, throws bool, err error) {
	method := s.Method
	if method == "" {
		method = "GET"
	}
	if r, err = fetch.NewRequest(method, s.URL, page); err != nil {
		return r, true, nil
	}
	if s.Body || s.Stream {
		if s.Via == "fetch" && (r.Method == "GET" || r.Method == "HEAD") {
			return r, true, nil
		}
		if r.Method != "GET" && r.Method != "HEAD" {
			r.Body = fetch.BodyBytes
		}
		if s.Stream {
			r.Body, r.UseCORSPreflight = fetch.BodyStream, true
		}
	}
	r.PartitionKey, r.Referrer = "page", referrer
	switch s.Via {
	case "fetch":
		for _, f := range []struct {
			text string
			set  func([]byte) error
		}{{s.Mode, r.Mode.UnmarshalText}, {s.Credentials, r.Credentials.UnmarshalText}, {s.Cache, r.Cache.UnmarshalText}, {s.Redirect, r.Redirect.UnmarshalText},
			{s.ReferrerPolicy, r.ReferrerPolicy.UnmarshalText}} {
			if f.text == "" {
				continue
			}
			if err := f.set([]byte(f.text)); err != nil {
				return r, false, err
			}
		}
		if s.Referrer != nil && !setReferrer(&r, *s.Referrer) || r.Cache == fetch.CacheModeOnlyIfCached && r.Mode != fetch.ModeSameOrigin {
			return r, true, nil
		}
		if r.Mode == fetch.ModeNoCORS && s.Stream || r.Mode == fetch.ModeNoCORS && !safelist.IsCORSSafelistedMethod(r.Method) {
			return r, true, nil
		}
	case "xhr":
		if s.Credentials == "include" {
			r.Credentials = fetch.CredentialsInclude
		}
		r.UseCORSPreflight = s.Upload
	default:
		r, _, err := initiated(s, page, referrer)
		return r, false, err
	}
	for _, h := range s.Headers {
		h[1] = bytesOf(h[1])
		if !safelist.IsHeaderName(h[0]) || !safelist.IsHeaderValue(safelist.NormalizeHeaderValue(h[1])) {
			return r, true, nil
		}
		h[1] = safelist.NormalizeHeaderValue(h[1])
		if safelist.IsForbiddenRequestHeader(h[0], h[1]) || r.Mode == fetch.ModeNoCORS && !noCORSAllows(r.Headers, h) {
			continue
		}
		if s.Via == "xhr" {
			r.Headers.Combine(h[0], h[1])
		} else {
			r.Headers.Append(h[0], h[1])
		}
	}
	return r, false, nil
}

// setReferrer sets what the member "referrer" of init says, in a page that has a URL; it fails as the Request
// constructor does.
//
// https://fetch.spec.whatwg.org/#dom-request
func setReferrer(r *fetch.Request, referrer string) bool {
	if referrer == "" {
		r.Referrer = origin.URL{}
		return true
	}
	u, err := origin.ParseURL(referrer, &r.Referrer)
	if err != nil {
		return false
	}
	if u.Origin() == r.Origin {
		r.Referrer = u
	}
	return true
}

// noCORSAllows is what the guard "request-no-cors" lets through.
func noCORSAllows(l fetch.HeaderList, h [2]string) bool {
	value := h[1]
	if v, ok := l.Get(h[0]); ok {
		value = v + ", " + value
	}
	return safelist.IsNoCORSSafelistedRequestHeader(h[0], value)
}
