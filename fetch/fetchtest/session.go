package fetchtest

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"sync"

	"golang.org/x/net/publicsuffix"

	"github.com/corspec/corspec/fetch"
	"github.com/corspec/corspec/fetch/fetchhttp"
	"github.com/corspec/corspec/fetch/initiator"
	"github.com/corspec/corspec/internal/quote"
)

// A Session is a browser whose pages share cookies and the preflight cache over several requests to one server.
//
// Where a login does not hold, Withheld of the responses, that of the login included, says which cookie was not kept or
// did not go along, and why. What is not fetch() is made by [fetchhttp.Agent.Page]: images and scripts by Load, forms
// by Do, and WebSockets.
type Session struct {
	// The browser. Its clock, its cookie jar and its hooks may be set before the first request.
	*fetchhttp.Agent

	target target
	err    error // why it is not a server

	mu    sync.Mutex
	pages map[string]*fetchhttp.Page
}

// NewSession starts a browser for that server, which is as for [MayRead].
func NewSession(server any) *Session {
	s := &Session{pages: map[string]*fetchhttp.Page{}}
	s.target, s.err = newTarget(server)
	jar, _ := cookiejar.New(&cookiejar.Options{PublicSuffixList: publicsuffix.List}) // New does not fail
	s.Agent = &fetchhttp.Agent{Transport: s.target.transport, Jar: jar}
	s.Agent.SuffixList = publicsuffix.List
	return s
}

// MayRead is the function [MayRead] in this browser.
func (s *Session) MayRead(t TB, page string, req *http.Request, options ...fetchhttp.Option) *fetchhttp.Response {
	t.Helper()
	f, err := s.fetch(page, req, options)
	if err != nil {
		t.Fatalf("fetchtest: %v", err)
		return nil
	}
	if f.resp == nil {
		t.Fatalf("%s may not read %s: %s\n%s", f.page, f.what, f.trace.Result.Verdict.Code, f.report(false))
		return nil
	}
	t.Cleanup(func() { f.resp.Body.Close() })
	if !initiator.CORSSameOrigin(f.resp.Type) {
		t.Fatalf("%s may not read %s: the response is of type %q\n%s", f.page, f.what, f.resp.Type, f.report(false))
	}
	return f.resp
}

// Blocked is the function [Blocked] in this browser.
func (s *Session) Blocked(t TB, page string, req *http.Request, code fetch.Code, options ...fetchhttp.Option) {
	t.Helper()
	f, err := s.fetch(page, req, options)
	if err != nil {
		t.Errorf("fetchtest: %v", err)
		return
	}
	if f.resp != nil {
		f.resp.Body.Close()
		t.Errorf("%s may fetch %s, want it blocked: %s\n%s", f.page, f.what, code, f.report(true))
		return
	}
	if got := f.trace.Result.Verdict.Code; got != code {
		t.Errorf("%s: %s is blocked: %s, want %s\n%s", f.page, f.what, got, code, f.report(true))
	}
}

// A fetched is the end of one request.
type fetched struct {
	page, what string // "https://app.example", "GET https://api.example/x"
	target     target
	resp       *fetchhttp.Response // nil: blocked
	trace      fetch.Trace
	ignored    fetch.HeaderList
	withheld   []fetchhttp.Withheld
}

// fetch makes the request. The error is one of the test, or says that fetch() throws.
func (s *Session) fetch(page string, req *http.Request, options []fetchhttp.Option) (*fetched, error) {
	switch {
	case s.err != nil:
		return nil, s.err
	case req == nil:
		return nil, errors.New("the request is nil")
	}
	p, err := s.page(page)
	if err != nil {
		return nil, err
	}
	u, err := s.target.resolve(p.Origin(), req)
	if err != nil {
		return nil, err
	}
	out, err := copyRequest(req)
	if err != nil {
		return nil, err
	}
	f := &fetched{page: p.Origin().String(), what: quote.Line(cmp.Or(req.Method, http.MethodGet)+" "+u.WithoutFragment().String(), 2*mostShown), target: s.target}
	f.resp, err = p.Fetch(out, append([]fetchhttp.Option{fetchhttp.WithURL(u), fetchhttp.WithBody(fetch.BodyBytes)}, options...)...)
	var blocked *fetchhttp.BlockedError
	switch {
	case errors.As(err, &blocked):
		f.trace, f.ignored, f.withheld = blocked.Trace, blocked.Ignored, blocked.Withheld
	case err != nil:
		return nil, fmt.Errorf("no page can make the request %s: %w", f.what, err)
	default:
		f.trace, f.ignored, f.withheld = f.resp.Trace, f.resp.Ignored, f.resp.Withheld
	}
	return f, nil
}

// page returns the page of that origin: one and the same each time, so that the opaque origin "null" equals itself.
func (s *Session) page(page string) (*fetchhttp.Page, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if p := s.pages[page]; p != nil {
		return p, nil
	}
	o, err := parsePage(page)
	if err != nil {
		return nil, err
	}
	s.pages[page] = s.Agent.Page(o)
	return s.pages[page], nil
}
