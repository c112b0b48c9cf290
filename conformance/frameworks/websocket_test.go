package frameworks

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	coder "github.com/coder/websocket"
	gorilla "github.com/gorilla/websocket"

	"github.com/corspec/corspec/origin"
	"github.com/corspec/corspec/policy"
	"github.com/corspec/corspec/policy/policyhttp"

	"github.com/corspec/corspec/conformance/frameworks/probes"
)

// coderEcho echoes one message with coder/websocket.
func coderEcho(check func(*http.Request) bool) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !check(r) {
			http.Error(w, "pages of this origin may not connect", http.StatusForbidden)
			return
		}
		c, err := coder.Accept(w, r, &coder.AcceptOptions{InsecureSkipVerify: true}) // CheckOrigin has looked
		if err != nil {
			return
		}
		defer c.CloseNow()
		if kind, message, err := c.Read(r.Context()); err == nil {
			c.Write(r.Context(), kind, message)
		}
	})
}

// gorillaEcho echoes one message with gorilla/websocket.
func gorillaEcho(check func(*http.Request) bool) http.Handler {
	upgrader := gorilla.Upgrader{CheckOrigin: check}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c, err := upgrader.Upgrade(w, r, nil)
		if err != nil {
			return
		}
		defer c.Close()
		if kind, message, err := c.ReadMessage(); err == nil {
			c.WriteMessage(kind, message)
		}
	})
}

// echoes says whether a client with these lines of Origin can send a message and gets it back; if not, the status.
func echoes(t *testing.T, url string, origins ...string) (bool, int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	c, response, err := coder.Dial(ctx, "ws"+strings.TrimPrefix(url, "http"), &coder.DialOptions{HTTPHeader: http.Header{"Origin": origins}})
	if err != nil {
		if response == nil {
			t.Fatal(err)
		}
		return false, response.StatusCode
	}
	defer c.CloseNow()
	if err := c.Write(ctx, coder.MessageText, []byte("hello")); err != nil {
		t.Error(err)
	}
	_, message, err := c.Read(ctx)
	if err != nil || string(message) != "hello" {
		t.Errorf("%q, %v", message, err)
	}
	return true, response.StatusCode
}

// TestCheckOrigin opens WebSockets as pages and others do.
func TestCheckOrigin(t *testing.T) {
	set := origin.MustParseSet("https://site.example", "https://app.example", "https://*.preview.example")
	for name, h := range map[string]http.Handler{"coder/websocket": coderEcho(CheckOrigin(set)), "gorilla/websocket": gorillaEcho(CheckOrigin(set))} {
		url := probes.Serve(t, h)
		for _, c := range []struct {
			who     string
			origins []string
			may     bool
		}{
			{"the site itself", []string{"https://site.example"}, true},
			{"a page that may", []string{"https://app.example"}, true},
			{"a page of a subdomain", []string{"https://pr-7.preview.example"}, true},
			{"a client that is not a browser", nil, true},
			{"a page that may not", []string{"https://evil.example"}, false},
			{"the site with another scheme", []string{"http://site.example"}, false},
			{"a sandboxed page", []string{"null"}, false},
			{"an empty Origin", []string{""}, false},
			{"two origins", []string{"https://app.example, https://evil.example"}, false},
			{"two lines of Origin", []string{"https://app.example", "https://evil.example"}, false},
		} {
			if may, status := echoes(t, url, c.origins...); may != c.may || !may && status != http.StatusForbidden {
				t.Errorf("%s, %s: may connect: %v, status %d", name, c.who, may, status)
			}
		}
	}
}

// TestWebSocketBehindPolicy opens WebSockets through what wraps the response writer, and through a proxy.
func TestWebSocketBehindPolicy(t *testing.T) {
	set := origin.MustParseSet("https://app.example")
	p, err := policyhttp.NewPolicy(policy.Config{Credentials: true}, policy.WithOrigins(set))
	if err != nil {
		t.Fatal(err)
	}
	cors := new(policyhttp.Middleware)
	cors.Store(p)
	for name, h := range map[string]http.Handler{
		"Wrap, coder": cors.Wrap(coderEcho(CheckOrigin(set))), "Wrap, gorilla": cors.Wrap(gorillaEcho(CheckOrigin(set))),
		"WrapOver, coder": cors.WrapOver(coderEcho(CheckOrigin(set))), "WrapOver, gorilla": cors.WrapOver(gorillaEcho(CheckOrigin(set))),
		"WrapOver, proxy": cors.WrapOver(proxyTo(t, probes.Serve(t, coderEcho(CheckOrigin(set))))),
	} {
		url := probes.Serve(t, h)
		if may, _ := echoes(t, url, "https://app.example"); !may {
			t.Errorf("%s: a page that may cannot connect", name)
		}
		if may, status := echoes(t, url, "https://evil.example"); may || status != http.StatusForbidden {
			t.Errorf("%s: a page that may not connects: %v, status %d", name, may, status)
		}
	}
}
