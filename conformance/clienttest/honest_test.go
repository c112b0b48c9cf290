package clienttest_test

import (
	"context"
	"net/http"
	"regexp"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/corspec/corspec/conformance/clienttest"
	"github.com/corspec/corspec/conformance/internal/fetchclient"
	"github.com/corspec/corspec/fetch"
)

// honestClients are right by other means than the right one.
var honestClients = []struct {
	name   string
	change func(*client)
}{
	{"has headers of its own", func(c *client) {
		c.before = func(x *exchange) *http.Response {
			for name, value := range map[string]string{"User-Agent": "Mozilla/5.0 (it is another one)", "Accept-Encoding": "gzip, br", "Dnt": "1", "Priority": "u=1, i", "Accept-Language": "en"} {
				if _, own := author(x.q, name); !own {
					x.request.Header.Set(name, value)
				}
			}
			return nil
		}
	}},
	{"knows no Fetch Metadata", func(c *client) {
		c.before = func(x *exchange) *http.Response {
			for name := range x.request.Header {
				if strings.HasPrefix(name, "Sec-") {
					delete(x.request.Header, name)
				}
			}
			return nil
		}
	}},
	{"says nothing of referrers, and sends none", func(c *client) {
		c.hello = func(h *clienttest.Hello) {
			h.Supports = []clienttest.Ability{clienttest.AbilityFetch, clienttest.AbilityNoCORS, clienttest.AbilityAdvance}
		}
		c.before = func(x *exchange) *http.Response { x.request.Header.Del("Referer"); return nil }
	}},
	{"closes its connections", func(c *client) {
		c.before = func(x *exchange) *http.Response { x.request.Close = true; return nil }
	}},
	{"takes one request at a time", func(c *client) { c.hello = func(h *clienttest.Hello) { h.Concurrency = 0 } }},
	{"writes names of headers in small letters", func(c *client) {
		c.before = func(x *exchange) *http.Response {
			h := http.Header{}
			for name, values := range x.request.Header {
				if name == "Accept-Encoding" || name == "Cookie" || name == "User-Agent" {
					h[name] = values
				} else {
					h[strings.ToLower(name)] = values
				}
			}
			x.request.Header = h
			return nil
		}
	}},
	{"gives names of headers in small letters, and no Content-Length", gets(func(q *clienttest.Request, last *exchange, r *clienttest.Response) {
		var l [][2]string
		for _, h := range r.Headers {
			if h[0] = strings.ToLower(h[0]); h[0] != "content-length" {
				l = append(l, h)
			}
		}
		r.Headers = l
	})},
	{"does not tell types", gets(func(q *clienttest.Request, last *exchange, r *clienttest.Response) {
		r.Type, r.URL, r.Redirected, r.StatusText = "", "", false, ""
	})},
	{"has other names of errors", func(c *client) {
		c.answer = func(q *clienttest.Request, all []*exchange, a clienttest.Answer) clienttest.Answer {
			if a.Response == nil {
				a.Rejected = "NetworkError"
			}
			return a
		}
	}},
	{"tells nothing of elements but that they load", func(c *client) {
		c.answer = func(q *clienttest.Request, all []*exchange, a clienttest.Answer) clienttest.Answer {
			if q.Via == "img" || q.Via == "script" {
				if a.Response != nil {
					a.Response = &clienttest.Response{}
				}
			}
			return a
		}
	}},
}

// TestHonestClients holds that nothing worse than a note is found of what is right.
func TestHonestClients(t *testing.T) {
	transport := newTransport(t)
	for _, h := range honestClients {
		t.Run(h.name, func(t *testing.T) {
			t.Parallel()
			c := newClient(transport)
			h.change(c)
			// Of the large families a part will do.
			report, err := clienttest.Check(context.Background(), c, clienttest.WithCases(regexp.MustCompile(`^(preflight|cors-check|cookies|max-age|cache|redirect-taint|no-cors|element|vector|expose|status|request-header)/`)))
			if err != nil {
				t.Fatal(err)
			}
			expectNothing(t, &report)
		})
	}
}

func expectNothing(t *testing.T, report *clienttest.Report) {
	t.Helper()
	for i, f := range report.Findings {
		if f.Severity > clienttest.SeverityNote && i < 10 {
			t.Errorf("%s", f)
		}
	}
	if report.Inconclusive > 0 || report.Failed > 0 || report.Passed == 0 {
		t.Errorf("%d pass, %d fail, %d inconclusive", report.Passed, report.Failed, report.Inconclusive)
	}
}

// TestProfiles holds that a browser is right by its own profile, and that others are not by the standard's, with a word
// about who does the same.
func TestProfiles(t *testing.T) {
	transport := newTransport(t)
	for _, p := range fetch.Profiles() {
		t.Run(p.String(), func(t *testing.T) {
			t.Parallel()
			report, err := clienttest.Check(context.Background(), &fetchclient.Client{Transport: transport, Profile: p}, clienttest.WithProfile(p))
			if err != nil {
				t.Fatal(err)
			}
			expectNothing(t, &report)
			if p == fetch.ProfileStandard {
				return
			}
			report, err = clienttest.Check(context.Background(), &fetchclient.Client{Transport: transport, Profile: p}, clienttest.WithCases(regexp.MustCompile(`^(max-age|cache|redirect-taint|request-header|allow-headers)/`)))
			if err != nil {
				t.Fatal(err)
			}
			as := 0
			for _, f := range report.Findings {
				if strings.Contains(strings.Join(f.Browsers, " "), p.String()) {
					as++
				}
			}
			if as == 0 || as < len(report.Findings)*9/10 {
				t.Errorf("%d of %d findings are said to be as in %s", as, len(report.Findings), p)
			}
		})
	}
}

// TestWaits holds that time is waited for where it cannot be advanced, by all cases together.
func TestWaits(t *testing.T) {
	t.Parallel()
	transport := newTransport(t)
	c := newClient(transport)
	c.hello = func(h *clienttest.Hello) { h.Supports = []clienttest.Ability{clienttest.AbilityFetch} }
	report, err := clienttest.Check(context.Background(), c, clienttest.WithCases(regexp.MustCompile(`^max-age/(1-after-2|600-after-2|60-after-61)$`)))
	if err != nil {
		t.Fatal(err)
	}
	if report.Passed != 2 || report.Unsupported != 1 {
		t.Errorf("%+v", report.Cases)
	}
}

// A stuck client never returns.
type stuck struct{ asked atomic.Int32 }

func (s *stuck) Fetch(context.Context, *clienttest.Request) (clienttest.Answer, error) {
	s.asked.Add(1)
	select {}
}

// TestStuck holds that a client that never returns is found, and does not keep others from going on.
func TestStuck(t *testing.T) {
	t.Parallel()
	c := &stuck{}
	report, err := clienttest.Check(context.Background(), c, clienttest.WithTimeout(50*time.Millisecond), clienttest.WithCases(regexp.MustCompile(`^method/(PUT|GET)-listed$`)))
	if err != nil || report.Failed != 2 || c.asked.Load() != 2 {
		t.Errorf("%+v, %v", report, err)
	}
}

// TestCancelled holds that a run ends with its context.
func TestCancelled(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(context.Background())
	c := newClient(newTransport(t))
	c.before = func(x *exchange) *http.Response { cancel(); return nil }
	report, err := clienttest.Check(ctx, c)
	if err != nil || report.Inconclusive < 1000 || report.Failed > 0 {
		t.Errorf("%d inconclusive, %d fail, %v", report.Inconclusive, report.Failed, err)
	}
}

// TestLeavesNothing holds that servers end with the run.
func TestLeavesNothing(t *testing.T) {
	before := runtime.NumGoroutine()
	transport := newTransport(t)
	if _, err := clienttest.Check(context.Background(), newClient(transport), clienttest.WithCases(regexp.MustCompile(`^(method|port)/`))); err != nil {
		t.Fatal(err)
	}
	transport.CloseIdleConnections()
	for range 200 {
		if runtime.NumGoroutine() <= before {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Errorf("%d goroutines, %d before", runtime.NumGoroutine(), before)
}
