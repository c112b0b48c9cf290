package fetchhttp_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/corspec/corspec/fetch"
	"github.com/corspec/corspec/fetch/fetchhttp"
	"github.com/corspec/corspec/fetch/initiator"
	"github.com/corspec/corspec/fetch/webapi"
	"github.com/corspec/corspec/origin"
)

// countingServer counts the connections that are made to it.
func countingServer(t *testing.T, h http.Handler, start func(*httptest.Server)) (*httptest.Server, *atomic.Int32) {
	t.Helper()
	var made atomic.Int32
	server := httptest.NewUnstartedServer(h)
	server.Config.ConnState = func(_ net.Conn, s http.ConnState) {
		if s == http.StateNew {
			made.Add(1)
		}
	}
	start(server)
	t.Cleanup(server.Close)
	return server, &made
}

func startHTTP2(server *httptest.Server) {
	server.EnableHTTP2 = true
	server.StartTLS()
}

// TestConnectionsAreKept makes a hundred fetches with preflights, redirects, blocked responses and bodies over one
// connection. On a busy machine net/http gives up a connection of HTTP/1 that is not ready within 50 ms of the response
// (its maxWriteWaitBeforeConnReuse), so there are several attempts. One that is lost each time is lost in all of them.
func TestConnectionsAreKept(t *testing.T) {
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		if r.URL.Path != "/blocked" {
			w.Header().Set(acao, "*")
			w.Header().Set(acam, "PUT")
		}
		body := strings.Repeat("x", 10_000)
		w.Header().Set("Content-Length", fmt.Sprint(len(body)))
		if r.URL.Path == "/redirect" && r.Method != http.MethodOptions {
			w.Header().Set("Location", "/end")
			w.WriteHeader(http.StatusTemporaryRedirect)
		}
		io.WriteString(w, body)
	})
	for name, start := range map[string]func(*httptest.Server){"http": (*httptest.Server).Start, "https": (*httptest.Server).StartTLS, "http2": startHTTP2} {
		t.Run(name, func(t *testing.T) {
			var tries []int32
			for range 5 {
				server, made := countingServer(t, h, start)
				agent := &fetchhttp.Agent{Transport: server.Client().Transport}
				for i := range 100 {
					p := agent.Page(origin.MustParse(fmt.Sprintf("%s://app%d.example", strings.TrimSuffix(name, "2"), i))) // whose preflights are not in the cache
					switch i % 4 {
					case 0:
						mustBlock(t, p, fetch.CodeMissingAllowOrigin, newRequest(t, "GET", server.URL+"/blocked", nil))
					case 1:
						mustBlock(t, p, fetch.CodePreflightMissingAllowOrigin, newRequest(t, "PUT", server.URL+"/blocked", strings.NewReader("body")))
					default:
						read(t, mustFetch(t, p, newRequest(t, "PUT", server.URL+"/redirect", strings.NewReader("body"))))
					}
				}
				if tries = append(tries, made.Load()); made.Load() == 1 {
					return
				}
			}
			t.Errorf("%d connections, try after try", tries)
		})
	}
}

// TestLateBody ends, though a body that was announced does not come.
func TestLateBody(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", "10")
		w.WriteHeader(http.StatusOK)
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	}))
	defer server.Close()
	p := (&fetchhttp.Agent{Transport: server.Client().Transport}).Page(origin.MustParse("http://app.example"))
	mustBlock(t, p, fetch.CodeMissingAllowOrigin, newRequest(t, "GET", server.URL, nil))
}

// TestStatusAsSent holds that the reason phrase is the server's.
func TestStatusAsSent(t *testing.T) {
	answer := func(w http.ResponseWriter, r *http.Request) {
		conn, b, err := w.(http.Hijacker).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		defer conn.Close()
		fmt.Fprintf(b, "HTTP/1.1 299 Fine by me\r\nAccess-Control-Allow-Origin: *\r\nContent-Length: 0\r\n\r\n")
		b.Flush()
	}
	server := httptest.NewServer(http.HandlerFunc(answer))
	defer server.Close()
	for name, transport := range map[string]http.RoundTripper{"network": server.Client().Transport, "handler": fetchhttp.Handler(http.HandlerFunc(answer))} {
		p := (&fetchhttp.Agent{Transport: transport}).Page(origin.MustParse("http://app.example"))
		if resp := mustFetch(t, p, newRequest(t, "GET", server.URL, nil)); resp.Status != "299 Fine by me" || resp.StatusCode != 299 {
			t.Errorf("%s: %q", name, resp.Status)
		}
		if resp := mustFetch(t, p, newRequest(t, "GET", server.URL, nil), fetchhttp.WithMode(fetch.ModeNoCORS)); resp.Status != "" || resp.StatusCode != 0 {
			t.Errorf("%s, opaque: %q", name, resp.Status)
		}
	}
}

// TestHandlerIsTheWire holds that what a handler sets means the same in this process and over the wire.
func TestHandlerIsTheWire(t *testing.T) {
	for _, set := range []http.Header{
		{acao: {"*"}},
		{acao: {" \t* \t"}},
		{acao: {"*\n"}},
		{acao: {"*\r\nX: y"}},
		{acao: {"https://app.example\n"}},
		{acao: {"\n*"}},
		{acao: {"*\n*"}},
		{acao: {"*"}, "X Y": {"1"}},
		{"access-control-allow-origin": {"*"}},
		{"ACCESS-CONTROL-ALLOW-ORIGIN": {"*"}, acao: {"*"}},
		{acao + " ": {"*"}},
		{acao: {"*"}, "X": {"a\x01b"}},
		{acao: {"*"}, "X": {"a\x00b"}},
		{acao: {"*"}, "X": {"a\x7fb"}},
		{acao: {"*"}, "X": {"a\xe9b"}},
		{acao: {"*"}, "": {"a"}},
		{acao: {"*"}, "X:": {"a"}},
		{acao: {""}},
		{acao: nil},
	} {
		h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header()["Date"] = nil
			for name, values := range set {
				w.Header()[name] = values
			}
			w.Header().Set("Content-Length", "0")
			w.Header().Set("Access-Control-Expose-Headers", "x, x-y")
			w.WriteHeader(http.StatusOK)
		})
		server := httptest.NewServer(h)
		var got [2]string
		for i, transport := range []http.RoundTripper{server.Client().Transport, fetchhttp.Handler(h)} {
			p := (&fetchhttp.Agent{Transport: transport}).Page(origin.MustParse("https://app.example"))
			req := newRequest(t, "GET", server.URL, nil)
			resp, err := p.Fetch(req, fetchhttp.WithURL(origin.MustParseURL(server.URL+"/")))
			var blocked *fetchhttp.BlockedError
			switch {
			case errors.As(err, &blocked):
				got[i] = string(blocked.Trace.Result.Verdict.Code)
			case err != nil:
				t.Fatal(err)
			default:
				got[i] = fmt.Sprintf("%q", resp.Header)
				resp.Body.Close()
			}
		}
		server.Close()
		if got[0] != got[1] {
			t.Errorf("%q: over the wire %s, in this process %s", set, got[0], got[1])
		}
	}
}

// TestControlBytesAreRefused holds that what a page may set and net/http does not send is an error before anything goes
// out.
func TestControlBytesAreRefused(t *testing.T) {
	p := page(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("something goes out") }))
	for _, b := range []string{"\x01", "\x0b", "\x1f", "\x7f"} {
		req := newRequest(t, "GET", "https://api.example/", nil)
		req.Header["X-A"] = []string{"1" + b + "2"}
		_, err := p.Fetch(req)
		if err == nil || errors.As(err, new(*fetchhttp.BlockedError)) || !strings.Contains(err.Error(), fmt.Sprintf("byte %#02x at index 1", b[0])) || !strings.HasPrefix(err.Error(), "fetchhttp: ") {
			t.Errorf("%q: %v", b, err)
		}
	}
}

// TestNamesOfLocalhost holds that they are loopback addresses, whatever a resolver knows of them.
func TestNamesOfLocalhost(t *testing.T) {
	server := httptest.NewServer(share(func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, r.Host) }))
	defer server.Close()
	_, port, _ := net.SplitHostPort(server.Listener.Addr().String())
	t.Setenv("HTTP_PROXY", "http://127.0.0.1:1") // for everything else
	// A clone, such as one with a client's certificate, is the same.
	for _, transport := range []http.RoundTripper{nil, fetchhttp.DefaultTransport().(*http.Transport).Clone()} {
		p := (&fetchhttp.Agent{Transport: transport}).Page(origin.MustParse("http://app.example"))
		for _, host := range []string{"localhost", "localhost.", "app.localhost", "a.b.LOCALHOST", "app.localhost."} {
			resp := mustFetch(t, p, newRequest(t, "GET", "http://"+host+":"+port+"/", nil))
			if got, want := read(t, resp), strings.ToLower(host)+":"+port; got != want {
				t.Errorf("%s: %q", host, got)
			}
		}
	}
}

// TestLongHeader holds that a response whose header is longer than browsers read is a failure of the network.
func TestLongHeader(t *testing.T) {
	for n, code := range map[int]fetch.Code{200 << 10: fetch.CodeOK, 300 << 10: fetch.CodeTransportError} {
		h := share(func(w http.ResponseWriter, r *http.Request) { w.Header().Set("X", strings.Repeat("x", n)) })
		server := httptest.NewServer(h)
		for name, transport := range map[string]http.RoundTripper{"handler": fetchhttp.Handler(h), "network": server.Client().Transport, "default": nil} {
			p := (&fetchhttp.Agent{Transport: transport}).Page(origin.MustParse("http://app.example"))
			if req := newRequest(t, "GET", server.URL, nil); code == fetch.CodeOK {
				mustFetch(t, p, req)
			} else if b := mustBlock(t, p, code, req); !strings.Contains(b.Err.Error(), "header") {
				t.Errorf("%s: %v", name, b.Err)
			}
		}
		server.Close()
	}
}

// TestTwoFetchesAtOnce has two fetches under way in one agent. Each sends its preflight, since no answer is there yet,
// and one that fails its CORS check clears the entries that the other has made.
func TestTwoFetchesAtOnce(t *testing.T) {
	var preflights atomic.Int32
	both := make(chan struct{})
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set(acam, "PUT")
		w.Header().Set("Access-Control-Max-Age", "600")
		if r.Method == http.MethodOptions {
			w.Header().Set(acao, "*")
			if preflights.Add(1) == 2 {
				close(both)
			}
			if preflights.Load() <= 2 {
				<-both
			}
			return
		}
		if b, _ := io.ReadAll(r.Body); string(b) == "good" {
			w.Header().Set(acao, "*")
		}
	})
	p := page(h)
	put := func(body string) error {
		resp, err := p.Fetch(newRequest(t, "PUT", "https://api.example/", strings.NewReader(body)))
		if err == nil {
			resp.Body.Close()
		}
		return err
	}
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() {
			if err := put("good"); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if n := preflights.Load(); n != 2 {
		t.Errorf("%d preflights for two fetches at once", n)
	}
	if put("good"); preflights.Load() != 2 {
		t.Error("their answers are not kept")
	}
	if err := put("bad"); err == nil {
		t.Error("a response without Access-Control-Allow-Origin is read")
	}
	if put("good"); preflights.Load() != 3 {
		t.Error("the failure of one fetch has not cleared the other's entries")
	}
}

// TestNamesInThePagesCase holds that names go out as the page writes them, each once.
func TestNamesInThePagesCase(t *testing.T) {
	var got http.Header
	p := (&fetchhttp.Agent{Transport: roundTripper(func(r *http.Request) (*http.Response, error) {
		got = r.Header
		return &http.Response{StatusCode: 200, Header: http.Header{acao: {"*"}, acah: {"*"}}}, nil
	})}).Page(app)
	req := newRequest(t, "GET", "https://api.example/", nil)
	req.Header = http.Header{"THIS-is-A-test": {"1", "2"}, "this-IS-a-TEST": {"3"}}
	resp := mustFetch(t, p, req)
	const name = "THIS-is-A-test"
	if want := []string{"1, 2, 3"}; !slices.Equal(map[string][]string(got)[name], want) {
		t.Errorf("%q", got)
	}
	if n := len(resp.Trace.Exchanges); n != 2 {
		t.Errorf("%d exchanges", n)
	}

	// Over the wire, in the same case.
	seen := make(chan string, 2)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			b := make([]byte, 4096)
			n, _ := conn.Read(b)
			seen <- string(b[:n])
			io.WriteString(conn, "HTTP/1.1 200 OK\r\nAccess-Control-Allow-Origin: *\r\nAccess-Control-Allow-Headers: *\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
			conn.Close()
		}
	}()
	p = (&fetchhttp.Agent{}).Page(origin.MustParse("http://app.example"))
	mustFetch(t, p, req, fetchhttp.WithURL(origin.MustParseURL("http://"+listener.Addr().String())))
	<-seen // the preflight
	if got := <-seen; !strings.Contains(got, "\r\nTHIS-is-A-test: 1, 2, 3\r\n") {
		t.Errorf("%q", got)
	}
}

// TestDo makes requests that are ready.
func TestDo(t *testing.T) {
	var got []string
	p := page(share(func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		got = append(got, fmt.Sprint(r.Method, " ", r.Header.Get("Content-Type"), " ", string(b), " ", r.ContentLength))
		if r.URL.Path == "/again" {
			http.Redirect(w, r, "/", http.StatusTemporaryRedirect)
		}
	}))
	var x webapi.XMLHttpRequest
	if err := x.Open(webapi.Client{Origin: app}, "PUT", "https://api.example/again", webapi.UserInfo{}); err != nil {
		t.Fatal(err)
	}
	r, err := x.Send(&webapi.Payload{Type: "text/plain;charset=UTF-8", Text: true})
	if err != nil {
		t.Fatal(err)
	}
	resp, err := p.Do(t.Context(), r, io.MultiReader(strings.NewReader("bo"), strings.NewReader("dy")))
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	o, err := webapi.NewRequest(webapi.Client{Origin: app}, webapi.RequestInfo{URL: "https://api.example/"}, webapi.RequestInit{})
	if err != nil {
		t.Fatal(err)
	}
	if resp, err = p.Do(t.Context(), o.Request, nil); err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if want := []string{"PUT text/plain;charset=UTF-8 body 4", "PUT text/plain;charset=UTF-8 body 4", "GET   0"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	if _, err := p.Do(t.Context(), o.Request, strings.NewReader("body")); err == nil {
		t.Error("a GET has a body")
	}
	if _, err := p.Do(t.Context(), r, nil); err == nil {
		t.Error("a PUT that has a body has none")
	}
	var blocked *fetchhttp.BlockedError
	r.Keepalive = true
	for n, code := range map[int]fetch.Code{65536: "", 65537: fetch.CodeKeepaliveQuotaExceeded} {
		resp, err := p.Do(t.Context(), r, strings.NewReader(strings.Repeat("x", n)))
		if code == "" && err == nil {
			resp.Body.Close()
		} else if code == "" || !errors.As(err, &blocked) || blocked.Trace.Result.Verdict.Code != code {
			t.Errorf("keepalive with %d bytes: %v", n, err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := p.Do(ctx, o.Request, nil); !errors.As(err, &blocked) || blocked.Trace.Result.Verdict.Code != fetch.CodeAborted {
		t.Errorf("%v", err)
	}
}

// TestXMLHttpRequestOverTheWire holds that what the API combines, and the user name and password that it lets a URL
// have, come to the server: the list at once, and the password when the server asks for one.
func TestXMLHttpRequestOverTheWire(t *testing.T) {
	var got http.Header
	server := httptest.NewServer(share(func(w http.ResponseWriter, r *http.Request) {
		if got = r.Header.Clone(); got.Get("Authorization") == "" {
			w.Header().Set("WWW-Authenticate", "Basic")
			w.WriteHeader(http.StatusUnauthorized)
		}
	}))
	defer server.Close()
	client := webapi.Client{Origin: origin.MustParseURL(server.URL).Origin()}
	var x webapi.XMLHttpRequest
	if err := x.Open(client, "GET", server.URL, webapi.UserInfo{Username: new("me"), Password: new("secret")}); err != nil {
		t.Fatal(err)
	}
	for _, value := range []string{"1", ""} {
		if _, err := x.SetRequestHeader("X-List", value); err != nil {
			t.Fatal(err)
		}
	}
	r, err := x.Send(nil)
	if err != nil {
		t.Fatal(err)
	}
	agent := &fetchhttp.Agent{}
	agent.Hooks.Authenticate = func(*fetch.Request, fetch.ResponseHead) (string, bool) {
		t.Error("somebody is asked for the password that the URL has")
		return "", false
	}
	resp, err := agent.Page(client.Origin).Do(t.Context(), r, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if made, _ := resp.Trace.Request.Headers.Get("X-List"); made != "1, " {
		t.Errorf("the request has %q", made)
	}
	if n := len(resp.Trace.Exchanges); n != 2 || resp.StatusCode != http.StatusOK {
		t.Errorf("status %d after %d exchanges", resp.StatusCode, n)
	}
	if list, authorization := got.Get("X-List"), got.Get("Authorization"); list != "1," || authorization != "Basic bWU6c2VjcmV0" {
		t.Errorf("X-List: %q, Authorization: %q", list, authorization)
	}
}

// TestPasswordsOfURLs holds that what an element's URL says of who asks is tried where the server wants to know,
// without anybody to ask; and that CORS, and fetch(), do without.
func TestPasswordsOfURLs(t *testing.T) {
	var sent []string
	p := page(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		sent = append(sent, r.Header.Get("Authorization"))
		w.Header().Set(acao, app.String())
		w.Header().Set(acac, "true")
		if sent[len(sent)-1] == "" {
			w.WriteHeader(http.StatusUnauthorized)
		}
	}))
	const url = "https://me:secret@api.example/x"
	for _, tt := range []struct {
		kind     initiator.Kind
		settings initiator.Settings
		want     string
	}{
		{initiator.KindImg, initiator.Settings{}, `["" "Basic bWU6c2VjcmV0"]`},
		{initiator.KindForm, initiator.Settings{}, `["" "Basic bWU6c2VjcmV0"]`},
		{initiator.KindImg, initiator.Settings{CrossOrigin: initiator.CORSSettingsUseCredentials}, `[""]`},
		{initiator.KindModuleScript, initiator.Settings{CrossOrigin: initiator.CORSSettingsUseCredentials}, `[""]`},
	} {
		sent = nil
		resp, err := p.Load(t.Context(), tt.kind, url, tt.settings)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if got := fmt.Sprintf("%q", sent); got != tt.want {
			t.Errorf("%v, %+v: sent %s, want %s", tt.kind, tt.settings, got, tt.want)
		}
	}
	if _, err := p.Fetch(newRequest(t, "GET", url, nil)); !errors.As(err, new(*webapi.Exception)) {
		t.Errorf("fetch() of a URL with a password: %v", err)
	}
}

// TestLoad loads what elements load.
func TestLoad(t *testing.T) {
	var got http.Header
	p := page(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got = r.Header.Clone()
		w.Header().Set(acao, "*")
		io.WriteString(w, "pixels")
	}))
	for setting, want := range map[initiator.CORSSettings]fetch.ResponseType{initiator.CORSSettingsNoCORS: fetch.ResponseTypeOpaque, initiator.CORSSettingsAnonymous: fetch.ResponseTypeCORS} {
		resp, err := p.Load(t.Context(), initiator.KindImg, "https://cdn.example/x.png", initiator.Settings{CrossOrigin: setting})
		if err != nil {
			t.Fatal(err)
		}
		if body := read(t, resp); resp.Type != want || (body == "pixels") != (want == fetch.ResponseTypeCORS) || got.Get("Sec-Fetch-Dest") != "image" {
			t.Errorf("%s: %q, %q", resp.Type, body, got)
		}
	}
	for _, f := range []func() (*fetchhttp.Response, error){
		func() (*fetchhttp.Response, error) {
			return p.Load(t.Context(), initiator.KindImg, "/x.png", initiator.Settings{})
		},
		func() (*fetchhttp.Response, error) {
			return p.Load(t.Context(), initiator.KindLinkPreload, "https://cdn.example/", initiator.Settings{As: "x"})
		},
	} {
		if resp, err := f(); err == nil {
			t.Errorf("%+v", resp)
		}
	}
}

// TestAllocs holds what a fetch over a handler in this process allocates.
func TestAllocs(t *testing.T) {
	p := page(share(func(w http.ResponseWriter, r *http.Request) {}))
	req := newRequest(t, "GET", "https://api.example/", nil)
	if n := testing.AllocsPerRun(200, func() {
		resp, err := p.Fetch(req)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
	}); n > 65 {
		t.Errorf("a fetch allocates %v times", n)
	}
}
