package safelist

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/corspec/corspec/internal/header"
	"github.com/corspec/corspec/internal/lineartest"
)

func TestUnsafeRequestHeaderNames(t *testing.T) {
	accept := func(n, length int) [][2]string {
		return slices.Repeat([][2]string{{"Accept", strings.Repeat("a", length)}}, n)
	}
	for _, c := range []struct {
		trap    string
		headers [][2]string
		want    []string
	}{
		{"", nil, nil},
		{"T61", [][2]string{{"Content-Type", "text/plain"}, {"Content-Type", "text/plain"}}, nil},
		{"T62", [][2]string{{"Content-Type", "application/json"}, {"Content-Type", "text/plain"}}, []string{"content-type"}},
		{"T71", accept(8, 128), nil},
		{"T71", append(accept(8, 128), [2]string{"Accept-Language", "a"}), []string{"accept", "accept-language"}},
		{"", append(accept(8, 128), [2]string{"Accept-Language", ""}), nil},
		{"", append(accept(8, 128), [2]string{"X-A", strings.Repeat("a", 500)}), []string{"x-a"}}, // not counted
		{"", append(accept(9, 128), [2]string{"X-A", ""}), []string{"accept", "x-a"}},
		{"T72", [][2]string{{"Accept-Language", strings.Repeat("a", 130)}}, []string{"accept-language"}},
		{"T95", [][2]string{{"X-B", "1"}, {"x-a", "2"}, {"X-b", "3"}, {"Accept", ""}}, []string{"x-a", "x-b"}},
		{"", [][2]string{{"Authorization", ""}}, []string{"authorization"}},
		{"", [][2]string{{"a", ""}, {"A-", ""}, {"_", ""}}, []string{"_", "a", "a-"}},
	} {
		got := UnsafeRequestHeaderNames(c.headers)
		if !slices.Equal(got, c.want) || (got == nil) != (c.want == nil) {
			t.Errorf("%s %q: got %q, want %q", c.trap, c.headers, got, c.want)
		}
	}
}

func TestUnsafeRequestHeaders(t *testing.T) {
	long := strings.Repeat("a", 128)
	headers := append(slices.Repeat([][2]string{{"Accept", long}}, 2), [2]string{"X-A", ""}, [2]string{"Accept", "{"})
	want := []UnsafeHeader{{2, Reason{RuleNameNotSafelisted, -1}}, {3, Reason{RuleValueUnsafeByte, 0}}}
	if diff := cmp.Diff(want, UnsafeRequestHeaders(headers)); diff != "" {
		t.Error(diff)
	}
	if got := UnsafeRequestHeaders(headers[:2]); got != nil {
		t.Errorf("got %v, want none", got)
	}
	// What has a reason of its own keeps it.
	for i, u := range UnsafeRequestHeaders(append(slices.Repeat(headers[:1], 9), headers[2])) {
		want := Reason{RuleValuesTooLong, -1}
		if i == 9 {
			want = Reason{RuleNameNotSafelisted, -1}
		}
		if u != (UnsafeHeader{i, want}) {
			t.Errorf("header %d: got %v", i, u)
		}
	}
}

// unsafeTwin is "CORS-unsafe request-header names", step by step.
func unsafeTwin(headers [][2]string) []string {
	var unsafeNames, potentiallyUnsafeNames []string
	safelistValueSize := 0
	for _, h := range headers {
		if !safelistedTwin(h[0], h[1]) {
			unsafeNames = append(unsafeNames, h[0])
		} else {
			potentiallyUnsafeNames = append(potentiallyUnsafeNames, h[0])
			safelistValueSize += len(h[1])
		}
	}
	if safelistValueSize > 1024 {
		unsafeNames = append(unsafeNames, potentiallyUnsafeNames...)
	}
	return header.SortedLowercaseSet(unsafeNames)
}

func FuzzUnsafeRequestHeaderNames(f *testing.F) {
	f.Add("X-B", "1", "x-a", "2", uint8(1))
	f.Add("Accept", strings.Repeat("a", 100), "Content-Type", "text/html", uint8(11))
	f.Fuzz(func(t *testing.T, n1, v1, n2, v2 string, times uint8) {
		headers := append(slices.Repeat([][2]string{{n1, v1}}, int(times)), [2]string{n2, v2}, [2]string{"accept", v1})
		got, want := UnsafeRequestHeaderNames(headers), unsafeTwin(headers)
		if !slices.Equal(got, want) {
			t.Errorf("%q: got %q, want %q", headers, got, want)
		}
		var names []string
		for _, u := range UnsafeRequestHeaders(headers) {
			if u.Reason.OK() {
				t.Errorf("%q: header %d is OK", headers, u.Index)
			}
			names = append(names, headers[u.Index][0])
		}
		if !slices.Equal(header.SortedLowercaseSet(names), want) {
			t.Errorf("%q: reasons for %q, want them for %q", headers, names, want)
		}
	})
}

func TestUnsafeLinear(t *testing.T) {
	lines := func(size int, line func(i int) [2]string) (l [][2]string) {
		for n := 0; n < size; {
			h := line(len(l))
			l = append(l, h)
			n += len(h[0]) + len(": ") + len(h[1]) + len("\r\n")
		}
		return l
	}
	for name, line := range map[string]func(i int) [2]string{
		"distinct":     func(i int) [2]string { return [2]string{fmt.Sprintf("X-%07d", i*7919%1_000_003), ""} },
		"long prefix":  func(i int) [2]string { return [2]string{strings.Repeat("x", 1000) + fmt.Sprint(i), ""} },
		"same":         func(int) [2]string { return [2]string{"A", ""} },
		"safelisted":   func(int) [2]string { return [2]string{"Accept", "a"} },
		"content type": func(int) [2]string { return [2]string{"Content-Type", "application/x-www-form-urlencoded"} },
	} {
		t.Run(name, func(t *testing.T) {
			lineartest.Check(t, func(size int) func() {
				l := lines(size, line)
				return func() { UnsafeRequestHeaderNames(l) }
			})
			lineartest.Check(t, func(size int) func() {
				l := lines(size, line)
				return func() { UnsafeRequestHeaders(l) }
			})
		})
	}
	t.Run("long values", func(t *testing.T) {
		lineartest.Check(t, func(size int) func() {
			v := strings.Repeat("trace\",", size/7)
			l := [][2]string{{"Accept", v}, {"Content-Type", v}, {"Range", v}, {v, v}}
			return func() {
				UnsafeRequestHeaderNames(l)
				IsForbiddenRequestHeader("X-HTTP-Method", v)
				IsForbiddenRequestHeader(v, v)
			}
		})
	})
}
