package isomorphic

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestEncode(t *testing.T) {
	for _, tt := range []struct {
		s, want string
		bad     int
	}{
		{"", "", -1},
		{"a~\x00\x7f", "a~\x00\x7f", -1},
		{"aé\u0080ÿ", "a\xe9\x80\xff", -1},
		{"é\u0100", "", 2},
		{"a\xff", "", 1}, // what is not UTF-8 reads as U+FFFD
	} {
		got, bad := Encode(tt.s)
		if got != tt.want || bad != tt.bad {
			t.Errorf("Encode(%q) = %q, %d, want %q, %d", tt.s, got, bad, tt.want, tt.bad)
		}
	}
}

func TestDecode(t *testing.T) {
	all := make([]byte, 256)
	for i := range all {
		all[i] = byte(i)
	}
	decoded := Decode(string(all))
	if n := len([]rune(decoded)); n != 256 {
		t.Errorf("256 bytes are %d code points", n)
	}
	if back, bad := Encode(decoded); back != string(all) || bad != -1 {
		t.Errorf("all bytes come back as %q, %d", back, bad)
	}
	if diff := cmp.Diff([]string{"a", "é"}, DecodeAll([]string{"a", "\xe9"})); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([][2]string{{"é", "ÿ"}}, DecodeHeaders([][2]string{{"\xe9", "\xff"}})); diff != "" {
		t.Error(diff)
	}
	if DecodeAll(nil) == nil || DecodeHeaders(nil) == nil {
		t.Error("nil is null in JSON")
	}
}
