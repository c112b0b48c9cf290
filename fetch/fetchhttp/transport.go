package fetchhttp

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strings"
	"sync"
)

// DefaultTransport returns the transport of an [Agent] that has none: http.DefaultTransport, except that the names of
// localhost, such as app.localhost, are loopback addresses, whatever a resolver or a proxy makes of them, and that a
// response with a longer header than browsers read is an error. If somebody has put a transport of another type into
// http.DefaultTransport, it is that.
//
// https://fetch.spec.whatwg.org/#resolve-an-origin
func DefaultTransport() http.RoundTripper {
	if http.DefaultTransport != originalTransport {
		return http.DefaultTransport
	}
	return defaultTransport()
}

var originalTransport = http.DefaultTransport

var defaultTransport = sync.OnceValue(func() http.RoundTripper {
	original, ok := originalTransport.(*http.Transport)
	if !ok {
		return originalTransport
	}
	t := original.Clone()
	t.MaxResponseHeaderBytes = mostHeader
	proxy, dial := t.Proxy, t.DialContext
	if dial == nil {
		dial = new(net.Dialer).DialContext
	}
	t.Proxy = func(r *http.Request) (*url.URL, error) {
		if proxy == nil || isLocalhost(r.URL.Hostname()) {
			return nil, nil
		}
		return proxy(r)
	}
	t.DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
		host, port, err := net.SplitHostPort(address)
		if err != nil || !isLocalhost(host) {
			return dial(ctx, network, address)
		}
		conn, err := dial(ctx, network, net.JoinHostPort("127.0.0.1", port))
		if err != nil {
			if six, err := dial(ctx, network, net.JoinHostPort("::1", port)); err == nil {
				return six, nil
			}
		}
		return conn, err
	}
	return t
})

// boundConnections sets the context that requests are sent with. Where a server of HTTP/2 says that it has not seen the
// request, net/http opens another connection for it, without end. cancel ends what the context is for, the body of the
// response included.
func (c *call) boundConnections() (cancel func()) {
	if _, ok := c.page.agent.Transport.(handler); ok { // which opens none, and ends what it began
		c.sendCtx = c.ctx
		return func() {}
	}
	ctx, cancelCause := context.WithCancelCause(c.ctx)
	c.sendCtx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GetConn: func(string) {
		if c.connections.Add(1) > mostConnections {
			cancelCause(fmt.Errorf("the server has ended %d connections before it answered", mostConnections))
		}
	}})
	return func() { cancelCause(nil) }
}

// isLocalhost reports whether the host is localhost or below it.
func isLocalhost(host string) bool {
	host = strings.TrimSuffix(strings.ToLower(host), ".")
	return host == "localhost" || strings.HasSuffix(host, ".localhost")
}
