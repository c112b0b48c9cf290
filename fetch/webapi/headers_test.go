package webapi

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/corspec/corspec/fetch"
	"github.com/corspec/corspec/internal/lineartest"
)

// headersOp is one call of a method: "append A: b", "set A: b", "delete A".
type headersOp struct {
	method, name, value string
	kept                bool   // of append and set
	err                 string // Part of the HeaderError, or empty
}

func TestHeaders(t *testing.T) {
	long := strings.Repeat("a", 100)
	tests := []struct {
		name  string
		guard Guard
		start fetch.HeaderList
		ops   []headersOp
		want  fetch.HeaderList
	}{
		{name: "none lets everything in", guard: GuardNone, ops: []headersOp{
			{"append", "Cookie", "a=b", true, ""}, {"append", "Set-Cookie", "a=b", true, ""}, {"append", "X-A", "1", true, ""}},
			want: fetch.HeaderList{{"Cookie", "a=b"}, {"Set-Cookie", "a=b"}, {"X-A", "1"}}},
		{name: "append keeps the case of the first", guard: GuardNone, ops: []headersOp{
			{"append", "X-a", "1", true, ""}, {"append", "x-A", "2", true, ""}},
			want: fetch.HeaderList{{"X-a", "1"}, {"X-a", "2"}}},
		{name: "values are normalized", guard: GuardNone, ops: []headersOp{
			{"append", "A", "\r\n\t 1 2 \n", true, ""}, {"set", "B", " \t", true, ""}},
			want: fetch.HeaderList{{"A", "1 2"}, {"B", ""}}},
		{name: "malformed headers throw before the guard is asked", guard: GuardImmutable, ops: []headersOp{
			{"append", "A B", "1", false, "header name"}, {"append", "", "1", false, "header name"}, {"append", "A", "1\x00", false, "value"},
			{"append", "A", "1\r\n2", false, "value"}, {"set", "é", "1", false, "header name"}, {"set", "A", "a\nb", false, "value"},
			{"delete", "A:", "", false, "header name"}}},
		{name: "immutable throws", guard: GuardImmutable, start: fetch.HeaderList{{"A", "1"}}, ops: []headersOp{
			{"append", "A", "2", false, "header name"}, {"set", "A", "2", false, "header name"}, {"delete", "A", "", false, "header name"}, {"delete", "B", "", false, "header name"}},
			want: fetch.HeaderList{{"A", "1"}}},
		{name: "request drops forbidden request-headers", guard: GuardRequest, start: fetch.HeaderList{{"Host", "a"}}, ops: []headersOp{
			{"append", "Cookie", "a=b", false, ""}, {"append", "sec-x", "1", false, ""}, {"set", "Origin", "https://a.com", false, ""},
			{"append", "X-HTTP-Method-Override", "GET, track", false, ""}, {"append", "X-HTTP-Method-Override", "PUT", true, ""},
			{"delete", "Host", "", false, ""}, {"append", "Authorization", "x", true, ""}, {"append", "Set-Cookie", "a=b", false, ""}},
			want: fetch.HeaderList{{"Host", "a"}, {"X-HTTP-Method-Override", "PUT"}, {"Authorization", "x"}}},
		{name: "delete of a method override goes by the empty value", guard: GuardRequest, start: fetch.HeaderList{{"X-Method-Override", "TRACE"}}, ops: []headersOp{
			{"delete", "x-method-override", "", false, ""}}},
		{name: "response drops forbidden response-header names", guard: GuardResponse, start: fetch.HeaderList{{"Set-Cookie2", "x"}}, ops: []headersOp{
			{"append", "Set-Cookie", "a=b", false, ""}, {"set", "set-cookie2", "a", false, ""}, {"delete", "Set-Cookie2", "", false, ""},
			{"append", "Cookie", "a=b", true, ""}},
			want: fetch.HeaderList{{"Set-Cookie2", "x"}, {"Cookie", "a=b"}}},
		{name: "T74 append to request-no-cors judges the joined value", guard: GuardRequestNoCORS, ops: []headersOp{
			{"append", "Accept", long, true, ""}, {"append", "accept", long, false, ""}, {"append", "Accept", strings.Repeat("b", 26), true, ""}},
			want: fetch.HeaderList{{"Accept", long}, {"Accept", strings.Repeat("b", 26)}}},
		{name: "T75 set of Range in request-no-cors", guard: GuardRequestNoCORS, ops: []headersOp{
			{"set", "Range", "bytes=0-", false, ""}, {"append", "Range", "bytes=0-", false, ""}}},
		{name: "set in request-no-cors judges the new value alone", guard: GuardRequestNoCORS, ops: []headersOp{
			{"append", "Accept", long, true, ""}, {"set", "Accept", strings.Repeat("b", 128), true, ""}, {"set", "Accept", strings.Repeat("c", 129), false, ""}},
			want: fetch.HeaderList{{"Accept", strings.Repeat("b", 128)}}},
		{name: "request-no-cors drops what is not safelisted", guard: GuardRequestNoCORS, ops: []headersOp{
			{"append", "X-A", "1", false, ""}, {"append", "Content-Type", "application/json", false, ""}, {"append", "Content-Type", "text/plain", true, ""},
			{"append", "Content-Type", "text/plain", false, ""}, {"set", "Content-Type", "text/plain;a=b", true, ""}},
			want: fetch.HeaderList{{"Content-Type", "text/plain;a=b"}}},
		{name: "a privileged Range goes when a script appends", guard: GuardRequestNoCORS, start: fetch.HeaderList{{"Range", "bytes=0-"}}, ops: []headersOp{
			{"append", "X-A", "1", false, ""}, {"append", "Accept", "*/*", true, ""}},
			want: fetch.HeaderList{{"Accept", "*/*"}}},
		{name: "a privileged Range stays when nothing is written", guard: GuardRequestNoCORS, start: fetch.HeaderList{{"Range", "bytes=0-"}}, ops: []headersOp{
			{"append", "X-A", "1", false, ""}, {"set", "X-A", "1", false, ""}, {"delete", "X-A", "", false, ""}, {"delete", "Accept", "", false, ""}},
			want: fetch.HeaderList{{"Range", "bytes=0-"}}},
		{name: "a privileged Range goes when a script deletes or sets", guard: GuardRequestNoCORS, start: fetch.HeaderList{{"Range", "bytes=0-"}, {"Accept", "a"}, {"Accept-Language", "b"}}, ops: []headersOp{
			{"delete", "accept", "", false, ""}, {"set", "Accept-Language", "c", true, ""}},
			want: fetch.HeaderList{{"Accept-Language", "c"}}},
		{name: "delete may name Range", guard: GuardRequestNoCORS, start: fetch.HeaderList{{"Range", "bytes=0-"}}, ops: []headersOp{
			{"delete", "range", "", false, ""}}},
		{name: "delete in request-no-cors of another name", guard: GuardRequestNoCORS, start: fetch.HeaderList{{"X-A", "1"}}, ops: []headersOp{
			{"delete", "X-A", "", false, ""}}, want: fetch.HeaderList{{"X-A", "1"}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h := Headers{List: new(slices.Clone(tt.start)), Guard: tt.guard}
			for _, op := range tt.ops {
				var kept bool
				var err error
				switch op.method {
				case "append":
					kept, err = h.Append(op.name, op.value)
				case "set":
					kept, err = h.Set(op.name, op.value)
				case "delete":
					err = h.Delete(op.name)
				}
				var e *Exception
				part := ""
				if errors.As(err, &e) {
					part, _, _ = strings.Cut(e.Part, " of header")
				}
				if kept != op.kept || part != op.err || (err != nil) != (op.err != "") {
					t.Errorf("%s %q: %q: kept %v, error %v; want %v, %q", op.method, op.name, op.value, kept, err, op.kept, op.err)
				}
			}
			if diff := cmp.Diff(tt.want, *h.list(), cmp.Transformer("empty", func(l fetch.HeaderList) [][2]string { return append([][2]string{}, l...) })); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

func TestHeadersReading(t *testing.T) {
	h := Headers{List: &fetch.HeaderList{{"B", "1"}, {"Set-Cookie", "x=1"}, {"a", "2"}, {"b", "3"}, {"set-cookie", "y=2"}}, Guard: GuardImmutable}
	if v, ok, err := h.Get("b"); v != "1, 3" || !ok || err != nil {
		t.Errorf("Get: %q, %v, %v", v, ok, err)
	}
	if v, ok, err := h.Get("c"); v != "" || ok || err != nil {
		t.Errorf("Get of what is not there: %q, %v, %v", v, ok, err)
	}
	if ok, err := h.Has("A"); !ok || err != nil {
		t.Errorf("Has: %v, %v", ok, err)
	}
	if ok, err := h.Has("c"); ok || err != nil {
		t.Errorf("Has of what is not there: %v, %v", ok, err)
	}
	if got := h.GetSetCookie(); !slices.Equal(got, []string{"x=1", "y=2"}) {
		t.Errorf("GetSetCookie: %q", got)
	}
	if got := (&Headers{}).GetSetCookie(); len(got) != 0 {
		t.Errorf("GetSetCookie of nothing: %q", got)
	}
	want := fetch.HeaderList{{"a", "2"}, {"b", "1, 3"}, {"set-cookie", "x=1"}, {"set-cookie", "y=2"}}
	if diff := cmp.Diff(want, h.Pairs()); diff != "" {
		t.Errorf("Pairs: %s", diff)
	}
	for _, name := range []string{"", "a b", "é"} {
		var e *Exception
		if _, _, err := h.Get(name); !errors.As(err, &e) || e.Part != "header name" {
			t.Errorf("Get(%q): %v", name, err)
		}
		if _, err := h.Has(name); !errors.As(err, &e) || e.Part != "header name" {
			t.Errorf("Has(%q): %v", name, err)
		}
	}
}

func TestHeaderErrorText(t *testing.T) {
	h := Headers{}
	for _, tt := range []struct{ name, value, want string }{
		{"a b", "1", `header name "a b", byte 1: `},
		{"", "1", `header name "": `},
		{"A", "1\r2", `value of header "A" "1\r2", byte 1: `},
	} {
		if _, err := h.Append(tt.name, tt.value); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%q: %q: %v, want %q in it", tt.name, tt.value, err, tt.want)
		}
	}
	h.Guard = GuardImmutable
	if _, err := h.Append("A", "1"); err == nil || !strings.Contains(err.Error(), "immutable") {
		t.Errorf("immutable: %v", err)
	}
}

// TestHeadersFill holds Fill against one Append after the other.
func TestHeadersFill(t *testing.T) {
	list := fetch.HeaderList{{"X-a", "1"}, {"Cookie", "c"}, {"x-A", " 2"}, {"Set-Cookie", "s"}, {"Accept", "*/*"}, {"accept", "a"}, {"Range", "bytes=0-"}, {"START", "3"}, {"Content-Type", "a/b"}, {"RANGE", "bytes=1-"}}
	for g := GuardNone; g <= GuardImmutable; g++ {
		for _, bad := range []fetch.HeaderList{nil, {{"a b", "1"}}, {{"a", "\x00"}}} {
			start := fetch.HeaderList{{"Start", "0"}}
			filled := Headers{List: new(slices.Clone(start)), Guard: g}
			appended := Headers{List: new(slices.Clone(start)), Guard: g}
			all := slices.Concat(list, bad, fetch.HeaderList{{"After", "1"}})
			dropped, err := filled.Fill(all)
			var wantDropped fetch.HeaderList
			var want error
			for _, h := range all {
				var kept bool
				if kept, want = appended.Append(h[0], h[1]); want != nil {
					break
				}
				if !kept {
					wantDropped = append(wantDropped, [2]string{h[0], strings.TrimSpace(h[1])})
				}
			}
			if diff := cmp.Diff(wantDropped, dropped); diff != "" {
				t.Errorf("%v: dropped: -want +got\n%s", g, diff)
			}
			if fmt.Sprint(err) != fmt.Sprint(want) {
				t.Errorf("%v: error %v, want %v", g, err, want)
			}
			if diff := cmp.Diff(*appended.list(), *filled.list()); diff != "" {
				t.Errorf("%v: -appended +filled\n%s", g, diff)
			}
		}
	}
}

// Fill makes its lists at once, and no longer than they can become.
func TestHeadersFillMemory(t *testing.T) {
	kept := slices.Repeat(fetch.HeaderList{{"A", "1"}}, 600)
	forbidden := slices.Repeat(fetch.HeaderList{{"Cookie", "1"}}, 600)
	for _, c := range []struct {
		list          fetch.HeaderList
		kept, dropped int
	}{{slices.Concat(forbidden, kept), 600, 1200}, {slices.Concat(kept, forbidden), 1200, 600}} {
		h := Headers{Guard: GuardRequest}
		dropped, err := h.Fill(c.list)
		if err != nil || cap(dropped) != c.dropped {
			t.Errorf("%v; room for %d headers that are dropped, want %d", err, cap(dropped), c.dropped)
		}
		if n := cap(*h.List); n < c.kept || n > c.kept+c.kept/10 {
			t.Errorf("room for %d headers that are kept, want %d or a few more", n, c.kept)
		}
	}
}

// TestHeadersFillIsLinear holds that a header is not compared with all before it.
func TestHeadersFillIsLinear(t *testing.T) {
	for g := GuardNone; g < GuardImmutable; g++ {
		t.Run(g.String(), func(t *testing.T) {
			lineartest.Check(t, func(size int) func() {
				list := fetch.HeaderList{{"Range", "bytes=0-"}}
				for i := range size / 64 {
					list = append(list, [2]string{fmt.Sprintf("x-%d", i), ""}, [2]string{"Accept", ""})
				}
				return func() {
					h := Headers{Guard: g, List: new(slices.Clone(list))}
					if _, err := h.Fill(list); err != nil {
						t.Fatal(err)
					}
				}
			})
		})
		t.Run(g.String()+", one name", func(t *testing.T) {
			lineartest.Check(t, func(size int) func() {
				list := slices.Repeat(fetch.HeaderList{{"Accept", "*/*"}}, size/len("Accept: */*\r\n"))
				return func() {
					if _, err := (&Headers{Guard: g, List: new(fetch.HeaderList)}).Fill(list); err != nil {
						t.Fatal(err)
					}
				}
			})
		})
	}
}

func TestGuardNames(t *testing.T) {
	for g := GuardNone; g <= GuardImmutable; g++ {
		text, err := g.MarshalText()
		if err != nil {
			t.Fatal(err)
		}
		var back Guard
		if err := back.UnmarshalText(text); err != nil || back != g || g.String() != string(text) {
			t.Errorf("%s: %v, %v", text, back, err)
		}
	}
	if got := GuardNone.String(); got != "none" {
		t.Errorf("the zero guard is %q", got)
	}
	if _, err := Guard(99).MarshalText(); err == nil {
		t.Error("guard 99 has a name")
	}
	if err := new(Guard).UnmarshalText([]byte("Request")); err == nil {
		t.Error("guard \"Request\" is taken")
	}
}

func FuzzHeaders(f *testing.F) {
	f.Add("Accept", "a", "accept", "b", byte(2))
	f.Add("X-HTTP-Method", "TRACE", "Cookie", "", byte(1))
	f.Fuzz(func(t *testing.T, n1, v1, n2, v2 string, guard byte) {
		h := Headers{Guard: Guard(guard % 5)}
		list := fetch.HeaderList{{n1, v1}, {n2, v2}}
		_, err := h.Fill(list)
		slow := Headers{Guard: h.Guard}
		var want error
		for _, e := range list {
			if _, want = slow.Append(e[0], e[1]); want != nil {
				break
			}
		}
		if fmt.Sprint(err) != fmt.Sprint(want) || !slices.Equal(*h.list(), *slow.list()) {
			t.Errorf("%q: filled %q, %v; appended %q, %v", list, *h.list(), err, *slow.list(), want)
		}
		if _, err := h.Set(n2, v1); err == nil {
			if err := h.Delete(n2); err != nil {
				t.Errorf("%q can be set and not deleted: %v", n2, err)
			}
		}
	})
}
