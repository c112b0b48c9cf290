package fetchhttp_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/net/publicsuffix"

	"github.com/corspec/corspec/fetch"
	"github.com/corspec/corspec/fetch/fetchhttp"
	"github.com/corspec/corspec/fetch/initiator"
	"github.com/corspec/corspec/fetch/webapi"
	"github.com/corspec/corspec/internal/lineartest"
	"github.com/corspec/corspec/origin"
)

const (
	acao = "Access-Control-Allow-Origin"
	acac = "Access-Control-Allow-Credentials"
	acam = "Access-Control-Allow-Methods"
	acah = "Access-Control-Allow-Headers"
)

var app = origin.MustParse("https://app.example")

func newRequest(t testing.TB, method, url string, body io.Reader) *http.Request {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, body)
	if err != nil {
		t.Fatal(err)
	}
	return req
}

// share lets a handler's responses be read by everyone.
func share(h http.HandlerFunc) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set(acao, "*")
		w.Header().Set(acam, "*")
		w.Header().Set(acah, "*")
		if r.Method == http.MethodOptions {
			return
		}
		h(w, r)
	})
}

func page(h http.Handler) *fetchhttp.Page {
	return (&fetchhttp.Agent{Transport: fetchhttp.Handler(h)}).Page(app)
}

func read(t testing.TB, resp *fetchhttp.Response) string {
	t.Helper()
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func mustFetch(t testing.TB, p *fetchhttp.Page, req *http.Request, options ...fetchhttp.Option) *fetchhttp.Response {
	t.Helper()
	resp, err := p.Fetch(req, options...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { resp.Body.Close() })
	return resp
}

func mustBlock(t testing.TB, p *fetchhttp.Page, code fetch.Code, req *http.Request, options ...fetchhttp.Option) *fetchhttp.BlockedError {
	t.Helper()
	resp, err := p.Fetch(req, options...)
	var blocked *fetchhttp.BlockedError
	if resp != nil || !errors.As(err, &blocked) {
		t.Fatalf("%v, %v, want it blocked", resp, err)
	}
	if got := blocked.Trace.Result.Verdict.Code; got != code {
		t.Fatalf("%s, want %s", got, code)
	}
	if !strings.Contains(err.Error(), string(code)) {
		t.Errorf("%q does not name %s", err, code)
	}
	return blocked
}

func TestHandlerStreams(t *testing.T) {
	next := make(chan bool)
	p := page(share(func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, "one")
		w.(http.Flusher).Flush()
		<-next
		io.WriteString(w, "two")
	}))
	resp := mustFetch(t, p, newRequest(t, "GET", "https://api.example/", nil))
	b := make([]byte, 3)
	if _, err := io.ReadFull(resp.Body, b); err != nil || string(b) != "one" {
		t.Fatalf("%q, %v", b, err)
	}
	close(next)
	if got := read(t, resp); got != "two" {
		t.Errorf("%q", got)
	}
	if resp.Type != fetch.ResponseTypeCORS || resp.StatusCode != 200 || resp.Status != "200 OK" || resp.URL != "https://api.example/" || resp.Redirected {
		t.Errorf("%+v", resp)
	}
}

// A handler's writer can what the server's can, which applications take for granted: gin asks for CloseNotify without
// looking whether it is there.
func TestHandlerWriterIsAsTheServers(t *testing.T) {
	var can map[string]bool
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c := http.NewResponseController(w)
		_, flusher := w.(http.Flusher)
		_, hijacker := w.(http.Hijacker)
		_, notifier := w.(interface{ CloseNotify() <-chan bool })
		can = map[string]bool{
			"Flusher": flusher, "Hijacker": hijacker, "CloseNotify": notifier, "SetReadDeadline": c.SetReadDeadline(time.Time{}) == nil,
			"SetWriteDeadline": c.SetWriteDeadline(time.Now().Add(time.Minute)) == nil, "EnableFullDuplex": c.EnableFullDuplex() == nil, "Flush": c.Flush() == nil,
		}
	})
	server := httptest.NewServer(h)
	defer server.Close()
	resp, err := server.Client().Get(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	io.Copy(io.Discard, resp.Body) // the head comes before the handler is done
	resp.Body.Close()
	want := can
	read(t, mustFetch(t, page(share(h)), newRequest(t, "GET", "https://api.example/", nil)))
	if !maps.Equal(can, want) {
		t.Errorf("%v, of the server's: %v", can, want)
	}

	// It tells when the client is gone.
	gone := make(chan bool)
	resp2 := mustFetch(t, page(share(func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, "x")
		gone <- <-w.(interface{ CloseNotify() <-chan bool }).CloseNotify()
	})), newRequest(t, "GET", "https://api.example/", nil))
	resp2.Body.Close()
	if !<-gone {
		t.Error("the client is gone, and it is not told")
	}
}

func TestHandlerFailures(t *testing.T) {
	for name, h := range map[string]http.HandlerFunc{
		"panic":  func(http.ResponseWriter, *http.Request) { panic("oops") },
		"abort":  func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
		"status": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(42) },
		"101":    func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusSwitchingProtocols) },
		"goexit": func(http.ResponseWriter, *http.Request) { runtime.Goexit() },
	} {
		t.Run(name, func(t *testing.T) {
			b := mustBlock(t, page(h), fetch.CodeTransportError, newRequest(t, "GET", "https://api.example/", nil))
			if name == "abort" && !errors.Is(b, http.ErrAbortHandler) {
				t.Errorf("the cause is lost: %v", b.Err)
			}
			if name == "panic" && (b.Err == nil || !strings.Contains(b.Err.Error(), "oops")) {
				t.Errorf("the panic is lost: %v", b.Err)
			}
			if b.Trace.Result.Reached {
				t.Error("it is said to have been answered")
			}
		})
	}
	t.Run("panic in the middle", func(t *testing.T) {
		resp := mustFetch(t, page(share(func(w http.ResponseWriter, _ *http.Request) {
			io.WriteString(w, "some")
			panic("oops")
		})), newRequest(t, "GET", "https://api.example/", nil))
		if b, err := io.ReadAll(resp.Body); string(b) != "some" || err == nil || !strings.Contains(err.Error(), "oops") {
			t.Errorf("%q, %v", b, err)
		}
	})
}

func TestHandlerWithoutBodies(t *testing.T) {
	errs := make(chan error, 1)
	h := share(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/204" {
			w.WriteHeader(http.StatusNoContent)
		}
		w.Header().Set("Too-Late", "1")
		_, err := io.WriteString(w, strings.Repeat("x", 1<<16))
		errs <- err
	})
	resp := mustFetch(t, page(h), newRequest(t, "HEAD", "https://api.example/", nil))
	if got := read(t, resp); got != "" {
		t.Errorf("HEAD has a body of %d bytes", len(got))
	}
	if err := <-errs; err != nil {
		t.Errorf("the handler's write: %v", err)
	}
	resp = mustFetch(t, page(h), newRequest(t, "GET", "https://api.example/204", nil))
	if got := read(t, resp); got != "" || resp.StatusCode != 204 {
		t.Errorf("%d with a body of %d bytes", resp.StatusCode, len(got))
	}
	if err := <-errs; !errors.Is(err, http.ErrBodyNotAllowed) {
		t.Errorf("the handler's write: %v", err)
	}
	if resp.Header.Get("Too-Late") != "" {
		t.Error("a header that came too late")
	}
}

func TestHandlerSeesServerRequest(t *testing.T) {
	type seen struct {
		Method, URI, Path, Host, Body string
		Length                        int64
	}
	var got seen
	h := share(func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		got = seen{r.Method, r.RequestURI, r.URL.Path, r.Host, string(b), r.ContentLength}
		if r.URL.Scheme != "" || r.URL.Host != "" || r.RemoteAddr == "" {
			t.Errorf("not what a server sees: %+v", r.URL)
		}
	})
	p := page(h)
	mustFetch(t, p, newRequest(t, "GET", "https://api.example:8443/a%2Fb?c=d#e", nil))
	if want := (seen{"GET", "/a%2Fb?c=d", "/a/b", "api.example:8443", "", 0}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	mustFetch(t, p, newRequest(t, "POST", "https://api.example/", strings.NewReader("hi")))
	if want := (seen{"POST", "/", "/", "api.example", "hi", 2}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	mustFetch(t, p, newRequest(t, "POST", "https://api.example/", io.MultiReader(strings.NewReader("hi"))))
	if want := (seen{"POST", "/", "/", "api.example", "hi", -1}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
}

func TestContext(t *testing.T) {
	started, gone := make(chan bool), make(chan bool)
	p := page(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		close(started)
		<-r.Context().Done()
		close(gone)
	}))
	ctx, cancel := context.WithCancel(t.Context())
	go func() { <-started; cancel() }()
	b := mustBlock(t, p, fetch.CodeAborted, newRequest(t, "GET", "https://api.example/", nil).WithContext(ctx))
	if !errors.Is(b, context.Canceled) {
		t.Errorf("%v", b.Err)
	}
	<-gone

	// Closing the body ends the handler as well.
	gone = make(chan bool)
	p = page(share(func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, "x")
		<-r.Context().Done()
		close(gone)
	}))
	resp := mustFetch(t, p, newRequest(t, "GET", "https://api.example/", nil))
	resp.Body.Close()
	<-gone

	// The end of the context ends the reading of the body, whatever the handler does, and its writing.
	goOn, wrote := make(chan bool), make(chan error)
	p = page(share(func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, "x")
		<-goOn
		_, err := io.WriteString(w, "y")
		wrote <- err
	}))
	ctx, cancel = context.WithCancel(t.Context())
	resp = mustFetch(t, p, newRequest(t, "GET", "https://api.example/", nil).WithContext(ctx))
	if _, err := io.ReadFull(resp.Body, make([]byte, 1)); err != nil {
		t.Error(err)
	}
	cancel()
	if b, err := io.ReadAll(resp.Body); len(b) > 0 || !errors.Is(err, context.Canceled) {
		t.Errorf("%q, %v", b, err)
	}
	close(goOn)
	if err := <-wrote; err == nil {
		t.Error("the handler can still write")
	}
	resp.Body.Close()

	// So does it where the header has not been written.
	goOn, started = make(chan bool), make(chan bool)
	p = page(share(func(w http.ResponseWriter, r *http.Request) {
		close(started)
		<-goOn
		_, err := io.WriteString(w, "y")
		wrote <- err
	}))
	ctx, cancel = context.WithCancel(t.Context())
	go func() { <-started; cancel() }()
	mustBlock(t, p, fetch.CodeAborted, newRequest(t, "GET", "https://api.example/", nil).WithContext(ctx))
	close(goOn)
	if err := <-wrote; !errors.Is(err, context.Canceled) {
		t.Errorf("the handler's write: %v", err)
	}
}

// closer is a body that says when it is closed.
type closer struct {
	io.Reader
	closed chan bool
}

func (c *closer) Close() error {
	select {
	case <-c.closed:
	default:
		close(c.closed)
	}
	return nil
}

// TestRequestBodyIsClosed: whoever writes to a pipe that is the body is told that nobody reads it.
func TestRequestBodyIsClosed(t *testing.T) {
	silent := http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})
	for name, tt := range map[string]struct {
		h           http.Handler
		method, url string
	}{
		"sent":              {share(func(w http.ResponseWriter, r *http.Request) {}), "POST", "https://api.example/"},
		"blocked at once":   {silent, "POST", "https://api.example:1/"},
		"preflight refused": {silent, "POST", "https://api.example/"},
		"no request":        {silent, "TRACE", "https://api.example/"},
	} {
		t.Run(name, func(t *testing.T) {
			body := &closer{strings.NewReader("x"), make(chan bool)}
			resp, err := page(tt.h).Fetch(newRequest(t, tt.method, tt.url, body))
			if (err == nil) != (name == "sent") {
				t.Fatal(err)
			}
			if err == nil {
				resp.Body.Close()
			}
			select {
			case <-body.closed:
			case <-time.After(10 * time.Second):
				t.Error("the body is open")
			}
		})
	}
}

func TestRedirectBodies(t *testing.T) {
	var mu sync.Mutex
	var got []string
	h := share(func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		mu.Lock()
		got = append(got, r.Method+" "+r.URL.Path+" "+r.Header.Get("Content-Type")+" "+string(b))
		mu.Unlock()
		switch r.URL.Path {
		case "/307":
			http.Redirect(w, r, "/end", http.StatusTemporaryRedirect)
		case "/302":
			http.Redirect(w, r, "/end", http.StatusFound)
		case "/303":
			http.Redirect(w, r, "/end", http.StatusSeeOther)
		}
	})
	stream := func() io.Reader { return io.MultiReader(strings.NewReader("body")) }
	for _, tt := range []struct {
		path, method string
		body         func() io.Reader
		want         string
		code         fetch.Code
	}{
		{"/307", "POST", func() io.Reader { return strings.NewReader("body") }, "POST /307 text/plain body|POST /end text/plain body", ""},
		{"/302", "POST", func() io.Reader { return bytes.NewReader([]byte("body")) }, "POST /302 text/plain body|GET /end  ", ""},
		{"/302", "PUT", func() io.Reader { return strings.NewReader("body") }, "PUT /302 text/plain body|PUT /end text/plain body", ""},
		{"/303", "POST", stream, "POST /303 text/plain body|GET /end  ", ""},
		{"/307", "POST", stream, "POST /307 text/plain body", fetch.CodeRedirectBodyNotReplayable},
	} {
		got = nil
		req := newRequest(t, tt.method, "https://api.example"+tt.path, tt.body())
		req.Header.Set("Content-Type", "text/plain")
		if tt.code != "" {
			mustBlock(t, page(h), tt.code, req)
		} else if resp := mustFetch(t, page(h), req); !resp.Redirected || resp.URL != "https://api.example/end" {
			t.Errorf("%s %s: %+v", tt.method, tt.path, resp)
		}
		if s := strings.Join(got, "|"); s != tt.want {
			t.Errorf("%s %s: %q, want %q", tt.method, tt.path, s, tt.want)
		}
	}
	// A body that cannot be had again is the transport's failure.
	req := newRequest(t, "POST", "https://api.example/307", strings.NewReader("body"))
	broken := errors.New("broken")
	req.GetBody = func() (io.ReadCloser, error) { return nil, broken }
	if b := mustBlock(t, page(h), fetch.CodeTransportError, req); !errors.Is(b, broken) {
		t.Errorf("%v", b.Err)
	}
}

func newJar(t testing.TB) http.CookieJar {
	t.Helper()
	jar, err := cookiejar.New(&cookiejar.Options{PublicSuffixList: publicsuffix.List})
	if err != nil {
		t.Fatal(err)
	}
	return jar
}

func TestCookies(t *testing.T) {
	var sent []string
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		sent = append(sent, r.Method+" "+r.Header.Get("Cookie"))
		if r.URL.Path == "/allowed" {
			w.Header().Set(acao, "https://app.example")
			w.Header().Set(acac, "true")
			w.Header().Set(acam, "PUT")
		}
		w.Header().Set("Set-Cookie", "n="+fmt.Sprint(len(sent))+"; SameSite=None; Secure")
	})
	const api = "https://api.other/"
	for _, tt := range []struct {
		name, url, method string
		mode              fetch.Mode
		credentials       fetch.CredentialsMode
		code              fetch.Code
		sent              string // with the cookie n=0 in the jar
		stored            string
	}{
		{"omit", api + "allowed", "GET", fetch.ModeCORS, fetch.CredentialsOmit, fetch.CodeOK, "GET ", "n=0"},
		{"same-origin, abroad", api + "allowed", "GET", fetch.ModeCORS, fetch.CredentialsSameOrigin, fetch.CodeOK, "GET ", "n=0"},
		{"include", api + "allowed", "GET", fetch.ModeCORS, fetch.CredentialsInclude, fetch.CodeOK, "GET n=0", "n=1"},
		{"include, not allowed", api, "GET", fetch.ModeCORS, fetch.CredentialsInclude, fetch.CodeMissingAllowOrigin, "GET n=0", "n=1"},
		{"include, no-cors", api, "GET", fetch.ModeNoCORS, fetch.CredentialsInclude, fetch.CodeOK, "GET n=0", "n=1"},
		{"include, with preflight", api + "allowed", "PUT", fetch.ModeCORS, fetch.CredentialsInclude, fetch.CodeOK, "OPTIONS |PUT n=0", "n=2"},
		{"include, preflight not allowed", api, "PUT", fetch.ModeCORS, fetch.CredentialsInclude, fetch.CodePreflightMissingAllowOrigin, "OPTIONS ", "n=0"},
		{"same-origin, at home", "https://app.example/", "GET", fetch.ModeCORS, fetch.CredentialsSameOrigin, fetch.CodeOK, "GET n=0", "n=1"},
		{"omit, at home", "https://app.example/", "GET", fetch.ModeCORS, fetch.CredentialsOmit, fetch.CodeOK, "GET ", "n=0"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			sent = nil
			u, _ := url.Parse(tt.url)
			jar := newJar(t)
			jar.SetCookies(u, []*http.Cookie{{Name: "n", Value: "0", Path: "/"}})
			agent := &fetchhttp.Agent{Transport: fetchhttp.Handler(h), Jar: jar}
			options := []fetchhttp.Option{fetchhttp.WithMode(tt.mode), fetchhttp.WithCredentials(tt.credentials)}
			req := newRequest(t, tt.method, tt.url, nil)
			if tt.code == fetch.CodeOK {
				resp := mustFetch(t, agent.Page(app), req, options...)
				if resp.Header.Get("Set-Cookie") != "" || len(resp.Cookies()) != 0 {
					t.Errorf("the page sees a cookie: %q", resp.Header)
				}
			} else {
				mustBlock(t, agent.Page(app), tt.code, req, options...)
			}
			if got := strings.Join(sent, "|"); got != tt.sent {
				t.Errorf("sent %q, want %q", got, tt.sent)
			}
			// A cookie without Path is stored for the folder of the URL, which is / here.
			if got := fmt.Sprint(jar.Cookies(u)[0]); got != tt.stored {
				t.Errorf("stored %q, want %q", got, tt.stored)
			}
		})
	}
	t.Run("held back", func(t *testing.T) {
		sent = nil
		jar := newJar(t)
		u, _ := url.Parse(api)
		jar.SetCookies(u, []*http.Cookie{{Name: "n", Value: "0"}})
		agent := &fetchhttp.Agent{Transport: fetchhttp.Handler(h), Jar: jar,
			SendCookies: func(r *fetch.Request, u origin.URL) bool { return r.Origin == u.Origin() }}
		resp := mustFetch(t, agent.Page(app), newRequest(t, "GET", api+"allowed", nil), fetchhttp.WithCredentials(fetch.CredentialsInclude))
		if !reflect.DeepEqual(sent, []string{"GET "}) {
			t.Errorf("%q", sent)
		}
		if got, want := fmt.Sprint(resp.Withheld), `[the cookie "n" did not go to https://api.other/allowed: SendCookies holds it back the cookie "n" of https://api.other/allowed was not kept: SendCookies holds it back]`; got != want {
			t.Errorf("told %s, want %s", got, want)
		}
		if got := fmt.Sprint(jar.Cookies(u)); got != "[n=0]" {
			t.Errorf("stored %s", got)
		}
	})
}

// TestAttack has a bank that trusts its own pages, and an evil one in the same browser.
func TestAttack(t *testing.T) {
	transfers := 0
	bank := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Origin") == "https://www.bank.example" {
			w.Header().Set(acao, "https://www.bank.example")
			w.Header().Set(acac, "true")
			w.Header().Set(acam, "PUT")
		}
		w.Header().Add("Vary", "Origin")
		if r.Method == http.MethodOptions {
			return
		}
		if r.Method == http.MethodPut {
			transfers++
		}
		if c, err := r.Cookie("session"); err == nil {
			fmt.Fprintf(w, "balance of %s", c.Value)
		} else {
			http.SetCookie(w, &http.Cookie{Name: "session", Value: "alice", Path: "/"})
		}
	})
	agent := &fetchhttp.Agent{Transport: fetchhttp.Handler(bank), Jar: newJar(t)}
	agent.SuffixList = publicsuffix.List
	include := fetchhttp.WithCredentials(fetch.CredentialsInclude)
	own, evil := agent.Page(origin.MustParse("https://www.bank.example")), agent.Page(origin.MustParse("https://evil.example"))
	mustFetch(t, own, newRequest(t, "GET", "https://api.bank.example/", nil), include)
	if got := read(t, mustFetch(t, own, newRequest(t, "GET", "https://api.bank.example/", nil), include)); got != "balance of alice" {
		t.Errorf("%q", got)
	}
	b := mustBlock(t, evil, fetch.CodeMissingAllowOrigin, newRequest(t, "GET", "https://api.bank.example/", nil), include)
	if !b.Trace.Result.Reached {
		t.Error("the handler ran, which is worth knowing")
	}
	mustBlock(t, evil, fetch.CodePreflightMissingAllowOrigin, newRequest(t, "PUT", "https://api.bank.example/", nil), include)
	if transfers != 0 {
		t.Error("the money is gone")
	}
	resp := mustFetch(t, evil, newRequest(t, "GET", "https://api.bank.example/", nil), include, fetchhttp.WithMode(fetch.ModeNoCORS))
	if resp.Type != fetch.ResponseTypeOpaque || read(t, resp) != "" || resp.StatusCode != 0 || len(resp.Header) != 0 || resp.ContentLength != 0 {
		t.Errorf("%+v", resp.Response)
	}
	mustFetch(t, own, newRequest(t, "PUT", "https://api.bank.example/", nil), include)
	if transfers != 1 {
		t.Error("the own page may not")
	}
	if own.PartitionKey == evil.PartitionKey || own.Origin() == evil.Origin() {
		t.Error("the pages are one")
	}
	if x, y := agent.Page(origin.NewOpaque()), agent.Page(origin.NewOpaque()); x.PartitionKey == y.PartitionKey {
		t.Error("two opaque pages share a partition")
	}
}

func TestOpaque(t *testing.T) {
	p := page(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Secret", "1")
		w.WriteHeader(http.StatusTeapot)
		io.WriteString(w, "secret")
	}))
	resp := mustFetch(t, p, newRequest(t, "GET", "https://api.example/", nil), fetchhttp.WithMode(fetch.ModeNoCORS))
	if resp.Type != fetch.ResponseTypeOpaque || resp.StatusCode != 0 || len(resp.Header) != 0 || resp.URL != "" || read(t, resp) != "" || resp.Redirected {
		t.Errorf("%+v", resp)
	}
	p = page(share(func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/y", http.StatusFound) }))
	resp = mustFetch(t, p, newRequest(t, "GET", "https://api.example/", nil), fetchhttp.WithRedirect(fetch.RedirectManual))
	if resp.Type != fetch.ResponseTypeOpaqueRedirect || resp.StatusCode != 0 || len(resp.Header) != 0 || resp.URL != "https://api.example/" || read(t, resp) != "" {
		t.Errorf("%+v", resp)
	}
	mustBlock(t, p, fetch.CodeRedirectModeError, newRequest(t, "GET", "https://api.example/", nil), fetchhttp.WithRedirect(fetch.RedirectError))
}

func TestIgnoredHeaders(t *testing.T) {
	var got http.Header
	server := share(func(w http.ResponseWriter, r *http.Request) { got = r.Header.Clone() })
	p := page(server)
	req := newRequest(t, "GET", "https://api.example/", nil)
	req.Header = http.Header{"Cookie": {"a=b"}, "Origin": {"https://evil.example"}, "Sec-Fetch-Mode": {"cors"}, "X-Http-Method-Override": {"TRACE"},
		"User-Agent": {"mine"}, "X-A": {" 1 "}, "x-a": {"2"}, "Host": {"evil.example"}}
	resp := mustFetch(t, p, req)
	var ignored []string
	for _, h := range resp.Ignored {
		ignored = append(ignored, h[0])
	}
	if want := []string{"Cookie", "Host", "Origin", "Sec-Fetch-Mode", "X-Http-Method-Override"}; !slices.Equal(ignored, want) {
		t.Errorf("ignored %q, want %q", ignored, want)
	}
	if got.Get("Origin") != "https://app.example" || got.Get("Cookie") != "" || !slices.Equal(got["X-A"], []string{"1, 2"}) || got.Get("User-Agent") != "mine" {
		t.Errorf("%q", got)
	}
	chromium := (&fetchhttp.Agent{Agent: fetch.Agent{Profile: fetch.ProfileChromium}, Transport: fetchhttp.Handler(server)}).Page(app)
	if resp := mustFetch(t, chromium, req); !resp.Ignored.Contains("User-Agent") || got.Get("User-Agent") == "mine" {
		t.Errorf("in Chromium, ignored %q and sent %q", resp.Ignored, got.Get("User-Agent"))
	}
	if _, err := p.Fetch(&http.Request{Method: "GET", URL: req.URL, Header: http.Header{"X Y": {"1"}}}); err == nil {
		t.Error("a header that has no name")
	}
	if _, err := p.Fetch(&http.Request{Method: "GET", URL: req.URL, Header: http.Header{"X": {"1\n2"}}}); err == nil {
		t.Error("a header that has no value")
	}
}

func TestNoCORSGuard(t *testing.T) {
	var got http.Header
	p := page(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { got = r.Header.Clone() }))
	noCORS := fetchhttp.WithMode(fetch.ModeNoCORS)
	req := newRequest(t, "POST", "https://api.example/", strings.NewReader("x"))
	req.Header = http.Header{"X-A": {"1"}, "Content-Type": {"application/json"}, "Accept-Language": {"de"}, "Range": {"bytes=0-"},
		"Accept": {strings.Repeat("a", 100), strings.Repeat("b", 100)}}
	resp := mustFetch(t, p, req, noCORS)
	if got.Get("X-A") != "" || got.Get("Content-Type") != "" || got.Get("Range") != "" || got.Get("Accept-Language") != "de" || len(got["Accept"]) != 1 {
		t.Errorf("%q", got)
	}
	if len(resp.Ignored) != 4 {
		t.Errorf("ignored %q", resp.Ignored)
	}
	for name, bad := range map[string]*http.Request{
		"method": newRequest(t, "PUT", "https://api.example/", nil),
		"stream": newRequest(t, "POST", "https://api.example/", io.MultiReader()),
	} {
		got = nil
		if _, err := p.Fetch(bad, noCORS); err == nil || got != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestBadRequests(t *testing.T) {
	p := page(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("something went out") }))
	u, _ := url.Parse("https://api.example/")
	for name, req := range map[string]*http.Request{
		"method":           {Method: "G T", URL: u},
		"forbidden method": {Method: "TRACE", URL: u},
		"no URL":           {Method: "GET"},
		"relative URL":     {Method: "GET", URL: &url.URL{Path: "/x"}},
		"credentials":      {Method: "GET", URL: &url.URL{Scheme: "https", Host: "api.example", User: url.User("u")}},
		"bad host":         {Method: "GET", URL: &url.URL{Scheme: "https", Host: "a b"}},
		"GET with a body":  {Method: "GET", URL: u, Body: io.NopCloser(strings.NewReader("x"))},
	} {
		_, err := p.Fetch(req)
		var e *webapi.Exception
		if !errors.As(err, &e) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := (&fetchhttp.Agent{}).Page(origin.Origin{}).Fetch(&http.Request{Method: "GET", URL: u}); err == nil {
		t.Error("a page without origin")
	}
}

// TestLocalURLs fetches what no wire carries.
func TestLocalURLs(t *testing.T) {
	agent := &fetchhttp.Agent{
		Transport: roundTripper(func(*http.Request) (*http.Response, error) { t.Error("something went out"); return nil, io.EOF }),
		Jar:       newJar(t),
		Blob: func(u origin.URL) (webapi.Blob, bool) {
			return webapi.Blob{Type: "text/plain", Data: []byte("hello")}, u.String() == "blob:https://app.example/1"
		},
	}
	for _, tt := range []struct {
		method, url, ranged        string
		mode                       fetch.Mode
		status, contentType, body  string // "": blocked
		contentLength, contentSent string
	}{
		{"GET", "data:,a%20b%zz%C3%A9", "", fetch.ModeCORS, "200 OK", "text/plain;charset=US-ASCII", "a b%zz\u00e9", "", ""},
		{"POST", "data:text/html;base64,aGk%3D#f", "", fetch.ModeCORS, "200 OK", "text/html", "hi", "", ""},
		{"HEAD", "data:,x", "", fetch.ModeCORS, "200 OK", "text/plain;charset=US-ASCII", "", "", ""},
		{"GET", "data:;base64,A", "", fetch.ModeCORS, "", "", "", "", ""},
		{"GET", "about:blank", "", fetch.ModeNoCORS, "", "", "", "", ""}, // its origin is opaque, and the response too
		{"GET", "blob:https://app.example/1", "", fetch.ModeCORS, "200 OK", "text/plain", "hello", "5", ""},
		{"GET", "blob:https://app.example/1#f", "", fetch.ModeSameOrigin, "200 OK", "text/plain", "hello", "5", ""},
		{"GET", "blob:https://app.example/1", "bytes=1-2", fetch.ModeCORS, "206 Partial Content", "text/plain", "el", "2", "bytes 1-2/5"},
		{"GET", "blob:https://app.example/1", "bytes=5-", fetch.ModeCORS, "", "", "", "", ""},
		{"GET", "blob:https://app.example/2", "", fetch.ModeCORS, "", "", "", "", ""},
		{"HEAD", "blob:https://app.example/1", "", fetch.ModeCORS, "", "", "", "", ""},
		{"GET", "blob:https://evil.example/1", "", fetch.ModeCORS, "", "", "", "", ""},
	} {
		req := newRequest(t, tt.method, "https://unused.example", nil)
		if tt.ranged != "" {
			req.Header.Set("Range", tt.ranged)
		}
		resp, err := agent.Page(app).Fetch(req, fetchhttp.WithURL(origin.MustParseURL(tt.url)), fetchhttp.WithMode(tt.mode))
		if tt.status == "" {
			if err == nil && resp.Type != fetch.ResponseTypeOpaque {
				t.Errorf("%s %s %s: %s", tt.method, tt.url, tt.ranged, resp.Status)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s %s %s: %v", tt.method, tt.url, tt.ranged, err)
			continue
		}
		want := [...]string{tt.status, tt.contentType, tt.body, tt.contentLength, tt.contentSent, "basic", strings.TrimSuffix(tt.url, "#f")}
		if got := [...]string{resp.Status, resp.Header.Get("Content-Type"), read(t, resp), resp.Header.Get("Content-Length"), resp.Header.Get("Content-Range"), resp.Type.String(), resp.URL}; got != want {
			t.Errorf("%s %s %s:\n got %q\nwant %q", tt.method, tt.url, tt.ranged, got, want)
		}
	}
	_, err := (&fetchhttp.Agent{}).Page(app).Fetch(newRequest(t, "GET", "https://unused.example", nil), fetchhttp.WithURL(origin.MustParseURL("blob:https://app.example/1")))
	if err == nil || !strings.Contains(err.Error(), "has no Blob") {
		t.Errorf("without Blob: %v", err)
	}
}

// TestHookAnswers holds that what a hook answers does not come with the body of the redirect before it.
func TestHookAnswers(t *testing.T) {
	for name, hooks := range map[string]fetch.Hooks{
		"stored": {StoredResponse: func(r *fetch.Request) (fetch.ResponseHead, bool) {
			return fetch.ResponseHead{Status: 302, StatusMessage: "Kept", Headers: fetch.HeaderList{{"Content-Length", "0"}}}, len(r.URLList) > 1
		}},
		"overridden": {OverrideFetch: func(r *fetch.Request) (fetch.Response, bool) {
			return fetch.Response{Status: 302, StatusMessage: "Kept"}, len(r.URLList) > 1
		}},
	} {
		agent := &fetchhttp.Agent{Transport: fetchhttp.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Location", "/there")
			w.WriteHeader(http.StatusFound)
			io.WriteString(w, "moved")
		}))}
		agent.Hooks = hooks
		resp, err := agent.Page(app).Fetch(newRequest(t, "GET", app.String()+"/here", nil))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if body := read(t, resp); body != "" || resp.Status != "302 Kept" {
			t.Errorf("%s: %s with the body %q", name, resp.Status, body)
		}
	}
}

func TestPathsKeepTheirBytes(t *testing.T) {
	var got string
	server := httptest.NewServer(share(func(w http.ResponseWriter, r *http.Request) { got = r.RequestURI }))
	t.Cleanup(server.Close)
	inProcess := share(func(w http.ResponseWriter, r *http.Request) { got = r.RequestURI })
	for name, agent := range map[string]*fetchhttp.Agent{
		"loopback":   {Transport: server.Client().Transport},
		"in process": {Transport: fetchhttp.Handler(inProcess)},
	} {
		for _, path := range []string{"/", "/a|b", "//x", "//x//y?z", "/a%2fb", "/a%2Fb", "/x?", "/x?a=|&b=^", "/a;b=c", "/%E9", "/[a]", "/a'b(c)*~!$&+,=:@", "/a//", "/?/../"} {
			req := newRequest(t, "GET", server.URL, nil)
			mustFetch(t, agent.Page(app), req, fetchhttp.WithURL(origin.MustParseURL(server.URL+path)))
			if got != path {
				t.Errorf("%s: %q arrives as %q", name, path, got)
			}
		}
	}
	// Go's own server refuses this one; another would not.
	agent := &fetchhttp.Agent{Transport: fetchhttp.Handler(inProcess)}
	mustFetch(t, agent.Page(app), newRequest(t, "GET", server.URL, nil), fetchhttp.WithURL(origin.MustParseURL(server.URL+"/%zz?%")))
	if got != "/%zz?%" {
		t.Errorf("%q", got)
	}
	// A path that net/http would send to another host is an error of the transport, and not another host's request.
	b := mustBlock(t, agent.Page(app), fetch.CodeTransportError, newRequest(t, "GET", server.URL, nil), fetchhttp.WithURL(origin.MustParseURL(server.URL+"//a|b")))
	if b.Err == nil {
		t.Error("no cause")
	}
}

func TestBlockedIsNotTransport(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	agent := &fetchhttp.Agent{Transport: server.Client().Transport}
	b := mustBlock(t, agent.Page(app), fetch.CodeMissingAllowOrigin, newRequest(t, "GET", server.URL, nil))
	if errors.Unwrap(b) != nil || !b.Trace.Result.Reached {
		t.Errorf("a block has no cause of the transport: %+v", b)
	}
	server.Close()
	b = mustBlock(t, agent.Page(app), fetch.CodeTransportError, newRequest(t, "GET", server.URL, nil))
	if b.Err == nil || b.Trace.Result.Reached || b.Trace.Exchanges[0].Answered {
		t.Errorf("%+v", b)
	}
	broken := errors.New("broken")
	agent = &fetchhttp.Agent{Transport: roundTripper(func(*http.Request) (*http.Response, error) { return nil, broken })}
	if b = mustBlock(t, agent.Page(app), fetch.CodeTransportError, newRequest(t, "GET", "https://api.example/", nil)); !errors.Is(b, broken) {
		t.Errorf("the cause is lost: %v", b.Err)
	}
	b = mustBlock(t, agent.Page(app), fetch.CodeTransportError, newRequest(t, "GET", "https://unused.example/", nil), fetchhttp.WithURL(origin.MustParseURL("blob:https://app.example/1")))
	if b.Err == nil {
		t.Error("a blob: URL without a store has a cause")
	}
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }

func TestLoopback(t *testing.T) {
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set(acao, r.Header.Get("Origin"))
		w.Header().Set(acam, "PUT")
		w.Header().Set(acah, "x-a")
		w.Header().Set("Access-Control-Max-Age", "60")
		w.Header().Set("Access-Control-Expose-Headers", "X-B")
		w.Header().Set("X-B", "1")
		w.Header().Set("X-C", "1")
		switch {
		case r.Method == http.MethodOptions:
			w.WriteHeader(http.StatusNoContent)
		case r.URL.Path == "/start":
			http.Redirect(w, r, "/end", http.StatusTemporaryRedirect)
		default:
			io.Copy(w, r.Body)
		}
	}))
	t.Cleanup(server.Close)
	now := time.Unix(0, 0)
	agent := &fetchhttp.Agent{Transport: server.Client().Transport, Now: func() time.Time { return now }}
	p := agent.Page(app)
	fetchOnce := func() (kinds []string) {
		req := newRequest(t, "PUT", server.URL+"/start", strings.NewReader("body"))
		req.Header.Set("X-A", "1")
		var before, after []string
		resp := mustFetch(t, p, req,
			fetchhttp.WithBeforeSend(func(a fetch.Action) { before = append(before, a.Kind.String()+" "+a.URL.Pathname()) }),
			fetchhttp.WithObserver(func(e fetch.Exchange) {
				if !e.Answered {
					t.Errorf("observed before it was answered: %+v", e)
				}
				after = append(after, e.Action.Kind.String()+" "+e.Action.URL.Pathname())
			}))
		if got := read(t, resp); got != "body" || !resp.Redirected || resp.Header.Get("X-B") != "1" || resp.Header.Get("X-C") != "" {
			t.Errorf("%q, %+v", got, resp.Response)
		}
		if !slices.Equal(before, after) || len(resp.Trace.Exchanges) != len(after) || len(resp.Trace.Events) == 0 || !resp.Trace.Result.Verdict.OK() {
			t.Errorf("%q, then %q, then %d", before, after, len(resp.Trace.Exchanges))
		}
		return after
	}
	if got, want := fetchOnce(), []string{"preflight /start", "request /start", "preflight /end", "request /end"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	if got, want := fetchOnce(), []string{"request /start", "request /end"}; !slices.Equal(got, want) {
		t.Errorf("from the cache: %q, want %q", got, want)
	}
	now = now.Add(time.Minute)
	if got := fetchOnce(); len(got) != 4 {
		t.Errorf("after a minute: %q", got)
	}
	if len(agent.Cache.Entries(now)) == 0 {
		t.Error("the cache is empty")
	}
}

func TestConcurrentPages(t *testing.T) {
	agent := &fetchhttp.Agent{Jar: newJar(t), Transport: fetchhttp.Handler(share(func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, r.Header.Get("X-A"))
	}))}
	pages := []*fetchhttp.Page{agent.Page(app), agent.Page(origin.MustParse("https://b.example")), agent.Page(origin.NewOpaque())}
	var wg sync.WaitGroup
	for i := range 12 {
		wg.Go(func() {
			for j := range 5 {
				req := newRequest(t, "PUT", fmt.Sprintf("https://api.example/%d", j%2), nil)
				req.Header.Set("X-A", fmt.Sprint(i))
				resp, err := pages[i%len(pages)].Fetch(req)
				if err != nil {
					t.Error(err)
					return
				}
				b, _ := io.ReadAll(resp.Body)
				resp.Body.Close()
				if string(b) != fmt.Sprint(i) {
					t.Errorf("%q, want %d", b, i)
				}
			}
		})
	}
	wg.Wait()
}

func TestUploadListener(t *testing.T) {
	var got []string
	p := page(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got = append(got, r.Method)
		w.Header().Set(acao, "*")
	}))
	mustFetch(t, p, newRequest(t, "POST", "https://api.example/", strings.NewReader("x")), fetchhttp.WithUploadListener())
	mustFetch(t, p, newRequest(t, "POST", "https://api.example/stream", io.MultiReader(strings.NewReader("x"))))
	mustFetch(t, p, newRequest(t, "POST", "https://api.example/", strings.NewReader("x")))
	if want := []string{"OPTIONS", "POST", "OPTIONS", "POST", "POST"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestLinearTime(t *testing.T) {
	p := page(share(func(w http.ResponseWriter, r *http.Request) {}))
	lineartest.Check(t, func(size int) func() {
		req := newRequest(t, "GET", "https://api.example/", nil)
		for i := range size / 64 {
			req.Header[fmt.Sprintf("X-%d", i)] = []string{"1"}
		}
		return func() {
			resp, err := p.Fetch(req)
			if err != nil {
				t.Error(err)
				return
			}
			resp.Body.Close()
		}
	})
}

type silentTransport struct{}

func (silentTransport) RoundTrip(*http.Request) (*http.Response, error) { return nil, nil }

func TestTransportWithoutAnswer(t *testing.T) {
	p := (&fetchhttp.Agent{Transport: silentTransport{}}).Page(app)
	b := mustBlock(t, p, fetch.CodeTransportError, newRequest(t, "GET", "https://api.example/", nil))
	if b.Err == nil || !strings.Contains(b.Err.Error(), "silentTransport") {
		t.Errorf("%v does not name the transport", b.Err)
	}
}

// TestRequestsTellWhereTheyComeFrom holds what servers of other origins and of the page's own learn, with a preflight
// and without.
func TestRequestsTellWhereTheyComeFrom(t *testing.T) {
	var got []string
	p := page(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got = append(got, r.Method+" "+r.Referer()+" "+r.Header.Get("Sec-Fetch-Site")+" "+r.Header.Get("Sec-Fetch-Mode")+" "+r.Header.Get("Sec-Fetch-Dest"))
		w.Header().Set(acao, "*")
		w.Header().Set(acam, "PUT")
	}))
	mustFetch(t, p, newRequest(t, "GET", "https://api.example/", nil)) // a page without a URL tells none
	p.URL = origin.MustParseURL("https://app.example/orders?id=7#top")
	mustFetch(t, p, newRequest(t, "GET", "https://app.example/", nil))
	mustFetch(t, p, newRequest(t, "PUT", "https://api.example/", nil))
	p.ReferrerPolicy = fetch.ReferrerPolicyNoReferrer
	mustFetch(t, p, newRequest(t, "GET", "https://app.example/", nil))
	if want := []string{
		"GET  cross-site cors empty",
		"GET https://app.example/orders?id=7 same-origin cors empty",
		"OPTIONS https://app.example/ cross-site cors empty",
		"PUT https://app.example/ cross-site cors empty",
		"GET  same-origin cors empty",
	}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

// TestNoReferrer holds that what has no referrer tells none, whatever the page's URL and policy, and shows its origin
// all the same.
func TestNoReferrer(t *testing.T) {
	var got []string
	p := page(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got = append(got, fmt.Sprintf("%s %q %s", r.Method, r.Referer(), r.Header.Get("Origin")))
		w.Header().Set(acao, "*")
	}))
	p.URL, p.ReferrerPolicy = origin.MustParseURL("https://app.example/orders?id=7#top"), fetch.ReferrerPolicyUnsafeURL
	silent, err := webapi.NewRequest(webapi.Client{Origin: p.Origin()}, webapi.RequestInfo{URL: "https://api.example/"}, webapi.RequestInit{Referrer: new("")})
	if err != nil {
		t.Fatal(err)
	}
	ping, ok := initiator.Request(initiator.KindPing, origin.MustParseURL("https://api.example/"), p.Origin(), initiator.Settings{})
	if !ok {
		t.Fatal("nothing is fetched")
	}
	for _, d := range []struct {
		request fetch.Request
		body    io.Reader
	}{{silent.Request, nil}, {ping, strings.NewReader("PING")}} {
		resp, err := p.Do(t.Context(), d.request, d.body)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
	}
	if want := []string{`GET "" https://app.example`, `POST "" https://app.example`}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}
