package main

import (
	"bytes"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/corspec/corspec/internal/testshared"
)

// TestReadmeCommands runs the commands in README.md that are shown with what they print. A command is corspec with arguments
// without spaces, behind a pipe from echo of a quoted text where it reads one.
func TestReadmeCommands(t *testing.T) {
	readme := testshared.RootFile(t, "README.md")
	ran := 0
	for _, block := range strings.Split(string(readme), "\n```console\n")[1:] {
		block, _, _ = strings.Cut(block, "\n```")
		for _, session := range strings.Split("\n"+block, "\n$ ")[1:] {
			command, want, shown := strings.Cut(session, "\n")
			if !shown {
				continue
			}
			stdin := ""
			if rest, ok := strings.CutPrefix(command, "echo '"); ok {
				text, after, piped := strings.Cut(rest, "' | ")
				if !piped {
					t.Errorf("README.md: %s: not a command that this test can read", command)
					continue
				}
				stdin, command = text+"\n", after
			}
			args, ok := strings.CutPrefix(command, "corspec ")
			if !ok {
				t.Errorf("README.md: %s: not a command of corspec", command)
				continue
			}
			var stdout, stderr bytes.Buffer
			run(strings.Fields(args), strings.NewReader(stdin), &stdout, &stderr)
			ran++
			if diff := cmp.Diff(want+"\n", stdout.String()); diff != "" || stderr.Len() > 0 {
				t.Errorf("README.md: %s: (-want +got)\n%s%s", command, diff, stderr.String())
			}
		}
	}
	if ran == 0 {
		t.Error("README.md shows no command with what it prints")
	}
}

// TestReadmeWalk looks for the text in README.md among what the walk-through prints, whatever its port.
func TestReadmeWalk(t *testing.T) {
	readme := testshared.RootFile(t, "README.md")
	status, stdout, stderr := corspec("check")
	if status != exitOK || stderr != "" {
		t.Fatalf("corspec check: status %d, %q", status, stderr)
	}
	port := regexp.MustCompile(`127\.0\.0\.1:[0-9]+`)
	walk := port.ReplaceAllString(stdout, "127.0.0.1")
	blocks := strings.Split(string(readme), "\n```text\n")[1:]
	if len(blocks) == 0 {
		t.Error("README.md shows nothing of the walk-through")
	}
	for _, block := range blocks {
		text, _, _ := strings.Cut(block, "```")
		if !strings.Contains(walk, port.ReplaceAllString(text, "127.0.0.1")) {
			t.Errorf("corspec check does not print\n%s", text)
		}
	}
}
