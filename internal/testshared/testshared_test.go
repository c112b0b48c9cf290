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
	t.Setenv("CI", "true") // does not matter: outsiders' CI has no such folder
	for value, want := range map[string]bool{"": false, "required": true} {
		t.Setenv("CORSPEC_SHARED", value)
		if got := Required(); got != want {
			t.Errorf("CORSPEC_SHARED=%q: Required() = %v, want %v", value, got, want)
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
	for _, value := range []string{"", "required"} {
		t.Setenv("CORSPEC_SHARED", value)
		r := &recorder{TB: t}
		Path(r, "no/such/file.json")
		if r.failed != (value != "") || r.skipped == r.failed {
			t.Errorf("CORSPEC_SHARED=%q: skipped %v, failed %v", value, r.skipped, r.failed)
		}
	}
}
