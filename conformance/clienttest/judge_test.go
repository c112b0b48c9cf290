package clienttest

import "testing"

// A browser's own User-Agent is not the page's because it has the page's value somewhere inside.
func TestHasElements(t *testing.T) {
	for _, c := range []struct {
		value, elements string
		want            bool
	}{
		{"me", "me", true},
		{"Mozilla/5.0 HeadlessChrome/156", "me", false},
		{"en, me", "me", true},
		{"a=b; me=1; c=d", "me=1", true},
		{"a=b; some=1", "me=1", false},
		{"a, b, c", "a, b", true},
		{"anything", "", false},
	} {
		if got := hasElements(c.value, c.elements); got != c.want {
			t.Errorf("hasElements(%q, %q) = %v", c.value, c.elements, got)
		}
	}
}
