package strictjson

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/corspec/corspec/internal/lineartest"
)

func TestCheck(t *testing.T) {
	for _, tt := range []struct {
		text, want string
		offset     int
	}{
		{` {"a": [1, "b", null]} `, "", 0},
		{"{\"a\":\"\xff\"}", "is not valid UTF-8", 6},
		{"\ufeff{}", "byte order mark", 0},
		{"", "is not JSON", 0},
		{`{"a":1`, "is not JSON: unexpected end", 5},
		{`{"a":01}`, "is not JSON", 6},
		{`{} {}`, "is not JSON", 3},
	} {
		switch fault := Check([]byte(tt.text)); {
		case fault == nil && tt.want != "":
			t.Errorf("%q passes", tt.text)
		case fault != nil && (tt.want == "" || !strings.Contains(fault.Error(), tt.want) || fault.Offset != tt.offset):
			t.Errorf("%q: %v at %d, want %q at %d", tt.text, fault, fault.Offset, tt.want, tt.offset)
		}
	}
}

func TestMembers(t *testing.T) {
	const text = ` { "a" : [1, 2],"A":{"x" :null}, "\u0061b":"c"}`
	members, fault := Members([]byte(text))
	if fault != nil {
		t.Fatal(fault)
	}
	want := []struct{ name, value, at string }{{"a", "[1, 2]", `"a"`}, {"A", `{"x" :null}`, `"A"`}, {"ab", `"c"`, `"\u0061b"`}}
	if len(members) != len(want) {
		t.Fatalf("%d members", len(members))
	}
	for i, w := range want {
		m := members[i]
		if m.Name != w.name || string(m.Value) != w.value || !strings.HasPrefix(text[m.Offset:], w.at) || !strings.HasPrefix(text[m.Start:], w.value) {
			t.Errorf("%+v, %q, %q; want %+v", m, text[m.Offset:], text[m.Start:], w)
		}
	}
}

func TestMembersRejects(t *testing.T) {
	for _, tt := range []struct {
		text, want string
		offset, n  int
	}{
		{`{"a":1,"b":2, "\u0061":3,"c":4}`, "a: stands there twice", 14, 2},
		{` [1]`, "is a list, want an object", 1, 0},
		{`null`, "is null, want an object", 0, 0},
		{``, "is nothing, want an object", 0, 0},
		{`{1:2}`, "is not JSON", 1, 0}, // Check would have found that
	} {
		members, fault := Members([]byte(tt.text))
		if fault == nil || !strings.HasPrefix(fault.Error(), tt.want) || fault.Offset != tt.offset || len(members) != tt.n {
			t.Errorf("%s: %d members, %v; want %d, %s at %d", tt.text, len(members), fault, tt.n, tt.want, tt.offset)
		}
	}
}

func TestElements(t *testing.T) {
	const text = `[ 1,"a" , [2]]`
	elements, fault := Elements([]byte(text))
	if fault != nil {
		t.Fatal(fault)
	}
	var got []string
	for start, value := range elements {
		got = append(got, string(value), text[start:start+1])
	}
	if diff := cmp.Diff([]string{"1", "1", `"a"`, `"`, "[2]", "["}, got); diff != "" {
		t.Error(diff)
	}
	for _, text := range []string{`{}`, `"a"`} {
		if _, fault := Elements([]byte(text)); fault == nil {
			t.Errorf("%s passes", text)
		}
	}
}

func TestString(t *testing.T) {
	if s, fault := String([]byte(` "a\u00e9"`)); s != "aé" || fault != nil {
		t.Errorf("%q, %v", s, fault)
	}
	for _, text := range []string{"1", "null", `["a"]`, `"`} {
		if _, fault := String([]byte(text)); fault == nil {
			t.Errorf("%s passes", text)
		}
	}
}

func TestKind(t *testing.T) {
	for text, want := range map[string]string{"{}": "an object", "\n[": "a list", `""`: "a string", "true": "a boolean", "false": "a boolean", "null": "null", "-1": "a number", " ": "nothing"} {
		if got := Kind([]byte(text)); got != want {
			t.Errorf("%q is %s, want %s", text, got, want)
		}
	}
}

// TestMalformed holds that a text that nobody has checked neither panics nor hangs.
func TestMalformed(t *testing.T) {
	all := func(text string) {
		Check([]byte(text))
		Members([]byte(text))
		if elements, fault := Elements([]byte(text)); fault == nil {
			for range elements {
			}
		}
	}
	for _, text := range []string{`{`, `{"a`, `{"a\\`, `{"a"`, `{"a":`, `{"a":[`, `{]`, `{}}`, `[`, `[1`, `[}`, `["\\`, `[,,`, `{"a":]}`} {
		for i := range len(text) + 1 {
			all(text[:i])
			all(text[:i] + "}")
			all(text[:i] + "]")
		}
	}
}

// FuzzMembers holds that a text that encoding/json takes for an object is one here, with the same members, except for
// those that stand there twice.
func FuzzMembers(f *testing.F) {
	f.Add(`{"a":1,"b":[{}]}`)
	f.Add(`{"a":1,"a":2}`)
	f.Fuzz(func(t *testing.T, text string) {
		var want map[string]json.RawMessage
		valid := json.Unmarshal([]byte(text), &want) == nil && want != nil
		if fault := Check([]byte(text)); fault != nil {
			return
		}
		members, fault := Members([]byte(text))
		if fault != nil && fault.Reason == "stands there twice" {
			return
		}
		if valid != (fault == nil) || len(members) != len(want) {
			t.Fatalf("%q: %d members, %v; want %d", text, len(members), fault, len(want))
		}
		for _, m := range members {
			if string(m.Value) != string(want[m.Name]) || string(m.Value) != text[m.Start:m.Start+len(m.Value)] || text[m.Offset] != '"' {
				t.Errorf("%q: %q at %d is %q at %d, want %q", text, m.Name, m.Offset, m.Value, m.Start, want[m.Name])
			}
		}
	})
}

func TestLinear(t *testing.T) {
	lineartest.Check(t, func(size int) func() {
		var b strings.Builder
		for i := range size / 20 {
			fmt.Fprintf(&b, `"%d":[0,"",{}],`, i)
		}
		text := []byte("{" + b.String() + `"":[` + strings.Repeat("0,", size/4) + "0]}")
		return func() {
			Check(text)
			members, _ := Members(text)
			elements, _ := Elements(members[len(members)-1].Value)
			for range elements {
			}
		}
	})
}
