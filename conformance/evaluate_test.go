package conformance

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestEvaluateRejects holds that a mistake in an input is an error that names the place, and never an output.
func TestEvaluateRejects(t *testing.T) {
	const (
		ab       = `"origin":"https://a.com","url":"https://b.com/"`
		response = `"response":{"status":200}`
	)
	tests := []struct{ algorithm, input, field, reason string }{
		{"url", `{"input":"x:y","base":1}`, "base", "is a number, want a string"},
		{"url", `{"input":"x:y","Base":null}`, "Base", "unknown field"},
		{"url", `{"input":"x:y"`, "", "is not JSON"},
		{"url", "{\"input\":\"\xff\"}", "", "is not valid UTF-8"},
		{"url", `null`, "", "is null, want an object"},
		{"same-site", `{"a":"https://a.com","b":"https://A.com"}`, "b", ""},
		{"same-site", `{"a":"https://a.com","b":"https://a.com:443"}`, "b", ""},
		{"same-site", `{"a":"https://a.com","b":"file://"}`, "b", ""},
		{"same-site", `{"a":"https://a.com","b":"ext://"}`, "b", ""},
		{"same-site", `{"a":"https://a.com"}`, "b", "missing field"},
		{"cors-safelisted-response-header-name", `{"name":"a","list":"b"}`, "list", "is a string, want a list"},
		{"cors-safelisted-response-header-name", `{"name":"a","list":["b","\u0100"]}`, "list[1]", "U+0100"},
		{"parse-range", `{"value":"bytes=0-","allowWhitespace":"true"}`, "allowWhitespace", "is a string, want a boolean"},
		{"redirect-taint", `{"origin":"https://a.com","urls":[]}`, "urls", "is empty"},
		{"redirect-taint", `{"origin":"https://a.com","urls":["https://a.com/","b.com"]}`, "urls[1]", ""},
		{"append-origin-header", `{"origin":"https://a.com","urls":["https://b.com/"],"method":"GET","mode":"CORS","responseTainting":"cors"}`, "mode", `"CORS"`},
		{"append-origin-header", `{"origin":"https://a.com","urls":["https://b.com/"],"method":"GET","mode":"cors","responseTainting":"none"}`, "responseTainting", `"none"`},
		{"append-origin-header", `{"origin":"https://a.com","urls":["https://b.com/"],"method":"GET","mode":"cors","responseTainting":"cors","referrerPolicy":"never"}`, "referrerPolicy", `"never"`},
		{"cors-check", `{"origin":"https://a.com","headers":[]}`, "credentials", "missing field"},
		{"cors-check", `{"origin":"https://a.com","credentials":null,"headers":[]}`, "credentials", "is null, want a string"},
		{"corp-check", `{"origin":"https://a.com","url":"https://b.com/","coep":"require","headers":[]}`, "coep", `"require"`},
		{"nosniff-block", `{"destination":"fetch","headers":[]}`, "destination", `"fetch"`},
		{"bad-port", `{"url":"/x"}`, "url", ""},
		{"needs-preflight", `{"origin":"https://a.com"}`, "url", "missing field"},
		{"needs-preflight", `{` + ab + `,"urls":["https://b.com/"]}`, "urls", "beside url"},
		{"needs-preflight", `{` + ab + `,"method":""}`, "method", "is not a method"},
		{"needs-preflight", `{` + ab + `,"method":"A B"}`, "method", "is not a method"},
		{"needs-preflight", `{` + ab + `,"headers":[["a","b"],["a b","c"]]}`, "headers[1][0]", "is not a header name"},
		{"needs-preflight", `{` + ab + `,"headers":[["a"," b"]]}`, "headers[0][1]", "is not a header value"},
		{"needs-preflight", `{` + ab + `,"body":"null"}`, "body", "want null"},
		{"needs-preflight", `{` + ab + `,"body":"text"}`, "body", `"text"`},
		{"needs-preflight", `{` + ab + `,"redirect":"followed"}`, "redirect", `"followed"`},
		{"needs-preflight", `{` + ab + `,"partitionKey":null}`, "partitionKey", "is null"},
		{"needs-preflight", `{` + ab + `,"at":0}`, "at", "unknown field"},
		{"cors-preflight-check", `{"request":{` + ab + `,"x":1},` + response + `}`, "request.x", "unknown field"},
		{"cors-preflight-check", `{"request":{` + ab + `},"response":{"status":200,"url":"https://b.com/"}}`, "response.url", "unknown field"},
		{"cors-preflight-check", `{"request":{` + ab + `},"response":{"status":"200"}}`, "response.status", "is a string, want a number"},
		{"cors-preflight-check", `{"request":{` + ab + `},"response":{"status":1000}}`, "response.status", "from 0 to 999"},
		{"cors-preflight-check", `{"request":{` + ab + `},"response":{"status":2.5}}`, "response.status", "from 0 to 999"},
		{"cors-preflight-check", `{"request":{` + ab + `},"response":{}}`, "response.status", "missing field"},
		{"cors-preflight-check", `{` + response + `}`, "request", "missing field"},
		{"filter-response", `{"type":"error","status":200,"headers":[]}`, "type", "no filter"},
		{"filter-response", `{"type":"default","status":200,"headers":[]}`, "type", "no filter"},
		{"fetch", `{"requests":[{` + ab + `}]}`, "serve", "missing field"},
		{"fetch", `{"requests":[{` + ab + `},{` + ab + `,"mod":"cors"}],"serve":{}}`, "requests[1].mod", "unknown field"},
		{"fetch", `{"requests":[{` + ab + `,"at":"1"}],"serve":{}}`, "requests[0].at", "want seconds"},
		{"fetch", `{"requests":[{` + ab + `,"at":-1}],"serve":{}}`, "requests[0].at", "want seconds"},
		{"fetch", `{"requests":[],"serve":{"b.com":{}}}`, `serve["b.com"]`, ""},
		{"fetch", `{"requests":[],"serve":{"https://b.com/#x":{}}}`, `serve["https://b.com/#x"]`, "fragment"},
		{"fetch", `{"requests":[],"serve":{"https://b.com":{},"https://b.com/":{}}}`, `serve["https://b.com/"]`, "twice"},
		{"fetch", `{"requests":[],"serve":{"https://b.com/":{"requests":[]}}}`, `serve["https://b.com/"].requests`, "unknown field"},
		{"fetch", `{"requests":[],"serve":{"https://b.com/":{"request":{"status":200}}}}`, `serve["https://b.com/"].request`, "want a list"},
		{"fetch", `{"requests":[{` + ab + `}` + strings.Repeat(`,{`+ab+`}`, 1<<10) + `],"serve":{"https://b.com/":{"request":[{"status":200,"headers":[["a","` + strings.Repeat("b", 1<<16) + `"]]}]}}}`, "requests", "want fewer"},
		{"policy", `{"config":{"origins":["https://a.com"]},"request":{"headers":[]}}`, "request.method", "missing field"},
		{"policy", `{"config":{"origins":["https://a.com"]},"request":{"method":"GET","url":"x"}}`, "request.url", "unknown field"},
		{"policy", `{"config":{"origins":[]},"request":{"method":"GET"}}`, "config", "no-origins"},
		{"policy", `{"config":{"origins":["*"],"methds":[]},"request":{"method":"GET"}}`, "config", "methds"},
		{"policy-config", `{"config":[]}`, "config", "object"},
		{"policy", `{"config":{"origins":"*"},"request":{"method":"GET"}}`, "config", "origins"},
	}
	for _, tt := range tests {
		output, err := Evaluate(tt.algorithm, json.RawMessage(tt.input))
		var input *InputError
		if !errors.As(err, &input) {
			t.Errorf("%s %s: output %v, error %v, want an InputError", tt.algorithm, tt.input, output, err)
			continue
		}
		if input.Field != tt.field || !strings.Contains(input.Reason, tt.reason) || !strings.Contains(err.Error(), tt.field) {
			t.Errorf("%s %s: %v, want field %q and %q", tt.algorithm, tt.input, err, tt.field, tt.reason)
		}
	}
}

func TestEvaluateAlgorithms(t *testing.T) {
	for _, algorithm := range []string{"", "URL", "hello", "nonesuch"} {
		if _, err := Evaluate(algorithm, json.RawMessage(`{}`)); !errors.Is(err, ErrUnsupported) {
			t.Errorf("%s: %v", algorithm, err)
		}
	}
	// Every algorithm takes an object with at least one field that must be there.
	for _, algorithm := range Algorithms() {
		var input *InputError
		if _, err := Evaluate(algorithm, json.RawMessage(`{}`)); !errors.As(err, &input) || input.Reason != "missing field" {
			t.Errorf("%s without fields: %v", algorithm, err)
		}
	}
}

// TestEvaluateShapes pins what the protocol says of the shapes of outputs, beside the standard: defaults, nulls and
// orders.
func TestEvaluateShapes(t *testing.T) {
	tests := []struct{ name, algorithm, input, want string }{
		{"a base that is null", "url", `{"input":"https://a.com/x","base":null}`, `{"href":"https://a.com/x","origin":"https://a.com"}`},
		{"a base that does not parse", "url", `{"input":"https://a.com/x","base":"b"}`, `{"failure":true}`},
		{"verdict", "cors-check", `{"origin":"https://a.com","credentials":"omit","headers":[["access-control-allow-origin","*"]]}`, `{"ok":true}`},
		{"verdict with a step", "cors-check", `{"origin":"https://a.com","credentials":"omit","headers":[]}`, `{"ok":false,"code":"missing-allow-origin","step":"cors-check:2"}`},
		{"no names", "cors-unsafe-request-header-names", `{"headers":[]}`, `[]`},
		{"names of bytes", "get-decode-and-split", `{"headers":[["a","\u00e9\u0080,b"]],"name":"A"}`, `["é\u0080","b"]`},
		{"null and a number", "parse-range", `{"value":"bytes=-07"}`, `[null,"7"]`},
		{"no preflight", "needs-preflight", `{"origin":"https://a.com","url":"https://b.com/"}`, `{"preflight":false,"reason":null,"names":[]}`},
		{"preflight for two reasons", "needs-preflight", `{"origin":"https://a.com","url":"https://b.com/","method":"PUT","headers":[["X-A","1"]]}`, `{"preflight":true,"reason":"method","names":["x-a"]}`},
		{"back at its own origin, but tainted", "needs-preflight", `{"origin":"https://a.com","urls":["https://b.com/","https://a.com/"],"method":"PUT"}`, `{"preflight":true,"reason":"method","names":[]}`},
		{"never away from its own origin", "needs-preflight", `{"origin":"https://a.com","urls":["https://a.com/x","https://a.com/"],"method":"PUT"}`, `{"preflight":false,"reason":null,"names":[]}`},
		{"preflight request", "cors-preflight-request", `{"origin":"null","url":"https://b.com/","method":"PUT"}`, `{"headers":[["Accept","*/*"],["Access-Control-Request-Method","PUT"],["Origin","null"]]}`},
		{"preflight check without lists", "cors-preflight-check", `{"request":{"origin":"https://a.com","url":"https://b.com/"},"response":{"status":204,"headers":[["Access-Control-Allow-Origin","*"]]}}`, `{"ok":true,"maxAge":5,"methods":null,"headerNames":null}`},
		{"preflight check with empty lists", "cors-preflight-check", `{"request":{"origin":"https://a.com","url":"https://b.com/"},"response":{"status":204,"headers":[["Access-Control-Allow-Origin","*"],["Access-Control-Allow-Methods",""],["Access-Control-Allow-Headers",","],["Access-Control-Max-Age","99999999999999999999"]]}}`, `{"ok":true,"maxAge":2147483648,"methods":[],"headerNames":[]}`},
		{"opaque filter", "filter-response", `{"type":"opaque","status":404,"headers":[["A","b"]]}`, `{"status":0,"headers":[]}`},
		{"no CORS request", "policy", `{"config":{"origins":["https://a.com"]},"request":{"method":"GET"}}`, `{"kind":"none","allowed":null,"code":null,"status":null,"headers":[["Vary","Origin"]]}`},
		{"refused preflight", "policy", `{"config":{"origins":["https://a.com"]},"request":{"method":"OPTIONS","headers":[["origin","https://b.com"],["access-control-request-method","PUT"]]}}`, `{"kind":"preflight","allowed":false,"code":"origin-not-allowed","status":403,"headers":[["Vary","Origin, Access-Control-Request-Method, Access-Control-Request-Headers"]]}`},
		{"everybody", "policy", `{"config":{"origins":["*"]},"request":{"method":"GET","headers":[["Origin","null"]]}}`, `{"kind":"actual","allowed":true,"code":null,"status":null,"headers":[["Access-Control-Allow-Origin","*"]]}`},
		{"good configuration", "policy-config", `{"config":{"origins":["https://b.com","https://a.com"]}}`, `{"ok":true,"warnings":[],"config":{"origins":["https://a.com","https://b.com"]}}`},
		{"no fetches", "fetch", `{"requests":[],"serve":{}}`, `{"network":[],"results":[]}`},
		{"nobody answers", "fetch", `{"requests":[{"origin":"https://a.com","url":"https://b.com/"}],"serve":{}}`, `{"network":[{"request":0,"kind":"request","method":"GET","url":"https://b.com/","headers":[["Accept","*/*"],["Origin","https://a.com"]],"credentials":false}],"results":[{"type":"error","code":"transport-error","step":null,"hop":0}]}`},
		{"the last response again, and time", "fetch", `{"requests":[
			{"origin":"https://a.com","url":"https://b.com","method":"PUT"},
			{"origin":"https://a.com","url":"https://b.com/","method":"PUT","at":4.5},
			{"origin":"https://a.com","url":"https://b.com/","method":"PUT","at":5}],
			"serve":{"https://b.com":{"preflight":[{"status":200,"headers":[["Access-Control-Allow-Origin","*"],["Access-Control-Allow-Methods","PUT"]]}],
				"request":[{"status":200},{"status":201,"headers":[["Access-Control-Allow-Origin","*"]]}]}}}`,
			// The network's part is checked for its kinds below; here the results count.
			`[{"type":"error","code":"missing-allow-origin","step":"cors-check:2","hop":0},{"type":"cors","status":201,"headers":[],"url":"https://b.com/","redirected":false},{"type":"cors","status":201,"headers":[],"url":"https://b.com/","redirected":false}]`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			output, err := Evaluate(tt.algorithm, json.RawMessage(tt.input))
			if err != nil {
				t.Fatal(err)
			}
			got := roundTrip(t, output)
			want := plain(t, []byte(tt.want))
			if _, onlyResults := want.([]any); onlyResults && tt.algorithm == "fetch" {
				got = got.(map[string]any)["results"]
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// TestEvaluateFetchSharesOneCache counts preflights: the first and third request send one, since the CORS check that
// fails clears the cache, and five seconds are its default.
func TestEvaluateFetchSharesOneCache(t *testing.T) {
	const format = `{"requests":[%s],"serve":{"https://b.com/":{
		"preflight":[{"status":200,"headers":[["Access-Control-Allow-Origin","*"],["Access-Control-Allow-Methods","PUT"]]}],
		"request":[{"status":200,"headers":[["Access-Control-Allow-Origin","*"]]}]}}}`
	var requests []string
	for _, at := range []string{"0", "4.999", "5", "9.5", "10"} {
		requests = append(requests, `{"origin":"https://a.com","url":"https://b.com/","method":"PUT","at":`+at+`}`)
	}
	output, err := Evaluate("fetch", fmt.Appendf(nil, format, strings.Join(requests, ",")))
	if err != nil {
		t.Fatal(err)
	}
	var kinds []string
	for _, entry := range roundTrip(t, output).(map[string]any)["network"].([]any) {
		e := entry.(map[string]any)
		kinds = append(kinds, fmt.Sprint(e["request"], " ", e["kind"]))
	}
	want := []string{"0 preflight", "0 request", "1 request", "2 preflight", "2 request", "3 request", "4 preflight", "4 request"}
	if diff := cmp.Diff(want, kinds); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}
