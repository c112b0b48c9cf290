package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestPasswords holds that the password of a URL is shown to nobody, in whatever form: text, a page to look at, an
// error. JSON is data, and has it.
func TestPasswords(t *testing.T) {
	const secret = "https://user:secret@api.example/x"
	dir := t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	entries := strings.Join([]string{
		x("GET", "https://user:secret@api.example/a", h("Host: api.example", "Origin: https://app.example", "Sec-Fetch-Mode: cors"), 200, h("Content-Type: text/plain")),
		x("GET", "https://api.example/b", h("Host: api.example", "Origin: https://app.example", "Sec-Fetch-Mode: cors"), 302, h("Location: "+secret)),
		x("OPTIONS", "https://api.example/c", h("Host: api.example", "Origin: https://app.example", "Access-Control-Request-Method: PUT"), 302, h("Location: "+secret)),
		x("GET", secret, h("Host: api.example", "Sec-Fetch-Mode: no-cors", "Sec-Fetch-Dest: image", "Referer: "+secret), 0, `[]`, `"_error":"net::ERR_ABORTED"`),
	}, ",")
	har := file("a.har", fmt.Sprintf(`{"log":{"version":"1.2","creator":{"name":"x","version":"1"},"entries":[%s]}}`, entries))
	fetches := file("a.json", fmt.Sprintf(`{"requests":[{"origin":"https://app.example","url":%q}],"serve":{%[1]q:{"request":[{"status":302,"headers":[["Location",%[1]q]]}]}}}`, secret))
	response := file("a.txt", "HTTP/1.1 302 Found\r\nLocation: "+secret+"\r\n\r\n")
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/y" {
			http.Redirect(w, r, "http://user:secret@"+r.Host+"/y", http.StatusFound)
		}
	}))
	defer server.Close()
	withUser := strings.Replace(server.URL, "://", "://user:secret@", 1)
	for _, args := range [][]string{
		{"explain", har},
		{"explain", fetches},
		{"explain", response},
		{"explain", "https://api.example/x", response},
		{"explain", "-mode", "no-cors", secret, response},
		{"explain", "-X", "PUT", secret},
		{"explain", "-element", "img", "-H", "Location: " + secret, secret},
		{"check", withUser},
		{"check", "-element", "img", withUser},
		{"check", "-element", "img", "-credentials", "include", withUser},
		{"check", "-mode", "no-cors", server.URL},
		{"check", "-X", "PUT", server.URL},
		{"check", "-origin", secret, server.URL},
		{"probe", "-origin", "https://app.example", withUser},
		{"probe", "ftp://user:secret@a.example/"},
		{"check", "https:user:secret@a.example/"},
		{"check", "user:secret@a.example:8080"},
		{"check", "https://user:my secret@a b.example/"},
		{"check", `https://user:my"secret@a b.example/`},
		{"probe", "ftp:user:secret@a.example/"},
		{"explain", "-status", "200", "https:user:secret@api.example/"},
		{"explain", "-status", "302", "-R", "Location: https:user:secret@a.example/", "https://api.example/"},
		{"explain", "-status", "302", "-R", "Location: https://user:my secret@a.example/", "https://api.example/"},
	} {
		page := filepath.Join(dir, "page.html")
		for _, more := range [][]string{nil, {"-html", page}} {
			os.Remove(page)
			all := append(append([]string{args[0]}, more...), args[1:]...)
			_, stdout, stderr := corspec(all...)
			html, _ := os.ReadFile(page) // which is not written if the flags are wrong
			if shown := stdout + stderr + string(html); shown == "" || strings.Contains(shown, "secret") {
				i := strings.Index(shown, "secret")
				t.Errorf("%q: %s", all, shown[max(0, i-200):min(len(shown), i+200)])
			}
		}
	}
}
