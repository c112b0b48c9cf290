package conformance

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/corspec/corspec/internal/testshared"
)

var (
	anchorLink = regexp.MustCompile(`https://(?:[a-z]+\.spec\.whatwg\.org|w3c\.github\.io)/[^\s)"'\x60,;]*#[A-Za-z0-9?_-]+`)
	stepString = regexp.MustCompile(`"([a-z][a-z0-9?-]*):[0-9]+(?:\.[0-9]+)*"`)
)

// readAnchors returns the links that testdata/anchors.txt lists.
func readAnchors(t *testing.T) map[string]bool {
	t.Helper()
	data, err := os.ReadFile("testdata/anchors.txt")
	if err != nil {
		t.Fatal(err)
	}
	anchors := map[string]bool{}
	page := ""
	for line := range strings.Lines(string(data)) {
		line = strings.TrimSpace(line)
		switch {
		case line == "" || strings.HasPrefix(line, "# "):
		case strings.HasSuffix(line, "#"):
			page = line
		default:
			anchors[page+line] = true
		}
	}
	return anchors
}

// TestAnchors looks up every link to a standard in Go files and Markdown, and the anchor of every step.
func TestAnchors(t *testing.T) {
	const list = "conformance/testdata/anchors.txt does not list it; look it up in the standard"
	anchors := readAnchors(t)
	root := testshared.Root(t)
	links, steps := 0, 0
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		ext := filepath.Ext(path)
		if err != nil || entry.IsDir() || ext != ".go" && ext != ".md" {
			return err
		}
		source, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		name, _ := filepath.Rel(root, path)
		for _, link := range anchorLink.FindAllString(string(source), -1) {
			links++
			if !anchors[link] {
				t.Errorf("%s: %s: %s", name, link, list)
			}
		}
		if ext == ".go" && strings.HasPrefix(filepath.ToSlash(name), "fetch/") && !strings.HasSuffix(name, "_test.go") {
			for _, step := range stepString.FindAllStringSubmatch(string(source), -1) {
				steps++
				if !isAnchor(anchors, step[1]) {
					t.Errorf("%s: step %s: %s", name, step[0], list)
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if links == 0 || steps == 0 {
		t.Errorf("found %d links and %d steps", links, steps)
	}
	for _, v := range Vectors() {
		if anchor, _, ok := strings.Cut(v.Step, ":"); ok && !isAnchor(anchors, anchor) {
			t.Errorf("%s: step %s: %s", v.ID, v.Step, list)
		}
	}
}

// isAnchor reports whether an anchor is one of any page.
func isAnchor(anchors map[string]bool, anchor string) bool {
	for link := range anchors {
		if _, id, _ := strings.Cut(link, "#"); id == anchor {
			return true
		}
	}
	return false
}
