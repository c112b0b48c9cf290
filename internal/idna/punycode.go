package idna

import (
	"cmp"
	"math"
	"slices"
	"unicode/utf8"
)

// The parameters of RFC 3492, section 5.
const (
	base        = 36
	tmin        = 1
	tmax        = 26
	skew        = 38
	damp        = 700
	initialBias = 72
	initialN    = 128
)

// appendPunycode appends a label encoded as in RFC 3492, section 6.3. ok is
// false where the code overflows.
//
// The procedure there passes over the whole label for each code point in it;
// all that a pass is for is to count the smaller ones between two places. Here
// a tree of sums counts them, so that the time grows as n log n.
func appendPunycode(b []byte, label string) (_ []byte, ok bool) {
	runes := make([]rune, 0, utf8.RuneCountInString(label))
	for _, r := range label {
		runes = append(runes, r)
	}
	smaller := make(sums, len(runes)+1) // The places of code points below n.
	var places []int                    // The others, by code point and place.
	for i, r := range runes {
		if r < initialN {
			b = append(b, byte(r))
			smaller.add(i)
		} else {
			places = append(places, i)
		}
	}
	slices.SortStableFunc(places, func(i, j int) int { return cmp.Compare(runes[i], runes[j]) })
	h := len(runes) - len(places)
	if h > 0 {
		b = append(b, '-')
	}
	delta, n, bias, first := 0, rune(initialN), initialBias, true
	for len(places) > 0 {
		m := runes[places[0]]
		delta += int(m-n) * (h + 1)
		n = m
		same := 1
		for same < len(places) && runes[places[same]] == m {
			same++
		}
		passed := 0
		for _, i := range places[:same] {
			before := smaller.before(i)
			delta += before - passed
			passed = before
			if delta > math.MaxInt32 {
				return nil, false
			}
			b = appendInteger(b, delta, bias)
			bias = adapt(delta, h+1, first)
			first = false
			delta = 0
			h++
		}
		delta += smaller.before(len(runes)) - passed
		for _, i := range places[:same] {
			smaller.add(i)
		}
		places = places[same:]
		delta++
		n++
	}
	return b, true
}

// appendInteger appends a generalized variable-length integer.
func appendInteger(b []byte, q, bias int) []byte {
	for k := base; ; k += base {
		t := min(max(k-bias, tmin), tmax)
		if q < t {
			return append(b, digit(q))
		}
		b = append(b, digit(t+(q-t)%(base-t)))
		q = (q - t) / (base - t)
	}
}

func digit(d int) byte {
	if d < 26 {
		return byte('a' + d)
	}
	return byte('0' + d - 26)
}

// adapt is the bias adaptation function, section 6.1.
func adapt(delta, points int, first bool) int {
	if first {
		delta /= damp
	} else {
		delta /= 2
	}
	delta += delta / points
	k := 0
	for delta > (base-tmin)*tmax/2 {
		delta /= base - tmin
		k += base
	}
	return k + (base-tmin+1)*delta/(delta+skew)
}

// sums is a binary indexed tree that counts marked places.
type sums []int32

// add marks place i.
func (s sums) add(i int) {
	for i++; i < len(s); i += i & -i {
		s[i]++
	}
}

// before counts the marked places before place i.
func (s sums) before(i int) int {
	n := int32(0)
	for ; i > 0; i -= i & -i {
		n += s[i]
	}
	return int(n)
}
