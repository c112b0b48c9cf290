package fetchtest_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/corspec/corspec/fetch"
	"github.com/corspec/corspec/fetch/fetchhttp"
	"github.com/corspec/corspec/fetch/fetchtest"
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
	s.MayRead(t, "https://app.example", httptest.NewRequest("POST", "/login", nil), fetchhttp.WithCredentials(fetch.CredentialsInclude))
	s.MayRead(t, "https://app.example", httptest.NewRequest("GET", "/me", nil), fetchhttp.WithCredentials(fetch.CredentialsInclude))
	s.MayRead(t, "https://app.example", httptest.NewRequest("GET", "/me", nil))
	// Output:
	// /login false
	// /me true
	// /me false
}
