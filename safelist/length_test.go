package safelist

import (
	"errors"
	"math/big"
	"strings"
	"testing"

	"github.com/corspec/corspec/internal/header"
	"github.com/corspec/corspec/internal/lineartest"
)

func TestExtractLength(t *testing.T) {
	for _, c := range []struct {
		lines []string
		want  string // a number, null or failure
		at    int    // where the failure is, in the joined value
	}{
		{nil, "null", 0},
		{[]string{"42"}, "42", 0},
		{[]string{"0"}, "0", 0},
		{[]string{"030"}, "30", 0},
		{[]string{"000"}, "0", 0},
		{[]string{"18446744073709551616"}, "18446744073709551616", 0},
		{[]string{"42", "42"}, "42", 0},
		{[]string{"42,\t42 ", "42"}, "42", 0},
		{[]string{""}, "null", 0},
		{[]string{"42s"}, "null", 0},
		{[]string{"-1"}, "null", 0},
		{[]string{"x", "x"}, "null", 0},
		{[]string{`"42"`}, "null", 0},
		{[]string{",", ""}, "null", 0},
		{[]string{"42", "043"}, "failure", 4},
		{[]string{"30,030"}, "failure", 3}, // the same number, and not the same string
		{[]string{"x, y"}, "failure", 3},
		{[]string{",30"}, "failure", 1},
		{[]string{"30", ""}, "failure", 4},
	} {
		l := [][2]string{{"X", "1"}}
		for _, line := range c.lines {
			l = append(l, [2]string{"content-LENGTH", line})
		}
		length, found, err := ExtractLength(l)
		got := length
		if !found {
			got = "null"
		}
		var perr *ParseError
		if errors.As(err, &perr) {
			got = "failure"
			if want := (Reason{RuleContentLengthsDiffer, c.at}); perr.Reason != want {
				t.Errorf("%q: got %v, want %v", c.lines, perr.Reason, want)
			}
		}
		if got != c.want {
			t.Errorf("%q: got %s, want %s", c.lines, got, c.want)
		}
	}
}

func FuzzExtractLength(f *testing.F) {
	f.Add("42", "42, 42")
	f.Add("030", "30")
	f.Fuzz(func(t *testing.T, a, b string) {
		l := [][2]string{{"Content-Length", a}, {"content-length", b}}
		length, found, err := ExtractLength(l)
		values := header.GetDecodeAndSplit(l, "Content-Length")
		same := true
		for _, v := range values {
			same = same && v == values[0]
		}
		n, isNumber := new(big.Int).SetString(values[0], 10)
		if isNumber && strings.Trim(values[0], "0123456789") != "" {
			isNumber = false // a sign or an underscore
		}
		switch {
		case !same:
			if err == nil || found {
				t.Errorf("%q: got %q, want failure", values, length)
			}
		case !isNumber:
			if err != nil || found {
				t.Errorf("%q: got %q, %v, want null", values, length, err)
			}
		case err != nil || !found || length != n.String():
			t.Errorf("%q: got %q, %v, want %v", values, length, err, n)
		}
	})
}

func TestLengthLinear(t *testing.T) {
	for _, unit := range []string{"1", "1,", ",", `"`} {
		t.Run(unit, func(t *testing.T) {
			lineartest.Check(t, func(size int) func() {
				value := strings.Repeat(unit, size/len(unit))
				l := [][2]string{{"Content-Length", value}, {"Content-Length", value}}
				return func() { ExtractLength(l) }
			})
		})
	}
}
