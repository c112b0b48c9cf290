package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode"

	"golang.org/x/net/html"

	"github.com/corspec/corspec/conformance"
)

// readPage holds a page to what it may consist of: known elements and attributes, no address but links into the
// standards, and no character that a terminal or a browser obeys. It returns the texts between the tags.
func readPage(t *testing.T, page string) (texts []string) {
	t.Helper()
	for _, r := range page {
		if r != '\n' && r != '\t' && !unicode.IsPrint(r) {
			t.Errorf("%U in the page", r)
			break
		}
	}
	elements := strings.Fields("html head meta title style body a header p h1 ul li b details summary form fieldset legend label input select option main span div i ol dl dt dd em strong small section h2 pre button footer script")
	attributes := strings.Fields("lang charset http-equiv content name class href role aria-label aria-hidden hidden type value checked placeholder autocomplete spellcheck id tabindex data-outcome data-host open rel target")
	z := html.NewTokenizer(strings.NewReader(page))
	for {
		switch z.Next() {
		case html.ErrorToken:
			return texts
		case html.TextToken:
			texts = append(texts, z.Token().Data)
		case html.StartTagToken, html.SelfClosingTagToken:
			token := z.Token()
			if !slices.Contains(elements, token.Data) {
				t.Errorf("the element %s", token)
			}
			for _, a := range token.Attr {
				if !slices.Contains(attributes, a.Key) {
					t.Errorf("the attribute %s of %s", a.Key, token)
				}
				if a.Key == "href" && !strings.HasPrefix(a.Val, "#") && !strings.HasPrefix(a.Val, "https://fetch.spec.whatwg.org/commit-snapshots/"+conformance.Standard+"/#") && !strings.HasPrefix(a.Val, "https://html.spec.whatwg.org/") &&
					!strings.HasPrefix(a.Val, "https://w3c.github.io/") {
					t.Errorf("the address %s", a.Val)
				}
			}
		case html.CommentToken:
			t.Errorf("a comment: %s", z.Token())
		}
	}
}

// hostilePage writes a page of requests that bring everything along that must not come through, and returns its name.
func hostilePage(t testing.TB) string {
	t.Helper()
	h := func(list ...string) (l []map[string]string) {
		for i := 0; i < len(list); i += 2 {
			l = append(l, map[string]string{"name": list[i], "value": list[i+1]})
		}
		return l
	}
	entry := func(method, url string, request []map[string]string, status int, response []map[string]string) map[string]any {
		return map[string]any{"_resourceType": "xhr", "pageref": "p", "request": map[string]any{"method": method, "url": url, "headers": request}, "response": map[string]any{"status": status, "statusText": hostile, "headers": response, "_error": hostile}}
	}
	readable := func(method, url string, request []map[string]string, status int, response []map[string]string) map[string]any {
		e := entry(method, url, request, status, response)
		delete(e["response"].(map[string]any), "_error")
		return e
	}
	page := h("Origin", "https://app.example", "Sec-Fetch-Mode", "cors", "X-Hostile", hostile, "X-Template", "{{.}}", "Authorization", "Bearer secret", "Cookie", "session=secret")
	entries := []any{
		entry("GET", "https://a.example/<script>alert(1)</script>?"+hostile, page, 200, h("Access-Control-Allow-Origin", hostile, "X-"+hostile, hostile, "Set-Cookie", "a=secret")),
		entry("GET", "https://b.example/", page, 200, h("Access-Control-Allow-Origin", "https://app.example", "Content-Type", hostile)),
		entry("OPTIONS", "https://c.example/{{.}}", h("Origin", "https://app.example", "Access-Control-Request-Method", "PUT"), 405, h("Access-Control-Allow-Methods", hostile)),
		entry("PUT", "https://c.example/{{.}}", page, 0, nil),
		entry("GET", "https://d.example/'\"><img src=x onerror=alert(1)>", page, 0, nil),
		entry("GET", "https://"+hostile+"/", page, 200, nil),
	}
	for range 8 {
		entries = append(entries, readable("GET", "https://e.example/", h("Origin", "https://app.example", "Sec-Fetch-Mode", "cors"), 200, h("Access-Control-Allow-Origin", "*")))
	}
	data, err := json.Marshal(map[string]any{"log": map[string]any{"creator": map[string]string{"name": "WebInspector " + hostile, "version": hostile}, "pages": []any{map[string]string{"id": "p", "title": hostile}}, "entries": entries}})
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	har, name := filepath.Join(dir, "a<b>\x1b&.har"), filepath.Join(dir, "page.html")
	if err := os.WriteFile(har, data, 0o600); err != nil {
		t.Fatal(err)
	}
	if status, stdout, stderr := corspec("explain", "-html", name, har); status != exitBad || stderr != "" || !strings.Contains(stdout, "12 requests across origins: ") {
		t.Fatalf("status %d, %s%s", status, stdout, stderr)
	}
	left, err := os.ReadDir(dir)
	if err != nil || len(left) != 2 {
		t.Errorf("what is left: %v, %v", left, err)
	}
	return name
}

func TestPage(t *testing.T) {
	data, err := os.ReadFile(hostilePage(t))
	if err != nil {
		t.Fatal(err)
	}
	page := string(data)
	texts := readPage(t, page)
	all := strings.Join(texts, "\n")
	for _, want := range []string{`<script>alert(1)</script>" onload='x'`, `\x1b[2J`, `\u202e`, "{{.}}", "preflight-missing-allow-origin", "Access-Control-Allow-Origin", "is not there", "decides", "entries[2], entries[3]", "(13 bytes, not shown)"} {
		if !strings.Contains(all, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if strings.Contains(page, "secret") {
		t.Error("the page shows a secret")
	}
	// The policy is for the style and the script that are there, as they are there.
	for _, part := range []string{"style", "script"} {
		_, text, _ := strings.Cut(page, "<"+part+">")
		text, _, _ = strings.Cut(text, "</"+part+">")
		sum := sha256.Sum256([]byte(text))
		if want := part + "-src &#39;sha256-" + strings.ReplaceAll(base64.StdEncoding.EncodeToString(sum[:]), "+", "&#43;") + "&#39;"; !strings.Contains(page, want) {
			t.Errorf("the policy lacks %s", want)
		}
	}
	if !strings.Contains(page, `content="default-src &#39;none&#39;;`) || strings.Count(page, "<script") != 1 || strings.Contains(page, "style=") {
		t.Error("the policy, or what it would block")
	}
}

// TestPageOfOne holds what is written for a single request, by explain and by check, and that -json goes beside it.
func TestPageOfOne(t *testing.T) {
	name := filepath.Join(t.TempDir(), "page.html")
	read := func() string {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		readPage(t, string(data))
		os.Remove(name)
		return string(data)
	}
	for _, tt := range []struct {
		args   []string
		status int
		stdout string
		want   []string
	}{
		{[]string{"explain", "-html", name, "-R", allowAll, api + "/x"}, exitOK, name + ": 1 request: 1 allowed", []string{" open>", "Allowed: the page reads the response", `class="mark"><dt>Access-Control-Allow-Origin</dt>`, "good"}},
		{[]string{"explain", "-html", name, "-X", "PUT", "-preflight-status", "405", api + "/x"}, exitBad, name + ": 1 request", []string{"Blocked: preflight-missing-allow-origin", "<em>is not there</em>", "Access-Control-Allow-Methods: PUT", "<b>Preflight</b> The method is PUT"}},
		{[]string{"explain", "-json", "-html", name, "-X", "PUT", "-R", allowAll, api + "/x"}, exitUsage, "{\n", []string{"<h2>Undecided</h2>", "not known"}},
		{[]string{"explain", "-html", name, "-credentials", "include", "-H", "Via: x", "-H", "User-Agent: y", "-status", "200", "http://api.example:25/"}, exitBad, name, []string{"Blocked: bad-port", "network error", "the browser ignores: Via.", "browser&#39;s own: User-Agent."}},
		{[]string{"check", "-html", name, "-timeout", "5s", "http://127.0.0.1:1/"}, exitBad, "https://app.example fetches", []string{"Blocked: bad-port"}},
		{[]string{"check", "-html", name}, exitOK, "1. A server that knows nothing of CORS", []string{"A walk through", "A slash at the end of the origin."}},
	} {
		status, stdout, stderr := corspec(tt.args...)
		if status != tt.status || !strings.HasPrefix(stdout, tt.stdout) || stderr != "" {
			t.Errorf("%q: status %d, %q, %q", tt.args, status, stdout, stderr)
			continue
		}
		page := read()
		for _, want := range tt.want {
			if !strings.Contains(page, want) {
				t.Errorf("%q: the page lacks %q", tt.args, want)
			}
		}
	}
	for _, args := range [][]string{{"explain", "-html", filepath.Join(name, "x"), "-R", allowAll, api}, {"check", "-html", filepath.Join(name, "x"), "http://127.0.0.1:1/"}} {
		if status, _, stderr := corspec(args...); status != exitUsage || !strings.Contains(stderr, "-html") {
			t.Errorf("%q: status %d, %q", args, status, stderr)
		}
	}
}

// FuzzPage puts any text into what a page shows.
func FuzzPage(f *testing.F) {
	f.Add(hostile, hostile, hostile)
	f.Add("</style><script>", "{{template}}", "]]>")
	f.Add("javascript:alert(1)", "&lt;", "\x00\r\n")
	f.Fuzz(func(t *testing.T, url, name, value string) {
		input, err := json.Marshal(map[string]any{"log": map[string]any{"creator": map[string]string{"name": name}, "entries": []any{map[string]any{
			"request":  map[string]any{"method": "GET", "url": "https://a.example/" + url, "headers": []any{map[string]string{"name": "Origin", "value": "https://b.example"}, map[string]string{"name": name, "value": value}}},
			"response": map[string]any{"status": 200, "statusText": value, "headers": []any{map[string]string{"name": name, "value": value}, map[string]string{"name": "Access-Control-Allow-Origin", "value": value}}},
		}}}})
		if err != nil {
			t.Fatal(err)
		}
		page := filepath.Join(t.TempDir(), "page.html")
		var stdout, stderr bytes.Buffer
		if status := run([]string{"explain", "-html", page, "-"}, bytes.NewReader(input), &stdout, &stderr); stderr.Len() > 0 {
			t.Fatalf("status %d, %s", status, stderr.String())
		}
		data, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		readPage(t, string(data))
	})
}
