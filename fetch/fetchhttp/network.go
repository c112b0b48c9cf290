package fetchhttp

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/corspec/corspec/fetch"
	"github.com/corspec/corspec/internal/quote"
	"github.com/corspec/corspec/origin"
)

const (
	// mostHeader is how long the header of a response may be, as in browsers.
	mostHeader = 256 << 10

	// mostConnections is how many are opened for one request, whose server may end each before it answers.
	mostConnections = 10

	// What nobody reads of a response is read where it is so short, and known to be, and comes within that time: closed
	// unread, it would take the connection with it.
	shortBody     = 64 << 10
	shortBodyTime = 3 * time.Second
)

// exchange does what the machine asks for.
func (c *call) exchange(a fetch.Action) (*http.Response, error) {
	if a.Kind == fetch.ActionFetchLocal {
		return c.fetchBlob(a)
	}
	u, err := netURL(a.URL)
	if err != nil {
		return nil, err
	}
	if c.ctx.Err() != nil { // not every transport looks
		return nil, context.Cause(c.ctx)
	}
	out := (&http.Request{Method: a.Method, URL: u, Host: u.Host, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Header: netHeader(a.Headers)}).WithContext(c.sendCtx)
	switch a.Body {
	case fetch.BodyActionSend:
		c.body.send(out)
	case fetch.BodyActionReplay:
		if err := c.body.replay(out); err != nil {
			return nil, err
		}
	}
	agent := c.page.agent
	cookies := a.IncludeCredentials && agent.Jar != nil
	if cookies {
		c.heldBack = agent.SendCookies != nil && !agent.SendCookies(&c.request, a.URL)
		c.sendCookies(a.URL, out)
	}
	c.connections.Store(0)
	resp, err := agent.transport().RoundTrip(out)
	if err != nil {
		if errors.Is(err, c.sendCtx.Err()) { // not every transport says why
			err = context.Cause(c.sendCtx)
		}
		return nil, explainTransportError(err)
	}
	if resp == nil {
		return nil, fmt.Errorf("the transport %T returned neither a response nor an error", agent.transport())
	}
	if resp.Body == nil {
		resp.Body = http.NoBody
	}
	if err := c.checkResponse(resp); err != nil {
		resp.Body.Close() // unread: what follows 101 may never end
		return nil, err
	}
	if cookies {
		c.storeCookies(a.URL, a.Method, resp)
	}
	if resp.Request == nil {
		resp.Request = out
	}
	return resp, nil
}

// explainTransportError says more where net/http says little.
func explainTransportError(err error) error {
	switch {
	case err == io.EOF:
		return fmt.Errorf("the connection was closed without an answer: %w", err)
	case err.Error() == "connection error: PROTOCOL_ERROR":
		return fmt.Errorf("%w: the server breaks the rules of HTTP/2, or the header of its response is too long (browsers read %d bytes)", err, mostHeader)
	}
	return err
}

// fetchBlob answers a request for a blob: URL, with which nothing goes out.
func (c *call) fetchBlob(a fetch.Action) (*http.Response, error) {
	entries := c.page.agent.Blob
	if entries == nil {
		return nil, errors.New("the Agent has no Blob, which says what a blob: URL stands for")
	}
	blob, ok := entries(a.URL.WithoutFragment())
	if !ok {
		return nil, errors.New("the blob: URL stands for nothing, as one does that was revoked")
	}
	head, body, ok := blob.Respond(a.Headers)
	if !ok {
		ranged, _ := a.Headers.Get("Range")
		return nil, fmt.Errorf("the blob has %d bytes, and the Range %s is outside of it", len(blob.Data), quote.Quote(ranged))
	}
	return &http.Response{StatusCode: head.Status, Status: fmt.Sprintf("%d %s", head.Status, head.StatusMessage), Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: netHeader(head.Headers), Body: io.NopCloser(bytes.NewReader(body)), ContentLength: int64(len(body))}, nil
}

// checkResponse says what makes a response none.
func (c *call) checkResponse(resp *http.Response) error {
	// HTTP-network fetch ignores statuses from 100 to 199; of these, net/http gives out 101, behind which nothing
	// follows but a WebSocket. Less is not a status of HTTP.
	if resp.StatusCode < 200 && (resp.StatusCode != http.StatusSwitchingProtocols || c.request.Mode != fetch.ModeWebSocket) {
		return fmt.Errorf("the status %03d is not that of a response", resp.StatusCode)
	}
	length := 0
	for name, values := range resp.Header {
		for _, value := range values {
			length += len(name) + len(": ") + len(value) + len("\r\n")
		}
	}
	if length > mostHeader {
		return fmt.Errorf("the header of the response has %d bytes, and browsers read %d", length, mostHeader)
	}
	return nil
}

// end ends a response whose body nobody reads.
func end(resp *http.Response) {
	if resp == nil {
		return
	}
	n := resp.ContentLength
	if n <= 0 || n > shortBody || resp.StatusCode < 200 {
		resp.Body.Close() // unread: it may never end
		return
	}
	read := make(chan struct{})
	go func() {
		defer close(read)
		io.Copy(io.Discard, io.LimitReader(resp.Body, n+1))
	}()
	late := time.NewTimer(shortBodyTime)
	defer late.Stop()
	select {
	case <-read:
	case <-late.C:
	}
	resp.Body.Close()
}

// A whenClosed is a body that is closed with more than itself.
type whenClosed struct {
	io.ReadCloser
	then func()
}

func (b whenClosed) Close() error {
	defer b.then()
	return b.ReadCloser.Close()
}

// netHeader returns a header list for net/http: names in their own case, and the values of one name joined, as browsers
// write them.
func netHeader(l fetch.HeaderList) http.Header {
	h, room, several := make(http.Header, len(l)), make([]string, 0, len(l)), false
	for _, header := range l {
		room = add(h, room, header[0], header[1])
		several = several || len(h[header[0]]) > 1
	}
	if several {
		for name, values := range h {
			h[name] = []string{strings.Join(values, ", ")}
		}
	}
	return h
}

// netURL returns u for net/http. A path that package url would write differently goes into Opaque, so that the bytes of
// the URL are those that are sent.
func netURL(u origin.URL) (*url.URL, error) {
	host, target := hostAndPort(u), u.Pathname()
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

// hostAndPort is the host of u, and its port if it is not the scheme's own.
func hostAndPort(u origin.URL) string {
	if port, ok := u.Port(); ok {
		return fmt.Sprintf("%s:%d", u.Hostname(), port)
	}
	return u.Hostname()
}

// head returns what the machine reads of resp.
func head(resp *http.Response) fetch.ResponseHead {
	h := fetch.ResponseHead{Status: resp.StatusCode, Headers: headerList(resp.Header)}
	if resp.ProtoMajor < 2 { // from there on it is net/http's own
		_, h.StatusMessage, _ = strings.Cut(resp.Status, " ")
	}
	return h
}

// headerList returns h in an order that does not change from run to run: http.Header does not keep the order of names.
func headerList(h http.Header) fetch.HeaderList {
	n := 0
	for _, values := range h {
		n += len(values)
	}
	if n == 0 {
		return nil
	}
	l := make(fetch.HeaderList, 0, n)
	for name, values := range h {
		for _, v := range values {
			l = append(l, [2]string{name, v})
		}
	}
	slices.SortStableFunc(l, func(a, b [2]string) int { return strings.Compare(a[0], b[0]) })
	return l
}
