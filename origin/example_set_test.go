package origin_test

import (
	"errors"
	"fmt"
	"log"
	"net/http"
	"net/http/httptest"

	"golang.org/x/net/publicsuffix"

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

// Browsers let any page open a WebSocket to any server, and send the server's
// cookies along; it is up to the server to look at the page's origin. CheckOrigin
// is what packages for WebSockets call the function that does.
func ExampleSet_ExceptPublicSuffixes() {
	configured := []string{"https://app.example.com", "https://*.render.com"}
	allowed, err := origin.ParseSet(configured...)
	if err != nil {
		log.Fatal(err) // tells each mistake
	}
	// Other people have the names below app.render.com.
	allowed = allowed.ExceptPublicSuffixes(publicsuffix.List)

	checkOrigin := func(r *http.Request) bool {
		lines := r.Header["Origin"]
		if len(lines) != 1 {
			return len(lines) == 0 // not a browser
		}
		_, ok := allowed.Match(lines[0])
		return ok || lines[0] == "https://"+r.Host // the site itself
	}

	for _, value := range []string{"https://app.example.com", "https://dashboard.render.com", "https://evil.app.render.com", "https://evil.example", "https://api.example.com", ""} {
		r := httptest.NewRequest("GET", "https://api.example.com/socket", nil)
		if value != "" {
			r.Header.Set("Origin", value)
		}
		fmt.Printf("%q %v\n", value, checkOrigin(r))
	}
	// Output:
	// "https://app.example.com" true
	// "https://dashboard.render.com" true
	// "https://evil.app.render.com" false
	// "https://evil.example" false
	// "https://api.example.com" true
	// "" true
}
