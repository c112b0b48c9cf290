package policy_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"

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
		Origins:     []string{"https://app.example.com/", "http://intranet.example.com", "*"},
		Credentials: true,
		Methods:     []string{"TRACE"},
	})
	if e, ok := errors.AsType[*policy.ConfigError](err); ok {
		for _, f := range e.Errors {
			fmt.Printf("%s[%d] %s: %s\n", f.Field, f.Index, f.Code, f.Suggestion)
		}
	}
	// Output:
	// origins[0] invalid-origin-pattern: https://app.example.com
	// origins[1] insecure-origin-with-credentials: https://intranet.example.com
	// origins[2] wildcard-origin-with-credentials: list the origins, or leave "credentials" out
	// methods[0] forbidden-method: remove it
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
