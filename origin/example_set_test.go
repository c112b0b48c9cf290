package origin_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/corspec/corspec/origin"
)

func ExampleParsePattern() {
	p, err := origin.ParsePattern("https://*.example.com:[443,8443]")
	fmt.Println(p, err)
	fmt.Println(p.Matches(origin.MustParse("https://app.example.com")))
	fmt.Println(p.Matches(origin.MustParse("https://app.example.com:8443")))
	fmt.Println(p.Matches(origin.MustParse("https://example.com")))
	// Output:
	// https://*.example.com:[443,8443] <nil>
	// true
	// true
	// false
}

func ExamplePatternError() {
	_, err := origin.ParsePattern("https://Example.com/")
	if e, ok := errors.AsType[*origin.PatternError](err); ok {
		fmt.Println(e.Code, e.Offset, e.Suggestion)
	}
	fmt.Println(err)
	// Output:
	// path 19 https://example.com
	// origin: pattern "https://Example.com/", byte 19: an origin ends with its host or port: no slash, path, query or fragment; did you mean "https://example.com"?
}

func ExampleSet_Match() {
	allowed := origin.MustParseSet("https://app.example.com", "https://*.example.org", "http://localhost:*")
	for _, header := range []string{"https://app.example.com", "https://eu.example.org", "https://example.org.evil.test", "null"} {
		_, ok := allowed.Match(header)
		fmt.Println(header, ok)
	}
	// Output:
	// https://app.example.com true
	// https://eu.example.org true
	// https://example.org.evil.test false
	// null false
}

// Browsers let any page open a WebSocket to any server; the handshake carries
// the page's origin, and it is up to the server to look. CheckOrigin is what
// WebSocket libraries call the function that does.
func ExampleSet_webSocket() {
	allowed := origin.MustParseSet("https://app.example.com", "https://*.example.com")
	checkOrigin := func(r *http.Request) bool {
		lines := r.Header["Origin"]
		if len(lines) == 0 {
			return true // no browser
		}
		_, ok := allowed.Match(lines[0])
		return ok && len(lines) == 1
	}

	for _, header := range []string{"https://chat.example.com", "https://evil.test/.example.com", "http://chat.example.com"} {
		r := httptest.NewRequest("GET", "/socket", nil)
		r.Header.Set("Origin", header)
		fmt.Println(header, checkOrigin(r))
	}
	// Output:
	// https://chat.example.com true
	// https://evil.test/.example.com false
	// http://chat.example.com false
}

// http.CrossOriginProtection refuses unsafe requests from other origins. It
// takes trusted origins one by one; a Set lets it trust patterns.
func ExampleSet_crossOriginProtection() {
	trusted := origin.MustParseSet("https://app.example.com", "https://*.example.org")
	protection := http.NewCrossOriginProtection()
	protect := func(next http.Handler) http.Handler {
		protected := protection.Handler(next)
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if lines := r.Header["Origin"]; len(lines) == 1 {
				if _, ok := trusted.Match(lines[0]); ok {
					next.ServeHTTP(w, r)
					return
				}
			}
			protected.ServeHTTP(w, r)
		})
	}

	h := protect(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, "done") }))
	for _, header := range []string{"https://app.example.com", "https://eu.example.org", "https://evil.test"} {
		r := httptest.NewRequest("POST", "https://api.example.com/", nil)
		r.Header.Set("Origin", header)
		r.Header.Set("Sec-Fetch-Site", "cross-site")
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		fmt.Println(header, w.Code)
	}
	// Output:
	// https://app.example.com 200
	// https://eu.example.org 200
	// https://evil.test 403
}
