package idna

import (
	"math"
	"math/bits"
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

// appendPunycode appends a label encoded as in RFC 3492, section 6.3. It has at
// most maxLabel code points. ok is false where the code overflows.
//
// The procedure there passes over the whole label for each code point in it;
// all that a pass is for is to count the smaller ones between two places.
func appendPunycode(b []byte, label string) (_ []byte, ok bool) {
	var (
		buf     [24]uint64
		rest    = buf[:0] // The code points from n on, each with its place.
		smaller places    // Those of the others.
		length  = 0
	)
	for _, r := range label {
		if r < utf8.RuneSelf {
			b = append(b, byte(r))
			smaller.add(length)
		} else {
			rest = append(rest, uint64(r)<<32|uint64(length))
		}
		length++
	}
	slices.Sort(rest)
	h := uint32(length - len(rest))
	if h > 0 {
		b = append(b, '-')
	}
	delta, n, bias, first := uint64(0), uint32(initialN), uint32(initialBias), true
	for len(rest) > 0 {
		m := uint32(rest[0] >> 32)
		delta += uint64(m-n) * uint64(h+1)
		n = m
		same := 1
		for same < len(rest) && uint32(rest[same]>>32) == m {
			same++
		}
		passed := uint64(0)
		for _, r := range rest[:same] {
			before := smaller.before(int(uint32(r)))
			delta += before - passed
			passed = before
			if delta > math.MaxInt32 {
				return nil, false
			}
			b = appendInteger(b, uint32(delta), bias)
			bias = adapt(uint32(delta), h+1, first)
			first = false
			delta = 0
			h++
		}
		delta += smaller.before(length) - passed
		for _, r := range rest[:same] {
			smaller.add(int(uint32(r)))
		}
		rest = rest[same:]
		delta++
		n++
	}
	return b, true
}

// appendInteger appends a generalized variable-length integer.
func appendInteger(b []byte, q, bias uint32) []byte {
	for k := uint32(base); ; k += base {
		t := uint32(tmin)
		if k > bias {
			t = min(max(k-bias, tmin), tmax)
		}
		if q < t {
			return append(b, digit(q))
		}
		b = append(b, digit(t+(q-t)%(base-t)))
		q = (q - t) / (base - t)
	}
}

func digit(d uint32) byte {
	if d < 26 {
		return byte('a' + d)
	}
	return byte('0' + d - 26)
}

// adapt is the bias adaptation function, section 6.1.
func adapt(delta, points uint32, first bool) uint32 {
	if first {
		delta /= damp
	} else {
		delta /= 2
	}
	delta += delta / points
	k := uint32(0)
	for delta > (base-tmin)*tmax/2 {
		delta /= base - tmin
		k += base
	}
	return k + (base-tmin+1)*delta/(delta+skew)
}

// places is a set of places in a label.
type places [maxLabel / 64]uint64

func (p *places) add(i int) { p[i/64] |= 1 << (i % 64) }

// before counts the places in the set before place i, which may be the end.
func (p *places) before(i int) uint64 {
	n := 0
	for _, word := range p[:i/64] {
		n += bits.OnesCount64(word)
	}
	if i%64 > 0 {
		n += bits.OnesCount64(p[i/64] & (1<<(i%64) - 1))
	}
	return uint64(n)
}
