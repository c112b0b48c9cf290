package idna

import (
	"strings"
	"unicode/utf8"
)

// direction is a set of the ways that the plain code points of a domain run.
type direction uint8

const (
	leftToRight direction = 1 << iota
	rightToLeft
	neither // ASCII that is not a letter
)

// directions has the direction of each plain code point up to katakana. Of these all is known here, so that the module
// need not be asked: they are ASCII that is not in upper case, or letters that are valid, map to themselves, and never
// compose with what stands before. A test holds them against the module's tables. There would be more; most domains are
// of these.
var directions = func() (t [0x3100]direction) {
	add := func(d direction, step int, ranges ...rune) {
		for ; len(ranges) > 0; ranges = ranges[2:] {
			for r := ranges[0]; r <= ranges[1]; r += rune(step) {
				t[r] = d
			}
		}
	}
	add(leftToRight, 1, 'a', 'z', 'ß', 'ö', 'ø', 'ÿ')
	add(leftToRight, 2, 'ā', 'ı', 'ĵ', 'ķ', 'ĺ', 'ľ', 'ł', 'ň', 'ŋ', 'ŷ', 'ź', 'ž', 'ạ', 'ỹ') // Every other one is in upper case.
	add(leftToRight, 1, 'ά', 'ώ', 'а', 'џ')                                                   // Greek, Cyrillic
	add(leftToRight, 2, 'ґ', 'ҿ')
	add(rightToLeft, 1, 'א', 'ת', 'ؠ', 'ي', 'ٹ', 'ۓ') // Hebrew, Arabic
	add(leftToRight, 1, 'ა', 'ჺ')                     // Georgian
	add(leftToRight, 1, 'ぁ', 'ゖ', 'ァ', 'ヺ', 'ー', 'ヾ') // Kana
	for c := range rune(utf8.RuneSelf) {
		if t[c] == 0 && (c < 'A' || 'Z' < c) {
			t[c] = neither
		}
	}
	return t
}()

// plainDirection is the direction of a plain code point, 0 of any other.
func plainDirection(r rune) direction {
	switch {
	case r < rune(len(directions)):
		return directions[r]
	case 0x4E00 <= r && r <= 0x9FFF, 0xAC00 <= r && r <= 0xD7A3: // Han, Hangul
		return leftToRight
	}
	return 0
}

// isPlain reports whether all is known of a domain, and Processing leaves it as it is: its code points map to
// themselves, it is normalized, and its labels are valid and not in Punycode. Where one label runs from right to left,
// each has to be all letters of one direction.
func isPlain(domain string) bool {
	var all, label direction
	oneWay := true
	start := 0
	for i, r := range domain {
		if r == '.' {
			oneWay = oneWay && (label == leftToRight || label == rightToLeft)
			label = 0
			start = i + 1
			continue
		}
		d := plainDirection(r)
		if d == 0 || r == '-' && strings.HasPrefix(domain[start:], acePrefix) {
			return false
		}
		label |= d
		all |= d
	}
	oneWay = oneWay && (label == leftToRight || label == rightToLeft)
	return all&rightToLeft == 0 || oneWay
}
