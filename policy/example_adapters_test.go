package policy_test

import (
	"fmt"
	"net/http"

	"github.com/corspec/corspec/policy"
)

// What is not an http.Handler: the header goes to ApplyTo as it is, and the
// status is all that is left to look at. Several lines of a header are one
// value, which Join makes.
func ExampleDecision_ApplyTo() {
	p, err := policy.New(policy.Config{Origins: []string{"https://app.example.com"}, Methods: []string{"DELETE"}})
	if err != nil {
		fmt.Println(err)
		return
	}
	// cors returns the status to answer with, or 0 where the application answers.
	cors := func(method string, request, response http.Header) int {
		d := p.Evaluate(policy.Request{
			Method:         method,
			Origin:         policy.Join(request["Origin"]),
			RequestMethod:  policy.Join(request["Access-Control-Request-Method"]),
			RequestHeaders: policy.Join(request["Access-Control-Request-Headers"]),
		})
		d.ApplyTo(response)
		return d.Status()
	}

	for _, origin := range []string{"https://app.example.com", "https://evil.example"} {
		response := http.Header{
			"Access-Control-Allow-Origin": {"*"}, // somebody else's
			"Vary":                        {"Accept-Encoding"},
		}
		status := cors("GET", http.Header{"Origin": {origin}}, response)
		fmt.Println(status, response)
	}
	// Output:
	// 0 map[Access-Control-Allow-Origin:[https://app.example.com] Vary:[Accept-Encoding Origin]]
	// 0 map[Vary:[Accept-Encoding Origin]]
}
