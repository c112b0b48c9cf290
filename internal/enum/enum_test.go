package enum

import "testing"

type kind uint8

func TestNames(t *testing.T) {
	from0, from1 := New[kind]("test: kind", "", "b", "c"), From1[kind]("test: kind", "b", "c")
	for _, tt := range []struct {
		names Names[kind]
		value kind
		want  string // "invalid(9)": it has no name
	}{
		{from0, 0, ""}, {from0, 1, "b"}, {from0, 2, "c"}, {from0, 3, "invalid(3)"}, {from0, 255, "invalid(255)"},
		{from1, 0, "invalid(0)"}, {from1, 1, "b"}, {from1, 2, "c"}, {from1, 3, "invalid(3)"},
		{Names[kind]{}, 0, "invalid(0)"},
	} {
		if got := tt.names.String(tt.value); got != tt.want {
			t.Errorf("%d: %q, want %q", tt.value, got, tt.want)
		}
		text, err := tt.names.MarshalText(tt.value)
		if has := tt.names.Has(tt.value); has != (err == nil) || has != (string(text) == tt.want) {
			t.Errorf("%d: has a name: %v; MarshalText: %q, %v", tt.value, has, text, err)
		}
		if err != nil {
			continue
		}
		back := kind(99)
		if err := tt.names.UnmarshalText(&back, text); err != nil || back != tt.value {
			t.Errorf("%q: %d, %v; want %d", text, back, err, tt.value)
		}
	}
	for names, text := range map[*Names[kind]]string{&from0: "B", &from1: ""} {
		e := kind(99)
		if err := names.UnmarshalText(&e, []byte(text)); err == nil || e != 99 {
			t.Errorf("%q: %d, %v", text, e, err)
		}
	}
	e := kind(0)
	if got, want := from1.UnmarshalText(&e, []byte("d")).Error(), `test: kind "d" does not exist; use one of ["b" "c"]`; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if _, err := from1.MarshalText(0); err.Error() != "test: kind 0 does not exist" {
		t.Error(err)
	}
}

func TestNamesAllocate(t *testing.T) {
	names := New[kind]("test: kind", "a", "b")
	if n := testing.AllocsPerRun(100, func() { _ = names.String(1) }); n != 0 {
		t.Errorf("String allocates %v times", n)
	}
}
