package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/corspec/corspec/conformance/clienttest"
	"github.com/corspec/corspec/conformance/internal/fetchclient"
	"github.com/corspec/corspec/fetch/fetchhttp"
)

func init() {
	programs["client"] = func() int { return serveClient(&fetchclient.Client{Transport: uncompressed()}) }
	for name, change := range map[string]func(n int, line, answer []byte) []byte{
		"client-garbage": func(n int, _, answer []byte) []byte { return pick(n%3 == 1, "hello there", answer) },
		"client-always":  func(_ int, _, answer []byte) []byte { return []byte("hello there") },
		"client-list":    func(n int, _, answer []byte) []byte { return pick(n%3 == 1, "[1]", answer) },
		"client-strange": func(n int, _, answer []byte) []byte {
			return pick(n%5 == 0, "{\"id\":987654321}\n"+string(answer), answer)
		},
		"client-twice": func(n int, _, answer []byte) []byte { return append(append(bytes.Clone(answer), '\n'), answer...) },
		"client-long":  func(n int, _, answer []byte) []byte { return pick(n == 1, strings.Repeat("x", 20<<20), answer) },
		"client-typed": func(n int, _, answer []byte) []byte {
			return bytes.Replace(answer, []byte(`"status":2`), []byte(`"status":"2`), 1)
		},
		"client-status": func(n int, _, answer []byte) []byte {
			return bytes.Replace(answer, []byte(`"status":200`), []byte(`"status":"200"`), 1)
		},
		"client-both": func(n int, _, answer []byte) []byte {
			return bytes.Replace(answer, []byte(`"response":`), []byte(`"rejected":"TypeError","response":`), 1)
		},
		"client-fails": func(n int, line, answer []byte) []byte { return failing(n%2 == 1, line, answer) },
		"client-protocol": func(n int, _, answer []byte) []byte {
			return bytes.Replace(answer, []byte(`"protocol":1`), []byte(`"protocol":2`), 1)
		},
		"client-dies":  func(n int, line, answer []byte) []byte { return exiting(line, answer) },
		"client-hangs": func(n int, line, answer []byte) []byte { return hanging(line, answer) },
		"client-deaf":  func(int, []byte, []byte) []byte { time.Sleep(time.Minute); return nil },
		"client-unable": func(n int, line, answer []byte) []byte {
			return pick(n > 0 && bytes.Contains(line, []byte(`"op":"fetch"`)), fmt.Sprintf(`{"id":%d,"unsupported":true}`, idIn(line)), answer)
		},
		"client-extra": func(n int, _, answer []byte) []byte {
			return bytes.Replace(answer, []byte(`{"id"`), []byte(`{"milliseconds":3,"id"`), 1)
		},
		"client-minimal": func(n int, _, answer []byte) []byte {
			return bytes.Replace(answer, []byte(`,"statusText":"OK"`), nil, 1)
		},
		"client-overslow":   func(n int, _, answer []byte) []byte { time.Sleep(20 * time.Millisecond); return answer },
		"client-everything": func(n int, _, answer []byte) []byte { return everything(answer) },
	} {
		programs[name] = func() int { return changedClient(change) }
	}
}

func pick(when bool, text string, answer []byte) []byte {
	if when {
		return []byte(text)
	}
	return answer
}

func idIn(line []byte) (id int) {
	var q struct{ ID int }
	json.Unmarshal(line, &q)
	return q.ID
}

func failing(when bool, line, answer []byte) []byte {
	return pick(when && bytes.Contains(line, []byte(`"op":"fetch"`)), fmt.Sprintf(`{"id":%d,"error":"the window is closed"}`, idIn(line)), answer)
}

// exiting ends at a request with method HEAD.
func exiting(line, answer []byte) []byte {
	if bytes.Contains(line, []byte(`"HEAD"`)) {
		os.Exit(7)
	}
	return answer
}

// hanging does not answer requests with method HEAD, and nothing that comes after them.
func hanging(line, answer []byte) []byte {
	if bytes.Contains(line, []byte(`"HEAD"`)) {
		time.Sleep(time.Minute)
	}
	return answer
}

// everything says of all responses that they show a header that was never sent, and the secret.
func everything(answer []byte) []byte {
	return bytes.Replace(answer, []byte(`"rejected":"TypeError"`), []byte(`"response":{"type":"cors","status":200,"bodyBase64":"c2VjcmV0"}`), 1)
}

// changedClient is a program that changes the right answers, one after another.
func changedClient(change func(n int, line, answer []byte) []byte) int {
	right := &fetchclient.Client{Transport: uncompressed()}
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, clienttest.MostLine)
	for n := 0; lines.Scan(); n++ {
		var answer bytes.Buffer
		if clienttest.Serve(context.Background(), bytes.NewReader(lines.Bytes()), &answer, right) != nil {
			return 1
		}
		os.Stdout.Write(append(change(n, lines.Bytes(), bytes.TrimSuffix(answer.Bytes(), []byte("\n"))), '\n'))
	}
	return 0
}

// uncompressed is fetchhttp's transport, without what it does of its own.
func uncompressed() *http.Transport {
	t := fetchhttp.DefaultTransport().(*http.Transport).Clone()
	t.DisableCompression = true
	return t
}

// serveClient is a program that drives a client.
func serveClient(c clienttest.Client) int {
	if err := clienttest.Serve(context.Background(), os.Stdin, os.Stdout, c); err != nil {
		return 1
	}
	return 0
}

// self is this test's program, as another one.
func self(t *testing.T, name string) string {
	t.Helper()
	file, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return file + " " + name
}

func TestClientsRight(t *testing.T) {
	t.Parallel()
	authority := filepath.Join(t.TempDir(), "authority.pem")
	junit := filepath.Join(t.TempDir(), "junit.xml")
	status, stdout, stderr := corspec("clients", "-run", self(t, "client"), "-tls="+authority, "-junit", junit)
	if status != exitOK || stderr != "" || !strings.HasPrefix(stdout, "fetchhttp, compared with standard: nothing found\n") {
		t.Errorf("status %d: %s%s", status, stdout, stderr)
	}
	if pem, err := os.ReadFile(authority); err != nil || !bytes.HasPrefix(pem, []byte("-----BEGIN CERTIFICATE-----")) {
		t.Errorf("the authority: %.40q, %v", pem, err)
	}
	var report junitReport
	text, err := os.ReadFile(junit)
	if err == nil {
		err = xml.Unmarshal(text, &report)
	}
	cases := 0
	for _, s := range report.Suites {
		cases += s.Tests
	}
	if err != nil || cases != len(clienttest.Cases()) {
		t.Errorf("JUnit: %d of %d cases, %v", cases, len(clienttest.Cases()), err)
	}
}

// TestClientsPrograms holds what is made of programs that do not keep to the protocol, or not well.
func TestClientsPrograms(t *testing.T) {
	for _, tt := range []struct {
		program string
		status  int
		wants   []string // what is printed
	}{
		{"client-garbage", exitUsage, []string{"an answer is not of the protocol", "hello there", "inconclusive"}},
		{"client-always", exitUsage, []string{"hello there"}},
		{"client-list", exitUsage, []string{"it is a list"}},
		{"client-strange", exitUsage, []string{"an answer to the id 987654321, to which none is awaited"}},
		{"client-twice", exitUsage, []string{"to which none is awaited"}},
		{"client-long", exitUsage, []string{"longer than"}},
		{"client-typed", exitUsage, []string{"inconclusive"}},
		{"client-status", exitUsage, []string{"response.status: is a string, want a number"}},
		{"client-both", exitUsage, []string{`want either "response" or "rejected"`}},
		{"client-fails", exitUsage, []string{"the driver failed: the window is closed"}},
		{"client-protocol", exitUsage, []string{"protocol: want 1"}},
		{"client-dies", exitBad, []string{"no-answer", "exit status 7", "method/HEAD-listed"}},
		{"client-hangs", exitBad, []string{"no-answer", "no answer for 2s", "method/HEAD-listed"}},
		{"client-deaf", exitUsage, []string{"no answer for 2s"}},
		{"client-unable", exitBad, []string{"0 pass, 0 fail"}},
		{"client-extra", exitOK, []string{"nothing found"}},
		{"client-minimal", exitOK, []string{"note"}},
		{"client-overslow", exitOK, []string{"nothing found"}},
		{"client-everything", exitBad, []string{"unsafe", "read"}},
		{"status", exitUsage, []string{"hello: line: algorithm: missing field"}},
		{"nothing", exitUsage, []string{"the program ended before it answered"}},
	} {
		t.Run(tt.program, func(t *testing.T) {
			t.Parallel()
			args := []string{"clients", "-run", self(t, tt.program), "-case", "^method/(GET|HEAD|PUT)-(listed|not-listed|wildcard)$"}
			switch tt.program {
			case "client-hangs", "client-deaf":
				args = append(args[:4], "^method/(HEAD|PUT)-listed$", "-timeout", "2s")
			case "client-long":
				args[4] = "^method/HEAD-listed$" // alone, so that it is known what the line belongs to
			}
			status, stdout, stderr := corspec(args...)
			if status != tt.status {
				t.Errorf("status %d, want %d", status, tt.status)
			}
			for _, want := range tt.wants {
				if !strings.Contains(stdout+stderr, want) {
					t.Errorf("%q is not in it", want)
				}
			}
			if t.Failed() {
				t.Logf("%s%s", stdout, stderr)
			}
		})
	}
}

// TestClientsUsage holds what is said of wrong usage.
func TestClientsUsage(t *testing.T) {
	for _, tt := range []struct {
		args   []string
		status int
		want   string
	}{
		{[]string{}, exitUsage, "-run names no program"},
		{[]string{"-run", "x", "y"}, exitUsage, "it takes no arguments"},
		{[]string{"-run", "/nonesuch"}, exitUsage, "/nonesuch"},
		{[]string{"-run", "x", "-browser", "lynx"}, exitUsage, "it has to be standard, chromium, firefox or webkitgtk"},
		{[]string{"-run", "x", "-case", "("}, exitUsage, "-case"},
		{[]string{"-run", "x", "-case", "^nonesuch$"}, exitUsage, "there is no case ^nonesuch$"},
		{[]string{"-run", "x", "-timeout", "0s"}, exitUsage, "it has to be more than 0"},
		{[]string{"-run", "x", "-fail-on", "note"}, exitUsage, "-fail-on note"},
		{[]string{"-list", "-case", "^method/PUT-listed$"}, exitOK, "method/PUT-listed: The method PUT"},
	} {
		status, stdout, stderr := corspec(append([]string{"clients"}, tt.args...)...)
		if status != tt.status || !strings.Contains(stdout+stderr, tt.want) {
			t.Errorf("corspec clients %q: status %d, %s%s", tt.args, status, stdout, stderr)
		}
	}
}

// TestClientsJSON holds what -json prints, and -fail-on.
func TestClientsJSON(t *testing.T) {
	t.Parallel()
	run := func(more ...string) (int, clientsReport) {
		status, stdout, stderr := corspec(append([]string{"clients", "-run", self(t, "client-everything"), "-json", "-case", "^throws/|^cors-check/same-origin=none$"}, more...)...)
		var report clientsReport
		if err := json.Unmarshal([]byte(stdout), &report); err != nil {
			t.Errorf("%v: %s%s", err, stdout, stderr)
		}
		return status, report
	}
	status, report := run()
	if status != exitBad || report.Client != "fetchhttp" || report.Failed == 0 || len(report.Findings) == 0 || report.Findings[0].Severity != clienttest.SeverityUnsafe || report.Findings[0].ID != "cors-check/same-origin=none" || report.Findings[0].Step != "cors-check:2" {
		t.Errorf("status %d: %+v", status, report)
	}
	if status, _ := run("-browser", "firefox", "-fail-on", "unsafe"); status != exitBad {
		t.Errorf("-fail-on unsafe: status %d", status)
	}
}
