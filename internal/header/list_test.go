package header

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/corspec/corspec/internal/lineartest"
)

func TestGet(t *testing.T) {
	l := [][2]string{{"A", "1"}, {"b", "x"}, {"a", ""}, {"A", "2"}, {"C", ""}}
	for _, c := range []struct {
		name, want string
		ok         bool
	}{
		{"a", "1, , 2", true},
		{"B", "x", true},
		{"c", "", true},
		{"d", "", false},
		{"", "", false},
	} {
		got, ok := Get(l, c.name)
		if got != c.want || ok != c.ok {
			t.Errorf("Get(%q) = %q, %v, want %q, %v", c.name, got, ok, c.want, c.ok)
		}
		if Contains(l, c.name) != c.ok {
			t.Errorf("Contains(%q) = %v, want %v", c.name, !c.ok, c.ok)
		}
	}
}

func TestAppend(t *testing.T) {
	list := [][2]string{{"x-A", "1"}, {"b", "2"}, {"X-a", "3"}}
	for _, c := range []struct {
		what string
		name string
		want string
	}{
		{"T52 the casing of the first is adopted", "X-A", "x-A"},
		{"a new name", "C", "C"},
	} {
		want := append(list[:len(list):len(list)], [2]string{c.want, "4"})
		if diff := cmp.Diff(want, Append(list[:len(list):len(list)], c.name, "4")); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.what, diff)
		}
	}
}

func TestSortedLowercaseSet(t *testing.T) {
	if got, want := SortedLowercaseSet([]string{"X-B", "x-a", "X-b"}), []string{"x-a", "x-b"}; !slices.Equal(got, want) {
		t.Errorf("T55: got %q, want %q", got, want)
	}
	if got, want := SortedLowercaseSet([]string{"~", "`", "Z", "a-", "a", "_"}), []string{"_", "`", "a", "a-", "z", "~"}; !slices.Equal(got, want) {
		t.Errorf("byte order: got %q, want %q", got, want)
	}
}

func TestListLinear(t *testing.T) {
	lines := func(size int, name func(i int) string) (l [][2]string) {
		for n := 0; n < size; {
			h := [2]string{name(len(l)), "value"}
			l = append(l, h)
			n += len(h[0]) + len(": ") + len(h[1]) + len("\r\n")
		}
		return l
	}
	same := func(int) string { return "Name" }
	distinct := func(i int) string { return fmt.Sprintf("X-%07d", i*7919%1_000_003) }
	for name, work := range map[string]func(size int) func(){
		"Get":       func(size int) func() { l := lines(size, same); return func() { Get(l, "name") } },
		"Get other": func(size int) func() { l := lines(size, same); return func() { Get(l, "Nome") } },
		"sort": func(size int) func() {
			var names []string
			for _, h := range lines(size, distinct) {
				names = append(names, h[0])
			}
			return func() { SortedLowercaseSet(slices.Clone(names)) }
		},
		"one long line": func(size int) func() { s := strings.Repeat("a", size); return func() { Lower(s); IsToken(s) } },
	} {
		t.Run(name, func(t *testing.T) { lineartest.Check(t, work) })
	}
}
