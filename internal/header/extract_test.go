package header

import (
	"math/big"
	"slices"
	"strings"
	"testing"

	"github.com/corspec/corspec/internal/lineartest"
)

func TestExtractListValues(t *testing.T) {
	for _, c := range []struct {
		trap  string
		name  string
		lines []string
		want  []string
		state State
	}{
		{"", "Access-Control-Allow-Methods", nil, nil, Null},
		{"", "Access-Control-Allow-Methods", []string{""}, nil, List},
		{"", "Access-Control-Allow-Methods", []string{" \t, ,,"}, nil, List},
		{"", "access-control-allow-methods", []string{"GET,pUt"}, []string{"GET", "pUt"}, List},
		{"T104", "Access-Control-Allow-Methods", []string{"GET; PUT"}, nil, Failure},
		{"T105", "Access-Control-Allow-Headers", []string{"x-a, no no"}, nil, Failure},
		{"T106", "Access-Control-Allow-Headers", []string{",x-a , ,X-B,"}, []string{"x-a", "X-B"}, List},
		{"T107", "Access-Control-Allow-Headers", []string{"x-a", "x-b, x-a"}, []string{"x-a", "x-b", "x-a"}, List},
		{"", "Access-Control-Allow-Headers", []string{"x-a", "x b", "x-c"}, nil, Failure},
		{"", "Access-Control-Allow-Headers", []string{"x-a\x0b"}, nil, Failure},
		{"", "Access-Control-Allow-Headers", []string{"\xe9"}, nil, Failure},
		{"T110", "Access-Control-Max-Age", []string{"-1"}, nil, Failure},
		{"T110", "Access-Control-Max-Age", []string{""}, nil, Failure},
		{"T110", "Access-Control-Max-Age", []string{"1e3"}, nil, Failure},
		{"T110", "Access-Control-Max-Age", []string{"+600"}, nil, Failure},
		{"T110", "Access-Control-Max-Age", []string{"600", "600"}, nil, Failure},
		{"", "Access-Control-Max-Age", []string{"600, 600"}, nil, Failure},
		{"", "Access-Control-Max-Age", []string{"1.5"}, nil, Failure},
		{"", "Access-Control-Max-Age", []string{`"5"`}, nil, Failure},
		{"T111", "Access-Control-Max-Age", []string{"0"}, []string{"0"}, List},
		{"T112", "Access-Control-Max-Age", []string{"99999999999999999999"}, []string{"99999999999999999999"}, List},
		{"", "Access-Control-Max-Age", nil, nil, Null},
		{"T133", "Access-Control-Expose-Headers", []string{"bb-8,,@#$"}, nil, Failure},
		{"T133", "Access-Control-Expose-Headers", []string{"bb-8, no no"}, nil, Failure},
		{"T134", "Access-Control-Expose-Headers", []string{"", "bb-8"}, []string{"bb-8"}, List},
		{"T134", "Access-Control-Expose-Headers", []string{",bb-8"}, []string{"bb-8"}, List},
		{"T135", "Access-Control-Expose-Headers", []string{`"bb-8",bb-8`}, nil, Failure},
		{"T135", "Access-Control-Expose-Headers", []string{"'bb-8',bb-8"}, []string{"'bb-8'", "bb-8"}, List},
		{"", "Location", nil, nil, Null},
		{"", "Location", []string{"/a, b"}, []string{"/a, b"}, List},
		{"", "Location", []string{""}, []string{""}, List},
		{"", "Location", []string{"/a", "/a"}, nil, Failure},
		{"", "Content-Encoding", []string{"gzip, br"}, []string{"gzip", "br"}, List},
		{"", "X-Unknown", nil, nil, Null},
		{"", "X-Unknown", []string{"a"}, nil, Failure},
	} {
		l := [][2]string{{"Other", "x"}}
		for _, line := range c.lines {
			l = append(l, [2]string{strings.ToUpper(c.name), line})
		}
		got, state := ExtractListValues(l, c.name)
		if !slices.Equal(got, c.want) || state != c.state {
			t.Errorf("%s %s %q: got %q, %v, want %q, %v", c.trap, c.name, c.lines, got, state, c.want, c.state)
		}
		if (got == nil) != (state != List) {
			t.Errorf("%s %q: nil goes with null and failure only: %#v, %v", c.name, c.lines, got, state)
		}
	}
	if s := State(9).String(); s != "invalid state" {
		t.Errorf("got %q", s)
	}
}

func TestElementsOffset(t *testing.T) {
	for _, c := range []struct {
		value string
		want  int // of the first byte that does not match
	}{
		{"a b", 2}, {"a,@", 2}, {"a,b;", 3}, {"@", 0}, {" a\x0b", 2}, {"a , b\x00", 5},
	} {
		e := Elements(c.value)
		for e.Next() {
		}
		if !e.Failed() || e.Offset() != c.want {
			t.Errorf("%q: failed %v at %d, want it at %d", c.value, e.Failed(), e.Offset(), c.want)
		}
		if e.Next() {
			t.Errorf("%q: it goes on after the failure", c.value)
		}
	}
}

// elementsTwin is RFC 9110's rule for recipients in the plainest way: what is
// between commas is empty or a token, with tabs and spaces around it.
func elementsTwin(value string) (elements []string, ok bool) {
	for part := range strings.SplitSeq(value, ",") {
		part = strings.Trim(part, "\t ")
		if part == "" {
			continue
		}
		if !IsToken(part) {
			return nil, false
		}
		elements = append(elements, part)
	}
	return elements, true
}

func FuzzElements(f *testing.F) {
	for _, s := range []string{"", ",", "a", "a, b", ",x-a , ,X-B,", "a b", `"a"`, "a\t,\tb", "a\x0b"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, value string) {
		want, ok := elementsTwin(value)
		got, state := ExtractListValues([][2]string{{"Access-Control-Allow-Headers", value}}, "Access-Control-Allow-Headers")
		if !slices.Equal(got, want) || (state == List) != ok {
			t.Errorf("%q: got %q, %v, want %q, %v", value, got, state, want, ok)
		}
		e := Elements(value)
		for e.Next() {
		}
		if e.Failed() == ok || e.Failed() && e.Offset() >= len(value) {
			t.Errorf("%q: failed %v at %d, want %v", value, e.Failed(), e.Offset(), !ok)
		}
	})
}

func TestDeltaSeconds(t *testing.T) {
	for _, c := range []struct {
		digits string
		want   int64
	}{
		{"0", 0}, {"0005", 5}, {"86400", 86400},
		{"2147483647", 1<<31 - 1}, {"2147483648", 1 << 31}, {"2147483649", 1 << 31},
		{"99999999999999999999", 1 << 31}, {strings.Repeat("0", 100) + "7", 7},
	} {
		if got := DeltaSeconds(c.digits); got != c.want {
			t.Errorf("%q: got %d, want %d", c.digits, got, c.want)
		}
	}
}

func FuzzDeltaSeconds(f *testing.F) {
	f.Add("0")
	f.Add("2147483648")
	f.Fuzz(func(t *testing.T, digits string) {
		if !IsDigits(digits) {
			return
		}
		want, _ := new(big.Int).SetString(digits, 10)
		if limit := big.NewInt(MaxDeltaSeconds); want.Cmp(limit) > 0 {
			want = limit
		}
		if got := DeltaSeconds(digits); got != want.Int64() {
			t.Errorf("%q: got %d, want %d", digits, got, want)
		}
	})
}

func TestExtractLinear(t *testing.T) {
	for _, unit := range []string{",", "a,", "a ,", " ", "a", "@,"} {
		t.Run(unit, func(t *testing.T) {
			lineartest.Check(t, func(size int) func() {
				l := [][2]string{{"Access-Control-Allow-Headers", strings.Repeat(unit, size/len(unit))}}
				return func() { ExtractListValues(l, "access-control-allow-headers") }
			})
		})
	}
	t.Run("many lines", func(t *testing.T) {
		lineartest.Check(t, func(size int) func() {
			l := slices.Repeat([][2]string{{"Access-Control-Allow-Headers", "a"}}, size/33)
			return func() { ExtractListValues(l, "access-control-allow-headers") }
		})
	})
}
