package main

import (
	"strings"
	"testing"

	"github.com/corspec/corspec/conformance"
)

func TestVectorsCoverage(t *testing.T) {
	status, stdout, stderr := corspec("vectors", "-coverage")
	if status != exitOK || stderr != "" || strings.Count(stdout, "\n") != len(conformance.Steps())+1 {
		t.Errorf("status %d, %d lines for %d steps, %s", status, strings.Count(stdout, "\n"), len(conformance.Steps()), stderr)
	}
	for _, want := range []string{"cors-check:4 ", "allow-origin-mismatch", "passed through by vectors that other steps decide"} {
		if !strings.Contains(stdout, want) {
			t.Errorf("no %q", want)
		}
	}
	if status, _, stderr := corspec("vectors", "-coverage", "-list"); status != exitUsage || !strings.Contains(stderr, "one of them at a time") {
		t.Errorf("status %d, %s", status, stderr)
	}
}
