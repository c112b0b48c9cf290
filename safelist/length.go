package safelist

import "github.com/corspec/corspec/internal/header"

// ExtractLength returns the length that the Content-Length headers agree on, as a decimal number of any size without
// needless zeros. Where the standard returns null, because there is no such header or it is not a number, found is
// false; where the values differ, there is an error, a [*ParseError].
//
// https://fetch.spec.whatwg.org/#header-list-extract-a-length
func ExtractLength(headers [][2]string) (length string, found bool, err error) {
	// Extract a length, steps 1 and 2.
	value, found := header.Get(headers, "Content-Length")
	if !found {
		return "", false, nil
	}
	// Extract a length, steps 3 and 4.
	s := header.Split(value)
	s.Next()
	candidate := s.Value()
	for s.Next() {
		if s.Value() != candidate {
			return "", false, &ParseError{Input: value, Reason: Reason{RuleContentLengthsDiffer, s.Offset()}}
		}
	}
	// Extract a length, step 5.
	if !header.IsDigits(candidate) {
		return "", false, nil
	}
	// Extract a length, step 6.
	return decimal(candidate), true, nil
}
