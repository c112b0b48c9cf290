package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/corspec/corspec/conformance"
)

// programs are what the test binary is instead where its first argument names one.
var programs = map[string]func() int{
	"exec": right,
	"wrong": answering(func(q question, a answer) any {
		switch q.Algorithm {
		case "same-site":
			return map[string]any{"id": q.ID, "output": false}
		case "parse-origin":
			return map[string]any{"id": q.ID, "error": "no idea"}
		case "cors-check":
			var output map[string]any
			if json.Unmarshal(a.Output, &output) != nil {
				return nil
			}
			if output["code"] != nil {
				output["code"] = "mine"
			}
			return map[string]any{"id": q.ID, "output": output}
		case "fetch":
			return map[string]any{"id": q.ID, "error": "not here", "unsupported": true}
		}
		return a
	}),
	"engine": answering(func(q question, a answer) any {
		if q.ID == "fetch/proxy-authentication" { // as Firefox and WebKitGTK return it
			return map[string]any{"id": q.ID, "output": map[string]any{"network": []any{}, "results": []any{}}}
		}
		return a
	}),
	"nothing": func() int { return 0 },
	"deaf":    func() int { time.Sleep(time.Minute); return 0 },
	"stays":   func() int { right(); time.Sleep(time.Minute); return 0 },
	"status":  func() int { right(); return 3 },
	"text":    answering(func(question, answer) any { return "hello" }),
	"order":   answering(func(question, answer) any { return map[string]any{"id": "x", "output": 1} }),
	"both":    answering(func(q question, _ answer) any { return map[string]any{"id": q.ID, "output": 1, "error": "x"} }),
	"null":    answering(func(q question, _ answer) any { return map[string]any{"id": q.ID, "output": nil} }),
	"twice": answering(func(q question, a answer) any {
		return json.RawMessage(fmt.Sprintf(`{"id":%q,"output":"WRONG","output":%s}`, q.ID, a.Output))
	}),
	"folded": answering(func(q question, a answer) any {
		return json.RawMessage(fmt.Sprintf(`{"id":%q,"output":"WRONG","OUTPUT":%s}`, q.ID, a.Output))
	}),
	"deep-twice": answering(func(q question, a answer) any {
		return json.RawMessage(fmt.Sprintf(`{"id":%q,"output":{"ok":false,"ok":true}}`, q.ID))
	}),
	"unknown": answering(func(q question, a answer) any {
		return map[string]any{"id": q.ID, "output": a.Output, "note": "x"}
	}),
	"hangs": answering(func(q question, a answer) any { hang(q.ID == "method/get"); return a }),
	"crashes": answering(func(q question, a answer) any {
		if q.ID == "method/get" {
			os.Exit(7)
		}
		return a
	}),
	"hangs-often": answering(func(q question, a answer) any { hang(q.Algorithm == "method"); return a }),
	"family": func() int {
		for range 2 {
			child := exec.Command(os.Args[0], "deaf")
			child.Stdout = os.Stdout
			if child.Start() != nil {
				return 1
			}
			fmt.Fprintln(os.Stderr, "child", child.Process.Pid)
		}
		return right()
	},
	"more": func() int { right(); fmt.Println(`{"id": null}`); return 0 },
}

// right answers as corspec exec.
func right() int { return run([]string{"exec"}, os.Stdin, os.Stdout, os.Stderr) }

// answering is a program that changes the right answers.
func answering(change func(question, answer) any) func() int {
	return func() int {
		for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
			var q question
			if json.Unmarshal(lines.Bytes(), &q) != nil {
				return 1
			}
			a, err := readAnswer(answerLine(lines.Bytes()), q.ID)
			if err != nil {
				return 1
			}
			var line []byte
			switch changed := change(q, a).(type) {
			case json.RawMessage:
				line = changed // perhaps not what an encoder would write
			case answer:
				line = bytes.TrimSuffix(answerLine(lines.Bytes()), []byte("\n"))
			default:
				line, err = encode(changed)
			}
			if err != nil {
				return 1
			}
			fmt.Printf("%s\n", line)
		}
		return 0
	}
}

// hang does not end, if it is to hang.
func hang(yes bool) {
	if yes {
		time.Sleep(time.Minute)
	}
}

func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == "corspec" {
		os.Args = os.Args[1:]
		main()
	}
	if len(os.Args) == 2 && programs[os.Args[1]] != nil {
		os.Exit(programs[os.Args[1]]())
	}
	os.Exit(m.Run())
}

// against runs corspec vectors with the test binary as one of the programs.
func against(t *testing.T, program string, args ...string) (status int, stdout, stderr string) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return corspec(append([]string{"vectors", "-run", self + " " + program}, args...)...)
}

// TestExecVectors sends every vector through the pipe.
func TestExecVectors(t *testing.T) {
	status, stdout, stderr := against(t, "exec", "-compare", "step")
	n := len(conformance.Vectors())
	if want := fmt.Sprintf("%d vectors, compared by step: %d pass, 0 fail, 0 unsupported\n", n, n); status != exitOK || stdout != want || stderr != "" {
		t.Errorf("status %d, %.2000s, %s", status, stdout, stderr)
	}
}

// rows returns how many vectors an algorithm has.
func rows(algorithm string) (n int) {
	for _, v := range conformance.Vectors() {
		if v.Algorithm() == algorithm {
			n++
		}
	}
	return n
}

func TestVectorsRun(t *testing.T) {
	const fetched = "fetch/cache-flag-is-cached"
	for _, tt := range []struct {
		program        string
		args           []string
		status         int
		stdout, stderr string // what is in it; "" is nothing
	}{
		{"wrong", []string{"cors-check/wildcard-with-credentials"}, exitOK, "by outcome: 1 pass, 0 fail", ""},
		{"wrong", []string{"-algorithm", "cors-check", "-compare", "code"}, exitBad, "FAIL cors-check/", ""},
		{"wrong", []string{"-algorithm", "same-site"}, exitBad, "     want:  true\n     got:   false\n", ""},
		{"wrong", []string{"-algorithm", "parse-origin"}, exitBad, "     error: no idea\n", ""},
		{"wrong", []string{fetched}, exitBad, "0 pass, 0 fail, 1 unsupported\n  unsupported: fetch (1)\n", ""},
		{"wrong", []string{fetched, "method/get"}, exitOK, "1 pass, 0 fail, 1 unsupported\n  unsupported: fetch (1)\n", ""},
		{"null", []string{"method/get"}, exitBad, "     got:   null\n", ""},
		{"nothing", []string{"method/get"}, exitUsage, "FAIL method/get", "method/get: the program ended before it answered"},
		{"deaf", []string{"method/get", "-timeout", "200ms"}, exitUsage, "FAIL method/get", "method/get: nothing came for 200ms, which -timeout sets"},
		{"stays", []string{"method/get", "-timeout", "5s"}, exitUsage, "", "does not end at the end of its input"},
		{"status", []string{"method/get"}, exitUsage, "", "exit status 3"},
		{"text", []string{"method/get"}, exitUsage, "FAIL method/get", "the answer is not of the protocol"},
		{"order", []string{"method/get"}, exitUsage, "FAIL method/get", `the answer has the id "x"`},
		{"both", []string{"method/get"}, exitBad, `either "output" or "error"`, ""},
		{"twice", []string{"method/get"}, exitBad, `the field "output" twice`, ""},
		{"folded", []string{"method/get"}, exitBad, `the field "OUTPUT" is not known`, ""},
		{"unknown", []string{"method/get"}, exitBad, `the field "note" is not known`, ""},
		{"deep-twice", []string{"cors-check/wildcard-with-credentials"}, exitBad, `the field "ok" twice`, ""},
		{"hangs", []string{"-algorithm", "method", "-timeout", "5s"}, exitBad, fmt.Sprintf("fault: nothing came for 5s, which -timeout sets\n%d vectors, compared by outcome: %d pass, 1 fail, 0 unsupported\n", rows("method"), rows("method")-1), ""},
		{"crashes", []string{"-algorithm", "method"}, exitBad, "fault: the program ended before it answered: exit status 7", ""},
		{"crashes", []string{"-algorithm", "method"}, exitBad, fmt.Sprintf(" %d pass, 1 fail, 0 unsupported\n", rows("method")-1), ""},
		{"hangs-often", []string{"-algorithm", "method", "-timeout", "200ms"}, exitUsage, "FAIL method/unregistered", "nothing came for 200ms"},
		{"hangs-often", []string{"method/get", "method/lowercase", "host/domain", "-timeout", "4s"}, exitBad, "1 pass, 2 fail", ""},
		{"wrong", []string{"-algorithm", "fetch", "-skip", "fetch"}, exitBad, "0 pass, 0 fail, 0 unsupported, ", ""},
		{"wrong", []string{fetched, "method/get", "-strict"}, exitBad, "-strict: what is not supported has to be named by -skip", ""},
		{"wrong", []string{fetched, "method/get", "-strict", "-skip", "fetch"}, exitOK, "1 pass, 0 fail, 0 unsupported, 1 skipped\n", ""},
		{"wrong", []string{fetched, "method/get", "-strict", "-skip", "host," + fetched}, exitOK, "1 pass, 0 fail, 0 unsupported, 1 skipped\n", ""},
		{"engine", []string{"fetch/cache-fragment", "fetch/proxy-authentication", "-browser", "firefox"}, exitOK, "1 pass, 0 fail, 0 unsupported, 1 as firefox is known to differ\n", ""},
		{"engine", []string{"fetch/proxy-authentication"}, exitBad, "FAIL fetch/proxy-authentication", ""},
		{"more", []string{"method/get"}, exitUsage, "", `more answers than lines: {"id": null}`},
	} {
		t.Run(tt.program+" "+strings.Join(tt.args, " "), func(t *testing.T) {
			t.Parallel()
			status, stdout, stderr := against(t, tt.program, tt.args...)
			if status != tt.status || (stdout == "") != (tt.stdout == "") || (stderr == "") != (tt.stderr == "") ||
				!strings.Contains(stdout, tt.stdout) || !strings.Contains(stderr, tt.stderr) {
				t.Errorf("status %d, %.1000s, %s", status, stdout, stderr)
			}
		})
	}
}

func TestVectorsRunUsage(t *testing.T) {
	for _, tt := range []struct {
		args   []string
		status int
		stderr string
	}{
		{[]string{"-strict"}, exitUsage, "-strict is given, and -run names no program"},
		{[]string{"-run", "x", "-skip", "nonesuch"}, exitUsage, `-skip "nonesuch": there is no such algorithm or id`},
		{[]string{"-shapes", "url", "-list"}, exitUsage, "-list and -shapes: one of them at a time"},
		{[]string{"-shapes", "nonesuch"}, exitBad, `there is no algorithm "nonesuch"`},
		{[]string{"-step", "cors-check:99"}, exitBad, `no vectors that pin the step "cors-check:99"`},
		{[]string{"-run", " "}, exitUsage, "-run names no program"},
		{[]string{"-compare", "code"}, exitUsage, "-compare is given, and -run names no program"},
		{[]string{"-run", "x", "-list"}, exitUsage, "one of them at a time"},
		{[]string{"-run", "x", "-compare", "name"}, exitUsage, `-compare "name": it has to be outcome, code or step`},
		{[]string{"-run", "x", "-timeout", "0s"}, exitUsage, "has to be more than 0"},
		{[]string{"-run", "x", "-algorithm", "nonesuch"}, exitBad, `no vectors of algorithm "nonesuch"`},
		{[]string{"-run", "./no-such-program"}, exitUsage, "./no-such-program: "},
	} {
		status, stdout, stderr := corspec(append([]string{"vectors"}, tt.args...)...)
		if status != tt.status || stdout != "" || !strings.Contains(stderr, tt.stderr) {
			t.Errorf("%q: status %d, %q, %q", tt.args, status, stdout, stderr)
		}
	}
}

func TestVectorsJUnit(t *testing.T) {
	path := filepath.Join(t.TempDir(), "junit.xml")
	against(t, "wrong", "-algorithm", "same-site", "-junit", path)
	against(t, "wrong", "fetch/cache-flag-is-cached", "method/get", "same-site/"+strings.TrimPrefix(first("same-site"), "same-site/"), "-junit", path)
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var report junitReport
	if err := xml.Unmarshal(data, &report); err != nil {
		t.Fatal(err)
	}
	got := ""
	for _, s := range report.Suites {
		got += fmt.Sprintf("%s %d %d %d;", s.Name, s.Tests, s.Failures, s.Skipped)
		for _, c := range s.Cases {
			if (c.Failure != nil) != (s.Name == "same-site") || (c.Skipped != nil) != (s.Name == "fetch") || c.Class != s.Name || !strings.HasPrefix(c.Name, s.Name+"/") {
				t.Errorf("%+v", c)
			}
		}
	}
	if want := "fetch 1 0 1;method 1 0 0;same-site 1 1 0;"; got != want {
		t.Errorf("%q, want %q\n%s", got, want, data)
	}
}

// first returns the id of an algorithm's first vector whose output is true.
func first(algorithm string) string {
	for _, v := range conformance.Vectors() {
		if v.Algorithm() == algorithm && string(v.Output) == "true" {
			return v.ID
		}
	}
	return ""
}

func TestVectorsShapes(t *testing.T) {
	for _, algorithm := range conformance.Algorithms() {
		status, stdout, stderr := corspec("vectors", "-shapes", algorithm)
		if status != exitOK || stderr != "" || !strings.HasPrefix(stdout, algorithm+"\n  input:   ") || !strings.Contains(stdout, "\n  such as  {\"id\":\""+algorithm+"/") {
			t.Errorf("%s: status %d, %s%s", algorithm, status, stdout, stderr)
		}
		_, line, _ := strings.Cut(stdout, "such as  ")
		line, output, _ := strings.Cut(line, "\n  gives    ")
		output, _, _ = strings.Cut(output, "\n")
		a, err := readAnswer(answerLine([]byte(line)), strings.Split(line, `"`)[3])
		if err != nil || a.Output == nil {
			t.Errorf("%s: what is shown is answered by %v, %v", algorithm, a, err)
		}
		if !json.Valid([]byte(output)) {
			t.Errorf("%s: %s", algorithm, output)
		}
	}
}

func TestVectorsStep(t *testing.T) {
	_, exact, _ := corspec("vectors", "-list", "-step", "cors-check:4")
	_, all, _ := corspec("vectors", "-list", "-step", "cors-check")
	if !strings.Contains(exact, "cors-check/wildcard-with-credentials: ") || strings.Count(all, "\n") <= strings.Count(exact, "\n") {
		t.Errorf("%s\n%s", exact, all)
	}
	want := 0
	for _, v := range conformance.Vectors() {
		if v.Step == "cors-check:4" {
			want++
		}
	}
	if got := strings.Count(exact, "\n"); got != want {
		t.Errorf("%d vectors pin cors-check:4, want %d", got, want)
	}
}
