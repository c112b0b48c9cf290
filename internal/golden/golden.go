// Package golden holds what is said, in tests, against a file that people have read. Other tests say what is right;
// such a file shows in a change what else it changes. The flag -update writes it anew.
package golden

import (
	"flag"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the golden files anew")

// Text holds a text against a file, and says from which line on they differ.
func Text(t testing.TB, file, got string) {
	t.Helper()
	if write(t, file, got) {
		return
	}
	w, g := strings.Split(read(t, file), "\n"), strings.Split(got, "\n")
	for i := 0; i < len(w) || i < len(g); i++ {
		if i == len(w) || i == len(g) || w[i] != g[i] {
			t.Errorf("%s has in line %d, and the next ones\n%s\nand now it is, with -update\n%s", file, i+1, few(w, i), few(g, i))
			return
		}
	}
}

// few are some lines from the one at i on.
func few(lines []string, i int) string {
	return strings.Join(lines[min(i, len(lines)):min(i+10, len(lines))], "\n")
}

// A Part of a file has a name in a line of its own, after "## ", and a text.
type Part struct{ Name, Text string }

// Parts holds parts against those of a file, each by its name, which no other has.
func Parts(t testing.TB, file string, parts []Part) {
	t.Helper()
	var all strings.Builder
	now := map[string]string{}
	for _, p := range parts {
		if _, twice := now[p.Name]; twice {
			t.Errorf("%s: two parts have the name %q", file, p.Name)
		}
		now[p.Name] = strings.TrimSuffix(p.Text, "\n")
		all.WriteString("## " + p.Name + "\n" + now[p.Name] + "\n")
	}
	if write(t, file, all.String()) {
		return
	}
	want := map[string]string{}
	for part := range strings.SplitSeq(strings.TrimPrefix(read(t, file), "## "), "\n## ") {
		name, text, _ := strings.Cut(part, "\n")
		want[name] = strings.TrimSuffix(text, "\n")
	}
	for _, p := range parts {
		if was, ok := want[p.Name]; !ok {
			t.Errorf("%s has no part %q; -update adds it", file, p.Name)
		} else if was != now[p.Name] {
			t.Errorf("%s has for %q\n%s\nand now it is, with -update\n%s", file, p.Name, was, now[p.Name])
		}
		delete(want, p.Name)
	}
	for _, name := range slices.Sorted(maps.Keys(want)) {
		t.Errorf("%s has the part %q, which nothing makes", file, name)
	}
}

func write(t testing.TB, file, text string) bool {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return *update
}

func read(t testing.TB, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
