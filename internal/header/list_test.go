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
		if GetIs(l, c.name, c.want) != c.ok {
			t.Errorf("GetIs(%q, %q) = %v, want %v", c.name, c.want, !c.ok, c.ok)
		}
		if c.ok && GetIs(l, c.name, c.want+"x") {
			t.Errorf("GetIs(%q) takes more than the value", c.name)
		}
	}
	for _, want := range []string{"1", "1, ", "1, , ", "1,,2", "1, , 2, ", ""} {
		if GetIs(l, "a", want) {
			t.Errorf("GetIs(a, %q) = true", want)
		}
	}
}

func FuzzGetIs(f *testing.F) {
	f.Add("*", "*", "*, *")
	f.Add(", ", "", ", , ")
	f.Fuzz(func(t *testing.T, a, b, want string) {
		l := [][2]string{{"n", a}, {"other", want}, {"N", b}}
		joined, _ := Get(l, "n")
		if got := GetIs(l, "n", want); got != (joined == want) {
			t.Errorf("GetIs(%q, %q) = %v", l, want, got)
		}
		if !GetIs(l, "n", joined) {
			t.Errorf("GetIs(%q, %q) = false", l, joined)
		}
	})
}

func TestModify(t *testing.T) {
	list := func() [][2]string { return [][2]string{{"x-A", "1"}, {"b", "2"}, {"X-a", "3"}} }
	for _, c := range []struct {
		name      string
		got, want [][2]string
	}{
		{"T52 append adopts the casing", Append(Append(nil, "x-A", "1"), "X-a", "2"), [][2]string{{"x-A", "1"}, {"x-A", "2"}}},
		{"append a new name", Append(list(), "C", "4"), append(list(), [2]string{"C", "4"})},
		{"delete", Delete(list(), "X-A"), [][2]string{{"b", "2"}}},
		{"delete nothing", Delete(list(), "c"), list()},
		{"set", Set(list(), "X-A", "9"), [][2]string{{"x-A", "9"}, {"b", "2"}}},
		{"set a new name", Set(list(), "C", "9"), append(list(), [2]string{"C", "9"})},
		{"combine", Combine(list(), "X-A", "9"), [][2]string{{"x-A", "1, 9"}, {"b", "2"}, {"X-a", "3"}}},
		{"combine a new name", Combine(list(), "C", "9"), append(list(), [2]string{"C", "9"})},
		{"sort and combine",
			SortAndCombine([][2]string{{"Set-Cookie", "b"}, {"X", "2"}, {"a", "1"}, {"set-cookie", "a"}, {"x", "1"}}),
			[][2]string{{"a", "1"}, {"set-cookie", "b"}, {"set-cookie", "a"}, {"x", "2, 1"}}},
		{"sort and combine nothing", SortAndCombine(nil), [][2]string{}},
	} {
		if diff := cmp.Diff(c.want, c.got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

func TestSortedLowercaseSet(t *testing.T) {
	in := []string{"X-B", "x-a", "X-b"}
	if got, want := SortedLowercaseSet(in), []string{"x-a", "x-b"}; !slices.Equal(got, want) { // T55
		t.Errorf("got %q, want %q", got, want)
	}
	if in[0] != "X-B" {
		t.Error("the input has changed")
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
		"Get":           func(size int) func() { l := lines(size, same); return func() { Get(l, "name") } },
		"Get other":     func(size int) func() { l := lines(size, same); return func() { Get(l, "Nome") } },
		"combine one":   func(size int) func() { l := lines(size, same); return func() { SortAndCombine(l) } },
		"combine many":  func(size int) func() { l := lines(size, distinct); return func() { SortAndCombine(l) } },
		"one long line": func(size int) func() { s := strings.Repeat("a", size); return func() { Lower(s); IsToken(s) } },
	} {
		t.Run(name, func(t *testing.T) { lineartest.Check(t, work) })
	}
}
