package header

import (
	"testing"
)

func TestDetermineNosniff(t *testing.T) {
	for _, c := range []struct {
		trap  string
		lines []string
		want  bool
	}{
		{"", nil, false},
		{"", []string{""}, false},
		{"T166", []string{"nosniff, x"}, true},
		{"T166", []string{"x, nosniff"}, false},
		{"T166", []string{"NoSniff"}, true},
		{"T166", []string{`"nosniff"`}, false},
		{"T166", []string{",nosniff"}, false},
		{"T166", []string{"nosniff,"}, true},
		{"", []string{"", "nosniff"}, false}, // as ", nosniff"
		{"", []string{"nosniff", "x"}, true},
		{"", []string{`nosniff"`, `"`}, false},
		{"", []string{"nosniff\t ,"}, true},
		{"", []string{"nosniff\x0b"}, false},
		{"", []string{"nosniff;"}, false},
	} {
		var l [][2]string
		for _, line := range c.lines {
			l = append(l, [2]string{"x-content-type-OPTIONS", line})
		}
		if got := DetermineNosniff(l); got != c.want {
			t.Errorf("%s %q: got %v, want %v", c.trap, c.lines, got, c.want)
		}
	}
}

func FuzzDetermineNosniff(f *testing.F) {
	f.Add("nosniff", "x")
	f.Add(`"nosniff`, `"`)
	f.Fuzz(func(t *testing.T, a, b string) {
		const name = "X-Content-Type-Options"
		l := [][2]string{{name, a}, {name, b}}
		want := EqualFold(GetDecodeAndSplit(l, name)[0], "nosniff")
		if got := DetermineNosniff(l); got != want {
			t.Errorf("%q, %q: got %v, want %v", a, b, got, want)
		}
	})
}
