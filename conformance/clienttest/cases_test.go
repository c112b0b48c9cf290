package clienttest

import "testing"

// TestSteady holds that no case depends on how fast a machine is.
func TestSteady(t *testing.T) {
	for _, c := range allCases() {
		if !c.steady() {
			t.Errorf("%s: a little later something else happens", c.ID)
		}
	}
}
