package header

import "strings"

// GetDecodeAndSplit returns the values of all headers called name, joined and then split at the commas outside of
// quoted strings. It is nil if no header is called that, and otherwise has at least one element, perhaps an empty one.
// Quoted strings stay quoted.
//
// https://fetch.spec.whatwg.org/#concept-header-list-get-decode-split
func GetDecodeAndSplit(l [][2]string, name string) []string {
	// Get, decode, and split, steps 1 and 2.
	value, ok := Get(l, name)
	if !ok {
		return nil
	}
	// Get, decode, and split, step 3.
	return SplitValue(value)
}

// SplitValue splits a header value at the commas outside of quoted strings and
// removes tabs and spaces around the parts. There is at least one.
//
// https://fetch.spec.whatwg.org/#header-value-get-decode-and-split
func SplitValue(value string) []string {
	// One more than the commas is an upper bound, and what it may waste is
	// bounded by the length of value.
	values := make([]string, 0, 1+strings.Count(value, ","))
	for s := Split(value); s.Next(); {
		values = append(values, s.Value())
	}
	return values
}

// A Splitter does what [SplitValue] does, part by part and without allocating.
type Splitter struct {
	input string
	part  string
	start int // of part in input
	pos   int // past the end of input: there are no more parts
}

// Split returns a Splitter that stands before the first part of value.
func Split(value string) Splitter { return Splitter{input: value} }

// Value returns the current part.
func (s *Splitter) Value() string { return s.part }

// Offset returns the index of the current part in the value that is split.
func (s *Splitter) Offset() int { return s.start }

// Next moves to the next part and reports whether there is one.
//
// https://fetch.spec.whatwg.org/#header-value-get-decode-and-split
func (s *Splitter) Next() bool {
	if s.pos > len(s.input) {
		return false
	}
	// Get, decode, and split, step 5. The temporary value is always a run of the
	// input, as quoted strings are taken over raw.
	start := s.pos
	for s.pos < len(s.input) && s.input[s.pos] != ',' {
		if s.input[s.pos] == '"' {
			// Get, decode, and split, step 5.2.
			_, s.pos = CollectHTTPQuotedString(s.input, s.pos, false)
			continue
		}
		s.pos++
	}
	// Get, decode, and split, steps 5.3 to 5.8.
	for start < s.pos && IsTabOrSpace(s.input[start]) {
		start++
	}
	s.start, s.part = start, TrimTabOrSpace(s.input[start:s.pos])
	s.pos++
	return true
}
