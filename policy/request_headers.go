package policy

import "github.com/corspec/corspec/internal/header"

// The budget for Access-Control-Request-Headers. Browsers send one line of sorted names with commas between them;
// intermediaries split it, and add white space and empty elements. No more than a request line's usual limit is read.
const (
	// MaxRequestHeadersSize is how many bytes the value may have.
	MaxRequestHeadersSize = 16 << 10
	// MaxEmptyElements is how many empty elements it may have; RFC 9110 asks
	// recipients to accept "a reasonable number".
	MaxEmptyElements = 16
)

// lowerTokenByte maps each byte that may be in a token to its lowercase form, and each other to 0.
var lowerTokenByte = func() (t [256]byte) {
	for i := range t {
		b := byte(i)
		switch {
		case 'A' <= b && b <= 'Z':
			t[i] = b - 'A' + 'a'
		case header.IsTokenByte(b):
			t[i] = b
		}
	}
	return t
}()

// judgeHeaders reads a value of Access-Control-Request-Headers. It says whether and why it is refused, and the name or
// bytes at fault. What cannot be answered at all comes before what is not allowed.
//
// https://fetch.spec.whatwg.org/#http-access-control-request-headers
func (p *Policy) judgeHeaders(list string) (refused refusal, fault string) {
	if len(list) > MaxRequestHeadersSize {
		return refusedBudget, ""
	}
	i := p.headers.skipListed(list)
	if i == len(list) {
		return notRefused, ""
	}
	for empty := 0; ; i++ { // over the comma
		for i < len(list) && (list[i] == ',' || header.IsTabOrSpace(list[i])) {
			if list[i] == ',' {
				if empty++; empty > MaxEmptyElements {
					return refusedBudget, ""
				}
			}
			i++
		}
		start, hash := i, hashSeed
		for i < len(list) {
			b := lowerTokenByte[list[i]]
			if b == 0 {
				break
			}
			hash = hashByte(hash, b)
			i++
		}
		name := list[start:i]
		for i < len(list) && header.IsTabOrSpace(list[i]) {
			i++
		}
		switch {
		case i < len(list) && list[i] != ',':
			return refusedList, list[start:min(i+1, len(list))]
		case name == "": // at the end, since no comma is here
			if empty++; empty > MaxEmptyElements {
				return refusedBudget, ""
			}
		case refused != refusedAuthorization:
			if r := p.judgeName(name, hash); r != notRefused && (refused == notRefused || r == refusedAuthorization) {
				refused, fault = r, name
			}
		}
		if i == len(list) {
			return refused, fault
		}
	}
}

func (p *Policy) judgeName(name string, hash uint32) refusal {
	switch {
	case !p.headers.all:
		if !p.headers.table.contains(name, hash) {
			return refusedHeader
		}
	case len(name) == len("authorization") && !p.headers.authorization && header.EqualFold(name, "authorization"):
		return refusedAuthorization
	case name == wildcard && p.credentials:
		// Echoed, it would be a wildcard to requests without credentials.
		return refusedHeader
	}
	return notRefused
}
