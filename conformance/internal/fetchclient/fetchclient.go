// Package fetchclient is package fetchhttp as a client of package clienttest: the user agent that is right by this
// library.
package fetchclient

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/net/publicsuffix"

	"github.com/corspec/corspec/conformance/clienttest"
	"github.com/corspec/corspec/fetch"
	"github.com/corspec/corspec/fetch/fetchhttp"
	"github.com/corspec/corspec/fetch/initiator"
	"github.com/corspec/corspec/fetch/webapi"
	"github.com/corspec/corspec/origin"
)

// A Client has a browser for each session. The zero value is ready.
type Client struct {
	// Transport carries what all browsers send; nil stands for that of fetchhttp.
	Transport http.RoundTripper

	// Profile is that of all browsers.
	Profile fetch.Profile

	mu       sync.Mutex
	sessions map[string]*session
}

type session struct {
	agent fetchhttp.Agent
	ahead time.Duration // of the clock
}

// Hello says what it is.
func (c *Client) Hello(context.Context) (clienttest.Hello, error) {
	return clienttest.Hello{Name: "fetchhttp", Supports: clienttest.Abilities(), Concurrency: 8}, nil
}

func (c *Client) session(name string) *session {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.sessions == nil {
		c.sessions = map[string]*session{}
	}
	s := c.sessions[name]
	if s == nil {
		jar, _ := cookiejar.New(nil)
		s = &session{agent: fetchhttp.Agent{Transport: c.Transport, Jar: jar}}
		s.agent.SuffixList, s.agent.Profile = publicsuffix.List, c.Profile
		s.agent.Now = func() time.Time {
			c.mu.Lock()
			defer c.mu.Unlock()
			return time.Now().Add(s.ahead)
		}
		c.sessions[name] = s
	}
	return s
}

// Advance advances the clock of a session.
func (c *Client) Advance(_ context.Context, name string, d time.Duration) error {
	s := c.session(name)
	c.mu.Lock()
	defer c.mu.Unlock()
	s.ahead += d
	return nil
}

// CloseSession forgets a session.
func (c *Client) CloseSession(_ context.Context, name string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.sessions, name)
	return nil
}

// Fetch does what a page does.
func (c *Client) Fetch(ctx context.Context, q *clienttest.Request) (a clienttest.Answer, err error) {
	document, err := origin.ParseURL(q.PageURL, nil)
	if err != nil {
		return a, err
	}
	page := c.session(q.Session).agent.Page(document.Origin())
	page.URL = document
	if q.AbortAfter > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithCancel(ctx)
		defer cancel()
		defer time.AfterFunc(q.AbortAfter, cancel).Stop()
	}
	var resp *fetchhttp.Response
	switch q.Via {
	case "fetch", "xhr":
		var r fetch.Request
		if r, err = request(q, page); err == nil {
			resp, err = page.Do(ctx, r, body(q.Init.Body))
		}
	default:
		resp, err = load(ctx, q, page)
	}
	var threw *webapi.Exception
	var blocked *fetchhttp.BlockedError
	switch {
	case errors.As(err, &threw):
		return clienttest.Answer{Rejected: threw.Name}, nil
	case errors.As(err, &blocked) && blocked.Trace.Result.Verdict.Code == fetch.CodeAborted:
		return clienttest.Answer{Rejected: "AbortError"}, nil
	case errors.As(err, &blocked):
		return clienttest.Answer{Rejected: "TypeError"}, nil
	case err != nil && strings.Contains(err.Error(), "net/http does not"):
		return a, clienttest.ErrUnsupported // a control byte in a header's value
	case err != nil:
		return a, err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		return clienttest.Answer{Rejected: "TypeError"}, nil
	}
	_, reason, _ := strings.Cut(resp.Status, " ")
	a.Response = &clienttest.Response{Type: resp.Type.String(), Status: resp.StatusCode, StatusText: reason, Body: text, URL: resp.URL, Redirected: resp.Redirected}
	for _, h := range resp.Trace.Result.Response.Headers {
		a.Response.Headers = append(a.Response.Headers, h)
	}
	return a, nil
}

// body returns a request's body, or nil.
func body(b *clienttest.Body) io.Reader {
	switch {
	case b == nil:
		return nil
	case b.Stream != nil:
		var parts []io.Reader
		for _, part := range b.Stream {
			parts = append(parts, bytes.NewReader(part))
		}
		return io.MultiReader(parts...)
	}
	return bytes.NewReader(b.Bytes)
}

// request makes the request that fetch() or an XMLHttpRequest makes.
func request(q *clienttest.Request, page *fetchhttp.Page) (r fetch.Request, err error) {
	client := webapi.Client{Origin: page.Origin(), BaseURL: &page.URL}
	i := &q.Init
	if q.Via == "xhr" {
		x := webapi.XMLHttpRequest{WithCredentials: i.Credentials == "include"}
		if err := x.Open(client, i.Method, q.URL, webapi.UserInfo{}); err != nil {
			return r, err
		}
		for _, h := range i.Headers {
			if _, err := x.SetRequestHeader(h[0], h[1]); err != nil {
				return r, err
			}
		}
		if i.Body == nil {
			return x.Send(nil)
		}
		return x.Send(&webapi.Payload{})
	}
	list := fetch.HeaderList(slices.Clone(i.Headers))
	init := webapi.RequestInit{Method: &i.Method, Headers: &list, Referrer: &i.Referrer, ReferrerPolicy: new(fetch.ReferrerPolicy), Mode: new(fetch.Mode), Credentials: new(fetch.CredentialsMode), Cache: new(fetch.CacheMode), Redirect: new(fetch.RedirectMode), Keepalive: &i.Keepalive, Duplex: true}
	for text, value := range map[string]interface{ UnmarshalText([]byte) error }{i.ReferrerPolicy: init.ReferrerPolicy} {
		if err := value.UnmarshalText([]byte(text)); err != nil {
			return r, &webapi.Exception{Name: "TypeError", Part: "referrerPolicy", Value: text, Offset: -1, Reason: err.Error()}
		}
	}
	for _, e := range []struct {
		text  string
		value interface{ UnmarshalText([]byte) error }
	}{{i.Mode, init.Mode}, {i.Credentials, init.Credentials}, {i.Cache, init.Cache}, {i.Redirect, init.Redirect}} {
		if err := e.value.UnmarshalText([]byte(e.text)); err != nil {
			return r, &webapi.Exception{Name: "TypeError", Part: "init", Value: e.text, Offset: -1, Reason: err.Error()}
		}
	}
	if i.Body != nil {
		kind := fetch.BodyBytes
		if i.Body.Stream != nil {
			kind = fetch.BodyStream
		}
		init.Body = &kind
	}
	o, err := webapi.NewRequest(client, webapi.RequestInfo{URL: q.URL}, init)
	if err != nil {
		return r, err
	}
	if o.Referrer.None {
		page.URL = origin.URL{}
	}
	return o.Request, nil
}

var kinds = map[string]initiator.Kind{"img": initiator.KindImg, "script": initiator.KindScript}

// load loads what an element names.
func load(ctx context.Context, q *clienttest.Request, page *fetchhttp.Page) (*fetchhttp.Response, error) {
	k, ok := kinds[q.Via]
	if !ok {
		return nil, fmt.Errorf("%w: element %q", clienttest.ErrUnsupported, q.Via)
	}
	var s initiator.Settings
	if q.CrossOrigin != nil {
		s.CrossOrigin = initiator.ParseCORSSettings(*q.CrossOrigin)
	}
	return page.Load(ctx, k, q.URL, s)
}
