package fetchtest_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/corspec/corspec/fetch"
	"github.com/corspec/corspec/fetch/fetchhttp"
	"github.com/corspec/corspec/fetch/fetchtest"
	"github.com/corspec/corspec/origin"
)

// t stands for the *testing.T of a test.
var t = printer{}

type printer struct{}

func (printer) Helper()                           {}
func (printer) Cleanup(func())                    {}
func (printer) Errorf(format string, args ...any) { fmt.Printf(format+"\n", args...) }
func (printer) Fatalf(format string, args ...any) { fmt.Printf(format+"\n", args...) }

// orders lets the app read, but has forgotten that it sends Authorization.
var orders = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Access-Control-Allow-Origin", "https://app.example")
	if r.Method == http.MethodOptions {
		w.WriteHeader(http.StatusNoContent)
	}
})

func ExampleMayRead() {
	req := httptest.NewRequest("GET", "/orders", nil)
	req.Header.Set("Authorization", "Bearer x")
	fetchtest.MayRead(t, "https://app.example", orders, req)
	// Output:
	// https://app.example may not read GET https://example.com/orders: header-disallowed-by-preflight
	//   -> OPTIONS https://example.com/orders  (preflight, because there are headers that are not CORS-safelisted)
	//      Accept: */*
	//      Access-Control-Request-Method: GET
	//      Access-Control-Request-Headers: authorization
	//      Origin: https://app.example
	//   <- 204 No Content
	//      Access-Control-Allow-Origin: https://app.example
	//   BLOCKED header-disallowed-by-preflight  (cors-preflight-fetch:7.6, https://fetch.spec.whatwg.org/commit-snapshots/586cd2a44c2a865b37c166dc0740f3fb8bb220d6/#cors-preflight-fetch)
	//      The response to the preflight does not allow the header "authorization": the response has no Access-Control-Allow-Headers.
	//      Why: Headers that are not CORS-safelisted have to be listed; "*" stands for all only without credentials, and never for Authorization.
	//      Fix: on the response to OPTIONS, list the header.
	//           Access-Control-Allow-Headers: authorization
	//      Preflight: Authorization is not the name of a safelisted header. With Authorization there always is one. Access-Control-Max-Age keeps it from being sent each time.
}

func ExampleBlocked() {
	req := httptest.NewRequest("GET", "/orders", nil)
	fetchtest.Blocked(t, "https://evil.example", orders, req, fetch.CodeAllowOriginMismatch)
	fmt.Println("the test passes")
	// Output:
	// the test passes
}

func ExamplePreflight() {
	req := httptest.NewRequest("PUT", "https://api.example/orders/7", nil)
	req.Header.Set("X-Trace", "1")
	req.Header.Set("Content-Type", "application/json")
	preflight := fetchtest.Preflight("https://app.example", req)
	fmt.Println(preflight.Method, preflight.Host, preflight.RequestURI)
	fmt.Println(preflight.Header)
	fmt.Println(fetchtest.Preflight("https://app.example", httptest.NewRequest("GET", "/orders", nil)) == nil)
	// Output:
	// OPTIONS api.example /orders/7
	// map[Accept:[*/*] Access-Control-Request-Headers:[content-type,x-trace] Access-Control-Request-Method:[PUT] Origin:[https://app.example] Sec-Fetch-Dest:[empty] Sec-Fetch-Mode:[cors] Sec-Fetch-Site:[cross-site]]
	// true
}

func ExampleSession() {
	login := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", "https://app.example")
		w.Header().Set("Access-Control-Allow-Credentials", "true")
		http.SetCookie(w, &http.Cookie{Name: "id", Value: "1", Secure: true, SameSite: http.SameSiteNoneMode})
		_, err := r.Cookie("id")
		fmt.Println(r.URL.Path, err == nil)
	})
	s := fetchtest.NewSession(login)
	withCookies := fetchhttp.WithCredentials(fetch.CredentialsInclude)
	s.MayRead(t, "https://app.example", httptest.NewRequest("POST", "/login", nil), withCookies)
	s.MayRead(t, "https://app.example", httptest.NewRequest("GET", "/me", nil), withCookies)
	s.MayRead(t, "https://app.example", httptest.NewRequest("GET", "/me", nil))
	// Output:
	// /login false
	// /me true
	// /me false
}

// A login that no browser keeps: its cookie has no SameSite, and the app is another site.
func ExampleSession_withheld() {
	login := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", "https://app.example")
		w.Header().Set("Access-Control-Allow-Credentials", "true")
		http.SetCookie(w, &http.Cookie{Name: "id", Value: "1", Secure: true})
	})
	s := fetchtest.NewSession(login)
	req := httptest.NewRequest("POST", "https://api.other.example/login", nil)
	resp := s.MayRead(t, "https://app.example", req, fetchhttp.WithCredentials(fetch.CredentialsInclude))
	for _, w := range resp.Withheld {
		fmt.Println(w)
	}
	// Output:
	// the cookie "id" of https://api.other.example/login was not kept: no SameSite, which counts as Lax, and the page's site is https://app.example
}

// A page of another site opens a WebSocket with the cookies of somebody who is logged in. This server looks at Origin.
func ExampleSession_webSocket() {
	server := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/login" {
			id := &http.Cookie{Name: "id", Value: "1", Path: "/", Secure: true, SameSite: http.SameSiteNoneMode}
			http.SetCookie(w, id)
			return
		}
		_, err := r.Cookie("id")
		fmt.Println("logged in:", err == nil, "from", r.Header.Get("Origin"))
		if r.Header.Get("Origin") != "https://bank.example" {
			http.Error(w, "a page of another site", http.StatusForbidden)
		}
	})
	s := fetchtest.NewSession(server)
	s.MayRead(t, "https://bank.example", httptest.NewRequest("POST", "https://bank.example/login", nil))
	evil := s.Page(origin.MustParse("https://evil.example"))
	ws, err := evil.WebSocket(context.Background(), "wss://bank.example/feed")
	if err == nil {
		ws.Close()
		t.Errorf("a page of another site has hijacked the WebSocket")
	}
	fmt.Println(err)
	// Output:
	// logged in: true from https://evil.example
	// fetchhttp: the server answered 403 Forbidden, and only 101 opens a WebSocket
}
