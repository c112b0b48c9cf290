package conformance

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/corspec/corspec/internal/testshared"
)

// codeBlocks returns the fenced blocks of a language in Markdown, each as a whole.
func codeBlocks(markdown, language string) (blocks []string) {
	for _, part := range strings.Split(markdown, "\n```"+language+"\n")[1:] {
		block, _, _ := strings.Cut(part, "\n```")
		blocks = append(blocks, block+"\n")
	}
	return blocks
}

// TestReadmePrograms runs the programs in README.md and compares what they print with their last comment.
func TestReadmePrograms(t *testing.T) {
	if testing.Short() {
		t.Skip("builds programs")
	}
	readme := testshared.RootFile(t, "README.md")
	programs := codeBlocks(string(readme), "go")
	if len(programs) == 0 {
		t.Fatal("README.md holds no programs")
	}
	for _, program := range programs {
		if !strings.HasPrefix(program, "package main\n") {
			continue // a test, which its own package holds against the README
		}
		_, after, ok := strings.Cut(program, "\t// Output:\n")
		if !ok {
			t.Errorf("a program says nothing of its output:\n%s", program)
			continue
		}
		var want strings.Builder
		for line := range strings.Lines(after) {
			if text, comment := strings.CutPrefix(line, "\t// "); comment {
				want.WriteString(text)
			}
		}
		got := goCommand(t, "run", "-overlay", overlay(t, "readme", program), "./conformance/readme")
		if diff := cmp.Diff(want.String(), string(got)); diff != "" {
			t.Errorf("(-want +got)\n%s\n%s", diff, program)
		}
	}
}

// TestReadmeBrowsers holds the table of browsers in README.md against the results that conformance/browsers has written.
func TestReadmeBrowsers(t *testing.T) {
	table := func(name string) string {
		_, table, ok := strings.Cut(string(testshared.RootFile(t, name)), "\n| browser |")
		if !ok {
			t.Fatalf("%s has no table of browsers", name)
		}
		table, _, _ = strings.Cut(table, "\n\n")
		return table
	}
	if diff := cmp.Diff(table("conformance/browsers/RESULTS.md"), table("README.md")); diff != "" {
		t.Errorf("README.md shows other results (-want +got)\n%s", diff)
	}
}
