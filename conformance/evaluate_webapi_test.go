package conformance

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
)

// TestWebAPIInputs names what is wrong with inputs that no page could have made, or only by a typo.
func TestWebAPIInputs(t *testing.T) {
	deep := `"https://b.example/"`
	for range 20 {
		deep = `{"input":` + deep + `}`
	}
	many := strings.Repeat(`["get","a"],`, 2000)
	for _, tt := range []struct{ algorithm, input, field, reason string }{
		{"headers", `{"operations":[` + many[:len(many)-1] + `]}`, "operations", "want fewer"},
		{"headers", `{"operations":[["put","a","b"]]}`, "operations[0]", "names no method"},
		{"headers", `{"operations":[[]]}`, "operations[0]", "names no method"},
		{"headers", `{"operations":[["append","a"]]}`, "operations[0]", "has 1 arguments, want 2"},
		{"headers", `{"operations":[["pairs","a"]]}`, "operations[0]", "has 1 arguments, want 0"},
		{"headers", `{"operations":[["get","\u0100"]]}`, "operations[0][1]", "U+0100"},
		{"headers", `{"operations":[["fill",[["a",1]]]]}`, "operations[0][1][0][1]", "want a string"},
		{"headers", `{"operations":[],"guard":"Request"}`, "guard", "use one of"},
		{"headers", `{"operations":[],"headers":[]}`, "headers", "unknown"},
		{"element-request", `{"element":"nonesuch"}`, "element", `use one of ["img"`},
		{"element-request", `{"element":"link-preload","as":"fonts"}`, "as", `"fetch"`},
		{"element-request", `{"element":"link-modulepreload","as":"Script"}`, "as", `"fetch"`},
		{"element-request", `{"element":"img","crossorigin":""}`, "crossorigin", "use-credentials"},
		{"element-request", `{"element":"img","crossorigin":true}`, "crossorigin", "want a string"},
		{"element-request", `{"element":"xhr","crossorigin":"anonymous","withCredentials":true}`, "withCredentials", "stands beside"},
		{"request-constructor", `{"input":"https://b.example/"}`, "origin", "missing"},
		{"request-constructor", `{"origin":"https://a.example"}`, "input", "missing"},
		{"request-constructor", `{"origin":"https://a.example","input":1}`, "input", "want a string"},
		{"request-constructor", `{"origin":"https://a.example","input":{"request":{}}}`, "input.request.urls", "missing"},
		{"request-constructor", `{"origin":"https://a.example","input":"","init":{"mode":"websocket"}}`, "init.mode", "RequestMode"},
		{"request-constructor", `{"origin":"https://a.example","input":"","init":{"signal":null}}`, "init.signal", "unknown"},
		{"request-constructor", `{"origin":"https://a.example","input":"","init":{"duplex":"full"}}`, "init.duplex", "half"},
		{"request-constructor", `{"origin":"https://a.example","input":"","init":{"body":"x"}}`, "init.body", "use one of"},
		{"request-constructor", `{"origin":"https://a.example","input":"","init":{"body":"null"}}`, "init.body", "want null"},
		{"request-constructor", `{"origin":"https://a.example","input":{"request":{"urls":["https://b.example/"],"x":1}}}`, "input.request.x", "unknown"},
		{"request-constructor", `{"origin":"https://a.example","input":` + deep + `}`, strings.Repeat("input.", 16) + "input", "too deeply"},
	} {
		_, err := Evaluate(tt.algorithm, json.RawMessage(tt.input))
		var e *InputError
		if !errors.As(err, &e) || e.Field != tt.field || !strings.Contains(e.Reason, tt.reason) {
			t.Errorf("%s %.200s: %v, want %s: %s", tt.algorithm, tt.input, err, tt.field, tt.reason)
		}
	}
}
