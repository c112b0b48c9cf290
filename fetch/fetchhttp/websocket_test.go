package fetchhttp_test

import (
	"context"
	"crypto/sha1"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/websocket"

	"github.com/corspec/corspec/fetch"
	"github.com/corspec/corspec/fetch/fetchhttp"
	"github.com/corspec/corspec/fetch/webapi"
	"github.com/corspec/corspec/origin"
)

// accept answers a handshake, except for what change does to the answer, and echoes what comes.
func accept(change func(h http.Header, r *http.Request) (status int)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		sum := sha1.Sum([]byte(r.Header.Get("Sec-WebSocket-Key") + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
		w.Header().Set("Upgrade", "WebSocket")
		w.Header().Set("Connection", "upgrade")
		w.Header().Set("Sec-WebSocket-Accept", base64.StdEncoding.EncodeToString(sum[:]))
		status := change(w.Header(), r)
		w.WriteHeader(status)
		if status != http.StatusSwitchingProtocols {
			return
		}
		conn, b, err := w.(http.Hijacker).Hijack()
		if err != nil {
			return
		}
		defer conn.Close()
		frame := make([]byte, 4)
		io.ReadFull(b, frame)
		conn.Write(frame)
	})
}

// TestWebSocket opens WebSockets over a handler and over a server of both kinds.
func TestWebSocket(t *testing.T) {
	var seen http.Header
	h := accept(func(h http.Header, r *http.Request) int {
		seen = r.Header.Clone()
		if protocols := r.Header.Get("Sec-WebSocket-Protocol"); protocols != "" {
			h.Set("Sec-WebSocket-Protocol", "b")
		}
		return http.StatusSwitchingProtocols
	})
	plain, tls := httptest.NewServer(h), httptest.NewTLSServer(h)
	defer plain.Close()
	defer tls.Close()
	for name, tt := range map[string]struct {
		transport http.RoundTripper
		url       string
		page      origin.Origin
	}{
		"handler": {fetchhttp.Handler(h), "wss://api.example/x", app},
		"ws":      {plain.Client().Transport, strings.Replace(plain.URL, "http", "ws", 1), origin.MustParse("http://app.example")},
		"wss":     {tls.Client().Transport, strings.Replace(tls.URL, "http", "ws", 1), app},
		"https":   {tls.Client().Transport, tls.URL, app},
	} {
		t.Run(name, func(t *testing.T) {
			p := (&fetchhttp.Agent{Transport: tt.transport}).Page(tt.page)
			p.URL = origin.MustParseURL(tt.page.String() + "/page")
			ws, err := p.WebSocket(t.Context(), tt.url, "a", "b")
			if err != nil {
				t.Fatal(err)
			}
			defer ws.Close()
			if seen["Referer"] != nil {
				t.Errorf("Referer: %q", seen["Referer"])
			}
			if ws.Protocol != "b" || len(ws.Trace.Exchanges) != 1 || seen.Get("Origin") != tt.page.String() || seen.Get("Sec-WebSocket-Protocol") != "a, b" || seen.Get("Sec-WebSocket-Version") != "13" {
				t.Errorf("protocol %q, %d exchanges, headers %q", ws.Protocol, len(ws.Trace.Exchanges), seen)
			}
			if _, err := ws.Write([]byte("ping")); err != nil {
				t.Fatal(err)
			}
			b := make([]byte, 4)
			if _, err := io.ReadFull(ws, b); err != nil || string(b) != "ping" {
				t.Errorf("%q, %v", b, err)
			}
		})
	}
}

// TestWebSocketCookies holds that a WebSocket across sites takes along the cookies of any request that is not a
// navigation, and says what stays away.
func TestWebSocketCookies(t *testing.T) {
	b := newBrowser(t)
	b.visit("https://bank.example/", "none=1; SameSite=None; Secure", "lax=1; SameSite=Lax", "strict=1; SameSite=Strict")
	for _, tt := range []struct{ page, want, withheld string }{
		{"https://www.bank.example", "none=1; lax=1; strict=1", "[]"},
		{"https://evil.example", "none=1", `[the cookie "lax" did not go to https://bank.example/feed: SameSite=Lax, and the page's site is https://evil.example the cookie "strict" did not go to https://bank.example/feed: SameSite=Strict, and the page's site is https://evil.example]`},
	} {
		ws, err := b.Page(origin.MustParse(tt.page)).WebSocket(t.Context(), "wss://bank.example/feed")
		var blocked *fetchhttp.BlockedError
		if ws != nil || !errors.As(err, &blocked) { // the server answers 200
			t.Fatal(err)
		}
		if withheld := fmt.Sprint(blocked.Withheld); b.got != tt.want || withheld != tt.withheld {
			t.Errorf("from %s goes %q, told %s", tt.page, b.got, withheld)
		}
	}
}

// TestWebSocketLibrary opens one at a server that writes its answer itself.
func TestWebSocketLibrary(t *testing.T) {
	h := websocket.Handler(func(ws *websocket.Conn) { io.WriteString(ws, "hello") })
	server := httptest.NewServer(h)
	defer server.Close()
	for name, transport := range map[string]http.RoundTripper{"handler": fetchhttp.Handler(h), "network": server.Client().Transport} {
		ws, err := (&fetchhttp.Agent{Transport: transport}).Page(origin.MustParse("http://app.example")).WebSocket(t.Context(), "ws"+server.URL[len("http"):])
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		b := make([]byte, 7)
		if _, err := io.ReadFull(ws, b); err != nil || string(b[2:]) != "hello" {
			t.Errorf("%s: %q, %v", name, b, err)
		}
		ws.Close()
	}
}

// TestWebSocketRefused opens none.
func TestWebSocketRefused(t *testing.T) {
	for name, tt := range map[string]struct {
		change func(h http.Header, r *http.Request) int
		want   string
	}{
		"status":   {func(h http.Header, r *http.Request) int { return http.StatusForbidden }, "the server answered 403 Forbidden, and only 101 opens a WebSocket"},
		"redirect": {func(h http.Header, r *http.Request) int { h.Set("Location", "/"); return http.StatusFound }, "redirect-mode-error"},
		"upgrade":  {func(h http.Header, r *http.Request) int { h.Set("Upgrade", "x"); return 101 }, "Upgrade"},
		"none":     {func(h http.Header, r *http.Request) int { h.Set("Connection", "close"); return 101 }, "Connection"},
		"accept":   {func(h http.Header, r *http.Request) int { h.Set("Sec-WebSocket-Accept", "x"); return 101 }, "answer to the key"},
		"protocol": {func(h http.Header, r *http.Request) int { h.Set("Sec-WebSocket-Protocol", "x"); return 101 }, `"x", which the page has not named`},
		"extension": {func(h http.Header, r *http.Request) int {
			h.Set("Sec-WebSocket-Extensions", "permessage-deflate")
			return 101
		}, `the extension "permessage-deflate", and the page has asked for none`},
	} {
		t.Run(name, func(t *testing.T) {
			ws, err := page(accept(tt.change)).WebSocket(t.Context(), "wss://api.example/")
			if ws != nil || !errors.As(err, new(*fetchhttp.BlockedError)) || !strings.Contains(err.Error(), tt.want) || !strings.HasPrefix(err.Error(), "fetchhttp: ") {
				t.Errorf("%v, want %q", err, tt.want)
			}
		})
	}
	for _, name := range []string{"Upgrade", "Sec-WebSocket-Protocol", "Sec-WebSocket-Extensions"} {
		p := page(accept(func(h http.Header, r *http.Request) int { h.Set(name, strings.Repeat("x\x80", 10_000)); return 101 }))
		if _, err := p.WebSocket(t.Context(), "wss://api.example/"); err == nil || len(err.Error()) > 400 {
			t.Errorf("a long %s: %.1000v", name, err)
		}
	}
	// Unlike clients of other kinds, a page that names protocols takes no answer without one.
	for _, answer := range [][]string{nil, {""}, {"a", "b"}} {
		p := page(accept(func(h http.Header, r *http.Request) int { h["Sec-Websocket-Protocol"] = answer; return 101 }))
		for _, asked := range [][]string{{"a"}, {"a", "b"}} {
			if ws, err := p.WebSocket(t.Context(), "wss://api.example/", asked...); ws != nil || !errors.As(err, new(*fetchhttp.BlockedError)) || !strings.Contains(err.Error(), "protocol") {
				t.Errorf("of %q, chosen are %q: %v", asked, answer, err)
			}
		}
	}
	p := page(accept(func(http.Header, *http.Request) int { t.Error("a request is sent"); return 101 }))
	for _, args := range [][]string{{"wss://api.example/#x"}, {"ftp://api.example/"}, {"/x"}, {"wss://api.example/", "a", "a"}, {"wss://api.example/", "a b"}} {
		var exception *webapi.Exception
		if _, err := p.WebSocket(t.Context(), args[0], args[1:]...); !errors.As(err, &exception) || exception.Name != "SyntaxError" {
			t.Errorf("%q: %v", args, err)
		}
	}
	if _, err := p.WebSocket(t.Context(), "wss://a b/"); strings.Count(err.Error(), "a b") != 1 || !strings.Contains(err.Error(), "byte 7: ") {
		t.Errorf("a URL that does not parse: %v", err)
	}
	var blocked *fetchhttp.BlockedError
	if _, err := p.WebSocket(t.Context(), "ws://api.example/"); !errors.As(err, &blocked) || blocked.Trace.Result.Verdict.Code != fetch.CodeMixedContent {
		t.Errorf("ws on a page of https: %v", err)
	}
	if _, err := p.WebSocket(t.Context(), "wss://api.example:22/"); !errors.As(err, &blocked) || blocked.Trace.Result.Verdict.Code != fetch.CodeBadPort {
		t.Errorf("a bad port: %v", err)
	}
}

// TestWebSocketFaults holds that a connection ends whose handshake is not in order, and that what answers in place of
// the network opens none.
func TestWebSocketFaults(t *testing.T) {
	ended := make(chan bool)
	p := page(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer close(ended)
		conn, b, err := w.(http.Hijacker).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		io.WriteString(conn, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n")
		io.Copy(io.Discard, b)
	}))
	if _, err := p.WebSocket(t.Context(), "wss://api.example/"); err == nil || !strings.Contains(err.Error(), "Upgrade") {
		t.Error(err)
	}
	select {
	case <-ended:
	case <-time.After(10 * time.Second):
		t.Error("the connection stays open")
	}
	for _, status := range []int{101, 200} {
		agent := &fetchhttp.Agent{Transport: roundTripper(func(*http.Request) (*http.Response, error) { return nil, errors.New("something is sent") })}
		agent.Hooks.OverrideFetch = func(*fetch.Request) (fetch.Response, bool) { return fetch.Response{Status: status}, true }
		var blocked *fetchhttp.BlockedError
		if ws, err := agent.Page(app).WebSocket(t.Context(), "wss://api.example/"); ws != nil || !errors.As(err, &blocked) || strings.Contains(err.Error(), "is sent") {
			t.Errorf("a hook answers %d: %v", status, err)
		}
	}
}

// TestWebSocketEnds holds that neither side waits for the other when the page gives up.
func TestWebSocketEnds(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	ended := make(chan bool)
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer close(ended)
		conn, _, err := w.(http.Hijacker).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		if _, _, err := w.(http.Hijacker).Hijack(); !errors.Is(err, http.ErrHijacked) {
			t.Errorf("a second time: %v", err)
		}
		if _, err := w.Write(nil); !errors.Is(err, http.ErrHijacked) {
			t.Errorf("write: %v", err)
		}
		cancel()
		io.Copy(io.Discard, conn) // says nothing
	})
	if _, err := page(h).WebSocket(ctx, "wss://api.example/"); err == nil {
		t.Error("a WebSocket without an answer")
	}
	select {
	case <-ended:
	case <-time.After(10 * time.Second):
		t.Error("the handler waits for a page that is gone")
	}
}

// login sets the cookie of a session; feed tells who is logged in what is theirs.
func login(w http.ResponseWriter, _ *http.Request) {
	user := &http.Cookie{Name: "user", Value: "alice", Path: "/", Secure: true, SameSite: http.SameSiteNoneMode}
	http.SetCookie(w, user)
}

func feed(ws *websocket.Conn) {
	if user, err := ws.Request().Cookie("user"); err == nil {
		fmt.Fprintf(ws, "secrets of %s", user.Value)
	}
}

// hijack opens a WebSocket on a page of another site in the browser of somebody who is logged in.
func hijack(server http.Handler) {
	jar, _ := cookiejar.New(nil)
	browser := &fetchhttp.Agent{Transport: fetchhttp.Handler(server), Jar: jar}
	req, _ := http.NewRequest("POST", "https://bank.example/login", nil)
	browser.Page(origin.MustParse("https://bank.example")).Fetch(req)

	evil := browser.Page(origin.MustParse("https://evil.example"))
	ws, err := evil.WebSocket(context.Background(), "wss://bank.example/feed")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer ws.Close()
	frame := make([]byte, 100)
	n, _ := ws.Read(frame)
	fmt.Printf("evil.example reads: %s\n", frame[2:n])
}

// A server of WebSockets that looks at cookies alone falls to any page that its users visit: no preflight and no CORS
// check stands before it.
func ExamplePage_WebSocket_falls() {
	server := http.NewServeMux()
	server.HandleFunc("/login", login)
	server.Handle("/feed", websocket.Handler(feed))
	hijack(server)
	// Output: evil.example reads: secrets of alice
}

// One that looks at Origin stands.
func ExamplePage_WebSocket_stands() {
	server := http.NewServeMux()
	server.HandleFunc("/login", login)
	server.Handle("/feed", websocket.Server{Handler: feed, Handshake: func(_ *websocket.Config, r *http.Request) error {
		if r.Header.Get("Origin") != "https://bank.example" {
			return errors.New("a page of another site")
		}
		return nil
	}})
	hijack(server)
	// Output: fetchhttp: the server answered 403 Forbidden, and only 101 opens a WebSocket
}
