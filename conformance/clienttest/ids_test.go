package clienttest_test

import (
	"strings"
	"testing"

	"github.com/corspec/corspec/conformance/clienttest"
)

func TestIDs(t *testing.T) {
	seen := map[string]bool{}
	for _, c := range clienttest.Cases() {
		if seen[c.ID] {
			t.Errorf("%s: twice", c.ID)
		}
		seen[c.ID] = true
		if family, name, ok := strings.Cut(c.ID, "/"); !ok || family == "" || name == "" || strings.ContainsAny(c.ID, " \n") {
			t.Errorf("%q is not an id", c.ID)
		}
		if !strings.HasSuffix(c.About, ".") {
			t.Errorf("%s: %q is not a sentence", c.ID, c.About)
		}
	}
}
