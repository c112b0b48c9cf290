package conformance

import (
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/corspec/corspec/internal/testshared"
)

var (
	anchorLink = regexp.MustCompile(`https://(?:[a-z]+\.spec\.whatwg\.org|(?:w3c|wicg)\.github\.io|drafts\.csswg\.org|www\.unicode\.org|www\.rfc-editor\.org)/[^\s)"'\x60,;]*#[A-Za-z0-9?_.-]*[A-Za-z0-9?_-]`)
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

// wholePages are the pages of which testdata/anchors.txt lists all anchors. Those of others are listed when they come
// into use.
var wholePages = []string{"https://fetch.spec.whatwg.org/#", "https://mimesniff.spec.whatwg.org/#", "https://url.spec.whatwg.org/#"}

// TestAnchorsAreListed looks up in testdata/anchors.txt every link to a standard in Go files and Markdown, every
// definition, and the anchor of every step. Of the pages that are not listed whole, nothing is listed that is not used.
func TestAnchorsAreListed(t *testing.T) {
	const list = "conformance/testdata/anchors.txt does not list it; look it up in the standard"
	anchors, used := readAnchors(t), map[string]bool{}
	for _, d := range readDefinitions(t) {
		used[d.link] = true
		if !anchors[d.link] {
			t.Errorf("%s:%d: %s: %s", definitionsFile, d.line, d.link, list)
		}
	}
	root := testshared.Root(t)
	links, steps := 0, 0
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if entry != nil && entry.Name() == "node_modules" { // what drivers of emulators need is not ours
			return fs.SkipDir
		}
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
			link = strings.Replace(link, "commit-snapshots/"+Standard+"/", "", 1)
			used[link] = true
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
	for _, link := range slices.Sorted(maps.Keys(anchors)) {
		page, _, _ := strings.Cut(link, "#")
		if !used[link] && !slices.Contains(wholePages, page+"#") {
			t.Errorf("conformance/testdata/anchors.txt lists %s, which is in no use", link)
		}
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
