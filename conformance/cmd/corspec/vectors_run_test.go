package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
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
	"nothing": func() int { return 0 },
	"deaf":    func() int { time.Sleep(time.Minute); return 0 },
	"stays":   func() int { right(); time.Sleep(time.Minute); return 0 },
	"status":  func() int { right(); return 3 },
	"text":    answering(func(question, answer) any { return "hello" }),
	"order":   answering(func(question, answer) any { return map[string]any{"id": "x", "output": 1} }),
	"both":    answering(func(q question, _ answer) any { return map[string]any{"id": q.ID, "output": 1, "error": "x"} }),
	"null":    answering(func(q question, _ answer) any { return map[string]any{"id": q.ID, "output": nil} }),
	"more":    func() int { right(); fmt.Println(`{"id": null}`); return 0 },
}

// right answers as corspec exec.
func right() int { return run([]string{"exec"}, os.Stdin, os.Stdout, os.Stderr) }

// answering is a program that changes the right answers.
func answering(change func(question, answer) any) func() int {
	return func() int {
		for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
			var q question
			var a answer
			if json.Unmarshal(lines.Bytes(), &q) != nil || json.Unmarshal(answerLine(lines.Bytes()), &a) != nil {
				return 1
			}
			line, err := encode(change(q, a))
			if err != nil {
				return 1
			}
			fmt.Printf("%s\n", line)
		}
		return 0
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
		{"nothing", []string{"method/get"}, exitUsage, "", "method/get: the program ended before it answered"},
		{"deaf", []string{"method/get", "-timeout", "200ms"}, exitUsage, "", "method/get: nothing came for 200ms, which -timeout sets"},
		{"stays", []string{"method/get", "-timeout", "2s"}, exitUsage, "", "does not end at the end of its input"},
		{"status", []string{"method/get"}, exitUsage, "", "exit status 3"},
		{"text", []string{"method/get"}, exitUsage, "", "the answer is none of the protocol"},
		{"order", []string{"method/get"}, exitUsage, "", `the answer has the id "x"`},
		{"both", []string{"method/get"}, exitUsage, "", `either "output" or "error"`},
		{"more", []string{"method/get"}, exitUsage, "", `more answers than lines: {"id": null}`},
	} {
		status, stdout, stderr := against(t, tt.program, tt.args...)
		if status != tt.status || (stdout == "") != (tt.stdout == "") || (stderr == "") != (tt.stderr == "") ||
			!strings.Contains(stdout, tt.stdout) || !strings.Contains(stderr, tt.stderr) {
			t.Errorf("%s %q: status %d, %.1000s, %s", tt.program, tt.args, status, stdout, stderr)
		}
	}
}

func TestVectorsRunUsage(t *testing.T) {
	for _, tt := range []struct {
		args   []string
		status int
		stderr string
	}{
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
