package main

import (
	"fmt"
	"strings"
	"testing"
)

// TestHARHeaderShapes has the shapes that programs write headers in. What tells the name and the value is read; what
// does not leaves the request undecided, and the text says where it is.
func TestHARHeaderShapes(t *testing.T) {
	const (
		from  = `{"name":"Origin","value":"https://app.example"},{"name":"Sec-Fetch-Mode","value":"cors"}`
		image = `{"name":"Origin","value":"https://app.example"},{"name":"Sec-Fetch-Mode","value":"no-cors"},{"name":"Referer","value":"https://app.example/"}`
		allow = `{"name":"Access-Control-Allow-Origin","value":"*"}`
	)
	entry := func(request string, status any, response string) string {
		return fmt.Sprintf(`{"request":{"method":"GET","url":"https://api.example/","headers":%s},"response":{"status":%v,"headers":%s}}`, request, status, response)
	}
	cors := "[" + from + "]"
	for _, tt := range []struct {
		name, entry, want string // the verdict, or a code
		says              string // in the text
	}{
		// What can be read.
		{"pairs", entry(`[["Origin","https://app.example"],["Sec-Fetch-Mode","cors"]]`, 200, `[["Access-Control-Allow-Origin","*"]]`), "allowed", ""},
		{"pairs that do not allow", entry(`[["Origin","https://app.example"],["Sec-Fetch-Mode","cors"]]`, 200, `[["Access-Control-Allow-Origin","https://b.example"]]`), "allow-origin-mismatch", ""},
		{"Name and Value", entry(`[{"Name":"Origin","Value":"https://app.example"},{"NAME":"Sec-Fetch-Mode","VALUE":"cors"}]`, 200, `[{"Value":"*","Name":"Access-Control-Allow-Origin"}]`), "allowed", ""},
		{"values by name", entry(`{"Origin":"https://app.example","Sec-Fetch-Mode":"cors"}`, 200, `{"Access-Control-Allow-Origin":"*"}`), "allowed", ""},
		{"lists of values", entry(cors, 200, `[{"name":"Access-Control-Allow-Origin","value":["*"]},["Vary",["A","B"]]]`), "allowed", ""},
		{"two values", entry(cors, 200, `{"Access-Control-Allow-Origin":["*","*"]}`), "multiple-allow-origin-values", ""},

		// What cannot, and may be what decides.
		{"a value that is null", entry(cors, 200, `[{"name":"Access-Control-Allow-Origin","value":null}]`), "undecided", "entries[0].response.headers[0] (Access-Control-Allow-Origin) cannot be read as a header"},
		{"a value that is an object", entry(cors, 200, `[{"name":"A","value":"b"},{"name":"Access-Control-Allow-Origin","value":{}}]`), "undecided", "entries[0].response.headers[1] (Access-Control-Allow-Origin)"},
		{"a value that is missing", entry(cors, 200, `[{"name":"Access-Control-Allow-Origin"}]`), "undecided", "entries[0].response.headers[0] (Access-Control-Allow-Origin)"},
		{"an empty list of values", entry(cors, 200, `{"Access-Control-Allow-Origin":[]}`), "undecided", "entries[0].response.headers (Access-Control-Allow-Origin)"},
		{"null by name", entry(cors, 200, `{"Access-Control-Allow-Origin":null}`), "undecided", "entries[0].response.headers (Access-Control-Allow-Origin)"},
		{"a value that no header has", entry(cors, 200, `[{"name":"Access-Control-Allow-Origin","value":"https://app.example\u0000"}]`), "undecided", "entries[0].response.headers[0] (Access-Control-Allow-Origin)"},
		{"a header without a name", entry(cors, 200, `[{"value":"*"}]`), "undecided", "entries[0].response.headers[0] cannot be read as a header"},
		{"a name that is null", entry(cors, 200, `[{"name":null,"value":"*"}]`), "undecided", "entries[0].response.headers[0]"},
		{"a line", entry(cors, 200, `["Access-Control-Allow-Origin: *"]`), "undecided", "entries[0].response.headers[0]"},
		{"three of a pair", entry(cors, 200, `[["Access-Control-Allow-Origin","*","x"]]`), "undecided", "entries[0].response.headers[0]"},
		{"one of a pair", entry(cors, 200, `[["Access-Control-Allow-Origin"]]`), "undecided", "entries[0].response.headers[0] (Access-Control-Allow-Origin)"},
		{"an element that is null", entry(cors, 200, `[null]`), "undecided", "entries[0].response.headers[0]"},
		{"other members", entry(cors, 200, `[{"key":"Access-Control-Allow-Origin","val":"*"}]`), "undecided", "entries[0].response.headers[0]"},
		{"lines in a text", entry(cors, 200, `"Access-Control-Allow-Origin: *"`), "undecided", "entries[0].response.headers cannot be read"},
		{"a number", entry(cors, 200, `7`), "undecided", "entries[0].response.headers cannot be read"},
		{"one header in place of a list", entry(cors, 200, `{"name":"Access-Control-Allow-Origin","value":"*"}`), "undecided", "entries[0].response.headers cannot be read"},
		{"absent", entry(cors, 200, `null`), "undecided", "the file does not have the headers of the response (entries[0])"},
		{"a second line", entry(cors, 200, "["+allow+`,{"name":"access-control-allow-origin","value":null}]`), "undecided", "entries[0].response.headers[1] (access-control-allow-origin)"},
		{"without cors", entry("["+image+"]", 200, `[["Cross-Origin-Resource-Policy"]]`), "undecided", "entries[0].response.headers[0] (Cross-Origin-Resource-Policy)"},
		{"without cors, any header", entry("["+image+"]", 200, `[7]`), "undecided", "entries[0].response.headers[0]"},
		{"a redirect", entry(cors, 302, "["+allow+`,{"name":"Location","value":null}]`), "undecided", "entries[0].response.headers[1] (Location)"},
		{"a redirect that has any header", entry(cors, 302, "["+allow+`,{}]`), "undecided", "entries[0].response.headers[1]"},
		{"Origin", entry(`[{"name":"Origin","value":null},{"name":"Sec-Fetch-Mode","value":"cors"}]`, 200, `[]`), "undecided", "entries[0]: not judged: its request.headers[0] (Origin) cannot be read as a header, and the file does not tell the origin"},
		{"Sec-Fetch-Mode", entry(`[{"name":"Origin","value":"https://app.example"},["Sec-Fetch-Mode"]]`, 200, `[]`), "undecided", "entries[0].request.headers[1] (Sec-Fetch-Mode)"},
		{"the request's", entry(`7`, 200, `[]`), "undecided", "its request.headers cannot be read as a header"},

		// What cannot, and does not cost its neighbours.
		{"a header that decides nothing", entry(cors, 200, `[{"name":"X-A","value":null}]`), "missing-allow-origin", ""},
		{"a request header that decides nothing", entry("["+from+`,{"name":"DNT","value":null}]`, 200, `[]`), "missing-allow-origin", ""},
		{"any header beside the one that allows", entry(cors, 200, "[7,"+allow+"]"), "allowed", "entries[0].response.headers[0] cannot be read as a header; it is taken for none that changes this"},
		{"a pseudo-header", entry(cors, 200, `[{"name":":status","value":null}]`), "missing-allow-origin", ""},
		{"none", entry(cors, 200, `[]`), "missing-allow-origin", ""},
		{"no members", entry(cors, 200, `{}`), "missing-allow-origin", ""},

		// What is not a status is judged as if the file had no status.
		{"status 0", entry(cors, 0, `[{"name":"A","value":"b"}]`), "missing-allow-origin", "The file has headers of the response and status 0; 200 stands in for it"},
		{"status -1", entry(cors, -1, `[{"name":"A","value":"b"}]`), "missing-allow-origin", "The file has headers of the response and status -1; 200 stands in for it"},
		{"status 1e9", entry(cors, "1e9", `[{"name":"A","value":"b"}]`), "missing-allow-origin", "status 1e9"},
		{"status null", entry(cors, "null", `[{"name":"A","value":"b"}]`), "missing-allow-origin", "no status"},
		{"status -1, without headers", entry(cors, -1, `[]`), "undecided", "(entries[0] has status -1)"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			path := file(t, "x.har", `{"log":{"entries":[`+tt.entry+`]}}`)
			_, report := explained(t, path)
			verdict, code := verdictOf(report, 0)
			if verdict == "blocked" {
				verdict = code
			}
			_, text, _ := corspec("explain", path)
			if verdict != tt.want || !strings.Contains(text, tt.says) {
				t.Errorf("%s, want %s and %q in\n%s", verdict, tt.want, tt.says, text)
			}
		})
	}
}
