package policyhttp_test

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"net/http/httputil"
	"net/textproto"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/corspec/corspec/internal/lineartest"
	"github.com/corspec/corspec/policy"
	"github.com/corspec/corspec/policy/policyhttp"
)

// proxyTo returns a reverse proxy to an upstream that is served as long as the
// test runs.
func proxyTo(t *testing.T, upstream http.Handler) *httputil.ReverseProxy {
	t.Helper()
	server := httptest.NewServer(upstream)
	t.Cleanup(server.Close)
	target, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	return &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(target) }}
}

// over serves one GET with an Origin, through a real server, and returns the
// response without what the server adds itself.
func over(t *testing.T, h http.Handler, origin string) *http.Response {
	t.Helper()
	server := httptest.NewServer(h)
	defer server.Close()
	r, err := http.NewRequest("GET", server.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Origin", origin)
	response, err := server.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if _, err := io.Copy(io.Discard, response.Body); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"Date", "Content-Length", "Content-Type"} {
		response.Header.Del(name)
	}
	return response
}

// An upstream that does CORS itself, and says it after an informational
// response that does, too.
func TestWrapOverUpstream(t *testing.T) {
	for _, interim := range []bool{false, true} {
		upstream := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Access-Control-Allow-Origin", r.Header.Get("Origin"))
			w.Header().Set("Access-Control-Allow-Credentials", "true")
			if interim {
				w.WriteHeader(http.StatusEarlyHints)
			}
			w.Header().Set("Access-Control-Expose-Headers", "X-Theirs")
			w.Header().Set("Vary", "Cookie, origin")
			w.Header().Set("X-Theirs", "1")
		})
		h := middleware(t, matrixConfig).WrapOver(proxyTo(t, upstream))
		outer := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Vary", "Accept-Encoding")
			w.Header().Set("X-Outer", "1")
			h.ServeHTTP(w, r)
		})
		for origin, want := range map[string]http.Header{
			"https://app.example.com": {
				"Access-Control-Allow-Origin": {"https://app.example.com"}, "Access-Control-Allow-Credentials": {"true"},
				"Vary": {"Accept-Encoding, Origin, Cookie"}, "X-Theirs": {"1"}, "X-Outer": {"1"},
			},
			"https://evil.example": {"Vary": {"Accept-Encoding, Origin, Cookie"}, "X-Theirs": {"1"}, "X-Outer": {"1"}},
		} {
			if diff := cmp.Diff(want, over(t, outer, origin).Header); diff != "" {
				t.Errorf("informational response %v, %s (-want +got):\n%s", interim, origin, diff)
			}
		}
	}
}

// What a response has of CORS and Vary, whichever way the handler is built.
func TestWrapOverHandlers(t *testing.T) {
	const app, evil = "https://app.example.com", "https://evil.example"
	wide := func(h http.Header) {
		h.Set("Access-Control-Allow-Origin", "*")
		h["access-control-allow-credentials"] = []string{"true"}
		h.Set("Access-Control-Expose-Headers", "X-Secret")
	}
	dead := httptest.NewServer(hello)
	target, _ := url.Parse(dead.URL)
	dead.Close()
	silent := log.New(io.Discard, "", 0)
	recovering := func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			defer func() {
				if recover() != nil {
					w.WriteHeader(http.StatusInternalServerError)
				}
			}()
			next.ServeHTTP(w, r)
		})
	}
	same := func(h http.Handler) http.Handler { return h }
	slow := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	for _, c := range []struct {
		name    string
		outside func(http.Handler) http.Handler
		handler http.HandlerFunc
		status  int
		vary    string
	}{
		{"writes nothing", same, func(w http.ResponseWriter, r *http.Request) { wide(w.Header()) }, 200, "Origin"},
		{"writes", same, func(w http.ResponseWriter, r *http.Request) { wide(w.Header()); w.Write([]byte("x")) }, 200, "Origin"},
		{"writes a string", same, func(w http.ResponseWriter, r *http.Request) { wide(w.Header()); io.WriteString(w, "x") }, 200, "Origin"},
		{"copies", same, func(w http.ResponseWriter, r *http.Request) {
			wide(w.Header())
			io.Copy(w, io.LimitReader(strings.NewReader("xyz"), 2))
		}, 200, "Origin"},
		{"writes a status", same, func(w http.ResponseWriter, r *http.Request) { wide(w.Header()); w.WriteHeader(404) }, 404, "Origin"},
		{"flushes", same, func(w http.ResponseWriter, r *http.Request) { wide(w.Header()); w.(http.Flusher).Flush() }, 200, "Origin"},
		{"flushes with a controller", same, func(w http.ResponseWriter, r *http.Request) {
			wide(w.Header())
			if err := http.NewResponseController(w).Flush(); err != nil {
				t.Error(err)
			}
		}, 200, "Origin"},
		{"changes its mind too late", same, func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(200); wide(w.Header()) }, 200, "Origin"},
		{"changes its mind too late, below what sends later", func(h http.Handler) http.Handler { return http.TimeoutHandler(h, time.Minute, "") },
			func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(200); wide(w.Header()) }, 200, "Origin"},
		{"sets Vary", same, func(w http.ResponseWriter, r *http.Request) { w.Header().Set("Vary", "Cookie") }, 200, "Origin, Cookie"},
		{"removes Vary", same, func(w http.ResponseWriter, r *http.Request) { w.Header().Del("Vary") }, 200, "Origin"},
		{"Vary in lines, twice, in any case", same, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Add("Vary", "Cookie, origin")
			w.Header().Add("Vary", " COOKIE ,,Accept")
			w.Header()["vary"] = []string{"X-A"}
		}, 200, "Origin, Cookie, Accept, X-A"},
		{"Vary *", same, func(w http.ResponseWriter, r *http.Request) { w.Header().Set("Vary", "*") }, 200, "Origin, *"},
		{"Vary with many names", same, func(w http.ResponseWriter, r *http.Request) {
			for i := range 200 {
				w.Header().Add("Vary", fmt.Sprintf("X-%d, x-%d", i%63, i%50))
			}
		}, 200, "Origin, " + strings.Join(func() (names []string) {
			for i := range 63 {
				names = append(names, fmt.Sprintf("X-%d", i))
			}
			return names
		}(), ", ")},
		{"Vary with more than anybody sends", same, func(w http.ResponseWriter, r *http.Request) {
			for i := range 64 {
				w.Header().Add("Vary", fmt.Sprintf("X-%d", i))
			}
		}, 200, "*"},
		{"panics, recovered outside", recovering, func(w http.ResponseWriter, r *http.Request) {
			wide(w.Header())
			w.Header().Del("Vary")
			panic("!")
		}, 500, "Origin"},
		{"is too slow", same, http.TimeoutHandler(slow, time.Millisecond, "slow").ServeHTTP, 503, "Origin"},
		{"is not too slow", same, http.TimeoutHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			wide(w.Header())
			w.Header().Set("Vary", "Cookie")
		}), time.Minute, "slow").ServeHTTP, 200, "Origin, Cookie"},
		{"proxy to nobody", same, (&httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(target) }, ErrorLog: silent}).ServeHTTP, 502, "Origin"},
		{"proxy that changes its mind", same, (&httputil.ReverseProxy{
			Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(target) }, ErrorLog: silent,
			ErrorHandler: func(w http.ResponseWriter, r *http.Request, err error) { wide(w.Header()); w.WriteHeader(504) },
		}).ServeHTTP, 504, "Origin"},
		{"another middleware", same, func(w http.ResponseWriter, r *http.Request) {
			middleware(t, policy.Config{Origins: []string{evil}, ExposeHeaders: []string{"X-Secret"}}).Wrap(hello).ServeHTTP(w, r)
		}, 200, "Origin"},
		{"another middleware outside", func(h http.Handler) http.Handler {
			return middleware(t, policy.Config{Origins: []string{evil}, ExposeHeaders: []string{"X-Secret"}}).Wrap(h)
		}, hello, 200, "Origin"},
		{"itself", same, func(w http.ResponseWriter, r *http.Request) {
			middleware(t, matrixConfig).WrapOver(hello).ServeHTTP(w, r)
		}, 200, "Origin"},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := c.outside(middleware(t, matrixConfig).WrapOver(c.handler))
			for origin, want := range map[string]http.Header{
				app:  {"Access-Control-Allow-Origin": {app}, "Access-Control-Allow-Credentials": {"true"}, "Vary": {c.vary}},
				evil: {"Vary": {c.vary}},
			} {
				response := over(t, h, origin)
				response.Header.Del("X-Content-Type-Options")
				if diff := cmp.Diff(want, response.Header); diff != "" || response.StatusCode != c.status {
					t.Errorf("%s: status %d (-want +got):\n%s", origin, response.StatusCode, diff)
				}
			}
		})
	}
}

// Informational responses have no CORS header, as often as there are any, and
// nothing that was set outside is lost.
func TestWrapOverInformationalResponses(t *testing.T) {
	hints := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for i := range 3 {
			w.Header().Set("Access-Control-Allow-Origin", "*")
			w.Header().Set("Link", fmt.Sprint("</", i, ".css>; rel=preload"))
			w.WriteHeader(http.StatusEarlyHints)
		}
		w.Header().Del("Link")
		w.WriteHeader(http.StatusTeapot)
	})
	for name, next := range map[string]http.Handler{"itself": hints, "proxy": proxyTo(t, hints)} {
		h := middleware(t, matrixConfig).WrapOver(next)
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("X-Outer", "1")
			h.ServeHTTP(w, r)
		}))
		var interim []textproto.MIMEHeader
		trace := &httptrace.ClientTrace{Got1xxResponse: func(_ int, h textproto.MIMEHeader) error {
			interim = append(interim, h)
			return nil
		}}
		r, err := http.NewRequestWithContext(httptrace.WithClientTrace(t.Context(), trace), "GET", server.URL, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Origin", "https://app.example.com")
		response, err := server.Client().Do(r)
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		server.Close()
		if len(interim) != 3 {
			t.Errorf("%s: %d informational responses", name, len(interim))
		}
		for _, h := range interim {
			for key := range h {
				if strings.HasPrefix(key, "Access-Control-") {
					t.Errorf("%s: an informational response has %s", name, key)
				}
			}
			if h.Get("Link") == "" {
				t.Errorf("%s: an informational response without its Link: %v", name, h)
			}
		}
		if response.StatusCode != http.StatusTeapot || response.Header.Get("Access-Control-Allow-Origin") != "https://app.example.com" || response.Header.Get("X-Outer") != "1" || response.Header.Get("Vary") != "Origin" {
			t.Errorf("%s: %d %v", name, response.StatusCode, response.Header)
		}
	}
}

// The writer that the handler gets can what the server's can.
func TestWrapOverWriter(t *testing.T) {
	h := middleware(t, matrixConfig).WrapOver(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c := http.NewResponseController(w)
		for name, err := range map[string]error{
			"SetReadDeadline": c.SetReadDeadline(time.Now().Add(time.Minute)), "SetWriteDeadline": c.SetWriteDeadline(time.Now().Add(time.Minute)), "EnableFullDuplex": c.EnableFullDuplex(),
		} {
			if err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
		if _, ok := w.(io.ReaderFrom); !ok {
			t.Error("it is not an io.ReaderFrom")
		}
		connection, buffered, err := w.(http.Hijacker).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		defer connection.Close()
		buffered.WriteString("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nhijacked")
		buffered.Flush()
	}))
	server := httptest.NewServer(h)
	defer server.Close()
	response, err := server.Client().Get(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if body, err := io.ReadAll(response.Body); err != nil || string(body) != "hijacked" {
		t.Errorf("%q, %v", body, err)
	}

	// What the server's cannot, it cannot either, and says so; after that the response still gets its headers.
	w := &discard{http.Header{}}
	middleware(t, matrixConfig).WrapOver(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, _, err := w.(http.Hijacker).Hijack(); !errors.Is(err, http.ErrNotSupported) {
			t.Errorf("Hijack: %v", err)
		}
		w.(http.Flusher).Flush()
		if err := http.NewResponseController(w).Flush(); !errors.Is(err, http.ErrNotSupported) {
			t.Errorf("Flush: %v", err)
		}
		if n, err := io.Copy(w, strings.NewReader("x")); n != 1 || err != nil {
			t.Errorf("ReadFrom: %d, %v", n, err)
		}
		w.Header().Del("Access-Control-Allow-Origin")
		w.WriteHeader(200)
	})).ServeHTTP(w, &http.Request{Method: "GET", Header: http.Header{"Origin": {"https://app.example.com"}}})
	if w.header.Get("Access-Control-Allow-Origin") == "" {
		t.Errorf("%v", w.header)
	}
}

// recorded is a ResponseWriter that notes what it is asked for.
type recorded struct {
	discard
	allowOrigin map[int]string // by status
	flushed     int
	readFrom    int
}

func (r *recorded) WriteHeader(status int) {
	r.allowOrigin[status] = r.header.Get("Access-Control-Allow-Origin")
}
func (r *recorded) Flush() { r.flushed++ }
func (r *recorded) ReadFrom(from io.Reader) (int64, error) {
	r.readFrom++
	return io.Copy(io.Discard, from)
}

// What is informational goes without CORS headers, a change of protocols is not, and what the server's writer can is
// asked of it.
func TestWrapOverAsksTheWriter(t *testing.T) {
	const allowed = "https://app.example.com"
	w := &recorded{discard{http.Header{}}, map[int]string{}, 0, 0}
	request := &http.Request{Method: "GET", Header: http.Header{"Origin": {allowed}}}
	middleware(t, matrixConfig).WrapOver(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for _, status := range []int{100, 102, 103, 199} {
			w.WriteHeader(status)
			if got := w.Header().Get("Access-Control-Allow-Origin"); got != allowed {
				t.Errorf("after %d: %q", status, got)
			}
		}
		w.WriteHeader(200)
		w.(http.Flusher).Flush()
		if n, err := io.Copy(w, struct{ io.Reader }{strings.NewReader("xy")}); n != 2 || err != nil {
			t.Errorf("ReadFrom: %d, %v", n, err)
		}
		// What comes after the header changes nothing of it.
		w.Header().Set("Access-Control-Allow-Origin", "late")
		io.WriteString(w, "z")
		if got := w.Header().Get("Access-Control-Allow-Origin"); got != "late" {
			t.Errorf("after the header: %q", got)
		}
	})).ServeHTTP(w, request)
	middleware(t, matrixConfig).WrapOver(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusSwitchingProtocols)
	})).ServeHTTP(w, request)
	want := map[int]string{100: "", 102: "", 103: "", 199: "", 101: allowed, 200: allowed}
	if diff := cmp.Diff(want, w.allowOrigin); diff != "" || w.flushed != 1 || w.readFrom != 1 {
		t.Errorf("flushed %d times, read from %d times (-want +got):\n%s", w.flushed, w.readFrom, diff)
	}
}

// notifier is a ResponseWriter that knows when its client is gone.
type notifier struct {
	discard
	gone chan bool
}

func (n *notifier) CloseNotify() <-chan bool { return n.gone }

// unwrapped is a ResponseWriter of some middleware, which has nothing of its own.
type unwrapped struct{ http.ResponseWriter }

func (u unwrapped) Unwrap() http.ResponseWriter { return u.ResponseWriter }

// Frameworks ask the writer for CloseNotify without looking whether it is there: it is the server's, if that has one.
func TestWrapOverCloseNotify(t *testing.T) {
	known := &notifier{discard{http.Header{}}, make(chan bool, 1)}
	known.gone <- true
	for name, c := range map[string]struct {
		w    http.ResponseWriter
		want int
	}{
		"the server's": {known, 1}, "within another": {unwrapped{unwrapped{known}}, 1},
		"none": {&discard{http.Header{}}, 0}, "none within another": {unwrapped{&discard{http.Header{}}}, 0},
	} {
		middleware(t, matrixConfig).WrapOver(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if gone := w.(interface{ CloseNotify() <-chan bool }).CloseNotify(); len(gone) != c.want {
				t.Errorf("%s: %d in the channel, want %d", name, len(gone), c.want)
			}
		})).ServeHTTP(c.w, &http.Request{Method: "GET", Header: http.Header{"Origin": {"https://app.example.com"}}})
	}
}

// A WebSocket goes through a proxy below WrapOver.
func TestWrapOverUpgrade(t *testing.T) {
	proxy := proxyTo(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		connection, buffered, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		defer connection.Close()
		buffered.WriteString("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n")
		buffered.Flush()
		line, _ := buffered.ReadString('\n')
		buffered.WriteString("echo " + line)
		buffered.Flush()
	}))
	server := httptest.NewServer(middleware(t, matrixConfig).WrapOver(proxy))
	defer server.Close()
	connection, err := net.Dial("tcp", server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer connection.Close()
	connection.SetDeadline(time.Now().Add(10 * time.Second))
	io.WriteString(connection, "GET / HTTP/1.1\r\nHost: a.example\r\nConnection: Upgrade\r\nUpgrade: echo\r\nOrigin: https://app.example.com\r\n\r\n")
	buffered := bufio.NewReader(connection)
	response, err := http.ReadResponse(buffered, nil)
	if err != nil || response.StatusCode != 101 {
		t.Fatalf("%v, %v", response, err)
	}
	io.WriteString(connection, "hello\n")
	if line, err := buffered.ReadString('\n'); line != "echo hello\n" {
		t.Errorf("%q, %v", line, err)
	}
}

// Without a policy, the handler gets the writer itself.
func TestWrapOverNoPolicy(t *testing.T) {
	recorder := httptest.NewRecorder()
	new(policyhttp.Middleware).WrapOver(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if w != http.ResponseWriter(recorder) {
			t.Errorf("the handler gets a %T", w)
		}
	})).ServeHTTP(recorder, httptest.NewRequest("GET", "/", nil))
}

// What a handler writes into a slice of the header reaches nothing that comes
// back after an informational response.
func TestWrapOverKeepsACopy(t *testing.T) {
	h := middleware(t, matrixConfig).WrapOver(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for range 2 {
			for _, values := range w.Header() {
				values[0] = "spoilt"
			}
			w.WriteHeader(http.StatusEarlyHints)
			clear(w.Header())
		}
		w.WriteHeader(200)
	}))
	w := serve(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Outer", "1")
		w.Header().Set("Vary", "Cookie")
		h.ServeHTTP(w, r)
	}), "GET", "Origin", "https://app.example.com")
	want := http.Header{"X-Outer": {"1"}, "Vary": {"Cookie, Origin"}, "Access-Control-Allow-Origin": {"https://app.example.com"}, "Access-Control-Allow-Credentials": {"true"}}
	if diff := cmp.Diff(want, w.Header()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// A handler may remove what was there before it. Only after an informational response does it come back.
func TestWrapOverCleared(t *testing.T) {
	h := middleware(t, matrixConfig).WrapOver(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		clear(w.Header())
		w.WriteHeader(200)
	}))
	w := serve(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Outer", "1")
		h.ServeHTTP(w, r)
	}), "GET", "Origin", "https://app.example.com")
	if got := w.Header(); got.Get("X-Outer") != "" || got.Get("Access-Control-Allow-Origin") == "" {
		t.Errorf("%v", got)
	}
}

// A server's writer that is not an [io.ReaderFrom] gets the same.
func TestWrapOverReadFrom(t *testing.T) {
	w := serve(middleware(t, matrixConfig).WrapOver(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if n, err := w.(io.ReaderFrom).ReadFrom(strings.NewReader("xy")); n != 2 || err != nil {
			t.Errorf("%d, %v", n, err)
		}
	})), "GET", "Origin", "https://app.example.com")
	if w.Body.String() != "xy" || w.Header().Get("Access-Control-Allow-Origin") == "" {
		t.Errorf("%q, %v", w.Body, w.Header())
	}
}

func TestWrapOverManyNamesOfVary(t *testing.T) {
	lineartest.Check(t, func(size int) func() {
		var b strings.Builder
		for i := range size / 8 {
			fmt.Fprintf(&b, "x%d,", i%60)
		}
		line := b.String()
		h := middleware(t, matrixConfig).WrapOver(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { w.Header()["Vary"] = []string{line} }))
		r := &http.Request{Method: "GET", Header: http.Header{}}
		return func() { h.ServeHTTP(&discard{http.Header{}}, r) }
	})
}
