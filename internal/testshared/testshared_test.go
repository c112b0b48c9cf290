package testshared

import (
	"os"
	"path/filepath"
	"testing"
)

func TestRootHoldsGoMod(t *testing.T) {
	if _, err := os.Stat(filepath.Join(Root(t), "go.mod")); err != nil {
		t.Error(err)
	}
}

func TestRequired(t *testing.T) {
	tests := []struct {
		ci, shared string
		want       bool
	}{
		{"", "", false},
		{"0", "false", false},
		{"true", "", true},
		{"", "1", true},
	}
	for _, tt := range tests {
		t.Setenv("CI", tt.ci)
		t.Setenv("CORSPEC_REQUIRE_SHARED", tt.shared)
		if got := Required(); got != tt.want {
			t.Errorf("CI=%q CORSPEC_REQUIRE_SHARED=%q: Required() = %v, want %v", tt.ci, tt.shared, got, tt.want)
		}
	}
}

// recorder stands in for a test that asks for a file.
type recorder struct {
	testing.TB
	skipped, failed bool
}

func (r *recorder) Helper()               {}
func (r *recorder) Skipf(string, ...any)  { r.skipped = true }
func (r *recorder) Fatalf(string, ...any) { r.failed = true }

func TestAbsentFile(t *testing.T) {
	for _, required := range []string{"", "1"} {
		t.Setenv("CI", "")
		t.Setenv("CORSPEC_REQUIRE_SHARED", required)
		r := &recorder{TB: t}
		Path(r, "no/such/file.json")
		if r.failed != (required != "") || r.skipped == r.failed {
			t.Errorf("CORSPEC_REQUIRE_SHARED=%q: skipped %v, failed %v", required, r.skipped, r.failed)
		}
	}
}
