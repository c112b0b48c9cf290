package fetchhttp_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"

	"github.com/corspec/corspec/fetch"
	"github.com/corspec/corspec/fetch/fetchhttp"
	"github.com/corspec/corspec/origin"
)

// A stream is a request that came over HTTP/2, and what a server may do to its connection.
type stream struct {
	*http2.Framer
	id     uint32
	method string
}

// headers is a header block of these lines, the status before them.
func (s *stream) headers(status string, lines ...string) []byte {
	var b bytes.Buffer
	e := hpack.NewEncoder(&b)
	e.WriteField(hpack.HeaderField{Name: ":status", Value: status})
	for i := 0; i < len(lines); i += 2 {
		e.WriteField(hpack.HeaderField{Name: lines[i], Value: lines[i+1], Sensitive: true}) // so never in the table
	}
	return b.Bytes()
}

// answer sends a whole response.
func (s *stream) answer(status string, lines ...string) error {
	return s.WriteHeaders(http2.HeadersFrameParam{StreamID: s.id, BlockFragment: s.headers(status, lines...), EndStream: true, EndHeaders: true})
}

var allowed = []string{"access-control-allow-origin", "*", "access-control-allow-methods", "PUT"}

// serveHTTP2 has a server of HTTP/2 that does to each request what answer does, until that returns an error. It returns
// the server's URL, and a transport to it as an agent without one has.
func serveHTTP2(t *testing.T, answer func(s *stream) error) (url string, transport *http.Transport, connections *atomic.Int32) {
	t.Helper()
	certificates := httptest.NewTLSServer(nil)
	t.Cleanup(certificates.Close)
	config := certificates.TLS.Clone()
	config.NextProtos = []string{"h2"}
	listener, err := tls.Listen("tcp", "127.0.0.1:0", config)
	if err != nil {
		t.Fatal(err)
	}
	connections = new(atomic.Int32)
	var open []net.Conn
	var accepting, serving sync.WaitGroup
	accepting.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			connections.Add(1)
			open = append(open, conn)
			serving.Go(func() { serveConnection(conn, answer) })
		}
	})
	t.Cleanup(func() { // what goes on without end would disturb other tests
		listener.Close()
		accepting.Wait()
		for _, conn := range open {
			conn.(*tls.Conn).NetConn().Close()
		}
		serving.Wait()
	})
	transport = fetchhttp.DefaultTransport().(*http.Transport).Clone()
	transport.TLSClientConfig = certificates.Client().Transport.(*http.Transport).TLSClientConfig.Clone()
	transport.ForceAttemptHTTP2 = true
	t.Cleanup(transport.CloseIdleConnections)
	return "https://" + listener.Addr().String() + "/", transport, connections
}

func serveConnection(conn net.Conn, answer func(s *stream) error) {
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(time.Minute))
	if _, err := io.ReadFull(conn, make([]byte, len(http2.ClientPreface))); err != nil {
		return
	}
	f := http2.NewFramer(conn, conn)
	f.AllowIllegalWrites = true
	f.ReadMetaHeaders = hpack.NewDecoder(4096, nil)
	f.WriteSettings()
	for {
		frame, err := f.ReadFrame()
		if err != nil {
			return
		}
		switch frame := frame.(type) {
		case *http2.SettingsFrame:
			if !frame.IsAck() {
				f.WriteSettingsAck()
			}
		case *http2.PingFrame:
			if !frame.IsAck() {
				f.WritePing(true, frame.Data)
			}
		case *http2.MetaHeadersFrame:
			if answer(&stream{f, frame.StreamID, frame.PseudoValue("method")}) != nil {
				return
			}
		}
	}
}

// TestHostileHTTP2 has servers of HTTP/2 that never come to an end, or break off. Each fetch ends with an error that
// says why, and costs little.
func TestHostileHTTP2(t *testing.T) {
	stop := errors.New("the connection ends")
	// forever answers with a header and goes on with data for as long as anybody takes it.
	forever := func(s *stream, lines ...string) error {
		err := s.WriteHeaders(http2.HeadersFrameParam{StreamID: s.id, BlockFragment: s.headers("200", lines...), EndHeaders: true})
		for range 16 { // which is what flow control lets through, without an answer
			if err == nil {
				err = s.WriteData(s.id, false, make([]byte, 4096))
			}
		}
		return err
	}
	many := make([]string, 0, 12_000)
	for range 6_000 {
		many = append(many, "x", strings.Repeat("x", 60))
	}
	for name, tt := range map[string]struct {
		answer func(s *stream) error
		method string
		code   fetch.Code
		want   string // of these words the error has one
	}{
		"long value": {func(s *stream) error { return s.answer("200", append(allowed, "x", strings.Repeat("x", 14_000))...) }, "GET", "", ""},
		"long header": {func(s *stream) error {
			block := s.headers("200", append(allowed, many...)...)
			if err := s.WriteHeaders(http2.HeadersFrameParam{StreamID: s.id, BlockFragment: block[:16_000], EndStream: true}); err != nil {
				return err
			}
			for block = block[16_000:]; len(block) > 16_000; block = block[16_000:] {
				if err := s.WriteContinuation(s.id, false, block[:16_000]); err != nil {
					return err
				}
			}
			return s.WriteContinuation(s.id, true, block)
		}, "GET", fetch.CodeTransportError, "the header of its response is too long"},
		"continuations without end": {func(s *stream) error {
			err := s.WriteHeaders(http2.HeadersFrameParam{StreamID: s.id, BlockFragment: s.headers("200", allowed...), EndStream: true})
			for err == nil {
				err = s.WriteContinuation(s.id, false, s.headers("200", "x", strings.Repeat("x", 8_000))[1:])
			}
			return err
		}, "GET", fetch.CodeTransportError, "the header of its response is too long"},
		"empty continuations without end": {func(s *stream) error {
			err := s.WriteHeaders(http2.HeadersFrameParam{StreamID: s.id, BlockFragment: s.headers("200", allowed...), EndStream: true})
			for err == nil {
				err = s.WriteContinuation(s.id, false, nil)
			}
			return err
		}, "GET", fetch.CodeTransportError, "deadline"},
		"a preflight's body without end": {func(s *stream) error {
			if s.method == http.MethodOptions {
				return forever(s, allowed...)
			}
			return s.answer("200", allowed...)
		}, "PUT", "", ""},
		"a blocked body without end": {func(s *stream) error { return forever(s) }, "GET", fetch.CodeMissingAllowOrigin, ""},
		"early hints without end": {func(s *stream) error {
			var err error
			for err == nil {
				err = s.WriteHeaders(http2.HeadersFrameParam{StreamID: s.id, BlockFragment: s.headers("103", "link", strings.Repeat("x", 4_000)), EndHeaders: true})
			}
			return err
		}, "GET", fetch.CodeTransportError, "header|1xx"},
		"reset":           {func(s *stream) error { return s.WriteRSTStream(s.id, http2.ErrCodeInternal) }, "GET", fetch.CodeTransportError, "INTERNAL_ERROR"},
		"reset preflight": {func(s *stream) error { return s.WriteRSTStream(s.id, http2.ErrCodeEnhanceYourCalm) }, "PUT", fetch.CodeTransportError, "ENHANCE_YOUR_CALM"},
		"refused":         {func(s *stream) error { return s.WriteRSTStream(s.id, http2.ErrCodeRefusedStream) }, "PUT", fetch.CodeTransportError, "REFUSED_STREAM|deadline"},
		"goaway": {func(s *stream) error {
			s.WriteGoAway(s.id, http2.ErrCodeInternal, []byte("no more"))
			return stop
		}, "GET", fetch.CodeTransportError, "GOAWAY"},
		"goaway, before the request": {func(s *stream) error {
			s.WriteGoAway(0, http2.ErrCodeNo, nil)
			return stop
		}, "PUT", fetch.CodeTransportError, "the server has ended 10 connections before it answered"},
		"closed":                  {func(s *stream) error { return stop }, "GET", fetch.CodeTransportError, "EOF|closed|reset"},
		"status that is none":     {func(s *stream) error { return s.answer("abc") }, "GET", fetch.CodeTransportError, "status"},
		"no status":               {func(s *stream) error { return s.answer("") }, "GET", fetch.CodeTransportError, "status"},
		"a name in upper case":    {func(s *stream) error { return s.answer("200", "X", "1") }, "GET", fetch.CodeTransportError, "PROTOCOL_ERROR|header"},
		"switches protocols":      {func(s *stream) error { return s.answer("101") }, "GET", fetch.CodeTransportError, "101|1xx|status"},
		"a newline in the values": {func(s *stream) error { return s.answer("200", "x", "a\r\nb: c") }, "GET", fetch.CodeTransportError, "PROTOCOL_ERROR|header|value"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			url, transport, connections := serveHTTP2(t, tt.answer)
			patience := time.Minute
			if strings.Contains(tt.want, "deadline") {
				patience = time.Second
			}
			ctx, cancel := context.WithTimeout(t.Context(), patience)
			defer cancel()
			p := (&fetchhttp.Agent{Transport: transport}).Page(app)
			resp, err := p.Fetch(newRequest(t, tt.method, url, nil).WithContext(ctx))
			var blocked *fetchhttp.BlockedError
			switch {
			case err == nil:
				resp.Body.Close()
				if tt.code != "" {
					t.Errorf("the page reads a response of status %d", resp.StatusCode)
				}
				if resp.ProtoMajor != 2 {
					t.Errorf("over %s", resp.Proto)
				}
			case !errors.As(err, &blocked):
				t.Fatal(err)
			case blocked.Trace.Result.Verdict.Code != tt.code:
				t.Errorf("%s, want %q: %v", blocked.Trace.Result.Verdict.Code, tt.code, err)
			case tt.want != "":
				said := false
				for word := range strings.SplitSeq(tt.want, "|") {
					said = said || strings.Contains(blocked.Err.Error(), word)
				}
				if !said {
					t.Errorf("%v, want %q", blocked.Err, tt.want)
				}
			}
			if n := connections.Load(); n > 20 {
				t.Errorf("%d connections", n)
			}
		})
	}
}

// TestReconnections holds that a server which ends each connection is given up over any transport of net/http, and that
// what counts connections lets the page read on.
func TestReconnections(t *testing.T) {
	ended := errors.New("the connection ends")
	url, transport, connections := serveHTTP2(t, func(s *stream) error {
		s.WriteGoAway(0, http2.ErrCodeNo, nil)
		return ended
	})
	own := &http.Transport{TLSClientConfig: transport.TLSClientConfig, ForceAttemptHTTP2: true}
	t.Cleanup(own.CloseIdleConnections)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	b := mustBlock(t, (&fetchhttp.Agent{Transport: own}).Page(app), fetch.CodeTransportError, newRequest(t, "GET", url, nil).WithContext(ctx))
	if n := connections.Load(); n > 20 || b.Err == nil || !strings.Contains(b.Err.Error(), "the server has ended 10 connections before it answered") {
		t.Errorf("after %d connections: %v", n, b.Err)
	}

	asked := 0
	server := httptest.NewServer(share(func(w http.ResponseWriter, r *http.Request) {
		if asked++; asked < 30 { // each on a connection of its own
			w.Header().Set("Connection", "close")
			http.Redirect(w, r, fmt.Sprint("/", asked%2), http.StatusFound)
			return
		}
		io.WriteString(w, strings.Repeat("x", 1<<20))
	}))
	defer server.Close()
	p := (&fetchhttp.Agent{Transport: server.Client().Transport}).Page(origin.MustParse("http://app.example"))
	for asked = 11; asked < 30; {
		resp, err := p.Fetch(newRequest(t, "GET", server.URL, nil))
		if err != nil {
			t.Fatal(err)
		}
		if n := len(read(t, resp)); n != 1<<20 {
			t.Errorf("%d bytes", n)
		}
	}
}
