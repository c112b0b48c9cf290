package golden

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A fake test keeps what it is told.
type fake struct {
	testing.TB
	said []string
}

func (f *fake) Helper()                      {}
func (f *fake) Errorf(s string, args ...any) { f.said = append(f.said, fmt.Sprintf(s, args...)) }

// TestFaults holds that what differs is told, and what does not is not.
func TestFaults(t *testing.T) {
	file := filepath.Join(t.TempDir(), "golden.txt")
	if err := os.WriteFile(file, []byte("## a\n1\n2\n## b\n\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		hold func(t testing.TB)
		want []string
	}{
		"a text alike":        {func(t testing.TB) { Text(t, file, "## a\n1\n2\n## b\n\n") }, nil},
		"another line":        {func(t testing.TB) { Text(t, file, "## a\n1\n3\n## b\n\n") }, []string{"in line 3"}},
		"a shorter text":      {func(t testing.TB) { Text(t, file, "## a\n1") }, []string{"in line 3"}},
		"a longer text":       {func(t testing.TB) { Text(t, file, "## a\n1\n2\n## b\n\n\n") }, []string{"in line 7"}},
		"parts alike":         {func(t testing.TB) { Parts(t, file, []Part{{"b", ""}, {"a", "1\n2\n"}}) }, nil},
		"another part":        {func(t testing.TB) { Parts(t, file, []Part{{"a", "1"}, {"b", ""}}) }, []string{`for "a"`}},
		"one part too many":   {func(t testing.TB) { Parts(t, file, []Part{{"a", "1\n2"}, {"b", ""}, {"c", ""}}) }, []string{`no part "c"`}},
		"one part too few":    {func(t testing.TB) { Parts(t, file, []Part{{"a", "1\n2"}}) }, []string{`part "b", which nothing makes`}},
		"two parts of a name": {func(t testing.TB) { Parts(t, file, []Part{{"a", "1\n2"}, {"b", ""}, {"b", ""}}) }, []string{`the name "b"`, `no part "b"`}},
	} {
		f := &fake{TB: t}
		c.hold(f)
		if len(f.said) != len(c.want) {
			t.Errorf("%s: %q, want %q", name, f.said, c.want)
			continue
		}
		for i := range c.want {
			if !strings.Contains(f.said[i], c.want[i]) {
				t.Errorf("%s: %q, want %q", name, f.said[i], c.want[i])
			}
		}
	}
}
