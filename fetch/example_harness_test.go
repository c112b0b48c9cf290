package fetch_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"strings"

	"golang.org/x/net/publicsuffix"
	"golang.org/x/net/websocket"

	"github.com/corspec/corspec/fetch"
	"github.com/corspec/corspec/fetch/fetchhttp"
	"github.com/corspec/corspec/fetch/initiator"
	"github.com/corspec/corspec/origin"
)

// A transport of one's own: HTTP/1.1, a new connection for each request, whatever its host. For https, it would do TLS.
type transport struct{ server net.Addr }

// RoundTrip sends one request. It follows no redirects, knows no cookies, and ends when the request's context does.
func (t transport) RoundTrip(r *http.Request) (*http.Response, error) {
	conn, err := new(net.Dialer).DialContext(r.Context(), t.server.Network(), t.server.String())
	if err != nil {
		if r.Body != nil {
			r.Body.Close()
		}
		return nil, err
	}
	stop := context.AfterFunc(r.Context(), func() { conn.Close() })
	out := r.Clone(r.Context())
	out.Close = out.Header.Get("Upgrade") == ""
	go func() { // the server may answer before it has read all
		if out.Write(conn) != nil {
			conn.Close()
		}
	}()
	header := &io.LimitedReader{R: conn, N: 256 << 10} // it may never end
	in := bufio.NewReader(header)
	resp := new(http.Response)
	for resp.StatusCode < 200 && resp.StatusCode != http.StatusSwitchingProtocols {
		if resp, err = http.ReadResponse(in, r); err != nil {
			stop()
			conn.Close()
			return nil, err
		}
	}
	header.N = 1 << 62
	if resp.StatusCode == http.StatusSwitchingProtocols {
		resp.Body = io.NopCloser(in)
	}
	resp.Body = stream{resp.Body, conn, func() error { stop(); return conn.Close() }}
	return resp, nil
}

// A stream is the body of a response, or what goes both ways behind 101.
type stream struct {
	io.Reader
	io.Writer
	close func() error
}

func (s stream) Close() error { return s.close() }

// told says what a page gets, or what it is not told.
func told(resp *fetchhttp.Response, err error) string {
	if err != nil {
		return err.Error()
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	return fmt.Sprintf("%s %d %q %v", resp.Type, resp.StatusCode, body, err)
}

// A whole harness: pages with cookies, an image with crossorigin, a streamed upload, a WebSocket, a transport of its
// own.
func Example_harness() {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Println("-", r.Method, r.Host+r.URL.Path, r.Header["Origin"], r.Header["Cookie"])
		if r.URL.Path == "/chat" {
			websocket.Handler(func(c *websocket.Conn) { io.WriteString(c, "hello") }).ServeHTTP(w, r)
			return
		}
		w.Header().Set("Access-Control-Allow-Origin", "http://www.app.test")
		w.Header().Set("Access-Control-Allow-Credentials", "true")
		w.Header().Set("Access-Control-Allow-Methods", "PUT")
		http.SetCookie(w, &http.Cookie{Name: "user", Value: "7", Path: "/"})
		io.Copy(w, r.Body)
	}))
	defer server.Close()
	jar, _ := cookiejar.New(&cookiejar.Options{PublicSuffixList: publicsuffix.List})
	browser := &fetchhttp.Agent{Agent: fetch.Agent{SuffixList: publicsuffix.List}, Jar: jar, Transport: transport{server.Listener.Addr()}}
	app, evil, ctx := browser.Page(origin.MustParse("http://www.app.test")), browser.Page(origin.MustParse("http://evil.test")), context.Background()
	crossorigin := initiator.Settings{CrossOrigin: initiator.ParseCORSSettings("use-credentials")}
	fmt.Println("img:", told(app.Load(ctx, initiator.KindImg, "http://api.app.test/image", crossorigin)))
	fmt.Println("img:", told(evil.Load(ctx, initiator.KindImg, "http://api.app.test/image", crossorigin)))
	put, _ := http.NewRequest("PUT", "http://api.app.test/upload", io.MultiReader(strings.NewReader("a "), strings.NewReader("stream")))
	put.Header.Set("Cookie", "user=1") // is dropped
	fmt.Println("fetch():", told(app.Fetch(put, fetchhttp.WithCredentials(fetch.CredentialsInclude))))
	if socket, err := app.WebSocket(ctx, "ws://api.app.test/chat"); err == nil { // and then there are frames
		frame := make([]byte, len("??hello"))
		io.ReadFull(socket, frame)
		fmt.Printf("WebSocket: %q\n", frame[2:])
		socket.Close()
	}
	// Output:
	// - GET api.app.test/image [http://www.app.test] []
	// img: cors 200 "" <nil>
	// - GET api.app.test/image [http://evil.test] []
	// img: fetchhttp: The response is shared with another origin: the response has Access-Control-Allow-Origin: "http://www.app.test", and the request's origin is "http://evil.test". [allow-origin-mismatch]
	// - OPTIONS api.app.test/upload [http://www.app.test] []
	// - PUT api.app.test/upload [http://www.app.test] [user=7]
	// fetch(): cors 200 "a stream" <nil>
	// - GET api.app.test/chat [http://www.app.test] [user=7]
	// WebSocket: "hello"
}
