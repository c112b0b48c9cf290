package safelist

import (
	"errors"
	"math/big"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/corspec/corspec/internal/lineartest"
)

func TestParseSingleRangeHeaderValue(t *testing.T) {
	big1 := "1" + strings.Repeat("0", 60)
	for _, c := range []struct {
		value      string
		whitespace bool
		want       Range
		rule       Rule
		at         int
	}{
		{value: "bytes=0-1", want: Range{"0", "1"}},
		{value: "bytes=5-5", want: Range{"5", "5"}},
		{value: "bytes=0-", want: Range{"0", ""}},
		{value: "bytes=-500", want: Range{"", "500"}},
		{value: "bytes=-0", want: Range{"", "0"}},
		{value: "bytes=00-01", want: Range{"0", "1"}},
		{value: "bytes=007-0010", want: Range{"7", "10"}},
		{value: "bytes=9-10", want: Range{"9", "10"}}, // as numbers, not as strings
		{value: "bytes=" + big1 + "-" + big1, want: Range{big1, big1}},
		{value: "bytes=" + big1 + "-" + big1[1:] + "1", rule: RuleRangeStartAfterEnd, at: 6},
		{value: "bytes=18446744073709551616-18446744073709551615", rule: RuleRangeStartAfterEnd, at: 6},
		{value: "bytes=0009-1", rule: RuleRangeStartAfterEnd, at: 6},
		{value: "bytes = 1 - 2", whitespace: true, want: Range{"1", "2"}}, // T173
		{value: "bytes\t=\t \t-\t2", whitespace: true, want: Range{"", "2"}},
		{value: "bytes=1-2 ", whitespace: true, rule: RuleRangeMalformed, at: 9}, // T173
		{value: "bytes=1- ", whitespace: true, want: Range{"1", ""}},             // step 13 skips it
		{value: "bytes = 1 - 2", rule: RuleRangeMalformed, at: 5},
		{value: "bytes= 1-2", rule: RuleRangeMalformed, at: 6},
		{value: "bytes=1 -2", rule: RuleRangeMalformed, at: 7},
		{value: "bytes=1- 2", rule: RuleRangeMalformed, at: 8},
		{value: " bytes=1-2", whitespace: true, rule: RuleRangeMalformed, at: 0},
		{value: "bytes\n=1-2", whitespace: true, rule: RuleRangeMalformed, at: 5},
		{value: "", rule: RuleRangeMalformed, at: 0},
		{value: "byte", rule: RuleRangeMalformed, at: 4},
		{value: "Bytes=1-2", rule: RuleRangeMalformed, at: 0},
		{value: "bytes", rule: RuleRangeMalformed, at: 5}, // X35: index 5, which is the end
		{value: "bytes=", rule: RuleRangeMalformed, at: 6},
		{value: "bytes=1", rule: RuleRangeMalformed, at: 7},
		{value: "bytes=-", rule: RuleRangeMalformed, at: 7},
		{value: "bytes=1-2,3-4", rule: RuleRangeMalformed, at: 9},
		{value: "bytes=+1-2", rule: RuleRangeMalformed, at: 6},
		{value: "bytes=\xb2-", rule: RuleRangeMalformed, at: 6}, // superscript two
	} {
		got, err := ParseSingleRangeHeaderValue(c.value, c.whitespace)
		if c.rule == "" {
			if err != nil || got != c.want {
				t.Errorf("%q, %v: got %q, %v, want %q", c.value, c.whitespace, got, err, c.want)
			}
			continue
		}
		want := &ParseError{Input: c.value, Reason: Reason{c.rule, c.at}}
		var perr *ParseError
		if !errors.As(err, &perr) || cmp.Diff(want, perr) != "" || got != (Range{}) {
			t.Errorf("%q, %v: got %q, %v, want %v", c.value, c.whitespace, got, err, want)
		}
	}
}

func FuzzParseSingleRangeHeaderValue(f *testing.F) {
	for _, s := range []string{"bytes=0-1", "bytes = 10 - 9", "bytes=-", "bytes=-5", "bytes=007-", "bytes=1-2,3-4", "Bytes=0-"} {
		f.Add(s)
	}
	plain := regexp.MustCompile(`^bytes=([0-9]*)-([0-9]*)$`)
	spaced := regexp.MustCompile(`^bytes[\t ]*=[\t ]*([0-9]*)[\t ]*-[\t ]*([0-9]*)$`)
	f.Fuzz(func(t *testing.T, value string) {
		for _, whitespace := range []bool{false, true} {
			pattern := plain
			if whitespace {
				pattern = spaced
			}
			// The slow twin: a regular expression and big integers.
			var want Range
			match := pattern.FindStringSubmatch(value)
			ok := match != nil && match[1]+match[2] != ""
			if ok {
				start, hasStart := new(big.Int).SetString(match[1], 10)
				end, hasEnd := new(big.Int).SetString(match[2], 10)
				if hasStart {
					want.Start = start.String()
				}
				if hasEnd {
					want.End = end.String()
				}
				if ok = !hasStart || !hasEnd || start.Cmp(end) <= 0; !ok {
					want = Range{}
				}
			}
			got, err := ParseSingleRangeHeaderValue(value, whitespace)
			if got != want || (err == nil) != ok {
				t.Errorf("%q, %v: got %q, %v, want %q, %v", value, whitespace, got, err, want, ok)
			}
		}
	})
}

func TestRangeLinear(t *testing.T) {
	for _, unit := range []string{"0", "1", " "} {
		t.Run(unit, func(t *testing.T) {
			lineartest.Check(t, func(size int) func() {
				digits := strings.Repeat(unit, size/2)
				value := "bytes=" + digits + "-" + digits
				return func() { ParseSingleRangeHeaderValue(value, true) }
			})
		})
	}
}

func TestBuildContentRange(t *testing.T) {
	if got, want := BuildContentRange(0, 499, 1234), "bytes 0-499/1234"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	const most = 1<<64 - 1
	if got, want := BuildContentRange(most, most, most),
		"bytes 18446744073709551615-18446744073709551615/18446744073709551615"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestAddRangeHeader(t *testing.T) {
	for _, c := range []struct {
		first, last int64
		want        string // empty: an error
	}{
		{0, 0, "bytes=0-0"},
		{0, 499, "bytes=0-499"},
		{500, NoEnd, "bytes=500-"},
		{0, 1<<63 - 1, "bytes=0-9223372036854775807"},
		{1, 0, ""},
		{-1, 0, ""},
		{-1, NoEnd, ""},
		{0, -2, ""},
	} {
		got, err := AddRangeHeader(nil, c.first, c.last)
		if c.want == "" {
			if err == nil || got != nil {
				t.Errorf("%d, %d: got %q, %v, want an error", c.first, c.last, got, err)
			}
			continue
		}
		if diff := cmp.Diff([][2]string{{"Range", c.want}}, got); diff != "" || err != nil {
			t.Errorf("%d, %d: %v\n%s", c.first, c.last, err, diff)
		}
		if !IsCORSSafelistedRequestHeader(got[0][0], got[0][1]) {
			t.Errorf("%q is not safelisted", got)
		}
	}
	given := [][2]string{{"X-A", "x"}}
	same, err := AddRangeHeader(given, 12, 10)
	const want = "safelist: not a range: from 12 to 10: use 0 <= first <= last, or NoEnd for last"
	if diff := cmp.Diff(given, same); diff != "" || err == nil || err.Error() != want {
		t.Errorf("%v, want %s\n%s", err, want, diff)
	}
	got, _ := AddRangeHeader([][2]string{{"rANGE", "x"}}, 1, 2)
	if diff := cmp.Diff([][2]string{{"rANGE", "x"}, {"rANGE", "bytes=1-2"}}, got); diff != "" {
		t.Error(diff)
	}
}
