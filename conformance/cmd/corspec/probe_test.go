package main

import (
	"bufio"
	"encoding/json"
	"encoding/xml"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/corspec/corspec/conformance/servertest"
	"github.com/corspec/corspec/fetch"
)

const probePolicy = `{"origins": ["https://app.example", "https://*.tenant.example.com"], "methods": ["PUT"], "requestHeaders": ["Content-Type"]}`

func policyFile(t *testing.T, text string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "policy.json")
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// A mistake in the flags ends the command before anything is sent.
func TestProbeUsage(t *testing.T) {
	var requests atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { requests.Add(1) }))
	defer server.Close()
	for _, tt := range []struct {
		args   []string
		stderr string
	}{
		{nil, "one URL"},
		{[]string{server.URL, server.URL}, "one URL"},
		{[]string{"localhost:8080/x"}, "write http://localhost:8080/x"},
		{[]string{"ftp://localhost/"}, "want one of http or https"},
		{[]string{"https://server.example/"}, "give -remote"},
		{[]string{"http://127.0.0.1.example/"}, "give -remote"},
		{[]string{"http://[2001:db8::1]/"}, "give -remote"},
		{[]string{"http://192.0.2.1/"}, "give -remote"},
		{[]string{"-origin", "app.example", server.URL}, "invalid origin"},
		{[]string{"-origin", "null", server.URL}, "not an origin that a page can be of"},
		{[]string{"-limit", "0", server.URL}, "more than 0"},
		{[]string{"-rate", "-1", server.URL}, "-rate not less"},
		{[]string{"-timeout", "0s", server.URL}, "more than 0"},
		{[]string{"-fail-on", "note", server.URL}, "use unsafe, broken or wasteful"},
		{[]string{"-fail-on", "bad", server.URL}, `severity "bad" does not exist`},
		{[]string{"-policy", "nonesuch.json", server.URL}, "nonesuch.json"},
		{[]string{"-policy", policyFile(t, `{"origins": ["https://app.example/"]}`), server.URL}, "https://app.example"},
		{[]string{"-policy", policyFile(t, `{"origins": [}`), server.URL}, "line 1, column"},
	} {
		status, stdout, stderr := corspec(append([]string{"probe"}, tt.args...)...)
		if status != exitUsage || !strings.Contains(stderr, tt.stderr) || stdout != "" {
			t.Errorf("corspec probe %q: status %d, output %q, error %q; want %d and %q", tt.args, status, stdout, stderr, exitUsage, tt.stderr)
		}
	}
	// -origin null asks whether the server is there, and nothing else.
	if n := requests.Load(); n > 1 {
		t.Errorf("%d requests were sent", n)
	}
}

// probeJSON runs probe and returns what it prints as JSON.
func probeJSON(t *testing.T, want int, args ...string) (report probeReport) {
	t.Helper()
	status, stdout, stderr := corspec(append([]string{"probe", "-json"}, args...)...)
	if status != want || stderr != "" {
		t.Errorf("corspec probe %q: status %d, want %d; error %q\n%s", args, status, want, stderr, stdout)
	}
	if err := json.Unmarshal([]byte(stdout), &report); err != nil {
		t.Fatalf("%v: %s", err, stdout)
	}
	return report
}

func hasID(r probeReport, id string) bool {
	return slices.ContainsFunc(r.Findings, func(f servertest.Finding) bool { return f.ID == id && f.Severity > servertest.SeverityNote })
}

func TestProbeNginx(t *testing.T) {
	url := nginxServer(t, `
    location = /fixed {
      add_header Access-Control-Allow-Origin $cors_origin always;
      add_header Vary Origin always;
      if ($request_method = OPTIONS) {
        add_header Access-Control-Allow-Origin $cors_origin always;
        add_header Access-Control-Allow-Methods "GET, PUT" always;
        add_header Access-Control-Allow-Headers Content-Type always;
        add_header Vary Origin always;
        return 204;
      }
      return 200 ok;
    }
    location = /dot {
      if ($http_origin ~ "^https://app.example") { add_header Access-Control-Allow-Origin $http_origin always; }
      return 200 ok;
    }
    location = /echo {
      add_header Access-Control-Allow-Origin $http_origin always;
      add_header Access-Control-Allow-Credentials true always;
      add_header Vary Origin always;
      return 200 ok;
    }
    location = /star { add_header Access-Control-Allow-Origin *; return 200 ok; }
    location / { add_header Access-Control-Allow-Origin $cors_origin always; add_header Vary Origin always; return 404; }`,
		`map $http_origin $cors_origin { https://app.example $http_origin; "~^https://([a-z0-9-]+\.)+tenant\.example\.com$" $http_origin; }`)
	policy := policyFile(t, probePolicy)
	if r := probeJSON(t, exitOK, "-policy", policy, url+"/fixed"); r.Observed || r.Inconclusive != "" || slices.ContainsFunc(r.Findings, func(f servertest.Finding) bool { return f.ID != "origin-malformed" }) {
		t.Errorf("%+v", r) // nginx's map takes upper case for lower
	}
	if r := probeJSON(t, exitOK, "-origin", "https://app.example", url+"/fixed"); !r.Observed || !slices.Equal(r.Policy.Origins, []string{"https://app.example"}) ||
		!slices.Equal(r.Policy.Methods, []string{"PUT"}) || !slices.Equal(r.Policy.RequestHeaders, []string{"content-type"}) {
		t.Errorf("%+v", r)
	}
	for _, id := range []string{"origin-prefix", "cache-breaks", "method-refused"} {
		if r := probeJSON(t, exitBad, "-policy", policy, url+"/dot"); !hasID(r, id) {
			t.Errorf("%s is not found: %+v", id, r)
		}
	}
	if r := probeJSON(t, exitBad, url+"/echo"); !hasID(r, "origin-any") || !slices.Equal(r.Policy.Origins, []string{"*"}) || !r.Policy.Credentials {
		t.Errorf("%+v", r)
	}
	if r := probeJSON(t, exitOK, url+"/star"); !slices.Equal(r.Policy.Origins, []string{"*"}) || r.Policy.Credentials {
		t.Errorf("%+v", r)
	}
	status, stdout, stderr := corspec("probe", url+"/fixed")
	if status != exitUsage || stdout != "" || stderr != "corspec probe: nothing found allowed; give -origin\n" {
		t.Errorf("status %d, %q, %q", status, stdout, stderr)
	}
	// Where one was given, it is said how to see why.
	status, stdout, stderr = corspec("probe", "-origin", "https://b.example", url+"/fixed")
	_, command, ok := strings.Cut(strings.TrimSpace(stderr), "why says corspec ")
	if status != exitUsage || stdout != "" || !ok {
		t.Fatalf("status %d, %q, %q", status, stdout, stderr)
	}
	if status, stdout, _ := corspec(strings.Fields(command)...); status != exitBad || !strings.Contains(stdout, "BLOCKED") {
		t.Errorf("%s: status %d, %s", command, status, stdout)
	}
}

const nodeProbeServer = `
require("http").createServer((q, r) => {
  const o = q.headers.origin, right = o === "https://app.example" || /^https:\/\/([a-z0-9-]+\.)+tenant\.example\.com$/.test(o || "");
  r.setHeader("Vary", "Origin");
  if (q.url === "/suffix" ? o && (right || o.endsWith("app.example")) : right) {
    r.setHeader("Access-Control-Allow-Origin", o);
    if (q.method === "OPTIONS") {
      r.setHeader("Access-Control-Allow-Methods", "PUT");
      r.setHeader("Access-Control-Allow-Headers", "content-type");
    }
  }
  if (q.url === "/busy") r.statusCode = 429;
  r.end();
}).listen(0, "127.0.0.1", function () { console.log(this.address().port) });
setTimeout(() => process.exit(), 60000);
`

func TestProbeNode(t *testing.T) {
	line, err := bufio.NewReader(otherServer(t, "node", "-e", nodeProbeServer)).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	url := "http://127.0.0.1:" + strings.TrimSpace(line)
	policy := policyFile(t, probePolicy)
	if r := probeJSON(t, exitOK, "-policy", policy, url+"/right?a=b"); len(r.Findings) > 0 || r.Inconclusive != "" || r.URL != url+"/right?a=b" {
		t.Errorf("%+v", r)
	}
	if r := probeJSON(t, exitBad, "-policy", policy, "-fail-on", "unsafe", url+"/suffix"); !hasID(r, "origin-suffix") {
		t.Errorf("%+v", r)
	}
	if r := probeJSON(t, exitUsage, "-policy", policy, url+"/busy"); len(r.Findings) > 0 || !strings.Contains(r.Inconclusive, "429") {
		t.Errorf("%+v", r)
	}
	if r := probeJSON(t, exitUsage, "-policy", policy, "-limit", "20", url+"/right"); r.Asked != 20 || !strings.Contains(r.Inconclusive, "limit of 20") {
		t.Errorf("%+v", r)
	}
}

const caddySites = `{
	admin off
	auto_https off
	log {
		output discard
	}
}
http://ADDRESS {
	bind 127.0.0.1
	@origin expression ` + "`" + `{header.Origin} == "https://app.example" || {header.Origin}.matches("^https://([a-z0-9-]+[.])+tenant[.]example[.]com$")` + "`" + `
	@begins header_regexp Origin ^https://app.example
	@preflight {
		method OPTIONS
		header Origin *
		header Access-Control-Request-Method *
	}
	handle /right {
		header Vary Origin
		header @origin {
			Access-Control-Allow-Origin {header.Origin}
			Access-Control-Allow-Methods PUT
			Access-Control-Allow-Headers Content-Type
		}
		respond @preflight 204
		respond ok
	}
	handle /begins {
		header @begins Access-Control-Allow-Origin {header.Origin}
		respond ok
	}
	handle /echo {
		header Vary Origin
		header Access-Control-Allow-Origin {header.Origin}
		header Access-Control-Allow-Credentials true
		respond ok
	}
	handle /star {
		header Access-Control-Allow-Origin *
		respond ok
	}
	handle {
		header Vary Origin
		header @origin Access-Control-Allow-Origin {header.Origin}
		respond 404
	}
}
`

// caddyServer starts Caddy. Unlike nginx and Node it is not everywhere where tests must not be skipped.
func caddyServer(t *testing.T, sites string) string {
	t.Helper()
	if _, err := exec.LookPath("caddy"); err != nil {
		t.Skip("SKIPPED: there is no Caddy; on Debian: apt-get install caddy")
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	l.Close()
	dir := t.TempDir()
	for _, name := range []string{"HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME"} {
		t.Setenv(name, dir)
	}
	config := filepath.Join(dir, "Caddyfile")
	if err := os.WriteFile(config, []byte(strings.ReplaceAll(sites, "ADDRESS", address)), 0o600); err != nil {
		t.Fatal(err)
	}
	otherServer(t, "caddy", "run", "--config", config, "--adapter", "caddyfile")
	awaitServer(t, address)
	return "http://" + address
}

func TestProbeCaddy(t *testing.T) {
	url := caddyServer(t, caddySites)
	policy := policyFile(t, probePolicy)
	if r := probeJSON(t, exitOK, "-policy", policy, url+"/right"); r.Observed || r.Inconclusive != "" || len(r.Findings) > 0 {
		t.Errorf("%+v", r)
	}
	if r := probeJSON(t, exitOK, "-origin", "https://app.example", url+"/right"); !r.Observed || r.Inconclusive != "" || !slices.Equal(r.Policy.Origins, []string{"https://app.example"}) ||
		!slices.Equal(r.Policy.Methods, []string{"PUT"}) || !slices.Equal(r.Policy.RequestHeaders, []string{"content-type"}) {
		t.Errorf("%+v", r)
	}
	r := probeJSON(t, exitBad, "-policy", policy, url+"/begins")
	for _, id := range []string{"origin-prefix", "cache-breaks", "method-refused", "origin-refused"} {
		if !hasID(r, id) {
			t.Errorf("%s is not found: %+v", id, r)
		}
	}
	if r := probeJSON(t, exitBad, "-origin", "https://app.example", url+"/begins"); !r.Observed || !hasID(r, "origin-prefix") {
		t.Errorf("%+v", r)
	}
	if r := probeJSON(t, exitBad, url+"/echo"); !hasID(r, "origin-any") || !slices.Equal(r.Policy.Origins, []string{"*"}) || !r.Policy.Credentials {
		t.Errorf("%+v", r)
	}
	if r := probeJSON(t, exitOK, url+"/star"); !slices.Equal(r.Policy.Origins, []string{"*"}) || r.Policy.Credentials {
		t.Errorf("%+v", r)
	}
	if status, stdout, stderr := corspec("probe", url+"/right"); status != exitUsage || stdout != "" || stderr != "corspec probe: nothing found allowed; give -origin\n" {
		t.Errorf("status %d, %q, %q", status, stdout, stderr)
	}
}

// What people read, and what tools for continuous integration do.
func TestProbePrints(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.Header.Get("Origin"), "https://app.example") {
			w.Header().Set("Access-Control-Allow-Origin", r.Header.Get("Origin"))
		}
		w.Header().Set("Vary", "Origin")
	}))
	defer server.Close()
	junit := filepath.Join(t.TempDir(), "probe.xml")
	status, stdout, stderr := corspec("probe", "-origin", "https://app.example", "-junit", junit, server.URL)
	if status != exitBad || stderr != "" || strings.Contains(stdout, "\x1b") {
		t.Errorf("status %d, %q", status, stderr)
	}
	for _, want := range []string{
		"observed, of what was tried:\n{\"origins\":[\"https://app.example\"]}\n", "\nunsafe origin-prefix\n  page:   https://app.example.evil.example\n", "\n  fix:    ", " unsafe, ", " requests\n",
	} {
		if !strings.Contains(stdout, want) {
			t.Errorf("the output lacks %q:\n%s", want, stdout)
		}
	}
	text, err := os.ReadFile(junit)
	if err != nil {
		t.Fatal(err)
	}
	var report junitReport
	if err := xml.Unmarshal(text, &report); err != nil || len(report.Suites) != 1 || report.Suites[0].Failures == 0 || report.Suites[0].Tests != len(report.Suites[0].Cases) {
		t.Errorf("%v\n%s", err, text)
	}

	// What it prints as observed, lint reads.
	first, rest, _ := strings.Cut(stdout, "\n")
	config, _, _ := strings.Cut(rest, "\n")
	if status, lint, _ := corspec("lint", policyFile(t, config)); status != exitOK {
		t.Errorf("%s: %q: %s", first, config, lint)
	}

	// With -remote it says first what it will send.
	status, stdout, stderr = corspec("probe", "-remote", "-origin", "https://app.example", "-fail-on", "wasteful", "-limit", "5", server.URL)
	if status != exitUsage || !strings.Contains(stderr, "up to 5 requests to "+server.URL+": GET, HEAD") || !strings.Contains(stdout, "inconclusive: the limit of 5 requests is reached") {
		t.Errorf("status %d, %q, %q", status, stdout, stderr)
	}
}

// The page of what was found: a section for each finding, with the exchanges; and nothing that the server sends comes
// through.
func TestProbePage(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Vary", "Origin")
		w.Header().Set("Allow", `<script>alert(1)</script>" onload='x'`)
		if r.URL.Path == "/right" && r.Header.Get("Origin") == "https://app.example" || r.URL.Path != "/right" && strings.HasPrefix(r.Header.Get("Origin"), "https://app.example") {
			w.Header().Set("Access-Control-Allow-Origin", r.Header.Get("Origin"))
			w.Header().Set("Access-Control-Expose-Headers", `<b>{{.}}; X-A: | " onload='x'`)
		}
	}))
	defer server.Close()
	dir := t.TempDir()
	name := filepath.Join(dir, "page.html")
	for _, tt := range []struct {
		args   []string
		status int
		stdout string
		want   []string
	}{
		{[]string{server.URL + "/prefix"}, exitBad, server.URL + "/prefix: ", []string{"Unsafe: origin-prefix", "https://app.example.evil.example", "Access-Control-Allow-Origin", "Observed, of what was tried", `{"origins":["https://app.example"]`, "Wanted", "Fix", "Skip to the findings", "<b>{{.}}"}},
		{[]string{"-json", server.URL + "/prefix"}, exitBad, "{\n", []string{"Unsafe: origin-prefix"}},
		{[]string{"-policy", policyFile(t, `{"origins": ["https://app.example"], "exposeHeaders": ["x-a"]}`), "-limit", "5", server.URL + "/right"}, exitUsage, server.URL + "/right: nothing found, 5 requests\n", []string{"Nothing found, in 5 requests.", "Inconclusive: the limit of 5 requests is reached"}},
	} {
		status, stdout, stderr := corspec(append([]string{"probe", "-origin", "https://app.example", "-html", name}, tt.args...)...)
		if status != tt.status || !strings.HasPrefix(stdout, tt.stdout) || stderr != "" || strings.Contains(stdout, "  fix:") {
			t.Errorf("%q: status %d, %q, %q", tt.args, status, stdout, stderr)
		}
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		texts := strings.Join(readPage(t, string(data)), "\n")
		for _, want := range tt.want {
			if !strings.Contains(texts, want) {
				t.Errorf("%q: the page lacks %q", tt.args, want)
			}
		}
		if n := strings.Count(string(data), `<details class="fetch `); strings.Contains(tt.stdout, "nothing") != (n == 0) {
			t.Errorf("%q: %d findings", tt.args, n)
		}
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 1 {
		t.Errorf("what is left: %v, %v", left, err)
	}
	// A file that cannot be written is found before anything is sent.
	if status, stdout, stderr := corspec("probe", "-html", filepath.Join(dir, "nonesuch", "page.html"), "http://127.0.0.1:1/"); status != exitUsage || !strings.Contains(stderr, "-html") || stdout != "" {
		t.Errorf("status %d, %q, %q", status, stdout, stderr)
	}
}

// The exchanges of a finding are shown in their order, and the last one is the request that the line is about.
func TestPageOfFinding(t *testing.T) {
	finding := servertest.Finding{ID: "a", Severity: servertest.SeverityBroken, Exchanges: []servertest.Exchange{
		{Request: servertest.Request{Method: "OPTIONS", Path: "/", Headers: fetch.HeaderList{{"Origin", "https://a.example"}}}, Answer: servertest.Answer{Status: 204, HTTP: 2, Headers: fetch.HeaderList{{"Vary", "a; b | c"}}}},
		{Request: servertest.Request{Method: "PUT", Path: "/x;y"}, Answer: servertest.Answer{Error: "<reset>"}},
	}}
	f := newPageFinding(&finding, "http://localhost/")
	if len(f.Steps) != 4 || f.Steps[0].Label != "OPTIONS /" || !slices.Equal(f.Steps[0].Headers, []pageHeader{{Name: "Origin", Value: "https://a.example"}}) ||
		f.Steps[1].Label != "204" || f.Steps[1].Note != "HTTP/2" || !slices.Equal(f.Steps[1].Headers, []pageHeader{{Name: "Vary", Value: "a; b | c"}}) || f.Steps[1].Bad ||
		f.Steps[2].Label != "PUT /x;y" || f.Steps[3].Label != "no answer: <reset>" || !f.Steps[3].Bad || f.Method != "PUT" || f.URL != "/x;y" || f.Origin != "any page" {
		t.Errorf("%+v", f)
	}
	if f := newPageFinding(&servertest.Finding{ID: "a"}, "http://localhost/"); len(f.Steps) != 0 || f.Outcome != "note" {
		t.Errorf("%+v", f)
	}
}
