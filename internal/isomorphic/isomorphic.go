// Package isomorphic converts between byte sequences and strings in which each code point is one byte, as JSON texts
// carry methods, header names and header values.
package isomorphic

import "unicode/utf8"

// Encode turns each code point of s into one byte. Where one is above U+00FF, it returns the index of its first byte in
// s, else -1. https://infra.spec.whatwg.org/#isomorphic-encode
func Encode(s string) (encoded string, bad int) {
	i := ascii(s)
	if i == len(s) {
		return s, -1
	}
	b := append(make([]byte, 0, len(s)), s[:i]...)
	for j, r := range s[i:] {
		if r > 0xFF {
			return "", i + j
		}
		b = append(b, byte(r))
	}
	return string(b), -1
}

// Decode turns each byte of s into one code point. https://infra.spec.whatwg.org/#isomorphic-decode
func Decode(s string) string {
	i := ascii(s)
	if i == len(s) {
		return s
	}
	b := append(make([]byte, 0, len(s)+len(s)/2), s[:i]...)
	for ; i < len(s); i++ {
		b = utf8.AppendRune(b, rune(s[i]))
	}
	return string(b)
}

// DecodeAll decodes each of a list. The result is never nil.
func DecodeAll(list []string) []string {
	decoded := make([]string, len(list))
	for i, s := range list {
		decoded[i] = Decode(s)
	}
	return decoded
}

// DecodeHeaders decodes the names and values of a header list. The result is never nil.
func DecodeHeaders(list [][2]string) [][2]string {
	decoded := make([][2]string, len(list))
	for i, header := range list {
		decoded[i] = [2]string{Decode(header[0]), Decode(header[1])}
	}
	return decoded
}

// ascii returns how many bytes at the beginning of s are ASCII.
func ascii(s string) int {
	i := 0
	for i < len(s) && s[i] < utf8.RuneSelf {
		i++
	}
	return i
}
