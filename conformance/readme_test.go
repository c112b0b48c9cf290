package conformance

import (
	"os"
	"os/exec"
	"path/filepath"
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

// TestReadmePrograms runs the test that README.md shows on the server that it shows, and then without the line of the
// server that README.md says to leave out. The tests of the command run the server.
func TestReadmePrograms(t *testing.T) {
	if testing.Short() {
		t.Skip("builds programs")
	}
	readme := string(testshared.RootFile(t, "README.md"))
	programs := codeBlocks(readme, "go")
	if len(programs) != 2 {
		t.Fatalf("README.md has %d programs, want a server and its test", len(programs))
	}
	_, printed, _ := strings.Cut(readme, "`go test` prints:\n\n```\n")
	printed, _, _ = strings.Cut(printed, "```\n")

	// goTest runs the test on the server and returns what it prints.
	goTest := func(server string) (string, error) {
		dir := t.TempDir()
		files := []string{filepath.Join(dir, "main.go"), filepath.Join(dir, "main_test.go")}
		for i, text := range []string{server, programs[1]} {
			if err := os.WriteFile(files[i], []byte(text), 0o666); err != nil {
				t.Fatal(err)
			}
		}
		cmd := exec.Command("go", "test", files[0], files[1])
		cmd.Dir = testshared.Root(t)
		out, err := cmd.CombinedOutput()
		return string(out), err
	}
	if out, err := goTest(programs[0]); err != nil {
		t.Errorf("%v\n%s", err, out)
	}

	var without strings.Builder
	for line := range strings.Lines(programs[0]) {
		if !strings.Contains(line, "RequestHeaders") {
			without.WriteString(line)
		}
	}
	out, err := goTest(without.String())
	if err == nil {
		t.Error("the test passes without RequestHeaders")
	}
	_, out, _ = strings.Cut(out, "\n") // which says how long it took
	out, _, _ = strings.Cut(out, "\nFAIL")
	if diff := cmp.Diff(printed, out+"\n"); diff != "" {
		t.Errorf("README.md shows other output (-want +got)\n%s", diff)
	}
}

// TestEvidenceBrowsers holds the table of browsers in EVIDENCE.md against the results that conformance/browsers has
// written.
func TestEvidenceBrowsers(t *testing.T) {
	table := func(name string) string {
		_, table, ok := strings.Cut(string(testshared.RootFile(t, name)), "\n| browser |")
		if !ok {
			t.Fatalf("%s has no table of browsers", name)
		}
		table, _, _ = strings.Cut(table, "\n\n")
		return table
	}
	if diff := cmp.Diff(table("conformance/browsers/RESULTS.md"), table("conformance/EVIDENCE.md")); diff != "" {
		t.Errorf("EVIDENCE.md shows other results (-want +got)\n%s", diff)
	}
}
