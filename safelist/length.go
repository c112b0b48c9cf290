package safelist

import "github.com/corspec/corspec/internal/header"

// ExtractLength returns the length that the Content-Length headers agree on, as a decimal number of any size without
// needless zeros. Where the standard returns null, because there is no such header or it is not a number, found is
// false; where the values differ, there is an error, a [*ParseError].
//
// https://fetch.spec.whatwg.org/#header-list-extract-a-length
func ExtractLength(headers [][2]string) (length string, found bool, err error) {
	value, found := header.Get(headers, "Content-Length") // Extract a length, steps 1 and 2.
	if !found {
		return "", false, nil
	}
	s := header.Split(value) // Extract a length, steps 3 and 4.
	s.Next()
	candidate := s.Value()
	for s.Next() {
		if s.Value() != candidate {
			return "", false, &ParseError{Input: value, Reason: Reason{RuleContentLengthsDiffer, s.Offset()}}
		}
	}
	if !header.IsDigits(candidate) { // Extract a length, step 5.
		return "", false, nil
	}
	return decimal(candidate), true, nil // Extract a length, step 6.
}
