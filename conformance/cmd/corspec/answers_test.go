package main

import (
	"bytes"
	"strings"
	"testing"
)

const (
	allowAll    = "Access-Control-Allow-Origin: *"
	curlPUT     = "HTTP/1.1 204 No Content\r\nServer: nginx\r\nAccess-Control-Allow-Origin: *\r\nAccess-Control-Allow-Methods: PUT\r\n\r\n"
	curlGET     = "HTTP/2 200 \r\nserver: nginx\r\naccess-control-allow-origin: *\r\ncontent-length: 11\r\n\r\n{\"a\":\r\n\"b\"}"
	curlVerbose = `*   Trying 127.0.0.1:8080...
* Connected to 127.0.0.1 (127.0.0.1) port 8080 (#0)
> GET /x HTTP/1.1
> Host: 127.0.0.1:8080
> Origin: https://app.example
>
< HTTP/1.1 200 OK
< Access-Control-Allow-Origin: https://app.example
< Content-Length: 2
<
{ [2 bytes data]
ok
* Connection #0 to host 127.0.0.1 left intact
`
)

// TestExplainText explains the text of responses, as a file and on standard input.
func TestExplainText(t *testing.T) {
	for _, tt := range []struct {
		name, text string
		args       []string
		status     int
		want       string
	}{
		{"curl -si", curlGET, nil, exitOK, "ALLOWED the page reads the response: status 200"},
		{"with its URL", curlGET, []string{api + "/y"}, exitOK, "fetches GET " + api + "/y"},
		{"without its URL", curlGET, nil, exitOK, "Note: The text does not tell the URL"},
		{"credentials", curlGET, []string{"-credentials", "include"}, exitBad, "BLOCKED wildcard-origin-not-allowed"},
		{"HTTP/3 without a reason", "HTTP/3 404\naccept-ranges: bytes\n", nil, exitBad, "BLOCKED missing-allow-origin"},
		{"a pseudo-header", ":status: 403\nAccess-Control-Allow-Origin: https://other.example\n", nil, exitBad, "BLOCKED allow-origin-mismatch"},
		{"headers alone", "content-type: text/plain\naccess-control-allow-origin: *", nil, exitOK, "status 200"},
		{"names and values in lines of their own", "content-type:\ntext/plain\naccess-control-allow-origin:\n*", nil, exitOK, "status 200"},
		{"a preflight and a response", curlPUT + curlGET, []string{"-X", "PUT"}, exitOK, "ALLOWED"},
		{"a preflight that fails", curlPUT + curlGET, []string{"-X", "DELETE"}, exitBad, "BLOCKED method-disallowed-by-preflight"},
		{"a preflight alone", curlPUT, []string{"-X", "PUT"}, exitUsage, "UNDECIDED the text has the response to the preflight and none to the request behind it"},
		{"a response alone, of a request with a preflight", curlGET, []string{"-X", "PUT"}, exitUsage, "UNDECIDED the browser sends a preflight, and the text has one response, which does not look like that to a preflight"},
		{"405 alone, of a request with a preflight", "HTTP/1.1 405 Method Not Allowed\n" + allowAll, []string{"-X", "PUT"}, exitBad, "BLOCKED preflight-invalid-status"},
		{"a preflight that nobody sends", curlPUT + curlGET, nil, exitOK, "Note: The first response in the text looks like that to a preflight"},
		{"a redirect", "HTTP/1.1 302 Found\nLocation: https://c.example/\n" + allowAll + "\n\n" + curlGET, nil, exitOK, "-> GET https://c.example/"},
		{"a redirect without its target", "HTTP/1.1 302 Found\nLocation: /y\n" + allowAll, nil, exitUsage, "UNDECIDED the redirect is followed, and the text has no response of its target"},
		{"informational responses", "HTTP/1.1 103 Early Hints\nLink: </a>\n\nHTTP/1.1 100 Continue\n\n" + curlGET, nil, exitOK, "ALLOWED"},
		{"a proxy's tunnel", "HTTP/1.1 200 Connection established\r\n\r\n" + curlGET, nil, exitOK, "ALLOWED"},
		{"a body with a head in it", "HTTP/1.1 200 OK\r\nContent-Length: 51\r\n\r\nHTTP/1.1 200 OK\r\nAccess-Control-Allow-Origin: *\r\n\r\n", nil, exitBad, "BLOCKED missing-allow-origin"},
		{"one response too many", curlGET + "\n" + curlGET, nil, exitOK, "Note: The text has 1 more response that the fetch does not get to."},
		{"a value that goes on", "HTTP/1.1 200 OK\nAccess-Control-Allow-Origin: https://a.example\n https://b.example\n", nil, exitBad, "BLOCKED multiple-allow-origin-values"},
		{"curl -v", curlVerbose, nil, exitOK, "https://app.example fetches GET http://127.0.0.1:8080/x\n"},
		{"curl -v, allowed", curlVerbose, nil, exitOK, "ALLOWED"},
		{"curl -v, flags say otherwise", curlVerbose, []string{"-origin", "https://b.example"}, exitBad, "https://b.example fetches GET http://127.0.0.1:8080/x\n"},
		{"curl -v, flags say the request", curlVerbose, []string{"-X", "POST"}, exitOK, "https://app.example fetches POST https://api.example/\n"},
		{"curl -v of another page", strings.ReplaceAll(curlVerbose, "https://app.example", "https://shop.example"), nil, exitOK, "https://shop.example fetches GET http://127.0.0.1:8080/x\n"},
		{"curl -v without an Origin", strings.Replace(strings.ReplaceAll(curlVerbose, "127.0.0.1:8080", "api.example"), "> Origin: https://app.example\n", "", 1), nil, exitBad, "http://app.example fetches GET http://api.example/x\n"},
		{"curl -v, over TLS", "* Connected to api.example\n* ALPN: curl offers h2,http/1.1\n* SSL connection using TLSv1.3\n> GET /x?y HTTP/2\n> Host: api.example\n> Origin: https://shop.example\n> X-A: 1\n> \n< HTTP/2 200\n< \n",
			nil, exitUsage, "https://shop.example fetches GET https://api.example/x?y\n"},
		{"curl -v of a preflight", "> OPTIONS /x HTTP/1.1\r\n> Host: api.example\r\n> Origin: https://shop.example\r\n> Access-Control-Request-Method: PUT\r\n>\r\n< HTTP/1.1 405 Method Not Allowed\r\n< Allow: GET\r\n<\r\n",
			nil, exitBad, "BLOCKED preflight-missing-allow-origin"},
		{"curl -v of a preflight and of the request", "> OPTIONS /x HTTP/1.1\n> Host: api.example\n> Origin: https://shop.example\n> Access-Control-Request-Method: PATCH\n>\n< HTTP/1.1 204 No Content\n< Access-Control-Allow-Origin: *\n< Access-Control-Allow-Methods: PATCH\n<\n" +
			"> PATCH /x HTTP/1.1\n> Host: api.example\n> Origin: https://shop.example\n>\n< HTTP/1.1 200 OK\n< Access-Control-Allow-Origin: *\n<\n> OPTIONS /x\n",
			nil, exitOK, "https://shop.example fetches PATCH https://api.example/x\n"},
		{"a status of its own", "HTTP/1.1 999 ?\n" + allowAll, nil, exitOK, "status 999"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			status, fromFile, stderr := corspec(append([]string{"explain", file(t, "x.txt", tt.text)}, tt.args...)...)
			if status != tt.status || !strings.Contains(fromFile, tt.want) || stderr != "" {
				t.Errorf("status %d, want %d and %q in\n%s%s", status, tt.status, tt.want, fromFile, stderr)
			}
			var stdout, errs bytes.Buffer
			if run(append([]string{"explain", "-"}, tt.args...), strings.NewReader(tt.text), &stdout, &errs); stdout.String() != fromFile {
				t.Errorf("from standard input:\n%s%s", stdout.String(), errs.String())
			}
		})
	}
}

func TestExplainTextRefuses(t *testing.T) {
	for _, tt := range []struct{ text, want string }{
		{"HTTP/1.1 200 OK\nno colon here\n", `response 1: line 2, "no colon here": there is no colon`},
		{"HTTP/1.1 200 OK\nX-A: b\rc\n", `holds '\r' at byte 1`},
		{"HTTP/1.1 200 OK\nX-A: b\x00\n", `holds '\x00' at byte 1`},
		{"HTTP/1.1 200 OK\nX A: b\n", "is not a header name"},
		{"HTTP/1.1 100 Continue\n\n", "the text has no response"},
		{":status: many\n", "is not a number"},
		{":status: 2000\n", "status 2000 is not that of a response"},
	} {
		status, stdout, stderr := corspec("explain", file(t, "x.txt", tt.text))
		if status != exitUsage || stdout != "" || !strings.Contains(stderr, tt.want) {
			t.Errorf("%q: status %d, %q, %q, want %q", tt.text, status, stdout, stderr, tt.want)
		}
	}
	if status, _, stderr := corspec("explain", "-R", allowAll, file(t, "x.txt", curlGET)); status != exitUsage || !strings.Contains(stderr, "-R is not for a file of responses") {
		t.Errorf("status %d, %q", status, stderr)
	}
}

// TestHeaderBlocks puts blocks of header lines behind -R and -P.
func TestHeaderBlocks(t *testing.T) {
	for _, tt := range []struct {
		args   []string
		status int
		want   string
	}{
		{[]string{"-R", "HTTP/2 404 \r\naccess-control-allow-origin: *\r\nvary: Origin\r\n\r\n{}"}, exitOK, "status 404"},
		{[]string{"-R", "access-control-allow-origin: *\nvary: Origin", "-R", "X-A: b"}, exitOK, "hidden from the page: X-A"},
		{[]string{"-X", "PUT", "-P", "HTTP/1.1 204 No Content\nAccess-Control-Allow-Origin: *\nAccess-Control-Allow-Methods: PUT", "-R", allowAll}, exitOK, "ALLOWED"},
		{[]string{"-R", "HTTP/2 404\naccess-control-allow-origin: *", "-status", "500"}, exitOK, "status 500"},
		{[]string{"-R", "Access-Control-Allow-Origin: https://app.example\rX: y"}, exitUsage, ""},
		{[]string{"-R", "Access-Control-Allow-Origin: *\nSet-Cookie"}, exitUsage, ""},
		{[]string{"-H", "X-A: b\rc", "-R", allowAll}, exitUsage, ""},
	} {
		status, stdout, stderr := corspec(append([]string{"explain", api + "/x"}, tt.args...)...)
		if status != tt.status || !strings.Contains(stdout, tt.want) || (stderr != "") != (status == exitUsage) {
			t.Errorf("%q: status %d, want %d and %q\n%s%s", tt.args, status, tt.status, tt.want, stdout, stderr)
		}
	}
}

// TestExplainURLs holds that a URL of any scheme is one where answers are given, and that a host without a scheme is
// told.
func TestExplainURLs(t *testing.T) {
	for _, tt := range []struct {
		url, want string
		status    int
	}{
		{"ftp://b.example/x", "BLOCKED cors-disabled-scheme", exitBad},
		{"file:///etc/hosts", "BLOCKED cors-disabled-scheme", exitBad},
		{"chrome-extension://abc/x.js", "BLOCKED cors-disabled-scheme", exitBad},
		{"data:,x", "ALLOWED", exitOK},
		{"http:b.example", "ALLOWED", exitOK},
	} {
		for _, flag := range [][]string{{"-R", allowAll}, {"-status", "200", "-R", allowAll}, {"-P", allowAll, "-R", allowAll}} {
			status, stdout, stderr := corspec(append([]string{"explain", "-origin", "http://a.example", tt.url}, flag...)...)
			if status != tt.status || !strings.Contains(stdout, tt.want) || stderr != "" {
				t.Errorf("%s %q: status %d, %s%s", tt.url, flag, status, stdout, stderr)
			}
		}
	}
	for _, command := range [][]string{{"check"}, {"explain"}, {"explain", "-status", "200"}} {
		for _, url := range []string{"127.0.0.1:3000/x", "localhost:3000", "localhost/x", "api.example/x", "[::1]:3000/x"} {
			status, stdout, stderr := corspec(append(command, url)...)
			if status != exitUsage || stdout != "" || !strings.Contains(stderr, "(write http://"+url+")") {
				t.Errorf("%q %s: status %d, %q, %q", command, url, status, stdout, stderr)
			}
		}
	}
}

// TestFlagsGivenTwice holds that a second value does not replace the first without a word.
func TestFlagsGivenTwice(t *testing.T) {
	for _, args := range [][]string{
		{"check", "-origin", "https://a.example", "-origin", "https://b.example", api}, {"check", "-X", "GET", api, "-X", "PUT"}, {"explain", "-status", "200", "-status", "201", api},
		{"check", "-json", "--json", api}, {"vectors", "-list", "-list"}, {"vectors", "-algorithm", "host", "-algorithm=url"}, {"explain", "-mode", "cors", "--mode=cors", "x.har"},
	} {
		status, stdout, stderr := corspec(args...)
		if status != exitUsage || stdout != "" || !strings.Contains(stderr, "is given twice") {
			t.Errorf("%q: status %d, %q, %q", args, status, stdout, stderr)
		}
	}
}

// TestExplainPolicy puts a policy in place of a server.
func TestExplainPolicy(t *testing.T) {
	policy := file(t, "policy.json", `{"origins":["https://app.example","https://*.shop.example"],"methods":["PUT"],"requestHeaders":["Content-Type"],"exposeHeaders":["X-Total"]}`)
	for _, tt := range []struct {
		args   []string
		status int
		want   []string
	}{
		{[]string{"-X", "PUT"}, exitOK, []string{"<- 204", "Access-Control-Allow-Methods: GET,HEAD,POST,PUT", "ALLOWED", "Note: The policy, of the preflight: A browser asks for permission", "Note: The policy, of the request: "}},
		{[]string{"-X", "DELETE"}, exitBad, []string{"BLOCKED method-disallowed-by-preflight", `"DELETE"`}},
		{[]string{"-H", "X-A: 1"}, exitBad, []string{"BLOCKED header-disallowed-by-preflight"}},
		{[]string{"-origin", "https://evil.example"}, exitBad, []string{"BLOCKED missing-allow-origin", "Vary: Origin"}},
		{[]string{"-origin", "https://evil.example", "-X", "PUT"}, exitBad, []string{"<- 403", "BLOCKED preflight-missing-allow-origin"}},
		{[]string{"-origin", "https://a.shop.example"}, exitOK, []string{"ALLOWED"}},
		{[]string{"-credentials", "include"}, exitBad, []string{"BLOCKED invalid-allow-credentials"}},
		{[]string{"-status", "404", "-R", "Access-Control-Allow-Origin: https://other.example", "-R", "X-Total: 3", "-R", "X-Other: 1", "-R", "Vary: Accept"}, exitOK,
			[]string{"<- 404", "Access-Control-Allow-Origin: https://app.example", "Vary: Accept", "hidden from the page: X-Other"}},
		{[]string{"-status", "302", "-R", "Location: https://b.example/"}, exitUsage, []string{"UNDECIDED the redirect is followed"}},
	} {
		status, stdout, stderr := corspec(append([]string{"explain", "-policy", policy, api + "/x"}, tt.args...)...)
		if status != tt.status || stderr != "" {
			t.Errorf("%q: status %d, want %d: %s", tt.args, status, tt.status, stderr)
		}
		for _, want := range tt.want {
			if !strings.Contains(stdout, want) {
				t.Errorf("%q: no %q in\n%s", tt.args, want, stdout)
			}
		}
	}
	for _, tt := range []struct {
		args []string
		want string
	}{
		{[]string{"-policy", "/nonesuch.json", api}, "nonesuch.json"},
		{[]string{"-policy", file(t, "bad.json", `{"origins":["https://app.example/"]}`), api}, "corspec lint says all"},
		{[]string{"-policy", policy, "-preflight-status", "200", api}, "-policy answers preflights"},
		{[]string{"-policy", policy, "testdata/chromium.har"}, "-policy is not for a HAR file"},
		{[]string{"-policy", policy}, "give a URL"},
	} {
		if status, stdout, stderr := corspec(append([]string{"explain"}, tt.args...)...); status != exitUsage || stdout != "" || !strings.Contains(stderr, tt.want) {
			t.Errorf("%q: status %d, %q, %q", tt.args, status, stdout, stderr)
		}
	}
}
