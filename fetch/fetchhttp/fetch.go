package fetchhttp

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/corspec/corspec/fetch"
	"github.com/corspec/corspec/fetch/explain"
	"github.com/corspec/corspec/fetch/webapi"
	"github.com/corspec/corspec/origin"
)

// An Option is an init option of the page's fetch().
type Option func(*call)

type call struct {
	request  fetch.Request
	bodyKind fetch.Body
	body     *body
	sending  func(fetch.Action)
	observe  func(fetch.Exchange)
}

// WithMode sets the mode. It is "cors" otherwise.
func WithMode(m fetch.Mode) Option { return func(c *call) { c.request.Mode = m } }

// WithCredentials sets the credentials mode. It is "same-origin" otherwise.
func WithCredentials(m fetch.CredentialsMode) Option {
	return func(c *call) { c.request.Credentials = m }
}

// WithRedirect sets the redirect mode. It is "follow" otherwise.
func WithRedirect(m fetch.RedirectMode) Option { return func(c *call) { c.request.Redirect = m } }

// WithReferrerPolicy sets the referrer policy. It is the page's otherwise.
func WithReferrerPolicy(p fetch.ReferrerPolicy) Option {
	return func(c *call) { c.request.ReferrerPolicy = p }
}

// WithDestination sets the destination, for requests that elements of the page make. It is empty otherwise.
func WithDestination(d fetch.Destination) Option {
	return func(c *call) { c.request.Destination = d }
}

// WithBody says what a body is for the page: [fetch.BodyBytes], which are read into memory before anything is sent, as a script
// has them; or [fetch.BodyStream], which cannot be sent twice and always causes a preflight across origins. Otherwise a body
// with GetBody is bytes, and one without is a stream.
func WithBody(b fetch.Body) Option { return func(c *call) { c.bodyKind = b } }

// WithURL sets the URL, in place of that of the http.Request: package url cannot hold all that browsers fetch.
func WithURL(u origin.URL) Option { return func(c *call) { c.request.URLList = []origin.URL{u} } }

// WithUploadListener makes the request as XMLHttpRequest does where somebody listens to the progress of its upload: with the
// use-CORS-preflight flag.
func WithUploadListener() Option { return func(c *call) { c.request.UseCORSPreflight = true } }

// WithBeforeSend calls f with each request when it is about to go out.
func WithBeforeSend(f func(fetch.Action)) Option { return func(c *call) { c.sending = f } }

// WithObserver calls f with each exchange when its response has arrived, or it has failed.
func WithObserver(f func(fetch.Exchange)) Option { return func(c *call) { c.observe = f } }

// A Response is what the page gets. Of the embedded http.Response the page may see StatusCode, Header and Body; Request is
// the last request that was sent.
type Response struct {
	*http.Response
	Type       fetch.ResponseType
	URL        string // of the response, without fragment; empty for an opaque response
	Redirected bool
	Trace      fetch.Trace

	// Ignored are the headers of the request that a page must not set. Browsers drop them without a word.
	Ignored fetch.HeaderList
}

// A BlockedError is a network error: what a page sees as a rejected promise. It says what the page is not told.
type BlockedError struct {
	Trace   fetch.Trace
	Ignored fetch.HeaderList // the headers of the request that a page must not set
	Err     error            // the transport's error, if that was the reason
}

// Error explains the verdict.
func (e *BlockedError) Error() string {
	v := e.Trace.Result.Verdict
	return "fetchhttp: " + explain.Verdict(v).Happened + " [" + string(v.Code) + "]"
}

// Unwrap returns the transport's error.
func (e *BlockedError) Unwrap() error { return e.Err }

// Fetch makes the request as a script on the page would with fetch(), and returns what the script gets. The URL has to be
// absolute. Where the request's context is cancelled, the fetch is aborted, and nothing more is sent. The error
// is a [*BlockedError] where the browser, or the transport, gives no response, and a [*webapi.Exception] where fetch() throws
// without sending anything.
//
// The request's headers are the script's; Host and the headers that the transport adds by itself are the browser's and
// cause no preflight. A body without GetBody is a stream, unless [WithBody] says otherwise. The request's body is closed by the transport or, where it is not sent, by Fetch. The caller closes the
// response's body.
func (p *Page) Fetch(req *http.Request, options ...Option) (*Response, error) {
	c := &call{request: fetch.Request{Mode: fetch.ModeCORS, ReferrerPolicy: p.ReferrerPolicy}}
	for _, o := range options {
		o(c)
	}
	c.body = newBody(req, c.bodyKind)
	defer c.body.close()
	ignored, err := p.construct(c, req)
	if err != nil {
		return nil, err
	}
	if err := c.body.read(); err != nil {
		return nil, err
	}
	m, err := p.agent.Start(p.agent.now(), c.request)
	if err != nil {
		return nil, err
	}
	var last *http.Response
	var failure error
	for m.Action().Kind != fetch.ActionDone {
		closeBody(last)
		if c.sending != nil {
			c.sending(m.Action())
		}
		if last, err = p.exchange(m.Action(), req, c); err != nil {
			failure = err
			if errors.Is(req.Context().Err(), context.Canceled) {
				m.Abort()
			} else {
				m.Fail(err)
			}
		} else {
			m.Receive(p.agent.now(), head(last))
		}
		if c.observe != nil {
			exchanges := m.Trace().Exchanges
			c.observe(exchanges[len(exchanges)-1-pending(m)])
		}
	}
	trace := m.Trace()
	if trace.Result.Response.IsNetworkError() {
		closeBody(last)
		return nil, &BlockedError{trace, ignored, failure}
	}
	return newResponse(trace, ignored, last), nil
}

// pending is 1 where the machine has a new request under way, which is then the last exchange.
func pending(m *fetch.Machine) int {
	if m.Action().Kind == fetch.ActionDone {
		return 0
	}
	return 1
}

// construct makes c's request, which has what the options say, the one that fetch() makes of an http.Request. It returns the
// headers that a page must not set.
func (p *Page) construct(c *call, req *http.Request) (ignored fetch.HeaderList, err error) {
	r := c.request
	input := webapi.RequestInfo{}
	switch {
	case len(r.URLList) > 0:
		input.URL = r.CurrentURL().String()
	case req.URL != nil:
		input.URL = req.URL.String()
	}
	method := req.Method
	if method == "" {
		method = http.MethodGet
	}
	init := webapi.RequestInit{Method: &method, Mode: &r.Mode, Credentials: &r.Credentials, Redirect: &r.Redirect, ReferrerPolicy: &r.ReferrerPolicy, Duplex: true}
	if c.body.kind != fetch.BodyNull {
		init.Body = &c.body.kind
	}
	o, err := webapi.NewRequest(webapi.Client{Origin: p.origin}, input, init)
	if err != nil {
		return nil, err
	}
	headers := o.Headers()
	if ignored, err = headers.Fill(headerList(req.Header)); err != nil {
		return nil, err
	}
	c.request = o.Request
	c.request.Headers, c.request.Destination = o.Request.Headers, r.Destination
	c.request.UseCORSPreflight = c.request.UseCORSPreflight || r.UseCORSPreflight
	c.request.PartitionKey, c.request.EmbedderPolicy = p.PartitionKey, p.EmbedderPolicy
	return ignored, nil
}

// exchange does what the machine asks for.
func (p *Page) exchange(a fetch.Action, req *http.Request, c *call) (*http.Response, error) {
	if a.Kind == fetch.ActionFetchLocal {
		return nil, errors.New("there is no store of blob URLs")
	}
	u, err := netURL(a.URL)
	if err != nil {
		return nil, err
	}
	if req.Context().Err() != nil { // not every transport looks
		return nil, context.Cause(req.Context())
	}
	out := (&http.Request{Method: a.Method, URL: u, Host: u.Host, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Header: http.Header{}}).WithContext(req.Context())
	for _, h := range a.Headers {
		out.Header.Add(h[0], h[1])
	}
	switch a.Body {
	case fetch.BodyActionSend:
		c.body.send(out)
	case fetch.BodyActionReplay:
		if err := c.body.replay(out); err != nil {
			return nil, err
		}
	}
	cookies := p.agent.Jar != nil && a.IncludeCredentials
	jarURL := &url.URL{Scheme: u.Scheme, Host: u.Host, Path: a.URL.Pathname()}
	if cookies && (p.agent.SendCookies == nil || p.agent.SendCookies(&c.request, a.URL)) {
		for _, cookie := range p.agent.Jar.Cookies(jarURL) {
			out.AddCookie(cookie)
		}
	}
	resp, err := p.agent.transport().RoundTrip(out)
	if err == io.EOF { // net/http's word for it
		err = fmt.Errorf("the connection was closed without an answer: %w", err)
	}
	if err != nil {
		return nil, err
	}
	if resp == nil {
		return nil, fmt.Errorf("the transport %T returned neither a response nor an error", p.agent.transport())
	}
	// HTTP-network fetch ignores statuses from 100 to 199; of these, net/http gives out 101, behind which nothing follows. Less
	// is no status of HTTP.
	if resp.StatusCode < 200 {
		closeBody(resp)
		return nil, fmt.Errorf("the status %03d is not that of a response", resp.StatusCode)
	}
	if cookies {
		if set := resp.Cookies(); len(set) > 0 {
			p.agent.Jar.SetCookies(jarURL, set)
		}
	}
	if resp.Request == nil {
		resp.Request = out
	}
	if resp.Body == nil {
		resp.Body = http.NoBody
	}
	return resp, nil
}

// netURL returns u for net/http. A path that package url would write differently goes into Opaque, so that the bytes of the
// URL are those that are sent.
func netURL(u origin.URL) (*url.URL, error) {
	host := u.Hostname()
	if port, ok := u.Port(); ok {
		host = fmt.Sprintf("%s:%d", host, port)
	}
	target := u.Pathname()
	if q, ok := u.Query(); ok {
		target += "?" + q
	}
	if v, err := url.ParseRequestURI(target); err == nil {
		v.Scheme, v.Host = u.Scheme(), host
		if v.RequestURI() == target {
			return v, nil
		}
	}
	path, query, hasQuery := strings.Cut(target, "?")
	if strings.HasPrefix(path, "//") {
		return nil, fmt.Errorf("net/http cannot send the path %q as it is", path)
	}
	return &url.URL{Scheme: u.Scheme(), Host: host, Opaque: path, RawQuery: query, ForceQuery: hasQuery && query == ""}, nil
}

// head returns what the machine reads of resp.
func head(resp *http.Response) fetch.ResponseHead {
	_, message, _ := strings.Cut(resp.Status, " ")
	return fetch.ResponseHead{Status: resp.StatusCode, StatusMessage: message, Headers: headerList(resp.Header)}
}

// headerList returns h in an order that does not change from run to run: http.Header does not keep the order of names.
func headerList(h http.Header) fetch.HeaderList {
	var l fetch.HeaderList
	for _, name := range slices.Sorted(maps.Keys(h)) {
		for _, v := range h[name] {
			l = append(l, [2]string{name, v})
		}
	}
	return l
}

func newResponse(trace fetch.Trace, ignored fetch.HeaderList, last *http.Response) *Response {
	r := &trace.Result.Response
	out := &Response{Type: r.Type, Redirected: r.Redirected(), Trace: trace, Ignored: ignored}
	if u, ok := r.URL(); ok {
		out.URL = u.WithoutFragment().String()
	}
	resp := &http.Response{Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Header: http.Header{}, Body: http.NoBody}
	if last != nil {
		*resp = *last
		resp.Header, resp.Trailer, resp.TLS = http.Header{}, nil, nil
	}
	resp.StatusCode = r.Status
	resp.Status = strings.TrimSpace(fmt.Sprintf("%d %s", r.Status, http.StatusText(r.Status)))
	for _, h := range r.Headers {
		resp.Header.Add(h[0], h[1])
	}
	switch u, _ := r.URL(); {
	case r.NullBody:
		closeBody(last)
		resp.Body, resp.ContentLength, resp.Uncompressed = http.NoBody, 0, false
	case last == nil && u.Scheme() == "data":
		body := dataURLBody(u)
		resp.Body, resp.ContentLength = io.NopCloser(strings.NewReader(body)), int64(len(body))
	}
	out.Response = resp
	return out
}

// closeBody ends a response that nobody reads on.
func closeBody(r *http.Response) {
	if r == nil || r.Body == nil {
		return
	}
	r.Body.Close() // unread: a body may never end
}
