package lineartest

import (
	"strings"
	"testing"
)

var sink []byte

// The check finds what it is for: quadratic time, if only of a search with
// little to do for each byte, and too much memory.
func TestFaults(t *testing.T) {
	if race {
		t.Skip("time and memory mean nothing under the race detector")
	}
	for _, tt := range []struct {
		name, fault string // part of the fault; "" is none
		work        func(s string)
	}{
		{"linear", "", func(s string) { _ = strings.IndexByte(s, 'x') }},
		{"quadratic", "more than in proportion", func(s string) {
			for ; len(s) > 32; s = s[32:] {
				_ = strings.IndexByte(s, 'x')
			}
		}},
		{"memory", "times as much", func(s string) { sink = make([]byte, 20*len(s)) }},
	} {
		prepare := func(size int) func() {
			s := strings.Repeat("a", size)
			return func() { tt.work(s) }
		}
		found := append(timeFaults(prepare(small), prepare(large)), memoryFaults(prepare(large))...)
		if got := strings.Join(found, "; "); (got == "") != (tt.fault == "") || !strings.Contains(got, tt.fault) {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.fault)
		}
	}
}
