package fetchhttp

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
)

// Handler returns a transport that lets h answer, in this process and without a socket. Each request runs h in a
// goroutine of its own; the response is there when h has written its header or returned, and its body streams. A panic
// of h other than http.ErrAbortHandler becomes an error of the transport that says so. The response has the headers
// that h sets, as the wire would bring them, and no others: where h leaves out Content-Type, Content-Length or Date,
// net/http's server would add them. Requests of https come to h with TLS set. h may hijack the connection, as servers
// of WebSockets do.
func Handler(h http.Handler) http.RoundTripper { return handler{h} }

type handler struct{ h http.Handler }

func (t handler) RoundTrip(out *http.Request) (*http.Response, error) {
	header, err := overWire(out.Header)
	if out.Context().Err() != nil {
		err = context.Cause(out.Context())
	}
	if err != nil {
		if out.Body != nil {
			out.Body.Close()
		}
		return nil, err
	}
	ctx, cancel := context.WithCancel(out.Context())
	in := out.WithContext(ctx)
	in.Header = header
	in.RequestURI = out.URL.RequestURI()
	in.RemoteAddr = "192.0.2.1:1234" // an address for documentation
	if in.URL.Scheme == "https" {
		in.TLS = &tls.ConnectionState{Version: tls.VersionTLS13, HandshakeComplete: true, ServerName: in.URL.Hostname()}
	}
	switch {
	case in.Body == nil:
		in.Body = http.NoBody
	case in.Body != http.NoBody && in.ContentLength == 0:
		in.ContentLength, in.TransferEncoding = -1, []string{"chunked"} // to a client, 0 means that it is not known
	}
	// What the handler sees of the URL is what a server makes of the request line. Where package url cannot read that,
	// it is the bytes.
	if u, err := url.ParseRequestURI(in.RequestURI); err == nil {
		in.URL = u
	} else {
		path, query, _ := strings.Cut(in.RequestURI, "?")
		in.URL = &url.URL{Path: path, RawQuery: query}
	}
	sent := in.Body
	body, pipe := io.Pipe()
	w := &responseWriter{ctx: ctx, header: http.Header{}, started: make(chan struct{}), pipe: pipe, head: out.Method == http.MethodHead}
	// A reader of the body waits no longer than the request's context, whatever h does.
	context.AfterFunc(ctx, func() { pipe.CloseWithError(context.Cause(ctx)) })
	go func() {
		returned := false
		defer func() {
			sent.Close()
			switch p := recover(); {
			case returned:
				w.finish()
			case p == nil:
				w.abort(errors.New("the handler ended its goroutine, as FailNow of a test does"))
			case p == http.ErrAbortHandler:
				w.abort(http.ErrAbortHandler)
			default:
				w.abort(fmt.Errorf("the handler panicked: %v", p))
			}
		}()
		t.h.ServeHTTP(w, in)
		returned = true
	}()
	select {
	case <-w.started:
	case <-ctx.Done():
	}
	// What the handler writes because the request was given up is not an answer.
	if ctx.Err() != nil {
		cancel()
		w.abort(context.Cause(ctx))
		return nil, context.Cause(ctx)
	}
	w.mu.Lock()
	err, client := w.err, w.client
	w.mu.Unlock()
	switch {
	case err != nil:
		cancel()
		return nil, err
	case client != nil:
		return w.upgraded(ctx, out, cancel)
	}
	return &http.Response{
		Status: fmt.Sprintf("%d %s", w.status, http.StatusText(w.status)), StatusCode: w.status,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Header: w.sent, ContentLength: -1,
		Body: whenClosed{body, cancel}, Request: out, // as a server ends the context when the client is gone
	}, nil
}

// A responseWriter is what a handler writes to. It can all that the writer of net/http's server can for HTTP/1:
// applications count on it.
type responseWriter struct {
	ctx    context.Context // of the request
	header http.Header
	pipe   *io.PipeWriter
	head   bool // the request's method is HEAD

	mu       sync.Mutex
	started  chan struct{} // closed once status and sent are set, or err is, or client
	begun    bool          // it is closed
	sent     http.Header
	status   int
	err      error
	client   net.Conn // of a connection that the handler has hijacked
	hijacked bool
}

func (w *responseWriter) Header() http.Header { return w.header }

// begin lets the transport return. The lock is held.
func (w *responseWriter) begin() {
	if !w.begun {
		w.begun = true
		close(w.started)
	}
}

// WriteHeader sends the header, once. Informational responses are left out; that of 101 waits for what becomes of the
// connection.
func (w *responseWriter) WriteHeader(status int) {
	if status < 100 || status > 999 {
		panic(fmt.Sprintf("invalid WriteHeader code %v", status))
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.status != 0 || w.err != nil || w.hijacked || status < 200 && status != http.StatusSwitchingProtocols {
		return
	}
	w.status = status
	if w.sent, w.err = overWire(w.header); w.err != nil || status != http.StatusSwitchingProtocols {
		w.begin()
	}
}

// finish ends the response of a handler that has returned.
func (w *responseWriter) finish() {
	w.WriteHeader(http.StatusOK)
	w.mu.Lock()
	w.begin()
	w.mu.Unlock()
	w.pipe.Close()
}

// Write sends a part of the body. As on a server, that of a response to HEAD goes nowhere, and a status without a body
// is an error.
func (w *responseWriter) Write(b []byte) (int, error) {
	w.WriteHeader(http.StatusOK)
	switch {
	case w.hijacked:
		return 0, http.ErrHijacked
	case w.status == 0: // the request was given up before
		return 0, w.err
	case w.status < 200 || w.status == http.StatusNoContent || w.status == http.StatusNotModified:
		return 0, http.ErrBodyNotAllowed
	case w.head:
		return len(b), nil
	}
	return w.pipe.Write(b)
}

// Flush sends the header; what is written is not buffered.
func (w *responseWriter) Flush() { w.WriteHeader(http.StatusOK) }

// CloseNotify tells when the client is gone; gin, for one, calls it without asking whether it is there.
func (w *responseWriter) CloseNotify() <-chan bool {
	gone := make(chan bool, 1)
	context.AfterFunc(w.ctx, func() { gone <- true })
	return gone
}

// SetReadDeadline takes a deadline that nothing comes to: there is not a connection.
func (w *responseWriter) SetReadDeadline(time.Time) error { return nil }

// SetWriteDeadline is as SetReadDeadline.
func (w *responseWriter) SetWriteDeadline(time.Time) error { return nil }

// EnableFullDuplex changes nothing: the body of the request can be read while the response is written.
func (w *responseWriter) EnableFullDuplex() error { return nil }

// abort ends the response with an error: the transport's if the header has not been sent, else the body's.
func (w *responseWriter) abort(err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.begun {
		w.err = err
		w.begin()
	}
	if w.client != nil {
		w.client.Close()
	}
	w.pipe.CloseWithError(err)
}
