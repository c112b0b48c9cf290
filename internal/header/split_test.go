package header

import (
	"slices"
	"strings"
	"testing"

	"github.com/corspec/corspec/internal/lineartest"
)

func TestCollectHTTPQuotedString(t *testing.T) {
	for _, c := range []struct {
		in, raw, extracted string
		next               int
	}{
		{`"\`, `"\`, `\`, 2},
		{`"Hello" World`, `"Hello"`, `Hello`, 7},
		{`"Hello \\ World\""`, `"Hello \\ World\""`, `Hello \ World"`, 18},
		{`"`, `"`, ``, 1},
		{`""`, `""`, ``, 2},
		{`"a`, `"a`, `a`, 2},
		{`"a\b`, `"a\b`, `ab`, 4},
		{`"\"`, `"\"`, `"`, 3},
		{`"\""x`, `"\""`, `"`, 4},
	} {
		if got, next := CollectHTTPQuotedString(c.in, 0, false); got != c.raw || next != c.next {
			t.Errorf("%q: got %q, %d, want %q, %d", c.in, got, next, c.raw, c.next)
		}
		if got, next := CollectHTTPQuotedString("xy"+c.in, 2, true); got != c.extracted || next != 2+c.next {
			t.Errorf("extract %q: got %q, %d, want %q, %d", c.in, got, next, c.extracted, 2+c.next)
		}
	}
}

func TestGetDecodeAndSplit(t *testing.T) {
	// The lines of a row are those of the header A; see the table at
	// https://fetch.spec.whatwg.org/#example-header-list-get-decode-split
	for _, c := range []struct {
		lines []string
		want  []string
	}{
		{nil, nil},                                     // T53
		{[]string{""}, []string{""}},                   // T53
		{[]string{"a,"}, []string{"a", ""}},            // T53
		{[]string{`"1,2", 3`}, []string{`"1,2"`, "3"}}, // T54
		{[]string{`\"a,b"`}, []string{`\"a,b"`}},       // T54
		{[]string{"nosniff,"}, []string{"nosniff", ""}},
		{[]string{"nosniff", ""}, []string{"nosniff", ""}},
		{[]string{`text/html;", x/x`}, []string{`text/html;", x/x`}},
		{[]string{`text/html;"`, `x/x`}, []string{`text/html;", x/x`}},
		{[]string{`x/x;test="hi",y/y`}, []string{`x/x;test="hi"`, "y/y"}},
		{[]string{`x/x;test="hi"`, "y/y"}, []string{`x/x;test="hi"`, "y/y"}},
		{[]string{"x / x,,,1"}, []string{"x / x", "", "", "1"}},
		{[]string{"x / x", ",", "1"}, []string{"x / x", "", "", "1"}},
		{[]string{`"1,2"`, "3"}, []string{`"1,2"`, "3"}},
		{[]string{","}, []string{"", ""}},
		{[]string{`"a"b"c,d" , e`}, []string{`"a"b"c,d"`, "e"}},
		{[]string{`"a\",b",c`}, []string{`"a\",b"`, "c"}},
		{[]string{"\t a \t,\x0bb"}, []string{"a", "\x0bb"}},
		{[]string{" \xe9 , \xff"}, []string{"\xe9", "\xff"}},
	} {
		l := [][2]string{{"B", "sniff"}}
		for _, line := range c.lines {
			l = append(l, [2]string{"A", line}, [2]string{"D", "4"})
		}
		got := GetDecodeAndSplit(l, "a")
		if !slices.Equal(got, c.want) || (got == nil) != (c.want == nil) {
			t.Errorf("%q: got %q, want %q", c.lines, got, c.want)
		}
	}
}

// quotedTwin is "collect an HTTP quoted string", word by word.
func quotedTwin(input string, position *int, extract bool) string {
	positionStart := *position
	value := ""
	*position++
	for {
		for *position < len(input) && input[*position] != '"' && input[*position] != '\\' {
			value += input[*position : *position+1]
			*position++
		}
		if *position >= len(input) {
			break
		}
		quoteOrBackslash := input[*position]
		*position++
		if quoteOrBackslash == '\\' {
			if *position >= len(input) {
				value += "\\"
				break
			}
			value += input[*position : *position+1]
			*position++
		} else {
			break
		}
	}
	if extract {
		return value
	}
	return input[positionStart:*position]
}

// splitTwin is "get, decode, and split" a value, word by word.
func splitTwin(input string) (values []string) {
	position := 0
	temporaryValue := ""
	for {
		for position < len(input) && input[position] != '"' && input[position] != ',' {
			temporaryValue += input[position : position+1]
			position++
		}
		if position < len(input) && input[position] == '"' {
			temporaryValue += quotedTwin(input, &position, false)
			if position < len(input) {
				continue
			}
		}
		values = append(values, strings.Trim(temporaryValue, "\t "))
		temporaryValue = ""
		if position >= len(input) {
			return values
		}
		position++
	}
}

func FuzzSplitValue(f *testing.F) {
	for _, s := range []string{"", "a,", `"1,2", 3`, `\"a,b"`, `"\`, ` "a" b"c\"," , `, "a\t, \xff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, value string) {
		if got, want := SplitValue(value), splitTwin(value); !slices.Equal(got, want) {
			t.Errorf("%q: got %q, want %q", value, got, want)
		}
		for s := Split(value); s.Next(); {
			if i := s.Offset(); i < 0 || value[i:i+len(s.Value())] != s.Value() {
				t.Errorf("%q: %q is not at %d", value, s.Value(), i)
			}
		}
		quoted := `x"` + value
		for _, extract := range []bool{false, true} {
			position := 1
			want := quotedTwin(quoted, &position, extract)
			if got, next := CollectHTTPQuotedString(quoted, 1, extract); got != want || next != position {
				t.Errorf("%q, %v: got %q, %d, want %q, %d", quoted, extract, got, next, want, position)
			}
		}
	})
}

func TestSplitLinear(t *testing.T) {
	for _, unit := range []string{",", `"`, `\`, `"\`, `","`, " ", "a", "\t,"} {
		t.Run(unit, func(t *testing.T) {
			lineartest.Check(t, func(size int) func() {
				value := strings.Repeat(unit, size/len(unit))
				return func() {
					for s := Split(value); s.Next(); {
					}
					CollectHTTPQuotedString(`"`+value, 0, true)
				}
			})
		})
	}
	t.Run("SplitValue", func(t *testing.T) {
		lineartest.Check(t, func(size int) func() {
			value := strings.Repeat("abc,", size/4)
			return func() { SplitValue(value) }
		})
	})
}
