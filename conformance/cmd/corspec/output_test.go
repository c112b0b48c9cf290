package main

import (
	"bytes"
	"errors"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// TestOutputIsLost runs every command with an output that cannot be written: the end is a message and status 2,
// whatever the command found out.
func TestOutputIsLost(t *testing.T) {
	server := rawServer(t, "HTTP/1.1 200 OK\r\nAccess-Control-Allow-Origin: *\r\nContent-Length: 0\r\n\r\n")
	good := file(t, "policy.json", `{"origins":["https://app.example"]}`)
	commands := [][]string{
		{"version"}, {"help"}, {"exec", "-h"}, {"lint", good}, {"vectors"}, {"vectors", "-list"}, {"vectors", "-run", os.Args[0] + " exec", "method/get"}, {"check", server}, {"check", "-json", server},
		{"check"}, {"explain", "-status", "200", "https://api.example/"}, {"explain", "-json", "testdata/chromium.har"}, {"explain", "testdata/firefox.har"},
	}
	t.Run("in process", func(t *testing.T) {
		for _, args := range commands {
			var stderr bytes.Buffer
			status := run(args, strings.NewReader(""), fullDisk{}, &stderr)
			if want := "corspec " + args[0] + ": standard output: the disk is full\n"; status != exitUsage || !strings.HasSuffix(stderr.String(), want) {
				t.Errorf("%q: status %d, %q, want %d and %q", args, status, stderr.String(), exitUsage, want)
			}
		}
		var stderr bytes.Buffer
		line := `{"id":1,"algorithm":"method","input":{"method":"GET"}}` + "\n"
		if status := run([]string{"exec"}, strings.NewReader(strings.Repeat(line, 10_000)), fullDisk{}, &stderr); status != exitUsage || stderr.String() != "corspec exec: standard output: the disk is full\n" {
			t.Errorf("exec: status %d, %q", status, stderr.String())
		}
	})
	for name, open := range map[string]func(t *testing.T) *os.File{
		"a full disk": func(t *testing.T) *os.File {
			f, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
			if err != nil {
				t.Skipf("this system has no full disk to write to: %v", err)
			}
			return f
		},
		"a closed pipe": func(t *testing.T) *os.File {
			r, w, err := os.Pipe()
			if err != nil {
				t.Fatal(err)
			}
			r.Close()
			return w
		},
	} {
		t.Run(name, func(t *testing.T) {
			out := open(t)
			defer out.Close()
			for _, args := range append(commands, []string{"exec"}) {
				cmd := exec.Command(os.Args[0], append([]string{"corspec"}, args...)...)
				var stderr bytes.Buffer
				cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(`{"id":1,"algorithm":"method","input":{"method":"GET"}}`), out, &stderr
				cmd.Run()
				if status := cmd.ProcessState.ExitCode(); status != exitUsage || !strings.HasPrefix(stderr.String(), "corspec "+args[0]+": standard output: ") || strings.Count(stderr.String(), "\n") != 1 {
					t.Errorf("%q: %v, %q", args, cmd.ProcessState, stderr.String())
				}
			}
		})
	}
}

type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) { return 0, errors.New("the disk is full") }

// TestErrorsAreEscaped holds that what comes from outside, such as the name of a file, does not reach a terminal as it
// is.
func TestErrorsAreEscaped(t *testing.T) {
	const name = "no\x1b[2J\x9bfile\u202e\n"
	for _, args := range [][]string{{"lint", name}, {"explain", name}, {"check", name}, {"check", "-origin", name, "https://a.example"}, {"vectors", name}, {"vectors", "-run", name}, {name}, {"exec", name}, {"version", name},
		{"lint", "-" + name}, {"check", "-mode", name}} {
		status, stdout, stderr := corspec(args...)
		if status == exitOK || strings.ContainsAny(stdout+stderr, "\x1b\u202e") || strings.Contains(stdout+stderr, "\x9b") || !strings.Contains(stderr, `\x1b`) {
			t.Errorf("%q: status %d, %q, %q", args, status, stdout, stderr)
		}
	}
}

// countingWriter counts the calls.
type countingWriter struct {
	calls int
	bytes.Buffer
}

func (c *countingWriter) Write(p []byte) (int, error) {
	c.calls++
	return c.Buffer.Write(p)
}

// TestExecWritesAtPauses: input that is there already is answered without a call for each line.
func TestExecWritesAtPauses(t *testing.T) {
	var out countingWriter
	line := `{"id":1,"algorithm":"method","input":{"method":"GET"}}` + "\n"
	if status := run([]string{"exec"}, strings.NewReader(strings.Repeat(line, 1000)), &out, io.Discard); status != exitOK || strings.Count(out.String(), "\n") != 1000 || out.calls > 10 {
		t.Errorf("status %d, %d calls for %d lines", status, out.calls, strings.Count(out.String(), "\n"))
	}
	if status, blank := run([]string{"exec"}, strings.NewReader("\n \t\r\n"+line+"\n\n"), &out, io.Discard), strings.Count(out.String(), "\n"); status != exitOK || blank != 1001 {
		t.Errorf("status %d, %d lines: a blank line has no answer", status, blank)
	}
}

// TestProgress holds that progress is told now and then, on a line of its own that is cleared, and only where somebody
// watches.
func TestProgress(t *testing.T) {
	var b bytes.Buffer
	nobody := newProgress(&b, "entries", 3)
	nobody.start = nobody.start.Add(-time.Hour)
	nobody.at(1)
	nobody.done()
	if b.Len() > 0 {
		t.Errorf("%q for nobody", b.String())
	}
	p := &progress{w: &b, noun: "entries", total: 3, start: time.Now()}
	p.at(1) // too early to say anything
	p.start = p.start.Add(-time.Hour)
	p.at(2)
	p.at(3) // too soon
	p.done()
	p.done()
	if want := "\r2 of 3 entries\x1b[K\r\x1b[K"; b.String() != want {
		t.Errorf("%q, want %q", b.String(), want)
	}
	(*progress)(nil).at(1)
	(*progress)(nil).done()
}
