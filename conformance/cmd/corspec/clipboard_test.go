package main

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
)

// clipboard holds requests as Chromium and Firefox write them to the clipboard, each with what a page makes of it.
var clipboard = []struct {
	name, text string
	answers    []string // flags that say what comes back
	status     int
	want       string // page, method and URL, mode, credentials, destination
	preflight  string // what it asks for; empty: there is none
	verdict    string // the outcome, and the code if there is one
	body       string
}{
	{
		name: "Chromium, Copy as cURL (bash), GET",
		text: `curl 'https://api.example/v1/items?q=caf%C3%A9' \
  -H 'accept: */*' \
  -H 'accept-language: en-US,en;q=0.9' \
  -H 'cache-control: no-cache' \
  -H 'origin: https://shop.example' \
  -H 'pragma: no-cache' \
  -H 'priority: u=1, i' \
  -H 'referer: https://shop.example/' \
  -H 'sec-ch-ua: "Chromium";v="148", "Not/A)Brand";v="99"' \
  -H 'sec-ch-ua-mobile: ?0' \
  -H 'sec-ch-ua-platform: "Linux"' \
  -H 'sec-fetch-dest: empty' \
  -H 'sec-fetch-mode: cors' \
  -H 'sec-fetch-site: cross-site' \
  -H 'user-agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/148.0.0.0 Safari/537.36'`,
		answers: []string{"-R", "Access-Control-Allow-Origin: *"},
		status:  exitOK,
		want:    "https://shop.example GET https://api.example/v1/items?q=caf%C3%A9 cors same-origin ",
		verdict: "allowed ",
	},
	{
		name: "Chromium, Copy as cURL (bash), PUT with cookies",
		text: `curl 'https://api.example/v1/items/\[7\]' \
  -X 'PUT' \
  -H 'accept: application/json' \
  -H 'accept-language: en-US,en;q=0.9' \
  -H 'authorization: Bearer abc' \
  -H 'content-type: application/json' \
  -b 'session=0123; theme=dark' \
  -H 'origin: https://shop.example' \
  -H 'priority: u=1, i' \
  -H 'referer: https://shop.example/' \
  -H 'sec-fetch-dest: empty' \
  -H 'sec-fetch-mode: cors' \
  -H 'sec-fetch-site: cross-site' \
  -H 'user-agent: Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/148.0.0.0 Safari/537.36' \
  -H 'x-empty;' \
  --data-raw $'{"name":"it\'s new\u0021"}'`,
		answers:   []string{"-P", "Access-Control-Allow-Origin: https://shop.example", "-P", "Access-Control-Allow-Credentials: true", "-P", "Access-Control-Allow-Methods: PUT", "-P", "Access-Control-Allow-Headers: authorization, content-type"},
		status:    exitBad,
		want:      "https://shop.example PUT https://api.example/v1/items/[7] cors include ",
		preflight: "PUT authorization,content-type,x-empty",
		verdict:   "blocked header-disallowed-by-preflight",
		body:      `{"name":"it's new!"}`,
	},
	{
		name: "Chromium, Copy as cURL (cmd)",
		text: "curl ^\"https://api.example/v1/orders?a=1^&b=^%^20x^\" ^\r\n  -H ^\"accept: */*^\" ^\r\n  -H ^\"content-type: application/json^\" ^\r\n  -H ^\"origin: http://localhost:5173^\" ^\r\n  -H ^\"sec-ch-ua: ^\\^\"Chromium^\\^\";v=^\\^\"148^\\^\"^\" ^\r\n" +
			"  -H ^\"sec-fetch-dest: empty^\" ^\r\n  -H ^\"sec-fetch-mode: cors^\" ^\r\n  -H ^\"sec-fetch-site: cross-site^\" ^\r\n  -H ^\"user-agent: Mozilla/5.0 ^(Windows NT 10.0; Win64; x64^) Chrome/148.0.0.0^\" ^\r\n  --data-raw ^\"^{^\\^\"n^\\^\":1^}^\"",
		answers:   []string{"-P", "Access-Control-Allow-Origin: *"},
		status:    exitBad,
		want:      "http://localhost:5173 POST https://api.example/v1/orders?a=1&b=%20x cors same-origin ",
		preflight: "POST content-type",
		verdict:   "blocked header-disallowed-by-preflight",
		body:      `{"n":1}`,
	},
	{
		name: "Chromium, Copy as PowerShell",
		text: `$session = New-Object Microsoft.PowerShell.Commands.WebRequestSession
$session.UserAgent = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/148.0.0.0 Safari/537.36"
$session.Cookies.Add((New-Object System.Net.Cookie("session", "a` + "`\"" + `b", "/", "api.example")))
Invoke-WebRequest -UseBasicParsing -Uri "https://api.example/v1/me" ` + "`" + `
-Method "DELETE" ` + "`" + `
-WebSession $session ` + "`" + `
-Headers @{
"accept"="*/*"
  "accept-language"="de-DE,de;q=0.9"
  "origin"="https://shop.example"
  "priority"="u=1, i"
  "sec-ch-ua"="` + "`\"Chromium`\";v=`\"148`\"" + `"
  "sec-fetch-dest"="empty"
  "sec-fetch-mode"="cors"
  "sec-fetch-site"="cross-site"
} ` + "`" + `
-ContentType "application/json" ` + "`" + `
-Body ([System.Text.Encoding]::UTF8.GetBytes("{` + "`\"caf$([char]233)`\"" + `:1}"))`,
		answers:   []string{"-P", "Access-Control-Allow-Origin: *"},
		status:    exitBad,
		want:      "https://shop.example DELETE https://api.example/v1/me cors include ",
		preflight: "DELETE content-type",
		verdict:   "blocked preflight-wildcard-origin-not-allowed",
		body:      `{"café":1}`,
	},
	{
		name: "Chromium, Copy as fetch",
		text: `fetch("https://api.example/v1/list", {
  "headers": {
    "accept": "*/*",
    "accept-language": "en-US,en;q=0.9",
    "cache-control": "no-cache",
    "pragma": "no-cache",
    "priority": "u=1, i",
    "sec-ch-ua": "\"Chromium\";v=\"148\"",
    "sec-fetch-dest": "empty",
    "sec-fetch-mode": "cors",
    "sec-fetch-site": "cross-site",
    "x-trace": "1"
  },
  "referrer": "https://shop.example/",
  "referrerPolicy": "strict-origin-when-cross-origin",
  "body": null,
  "method": "GET",
  "mode": "cors",
  "credentials": "omit"
});`,
		answers:   []string{"-P", "Access-Control-Allow-Origin: *", "-P", "Access-Control-Allow-Headers: *", "-R", "Content-Type: text/plain"},
		status:    exitBad,
		want:      "https://shop.example GET https://api.example/v1/list cors omit ",
		preflight: "GET x-trace",
		verdict:   "blocked missing-allow-origin",
	},
	{
		name: "Chromium, Copy as fetch (Node.js)",
		text: `fetch("https://api.example/v1/list", {
  "headers": {
    "accept": "application/json",
    "content-type": "text/plain;charset=UTF-8",
    "sec-fetch-dest": "empty",
    "sec-fetch-mode": "cors",
    "sec-fetch-site": "same-site",
    "cookie": "session=1; theme=dark",
    "Referer": "https://www.api.example/",
    "Referrer-Policy": "strict-origin-when-cross-origin"
  },
  "body": "{\"a\":[1,2]}",
  "method": "POST"
});`,
		answers: []string{"-R", "Access-Control-Allow-Origin: https://www.api.example"},
		status:  exitBad,
		want:    "https://www.api.example POST https://api.example/v1/list cors include ",
		verdict: "blocked invalid-allow-credentials",
		body:    `{"a":[1,2]}`,
	},
	{
		name: "Firefox, Copy as cURL (POSIX)",
		text: `curl 'https://api.example/login' \
  --compressed \
  -X POST \
  -H 'User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0' \
  -H 'Accept: */*' \
  -H 'Accept-Language: en-US,en;q=0.5' \
  -H 'Accept-Encoding: gzip, deflate, br, zstd' \
  -H 'Content-Type: application/x-www-form-urlencoded' \
  -H 'Origin: https://shop.example' \
  -H 'Connection: keep-alive' \
  -H 'Sec-Fetch-Dest: empty' \
  -H 'Sec-Fetch-Mode: cors' \
  -H 'Sec-Fetch-Site: cross-site' \
  -H 'Priority: u=4' \
  -H 'Cookie: session=0123' \
  --data-raw 'user=a&password=b%21'`,
		answers: []string{"-R", "Access-Control-Allow-Origin: https://shop.example", "-R", "Access-Control-Allow-Credentials: true"},
		status:  exitOK,
		want:    "https://shop.example POST https://api.example/login cors include ",
		verdict: "allowed ",
		body:    "user=a&password=b%21",
	},
	{
		name: "Firefox, Copy as cURL (Windows)",
		text: "curl ^\"https://api.example/v1/items/7^\" ^\n  -X PATCH ^\n  -H ^\"User-Agent: Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:143.0) Gecko/20100101 Firefox/143.0^\" ^\n  -H ^\"Accept: */*^\" ^\n" +
			"  -H ^\"Content-Type: application/merge-patch+json^\" ^\n  -H ^\"Origin: https://shop.example^\" ^\n  -H ^\"Sec-Fetch-Mode: cors^\" ^\n  --data-raw ^\"{\\\"price\\\":\\\"\\$5\\\",^\n\n\\\"n\\\":2}^\"",
		answers:   []string{"-preflight-status", "405"},
		status:    exitBad,
		want:      "https://shop.example PATCH https://api.example/v1/items/7 cors same-origin ",
		preflight: "PATCH content-type",
		verdict:   "blocked preflight-missing-allow-origin",
		body:      "{\"price\":\"$5\",\n\"n\":2}",
	},
	{
		name: "Firefox, Copy as Fetch",
		text: `await fetch("https://api.example/v1/list?page=2", {
    "credentials": "include",
    "headers": {
        "User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0",
        "Accept": "application/json",
        "Accept-Language": "en-US,en;q=0.5",
        "Sec-Fetch-Dest": "empty",
        "Sec-Fetch-Mode": "cors",
        "Sec-Fetch-Site": "cross-site",
        "Priority": "u=4",
        "Pragma": "no-cache",
        "Cache-Control": "no-cache"
    },
    "referrer": "https://shop.example/",
    "method": "GET",
    "mode": "cors"
});`,
		answers: []string{"-R", "Access-Control-Allow-Origin: *"},
		status:  exitBad,
		want:    "https://shop.example GET https://api.example/v1/list?page=2 cors include ",
		verdict: "blocked wildcard-origin-not-allowed",
	},
	{
		name: "Chromium, Copy as cURL (bash) of an image",
		text: `curl 'https://cdn.example/a.png' \
  -H 'sec-ch-ua-platform: "Linux"' \
  -H 'Referer: https://shop.example/' \
  -H 'User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/148.0.0.0 Safari/537.36' \
  -H 'accept: image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8' \
  -H 'sec-fetch-dest: image' \
  -H 'sec-fetch-mode: no-cors' \
  -H 'sec-fetch-site: cross-site' ;`,
		answers: []string{"-R", "Cross-Origin-Resource-Policy: same-site"},
		status:  exitBad,
		want:    "https://shop.example GET https://cdn.example/a.png no-cors include image",
		verdict: "blocked corp-not-same-site",
	},
	{
		name:      "Firefox, Copy Request Headers, of a preflight",
		text:      "OPTIONS /v1/items/7 HTTP/2\nHost: api.example\nUser-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0\nAccept: */*\nAccess-Control-Request-Method: DELETE\nAccess-Control-Request-Headers: authorization\nReferer: https://shop.example/\nOrigin: https://shop.example\nSec-Fetch-Dest: empty\nSec-Fetch-Mode: cors\n",
		answers:   []string{"-P", "Access-Control-Allow-Origin: *", "-P", "Access-Control-Allow-Methods: DELETE", "-P", "Access-Control-Allow-Headers: *"},
		status:    exitBad,
		want:      "https://shop.example DELETE https://api.example/v1/items/7 cors same-origin ",
		preflight: "DELETE authorization",
		verdict:   "blocked authorization-not-covered-by-wildcard",
	},
	{
		name: "Chromium, Copy as cURL (bash), a sandboxed frame",
		text: `curl 'https://api.example/x' -H 'Origin: null' -H 'sec-fetch-mode: cors' -H 'sec-fetch-site: cross-site' --insecure | jq .`,
		answers: []string{
			"-R", "HTTP/2 200\naccess-control-allow-origin: https://shop.example\nvary: Origin"},
		status:  exitBad,
		want:    "null GET https://api.example/x cors same-origin ",
		verdict: "blocked allow-origin-mismatch",
	},
	{
		name: "Chromium, Copy as PowerShell, over HTTP/2",
		text: "Invoke-WebRequest -UseBasicParsing -Uri \"https://api.example:8443/v1/items?q=1#x\" `\n-Method \"POST\" `\n-Headers @{\n\"authority\"=\"api.example:8443\"\n  \"method\"=\"POST\"\n  \"path\"=\"/v1/items?q=1\"\n" +
			"  \"scheme\"=\"https\"\n  \"origin\"=\"https://shop.example\"\n  \"x-a\"=\"b\"\n}",
		answers:   []string{"-P", "Access-Control-Allow-Origin: *"},
		status:    exitBad,
		want:      "https://shop.example POST https://api.example:8443/v1/items?q=1#x cors same-origin ",
		preflight: "POST x-a",
		verdict:   "blocked header-disallowed-by-preflight",
	},
	{
		name:    "Chromium of old, Copy as cURL, over HTTP/2",
		text:    "curl 'https://api.example/' -H 'authority: api.example' -H 'origin: https://shop.example' -H 'path: /' -H 'scheme: https' -H 'method: POST' --data-raw 'a=b' --compressed",
		answers: []string{"-R", allowAll},
		status:  exitOK,
		want:    "https://shop.example POST https://api.example/ cors same-origin ",
		verdict: "allowed ",
		body:    "a=b",
	},
	{
		name:      "headers that are called as those of HTTP/2 are, and say something else",
		text:      "curl 'https://api.example/' -H 'authority: other.example' -H 'origin: https://shop.example' -H 'path: /x' -H 'scheme: http' -H 'method: PUT'",
		answers:   []string{"-P", "Access-Control-Allow-Origin: *"},
		status:    exitBad,
		want:      "https://shop.example GET https://api.example/ cors same-origin ",
		preflight: "GET authority,method,path,scheme",
		verdict:   "blocked header-disallowed-by-preflight",
	},
	{
		name:    "curl in PowerShell",
		text:    "curl.exe -X POST 'https://api.example/x' `\r\n  -H 'Origin: https://shop.example' `\r\n  -d \"a=b\"",
		answers: []string{"-R", allowAll},
		status:  exitOK,
		want:    "https://shop.example POST https://api.example/x cors same-origin ",
		verdict: "allowed ",
		body:    "a=b",
	},
	{
		name:    "curl in PowerShell, on one line",
		text:    "curl.exe https://api.example/x -H 'Origin: https://shop.example'",
		answers: []string{"-R", allowAll},
		status:  exitOK,
		want:    "https://shop.example GET https://api.example/x cors same-origin ",
		verdict: "allowed ",
	},
	{
		name:    "Chromium, Copy as fetch, over http",
		text:    "fetch(\"http://api.example/x\", {\n  \"headers\": {\n    \"accept\": \"*/*\",\n    \"cache-control\": \"no-cache\"\n  },\n  \"referrer\": \"http://shop.example/\",\n  \"referrerPolicy\": \"strict-origin-when-cross-origin\",\n  \"body\": null,\n  \"method\": \"GET\",\n  \"mode\": \"cors\",\n  \"credentials\": \"omit\"\n});",
		answers: []string{"-R", allowAll},
		status:  exitOK,
		want:    "http://shop.example GET http://api.example/x cors omit ",
		verdict: "allowed ",
	},
	{
		name:      "a script's own source",
		text:      "const response = await fetch('https://api.example/x', {method: 'PUT', headers: {'Cache-Control': 'no-cache', Priority: 'u=1', \"X-Number\": 5,}, body: JSON.stringify({a: [1, 2]}), signal: null}) // comment",
		answers:   []string{"-origin", "https://shop.example", "-preflight-status", "204"},
		status:    exitBad,
		want:      "https://shop.example PUT https://api.example/x cors same-origin ",
		preflight: "PUT cache-control,priority,x-number",
		verdict:   "blocked preflight-missing-allow-origin",
		body:      "{a: [1, 2]}",
	},
}

func TestClipboard(t *testing.T) {
	for _, tt := range clipboard {
		t.Run(tt.name, func(t *testing.T) {
			for how, run := range map[string]func(args []string) (int, string, string){
				"on standard input": func(args []string) (int, string, string) {
					var stdout, stderr bytes.Buffer
					status := run(append(args, "-"), strings.NewReader("\ufeff"+tt.text+"\n"), &stdout, &stderr)
					return status, stdout.String(), stderr.String()
				},
				"as an argument": func(args []string) (int, string, string) { return corspec(append(args, tt.text)...) },
			} {
				if how == "as an argument" && strings.HasPrefix(tt.text, "OPTIONS") {
					continue // not told from the name of a file
				}
				status, stdout, stderr := run(append([]string{"explain", "-json"}, tt.answers...))
				if status != tt.status || stderr != "" {
					t.Fatalf("%s: status %d, want %d: %s%s", how, status, tt.status, stdout, stderr)
				}
				var report explanationsReport
				if err := json.Unmarshal([]byte(stdout), &report); err != nil || len(report.Fetches) != 1 {
					t.Fatalf("%s: %v\n%s", how, err, stdout)
				}
				f := report.Fetches[0]
				if got := strings.Join([]string{f.Origin, f.Method, f.URL, f.Mode, f.Credentials, f.Destination}, " "); got != tt.want {
					t.Errorf("%s: %q, want %q", how, got, tt.want)
				}
				if got := f.Outcome + " " + f.Code; got != tt.verdict {
					t.Errorf("%s: %q, want %q", how, got, tt.verdict)
				}
				preflight := ""
				if f.Network[0].Kind == "preflight" {
					for _, h := range f.Network[0].Headers {
						if strings.HasPrefix(h[0], "Access-Control-Request-") {
							preflight = strings.TrimSpace(preflight + " " + h[1])
						}
					}
				}
				if preflight != tt.preflight {
					t.Errorf("%s: the preflight asks for %q, want %q", how, preflight, tt.preflight)
				}
			}
			w := &requestWords{}
			if err := w.parsePaste(tt.text); err != nil {
				t.Fatal(err)
			}
			if got := w.body; (got == nil) != (tt.body == "") || got != nil && got.String() != tt.body {
				t.Errorf("the body is %v, want %q", got, tt.body)
			}
		})
	}
}

// TestClipboardRefuses holds that a text that is not a request of a page, or of more than one, is told so.
func TestClipboardRefuses(t *testing.T) {
	for _, tt := range []struct{ text, want string }{
		{"", "none of a curl command"},
		{"hello", "none of a curl command"},
		{"curl 'https://a.example/' -H 'Sec-Fetch-Mode: navigate' -H 'Sec-Fetch-Site: cross-site' -H 'Referer: https://b.example/'", "this is a navigation"},
		{"curl 'wss://a.example/' -H 'Origin: https://b.example' -H 'Upgrade: websocket' -H 'Sec-WebSocket-Key: x'", "this opens a WebSocket"},
		{"curl 'https://a.example/' -H 'Sec-Fetch-Site: none' -H 'Sec-Fetch-Mode: cors'", "no page made this request"},
		{"curl 'https://a.example/' ;\ncurl 'https://b.example/'", "several commands"},
		{"curl ^\"https://a.example/^\" &\r\ncurl ^\"https://b.example/^\"", "several commands"},
		{"curl https://a.example/ https://b.example/", "one URL"},
		{"curl https://a.example/ --next https://b.example/", "one at a time"},
		{"curl 'https://a.example/ -H 'a: b'", "is not closed"},
		{"curl \"https://a.example/", "is not closed"},
		{"curl $'https://a.example/", "is not closed"},
		{"curl ^\"https://a.example/ ^\n -H", "is not closed"},
		{"curl $URL", "would be replaced by a shell"},
		{"curl \"https://$HOST/\"", "would be replaced by a shell"},
		{"curl `id`", "would be replaced by a shell"},
		{"curl --nonesuch x https://a.example/", "not defined: --nonesuch"},
		{"curl https://a.example/ -H", "needs a value"},
		{"curl https://a.example/ -b cookies.txt", "file of cookies"},
		{"curl https://a.example/ -d @/nonesuch/file", "nonesuch"},
		{"curl https://a.example/ -H 'Origin: https://b.example/'", "the header Origin: "},
		{"curl https://a.example/ -H $'X-A: b\\rX-B: c'", "line break only separates"},
		{"curl https://a.example/ -H $'X-A: b\\nc'", "there is no colon"},
		{"fetch(url)", "write its value"},
		{"fetch(`https://a.example/${id}`)", "write its value"},
		{"fetch('https://a.example/', {headers: new Headers()})", "write its value"},
		{"fetch('https://a.example/', {method: 5})", "has to be a string"},
		{"fetch('https://a.example/', {headers: {'X-A': 'b\\r\\nX-B: c'}})", "line break"},
		{"fetch('https://a.example/'", "not closed"},
		{"fetch('https://a.example/'); fetch('https://b.example/')", "several calls"},
		{"fetch('/x')", "invalid URL"},
		{"Invoke-WebRequest -Uri $url", "a string in quotes has to stand here"},
		{"$session = New-Object X", "no Invoke-WebRequest"},
		{"GET /x HTTP/1.1\nAccept: */*", "no host"},
	} {
		var stdout, stderr bytes.Buffer
		status := run([]string{"check", "-timeout", "1s", "-"}, strings.NewReader(tt.text), &stdout, &stderr)
		if status != exitUsage || stdout.Len() > 0 || !strings.Contains(stderr.String(), tt.want) {
			t.Errorf("%q: status %d, %q, %q, want %q", tt.text, status, stdout.String(), stderr.String(), tt.want)
		}
	}
}

// TestCurlArguments puts curl's options to check as a shell gives them, with and without the word curl.
func TestCurlArguments(t *testing.T) {
	for _, tt := range []struct {
		args []string
		want string // method, URL, headers of the script, body; credentials include: a "!" behind
	}{
		{[]string{"curl", "https://a.example/"}, "GET https://a.example/"},
		{[]string{"curl", "a.example/x"}, "GET http://a.example/x"},
		{[]string{"/usr/bin/curl", "-sSL", "-XPOST", "https://a.example/"}, "POST https://a.example/"},
		{[]string{"curl", "https://a.example/", "-d", "a=b", "--data-urlencode", "c=d e"}, "POST https://a.example/ Content-Type=application/x-www-form-urlencoded a=b&c=d+e"},
		{[]string{"curl", "https://a.example/", "--data-raw", "@x"}, "POST https://a.example/ Content-Type=application/x-www-form-urlencoded @x"},
		{[]string{"curl", "https://a.example/", "--json", `{"a":1}`}, `POST https://a.example/ Accept=application/json Content-Type=application/json {"a":1}`},
		{[]string{"curl", "https://a.example/?x#f", "-G", "-d", "a=b"}, "GET https://a.example/?x&a=b#f"},
		{[]string{"curl", "-I", "https://a.example/"}, "HEAD https://a.example/"},
		{[]string{"curl", "https://a.example/", "-u", "a:b"}, "GET https://a.example/ Authorization=Basic YTpi"},
		{[]string{"curl", "https://a.example/", "-b", "a=b", "-A", "x", "-e", "https://b.example/"}, "GET https://a.example/!"},
		{[]string{"curl", "https://a.example/", "-H", "X-A;", "-H", "Accept:", "-HX-B: c"}, "GET https://a.example/ X-A= X-B=c"},
		{[]string{"curl", "https://a.example/", "-H", "script Cache-Control: no-cache", "-H", "Pragma: no-cache"}, "GET https://a.example/ Cache-Control=no-cache"},
		{[]string{"curl", "-k", "--compressed", "--http2", "--no-keepalive", "-o", "/dev/null", "-w", "%{http_code}", "https://a.example/", "-credentials", "omit"}, "GET https://a.example/"},
		{[]string{"curl", "--url", "https://a.example/", "-T", "testdata/body.txt"}, "PUT https://a.example/ line one\nline two\n"},
		{[]string{"-XPATCH", "--data-binary", "@testdata/body.txt", "https://a.example/"}, "PATCH https://a.example/ Content-Type=application/x-www-form-urlencoded line one\nline two\n"},
		{[]string{"-d", "@testdata/body.txt", "https://a.example/"}, "POST https://a.example/ Content-Type=text/plain;charset=UTF-8 line oneline two"},
		{[]string{"--json", `{"a":1}`, "https://a.example/"}, `POST https://a.example/ Accept=application/json Content-Type=application/json {"a":1}`},
		{[]string{"-L", "-k", "-b", "a=b", "https://a.example/"}, "GET https://a.example/!"},
		{[]string{"-d", "a", "-d", "b", "https://a.example/"}, "POST https://a.example/ Content-Type=text/plain;charset=UTF-8 a&b"},
		{[]string{"-H", "Host: x\r\nX-A: 1\r\nCookie: a=b", "https://a.example/"}, "GET https://a.example/ X-A=1!"},
		{[]string{"-H", "X-A:\n1\nX-B:\n2", "https://a.example/"}, "GET https://a.example/ X-A=1 X-B=2"},
		{[]string{"-H", "X-A: a\n b\n\tc\nX-B: d", "https://a.example/"}, "GET https://a.example/ X-A=a b c X-B=d"},
	} {
		flags := newFlags("check", &bytes.Buffer{}, "")
		r := requestFlags(flags)
		var stdout bytes.Buffer
		arguments, _, ok := parseArguments(flags, tt.args, r.line, &stdout)
		if !ok {
			t.Errorf("%q: %v", tt.args, flags.Output())
			continue
		}
		urls, err := r.asked(arguments, nil)
		if err == nil && len(urls) == 1 {
			r.url = urls[0]
			err = r.settle(given(flags))
		}
		if err != nil || len(urls) != 1 {
			t.Errorf("%q: %v, %v", tt.args, err, urls)
			continue
		}
		got := r.effectiveMethod() + " " + r.url
		for _, h := range r.headers {
			got += " " + h[0] + "=" + h[1]
		}
		if r.body != nil {
			got += " " + *r.body
		}
		if r.credentials.String() == "include" {
			got += "!"
		}
		if got != tt.want {
			t.Errorf("%q:\n%q, want\n%q", tt.args, got, tt.want)
		}
	}
}

// TestCurlForms holds that a form with parts is sent as one, which needs no preflight.
func TestCurlForms(t *testing.T) {
	w := &requestWords{}
	if err := w.parsePaste("curl https://a.example/ -F 'a=b;type=text/plain' -F f=@testdata/body.txt -F 'g=<testdata/body.txt'"); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"name=\"a\"\r\n\r\nb\r\n", "filename=\"body.txt\"", "name=\"g\"\r\n\r\nline one\nline two\n"} {
		if !strings.Contains(w.body.String(), want) {
			t.Errorf("the body lacks %q:\n%s", want, w.body)
		}
	}
	if !strings.HasPrefix(w.contentType, "multipart/form-data; boundary=") {
		t.Errorf("Content-Type %q", w.contentType)
	}
}

// TestBrowsersOwnHeaders holds that what a browser adds by itself causes no preflight, except if it is said that a
// script sets it, and that it is told.
func TestBrowsersOwnHeaders(t *testing.T) {
	url := rawServer(t, "HTTP/1.1 200 OK\r\nAccess-Control-Allow-Origin: *\r\nContent-Length: 0\r\n\r\n")
	own := []string{"User-Agent: Mozilla/5.0", "Cache-Control: no-cache", "Cache-Control: max-age=0", "Pragma: no-cache", "Priority: u=1, i", "Sec-Fetch-Dest: empty", "Sec-CH-UA: x", "Sec-GPC: 1", "DNT: 1",
		"Upgrade-Insecure-Requests: 1", "If-None-Match: \"x\"", "Save-Data: on", "dpr: 2"}
	args := []string{"check", "-json", url}
	for _, line := range own {
		args = append(args, "-H", line)
	}
	status, stdout, stderr := corspec(args...)
	var report checkReport
	if err := json.Unmarshal([]byte(stdout), &report); err != nil || status != exitOK || len(report.Network) != 1 || len(report.Own) != len(own)-1 {
		t.Errorf("status %d, %v, %s%s", status, err, stdout, stderr)
	}
	for _, line := range []string{"User-Agent: x", "Cache-Control: no-cache", "Priority: u=1"} {
		name, _, _ := strings.Cut(line, ":")
		if _, stdout, _ := corspec("check", url, "-H", line); !strings.Contains(stdout, "taken for the browser's own: "+name+"\n") || strings.Contains(stdout, "OPTIONS") {
			t.Errorf("%s: %s", line, stdout)
		}
		if status, stdout, _ := corspec("check", url, "-H", "script "+line); status != exitBad || !strings.Contains(stdout, "BLOCKED header-disallowed-by-preflight") {
			t.Errorf("script %s: status %d, %s", line, status, stdout)
		}
	}
	// A pasted Origin is the page, except if -origin says another; then it is told.
	_, stdout, _ = corspec("check", url, "-H", "Origin: https://shop.example")
	if !strings.HasPrefix(stdout, "https://shop.example fetches ") || strings.Contains(stdout, "ignored") {
		t.Errorf("%s", stdout)
	}
	_, stdout, _ = corspec("check", url, "-H", "Origin: https://shop.example", "-origin", "https://other.example")
	if !strings.HasPrefix(stdout, "https://other.example fetches ") || !strings.Contains(stdout, "ignored, as browsers do: Origin: https://shop.example") {
		t.Errorf("%s", stdout)
	}
}

// TestCookiesAreSent holds that the cookies of a text go to its server, and not with the preflight.
func TestCookiesAreSent(t *testing.T) {
	var seen []string
	server := newEcho(t, func(method, cookie, agent string) { seen = append(seen, method+" "+cookie+" "+agent) })
	status, stdout, stderr := corspec("check", "curl", server, "-X", "PUT", "-b", "a=b; c=d", "-H", "Origin: https://shop.example", "-A", "Mozilla/5.0 (x)", "-H", "Cookie: e=f")
	if want := []string{"OPTIONS  Mozilla/5.0 (x)", "PUT a=b; c=d; e=f Mozilla/5.0 (x)"}; status != exitOK || !slices.Equal(seen, want) {
		t.Errorf("status %d, %q, want %q\n%s%s", status, seen, want, stdout, stderr)
	}
}

// newEcho starts a server that allows its caller everything and tells what it gets.
func newEcho(t *testing.T, got func(method, cookie, agent string)) (url string) {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got(r.Method, r.Header.Get("Cookie"), r.Header.Get("User-Agent"))
		w.Header().Set("Access-Control-Allow-Origin", r.Header.Get("Origin"))
		w.Header().Set("Access-Control-Allow-Credentials", "true")
		w.Header().Set("Access-Control-Allow-Methods", r.Header.Get("Access-Control-Request-Method"))
	}))
	t.Cleanup(server.Close)
	return server.URL
}
