package main

import (
	"bytes"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/corspec/corspec/internal/lineartest"
)

// hostile is what must not come through to a terminal or a page: what moves a cursor, in both its forms, what turns
// text round, and markup.
const hostile = "\x1b[2J\x9b\u009b\u202e\u2066<script>alert(1)</script>\" onload='x'"

// checkOutput fails where something that a terminal obeys is in an output.
func checkOutput(t *testing.T, status int, outputs ...string) {
	t.Helper()
	if status < exitOK || status > exitUsage {
		t.Errorf("status %d", status)
	}
	for _, s := range outputs {
		if !utf8.ValidString(s) {
			t.Errorf("not UTF-8: %q", s)
		}
		for _, r := range s {
			if r != '\n' && r != '\t' && !unicode.IsPrint(r) {
				t.Errorf("%U in %q", r, s)
				break
			}
		}
	}
}

// FuzzPaste puts any text to explain as what was copied.
func FuzzPaste(f *testing.F) {
	for _, c := range clipboard {
		f.Add(c.text)
	}
	f.Add("curl 'https://a.example/" + hostile + "' -H 'X-A: " + hostile + "' -H 'Origin: " + hostile + "' -b '" + hostile + "'")
	f.Add(`fetch("https://a.example/", {"method": "\u001b", "headers": {"x-\u202e": "` + hostile + `"}})`)
	f.Fuzz(func(t *testing.T, text string) {
		if strings.Contains(text, "@") || strings.Contains(text, "-T") || strings.Contains(text, "upload-file") || strings.Contains(text, "<") {
			return // it may name a file
		}
		for _, args := range [][]string{{"explain", "-R", allowAll, "-P", allowAll, "-"}, {"explain", "-json", "-R", allowAll, "-"}} {
			var stdout, stderr bytes.Buffer
			status := run(args, strings.NewReader(text), &stdout, &stderr)
			checkOutput(t, status, stdout.String(), stderr.String())
			if stdout.Len()+stderr.Len() == 0 {
				t.Error("not a word")
			}
		}
	})
}

// FuzzResponseText puts any text to explain as what came back.
func FuzzResponseText(f *testing.F) {
	f.Add(curlPUT + curlGET)
	f.Add(curlVerbose)
	f.Add("HTTP/1.1 200 " + hostile + "\r\nAccess-Control-Allow-Origin: " + hostile + "\r\nX-" + hostile + ": a\r\n\r\n" + hostile)
	f.Add("HTTP/1.1 302 Found\nLocation: https://b.example/" + hostile + "\n")
	f.Add("> GET /" + hostile + " HTTP/1.1\n> Host: " + hostile + "\n> Origin: " + hostile + "\n> X-A: " + hostile + "\n>\n< HTTP/1.1 200 OK\n<\n")
	f.Fuzz(func(t *testing.T, text string) {
		for _, args := range [][]string{{"explain", "-X", "PUT", "-"}, {"explain", "-json", "-credentials", "include", "-"}} {
			var stdout, stderr bytes.Buffer
			status := run(args, strings.NewReader(text), &stdout, &stderr)
			checkOutput(t, status, stdout.String(), stderr.String())
			if stdout.Len()+stderr.Len() == 0 {
				t.Error("not a word")
			}
		}
	})
}

// TestLargeTexts holds that a text, however it is made, costs time in proportion.
func TestLargeTexts(t *testing.T) {
	around := func(before, middle, after string) func(int) string {
		return func(size int) string { return before + strings.Repeat(middle, size/len(middle)) + after }
	}
	for name, text := range map[string]func(size int) string{
		"words":            around("curl https://a.example/ ", "-H 'X-A: b' ", ""),
		"one word":         around("curl https://a.example/ -H 'X-A: ", "\\\n''\"\"", "'"),
		"carets":           around("curl ^\"https://a.example/^\" -H ^\"X-A: ", "^^", "^\""),
		"data":             around("curl https://a.example/ ", "-d a ", ""),
		"commands":         around("curl https://a.example/ ;", "a;", ""),
		"open quotes":      around("curl https://a.example/ ", "'", ""),
		"escapes":          around("curl $'", `\u0041`, "'"),
		"nested":           around("fetch('https://a.example/', {body: ", "[", ""),
		"members":          around("fetch('https://a.example/', {headers: {", "a: 'b',", "}})"),
		"PowerShell":       around("$session = x ", "-Body \"a\" ", ""),
		"cookies":          around("curl https://a.example/ -b '", "a=b; ", "'"),
		"header lines":     around("GET /x HTTP/1.1\nHost: a\n", "X-A: b\n", ""),
		"a long value":     around("GET /x HTTP/1.1\nHost: a\nX-A: b\n", " c\n", ""),
		"responses":        around("", "HTTP/1.1 100 x\n\n", ""),
		"lines of a body":  around("HTTP/1.1 200 OK\n\n", "HTTP/1 2\n", ""),
		"response headers": around("HTTP/1.1 200 OK\n", "X-A: b\n", ""),
		"verbose headers":  around("> GET /x HTTP/1.1\n> Host: a\n", "> X-A: b\n", ">\n< HTTP/1.1 200 OK\n<\n"),
		"verbose requests": around("", "> OPTIONS /x HTTP/1.1\n> Access-Control-Request-Method: A\n>\n", "< HTTP/1.1 200 OK\n<\n"),
	} {
		t.Run(name, func(t *testing.T) {
			lineartest.Check(t, func(size int) func() {
				input := text(size)
				args := []string{"explain", "-R", allowAll, "-"}
				if strings.HasPrefix(input, "HTTP/") || strings.HasPrefix(input, "> ") {
					args = []string{"explain", "-"}
				}
				return func() {
					var stdout, stderr bytes.Buffer
					status := run(args, strings.NewReader(input), &stdout, &stderr)
					checkOutput(t, status, stdout.String(), stderr.String())
					if n := stdout.Len() + stderr.Len(); n > 64<<10 {
						t.Errorf("%d bytes of output", n)
					}
				}
			})
		})
	}
}
