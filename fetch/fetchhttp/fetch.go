package fetchhttp

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync/atomic"

	"github.com/corspec/corspec/fetch"
	"github.com/corspec/corspec/fetch/initiator"
	"github.com/corspec/corspec/fetch/webapi"
	"github.com/corspec/corspec/internal/quote"
	"github.com/corspec/corspec/origin"
)

// An Option is an init option of the page's fetch().
type Option func(*call)

// A call is one fetch of a page.
type call struct {
	page     *Page
	ctx      context.Context
	request  fetch.Request
	bodyKind fetch.Body
	body     *body
	sending  func(fetch.Action)
	observe  func(fetch.Exchange)
	opens    bool // a WebSocket
	ignored  fetch.HeaderList
	withheld []Withheld
	heldBack bool         // SendCookies holds back the cookies of the request under way
	urls     []origin.URL // that were requested so far, without preflights

	sendCtx     context.Context // that requests are sent with
	connections atomic.Int32    // that net/http has taken for the request under way
}

// WithMode sets the mode. It is "cors" otherwise.
func WithMode(m fetch.Mode) Option { return func(c *call) { c.request.Mode = m } }

// WithCredentials sets the credentials mode. It is "same-origin" otherwise.
func WithCredentials(m fetch.CredentialsMode) Option {
	return func(c *call) { c.request.Credentials = m }
}

// WithRedirect sets the redirect mode. It is "follow" otherwise.
func WithRedirect(m fetch.RedirectMode) Option { return func(c *call) { c.request.Redirect = m } }

// WithBody says what a body is for the page: [fetch.BodyBytes], which are read into memory before anything is sent, as
// a script has them; or [fetch.BodyStream], which cannot be sent twice and always causes a preflight across origins.
// Otherwise a body with GetBody is bytes, and one without is a stream.
func WithBody(b fetch.Body) Option { return func(c *call) { c.bodyKind = b } }

// WithURL sets the URL, in place of that of the http.Request: package url cannot hold all that browsers fetch.
func WithURL(u origin.URL) Option { return func(c *call) { c.request.URLList = []origin.URL{u} } }

// WithUploadListener makes the request as XMLHttpRequest does where somebody listens to the progress of its upload:
// with the use-CORS-preflight flag.
func WithUploadListener() Option { return func(c *call) { c.request.UseCORSPreflight = true } }

// WithBeforeSend calls f with each request when it is about to go out.
func WithBeforeSend(f func(fetch.Action)) Option { return func(c *call) { c.sending = f } }

// WithObserver calls f with each exchange when its response has arrived, or it has failed.
func WithObserver(f func(fetch.Exchange)) Option { return func(c *call) { c.observe = f } }

// Fetch makes the request as a script on the page would with fetch(), and returns what the script gets. The URL has to
// be absolute. Where the request's context is cancelled, the fetch is aborted, and nothing more is sent. The error is a
// [*BlockedError] where the browser, or the transport, gives no response, and a [*webapi.Exception] where fetch()
// throws without sending anything.
//
// The request's headers are the script's; Host and the headers that the transport adds by itself are the browser's and
// cause no preflight. A body without GetBody is a stream, unless [WithBody] says otherwise. The request's body is
// closed by the transport or, where it is not sent, by Fetch. The caller closes the response's body.
func (p *Page) Fetch(req *http.Request, options ...Option) (*Response, error) {
	c := &call{page: p, ctx: req.Context(), request: fetch.Request{Mode: fetch.ModeCORS, ReferrerPolicy: p.ReferrerPolicy}}
	for _, o := range options {
		o(c)
	}
	c.body = newBody(req, c.bodyKind)
	defer c.body.close()
	if err := c.construct(req); err != nil {
		return nil, err
	}
	return c.fetch()
}

// Do makes a request that is ready, as package webapi makes it for a script, and returns what the page gets, as
// [Page.Fetch] does. The body is that of a request which has one, and is closed if it can be. What depends on the page
// and is not set, Do sets: the origin, the network partition key, the embedder policy, the referrer and its policy. A
// referrer with a local scheme, such as about:blank, is set, and goes to nobody.
func (p *Page) Do(ctx context.Context, r fetch.Request, body io.Reader, options ...Option) (*Response, error) {
	if !r.Origin.IsValid() {
		r.Origin = p.origin
	}
	if r.PartitionKey == "" {
		r.PartitionKey = p.PartitionKey
	}
	if r.EmbedderPolicy == (fetch.EmbedderPolicy{}) {
		r.EmbedderPolicy = p.EmbedderPolicy
	}
	if r.ReferrerPolicy == fetch.ReferrerPolicyEmpty {
		r.ReferrerPolicy = p.ReferrerPolicy
	}
	if !r.Referrer.IsValid() {
		r.Referrer = p.URL
	}
	c := &call{page: p, ctx: ctx, request: r}
	for _, o := range options {
		o(c)
	}
	c.body = bodyFrom(body, c.request.Body)
	defer c.body.close()
	if (c.request.Body == fetch.BodyNull) != (body == nil) {
		return nil, errors.New("fetchhttp: a request has a body where its kind of body says so, and only there")
	}
	return c.fetch()
}

// Load makes the request that an element or another API of the page makes for the URL, as package initiator has it, and
// returns what it gets, as [Page.Fetch] does: that of a script or an image of another origin without crossorigin is
// opaque, and has no body. The URL is absolute. Of those with a body, and of WebSockets, use [Page.Do] and
// [Page.WebSocket].
func (p *Page) Load(ctx context.Context, k initiator.Kind, url string, s initiator.Settings, options ...Option) (*Response, error) {
	u, err := parseURL(url)
	if err != nil {
		return nil, err
	}
	r, ok := initiator.Request(k, u, p.origin, s)
	if !ok {
		return nil, fmt.Errorf("fetchhttp: with those settings, %v fetches nothing", k)
	}
	return p.Do(ctx, r, nil, options...)
}

// parseURL reads an absolute URL. The error is that of a script.
func parseURL(s string) (origin.URL, error) {
	u, err := origin.ParseURL(s, nil)
	if err != nil {
		cause := err.(*origin.ParseError)
		return u, &webapi.Exception{Name: "SyntaxError", Part: "URL", Value: s, Offset: cause.Offset, Reason: cause.Reason + " (" + cause.Hint() + ")", Err: err}
	}
	return u, nil
}

// fetch runs the call's request.
func (c *call) fetch() (*Response, error) {
	if err := checkSendable(c.request.Headers); err != nil {
		return nil, err
	}
	if err := c.body.read(); err != nil {
		return nil, err
	}
	if c.body.kind == fetch.BodyBytes && c.request.BodyLength == 0 {
		c.request.BodyLength = max(c.body.length, 0)
	}
	agent := c.page.agent
	m, err := agent.Start(agent.now(), c.request)
	if err != nil {
		return nil, err
	}
	cancel := c.boundConnections()
	var last *http.Response
	var failure error
	for i := 0; m.Action().Kind != fetch.ActionDone; i++ {
		a := m.Action()
		end(last)
		if a.Hop >= len(c.urls) {
			c.urls = append(c.urls, a.URL)
		}
		if c.sending != nil {
			c.sending(a)
		}
		if last, err = c.exchange(a); err != nil {
			failure = err
			if errors.Is(c.ctx.Err(), context.Canceled) {
				m.Abort()
			} else {
				m.Fail(err)
			}
		} else {
			m.Receive(agent.now(), head(last))
		}
		if c.observe != nil {
			c.observe(m.Trace().Exchanges[i])
		}
	}
	trace := m.Trace()
	if trace.Result.Response.IsNetworkError() {
		end(last)
		cancel()
		return nil, &BlockedError{Trace: trace, Ignored: c.ignored, Withheld: c.withheld, Err: failure}
	}
	return c.response(trace, last, cancel), nil
}

// checkSendable refuses header values that a page may set and net/http does not send.
func checkSendable(l fetch.HeaderList) error {
	for _, h := range l {
		if i := indexControl(h[1]); i >= 0 {
			return fmt.Errorf("fetchhttp: the value %s of header %s has byte %#02x at index %d, which browsers send and net/http does not; leave it out", quote.Quote(h[1]), quote.Quote(h[0]), h[1][i], i)
		}
	}
	return nil
}

// construct makes c's request, which has what the options say, the one that fetch() makes of an http.Request, and notes
// the headers that a page must not set.
func (c *call) construct(req *http.Request) (err error) {
	p, r := c.page, c.request
	input := webapi.RequestInfo{}
	switch {
	case len(r.URLList) > 0:
		input.URL = r.CurrentURL().String()
	case req.URL != nil:
		input.URL = req.URL.String()
	}
	method := cmp.Or(req.Method, http.MethodGet)
	init := webapi.RequestInit{Method: &method, Mode: &r.Mode, Credentials: &r.Credentials, Redirect: &r.Redirect, ReferrerPolicy: &r.ReferrerPolicy, Duplex: true}
	if c.body.kind != fetch.BodyNull {
		init.Body = &c.body.kind
	}
	o, err := webapi.NewRequest(webapi.Client{Origin: p.origin, Profile: p.agent.Profile}, input, init)
	if err != nil {
		return err
	}
	headers := o.Headers()
	if c.ignored, err = headers.Fill(headerList(req.Header)); err != nil {
		return err
	}
	c.request = o.Request
	c.request.UseCORSPreflight = c.request.UseCORSPreflight || r.UseCORSPreflight
	c.request.PartitionKey, c.request.EmbedderPolicy, c.request.Referrer = p.PartitionKey, p.EmbedderPolicy, p.URL
	return nil
}
