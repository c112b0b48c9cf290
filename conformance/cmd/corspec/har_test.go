package main

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// h writes headers, each "Name: value", as HAR has them.
func h(lines ...string) string {
	parts := make([]string, len(lines))
	for i, line := range lines {
		name, value, _ := strings.Cut(line, ": ")
		parts[i] = fmt.Sprintf(`{"name":%q,"value":%q}`, name, value)
	}
	return "[" + strings.Join(parts, ",") + "]"
}

// x writes an entry: method, URL, the request's headers, status, the response's headers, and other members.
func x(method, url, request string, status any, response string, more ...string) string {
	return fmt.Sprintf(`{%s"request":{"method":%q,"url":%q,"headers":%s},"response":{"status":%v,"headers":%s}}`, strings.Join(append(more, ""), ","), method, url, request, status, response)
}

// TestHARRules has the rules by which entries become fetches, one row for each. Verdicts are by entry: "skipped",
// "allowed", "undecided" or a code.
func TestHARRules(t *testing.T) {
	const (
		app, other = "https://app.example/", "https://other.example/"
		p          = `"pageref":"p"`
		fetched    = `"_resourceType":"fetch"`
	)
	cors := h("Host: api.example", "Origin: https://app.example", "Sec-Fetch-Mode: cors")
	bare := h("Accept: */*")
	open, plain := h("Access-Control-Allow-Origin: *"), h("Content-Type: text/plain")
	own := h("Access-Control-Allow-Origin: https://app.example")
	document := func(url string, more ...string) string {
		return x("GET", url, h("Host: a", "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: document"), 200, h(append(more, "Content-Type: text/html")...), p)
	}
	frame := func(url string) string {
		return x("GET", url, h("Host: a", "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: iframe"), 200, h("Content-Type: text/html"), p)
	}
	at := func(second int) string { return fmt.Sprintf(`"startedDateTime":"2026-03-01T09:00:%02d.000Z"`, second) }
	preflight := func(origin, method, url, response string, more ...string) string {
		return x("OPTIONS", url, h("Host: api.example", "Origin: "+origin, "Access-Control-Request-Method: "+method), 204, response, more...)
	}
	allowPUT := h("Access-Control-Allow-Origin: https://app.example", "Access-Control-Allow-Methods: PUT")

	for _, tt := range []struct {
		name    string
		log     string // creator, browser, pages
		args    []string
		entries []string
		want    string   // verdicts
		says    []string // in the text
	}{
		{name: "headers as an object", entries: []string{x("GET", api+"/a", `{"origin":"https://app.example","sec-fetch-mode":["cors"]}`, 200, `{"access-control-allow-origin":["*"],"x":null,"y":{}}`)}, want: "allowed"},
		{name: "entries that are not objects", entries: []string{`null`, `7`, `"x"`, `[]`, `{}`, `{"request":"x"}`, `{"request":{"url":7,"method":"GET"}}`, x("GET", api+"/a", cors, 200, plain)},
			want: "undecided undecided undecided undecided undecided undecided undecided missing-allow-origin", says: []string{"entries[0], entries[1], entries[2], entries[3], entries[4], entries[5]: not judged: it has no request.url"}},
		{name: "many entries that are not objects", entries: slices.Repeat([]string{`null`}, 20), want: strings.Repeat("undecided ", 20), says: []string{"entries[7] and 12 more: not judged"}},
		{name: "fields of unknown shapes", log: `"creator":7,"browser":[],"pages":{"a":1},"comment":{},`, entries: []string{
			`{"pageref":{},"startedDateTime":7,"time":"x","_initiator":[],"_resourceType":{},"_error":[1],"_fromCache":false,"cache":7,"request":{"method":"GET","url":"https://api.example/","headers":` + cors + `,"cookies":"","postData":[]},"response":{"status":"200","headers":` + open + `,"content":[],"redirectURL":{},"_error":{},"_fetchedViaServiceWorker":"no"}}`}, want: "allowed"},
		{name: "a status that is not one", entries: []string{x("GET", api+"/a", cors, `"abc"`, "[]"), x("GET", api+"/b", cors, 12345, "[]"), x("GET", api+"/c", cors, 200.5, "[]")}, want: "undecided undecided undecided"},
		{name: "odd times", entries: []string{x("GET", api+"/a", cors, 302, h("Location: /b", "Access-Control-Allow-Origin: *"), `"startedDateTime":"2026-03-01 09:00:00"`), x("GET", api+"/b", cors, 200, plain, `"startedDateTime":"yesterday"`)}, want: "missing-allow-origin missing-allow-origin"},

		// Who made the request.
		{name: "a test program's own", log: `"creator":{"name":"Playwright"},`, entries: []string{x("GET", api+"/a", h("user-agent: Mozilla/5.0", "Origin: https://app.example"), 200, plain, `"_apiRequest":true`), x("GET", api+"/b", cors, 200, plain)}, want: "undecided missing-allow-origin", says: []string{"no page made this request, but the test program"}},
		{name: "curl's, through a proxy", log: `"creator":{"name":"mitmproxy"},`, entries: []string{x("GET", api+"/a", h("Host: api.example", "User-Agent: curl/8.9.1", "Origin: https://app.example"), 200, plain)}, want: "undecided", says: []string{"no page made this request, but curl/8.9.1; to judge it as if one had, give -origin"}},
		{name: "curl's, with -origin", log: `"creator":{"name":"mitmproxy"},`, args: []string{"-origin", "https://app.example"}, entries: []string{x("GET", api+"/a", h("Host: api.example", "User-Agent: curl/8.9.1"), 200, plain), x("GET", api+"/b", h("Host: api.example", "User-Agent: curl/8.9.1", "Origin: https://other.example"), 200, h("Access-Control-Allow-Origin: https://other.example"))},
			want: "missing-allow-origin undecided", says: []string{"it is judged as if one had", `"Origin: https://other.example" in entries[1] is not what the fetch comes to`}},
		{name: "a User-Agent that somebody has set", log: `"creator":{"name":"WebInspector"},`, entries: []string{x("GET", api+"/a", h("Host: api.example", "User-Agent: MyBot", "Origin: https://app.example"), 200, plain, fetched)}, want: "missing-allow-origin"},
		{name: "the browser's own", entries: []string{x("POST", api+"/a", h("Host: api.example", "Origin: https://search.example", "Sec-Fetch-Site: none", "Sec-Fetch-Mode: no-cors"), 200, plain), x("GET", api+"/b", h("Sec-Fetch-Site: none", "Sec-Fetch-Mode: cors"), 200, plain)}, want: "skipped skipped", says: []string{"Note: requests with Sec-Fetch-Site: none are not a page's"}},
		{name: "the browser's own, with -origin", args: []string{"-origin", "https://app.example"}, entries: []string{x("GET", api+"/b", h("Sec-Fetch-Site: none", "Sec-Fetch-Mode: cors"), 200, plain)}, want: "missing-allow-origin"},
		{name: "tunnels", entries: []string{x("CONNECT", api+"/", h("Host: api.example:443"), 200, "[]"), x("CONNECT", api+"/", h("Host: api.example:443"), 200, "[]")}, want: "skipped skipped", says: []string{"Note: a CONNECT is how a proxy is asked for a tunnel"}},
		{name: "a service worker's script", log: `"creator":{"name":"WebInspector"},`, entries: []string{x("GET", app+"sw.js", h("Service-Worker: script"), 0, "[]")}, want: "skipped"},

		// Whose it is.
		{name: "a page or its frame, of one mind", log: `"creator":{"name":"Firefox"},`, entries: []string{document(app), frame(other), x("GET", api+"/a", bare, 200, plain, p, fetched)}, want: "skipped skipped missing-allow-origin"},
		{name: "a page or its frame, of two", log: `"creator":{"name":"Firefox"},`, entries: []string{document(app), frame(other), x("GET", api+"/a", bare, 200, own, p, fetched)}, want: "skipped skipped undecided", says: []string{"the file does not tell which of its documents made the request: from https://app.example it is allowed, from https://other.example undecided"}},
		{name: "a page, or a frame's own", log: `"creator":{"name":"Firefox"},`, entries: []string{document(app), frame(other), x("GET", other+"a", bare, 200, plain, p, fetched), x("GET", other+"b", bare, 200, open, p, fetched)}, want: "skipped skipped undecided skipped"},
		{name: "Sec-Fetch-Site tells which", log: `"creator":{"name":"Firefox"},`, entries: []string{document("https://www.app.example/"), frame(other), x("GET", "https://api.app.example/a", h("Sec-Fetch-Site: same-site", "Sec-Fetch-Mode: cors"), 200, plain, p), x("GET", "https://api.other.example/b", h("Sec-Fetch-Site: same-site", "Sec-Fetch-Mode: cors"), 200, h("Access-Control-Allow-Origin: https://other.example"), p)}, want: "skipped skipped missing-allow-origin allowed"},
		{name: "a page that only its title names, and a frame", log: `"creator":{"name":"WebInspector"},"pages":[{"id":"p","title":"https://app.example/"}],`, entries: []string{frame(other), x("GET", api+"/a", bare, 200, own, p, fetched), frame("https://third.example/")}, want: "skipped undecided skipped"},
		{name: "a later visit", log: `"creator":{"name":"Playwright"},"browser":{"name":"chromium"},`, entries: []string{document(app), x("GET", api+"/a", bare, 200, own, p, fetched), document(other), x("GET", api+"/b", bare, 200, h("Access-Control-Allow-Origin: https://other.example"), p, fetched)}, want: "skipped allowed skipped allowed"},
		{name: "a guessed page and another's name", log: `"creator":{"name":"Firefox"},`, entries: []string{document(app), x("GET", api+"/a", bare, 200, h("Access-Control-Allow-Origin: https://other.example"), p, fetched)}, want: "skipped undecided", says: []string{"the server allows https://other.example, and the file does not tell"}},
		{name: "a proxy's log has all pages", log: `"creator":{"name":"mitmproxy"},`, entries: []string{x("GET", app, h("Host: app.example", "Accept: text/html,x"), 200, plain), x("POST", api+"/update", h("Host: api.example", "Content-Type: application/json"), 200, plain)}, want: "skipped undecided"},
		{name: "the Referer of a stylesheet", log: `"creator":{"name":"Firefox"},`, entries: []string{document(app), x("GET", "https://cdn.example/a.css", h("Host: cdn.example", "Referer: https://app.example/", "Sec-Fetch-Mode: no-cors", "Sec-Fetch-Dest: style"), 200, h("Content-Type: text/css"), p), x("GET", "https://cdn.example/a.png", h("Host: cdn.example", "Referer: https://cdn.example/a.css", "Sec-Fetch-Mode: no-cors"), 200, h("Cross-Origin-Resource-Policy: same-origin"), p)}, want: "skipped allowed corp-not-same-origin"},
		{name: "WebPagetest's words", log: `"creator":{"name":"WebPagetest"},`, entries: []string{x("GET", api+"/a", bare, 200, plain, `"_documentURL":"https://app.example/x"`, `"_request_type":"XHR"`), x("GET", api+"/b", bare, 200, plain, `"_documentURL":"https://app.example/x"`, `"_request_type":"Image"`)}, want: "missing-allow-origin allowed"},
		{name: "the document that a parser was at", log: `"creator":{"name":"WebInspector"},`, entries: []string{document(app), frame(other + "f"), x("GET", "https://cdn.example/a.js", h("Sec-Fetch-Mode: no-cors"), 200, h("Cross-Origin-Resource-Policy: same-origin"), p, `"_initiator":{"type":"parser","url":"https://other.example/f"}`, `"_resourceType":"script"`)}, want: "skipped skipped corp-not-same-origin", says: []string{"https://other.example fetches GET https://cdn.example/a.js"}},

		// The mode.
		{name: "known before it was sent", log: `"creator":{"name":"chrome-har"},`, entries: []string{
			x("GET", api+"/a", h("User-Agent: Mozilla/5.0", "Referer: "+app), 200, plain, fetched), x("GET", api+"/b", h("User-Agent: Mozilla/5.0", "Referer: "+app), 200, open, fetched),
			x("GET", api+"/c", h("User-Agent: Mozilla/5.0", "Referer: "+app), 200, h("Content-Type: image/png")), x("GET", api+"/d", h("User-Agent: Mozilla/5.0", "Referer: "+app), 200, plain), x("PUT", api+"/e", h("User-Agent: Mozilla/5.0", "Referer: "+app), 200, plain)},
			want: "undecided allowed allowed undecided missing-allow-origin", says: []string{`with "cors" it would be blocked (missing-allow-origin), with "no-cors" it need not be`}},
		{name: "a form or a beacon", entries: []string{x("POST", api+"/a", h("Host: api.example", "Origin: https://app.example"), 200, plain), x("POST", api+"/b", h("Host: api.example", "Origin: https://app.example", "Content-Type: application/json"), 200, plain), x("POST", api+"/c", h("Host: api.example", "Origin: https://app.example", "Accept: text/html,x"), 200, plain)}, want: "undecided missing-allow-origin skipped"},
		{name: "a mode of another standard", entries: []string{x("GET", api+"/a", h("Host: api.example", "Origin: https://app.example", "Sec-Fetch-Mode: webidentity"), 200, open), x("GET", api+"/b", h("Host: api.example", "Origin: https://app.example", "Sec-Fetch-Mode: webidentity"), 200, plain)}, want: "allowed undecided", says: []string{`The Fetch Standard has no mode "webidentity"`}},
		{name: "headers twice", log: `"creator":{"name":"chrome-har"},`, entries: []string{x("PUT", api+"/a", h("Origin: https://app.example", "Sec-Fetch-Mode: cors", "X-A: b", "Host: api.example", "Origin: https://app.example", "Sec-Fetch-Mode: cors", "X-A: b"), 200, own), preflight("https://app.example", "PUT", api+"/a", allowPUT)}, want: "allowed allowed"},

		// What came back.
		{name: "headers that somebody took out", entries: []string{x("GET", api+"/a", cors, 200, "[]"), x("GET", api+"/b", cors, 200, "[]"), x("GET", api+"/c", cors, 200, "[]")}, want: "undecided undecided undecided", says: []string{"the file does not have the headers of the response (entries[0])"}},
		{name: "no list of headers", entries: []string{x("GET", api+"/a", cors, 200, "null")}, want: "undecided"},
		{name: "from the cache, without headers", entries: []string{x("GET", api+"/a", cors, 200, "[]", `"_fromCache":"disk"`), x("GET", api+"/b", cors, 200, plain, `"_fromCache":"disk"`)}, want: "undecided missing-allow-origin"},
		{name: "a service worker's response", entries: []string{`{"request":{"method":"GET","url":"https://api.example/a","headers":` + cors + `},"response":{"status":200,"headers":` + plain + `,"_fetchedViaServiceWorker":true}}`, x("GET", api+"/b", cors, 200, plain, `"_fetchType":"Service Worker"`)}, want: "undecided undecided"},
		{name: "Firefox, not from the network", log: `"creator":{"name":"Firefox"},`, entries: []string{x("GET", api+"/a", cors, 200, plain), x("GET", api+"/b", cors, 200, plain, `"serverIPAddress":"192.0.2.1"`)}, want: "undecided missing-allow-origin"},
		{name: "the stored response of another version", entries: []string{x("GET", api+"/a", cors, 200, h("Access-Control-Allow-Origin: *", `ETag: "1"`)), x("GET", api+"/a", h("Origin: https://app.example", "Sec-Fetch-Mode: cors", `If-None-Match: "2"`), 304, h(`ETag: "2"`))}, want: "allowed undecided", says: []string{"what counts is the response that the browser had stored"}},
		{name: "a weak tag", entries: []string{x("GET", api+"/a", cors, 200, h("Access-Control-Allow-Origin: *", `ETag: W/"1"`)), x("GET", api+"/a", h("Origin: https://app.example", "Sec-Fetch-Mode: cors", `If-None-Match: "1"`), 304, h("Date: x"))}, want: "allowed allowed"},
		{name: "a script's revalidation has the Content-Type of what is stored", entries: []string{x("GET", api+"/a.js", h("Referer: "+app, "Sec-Fetch-Mode: no-cors", "Sec-Fetch-Dest: script"), 304, h("X-Content-Type-Options: nosniff"))}, want: "undecided"},
		{name: "nosniff without a Content-Type", entries: []string{x("GET", api+"/a.js", h("Referer: "+app, "Sec-Fetch-Mode: no-cors", "Sec-Fetch-Dest: script"), 200, h("X-Content-Type-Options: nosniff"))}, want: "undecided"},

		// Redirects.
		{name: "the target stands in front", entries: []string{x("GET", api+"/b", cors, 200, plain, at(2)), x("GET", api+"/a", cors, 302, h("Location: /b", "Access-Control-Allow-Origin: *"), at(1))}, want: "missing-allow-origin missing-allow-origin"},
		{name: "the target is another kind of request", entries: []string{x("GET", api+"/a", cors, 302, h("Location: /b", "Access-Control-Allow-Origin: *"), fetched), x("GET", api+"/b", h("Referer: "+app, "Sec-Fetch-Mode: no-cors"), 200, plain), x("PUT", api+"/b", cors, 200, own)}, want: "undecided allowed allowed"},
		{name: "away from the page's own origin, to where the file does not say", entries: []string{x("GET", app+"a", h("Host: app.example", "Sec-Fetch-Site: same-origin", "Sec-Fetch-Mode: cors"), 302, h("Location: https://api.example/b"))}, want: "undecided", says: []string{"no entry for the target of the redirect"}},
		{name: "the headers of the redirect", entries: []string{x("GET", api+"/a", cors, 302, h("Location: /b", "Access-Control-Allow-Origin: *")), x("GET", api+"/b", cors, 200, h("Location: /b", "Access-Control-Allow-Origin: *"))}, want: "undecided undecided", says: []string{"the headers of entries[1] are those of the redirect to it"}},
		{name: "an upgrade, and what Chromium makes of it", entries: []string{x("GET", "http://api.example/a", h("Origin: http://app.example", "Sec-Fetch-Mode: cors"), 307, h("Location: https://api.example/a", "Non-Authoritative-Reason: HSTS")), x("GET", api+"/a", h("Origin: null", "Sec-Fetch-Mode: cors"), 200, h("Access-Control-Allow-Origin: null"))}, want: "undecided undecided", says: []string{"Chromium takes its own upgrade to https for a redirect"}},
		{name: "an upgrade without its headers", entries: []string{strings.Replace(x("GET", "http://api.example/a", h("Origin: http://app.example", "Sec-Fetch-Mode: cors"), 307, "[]"), `"status"`, `"redirectURL":"https://api.example/a","statusText":"Internal Redirect","status"`, 1), x("GET", api+"/a", h("Origin: http://app.example", "Sec-Fetch-Mode: cors"), 200, plain)}, want: "missing-allow-origin missing-allow-origin"},
		{name: "redirects without headers", entries: []string{strings.Replace(x("GET", "http://api.example/a", h("Origin: http://app.example", "Sec-Fetch-Mode: cors"), 307, "[]"), `"status"`, `"redirectURL":"https://api.example/a","status"`, 1), x("GET", api+"/a", h("Origin: http://app.example", "Sec-Fetch-Mode: cors"), 200, plain), strings.Replace(x("GET", api+"/b", cors, 302, "[]"), `"status"`, `"redirectURL":"https://api.example/c","status"`, 1), x("GET", api+"/c", cors, 200, open)},
			want: "missing-allow-origin missing-allow-origin undecided undecided"},
		{name: "an upgrade behind a redirect", entries: []string{x("GET", "http://one.example/a", h("Origin: http://app.example", "Sec-Fetch-Mode: cors"), 302, h("Location: http://two.example/b", "Access-Control-Allow-Origin: *")), x("GET", "http://two.example/b", h("Origin: null", "Sec-Fetch-Mode: cors"), 307, h("Location: https://two.example/b", "Non-Authoritative-Reason: HSTS")), x("GET", "https://two.example/b", h("Origin: null", "Sec-Fetch-Mode: cors"), 200, h("Access-Control-Allow-Origin: null"))}, want: "allowed allowed allowed"},

		// Preflights.
		{name: "of another time", entries: []string{preflight("https://app.example", "PUT", api+"/a", plain, `"startedDateTime":"2026-03-01T08:00:00Z"`), x("PUT", api+"/a", cors, 200, own, at(0))}, want: "preflight-missing-allow-origin allowed"},
		{name: "of another page", entries: []string{preflight("https://other.example", "PUT", api+"/a", plain), x("PUT", api+"/a", cors, 200, own)}, want: "preflight-missing-allow-origin allowed"},
		{name: "without headers", entries: []string{x("OPTIONS", api+"/a", "[]", 204, plain), x("PUT", api+"/a", cors, 200, own)}, want: "preflight-missing-allow-origin preflight-missing-allow-origin"},

		{name: "ahead of a request to a private network", log: `"creator":{"name":"WebInspector"},`, entries: []string{
			x("OPTIONS", "http://192.168.0.1/a", h("Origin: http://app.example", "Access-Control-Request-Method: GET", "Access-Control-Request-Private-Network: true"), 404, plain), x("GET", "http://192.168.0.1/a", h("Origin: http://app.example", "Sec-Fetch-Mode: cors"), 200, open),
			x("OPTIONS", "http://192.168.0.1/b", h("Origin: http://app.example", "Access-Control-Request-Method: PUT", "Access-Control-Request-Private-Network: true"), 404, plain), x("PUT", "http://192.168.0.1/b", h("Origin: http://app.example", "Sec-Fetch-Mode: cors"), 0, "[]")},
			want: "skipped allowed preflight-missing-allow-origin preflight-missing-allow-origin", says: []string{"Note: a preflight with Access-Control-Request-Private-Network"}},

		// Embedder policies, and mixed content.
		{name: "a document from the cache", log: `"creator":{"name":"Firefox"},`, entries: []string{document(app, "Cross-Origin-Embedder-Policy: require-corp", `ETag: "1"`), x("GET", app, h("Host: a", "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: document"), 304, h(`ETag: "1"`), p), x("GET", "https://cdn.example/a.png", h("Referer: "+app, "Sec-Fetch-Mode: no-cors"), 200, plain, p)}, want: "skipped skipped corp-not-same-origin-after-defaulted-by-coep"},
		{name: "a policy that only reports, and one over http", log: `"creator":{"name":"Firefox"},`, entries: []string{document(app, "Cross-Origin-Embedder-Policy-Report-Only: require-corp"), x("GET", "https://cdn.example/a.png", h("Referer: "+app, "Sec-Fetch-Mode: no-cors"), 200, plain, p), document("http://old.example/", "Cross-Origin-Embedder-Policy: require-corp"), x("GET", "http://cdn.example/b.png", h("Referer: http://old.example/", "Sec-Fetch-Mode: no-cors"), 200, plain, p)}, want: "skipped allowed skipped allowed"},
		{name: "a worker's own policy", log: `"creator":{"name":"Firefox"},`, entries: []string{document(app), x("GET", app+"w.js", h("Referer: "+app, "Sec-Fetch-Mode: same-origin", "Sec-Fetch-Dest: worker", "Sec-Fetch-Site: same-origin"), 200, h("Cross-Origin-Embedder-Policy: require-corp"), p), x("GET", api+"/a", h("Referer: "+app+"w.js", "Sec-Fetch-Mode: no-cors"), 200, plain, p)}, want: "skipped skipped corp-not-same-origin-after-defaulted-by-coep"},
		{name: "a check that is not in the standard", entries: []string{x("GET", "https://cdn.example/a.png", h("Referer: "+app, "Sec-Fetch-Mode: no-cors"), 0, "[]", `"_error":"net::ERR_BLOCKED_BY_RESPONSE.NotSameOriginAfterDefaultedToSameOriginByDip"`)}, want: "undecided", says: []string{"Document-Isolation-Policy"}},
		{name: "other reasons of the browser's", log: `"creator":{"name":"WebInspector"},`, entries: []string{x("GET", api+"/a", cors, 200, open, `"_error":"net::ERR_ABORTED"`), x("GET", "https://cdn.example/a.js", h("Referer: "+app, "Sec-Fetch-Mode: no-cors"), 200, plain, `"_error":"net::ERR_BLOCKED_BY_ORB"`)}, want: "allowed allowed", says: []string{"(net::ERR_ABORTED): that is a request that was given up, by the page or by the browser.", "(net::ERR_BLOCKED_BY_ORB): that is Opaque Response Blocking"}},
		{name: "mixed content", entries: []string{x("GET", "http://api.example/a", cors, 0, "[]"), x("GET", "http://api.example/b", cors, 200, open)}, want: "mixed-content allowed"},

		// What browsers decide otherwise.
		{name: "Authorization under a wildcard, as Chromium", log: `"creator":{"name":"WebInspector"},`, args: []string{"-browser", "chromium"}, entries: []string{x("GET", api+"/a", h("Origin: https://app.example", "Sec-Fetch-Mode: cors", "Authorization: x"), 200, open), x("OPTIONS", api+"/a", h("Origin: https://app.example", "Access-Control-Request-Method: GET", "Access-Control-Request-Headers: authorization"), 204, h("Access-Control-Allow-Origin: *", "Access-Control-Allow-Headers: *"))}, want: "allowed allowed"},
		{name: "notes that repeat", entries: []string{x("PUT", api+"/a", cors, 200, own), x("PUT", api+"/b", cors, 200, own), x("PUT", api+"/c", cors, 200, own)}, want: "allowed allowed allowed", says: []string{"Note 1: The file has no preflight", "Note 1, as above", "Note 1 is on 3 requests"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			path := file(t, "x.har", `{"log":{`+tt.log+`"entries":[`+strings.Join(tt.entries, ",\n")+`]}}`)
			_, report := explained(t, append(tt.args, path)...)
			var got []string
			for i := range tt.entries {
				verdict, code := verdictOf(report, i)
				if verdict == "blocked" {
					verdict = code
				}
				got = append(got, verdict)
			}
			if want := strings.Fields(tt.want); !slices.Equal(got, want) {
				t.Errorf("%s\nwant %s", got, want)
			}
			_, text, _ := corspec(append(append([]string{"explain"}, tt.args...), path)...)
			for _, s := range tt.says {
				if !strings.Contains(text, s) {
					t.Errorf("%q is missing in\n%s", s, text)
				}
			}
		})
	}
}

// TestHARInBrowser looks at the second verdict, of the browser that made the file.
func TestHARInBrowser(t *testing.T) {
	status, report := explained(t, "testdata/chromium.har")
	if status != exitBad {
		t.Errorf("status %d", status)
	}
	for _, f := range report.Fetches {
		want := f.Outcome
		if f.Code == "authorization-not-covered-by-wildcard" {
			want = "allowed"
		}
		switch {
		case f.Outcome == "undecided":
			if f.InBrowser != nil {
				t.Errorf("%s: %v", f.URL, f.InBrowser)
			}
		case f.InBrowser == nil || f.InBrowser.Browser != "chromium" || f.InBrowser.Outcome != want || (f.InBrowser.Code == "") != (want == "allowed"):
			t.Errorf("%s %s: %v, want %s", f.Method, f.URL, f.InBrowser, want)
		}
	}
}
