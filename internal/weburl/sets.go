package weburl

// class says to which of the standard's sets a byte belongs. Percent-encode
// sets hold every byte above 0x7E, so one table of bytes is enough.
type class uint32

const (
	setC0 class = 1 << iota
	setFragment
	setQuery
	setSpecialQuery
	setPath
	setUserinfo
	forbiddenHost
	forbiddenDomain
	upper
	digit
	hexDigit
	schemeByte // ASCII alphanumeric, "+", "-", "."
	alpha
	domainByte // can stand in a serialized domain
	opaqueByte // can stand in a serialized opaque host
	plainPath  // can stand in a serialized path, "/" too
	plainQuery // can stand in a serialized query of a special URL, "?" too
	plainFragment
	authorityEnd // ends the authority of a special URL
)

var classes = makeClasses()

func makeClasses() (t [256]class) {
	for i := range t {
		c := byte(i)
		if c < 0x20 || c > 0x7E {
			t[i] |= setC0 | setFragment | setQuery | setSpecialQuery | setPath | setUserinfo
		}
		if c < 0x20 || c == 0x7F {
			t[i] |= forbiddenDomain
		}
		switch {
		case 'a' <= c && c <= 'z':
			t[i] |= alpha | schemeByte
		case 'A' <= c && c <= 'Z':
			t[i] |= alpha | schemeByte | upper
		case '0' <= c && c <= '9':
			t[i] |= digit | schemeByte
		case c == '+' || c == '-' || c == '.':
			t[i] |= schemeByte
		}
		if '0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F' {
			t[i] |= hexDigit
		}
	}
	add := func(set class, bytes string) {
		for i := range len(bytes) {
			t[bytes[i]] |= set
		}
	}
	add(setFragment, " \"<>`")
	add(setQuery|setSpecialQuery|setPath|setUserinfo, " \"#<>")
	add(setSpecialQuery, "'")
	add(setPath|setUserinfo, "?^`{}")
	add(setUserinfo, "/:;=@[\\]|")
	add(forbiddenHost|forbiddenDomain, "\x00\t\n\r #/:<>?@[\\]^|")
	add(forbiddenDomain, "%")
	add(authorityEnd, `/\?#`)
	for i := range t {
		if t[i]&(setC0|forbiddenDomain|upper) == 0 {
			t[i] |= domainByte
		}
		if t[i]&(setC0|forbiddenHost) == 0 {
			t[i] |= opaqueByte
		}
		if t[i]&setPath == 0 && i != '\\' {
			t[i] |= plainPath
		}
		if t[i]&setSpecialQuery == 0 {
			t[i] |= plainQuery
		}
		if t[i]&setFragment == 0 {
			t[i] |= plainFragment
		}
	}
	return t
}

func (c class) has(set class) bool { return c&set != 0 }

const upperHex = "0123456789ABCDEF"

// appendEncoded is UTF-8 percent-encode with a percent-encode set. The input is valid UTF-8.
//
// https://url.spec.whatwg.org/#string-utf-8-percent-encode
func appendEncoded(b []byte, s string, set class) []byte {
	start := 0
	for i := range len(s) {
		if c := s[i]; classes[c].has(set) {
			b = append(b, s[start:i]...)
			b = append(b, '%', upperHex[c>>4], upperHex[c&15])
			start = i + 1
		}
	}
	return append(b, s[start:]...)
}

// PercentEncodeUserinfo is appendEncoded with the userinfo percent-encode set.
func PercentEncodeUserinfo(s string) string { return string(appendEncoded(nil, s, setUserinfo)) }

func unhex(c byte) byte {
	switch {
	case c <= '9':
		return c - '0'
	case c <= 'F':
		return c - 'A' + 10
	default:
		return c - 'a' + 10
	}
}

// PercentDecode is the percent-decoding of a string.
//
// https://url.spec.whatwg.org/#string-percent-decode
// https://url.spec.whatwg.org/#percent-decode
func PercentDecode(s string) string {
	b := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		if s[i] == '%' && i+2 < len(s) && classes[s[i+1]].has(hexDigit) && classes[s[i+2]].has(hexDigit) {
			b = append(b, unhex(s[i+1])<<4|unhex(s[i+2]))
			i += 2
			continue
		}
		b = append(b, s[i])
	}
	return string(b)
}
