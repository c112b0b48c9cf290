package conformance

import (
	"fmt"
	"go/scanner"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/corspec/corspec/internal/testshared"
)

// lastTrap is the number of the last trap. Traps are numbered from 1: points of the standards that implementations get wrong.
const lastTrap = 186

var (
	trapNumber = regexp.MustCompile(`\bT([1-9][0-9]{0,2})(?:\b|_)`)
	trapFirst  = regexp.MustCompile("^[\"`]T[1-9][0-9]{0,2}(?:[^0-9A-Za-z]|$)")
)

// TestEveryTrapIsCovered fails with the traps that neither a vector nor a test of Go names. A test names a trap in a string
// that starts with it, such as t.Run("T52 append keeps the case", …) or a table's name: "T1, T2".
func TestEveryTrapIsCovered(t *testing.T) {
	covered := map[string]bool{}
	for _, v := range Vectors() {
		for _, trap := range v.Traps {
			covered[trap] = true
		}
	}
	root := testshared.Root(t)
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, "_test.go") || entry.Name() == "traps_test.go" {
			return err
		}
		source, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, trap := range trapsIn(source) {
			covered[trap] = true
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	var missing []string
	for n := 1; n <= lastTrap; n++ {
		if trap := fmt.Sprintf("T%d", n); !covered[trap] {
			missing = append(missing, trap)
		}
	}
	if len(missing) > 0 {
		t.Errorf("%d traps are covered by no vector and no test: %s", len(missing), strings.Join(missing, " "))
	}
}

// trapsIn returns the traps named in the string literals of Go source that start with one.
func trapsIn(source []byte) (traps []string) {
	files := token.NewFileSet()
	var s scanner.Scanner
	s.Init(files.AddFile("", files.Base(), len(source)), source, nil, 0)
	for {
		_, kind, literal := s.Scan()
		switch {
		case kind == token.EOF:
			return traps
		case kind == token.STRING && trapFirst.MatchString(literal):
			for _, found := range trapNumber.FindAllStringSubmatch(literal, -1) {
				traps = append(traps, "T"+found[1])
			}
		}
	}
}

func TestTrapsIn(t *testing.T) {
	const source = "package p\n// \"T9\"\nvar a = []string{\"T1\", \"T2 and T3: why\", `T4_x`, \"see T5\", \"T6x\", \"TLS\"}\n"
	if got := strings.Join(trapsIn([]byte(source)), " "); got != "T1 T2 T3 T4" {
		t.Errorf("trapsIn: %s", got)
	}
}
