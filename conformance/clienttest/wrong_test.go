package clienttest_test

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/corspec/corspec/conformance/clienttest"
	"github.com/corspec/corspec/conformance/internal/fetchclient"
)

// A client is the right one, with a small change.
type client struct {
	fetchclient.Client
	ask    func(q *clienttest.Request)                                                       // changes what the page does
	before func(x *exchange) *http.Response                                                  // changes what is sent, or answers it
	after  func(x *exchange)                                                                 // changes what came back
	answer func(q *clienttest.Request, x []*exchange, a clienttest.Answer) clienttest.Answer // changes what the page gets
	fetch  func(ctx context.Context, q *clienttest.Request) (a clienttest.Answer, ok bool)   // does without the right one
	hello  func(h *clienttest.Hello)
	mu     sync.Mutex
	stored map[string]http.Header
}

// An exchange is a request of the client, and its response.
type exchange struct {
	c       *client
	q       *clienttest.Request
	request *http.Request
	resp    *http.Response
	text    []byte // of the response
	next    http.RoundTripper
}

type doing struct {
	c         *client
	q         *clienttest.Request
	mu        sync.Mutex
	exchanges []*exchange
}

type doingKey struct{}

// newClient returns the right client, whose transport may be changed.
func newClient(t *http.Transport) *client {
	c := &client{}
	c.Transport = wire{t}
	return c
}

func (c *client) Hello(ctx context.Context) (clienttest.Hello, error) {
	h, err := c.Client.Hello(ctx)
	if c.hello != nil {
		c.hello(&h)
	}
	return h, err
}

func (c *client) Fetch(ctx context.Context, q *clienttest.Request) (clienttest.Answer, error) {
	d := &doing{c: c, q: q}
	asked := *q
	asked.Init.Headers = slices.Clone(q.Init.Headers)
	if c.ask != nil {
		c.ask(&asked)
	}
	ctx = context.WithValue(ctx, doingKey{}, d)
	if c.fetch != nil {
		if a, ok := c.fetch(ctx, &asked); ok {
			return a, nil
		}
	}
	a, err := c.Client.Fetch(ctx, &asked)
	if c.answer != nil && err == nil {
		a = c.answer(q, d.exchanges, a)
	}
	return a, err
}

// A wire is a transport with the hooks of the client that sends over it.
type wire struct{ next http.RoundTripper }

func (w wire) RoundTrip(r *http.Request) (*http.Response, error) {
	d, _ := r.Context().Value(doingKey{}).(*doing)
	if d == nil {
		return w.next.RoundTrip(r)
	}
	x := &exchange{c: d.c, q: d.q, request: r.Clone(r.Context()), next: w.next}
	d.mu.Lock()
	d.exchanges = append(d.exchanges, x)
	d.mu.Unlock()
	if d.c.before != nil {
		if resp := d.c.before(x); resp != nil {
			x.resp = resp
			return resp, nil
		}
	}
	resp, err := w.next.RoundTrip(x.request)
	if err != nil {
		return nil, err
	}
	x.resp = resp
	if d.c.after != nil || d.c.answer != nil {
		x.text, _ = io.ReadAll(resp.Body)
		resp.Body.Close()
		resp.Body = io.NopCloser(bytes.NewReader(x.text))
	}
	if d.c.after != nil {
		d.c.after(x)
	}
	return x.resp, nil
}

func (x *exchange) preflight() bool {
	return x.request.Method == "OPTIONS" && x.request.Header.Get("Access-Control-Request-Method") != ""
}

func (x *exchange) page() string {
	u, _ := url.Parse(x.q.PageURL)
	return u.Scheme + "://" + u.Host
}

func (x *exchange) origin() string { return x.request.Header.Get("Origin") }

func (x *exchange) crossOrigin() bool {
	return x.request.URL.Scheme+"://"+x.request.URL.Host != x.page()
}

func (x *exchange) include() bool { return x.q.Init.Credentials == "include" }

// author returns the value of a header that the page sets.
func author(q *clienttest.Request, name string) (string, bool) {
	for _, h := range q.Init.Headers {
		if strings.EqualFold(h[0], name) {
			return h[1], true
		}
	}
	return "", false
}

// passed is an answer to a preflight that allows all.
func (x *exchange) passed() *http.Response {
	h := http.Header{acao: {x.origin()}, acac: {"true"}, acma: {"0"}, acam: {x.request.Header.Get("Access-Control-Request-Method")}}
	if names := x.request.Header.Get("Access-Control-Request-Headers"); names != "" {
		h[acah] = []string{names}
	}
	return &http.Response{StatusCode: 204, Status: "204 No Content", Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Header: h, Body: http.NoBody, Request: x.request}
}

const (
	acao = "Access-Control-Allow-Origin"
	acac = "Access-Control-Allow-Credentials"
	acam = "Access-Control-Allow-Methods"
	acah = "Access-Control-Allow-Headers"
	aceh = "Access-Control-Expose-Headers"
	acma = "Access-Control-Max-Age"
	corp = "Cross-Origin-Resource-Policy"
)

// skips lets requests out without their preflight.
func skips(when func(x *exchange) bool) func(*client) {
	return func(c *client) {
		c.before = func(x *exchange) *http.Response {
			if x.preflight() && when(x) {
				return x.passed()
			}
			return nil
		}
	}
}

// preflights sends preflights that are not needed.
func preflights(when func(x *exchange) bool) func(*client) {
	return func(c *client) {
		c.before = func(x *exchange) *http.Response {
			if x.preflight() || !when(x) {
				return nil
			}
			r := &http.Request{Method: "OPTIONS", URL: x.request.URL, Host: x.request.Host, Header: http.Header{"Accept": {"*/*"}, "Origin": {x.page()}, "Access-Control-Request-Method": {x.request.Method}}}
			if resp, err := x.next.RoundTrip(r.WithContext(x.request.Context())); err == nil {
				resp.Body.Close()
			}
			return nil
		}
	}
}

// asks changes preflights.
func asks(f func(x *exchange, h http.Header)) func(*client) {
	return func(c *client) {
		c.before = func(x *exchange) *http.Response {
			if x.preflight() {
				f(x, x.request.Header)
			}
			return nil
		}
	}
}

// sends changes requests that are not preflights.
func sends(f func(x *exchange, h http.Header)) func(*client) {
	return func(c *client) {
		c.before = func(x *exchange) *http.Response {
			if !x.preflight() {
				f(x, x.request.Header)
			}
			return nil
		}
	}
}

// takesPreflight reads the answers to preflights otherwise.
func takesPreflight(f func(x *exchange, h http.Header)) func(*client) {
	return func(c *client) {
		c.after = func(x *exchange) {
			if x.preflight() {
				f(x, x.resp.Header)
			}
		}
	}
}

// takes reads responses otherwise that are not to preflights.
func takes(f func(x *exchange, h http.Header)) func(*client) {
	return func(c *client) {
		c.after = func(x *exchange) {
			if !x.preflight() {
				f(x, x.resp.Header)
			}
		}
	}
}

// remembers answers preflights from a cache whose key is wrong.
func remembers(key func(x *exchange) string) func(*client) {
	return func(c *client) {
		c.stored = map[string]http.Header{}
		c.before = func(x *exchange) *http.Response {
			if !x.preflight() {
				return nil
			}
			c.mu.Lock()
			defer c.mu.Unlock()
			if _, ok := c.stored[key(x)]; ok {
				return x.passed()
			}
			return nil
		}
		c.after = func(x *exchange) {
			if x.preflight() && x.resp.StatusCode/100 == 2 && x.resp.Header.Get(acma) != "0" {
				c.mu.Lock()
				defer c.mu.Unlock()
				c.stored[key(x)] = x.resp.Header
			}
		}
	}
}

// whole is the key of a preflight in a cache, as it is right or more than that.
func (x *exchange) whole() []string {
	return []string{x.q.Session, x.origin(), x.request.URL.String(), x.q.Init.Credentials, x.request.Header.Get("Access-Control-Request-Method"), x.request.Header.Get("Access-Control-Request-Headers")}
}

// without returns the key without that part.
func without(part int) func(x *exchange) string {
	return func(x *exchange) string {
		k := x.whole()
		k[part] = ""
		return strings.Join(k, "\n")
	}
}

// keepsCookies keeps cookies of responses, and sends them.
func keepsCookies(keep, send func(x *exchange) bool) func(*client) {
	return func(c *client) {
		jar := map[string][]string{}
		key := func(x *exchange) string { return x.q.Session + " " + x.request.URL.Hostname() }
		c.before = func(x *exchange) *http.Response {
			c.mu.Lock()
			defer c.mu.Unlock()
			if have := jar[key(x)]; send(x) && len(have) > 0 {
				x.request.Header["Cookie"] = []string{strings.Join(have, "; ")}
			}
			return nil
		}
		c.after = func(x *exchange) {
			c.mu.Lock()
			defer c.mu.Unlock()
			for _, line := range x.resp.Header["Set-Cookie"] {
				pair, _, _ := strings.Cut(line, ";")
				if keep(x) && !slices.Contains(jar[key(x)], pair) {
					jar[key(x)] = append(jar[key(x)], pair)
				}
			}
		}
	}
}

// gets changes the response that a page gets.
func gets(f func(q *clienttest.Request, last *exchange, r *clienttest.Response)) func(*client) {
	return func(c *client) {
		c.answer = func(q *clienttest.Request, all []*exchange, a clienttest.Answer) clienttest.Answer {
			if a.Response != nil && len(all) > 0 {
				f(q, all[len(all)-1], a.Response)
			}
			return a
		}
	}
}

func always(*exchange) bool { return true }

func allowed(x *exchange, h http.Header) { h[acao] = []string{x.origin()} }

// share lets the page read if a condition on Access-Control-Allow-Origin holds.
func share(when func(x *exchange, value string) bool) func(*client) {
	return takes(func(x *exchange, h http.Header) {
		if x.origin() != "" && when(x, strings.Join(h[acao], ", ")) {
			allowed(x, h)
		}
	})
}

// redirectedBy changes the status of redirects, so that methods change otherwise.
func redirectedBy(from, to int, methods ...string) func(*client) {
	return func(c *client) {
		c.after = func(x *exchange) {
			if x.resp.StatusCode == from && (methods == nil || slices.Contains(methods, x.request.Method)) {
				x.resp.StatusCode = to
			}
		}
	}
}

// methodOf sends a page's method otherwise.
func methodOf(f func(method string) string) func(*client) {
	return func(c *client) { c.ask = func(q *clienttest.Request) { q.Init.Method = f(q.Init.Method) } }
}

// ioBody is a body of that text.
func ioBody(text string) io.ReadCloser { return io.NopCloser(strings.NewReader(text)) }

// timeoutOf is short where the client never answers.
func timeoutOf(w wrongClient) time.Duration {
	if w.kind == "no-answer" {
		return time.Second
	}
	return 10 * time.Second
}
