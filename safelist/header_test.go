package safelist

import (
	"strings"
	"testing"

	"github.com/corspec/corspec/internal/lineartest"
)

func TestHeaderName(t *testing.T) {
	for _, c := range []struct {
		name string
		want Reason
	}{
		{"X-A", Reason{RuleOK, -1}},
		{"!#$%&'*+-.^_`|~09AZaz", Reason{RuleOK, -1}},
		{"", Reason{RuleNameEmpty, -1}},
		{"X A", Reason{RuleNameNotToken, 1}},
		{"X-A:", Reason{RuleNameNotToken, 3}},
		{"\xe9", Reason{RuleNameNotToken, 0}},
	} {
		if got := CheckHeaderName(c.name); got != c.want || IsHeaderName(c.name) != c.want.OK() {
			t.Errorf("%q: got %v, want %v", c.name, got, c.want)
		}
	}
}

func TestHeaderValue(t *testing.T) {
	for _, c := range []struct {
		value string
		want  Reason
	}{
		{"", Reason{RuleOK, -1}},
		{"a\x01b", Reason{RuleOK, -1}}, // T49
		{"\x7f", Reason{RuleOK, -1}},   // T49
		{"\xff", Reason{RuleOK, -1}},   // T49
		{"\x0ba", Reason{RuleOK, -1}},  // T51
		{"a \t b", Reason{RuleOK, -1}},
		{" a", Reason{RuleValueOuterWhitespace, 0}}, // T50
		{"a\t", Reason{RuleValueOuterWhitespace, 1}},
		{" ", Reason{RuleValueOuterWhitespace, 0}},
		{"a\x00b", Reason{RuleValueNUL, 1}},   // T50
		{"a\nb", Reason{RuleValueNewline, 1}}, // T50
		{"\ra", Reason{RuleValueNewline, 0}},
		{"ab\r\n ", Reason{RuleValueNewline, 2}}, // the first byte at fault, in order
	} {
		if got := CheckHeaderValue(c.value); got != c.want || IsHeaderValue(c.value) != c.want.OK() {
			t.Errorf("%q: got %v, want %v", c.value, got, c.want)
		}
	}
}

func TestNormalizeHeaderValue(t *testing.T) {
	for in, want := range map[string]string{
		"\r\n a\t":      "a",     // T50
		"\x0ba":         "\x0ba", // T51
		"a\r\nb":        "a\r\nb",
		" \t\r\n":       "",
		"a\x0c":         "a\x0c",
		"\u0085a\u00a0": "\u0085a\u00a0",
	} {
		if got := NormalizeHeaderValue(in); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}

func FuzzHeaderValue(f *testing.F) {
	f.Add(" a\x00")
	f.Add("\x0ba\r\nb")
	f.Fuzz(func(t *testing.T, value string) {
		want := value == strings.Trim(value, "\t ") && !strings.ContainsAny(value, "\x00\n\r")
		got := CheckHeaderValue(value)
		if got.OK() != want {
			t.Errorf("%q: got %v, want %v", value, got, want)
		}
		if !want && strings.IndexByte("\x00\n\r\t ", value[got.Byte]) < 0 {
			t.Errorf("%q: nothing is wrong at byte %d", value, got.Byte)
		}
		normalized := NormalizeHeaderValue(value)
		if normalized != strings.Trim(value, "\t\n\r ") {
			t.Errorf("%q: normalized to %q", value, normalized)
		}
		// Nothing but what may be nowhere can stand against a normalized value.
		if IsHeaderValue(normalized) == strings.ContainsAny(normalized, "\x00\n\r") {
			t.Errorf("%q: normalized to %q, %v", value, normalized, CheckHeaderValue(normalized))
		}
	})
}

func TestHeaderLinear(t *testing.T) {
	for _, unit := range []string{"a", " ", "\t\r\n "} {
		t.Run(unit, func(t *testing.T) {
			lineartest.Check(t, func(size int) func() {
				s := strings.Repeat(unit, size/len(unit))
				return func() {
					IsHeaderValue(s)
					IsHeaderName(s)
					NormalizeHeaderValue(s)
					IsMethod(s)
					NormalizeMethod(s)
				}
			})
		})
	}
}
