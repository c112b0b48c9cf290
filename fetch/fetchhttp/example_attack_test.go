package fetchhttp_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"strings"

	"github.com/corspec/corspec/fetch"
	"github.com/corspec/corspec/fetch/fetchhttp"
	"github.com/corspec/corspec/origin"
)

// A bank knows its customers by a cookie, and nothing of CORS. SameSite=None lets the cookie go along from the pages of
// other sites.
func bank(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/login" {
		c := &http.Cookie{Name: "customer", Value: "1", Path: "/", Secure: true, SameSite: http.SameSiteNoneMode}
		http.SetCookie(w, c)
		return
	}
	c, err := r.Cookie("customer")
	fmt.Printf("  bank: %s %s, customer known: %v\n", r.Method, r.URL.Path, err == nil && c.Value == "1")
	fmt.Fprint(w, "balance: 1000")
}

// try makes a request with cookies and says what the page gets.
func try(p *fetchhttp.Page, method, url, contentType string) {
	req, _ := http.NewRequest(method, url, strings.NewReader("amount=1000"))
	if method == "GET" {
		req.Body = nil
	}
	req.Header.Set("Content-Type", contentType)
	fmt.Println(p.Origin(), method, contentType)
	resp, err := p.Fetch(req, fetchhttp.WithCredentials(fetch.CredentialsInclude))
	var blocked *fetchhttp.BlockedError
	if errors.As(err, &blocked) {
		result := blocked.Trace.Result
		fmt.Printf("  blocked: %s; the bank has acted: %v\n", result.Verdict.Code, result.Reached)
		return
	}
	fmt.Println("  read: status", resp.StatusCode)
	resp.Body.Close()
}

// Example_attack is an attack across sites: two pages in one browser, so that the attacker's requests carry the cookies
// of the victim's session. What is blocked has to be told from what the server never sees.
func Example_attack() {
	jar, _ := cookiejar.New(nil)
	browser := &fetchhttp.Agent{Transport: fetchhttp.Handler(http.HandlerFunc(bank)), Jar: jar}
	victim := browser.Page(origin.MustParse("https://bank.example"))
	attacker := browser.Page(origin.MustParse("https://evil.example"))
	try(victim, "POST", "https://bank.example/login", "text/plain")
	try(victim, "GET", "https://bank.example/account", "text/plain")
	// Cannot be read.
	try(attacker, "GET", "https://bank.example/account", "text/plain")
	// A form could do it too: the bank needs a CSRF token.
	try(attacker, "POST", "https://bank.example/pay", "text/plain")
	// These ask first, and are not let.
	try(attacker, "POST", "https://bank.example/pay", "application/json")
	try(attacker, "DELETE", "https://bank.example/account", "text/plain")
	// Output:
	// https://bank.example POST text/plain
	//   read: status 200
	// https://bank.example GET text/plain
	//   bank: GET /account, customer known: true
	//   read: status 200
	// https://evil.example GET text/plain
	//   bank: GET /account, customer known: true
	//   blocked: missing-allow-origin; the bank has acted: true
	// https://evil.example POST text/plain
	//   bank: POST /pay, customer known: true
	//   blocked: missing-allow-origin; the bank has acted: true
	// https://evil.example POST application/json
	//   bank: OPTIONS /pay, customer known: false
	//   blocked: preflight-missing-allow-origin; the bank has acted: false
	// https://evil.example DELETE text/plain
	//   bank: OPTIONS /account, customer known: false
	//   blocked: preflight-missing-allow-origin; the bank has acted: false
}
