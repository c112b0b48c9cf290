package weburl

import (
	"math"
	"strconv"
	"strings"
)

// EndsInANumber reports whether a domain must be read as an IPv4 address: its last label, apart from one empty label at
// the end, is all digits or a hexadecimal number.
//
// https://url.spec.whatwg.org/#ends-in-a-number-checker
func EndsInANumber(s string) bool {
	s = strings.TrimSuffix(s, ".")                  // Ends in a number checker, step 3.
	last := s[strings.LastIndexByte(s, '.')+1:]     // Ends in a number checker, step 4.
	if last == "" || !classes[last[0]].has(digit) { // Neither 5 nor 6 can hold.
		return false
	}
	digits := true
	for i := range len(last) {
		if !classes[last[i]].has(digit) {
			digits = false
			break
		}
	}
	if digits { // Ends in a number checker, step 5.
		return true
	}
	_, ok := ipv4Number(last) // Ends in a number checker, step 6.
	return ok
}

// mayEndANumber reports whether a domain that ends in c may end in a number: in a
// digit, hexadecimal perhaps, in "0x", or in a dot behind that.
func mayEndANumber(c byte) bool { return classes[c].has(hexDigit) || c == 'x' || c == '.' }

// parseIPv4 is the IPv4 parser.
//
// https://url.spec.whatwg.org/#concept-ipv4-parser
func parseIPv4(s string) (uint32, *Error) {
	end := len(s)
	if strings.HasSuffix(s, ".") { // IPv4 parser, step 2.
		end--
	}
	var numbers [4]uint64
	n, start := 0, 0
	for start <= end {
		stop := end
		if i := strings.IndexByte(s[start:end], '.'); i >= 0 {
			stop = start + i
		}
		if n == 4 { // IPv4 parser, step 4.
			return 0, fail(start, ReasonIPv4TooManyParts)
		}
		v, ok := ipv4Number(s[start:stop])
		if !ok { // IPv4 parser, step 6.2.
			return 0, fail(start, ReasonIPv4NonNumericPart)
		}
		if stop < end && v > 255 { // IPv4 parser, step 8.
			return 0, fail(start, ReasonIPv4OutOfRange)
		}
		if stop == end && v >= 1<<(8*(4-n)) { // IPv4 parser, step 9: 256^(5 − size), the size being n+1.
			return 0, fail(start, ReasonIPv4OutOfRange)
		}
		numbers[n] = v
		n++
		start = stop + 1
	}
	ipv4 := numbers[n-1] // IPv4 parser, steps 10 to 13.
	for i := range n - 1 {
		ipv4 += numbers[i] << (8 * (3 - i))
	}
	return uint32(ipv4), nil
}

// ipv4Number is the IPv4 number parser. The value saturates: all that matters above 2³² is that it is out of range.
//
// https://url.spec.whatwg.org/#ipv4-number-parser
func ipv4Number(s string) (v uint64, ok bool) {
	if s == "" { // IPv4 number parser, step 1.
		return 0, false
	}
	radix := uint64(10)
	switch {
	case len(s) >= 2 && s[0] == '0' && s[1]|0x20 == 'x': // IPv4 number parser, step 4.
		s, radix = s[2:], 16
	case len(s) >= 2 && s[0] == '0': // IPv4 number parser, step 5.
		s, radix = s[1:], 8
	}
	for i := range len(s) { // IPv4 number parser, steps 6 to 8.
		c := s[i]
		if !classes[c].has(hexDigit) {
			return 0, false
		}
		d := uint64(unhex(c))
		if d >= radix {
			return 0, false
		}
		if v = v*radix + d; v > math.MaxUint32 {
			v = math.MaxUint32 + 1
		}
	}
	return v, true
}

// appendIPv4 is the IPv4 serializer.
//
// https://url.spec.whatwg.org/#concept-ipv4-serializer
func appendIPv4(b []byte, a uint32) []byte {
	for shift := 24; shift >= 0; shift -= 8 {
		b = strconv.AppendUint(b, uint64(a>>shift&0xFF), 10)
		if shift > 0 {
			b = append(b, '.')
		}
	}
	return b
}

// isCanonicalIPv4 reports whether the IPv4 serializer can return s.
func isCanonicalIPv4(s string) bool {
	if len(s) > len("255.255.255.255") {
		return false
	}
	parts, length, v := 1, 0, 0
	for i := range len(s) {
		c := s[i]
		switch {
		case c == '.':
			if length == 0 || parts == 4 {
				return false
			}
			parts++
			length, v = 0, 0
		case '0' <= c && c <= '9':
			if length > 0 && v == 0 {
				return false
			}
			v = v*10 + int(c-'0')
			if length++; v > 255 {
				return false
			}
		default:
			return false
		}
	}
	return parts == 4 && length > 0
}
