package fetchtest

import (
	"fmt"
	"strings"
)

// A fakeTB keeps what a test would print.
type fakeTB struct {
	errors, fatals []string
	cleanups       []func()
}

func (f *fakeTB) Helper() {}
func (f *fakeTB) Errorf(format string, args ...any) {
	f.errors = append(f.errors, fmt.Sprintf(format, args...))
}
func (f *fakeTB) Fatalf(format string, args ...any) {
	f.fatals = append(f.fatals, fmt.Sprintf(format, args...))
}
func (f *fakeTB) Cleanup(c func()) { f.cleanups = append(f.cleanups, c) }

// output is all that was printed.
func (f *fakeTB) output() string { return strings.Join(append(f.errors, f.fatals...), "\n") }
