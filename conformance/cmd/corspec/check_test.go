package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/corspec/corspec/conformance"
	"github.com/corspec/corspec/internal/testshared"
)

func TestWalkThrough(t *testing.T) {
	status, stdout, stderr := corspec("check")
	if status != exitOK || stderr != "" {
		t.Fatalf("corspec check: status %d, standard error %q", status, stderr)
	}
	for i, s := range stops {
		if !strings.Contains(stdout, fmt.Sprintf("%d. %s\n", i+1, s.title)) {
			t.Errorf("stop %d, %q, is missing", i+1, s.title)
		}
		if s.want != "ok" && !strings.Contains(stdout, "  BLOCKED "+string(s.want)) {
			t.Errorf("the verdict %s is missing", s.want)
		}
	}
	if strings.Contains(stdout, "\x1b") {
		t.Error("there is colour in what goes to a pipe")
	}
}

func TestWalkThroughJSON(t *testing.T) {
	status, stdout, stderr := corspec("check", "-json")
	if status != exitOK || stderr != "" {
		t.Fatalf("status %d, standard error %q", status, stderr)
	}
	var reports []checkReport
	if err := json.Unmarshal([]byte(stdout), &reports); err != nil {
		t.Fatal(err)
	}
	if len(reports) != len(stops) {
		t.Fatalf("%d reports, want %d", len(reports), len(stops))
	}
	for i, r := range reports {
		if want := string(stops[i].want); r.Code != want && !(want == "ok" && r.Outcome == "allowed") {
			t.Errorf("%s: %s %s, want %s", stops[i].title, r.Outcome, r.Code, want)
		}
	}
}

// A mistake in the flags ends the command before anything is sent.
func TestCheckUsage(t *testing.T) {
	var requests atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { requests.Add(1) }))
	defer server.Close()
	for _, tt := range []struct {
		args   []string
		stderr string
	}{
		{[]string{"-origin", "https://app.example"}, "there is no URL"},
		{[]string{"-origin", "https://app.example/", server.URL}, "byte 19"},
		{[]string{"-origin", "app.example", server.URL}, "invalid origin"},
		{[]string{"-X", "BAD METHOD", server.URL}, "byte 3"},
		{[]string{"-X", "TRACE", server.URL}, `method "TRACE": is forbidden`},
		{[]string{"-H", "no colon", server.URL}, "no colon"},
		{[]string{"-H", "Bad Name: x", server.URL}, "byte 3"},
		{[]string{"-H", "X-A: a\x00b", server.URL}, "byte 1"},
		{[]string{"-mode", "corse", server.URL}, `request mode "corse" does not exist`},
		{[]string{"-credentials", "maybe", server.URL}, `credentials mode "maybe" does not exist`},
		{[]string{"-redirect", "maybe", server.URL}, `redirect mode "maybe" does not exist`},
		{[]string{"-timeout", "-1s", server.URL}, "more than 0"},
		{[]string{"-timeout", "5", server.URL}, "such as 500ms or 10s"},
		{[]string{"-X", "GET", "-d", "body", server.URL}, "GET request has none"},
		{[]string{"-X", "PUT", "-mode", "no-cors", server.URL}, "no-cors"},
		{[]string{"-nonesuch", server.URL}, "-nonesuch"},
		{[]string{"-origin", "HTTPS://App.example:443", server.URL}, "browsers write https://app.example\n"},
		{[]string{"localhost:8080/x"}, "write http://localhost:8080/x"},
		{[]string{"user:x@localhost:8080/x"}, "the scheme is missing (write http://user:***@localhost:8080/x)"},
		{[]string{"https:user:x@a.example"}, "includes credentials; send an Authorization header instead"},
		{[]string{server.URL, server.URL}, "one URL at a time"},
		{[]string{"not a URL"}, "invalid URL"},
		{[]string{"https://exa mple/"}, "byte 11"},
		{[]string{"https://user:secret@app.example/"}, "includes credentials"},
	} {
		status, stdout, stderr := corspec(append([]string{"check"}, tt.args...)...)
		if status != exitUsage || !strings.Contains(stderr, tt.stderr) || stdout != "" {
			t.Errorf("corspec check %q: status %d, output %q, error %q; want %d and %q", tt.args, status, stdout, stderr, exitUsage, tt.stderr)
		}
	}
	if n := requests.Load(); n != 0 {
		t.Errorf("%d requests were sent", n)
	}
}

func TestCheckVerdicts(t *testing.T) {
	server := httptest.NewServer(walkServer("http://127.0.0.1:1"))
	defer server.Close()
	for _, tt := range []struct {
		name   string
		args   []string // "/…" stands for a path of the server
		status int
		want   []string
	}{
		{"allowed", []string{"/open"}, exitOK, []string{"ALLOWED", `type "cors"`}},
		{"timing", []string{"/open"}, exitOK, []string{"timing: how long all of it took; Timing-Allow-Origin does not list the page"}},
		{"blocked", []string{"/plain"}, exitBad, []string{"BLOCKED missing-allow-origin", "cors-check:2", "/" + conformance.Standard + "/#cors-check", "Access-Control-Allow-Origin: https://app.example"}},
		{"flags behind the URL", []string{"/private", "-credentials", "include"}, exitOK, []string{"with credentials", "hidden from the page: X-Total"}},
		{"another origin", []string{"-origin", "https://evil.example", "/private"}, exitBad, []string{"BLOCKED allow-origin-mismatch"}},
		{"opaque origin", []string{"-origin", "null", "/plain"}, exitBad, []string{"Origin: null", "Access-Control-Allow-Origin: *"}},
		{"repeated headers", []string{"-X", "PUT", "-H", "Content-Type: application/json", "-H", "X-A: 1", "-d", "{}", "/items/1"}, exitBad,
			[]string{"Access-Control-Request-Headers: content-type,x-a", "BLOCKED header-disallowed-by-preflight", `"x-a"`}},
		{"body as fetch() sends a string", []string{"-d", "x", "/items/1"}, exitOK, []string{"-> POST", "Content-Type: text/plain;charset=UTF-8"}},
		{"headers that pages cannot set", []string{"-H", "Via: a=b", "/open"}, exitOK, []string{"ignored, as browsers do: Via: a=b"}},
		{"no-cors", []string{"-mode", "no-cors", "/plain"}, exitOK, []string{`type "opaque"`}},
		{"manual redirect", []string{"-redirect", "manual", "/away"}, exitOK, []string{`type "opaqueredirect"`}},
		{"redirect is an error", []string{"-redirect", "error", "/away"}, exitBad, []string{"BLOCKED redirect-mode-error"}},
		{"same-origin", []string{"-mode", "same-origin", "/open"}, exitBad, []string{"BLOCKED disallowed-by-mode"}},
		{"redirect to a port that is blocked", []string{"/away"}, exitBad, []string{"BLOCKED bad-port"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			args := []string{"check"}
			for _, a := range tt.args {
				if strings.HasPrefix(a, "/") {
					a = server.URL + a
				}
				args = append(args, a)
			}
			status, stdout, stderr := corspec(args...)
			if status != tt.status || stderr != "" {
				t.Errorf("status %d, want %d; standard error %q", status, tt.status, stderr)
			}
			for _, w := range tt.want {
				if !strings.Contains(stdout, w) {
					t.Errorf("the output lacks %q:\n%s", w, stdout)
				}
			}
		})
	}
}

func TestCheckJSON(t *testing.T) {
	server := httptest.NewServer(walkServer(""))
	defer server.Close()
	status, stdout, _ := corspec("check", "-json", "-X", "patch", server.URL+"/items/1")
	var got checkReport
	if err := json.Unmarshal([]byte(stdout), &got); err != nil || status != exitBad {
		t.Fatalf("status %d, %v", status, err)
	}
	if got.Outcome != "blocked" || got.Code != "method-disallowed-by-preflight" || got.Step != "cors-preflight-fetch:7.5" || got.Reached ||
		len(got.Network) != 1 || got.Network[0].Kind != "preflight" || got.Network[0].Response.Status != 204 || got.Explanation == nil || got.Response != nil {
		t.Errorf("%s", stdout)
	}
	if len(got.Preflight) != 1 || got.Preflight[0].Reason != "method" || got.Preflight[0].Name != "patch" || got.Preflight[0].Text == "" || got.Preflight[0].Avoid == "" || got.Timing != nil {
		t.Errorf("what the preflight is for: %+v; timing %v", got.Preflight, got.Timing)
	}
	_, stdout, _ = corspec("check", "-json", "-H", "Accept: "+strings.Repeat("a", 134), server.URL+"/any-header")
	if err := json.Unmarshal([]byte(stdout), &got); err != nil || got.Preflight[0].Rule != "value-too-long" || got.Preflight[0].Text != "Accept: its value has 134 bytes, and 128 are safelisted" || got.Timing == nil || *got.Timing {
		t.Errorf("%v: %s", err, stdout)
	}
}

// Bytes of headers are code points in JSON, none of them lost.
func TestCheckJSONBytes(t *testing.T) {
	server := rawServer(t, "HTTP/1.1 200 OK\r\nAccess-Control-Allow-Origin: *\r\nAccess-Control-Expose-Headers: X-A\r\nX-A: <\xe9\xff>\r\nContent-Length: 0\r\n\r\n")
	status, stdout, _ := corspec("check", "-json", server)
	if status != exitOK || strings.Count(stdout, `"<éÿ>"`) != 2 {
		t.Errorf("status %d, %s", status, stdout)
	}
}

// rawServer answers every connection with the same bytes and closes it.
func rawServer(t *testing.T, answer string) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			c.SetDeadline(time.Now().Add(5 * time.Second))
			http.ReadRequest(bufio.NewReader(c))
			io.WriteString(c, answer)
			c.Close()
		}
	}()
	return "http://" + l.Addr().String() + "/"
}

// Nonsense from the server is a verdict; no answer at all is told apart.
func TestCheckNonsense(t *testing.T) {
	for _, tt := range []struct {
		name, answer string
		args         []string
		status       int
		want         string
	}{
		{"two lines", "HTTP/1.1 200 OK\r\nAccess-Control-Allow-Origin: *\r\nAccess-Control-Allow-Origin: *\r\nContent-Length: 0\r\n\r\n", nil, exitBad, "BLOCKED multiple-allow-origin-values"},
		{"what a terminal obeys", "HTTP/1.1 200 OK\r\nAccess-Control-Allow-Origin: \x9b2Jx\r\nContent-Length: 0\r\n\r\n", nil, exitBad, `Access-Control-Allow-Origin: \x9b2Jx`},
		{"a space behind the name", "HTTP/1.1 200 OK\r\nAccess-Control-Allow-Origin : *\r\nContent-Length: 0\r\n\r\n", nil, exitBad, `"Access-Control-Allow-Origin ": *`},
		{"malformed list", "HTTP/1.1 204 No\r\nAccess-Control-Allow-Origin: *\r\nAccess-Control-Allow-Methods: PUT; GET\r\n\r\n", []string{"-X", "PUT"}, exitBad, "BLOCKED preflight-invalid-allow-methods"},
		{"odd status", "HTTP/1.1 999 ?\r\nAccess-Control-Allow-Origin: *\r\nContent-Length: 0\r\n\r\n", nil, exitOK, "status 999"},
		{"no HTTP", "hello\r\n", nil, exitUsage, "FAILED transport-error"},
		{"nothing", "", nil, exitUsage, "FAILED transport-error"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			status, stdout, stderr := corspec(append([]string{"check", rawServer(t, tt.answer)}, tt.args...)...)
			if status != tt.status || stderr != "" || !strings.Contains(stdout, tt.want) {
				t.Errorf("status %d, want %d; standard error %q; the output should hold %q:\n%s", status, tt.status, stderr, tt.want, stdout)
			}
			if strings.Contains(stdout, "\x1b") || strings.Contains(stdout, "\x9b") {
				t.Error("an escape sequence of the server reaches the terminal")
			}
		})
	}
}

func TestCheckTransportFailure(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed := "http://" + l.Addr().String() + "/"
	l.Close()
	status, stdout, _ := corspec("check", closed)
	if status != exitUsage || !strings.Contains(stdout, "FAILED transport-error") || strings.Contains(stdout, "BLOCKED") {
		t.Errorf("status %d:\n%s", status, stdout)
	}

	hanging := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }))
	defer hanging.Close()
	status, stdout, _ = corspec("check", "-timeout", "100ms", hanging.URL)
	if status != exitUsage || !strings.Contains(stdout, "none within 100ms, which -timeout sets") {
		t.Errorf("status %d:\n%s", status, stdout)
	}
}

// However much a server sends, what is printed of it is for people to read.
func TestCheckPrintsLittle(t *testing.T) {
	var answer strings.Builder
	answer.WriteString("HTTP/1.1 200 OK\r\nAccess-Control-Allow-Origin: *\r\nContent-Length: 0\r\n")
	for i := range 500 {
		fmt.Fprintf(&answer, "Access-Control-X-%04d: %s\r\nX-%04d: y\r\n", i, strings.Repeat("z", 400), i)
	}
	answer.WriteString("\r\n")
	status, stdout, _ := corspec("check", rawServer(t, answer.String()))
	if status != exitOK || len(stdout) > 64<<10 || !strings.Contains(stdout, "… and 401 more") || !strings.Contains(stdout, "z… (400 bytes)") || !strings.Contains(stdout, " and 401 more\n") {
		t.Errorf("status %d, %d bytes:\n%.2000s", status, len(stdout), stdout)
	}

	far := strings.Repeat("a", 100_000)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", "*")
		if r.URL.Path == "/" {
			w.Header().Set("Location", "/"+far)
			w.WriteHeader(http.StatusFound)
			return
		}
		panic(http.ErrAbortHandler)
	}))
	defer server.Close()
	status, stdout, _ = corspec("check", server.URL)
	if status != exitUsage || len(stdout) > 4<<10 || strings.Contains(stdout, "has handled the request") {
		t.Errorf("status %d, %d bytes:\n%.2000s", status, len(stdout), stdout)
	}
}

func TestColour(t *testing.T) {
	var b strings.Builder
	p := printer{&b, true}
	p.line("%s", p.style(red, "x"))
	if b.String() != "\x1b[31mx\x1b[0m\n" {
		t.Errorf("%q", b.String())
	}
	if newPrinter(&b).colour {
		t.Error("colour without a terminal")
	}
}

// otherServer runs a server of another make until the test ends and returns the URL that it prints, or that is given.
// It skips where the program is not installed, except if CORSPEC_SHARED demands it.
func otherServer(t *testing.T, program string, args ...string) (stdout io.Reader) {
	t.Helper()
	path, err := exec.LookPath(program)
	if err != nil {
		if testshared.Required() {
			t.Fatalf("%s is not installed, and CORSPEC_SHARED=required", program)
		}
		t.Skipf("%s is not installed", program)
	}
	cmd := exec.Command(path, args...)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	return out
}

const nodeServer = `
require("http").createServer((q, r) => {
  if (q.url === "/cors") {
    r.setHeader("Access-Control-Allow-Origin", q.headers.origin || "*");
    if (q.method === "OPTIONS") { r.setHeader("Access-Control-Allow-Methods", "PUT"); r.statusCode = 204 }
  }
  r.end();
}).listen(0, "127.0.0.1", function () { console.log(this.address().port) });
setTimeout(() => process.exit(), 30000);
`

func TestCheckNode(t *testing.T) {
	line, err := bufio.NewReader(otherServer(t, "node", "-e", nodeServer)).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	testOtherServer(t, "http://127.0.0.1:"+strings.TrimSpace(line))
}

func TestCheckNginx(t *testing.T) {
	testOtherServer(t, nginxServer(t, `
    location = /cors {
      add_header Access-Control-Allow-Origin $http_origin always;
      add_header Access-Control-Allow-Methods PUT always;
      if ($request_method = OPTIONS) { return 204; }
      return 200 ok;
    }
    location / { return 200 ok; }`, ""))
}

// nginxServer starts nginx with what a server and the http block around it have, and returns its URL without a path.
func nginxServer(t *testing.T, server, around string) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	l.Close()
	dir := t.TempDir()
	config := filepath.Join(dir, "nginx.conf")
	err = os.WriteFile(config, []byte(regexp.MustCompile(`DIR`).ReplaceAllString(`
daemon off; master_process off; pid DIR/pid; error_log stderr crit;
events { worker_connections 64; }
http {
  access_log off; client_body_temp_path DIR/b; proxy_temp_path DIR/p; fastcgi_temp_path DIR/f; uwsgi_temp_path DIR/u; scgi_temp_path DIR/s;
  `+around+`
  server {
    listen `+address+`;`+server+`
  }
}`, dir)), 0o600)
	if err != nil {
		t.Fatal(err)
	}
	otherServer(t, "nginx", "-c", config, "-p", dir)
	awaitServer(t, address)
	return "http://" + address
}

// awaitServer waits until somebody listens there.
func awaitServer(t *testing.T, address string) {
	t.Helper()
	for i := 0; ; i++ {
		if c, err := net.Dial("tcp", address); err == nil {
			c.Close()
			return
		} else if i == 500 {
			t.Fatalf("nobody listens: %v", err)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

func testOtherServer(t *testing.T, url string) {
	for _, tt := range []struct {
		args   []string
		status int
		want   string
	}{
		{[]string{url + "/plain"}, exitBad, "BLOCKED missing-allow-origin"},
		{[]string{url + "/cors"}, exitOK, "ALLOWED"},
		{[]string{url + "/cors", "-X", "PUT"}, exitOK, "ALLOWED"},
		{[]string{url + "/plain", "-X", "PUT"}, exitBad, "BLOCKED preflight-missing-allow-origin"},
		{[]string{url + "/cors", "-X", "DELETE"}, exitBad, "BLOCKED method-disallowed-by-preflight"},
		{[]string{url + "/cors", "-credentials", "include"}, exitBad, "BLOCKED invalid-allow-credentials"},
	} {
		status, stdout, stderr := corspec(append([]string{"check"}, tt.args...)...)
		if status != tt.status || stderr != "" || !strings.Contains(stdout, tt.want) {
			t.Errorf("corspec check %q: status %d, want %d; standard error %q; the output should hold %q:\n%s", tt.args, status, tt.status, stderr, tt.want, stdout)
		}
	}
}
