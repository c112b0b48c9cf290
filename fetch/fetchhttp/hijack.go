package fetchhttp

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
)

// Hijack gives the handler the connection, as net/http's server does for HTTP/1.
func (w *responseWriter) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case w.hijacked:
		return nil, nil, http.ErrHijacked
	case w.begun || w.err != nil:
		return nil, nil, errors.New("fetchhttp: the response has been sent, and its connection cannot be hijacked")
	}
	server, client := net.Pipe()
	w.client, w.hijacked = client, true
	w.begin()
	return server, bufio.NewReadWriter(bufio.NewReader(server), bufio.NewWriter(server)), nil
}

// A duplex is a connection that is read, written and closed by different means.
type duplex struct {
	io.Reader
	io.Writer
	io.Closer
}

// upgraded returns the response of a handler that has hijacked the connection. The body is what follows, for reading
// and writing.
func (w *responseWriter) upgraded(ctx context.Context, out *http.Request, cancel context.CancelFunc) (*http.Response, error) {
	client := w.client
	context.AfterFunc(ctx, func() { client.Close() })
	r := bufio.NewReader(client)
	resp := &http.Response{Status: "101 Switching Protocols", StatusCode: w.status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Header: w.sent, Request: out}
	if w.status == 0 { // the handler writes it itself
		var err error
		if resp, err = http.ReadResponse(r, out); err != nil {
			client.Close()
			cancel()
			return nil, err
		}
	}
	if resp.StatusCode == http.StatusSwitchingProtocols {
		resp.Body = duplex{r, client, whenClosed{client, cancel}}
	} else {
		resp.Body = whenClosed{resp.Body, func() { cancel(); client.Close() }}
	}
	return resp, nil
}
