package fetch_test

import (
	"reflect"
	"testing"

	"github.com/corspec/corspec/fetch"
	"github.com/corspec/corspec/internal/header"
)

func TestHeaderList(t *testing.T) {
	t.Run("T52 append takes the case of the first of the name", func(t *testing.T) {
		var l fetch.HeaderList
		l.Append("x-A", "1")
		l.Append("B", "2")
		l.Append("X-a", "3")
		if want := headers("x-A", "1", "B", "2", "x-A", "3"); !reflect.DeepEqual(l, want) {
			t.Errorf("%q, want %q", l, want)
		}
	})
	t.Run("T55 names sorted, in lower case, and unique", func(t *testing.T) {
		got := headers("X-B", "1", "x-a", "2", "X-b", "3").SortAndCombine()
		if want := headers("x-a", "2", "x-b", "1, 3"); !reflect.DeepEqual(got, want) {
			t.Errorf("%q, want %q", got, want)
		}
	})
	l := headers("A", "1", "b", "2", "a", "3", "Set-Cookie", "x", "set-cookie", "y")
	t.Run("contains and get", func(t *testing.T) {
		if !l.Contains("B") || l.Contains("c") {
			t.Error("Contains")
		}
		if v, ok := l.Get("A"); v != "1, 3" || !ok {
			t.Errorf("Get: %q, %v", v, ok)
		}
		if v, ok := l.Get("c"); v != "" || ok {
			t.Errorf("Get of nothing: %q, %v", v, ok)
		}
		if v, ok := headers("a", "", "a", "").Get("a"); v != ", " || !ok {
			t.Errorf("Get of empty values: %q, %v", v, ok)
		}
	})
	change := func(f func(l *fetch.HeaderList)) fetch.HeaderList {
		c := append(fetch.HeaderList(nil), l...)
		f(&c)
		return c
	}
	for _, tt := range []struct {
		name string
		do   func(l *fetch.HeaderList)
		want fetch.HeaderList
	}{
		{"delete", func(l *fetch.HeaderList) { l.Delete("A") }, headers("b", "2", "Set-Cookie", "x", "set-cookie", "y")},
		{"delete nothing", func(l *fetch.HeaderList) { l.Delete("c") }, l},
		{"set", func(l *fetch.HeaderList) { l.Set("a", "9") }, headers("A", "9", "b", "2", "Set-Cookie", "x", "set-cookie", "y")},
		{"set anew", func(l *fetch.HeaderList) { l.Set("C", "9") }, append(append(fetch.HeaderList(nil), l...), [2]string{"C", "9"})},
		{"combine", func(l *fetch.HeaderList) { l.Combine("a", "9") }, headers("A", "1, 9", "b", "2", "a", "3", "Set-Cookie", "x", "set-cookie", "y")},
		{"combine anew", func(l *fetch.HeaderList) { l.Combine("C", "9") }, append(append(fetch.HeaderList(nil), l...), [2]string{"C", "9"})},
		{"append", func(l *fetch.HeaderList) { l.Append("SET-COOKIE", "z") }, append(append(fetch.HeaderList(nil), l...), [2]string{"Set-Cookie", "z"})},
	} {
		if got := change(tt.do); !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
	if got, want := l.SortAndCombine(), headers("a", "1, 3", "b", "2", "set-cookie", "x", "set-cookie", "y"); !reflect.DeepEqual(got, want) {
		t.Errorf("SortAndCombine: %q, want %q", got, want)
	}
	if l[0][0] != "A" {
		t.Error("SortAndCombine changes its receiver")
	}
	var plain [][2]string = l
	if !header.Contains(plain, "b") {
		t.Error("a HeaderList is not assignable to [][2]string")
	}
}
