package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/corspec/corspec/conformance"
	"github.com/corspec/corspec/fetch"

	"github.com/corspec/corspec/internal/lineartest"
)

// explained runs the command with -json and reads what it prints.
func explained(t *testing.T, args ...string) (status int, report explanationsReport) {
	t.Helper()
	status, stdout, stderr := corspec(append([]string{"explain", "-json"}, args...)...)
	if stderr != "" {
		t.Fatalf("standard error: %s", stderr)
	}
	if err := json.Unmarshal([]byte(stdout), &report); err != nil {
		t.Fatalf("%v\n%s", err, stdout)
	}
	return status, report
}

// A told is what a HAR file's fetch came to.
type told struct {
	entries        []int
	request        string
	outcome, code  string
	kinds          string // of the exchanges
	note, decision string // in the notes and in "undecided"
}

func holds(t *testing.T, report explanationsReport, want []told) {
	t.Helper()
	for i, f := range report.Fetches {
		if i >= len(want) {
			t.Errorf("one fetch too many: %v %s %s", f.HAREntries, f.Method, f.URL)
			continue
		}
		w := want[i]
		var kinds []string
		for _, n := range f.Network {
			kinds = append(kinds, n.Kind)
		}
		if !slices.Equal(f.HAREntries, w.entries) || f.Method+" "+f.URL != w.request || f.Outcome != w.outcome || f.Code != w.code || strings.Join(kinds, " ") != w.kinds {
			t.Errorf("entries %v, %s %s: %s %s, %s\nwant entries %v, %s: %s %s, %s", f.HAREntries, f.Method, f.URL, f.Outcome, f.Code, kinds, w.entries, w.request, w.outcome, w.code, w.kinds)
		}
		notes := strings.Join(f.Notes, "\n")
		if !strings.Contains(notes, w.note) || w.note == "" && notes != "" || !strings.Contains(f.Undecided, w.decision) {
			t.Errorf("%s: notes %q, undecided %q; want %q, %q", w.request, notes, f.Undecided, w.note, w.decision)
		}
		if (f.Outcome == "blocked") != (f.Explanation != nil) {
			t.Errorf("%s: %s with the explanation %v", w.request, f.Outcome, f.Explanation)
		}
	}
	if len(report.Fetches) < len(want) {
		t.Errorf("%d fetches, want %d", len(report.Fetches), len(want))
	}
}

const api = "https://api.example"

func TestExplainChromium(t *testing.T) {
	status, report := explained(t, "testdata/chromium.har")
	if status != exitBad {
		t.Errorf("status %d, want %d", status, exitBad)
	}
	holds(t, report, []told{
		{[]int{2}, "GET " + api + "/public", "allowed", "", "request", "", ""},
		{[]int{3, 4}, "PUT " + api + "/orders/7", "blocked", "preflight-missing-allow-origin", "preflight", "", ""},
		{[]int{5, 6}, "GET " + api + "/token", "blocked", "authorization-not-covered-by-wildcard", "preflight", "Chromium, which made this file", ""},
		{[]int{7, 8}, "GET " + api + "/old", "blocked", "allow-origin-mismatch", "request request", "200 stands in for it", ""},
		{[]int{9}, "GET " + api + "/down", "undecided", "", "request", "", "net::ERR_CONNECTION_REFUSED"},
		{[]int{10}, "GET https://img.example/a.png", "blocked", "corp-not-same-origin", "request", "200 stands in for it", ""},
		{[]int{11}, "GET https://cdn.example/f.woff2", "allowed", "", "request", "", ""},
		{[]int{12}, "POST " + api + "/orders", "allowed", "", "request", "preflight cache", ""},
		{[]int{15}, "GET " + api + "/me", "blocked", "wildcard-origin-not-allowed", "request", "", ""},
		{[]int{16}, "DELETE " + api + "/lone", "blocked", "method-disallowed-by-preflight", "preflight", "without its request", ""},
		{[]int{18}, "GET " + api + "/stripped", "blocked", "wildcard-origin-not-allowed", "request", `fits credentials mode "include"`, ""},
		{[]int{19}, "GET " + api + "/stopped", "allowed", "", "request", "net::ERR_ABORTED", ""},
	})
	if report.Browser != "Chromium (WebInspector 537.36)" || *report.Entries != 20 || *report.Skipped != 5 || report.Allowed != 4 || report.Blocked != 7 || report.Undecided != 1 {
		t.Errorf("%+v", report)
	}
}

func TestExplainFirefox(t *testing.T) {
	status, report := explained(t, "testdata/firefox.har")
	if status != exitBad {
		t.Errorf("status %d, want %d", status, exitBad)
	}
	const guess = "does not tell the request's mode"
	holds(t, report, []told{
		{[]int{1, 2}, "PUT " + api + "/items", "blocked", "method-disallowed-by-preflight", "preflight", "", ""},
		{[]int{3}, "GET " + api + "/list", "blocked", "missing-allow-origin", "request", "", ""},
		{[]int{4}, "GET " + api + "/open", "allowed", "", "request", `with "include" it would be blocked: wildcard-origin-not-allowed`, ""},
		{[]int{5}, "GET https://img.example/a.png", "allowed", "", "request", "", ""},
		{[]int{6, 7}, "GET " + api + "/r", "allowed", "", "request request", "", ""},
		{[]int{8, 9}, "GET " + api + "/token", "blocked", "authorization-not-covered-by-wildcard", "preflight", "Firefox, which made this file", ""},
		{[]int{10}, "GET http://legacy.example/x", "allowed", "", "request", guess, ""},
		{[]int{11}, "GET http://legacy.example/y", "blocked", "missing-allow-origin", "request", guess, ""},
	})
	if report.Browser != "Firefox (Firefox 143.0)" || *report.Skipped != 1 {
		t.Errorf("%+v", report)
	}
	// Flags say what the file does not.
	_, report = explained(t, "-credentials", "include", "-blocked", "testdata/firefox.har")
	var codes []string
	for _, f := range report.Fetches {
		codes = append(codes, f.Code)
	}
	want := []string{"preflight-invalid-allow-credentials", "missing-allow-origin", "wildcard-origin-not-allowed", "preflight-wildcard-origin-not-allowed", "missing-allow-origin"}
	if diff := cmp.Diff(want, codes); diff != "" {
		t.Errorf("with credentials: -want +got\n%s", diff)
	}
}

func TestExplainPrints(t *testing.T) {
	status, stdout, stderr := corspec("explain", "-blocked", "testdata/chromium.har")
	if status != exitBad || stderr != "" {
		t.Fatalf("status %d, %s", status, stderr)
	}
	for _, want := range []string{
		"testdata/chromium.har: HAR file by Chromium (WebInspector 537.36), 20 entries\n",
		"https://app.example fetches PUT https://api.example/orders/7\n",
		"  entries[3], entries[4]\n",
		"  -> OPTIONS https://api.example/orders/7  (preflight",
		"  <- 405\n     allow: GET, PUT\n",
		"  BLOCKED preflight-missing-allow-origin  (cors-check:2, https://fetch.spec.whatwg.org/commit-snapshots/586cd2a44c2a865b37c166dc0740f3fb8bb220d6/#cors-check)\n",
		"          Access-Control-Allow-Origin: https://app.example\n",
		"  UNDECIDED the file has no response to the request (entries[9]: net::ERR_CONNECTION_REFUSED, which is a connection that failed)\n",
		"     Note 1: Chromium, which made this file",
		"12 requests across origins: 4 allowed, 7 blocked, 1 undecided\nWhat the file leaves open, the server can be asked: corspec check -origin ORIGIN URL\n5 entries are",
	} {
		if !strings.Contains(stdout, want) {
			t.Errorf("%q is missing in\n%s", want, stdout)
		}
	}
	if strings.Contains(stdout, "ALLOWED") || strings.Contains(stdout, "\x1b") {
		t.Error("there is what is allowed, or colour")
	}
}

// har returns a HAR file of that creator with those entries, each a method, a URL, request headers, a status and
// response headers.
func har(t *testing.T, creator string, entries ...[]any) string {
	t.Helper()
	headers := func(v any) []map[string]string {
		l := []map[string]string{}
		s, _ := v.([]string)
		for i := 0; i < len(s); i += 2 {
			l = append(l, map[string]string{"name": s[i], "value": s[i+1]})
		}
		return l
	}
	list := []any{}
	for _, e := range entries {
		m := map[string]any{
			"request":  map[string]any{"method": e[0], "url": e[1], "headers": headers(e[2])},
			"response": map[string]any{"status": e[3], "headers": headers(e[4])},
		}
		if len(e) > 5 {
			for k, v := range e[5].(map[string]any) {
				m[k] = v
			}
		}
		list = append(list, m)
	}
	data, err := json.Marshal(map[string]any{"log": map[string]any{"creator": map[string]string{"name": creator}, "entries": list}})
	if err != nil {
		t.Fatal(err)
	}
	return file(t, "x.har", string(data))
}

func file(t *testing.T, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o666); err != nil {
		t.Fatal(err)
	}
	return path
}

type extra = map[string]any

func TestExplainHARShapes(t *testing.T) {
	cors := []string{"Origin", "https://app.example", "Sec-Fetch-Mode", "cors"}
	allow := []string{"Access-Control-Allow-Origin", "https://app.example"}
	preflight := func(method, headers string) []string {
		l := []string{"Origin", "https://app.example", "Access-Control-Request-Method", method}
		if headers != "" {
			l = append(l, "Access-Control-Request-Headers", headers)
		}
		return l
	}
	for _, tt := range []struct {
		name    string
		creator string
		args    []string
		entries [][]any
		status  int
		unread  string
		want    []told
	}{
		{name: "no page is known", status: exitUsage, entries: [][]any{{"GET", api + "/x", nil, 200, allow}}, unread: "entries[0]: not judged: the file does not tell the origin of the page"},
		{name: "-origin says the page", creator: "WebInspector", args: []string{"-origin", "https://app.example"}, entries: [][]any{{"GET", api + "/x", nil, 200, allow, extra{"_resourceType": "fetch"}}},
			want: []told{{[]int{0}, "GET " + api + "/x", "allowed", "", "request", "", ""}}},
		{name: "-origin does not stand in for an Origin", creator: "WebInspector", args: []string{"-origin", "https://other.example"}, entries: [][]any{{"GET", api + "/x", cors, 200, allow}},
			want: []told{{[]int{0}, "GET " + api + "/x", "allowed", "", "request", "", ""}}},
		{name: "the page is known by its document", creator: "Firefox", status: exitUsage, entries: [][]any{{"GET", "https://app.example/", []string{"Sec-Fetch-Mode", "navigate"}, 200, nil}, {"GET", api + "/x", nil, 0, nil, extra{"_resourceType": "xhr"}}},
			want: []told{{[]int{1}, "GET " + api + "/x", "undecided", "", "request", "that of its document", "status 0"}}},
		{name: "a URL that does not parse", status: exitUsage, entries: [][]any{{"GET", "https://", nil, 200, nil}}, unread: "its URL"},
		{name: "an opaque page", status: exitBad, entries: [][]any{{"GET", api + "/x", []string{"Origin", "null"}, 200, allow}},
			want: []told{{[]int{0}, "GET " + api + "/x", "blocked", "allow-origin-mismatch", "request", "taken for \"cors\"", ""}}},
		{name: "a preflight without an answer", status: exitUsage, creator: "Firefox", entries: [][]any{{"OPTIONS", api + "/x", preflight("PUT", ""), 0, nil}, {"PUT", api + "/x", cors, 0, nil, extra{"_blockedReason": 1006}}},
			want: []told{{[]int{0, 1}, "PUT " + api + "/x", "undecided", "", "preflight", "", "no response to the preflight (entries[0] has status 0)"}}},
		{name: "neither preflight nor answer", status: exitUsage, entries: [][]any{{"PUT", api + "/x", cors, 0, nil, extra{"_blockedReason": 1006}}},
			want: []told{{[]int{0}, "PUT " + api + "/x", "undecided", "", "preflight", "", "neither the preflight nor a response to the request (entries[0]: blocked, reason 1006, which is CORS: \"*\" in Access-Control-Allow-Origin"}}},
		{name: "a redirect into nowhere", status: exitUsage, entries: [][]any{{"GET", api + "/x", cors, 302, append([]string{"Location", "/y"}, allow...)}},
			want: []told{{[]int{0}, "GET " + api + "/x", "undecided", "", "request request", "", "no entry for the target"}}},
		{name: "two redirects to one URL", status: exitBad, creator: "WebInspector", entries: [][]any{
			{"GET", api + "/a", cors, 302, append([]string{"Location", "/y"}, allow...)}, {"GET", api + "/b", cors, 302, append([]string{"Location", "/y"}, allow...)},
			{"GET", api + "/y", cors, 200, allow}, {"GET", api + "/y", cors, 200, nil}},
			want: []told{{[]int{0, 2}, "GET " + api + "/a", "allowed", "", "request request", "", ""}, {[]int{1, 3}, "GET " + api + "/b", "blocked", "missing-allow-origin", "request request", "seems to have let", ""}}},
		{name: "two preflights for one URL", status: exitBad, creator: "WebInspector", entries: [][]any{
			{"PUT", api + "/x", cors, 200, allow}, {"OPTIONS", api + "/x", preflight("PUT", ""), 204, append([]string{"Access-Control-Allow-Methods", "PUT"}, allow...)},
			{"DELETE", api + "/x", cors, 0, nil}, {"OPTIONS", api + "/x", preflight("DELETE", ""), 204, append([]string{"Access-Control-Allow-Methods", "PUT"}, allow...)}},
			want: []told{{[]int{0, 1}, "PUT " + api + "/x", "allowed", "", "preflight request", "", ""}, {[]int{2, 3}, "DELETE " + api + "/x", "blocked", "method-disallowed-by-preflight", "preflight", "", ""}}},
		{name: "an upload that is listened to", creator: "WebInspector", entries: [][]any{
			{"OPTIONS", api + "/x", preflight("POST", ""), 204, allow}, {"POST", api + "/x", cors, 200, allow}},
			want: []told{{[]int{0, 1}, "POST " + api + "/x", "allowed", "", "preflight request", "an upload with a listener", ""}}},
		{name: "a client hint", status: exitBad, creator: "WebInspector", entries: [][]any{
			{"OPTIONS", api + "/x", preflight("PUT", "dpr"), 204, append([]string{"Access-Control-Allow-Methods", "PUT"}, allow...)}, {"PUT", api + "/x", append([]string{"dpr", "1"}, cors...), 200, allow}},
			want: []told{{[]int{0, 1}, "PUT " + api + "/x", "blocked", "header-disallowed-by-preflight", "preflight", "Chromium, which made this file, allows it", ""}}},
		{name: "WebKit", status: exitBad, creator: "WebKit Web Inspector", entries: [][]any{
			{"OPTIONS", api + "/x", preflight("PUT", ""), 404, nil}, {"PUT", api + "/x", cors, 0, nil}},
			want: []told{{[]int{0, 1}, "PUT " + api + "/x", "blocked", "preflight-missing-allow-origin", "preflight", "", ""}}},
		{name: "what is same-origin is skipped, and what is not HTTP", entries: [][]any{
			{"GET", "https://app.example/x", cors, 200, nil}, {"GET", "blob:https://app.example/1", nil, 200, nil}, {"GET", "chrome-extension://abc/x", nil, 200, nil}}},
		{name: "a redirect from the page's own origin", status: exitBad, entries: [][]any{
			{"GET", "https://app.example/x", []string{"Referer", "https://app.example/", "Sec-Fetch-Mode", "cors"}, 302, []string{"Location", api + "/y"}}, {"GET", api + "/y", cors, 200, nil}},
			want: []told{{[]int{0, 1}, "GET https://app.example/x", "blocked", "missing-allow-origin", "request request", "", ""}}},
		{name: "several lines in one value, as Chromium writes them", status: exitBad, entries: [][]any{
			{"GET", api + "/x", cors, 200, []string{"access-control-allow-origin", "https://app.example\nhttps://app.example"}}},
			want: []told{{[]int{0}, "GET " + api + "/x", "blocked", "multiple-allow-origin-values", "request", "", ""}}},
		{name: "a header with a long value and bytes", creator: "WebInspector", entries: [][]any{
			{"GET", api + "/x", append([]string{"X-A", "é", "bad name", "x", ":path", "/x"}, cors...), 200, allow}},
			want: []told{{[]int{0}, "GET " + api + "/x", "allowed", "", "request", "preflight cache", ""}}},
		{name: "an image with crossorigin", status: exitBad, creator: "WebInspector", entries: [][]any{
			{"GET", "https://img.example/a", append([]string{"Sec-Fetch-Dest", "image"}, cors...), 200, nil, extra{"_resourceType": "image"}}},
			want: []told{{[]int{0}, "GET https://img.example/a", "blocked", "missing-allow-origin", "request", "seems to have let", ""}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			status, report := explained(t, append(tt.args, har(t, tt.creator, tt.entries...))...)
			if status != tt.status {
				t.Errorf("status %d, want %d", status, tt.status)
			}
			unread := strings.Join(report.Unread, "\n")
			if !strings.Contains(unread, tt.unread) || tt.unread == "" && unread != "" {
				t.Errorf("unread %q, want %q", unread, tt.unread)
			}
			holds(t, report, tt.want)
		})
	}
}

func TestExplainFlags(t *testing.T) {
	const url = api + "/x"
	for _, tt := range []struct {
		args   []string
		status int
		want   string
	}{
		{[]string{"-R", "Access-Control-Allow-Origin: *", url}, exitOK, "ALLOWED"},
		{[]string{"-status", "404", url}, exitBad, "BLOCKED missing-allow-origin"},
		{[]string{"-credentials", "include", "-R", "Access-Control-Allow-Origin: *", url}, exitBad, "BLOCKED wildcard-origin-not-allowed"},
		{[]string{"-X", "PUT", "-P", "Access-Control-Allow-Origin: *", url}, exitBad, "BLOCKED method-disallowed-by-preflight"},
		{[]string{"-X", "PUT", "-P", "Access-Control-Allow-Origin: *", "-P", "Access-Control-Allow-Methods: PUT", url}, exitUsage, "UNDECIDED the request is sent, and its answer is not given: use -R"},
		{[]string{"-X", "PUT", "-R", "Access-Control-Allow-Origin: *", url}, exitUsage, "UNDECIDED the browser sends a preflight, and its answer is not given: use -P"},
		{[]string{"-X", "PUT", "-preflight-status", "405", url}, exitBad, "BLOCKED preflight-missing-allow-origin"},
		{[]string{"-status", "302", "-R", "Location: /y", "-R", "Access-Control-Allow-Origin: *", url}, exitUsage, "UNDECIDED the redirect is followed"},
		{[]string{"-d", "x", "-H", "Via: a", "-R", "Access-Control-Allow-Origin: *", url}, exitOK, "ignored, as browsers do: Via: a"},
		{[]string{"-mode", "no-cors", "-status", "200", url}, exitOK, "type \"opaque\""},
	} {
		status, stdout, stderr := corspec(append([]string{"explain"}, tt.args...)...)
		if status != tt.status || !strings.Contains(stdout, tt.want) || stderr != "" {
			t.Errorf("%q: status %d, want %d and %q in\n%s%s", tt.args, status, tt.status, tt.want, stdout, stderr)
		}
	}
}

// TestExplainIsCheck holds that the two commands print the same of the same exchange, except for the status message, of
// which explain is not told.
func TestExplainIsCheck(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", "*")
	}))
	defer server.Close()
	url := server.URL + "/x"
	_, checked, _ := corspec("check", "-credentials", "include", url)
	_, explained, _ := corspec("explain", "-credentials", "include", "-R", "Access-Control-Allow-Origin: *", url)
	checked = strings.Replace(checked, "<- 200 OK\n", "<- 200\n", 1)
	if diff := cmp.Diff(checked, explained); diff != "" || !strings.Contains(checked, "BLOCKED") {
		t.Errorf("-check +explain\n%s", diff)
	}
}

const requestsJSON = `{"requests": [
  {"origin": "https://a.example", "url": "https://b.example/x", "method": "PUT", "headers": [["X-A","\u00e9"]]},
  {"at": 4, "origin": "https://a.example", "url": "https://b.example/x", "method": "PUT"},
  {"at": 6, "origin": "https://a.example", "url": "https://b.example/x", "method": "PUT"},
  {"origin": "opaque:x", "url": "https://c.example/"}],
 "serve": {
  "https://b.example/x": {"preflight": [{"status": 200, "headers": [["Access-Control-Allow-Origin","*"],["Access-Control-Allow-Methods","PUT"],["Access-Control-Allow-Headers","*"]]}, {"status": 403}],
   "request": [{"status": 200, "headers": [["Access-Control-Allow-Origin","*"]]}]}}}`

func TestExplainRequests(t *testing.T) {
	status, report := explained(t, file(t, "x.json", requestsJSON))
	if status != exitBad {
		t.Errorf("status %d", status)
	}
	holds(t, report, []told{
		{nil, "PUT https://b.example/x", "allowed", "", "preflight request", "", ""},
		{nil, "PUT https://b.example/x", "allowed", "", "request", "", ""}, // covered by the cache for 5 seconds
		{nil, "PUT https://b.example/x", "blocked", "preflight-missing-allow-origin", "preflight", "", ""},
		{nil, "GET https://c.example/", "undecided", "", "request", "", `give one in serve["https://c.example/"].request`},
	})
	// From standard input, for people.
	var stdout, stderr bytes.Buffer
	status = run([]string{"explain", "-"}, strings.NewReader(`{"requests":[],"serve":{}}`), &stdout, &stderr)
	if status != exitOK || stderr.Len() > 0 || !strings.Contains(stdout.String(), "0 requests: 0 allowed") {
		t.Errorf("status %d, %s%s", status, stdout.String(), stderr.String())
	}
}

// TestExplainIsExec holds that explain and exec see the same in the same input: every field that the one knows, the
// other heeds.
func TestExplainIsExec(t *testing.T) {
	for _, v := range conformance.Vectors() {
		if v.Algorithm() != "fetch" {
			continue
		}
		output, err := conformance.Evaluate("fetch", v.Input)
		if err != nil {
			t.Fatal(err)
		}
		encoded, err := json.Marshal(output)
		if err != nil {
			t.Fatal(err)
		}
		var want struct {
			Network []struct {
				Request     int
				Method, URL string
			}
			Results []struct {
				Type, Code string
				Step       *string
			}
		}
		if err := json.Unmarshal(encoded, &want); err != nil {
			t.Fatal(err)
		}
		_, report := explained(t, file(t, "v.json", string(v.Input)))
		if len(report.Fetches) != len(want.Results) {
			t.Fatalf("%s: %d fetches, %d results", v.ID, len(report.Fetches), len(want.Results))
		}
		var network, wantNetwork []string
		for _, n := range want.Network {
			url, _, _ := strings.Cut(n.URL, "#")
			wantNetwork = append(wantNetwork, fmt.Sprint(n.Request, n.Method, url))
		}
		for i, f := range report.Fetches {
			for _, n := range f.Network {
				if n.Kind != fetch.ActionFetchLocal.String() {
					network = append(network, fmt.Sprint(i, n.Method, n.URL))
				}
			}
			r := want.Results[i]
			step := ""
			if r.Step != nil {
				step = *r.Step
			}
			switch {
			case f.Outcome == "undecided" && r.Code == string(fetch.CodeTransportError):
			case f.Code != r.Code || string(f.Step) != step || (f.Outcome == "blocked") != (r.Type == "error"):
				t.Errorf("%s: explain says of request %d %s %s %s, exec %s %s %s", v.ID, i, f.Outcome, f.Code, f.Step, r.Type, r.Code, step)
			}
		}
		if !slices.Equal(network, wantNetwork) {
			t.Errorf("%s: explain sends %q, exec %q", v.ID, network, wantNetwork)
		}
	}
}

func TestExplainRejects(t *testing.T) {
	good := file(t, "good.har", `{"log":{"entries":[]}}`)
	for _, tt := range []struct {
		args []string
		want string
	}{
		{nil, "there is nothing to explain"},
		{[]string{file(t, "curl.txt", "curl 'https://api.example/x' -H 'Origin: https://app.example'\n")}, "that is a request, and what came back is not there"},
		{[]string{good, good}, "want one URL or one file"},
		{[]string{api + "/x"}, "no answer to explain"},
		{[]string{"-status", "99", api + "/x"}, "status 99"},
		{[]string{"-status", "x", api + "/x"}, "-status"},
		{[]string{"-R", "a b: c", api + "/x"}, "header name"},
		{[]string{"-R", "abc", api + "/x"}, "no colon"},
		{[]string{"-X", "TRACE", "-status", "200", api + "/x"}, "forbidden"},
		{[]string{"-H", "a b: c", "-status", "200", api + "/x"}, "header name"},
		{[]string{"-status", "200", "https://u:p@api.example/"}, "credentials"},
		{[]string{"/nonesuch.har"}, "nonesuch.har"},
		{[]string{"-X", "PUT", good}, "-X is not for a HAR file"},
		{[]string{"-P", "a: b", good}, "-P is not for a HAR file"},
		{[]string{"-origin", "https://a.example", file(t, "x.json", requestsJSON)}, "-origin is not for a file of requests"},
		{[]string{file(t, "empty", "")}, "empty:1:1: not JSON"},
		{[]string{file(t, "cut.har", "{\"log\":\n {\"entries\": [")}, "cut.har:2:14: not JSON"},
		{[]string{file(t, "other.json", `{"a":1}`)}, "neither a HAR file"},
		{[]string{file(t, "list.json", "\n[]")}, "list.json:2:1: is a JSON array, want an object"},
		{[]string{file(t, "none.har", `{"log":{}}`)}, "no log.entries"},
		{[]string{file(t, "types.har", `{"log":{"entries":{}}}`)}, "no log.entries"},
		{[]string{file(t, "r.json", strings.Replace(requestsJSON, `"at": 4`, `"att": 4`, 1))}, "r.json:3:4: requests[1].att: unknown field"},
		{[]string{file(t, "h.json", strings.Replace(requestsJSON, "X-A", "X A", 1))}, "h.json:2:95: requests[0].headers[0][0]: is not a header name"},
		{[]string{file(t, "s.json", strings.Replace(requestsJSON, `"status": 403`, `"status": "x"`, 1))}, `s.json:7:`},
		{[]string{file(t, "t.json", `{"requests":[],"serve":{},"requests":[]}`)}, "t.json:1:27: requests: stands there twice"},
		{[]string{file(t, "m.json", `{"requests":[]}`)}, "serve: missing field"},
	} {
		status, stdout, stderr := corspec(append([]string{"explain"}, tt.args...)...)
		if status != exitUsage || stdout != "" || !strings.Contains(stderr, tt.want) {
			t.Errorf("%q: status %d, standard output %q, standard error %q, want %q in it", tt.args, status, stdout, stderr, tt.want)
		}
	}
}

// TestExplainManyEntries holds that an entry is not compared with all the others.
func TestExplainManyEntries(t *testing.T) {
	lineartest.CheckTime(t, func(size int) func() {
		var entries [][]any
		for i := range size / 400 {
			switch i % 4 {
			case 0:
				entries = append(entries, []any{"PUT", api + "/x", []string{"Origin", "https://app.example"}, 200, nil})
			case 1:
				entries = append(entries, []any{"OPTIONS", api + "/x", []string{"Origin", "https://app.example", "Access-Control-Request-Method", "DELETE"}, 200, nil})
			case 2:
				entries = append(entries, []any{"GET", api + "/r", []string{"Origin", "https://app.example"}, 302, []string{"Location", "/x"}})
			default:
				entries = append(entries, []any{"GET", api + "/x", []string{"Origin", "https://app.example"}, 200, nil})
			}
		}
		name := har(t, "Firefox", entries...)
		return func() {
			if _, report := explained(t, name); len(report.Fetches) != (len(entries)*3+3)/4 {
				t.Errorf("%d fetches of %d entries", len(report.Fetches), len(entries))
			}
		}
	})
}
