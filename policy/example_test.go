package policy_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"os"
	"slices"
	"strings"

	"github.com/corspec/corspec/policy"
)

func Example() {
	p, err := policy.New(policy.Config{
		Origins:        []string{"https://app.example.com", "https://admin.example.com"},
		Credentials:    true,
		Methods:        []string{"PUT", "PATCH"},
		RequestHeaders: []string{"Authorization", "Content-Type"},
		MaxAge:         new(600),
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	d := p.Evaluate(policy.Request{
		Method:         "OPTIONS",
		Origin:         "https://app.example.com",
		RequestMethod:  "PUT",
		RequestHeaders: "content-type",
	})
	fmt.Println(d.Kind(), d.Allowed())

	header := http.Header{} // the response's; anything with Set, Add and Del will do
	d.ApplyTo(header)
	fmt.Println(d.Status())
	for _, name := range slices.Sorted(maps.Keys(header)) {
		fmt.Println(name+":", header.Get(name))
	}
	// Output:
	// preflight true
	// 204
	// Access-Control-Allow-Credentials: true
	// Access-Control-Allow-Headers: authorization,content-type
	// Access-Control-Allow-Methods: GET,HEAD,POST,PATCH,PUT
	// Access-Control-Allow-Origin: https://app.example.com
	// Access-Control-Max-Age: 600
	// Vary: Origin, Access-Control-Request-Method, Access-Control-Request-Headers
}

func ExampleNew_errors() {
	_, err := policy.New(policy.Config{
		Origins:     []string{"https://app.example.com/", "http://intranet.example.com", "https://*-staging.example.com"},
		Credentials: true,
		Methods:     []string{"TRACE"},
	})
	fmt.Println(err)
	if e, ok := errors.AsType[*policy.ConfigError](err); ok {
		for _, f := range e.Errors {
			fmt.Printf("%s[%d] %s: %q\n", f.Field, f.Index, f.Code, f.Suggestion)
		}
	}
	// Output:
	// policy: the configuration is not valid
	// 	origins[0] "https://app.example.com/": at byte 23: an origin ends with its host or port: no slash, path, query or fragment (invalid-origin-pattern); instead: https://app.example.com
	// 	origins[1] "http://intranet.example.com": whoever controls the network can be this origin, and would read with the user's credentials; use https, or set "dangerouslyAllowInsecureOrigins" (insecure-origin-with-credentials); instead: https://intranet.example.com
	// 	origins[2] "https://*-staging.example.com": at byte 8: a wildcard is "*." before a domain, ":*" behind a host, or the whole pattern; what no pattern says, a function can: give WithOrigins an OriginsFunc (invalid-origin-pattern)
	// 	methods[0] "TRACE": no page can use this method (forbidden-method); instead: remove it
	// origins[0] invalid-origin-pattern: "https://app.example.com"
	// origins[1] insecure-origin-with-credentials: "https://intranet.example.com"
	// origins[2] invalid-origin-pattern: ""
	// methods[0] forbidden-method: "remove it"
}

// A list in an environment variable has no quotes, and commas in the wrong
// places. What is wrong with it is told for each entry.
func ExampleNew_environment() {
	os.Setenv("CORS_ORIGINS", "https://app.example.com, https://staging.example.com/,localhost:3000,")
	defer os.Unsetenv("CORS_ORIGINS")

	var origins []string
	for entry := range strings.SplitSeq(os.Getenv("CORS_ORIGINS"), ",") {
		if entry = strings.TrimSpace(entry); entry != "" {
			origins = append(origins, entry)
		}
	}
	p, err := policy.New(policy.Config{Origins: origins})
	if e, ok := errors.AsType[*policy.ConfigError](err); ok {
		for _, f := range e.Errors {
			fmt.Printf("CORS_ORIGINS, entry %d, %q: %s\n", f.Index+1, f.Value, f.Detail)
			if f.Suggestion != "" {
				fmt.Println("  write", f.Suggestion)
			}
		}
		return // a program says so and ends; it does not go on without a policy
	}
	for _, w := range p.Warnings() {
		fmt.Println("CORS_ORIGINS:", w)
	}
	// Output:
	// CORS_ORIGINS, entry 2, "https://staging.example.com/": at byte 27: an origin ends with its host or port: no slash, path, query or fragment
	//   write https://staging.example.com
	// CORS_ORIGINS, entry 3, "localhost:3000": at byte 0: an origin starts with a scheme and "://"
	//   write http://localhost:3000
}

func ExampleParse() {
	p, err := policy.Parse([]byte(`{"origins": ["https://*.example.com", "https://app.example.com"], "methods": ["put", "patch"]}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, w := range p.Warnings() {
		fmt.Println(w)
	}
	normal, _ := json.Marshal(p.Config())
	fmt.Println(string(normal))
	// Output:
	// origins[1] "https://app.example.com": other patterns in the list cover it (redundant-origin-pattern); instead: remove it
	// methods[1] "patch": methods are case-sensitive: this is not PATCH (method-case); instead: PATCH
	// {"origins":["https://*.example.com"],"methods":["PUT","patch"]}
}

func ExamplePolicy_Explain() {
	p, _ := policy.New(policy.Config{Origins: []string{"https://app.example.com"}, Methods: []string{"PATCH"}})
	r := policy.Request{Method: "OPTIONS", Origin: "https://app.example.com", RequestMethod: "patch"}
	d := p.Evaluate(r)
	fmt.Println(d.Code())
	fmt.Println(p.Explain(r))
	// Output:
	// method-not-allowed
	// A browser asks for permission (a preflight) to send "patch" from the origin "https://app.example.com". The policy does not allow the method "patch". The answer lists all that is allowed; the browser compares, does not send the request, and names what is missing (https://fetch.spec.whatwg.org/#cors-preflight-fetch). Methods are case-sensitive: the page must write "PATCH".
}
