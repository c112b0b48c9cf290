package main

import (
	"bytes"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"
)

// hostile is what must not come through to a terminal or a page: what moves a cursor, in both its forms, what turns text
// round, and markup.
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

// TestLargeTexts holds that a text of a MiB, however it is made, costs linear time.
func TestLargeTexts(t *testing.T) {
	const n = 1 << 20
	repeat := func(s string) string { return strings.Repeat(s, n/len(s)) }
	for name, text := range map[string]string{
		"words":            "curl https://a.example/ " + repeat("-H 'X-A: b' "),
		"one word":         "curl https://a.example/ -H 'X-A: " + repeat("\\\n''\"\"") + "'",
		"carets":           "curl ^\"https://a.example/^\" -H ^\"X-A: " + repeat("^^") + "^\"",
		"data":             "curl https://a.example/ " + repeat("-d a "),
		"commands":         "curl https://a.example/ ;" + repeat("a;"),
		"open quotes":      "curl https://a.example/ " + repeat("'"),
		"escapes":          "curl $'" + repeat(`\u0041`) + "'",
		"nested":           "fetch('https://a.example/', {body: " + repeat("["),
		"members":          "fetch('https://a.example/', {headers: {" + repeat("a: 'b',") + "}})",
		"PowerShell":       "$session = x " + repeat("-Body \"a\" "),
		"cookies":          "curl https://a.example/ -b '" + repeat("a=b; ") + "'",
		"header lines":     "GET /x HTTP/1.1\nHost: a\n" + repeat("X-A: b\n"),
		"a long value":     "GET /x HTTP/1.1\nHost: a\nX-A: b\n" + repeat(" c\n"),
		"responses":        repeat("HTTP/1.1 100 x\n\n"),
		"lines of a body":  "HTTP/1.1 200 OK\n\n" + repeat("HTTP/1 2\n"),
		"response headers": "HTTP/1.1 200 OK\n" + repeat("X-A: b\n"),
	} {
		start := time.Now()
		var stdout, stderr bytes.Buffer
		args := []string{"explain", "-R", allowAll, "-"}
		if strings.HasPrefix(text, "HTTP/") {
			args = []string{"explain", "-"}
		}
		status := run(args, strings.NewReader(text), &stdout, &stderr)
		checkOutput(t, status, stdout.String(), stderr.String())
		if d := time.Since(start); d > 20*time.Second || stdout.Len()+stderr.Len() > 64<<10 {
			t.Errorf("%s: %v, %d bytes of output", name, d, stdout.Len()+stderr.Len())
		}
	}
}
