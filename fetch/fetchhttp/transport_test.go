package fetchhttp_test

import (
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/corspec/corspec/fetch"
	"github.com/corspec/corspec/fetch/fetchhttp"
	"github.com/corspec/corspec/origin"
)

// A fetch that was given up sends nothing more, whatever the transport makes of the context.
func TestGivenUp(t *testing.T) {
	cause := errors.New("the user has left")
	for _, stage := range []string{"before", "before the preflight", "after the preflight", "before the redirect's target"} {
		t.Run(stage, func(t *testing.T) {
			ctx, cancel := context.WithCancelCause(t.Context())
			var sent []string
			p := (&fetchhttp.Agent{Transport: roundTripper(func(r *http.Request) (*http.Response, error) {
				sent = append(sent, r.Method)
				h := http.Header{acao: {"*"}, acam: {"*"}}
				switch {
				case r.Method == "OPTIONS" && stage == "after the preflight":
					cancel(cause)
				case r.Method == "PUT":
					cancel(cause)
					h.Set("Location", "/y")
					return &http.Response{StatusCode: 307, Header: h, Body: http.NoBody}, nil
				}
				return &http.Response{StatusCode: 200, Header: h, Body: http.NoBody}, nil
			})}).Page(app)
			want := map[string]string{"before": "", "before the preflight": "", "after the preflight": "OPTIONS", "before the redirect's target": "OPTIONS PUT"}[stage]
			var options []fetchhttp.Option
			switch stage {
			case "before":
				cancel(cause)
			case "before the preflight":
				options = append(options, fetchhttp.WithBeforeSend(func(fetch.Action) { cancel(cause) }))
			}
			b := mustBlock(t, p, fetch.CodeAborted, newRequest(t, "PUT", "https://api.example/", nil).WithContext(ctx), options...)
			if got := strings.Join(sent, " "); got != want {
				t.Errorf("sent %q, want %q", got, want)
			}
			if !errors.Is(b, cause) {
				t.Errorf("the cause is lost: %v", b.Err)
			}
		})
	}
	t.Run("handler", func(t *testing.T) {
		ctx, cancel := context.WithCancelCause(t.Context())
		cancel(cause)
		transport := fetchhttp.Handler(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("the handler runs") }))
		body := &closer{strings.NewReader("x"), make(chan bool)}
		if _, err := transport.RoundTrip(newRequest(t, "POST", "https://api.example/", body).WithContext(ctx)); !errors.Is(err, cause) {
			t.Errorf("%v", err)
		}
		<-body.closed
	})
	t.Run("another's", func(t *testing.T) {
		// What is cancelled is not this fetch.
		p := (&fetchhttp.Agent{Transport: roundTripper(func(*http.Request) (*http.Response, error) { return nil, context.Canceled })}).Page(app)
		mustBlock(t, p, fetch.CodeTransportError, newRequest(t, "GET", "https://api.example/", nil))
	})
	t.Run("deadline", func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
		defer cancel()
		p := page(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }))
		if b := mustBlock(t, p, fetch.CodeTransportError, newRequest(t, "GET", "https://api.example/", nil).WithContext(ctx)); !errors.Is(b, context.DeadlineExceeded) {
			t.Errorf("%v", b.Err)
		}
	})
}

// counted is a body that counts how many are open.
type counted struct {
	io.Reader
	open *atomic.Int32
	once sync.Once
}

func (c *counted) Close() error {
	c.once.Do(func() { c.open.Add(-1) })
	return nil
}

// Of the responses that the page does not get, all bodies are closed.
func TestResponseBodiesAreClosed(t *testing.T) {
	for name, tt := range map[string]struct {
		status  int
		h       http.Header
		method  string
		options []fetchhttp.Option
		open    int32 // until the page has closed its own
	}{
		"read":            {200, http.Header{acao: {"*"}}, "GET", nil, 1},
		"blocked":         {200, nil, "GET", nil, 0},
		"preflight":       {200, http.Header{acao: {"*"}, acam: {"*"}}, "PUT", nil, 1},
		"no preflight":    {200, http.Header{acao: {"*"}}, "PUT", nil, 0},
		"loop":            {302, http.Header{acao: {"*"}, "Location": {"/"}}, "GET", nil, 0},
		"nowhere":         {302, http.Header{acao: {"*"}, "Location": {"http://["}}, "GET", nil, 0},
		"opaque":          {200, nil, "GET", []fetchhttp.Option{fetchhttp.WithMode(fetch.ModeNoCORS)}, 0},
		"opaque redirect": {302, http.Header{"Location": {"/"}}, "GET", []fetchhttp.Option{fetchhttp.WithRedirect(fetch.RedirectManual)}, 0},
		"101":             {101, nil, "GET", nil, 0},
		"407":             {407, http.Header{acao: {"*"}}, "GET", nil, 0},
	} {
		t.Run(name, func(t *testing.T) {
			var open atomic.Int32
			agent := &fetchhttp.Agent{Transport: roundTripper(func(*http.Request) (*http.Response, error) {
				open.Add(1)
				return &http.Response{StatusCode: tt.status, Header: tt.h, Body: &counted{Reader: strings.NewReader("x"), open: &open}}, nil
			})}
			resp, _ := agent.Page(app).Fetch(newRequest(t, tt.method, "https://api.example/", nil), tt.options...)
			if n := open.Load(); n != tt.open {
				t.Errorf("%d bodies are open, want %d", n, tt.open)
			}
			if resp != nil {
				resp.Body.Close()
			}
			if n := open.Load(); n != 0 {
				t.Errorf("%d bodies are open in the end", n)
			}
		})
	}
}

// A transport that forgets the body, as fakes do, gives an empty one.
func TestTransportWithoutBody(t *testing.T) {
	p := (&fetchhttp.Agent{Transport: roundTripper(func(*http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: 200, Header: http.Header{acao: {"*"}}}, nil
	})}).Page(app)
	if got := read(t, mustFetch(t, p, newRequest(t, "GET", "https://api.example/", nil))); got != "" {
		t.Errorf("%q", got)
	}
}

// TestNoGoroutineStays counts goroutines after fetches of every end.
func TestNoGoroutineStays(t *testing.T) {
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/blocked" {
			w.Header().Set(acao, "*")
			w.Header().Set(acam, "*")
		}
		switch r.URL.Path {
		case "/loop":
			http.Redirect(w, r, "/loop", http.StatusTemporaryRedirect)
		case "/hang":
			<-r.Context().Done()
		case "/panic":
			panic(http.ErrAbortHandler)
		}
		io.WriteString(w, strings.Repeat("x", 1<<18))
	})
	server := httptest.NewServer(h)
	defer server.Close()
	network := server.Client().Transport.(*http.Transport)
	before := runtime.NumGoroutine()
	for _, transport := range []http.RoundTripper{fetchhttp.Handler(h), network} {
		agent := &fetchhttp.Agent{Transport: transport, Jar: newJar(t)}
		for range 2 {
			for _, path := range []string{"/", "/blocked", "/loop", "/hang", "/panic"} {
				for _, method := range []string{"GET", "HEAD", "PUT"} {
					ctx, cancel := context.WithCancel(t.Context())
					if path == "/hang" {
						time.AfterFunc(time.Millisecond, cancel)
					}
					var body io.Reader
					if method == "PUT" {
						body = strings.NewReader("body")
					}
					resp, err := agent.Page(app).Fetch(newRequest(t, method, server.URL+path, body).WithContext(ctx))
					if err == nil {
						resp.Body.Close() // unread
					}
					cancel()
				}
			}
		}
	}
	server.CloseClientConnections()
	network.CloseIdleConnections()
	var after int
	for range 200 {
		if after = runtime.NumGoroutine(); after <= before {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	stacks := make([]byte, 1<<16)
	t.Errorf("%d goroutines, and before %d:\n%s", after, before, stacks[:runtime.Stack(stacks, true)])
}

// TestCookiesAcrossRedirects goes from home abroad and back again.
func TestCookiesAcrossRedirects(t *testing.T) {
	const abroad = "https://api.other"
	var sent []string
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		sent = append(sent, r.Host+r.URL.Path+" "+r.Header.Get("Cookie"))
		w.Header().Set(acao, r.Header.Get("Origin"))
		w.Header().Set(acac, "true")
		http.SetCookie(w, &http.Cookie{Name: "n", Value: fmt.Sprint(len(sent)), Path: "/", SameSite: http.SameSiteNoneMode, Secure: true})
		switch r.URL.Path {
		case "/start":
			http.Redirect(w, r, abroad+"/middle", http.StatusFound)
		case "/middle":
			http.Redirect(w, r, app.String()+"/end", http.StatusFound)
		}
	})
	for _, tt := range []struct {
		credentials fetch.CredentialsMode
		sent        []string
		home, away  string // what the jar has in the end
	}{
		{fetch.CredentialsInclude, []string{"app.example/start n=home", "api.other/middle n=away", "app.example/end n=1"}, "n=3", "n=2"},
		// Back at home, the response is tainted: the page gets it by CORS or not at all, and without credentials.
		{fetch.CredentialsSameOrigin, []string{"app.example/start n=home", "api.other/middle ", "app.example/end "}, "n=1", "n=away"},
		{fetch.CredentialsOmit, []string{"app.example/start ", "api.other/middle ", "app.example/end "}, "n=home", "n=away"},
	} {
		t.Run(tt.credentials.String(), func(t *testing.T) {
			sent = nil
			jar := newJar(t)
			home, away := &url.URL{Scheme: "https", Host: "app.example", Path: "/"}, &url.URL{Scheme: "https", Host: "api.other", Path: "/"}
			jar.SetCookies(home, []*http.Cookie{{Name: "n", Value: "home", Path: "/"}})
			jar.SetCookies(away, []*http.Cookie{{Name: "n", Value: "away", Path: "/"}})
			agent := &fetchhttp.Agent{Transport: fetchhttp.Handler(h), Jar: jar}
			mustFetch(t, agent.Page(app), newRequest(t, "GET", app.String()+"/start", nil), fetchhttp.WithCredentials(tt.credentials))
			if !slices.Equal(sent, tt.sent) {
				t.Errorf("sent %q, want %q", sent, tt.sent)
			}
			if got := [2]string{fmt.Sprint(jar.Cookies(home)[0]), fmt.Sprint(jar.Cookies(away)[0])}; got != [2]string{tt.home, tt.away} {
				t.Errorf("the jar has %q, want %q and %q", got, tt.home, tt.away)
			}
		})
	}
}

// What net/http's transport does by itself does not concern CORS, and shows nowhere that it matters.
func TestNetHTTP(t *testing.T) {
	var preflights []string
	server := httptest.NewServer(share(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Trailer", "X-Trailer")
		w.WriteHeader(http.StatusEarlyHints)
		if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
			w.Header().Set("Content-Encoding", "gzip")
			z := gzip.NewWriter(w)
			io.WriteString(z, "hello "+r.Header.Get("User-Agent"))
			z.Close()
		}
		w.Header().Set("X-Trailer", "1")
	}))
	defer server.Close()
	p := (&fetchhttp.Agent{}).Page(app)
	count := fetchhttp.WithBeforeSend(func(a fetch.Action) {
		if a.Kind == fetch.ActionSendPreflight {
			preflights = append(preflights, a.Method)
		}
	})
	resp := mustFetch(t, p, newRequest(t, "POST", server.URL, strings.NewReader("x")), count)
	if got := read(t, resp); got != "hello Go-http-client/1.1" || resp.StatusCode != 200 || len(resp.Trailer) > 0 || resp.Header.Get("X-Trailer") != "" {
		t.Errorf("%q, %+v", got, resp.Response)
	}
	if got := read(t, mustFetch(t, p, newRequest(t, "HEAD", server.URL, nil), count)); got != "" {
		t.Errorf("HEAD: %q", got)
	}
	if len(preflights) > 0 {
		t.Errorf("%d preflights for what is the transport's own", len(preflights))
	}
}

// A server that closes the connection is told of in words.
func TestClosedConnection(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { panic(http.ErrAbortHandler) }))
	defer server.Close()
	b := mustBlock(t, (&fetchhttp.Agent{}).Page(origin.NewOpaque()), fetch.CodeTransportError, newRequest(t, "GET", server.URL, nil))
	if !errors.Is(b, io.EOF) || !strings.Contains(b.Error(), "the connection was closed without an answer") {
		t.Errorf("%v: %v", b, b.Err)
	}
}
