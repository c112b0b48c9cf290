package header

import (
	"strings"
	"testing"
)

func TestByteSets(t *testing.T) {
	const token = "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	for i := range 256 {
		b := byte(i)
		in := func(set string) bool { return strings.IndexByte(set, b) >= 0 }
		for _, c := range []struct {
			name      string
			got, want bool
		}{
			{"IsTokenByte", IsTokenByte(b), in(token)},
			{"IsToken", IsToken(string([]byte{b})), in(token)},
			{"IsDigit", IsDigit(b), in("0123456789")},
			{"IsAlpha", IsAlpha(b), in("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")},
			{"IsTabOrSpace", IsTabOrSpace(b), in("\t ")},
			{"IsWhitespace", IsWhitespace(b), in("\t\n\r ")},
		} {
			if c.got != c.want {
				t.Errorf("%s(%#02x) = %v, want %v", c.name, b, c.got, c.want)
			}
		}
	}
	if IsToken("") || IsDigits("") {
		t.Error("the empty string is neither a token nor digits")
	}
	if i := IndexNonToken("ab c"); i != 2 {
		t.Errorf("IndexNonToken: got %d, want 2", i)
	}
}

func TestTrim(t *testing.T) {
	for _, c := range []struct{ in, tabOrSpace, whitespace, right string }{
		{"", "", "", ""},
		{" \t", "", "", ""},
		{"a", "a", "a", "a"},
		{" a b\t", "a b", "a b", " a b"},
		{"\r\n a\t", "\r\n a", "a", "\r\n a"},
		{"\x0ba\x0c", "\x0ba\x0c", "\x0ba\x0c", "\x0ba\x0c"},
		{"\u00a0a", "\u00a0a", "\u00a0a", "\u00a0a"},
	} {
		if got := TrimTabOrSpace(c.in); got != c.tabOrSpace {
			t.Errorf("TrimTabOrSpace(%q) = %q, want %q", c.in, got, c.tabOrSpace)
		}
		if got := TrimWhitespace(c.in); got != c.whitespace {
			t.Errorf("TrimWhitespace(%q) = %q, want %q", c.in, got, c.whitespace)
		}
		if got := TrimWhitespaceRight(c.in); got != c.right {
			t.Errorf("TrimWhitespaceRight(%q) = %q, want %q", c.in, got, c.right)
		}
	}
}

func TestFold(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{"", "", true},
		{"a", "", false},
		{"Set-Cookie", "sET-cOOKIE", true},
		{"Set-Cookie", "Set-Cookie2", false},
		{"k", "\u212a", false}, // the Kelvin sign folds to k in Unicode only
		{"s", "\u017f", false},
		{"@", "`", false}, // a letter's distance apart, and no letters
		{"[", "{", false},
		{"\xc0", "\xe0", false},
	} {
		if got := EqualFold(c.a, c.b); got != c.want {
			t.Errorf("EqualFold(%q, %q) = %v, want %v", c.a, c.b, got, c.want)
		}
	}
	if got := Lower("X-\xc4B`[\u212a"); got != "x-\xc4b`[\u212a" {
		t.Errorf("Lower: got %q", got)
	}
	if !HasPrefixFold("Sec-", "sec-") || HasPrefixFold("sec", "sec-") || HasPrefixFold("xsec-", "sec-") {
		t.Error("HasPrefixFold is wrong")
	}
}

func FuzzFold(f *testing.F) {
	f.Add("Content-Type", "content-type")
	f.Add("\u212a", "k")
	f.Fuzz(func(t *testing.T, a, b string) {
		// The slow twin knows one byte at a time.
		slow := func(s string) string {
			out := []byte(s)
			for i, c := range out {
				if strings.IndexByte("ABCDEFGHIJKLMNOPQRSTUVWXYZ", c) >= 0 {
					out[i] = c | 0x20
				}
			}
			return string(out)
		}
		if got := Lower(a); got != slow(a) {
			t.Errorf("Lower(%q) = %q, want %q", a, got, slow(a))
		}
		if got, want := EqualFold(a, b), slow(a) == slow(b); got != want {
			t.Errorf("EqualFold(%q, %q) = %v, want %v", a, b, got, want)
		}
		if !EqualFold(a, Lower(a)) {
			t.Errorf("EqualFold(%q) is not reflexive", a)
		}
	})
}

func TestHexDigits(t *testing.T) {
	const digits = "0123456789abcdef0123456789ABCDEF"
	for i := range 256 {
		b := byte(i)
		at := strings.IndexByte(digits, b)
		if IsHexDigit(b) != (at >= 0) {
			t.Errorf("%#02x is a hex digit: %v", b, IsHexDigit(b))
		}
		if at >= 0 && int(Unhex(b)) != at%16 {
			t.Errorf("%q stands for %d", b, Unhex(b))
		}
	}
}

func TestStateString(t *testing.T) {
	for state, want := range map[State]string{Null: "null", Failure: "failure", List: "list", 99: "invalid state"} {
		if got := state.String(); got != want {
			t.Errorf("state %d is %q, want %q", state, got, want)
		}
	}
}
