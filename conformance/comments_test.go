package conformance

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/corspec/corspec/internal/testshared"
)

var (
	commentLine = regexp.MustCompile(`^\t*// *\S`)
	outputLine  = regexp.MustCompile(`^\t*// (Output|Unordered output):`)
)

// TestCommentsWrap holds that a line that is a comment ends before column 120, with tabs of four, in all modules. What
// an example prints is as long as it is, and so is an address.
func TestCommentsWrap(t *testing.T) {
	root := testshared.Root(t)
	lines := 0
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if entry != nil && entry.Name() == "node_modules" {
			return fs.SkipDir
		}
		if err != nil || entry.IsDir() || filepath.Ext(path) != ".go" {
			return err
		}
		source, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		name, _ := filepath.Rel(root, path)
		output := false
		for i, line := range strings.Split(string(source), "\n") {
			if !commentLine.MatchString(line) {
				output = false
				continue
			}
			lines++
			output = output || outputLine.MatchString(line)
			width := utf8.RuneCountInString(strings.ReplaceAll(line, "\t", "    "))
			if width > 120 && !output && !strings.Contains(line, "https://") && strings.HasPrefix(strings.TrimLeft(line, "\t"), "// ") {
				t.Errorf("%s:%d: the comment has %d columns; wrap it at 120", name, i+1, width)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if lines < 1000 {
		t.Errorf("found %d lines of comments only", lines)
	}
}
