package weburl

import (
	"math/big"
	"net/netip"
	"strings"
	"testing"
)

// T14 to T23, at the host parser.
func TestTrapHosts(t *testing.T) {
	for _, test := range []struct{ trap, input, want string }{
		{"T14", "0x7f.1", "127.0.0.1"}, {"T14", "1.2.3", "1.2.0.3"}, {"T14", "256", "0.0.1.0"}, {"T14", "0xffffffff", "255.255.255.255"},
		{"T14", "%30", "0.0.0.0"}, {"T14", "1.2.3.4.", "1.2.3.4"}, {"T14", "0x", "0.0.0.0"}, {"T14", "017.0.0.1", "15.0.0.1"},
		{"T15", "09", ""}, {"T15", "1.2.3.4.5", ""}, {"T15", "foo.0x4", ""}, {"T15", "foo.09", ""}, {"T15", "example.255", ""}, {"T15", "256.1", ""},
		{"T15", "4294967296", ""}, {"T15", "1..2", ""}, {"T15", "a.1.", ""}, {"T15", "1.2.3.256", ""}, {"T15", "1.16777216", ""}, {"T15", ".1", ""},
		{"T16", "1e3", "1e3"}, {"T16", "0b1", "0b1"}, {"T16", ".", "."}, {"T16", "..", ".."}, {"T16", "a..b", "a..b"}, {"T16", "a_b.com", "a_b.com"},
		{"T16", "a~!b", "a~!b"}, {"T16", "-x.com", "-x.com"}, {"T16", "0xg", "0xg"}, {"T16", "1.a", "1.a"}, {"T16", "1..", "1.."},
		{"T17", "xn--a", "xn--a"}, {"T17", "xn--8i7caa", "xn--8i7caa"}, {"T17", "XN--A.COM", "xn--a.com"}, {"T17", "xn--.com", "xn--.com"},
		{"T18", "fa%C3%9F.example", "xn--fa-hia.example"}, {"T18", "FA\u1e9e.example", "xn--fa-hia.example"},
		{"T19", "\uff11\uff0e\uff12\uff0e\uff13\uff0e\uff14", "1.2.3.4"}, {"T19", "\uff10\uff58\uff17\uff26\u3002\uff11", "127.0.0.1"},
		{"T20", "exa%23mple", ""}, {"T20", "a%00b", ""}, {"T20", "a b", ""}, {"T20", "a^b", ""}, {"T20", "a%b", ""}, {"T20", "\u00ad", ""},
		{"T20", "a%2fb", ""}, {"T20", "a\x7fb", ""}, {"T20", "a\x1fb", ""}, {"T20", "%", ""}, {"T20", "%ff", ""}, {"T20", "\ufffd", ""}, {"T20", "\u00e9\uff0f", ""},
		{"T21", "[::1.2.3.4]", "[::102:304]"}, {"T21", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]"}, {"T21", "[1:2:3:4:5:6:1.2.3.4]", "[1:2:3:4:5:6:102:304]"},
		{"T22", "[1:2:0:0:5:0:0:0]", "[1:2:0:0:5::]"}, {"T22", "[1:0:2:3:4:5:6:7]", "[1:0:2:3:4:5:6:7]"}, {"T22", "[0:0:1:0:0:1:0:0]", "[::1:0:0:1:0:0]"},
		{"T22", "[1:2:3:4:5:6:7::]", "[1:2:3:4:5:6:7:0]"}, {"T22", "[::]", "[::]"}, {"T22", "[2001:DB8::0001]", "[2001:db8::1]"}, {"T22", "[::2:3:4:5:6:7:8]", "[0:2:3:4:5:6:7:8]"},
		{"T23", "[fe80::1%25eth0]", ""}, {"T23", "[::1", ""}, {"T23", "[:1]", ""}, {"T23", "[1:2:3:]", ""}, {"T23", "[]", ""}, {"T23", "[", ""},
		{"T23", "[1::2::3]", ""}, {"T23", "[12345::]", ""}, {"T23", "[::1.2.3]", ""}, {"T23", "[::01.2.3.4]", ""}, {"T23", "[::1.2.3.4.]", ""}, {"T23", "[::1.2.3.4:5]", ""},
		{"T23", "[1:2:3:4:5:6:7:8:9]", ""}, {"T23", "[1:2:3:4:5:6:7:1.2.3.4]", ""}, {"T23", "[::256.1.1.1]", ""}, {"T23", "[.1]", ""}, {"T23", "[::1]a", ""}, {"T23", "a[::1]", ""},
	} {
		t.Run(test.trap, func(t *testing.T) {
			got, err := ParseHost(test.input, false)
			if got != test.want || (err != nil) != (test.want == "") {
				t.Errorf("%q: got %q, %v; want %q", test.input, got, err, test.want)
			}
		})
	}
}

// Also of what is not a serialized host, nothing but loopback is taken for it.
func TestIsLoopback(t *testing.T) {
	for host, want := range map[string]bool{
		"localhost": true, "localhost.": true, "a.b.localhost": true, "a.localhost.": true, "127.0.0.1": true, "127.255.255.255": true, "[::1]": true, "127.a.localhost": true,
		"": false, ".": false, "localhost..": false, "notlocalhost": false, "localhost.example": false, "LOCALHOST": false,
		"127.example": false, "127.": false, "127.1": false, "127.0.0.1.": false, "127.0.0.256": false, "127.0.0.01": false, "127.0.0.1.2": false, "127.example.1": false, "128.0.0.1": false, "0.0.0.0": false,
		"::1": false, "[::1].": false, "[::2]": false, "[::]": false, "[::ffff:7f00:1]": false, "[0:0:0:0:0:0:0:1]": false,
	} {
		if got := IsLoopback(host); got != want {
			t.Errorf("%q: %v", host, got)
		}
	}
}

func TestOpaqueHosts(t *testing.T) {
	for input, want := range map[string]string{
		"": "", "ABC": "ABC", "%zz": "%zz", "\u00e9\x01": "%C3%A9%01", "1.2.3": "1.2.3", "[::0]": "[::]", "a\"{}'`": "a\"{}'`",
	} {
		if got, err := ParseHost(input, true); err != nil || got != want {
			t.Errorf("%q: got %q, %v; want %q", input, got, err, want)
		}
	}
	for _, c := range "\x00\t\n\r #/:<>?@[\\]^|" {
		if got, err := ParseHost("a"+string(c), true); err == nil || err.Reason != ReasonForbiddenHost || err.Offset != 1 {
			t.Errorf("%q: got %q, %v", c, got, err)
		}
	}
}

// The sets of code points as the standard lists them.
func TestForbiddenCodePoints(t *testing.T) {
	const host = "\x00\t\n\r #/:<>?@[\\]^|"
	for c := range 256 {
		r := rune(c)
		if got := classes[c].has(forbiddenHost); got != strings.ContainsRune(host, r) {
			t.Errorf("forbidden host code point %q: %t", r, got)
		}
		if got := classes[c].has(forbiddenDomain); got != (strings.ContainsRune(host+"%\x7f", r) || r < 0x20) {
			t.Errorf("forbidden domain code point %q: %t", r, got)
		}
	}
}

// ipv4Twin is the end of the host parser with big integers.
func ipv4Twin(s string) (out string, isNumber, ok bool) {
	number := func(s string) *big.Int {
		if s == "" {
			return nil
		}
		radix := 10
		if len(s) >= 2 && (s[:2] == "0x" || s[:2] == "0X") {
			s, radix = s[2:], 16
		} else if len(s) >= 2 && s[0] == '0' {
			s, radix = s[1:], 8
		}
		if s == "" {
			return new(big.Int)
		}
		if strings.ContainsAny(s, "+-_") {
			return nil
		}
		n, ok := new(big.Int).SetString(s, radix)
		if !ok {
			return nil
		}
		return n
	}
	parts := strings.Split(s, ".")
	if parts[len(parts)-1] == "" && len(parts) > 1 {
		parts = parts[:len(parts)-1]
	}
	last := parts[len(parts)-1]
	if !(last != "" && strings.Trim(last, "0123456789") == "") && number(last) == nil {
		return "", false, false
	}
	if len(parts) > 4 {
		return "", true, false
	}
	sum := new(big.Int)
	for i, part := range parts {
		n := number(part)
		if n == nil {
			return "", true, false
		}
		limit := new(big.Int).Lsh(big.NewInt(1), 8)
		if i == len(parts)-1 {
			limit.Lsh(big.NewInt(1), uint(8*(5-len(parts))))
		} else {
			sum.Add(sum, new(big.Int).Lsh(n, uint(8*(3-i))))
		}
		if n.Cmp(limit) >= 0 {
			return "", true, false
		}
		if i == len(parts)-1 {
			sum.Add(sum, n)
		}
	}
	v := uint32(sum.Uint64())
	return netip.AddrFrom4([4]byte{byte(v >> 24), byte(v >> 16), byte(v >> 8), byte(v)}).String(), true, true
}

func FuzzIPv4(f *testing.F) {
	for _, s := range []string{"1.2.3.4", "0x7f.1", "256.1", "09", "1..2", "0x", "4294967295", "4294967296", "00000000000000000000000000000000.0X0", "a.1.", "1.2.3.4.5", "0x1g", ".", "1_0", "0b1", "0o7"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if s == "" || !isASCII(s) {
			t.Skip()
		}
		want, isNumber, ok := ipv4Twin(s)
		if got := EndsInANumber(s); got != isNumber {
			t.Fatalf("%q ends in a number: %t", s, got)
		}
		if !isNumber {
			return
		}
		v, err := parseIPv4(s)
		got := string(appendIPv4(nil, v))
		if (err == nil) != ok || ok && got != want {
			t.Fatalf("%q: got %s, %v; want %s, %t", s, got, err, want, ok)
		}
		if isCanonicalIPv4(s) != (ok && want == s) {
			t.Fatalf("%q canonical: %t", s, isCanonicalIPv4(s))
		}
	})
}

// netip reads IPv6 addresses as the standard does, except for zones, and for a
// "::" that stands for no piece.
func FuzzIPv6(f *testing.F) {
	for _, s := range []string{"::", "::1", "1::", "1:2:3:4:5:6:7:8", "1:0:0:2:0:0:0:3", "::ffff:1.2.3.4", "1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5:6:7::", "::1.2.3", "1.2.3.4", ":1", "1:", "1::2::3", "00001::", "::1%a", "ABCD::"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		address, err := parseIPv6(s)
		want, wantErr := netip.ParseAddr(s)
		if wantErr == nil && (want.Is4() || want.Zone() != "") {
			if err == nil {
				t.Fatalf("%q: got %x", s, address)
			}
			return
		}
		if wantErr != nil {
			// With eight pieces written out, "::" is an error there only.
			if err == nil && !strings.Contains(s, "::") {
				t.Fatalf("%q: got %x, want %v", s, address, wantErr)
			}
			if err != nil {
				return
			}
			colons := strings.Count(s, ":")
			if strings.Contains(s, ".") {
				colons++
			}
			if colons < 8 {
				t.Fatalf("%q: got %x, want %v", s, address, wantErr)
			}
			return
		}
		if err != nil {
			t.Fatalf("%q: %v, want %v", s, err, want)
		}
		for i, b := range want.As16() {
			if byte(address[i/2]>>(8*(1-i%2))) != b {
				t.Fatalf("%q: got %x, want %v", s, address, want)
			}
		}
		serialized := string(appendIPv6(nil, address))
		if !want.Is4In6() && serialized != want.String() {
			t.Fatalf("%q: serialized %s, want %v", s, serialized, want)
		}
		if isCanonicalIPv6(s) != (serialized == s) {
			t.Fatalf("%q canonical: %t", s, isCanonicalIPv6(s))
		}
	})
}

// FuzzDomain holds the domain parser's promises: what it returns is an ASCII
// domain that it returns again.
func FuzzDomain(f *testing.F) {
	for _, s := range []string{"example.com", "b\u00fccher.de", "xn--a", "xn--fa-hia.\u00df", "\u00ad", "\u05d0.1a", "a\u200db", "\u2f00\U00032b9a", "xn--\u00df-", "\ufdfa", "\u1e9e", "<\u0338", "\u3002"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		s = clean(s)
		got, err := ParseDomain(s, false)
		strict, strictErr := ParseDomain(s, true)
		if err != nil {
			if err.Offset < 0 || err.Offset > len(s) {
				t.Fatalf("%q: offset %d", s, err.Offset)
			}
			if strictErr == nil {
				t.Fatalf("%q: strictly %q, else %v", s, strict, err)
			}
			return
		}
		if strictErr == nil && strict != got {
			t.Fatalf("%q: strictly %q, else %q", s, strict, got)
		}
		if got == "" || !isASCII(got) || got != strings.ToLower(got) || strings.ContainsAny(got, "\x00\t\n\r #/:<>?@[\\]^|%\x7f") {
			t.Fatalf("%q: got %q", s, got)
		}
		if again, err := ParseDomain(got, false); err != nil || again != got {
			t.Fatalf("%q: got %q, then %q, %v", s, got, again, err)
		}
	})
}

// What beStrict adds: CheckHyphens, UseSTD3ASCIIRules and VerifyDnsLength, and
// that ToASCII's failure counts for ASCII domains, too.
func TestStrictDomains(t *testing.T) {
	long := strings.Repeat("a", 63)
	for _, test := range []struct{ input, want string }{
		{"example.com", "example.com"}, {"EXAMPLE.com", "example.com"}, {"b\u00fccher.de", "xn--bcher-kva.de"}, {"xn--bcher-kva.de", "xn--bcher-kva.de"},
		{"a_b.com", ""}, {"-a.com", ""}, {"a-.com", ""}, {"ab--c.com", ""}, {"a--b.com", "a--b.com"}, {"\u00e9b--c.com", ""}, {"a..b", ""}, {"a.", ""}, {"", ""}, {".", ""},
		{"xn--a", ""}, {"xn--8i7caa", ""}, {"xn--", ""}, {"a b", ""}, {long + ".com", long + ".com"}, {long + "a.com", ""},
		{strings.Repeat(long+".", 3) + strings.Repeat("a", 61), strings.Repeat(long+".", 3) + strings.Repeat("a", 61)},
		{strings.Repeat(long+".", 3) + strings.Repeat("a", 62), ""},
		{"1.2.3.4", "1.2.3.4"}, {"\u2260.com", "xn--1ch.com"},
	} {
		got, err := ParseDomain(test.input, true)
		if got != test.want || (err != nil) != (test.want == "") {
			t.Errorf("%q: got %q, %v; want %q", test.input, got, err, test.want)
		}
	}
}

// Every pattern of zero pieces, in every spelling with at most one "::".
func TestCanonicalIPv6(t *testing.T) {
	for mask := range 256 {
		var address [8]uint16
		spelled := make([]string, 8)
		for i := range address {
			if mask>>i&1 == 1 {
				address[i] = 0xa0
			}
			spelled[i] = "0"
			if address[i] != 0 {
				spelled[i] = "a0"
			}
		}
		want := string(appendIPv6(nil, address))
		spellings := []string{want, strings.Join(spelled, ":"), strings.ToUpper(want), strings.Replace(want, "a0", "0a0", 1), want + ":", ":" + want}
		for i := range 8 {
			for j := i; j < 8 && address[j] == 0; j++ {
				spellings = append(spellings, strings.Join(spelled[:i], ":")+"::"+strings.Join(spelled[j+1:], ":"))
			}
		}
		for _, s := range spellings {
			if got := isCanonicalIPv6(s); got != (s == want) {
				t.Errorf("%s: %t, the canonical form is %s", s, got, want)
			}
		}
	}
}
