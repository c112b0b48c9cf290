package safelist

import (
	"errors"
	"strconv"
	"strings"

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
	r, v, i := parseSingleRange(value, allowWhitespace)
	if v != pass {
		return Range{}, &ParseError{Input: value, Reason: v.at(i)}
	}
	return r, nil
}

// parseSingleRange is ParseSingleRangeHeaderValue without its error.
//
// https://fetch.spec.whatwg.org/#simple-range-header-value
func parseSingleRange(value string, allowWhitespace bool) (r Range, v verdict, at int) {
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

	// Parse a single range header value, steps 1 and 2.
	const unit = "bytes"
	if !strings.HasPrefix(value, unit) {
		return Range{}, rangeMalformed, commonPrefix(value, unit)
	}
	// Parse a single range header value, step 3. The "5th code point" is the one right after the unit.
	pos := len(unit)
	// Parse a single range header value, step 4.
	pos = skip(pos)
	// Parse a single range header value, step 5.
	if pos == len(value) || value[pos] != '=' {
		return Range{}, rangeMalformed, pos
	}
	// Parse a single range header value, steps 6 and 7.
	pos = skip(pos + 1)
	// Parse a single range header value, steps 8 and 9.
	start := pos
	pos = digits(pos)
	r.Start = decimal(value[start:pos])
	// Parse a single range header value, step 10.
	pos = skip(pos)
	// Parse a single range header value, step 11.
	if pos == len(value) || value[pos] != '-' {
		return Range{}, rangeMalformed, pos
	}
	// Parse a single range header value, steps 12 and 13.
	pos = skip(pos + 1)
	// Parse a single range header value, steps 14 and 15.
	end := pos
	pos = digits(pos)
	r.End = decimal(value[end:pos])
	// Parse a single range header value, step 16.
	if pos < len(value) {
		return Range{}, rangeMalformed, pos
	}
	// Parse a single range header value, step 17.
	if r.Start == "" && r.End == "" {
		return Range{}, rangeMalformed, pos
	}
	// Parse a single range header value, step 18.
	if r.Start != "" && r.End != "" && lessDecimal(r.End, r.Start) {
		return Range{}, rangeStartAfterEnd, start
	}
	// Parse a single range header value, step 19.
	return r, pass, -1
}

// commonPrefix returns the length of the longest common prefix of a and b.
func commonPrefix(a, b string) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
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
	if len(a) != len(b) {
		return len(a) < len(b)
	}
	return a < b
}

// BuildContentRange returns the value of a Content-Range header for the bytes from start to end, both included, of full
// bytes.
//
// https://fetch.spec.whatwg.org/#build-a-content-range
func BuildContentRange(start, end, full uint64) string {
	// Build a content range, step 1.
	b := []byte("bytes ")
	// Build a content range, step 2.
	b = strconv.AppendUint(b, start, 10)
	// Build a content range, step 3.
	b = append(b, '-')
	// Build a content range, step 4.
	b = strconv.AppendUint(b, end, 10)
	// Build a content range, step 5.
	b = append(b, '/')
	// Build a content range, step 6.
	b = strconv.AppendUint(b, full, 10)
	// Build a content range, step 7.
	return string(b)
}

// NoEnd stands for a range end that is not given.
const NoEnd = -1

// AddRangeHeader appends to headers a Range header for the bytes from first to last, both included, or from first on if
// last is [NoEnd], and returns the extended list. It is an error if first is negative or greater than last.
//
// https://fetch.spec.whatwg.org/#concept-request-add-range-header
func AddRangeHeader(headers [][2]string, first, last int64) ([][2]string, error) {
	// Add a range header, step 1.
	if first < 0 || last != NoEnd && last < first {
		return headers, errors.New("safelist: not a range: from " + strconv.FormatInt(first, 10) + " to " +
			strconv.FormatInt(last, 10) + ": use 0 <= first <= last, or NoEnd for last")
	}
	// Add a range header, step 2.
	b := []byte("bytes=")
	// Add a range header, step 3.
	b = strconv.AppendInt(b, first, 10)
	// Add a range header, step 4.
	b = append(b, '-')
	// Add a range header, step 5.
	if last != NoEnd {
		b = strconv.AppendInt(b, last, 10)
	}
	// Add a range header, step 6.
	return header.Append(headers, "Range", string(b)), nil
}
