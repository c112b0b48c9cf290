package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/corspec/corspec/internal/testshared"
)

// A sidecar says what is right for the HAR file that it stands beside. conformance/har/README.md has the
// meaning of its fields.
type sidecar struct {
	Exit    int
	ExitOr  []int `json:"exit_or"`
	Fetches []struct {
		Entry   int
		Verdict string
		Code    string
		Or      []string
		Saw     any // what the page saw, of files that conformance/har has recorded
	}
	Refusal string
	With    *struct {
		Flags []string
		sidecar
	}
	Why string
}

// readSidecar is strict, so that nothing in a sidecar goes unread.
func readSidecar(t *testing.T, path string) (s sidecar) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&s); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return s
}

// verdictOf returns what the report says of an entry.
func verdictOf(report explanationsReport, entry int) (verdict, code string) {
	verdict = "skipped"
	for _, f := range report.Fetches {
		if slices.Contains(f.HAREntries, entry) && verdict != "blocked" {
			verdict, code = f.Outcome, f.Code
		}
	}
	if verdict == "skipped" && strings.Contains(strings.Join(report.Unread, "\n"), fmt.Sprintf("entries[%d]", entry)) {
		verdict = "undecided"
	}
	return verdict, code
}

func (s sidecar) compare(t *testing.T, path string, flags []string) {
	t.Helper()
	status, report := explained(t, append(flags, path)...)
	if status != s.Exit && !slices.Contains(s.ExitOr, status) {
		t.Errorf("exit %d, want %d", status, s.Exit)
	}
	for _, want := range s.Fetches {
		got, code := verdictOf(report, want.Entry)
		right := got == want.Verdict && (got != "blocked" || want.Code == "" || code == want.Code)
		if !right && !slices.Contains(want.Or, got) {
			t.Errorf("entries[%d]: %s %s, want %s %s", want.Entry, got, code, want.Verdict, want.Code)
		}
	}
}

// sidecars runs all files of a folder that have a sidecar, and returns how many there are.
func sidecars(t *testing.T, dir string) (files int) {
	t.Helper()
	list, err := filepath.Glob(filepath.Join(dir, "*.expected.json"))
	if err != nil {
		t.Fatal(err)
	}
	for _, side := range list {
		path := strings.TrimSuffix(side, ".expected.json")
		t.Run(filepath.Base(path), func(t *testing.T) {
			s := readSidecar(t, side)
			s.compare(t, path, nil)
			if s.With != nil {
				s.With.compare(t, path, s.With.Flags)
			}
		})
	}
	return len(list)
}

// TestHARShared compares the files that are kept beside the repository.
func TestHARShared(t *testing.T) {
	if n := sidecars(t, testshared.Path(t, "har")); n < 35 {
		t.Errorf("%d files", n)
	}
}

// TestHARRecorded compares the files that conformance/har has recorded.
func TestHARRecorded(t *testing.T) {
	if n := sidecars(t, "testdata/har"); n < 59 {
		t.Errorf("%d files", n)
	}
}
