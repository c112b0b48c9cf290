package header

import "strings"

// DetermineNosniff reports whether the response whose headers are l asks for its MIME type to be checked: whether the
// first value of its X-Content-Type-Options is "nosniff" in any case.
//
// https://fetch.spec.whatwg.org/#determine-nosniff
func DetermineNosniff(l [][2]string) bool {
	// Determine nosniff, steps 1 and 2.
	i := Index(l, "X-Content-Type-Options", 0)
	if i < 0 {
		return false
	}
	// Determine nosniff, steps 3 and 4. The first value ends at the first comma,
	// or with the line, as the next is joined on with a comma. Where a quoted
	// string could shift that end, the value has a quotation mark in it.
	first, _, _ := strings.Cut(l[i][1], ",")
	return EqualFold(TrimTabOrSpace(first), "nosniff")
}
