package clienttest

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"golang.org/x/net/publicsuffix"

	"github.com/corspec/corspec/fetch"
	"github.com/corspec/corspec/fetch/initiator"
	"github.com/corspec/corspec/fetch/webapi"
	"github.com/corspec/corspec/internal/header"
	"github.com/corspec/corspec/origin"
)

// A prediction is what a browser does in one step.
type prediction struct {
	sent    []expected
	threw   string // why nothing is sent: the API throws
	result  fetch.Result
	body    string // of the response, as far as the page may read it
	aborted bool
}

// An expected request is one that a browser sends.
type expected struct {
	action  fetch.Action
	url     string // as a server can know it
	cookies cookieRule
	body    string
	answer  answer
	reason  fetch.Step // of the preflight
}

// A cookieRule says which of the case's cookies go along.
type cookieRule struct {
	none bool     // none may
	must []string // "name=value" of those that do; others may
}

// A jar is what a browser's cookie jar has of a case: by host, and then by name.
type jar map[string]map[string]jarCookie

type jarCookie struct {
	value, path string
	sure        bool // a browser has it; false: one may have
}

// pageURL returns the URL of a step's document.
func (s *step) pageURL(origins map[byte]string, token string) string {
	return origins[s.Page] + "/" + token + "/" + pagePath
}

// predict does an expanded case by the machine of package fetch.
func predict(e *testCase, origins map[byte]string, token string, p fetch.Profile) (all []prediction, err error) {
	agent := &fetch.Agent{SuffixList: publicsuffix.List, Profile: p}
	serve := cloneServe(e.Serve)
	cookies := jar{}
	now := time.Unix(0, 0)
	for i := range e.Steps {
		s := &e.Steps[i]
		now = now.Add(s.After)
		page, document := origin.MustParse(origins[s.Page]), origin.MustParseURL(s.pageURL(origins, token))
		out := prediction{}
		r, err := s.request(page, document)
		if err != nil {
			out.threw = err.Error()
			all = append(all, out)
			continue
		}
		r.PartitionKey = page.Site(publicsuffix.List).String()
		m, err := agent.Start(now, r)
		if err != nil {
			return nil, fmt.Errorf("clienttest: %s: step %d: %w", e.ID, i, err)
		}
		sameSite := true
		for a := m.Action(); a.Kind != fetch.ActionDone; a = m.Action() {
			preflight := a.Kind == fetch.ActionSendPreflight
			x := expected{action: a, url: onWire(a.URL)}
			if a.Body != fetch.BodyActionNone {
				x.body = s.Body
			}
			sameSite = sameSite && origin.SameSite(page, a.URL.Origin(), publicsuffix.List)
			x.cookies = cookies.rule(a, sameSite)
			x.answer = take(serve, preflight, x.url, a.Method, a.Headers)
			for _, e := range slices.Backward(m.Trace().Events) {
				if preflight && strings.HasPrefix(string(e.Outcome), "preflight-for-") {
					x.reason = e.Step
					break
				}
			}
			out.sent = append(out.sent, x)
			target := strings.TrimPrefix(x.url, a.URL.Origin().String())
			head := fetch.ResponseHead{Status: x.answer.Status, StatusMessage: http.StatusText(x.answer.Status)}
			for _, h := range x.answer.sent(target, preflight) {
				head.Headers = append(head.Headers, [2]string{h[0], header.TrimTabOrSpace(h[1])})
			}
			switch {
			case x.answer.Hold:
				out.aborted = true
				err = m.Abort()
			case x.answer.Status == 0:
				err = m.Fail(nil)
			default:
				cookies.store(a, sameSite, head.Headers)
				out.body = x.answer.text(target, preflight)
				if a.Method == "HEAD" {
					out.body = ""
				}
				err = m.Receive(now, head)
			}
			if err != nil {
				return nil, err
			}
		}
		if out.result, err = m.Result(); err != nil {
			return nil, err
		}
		if r := &out.result.Response; r.NullBody || r.IsNetworkError() || r.Type == fetch.ResponseTypeOpaque || r.Type == fetch.ResponseTypeOpaqueRedirect {
			out.body = ""
		}
		all = append(all, out)
	}
	return all, nil
}

// request makes the request that a step makes; the error is what the API throws.
func (s *step) request(page origin.Origin, document origin.URL) (r fetch.Request, err error) {
	kind := fetch.BodyNull
	switch {
	case s.Stream:
		kind = fetch.BodyStream
	case s.HasBody:
		kind = fetch.BodyBytes
	}
	client := webapi.Client{Origin: page, BaseURL: &document}
	switch s.Via {
	case "", "fetch":
		init := webapi.RequestInit{Headers: (*fetch.HeaderList)(&s.Headers), Keepalive: &s.Keepalive, Duplex: true}
		if s.Method != "" {
			init.Method = &s.Method
		}
		if kind != fetch.BodyNull {
			init.Body = &kind
		}
		init.Referrer = s.Referrer
		if err := s.enumerations(&init); err != nil {
			return r, err
		}
		o, err := webapi.NewRequest(client, webapi.RequestInfo{URL: s.URL}, init)
		if err != nil {
			return r, err
		}
		r = o.Request
		if !o.Referrer.None && !o.Referrer.URL.IsValid() {
			r.Referrer = document
		}
	case "xhr":
		x := webapi.XMLHttpRequest{WithCredentials: s.Credentials == "include"}
		method := s.Method
		if method == "" {
			method = "GET"
		}
		if err := x.Open(client, method, s.URL, webapi.UserInfo{}); err != nil {
			return r, err
		}
		for _, h := range s.Headers {
			if _, err := x.SetRequestHeader(h[0], h[1]); err != nil {
				return r, err
			}
		}
		var payload *webapi.Payload
		if s.HasBody {
			payload = &webapi.Payload{}
		}
		if r, err = x.Send(payload); err != nil {
			return r, err
		}
		r.Referrer = document
	default:
		k, known := elementKinds[s.Via]
		u, err := origin.ParseURL(s.URL, &document)
		if !known || err != nil {
			return r, fmt.Errorf("no element: %q, %w", s.Via, err)
		}
		var settings initiator.Settings
		if s.CrossOrigin != nil {
			settings.CrossOrigin = initiator.ParseCORSSettings(*s.CrossOrigin)
		}
		r, _ = initiator.Request(k, u, page, settings)
		r.Referrer = document
	}
	if s.HasBody {
		r.BodyLength = int64(len(s.Body))
	}
	return r, nil
}

var elementKinds = map[string]initiator.Kind{"img": initiator.KindImg, "script": initiator.KindScript}

// enumerations sets the members of init that have a name. The error is what Web IDL throws.
func (s *step) enumerations(init *webapi.RequestInit) error {
	for _, f := range []struct {
		text string
		set  func([]byte) error
	}{
		{s.Mode, func(t []byte) error { init.Mode = new(fetch.Mode); return init.Mode.UnmarshalText(t) }},
		{s.Credentials, func(t []byte) error {
			init.Credentials = new(fetch.CredentialsMode)
			return init.Credentials.UnmarshalText(t)
		}},
		{s.Redirect, func(t []byte) error { init.Redirect = new(fetch.RedirectMode); return init.Redirect.UnmarshalText(t) }},
		{s.Policy, func(t []byte) error {
			init.ReferrerPolicy = new(fetch.ReferrerPolicy)
			return init.ReferrerPolicy.UnmarshalText(t)
		}},
		{s.Cache, func(t []byte) error { init.Cache = new(fetch.CacheMode); return init.Cache.UnmarshalText(t) }},
	} {
		if f.text == "" {
			continue
		}
		if err := f.set([]byte(f.text)); err != nil {
			return err
		}
	}
	return nil
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

// rule says which cookies go with a request.
func (j jar) rule(a fetch.Action, sameSite bool) (rule cookieRule) {
	if !a.IncludeCredentials {
		return cookieRule{none: true}
	}
	rule.none = true
	for name, c := range j[a.URL.Hostname()] {
		rule.none = false
		if c.sure && sameSite && strings.HasPrefix(a.URL.Pathname(), c.path) {
			rule.must = append(rule.must, name+"="+c.value)
		}
	}
	slices.Sort(rule.must)
	return rule
}

// store keeps the cookies of a response. Cookies that a response across sites sets are kept by some browsers.
func (j jar) store(a fetch.Action, sameSite bool, headers [][2]string) {
	for _, h := range headers {
		if !header.EqualFold(h[0], "Set-Cookie") || !a.IncludeCredentials {
			continue
		}
		pair, attributes, _ := strings.Cut(h[1], "; ")
		name, value, _ := strings.Cut(pair, "=")
		host := a.URL.Hostname()
		if j[host] == nil {
			j[host] = map[string]jarCookie{}
		}
		c := jarCookie{value, strings.TrimPrefix(attributes, "Path="), sameSite}
		if !sameSite && j[host][name].sure {
			continue
		}
		j[host][name] = c
	}
}
