package conformance_test

import (
	"encoding/json"
	"fmt"

	"github.com/corspec/corspec/conformance"
)

// A wildcard does not admit a request with credentials.
func ExampleEvaluate() {
	output, err := conformance.Evaluate("cors-check", json.RawMessage(`{
		"origin": "https://app.example",
		"credentials": "include",
		"headers": [["Access-Control-Allow-Origin", "*"], ["Access-Control-Allow-Credentials", "true"]]
	}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	text, _ := json.Marshal(output)
	fmt.Println(string(text))
	// Output:
	// {"ok":false,"code":"wildcard-origin-not-allowed","step":"cors-check:4"}
}

// A typo is an error, so that it cannot pass for an output.
func ExampleInputError() {
	_, err := conformance.Evaluate("cors-check", json.RawMessage(`{"origin": "https://app.example", "credential": "include", "headers": []}`))
	fmt.Println(err)
	// Output:
	// input.credentials: missing field
}

// A harness for another implementation runs over the vectors.
func ExampleVectors() {
	isToken := func(method string) bool { return method != "" } // the implementation, which is wrong
	failed := 0
	for _, v := range conformance.Vectors() {
		if v.Algorithm() != "method" {
			continue
		}
		var input struct{ Method string }
		if err := json.Unmarshal(v.Input, &input); err != nil {
			fmt.Println(err)
			return
		}
		if fmt.Sprint(isToken(input.Method)) != string(v.Output) {
			failed++
		}
	}
	fmt.Println("finds its mistake:", failed > 0)
	// Output:
	// finds its mistake: true
}
