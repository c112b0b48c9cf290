package safelist

import (
	"errors"
	"strconv"

	"github.com/corspec/corspec/internal/header"
)

// A Range is what a Range header with a single range asks for. Both ends are included and count from 0; without a
// start, the end is how many bytes to take from the end. The numbers are decimal, of any size, without needless zeros;
// the empty string stands for null.
type Range struct{ Start, End string }

// ParseSingleRangeHeaderValue parses a value such as "bytes=0-499". With allowWhitespace, tabs and spaces may stand
// around the equals sign and the hyphen, but not at the end. The error is a [*ParseError].
//
// https://fetch.spec.whatwg.org/#simple-range-header-value
func ParseSingleRangeHeaderValue(value string, allowWhitespace bool) (Range, error) {
	r, reason := parseSingleRange(value, allowWhitespace)
	if !reason.OK() {
		return Range{}, &ParseError{Input: value, Reason: reason}
	}
	return r, nil
}

// parseSingleRange is ParseSingleRangeHeaderValue without its error.
//
// https://fetch.spec.whatwg.org/#simple-range-header-value
func parseSingleRange(value string, allowWhitespace bool) (r Range, reason Reason) {
	skip := func(pos int) int {
		for allowWhitespace && pos < len(value) && header.IsTabOrSpace(value[pos]) {
			pos++
		}
		return pos
	}
	digits := func(pos int) int {
		for pos < len(value) && header.IsDigit(value[pos]) {
			pos++
		}
		return pos
	}
	malformed := func(pos int) (Range, Reason) { return Range{}, Reason{RuleRangeMalformed, pos} }

	pos := 0 // Parse a single range header value, steps 1 and 2.
	for _, b := range []byte("bytes") {
		if pos == len(value) || value[pos] != b {
			return malformed(pos)
		}
		pos++
	}
	// Parse a single range header value, steps 3 and 4. The "5th code point" is the one right after the unit.
	pos = skip(pos)
	if pos == len(value) || value[pos] != '=' { // Parse a single range header value, step 5.
		return malformed(pos)
	}
	pos = skip(pos + 1) // Parse a single range header value, steps 6 and 7.
	start := pos        // Parse a single range header value, steps 8 and 9.
	pos = digits(pos)
	r.Start = decimal(value[start:pos])
	pos = skip(pos)                             // Parse a single range header value, step 10.
	if pos == len(value) || value[pos] != '-' { // Parse a single range header value, step 11.
		return malformed(pos)
	}
	pos = skip(pos + 1) // Parse a single range header value, steps 12 and 13.
	end := pos          // Parse a single range header value, steps 14 and 15.
	pos = digits(pos)
	r.End = decimal(value[end:pos])
	if pos < len(value) { // Parse a single range header value, step 16.
		return malformed(pos)
	}
	if r.Start == "" && r.End == "" { // Parse a single range header value, step 17.
		return malformed(pos)
	}
	// Parse a single range header value, step 18. No number is less than no start.
	if r.End != "" && lessDecimal(r.End, r.Start) {
		return Range{}, Reason{RuleRangeStartAfterEnd, start}
	}
	return r, pass() // Parse a single range header value, step 19.
}

// decimal removes the needless zeros of digits, which may be empty.
func decimal(digits string) string {
	for len(digits) > 1 && digits[0] == '0' {
		digits = digits[1:]
	}
	return digits
}

// lessDecimal reports whether the number a is less than the number b. Both are decimal, without needless zeros.
func lessDecimal(a, b string) bool {
	return len(a) < len(b) || len(a) == len(b) && a < b
}

// BuildContentRange returns the value of a Content-Range header for the bytes from start to end, both included, of full
// bytes.
//
// https://fetch.spec.whatwg.org/#build-a-content-range
func BuildContentRange(start, end, full uint64) string {
	// Build a content range, steps 1 to 7.
	return "bytes " + strconv.FormatUint(start, 10) + "-" + strconv.FormatUint(end, 10) + "/" + strconv.FormatUint(full, 10)
}

// NoEnd stands for a range end that is not given.
const NoEnd = -1

// AddRangeHeader appends to headers a Range header for the bytes from first to last, both included, or from first on if
// last is [NoEnd], and returns the extended list. It is an error if first is negative or greater than last.
//
// https://fetch.spec.whatwg.org/#concept-request-add-range-header
func AddRangeHeader(headers [][2]string, first, last int64) ([][2]string, error) {
	if first < 0 || last != NoEnd && last < first { // Add a range header, step 1.
		return headers, errors.New("safelist: not a range: from " + strconv.FormatInt(first, 10) + " to " +
			strconv.FormatInt(last, 10) + ": use 0 <= first <= last, or NoEnd for last")
	}
	value := "bytes=" + strconv.FormatInt(first, 10) + "-" // Add a range header, steps 2 to 4.
	if last != NoEnd {                                     // Add a range header, step 5.
		value += strconv.FormatInt(last, 10)
	}
	return header.Append(headers, "Range", value), nil // Add a range header, step 6.
}
