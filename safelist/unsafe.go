package safelist

import "github.com/corspec/corspec/internal/header"

// MaxSafelistedValuesLength is how many bytes the values of all CORS-safelisted request-headers of one request may have
// together. It is there for the reason that [MaxSafelistedValueLength] is, and only a request with duplicate names can
// exceed it.
const MaxSafelistedValuesLength = 1024

// UnsafeRequestHeaderNames returns the CORS-unsafe request-header names of headers, lowercase, sorted and without
// duplicates: those that a preflight has to ask for. Where every header is safelisted, it is nil, and nothing is
// allocated.
//
// https://fetch.spec.whatwg.org/#cors-unsafe-request-header-names
func UnsafeRequestHeaderNames(headers [][2]string) []string {
	unsafe, allUnsafe := countUnsafe(headers)
	if unsafe == 0 { // CORS-unsafe request-header names, step 6, without names.
		return nil
	}
	names := make([]string, 0, unsafe)
	for i := range headers {
		// CORS-unsafe request-header names, steps 4.1, 4.2 and 5.
		if allUnsafe || !IsCORSSafelistedRequestHeader(headers[i][0], headers[i][1]) {
			names = append(names, headers[i][0])
		}
	}
	return header.SortedLowercaseSet(names) // CORS-unsafe request-header names, step 6.
}

// countUnsafe returns the number of headers that are not safelisted, or of all headers where the values of the
// safelisted ones are too long together.
func countUnsafe(headers [][2]string) (unsafe int, allUnsafe bool) {
	safelistValueSize := 0 // CORS-unsafe request-header names, steps 1 to 4, without the names.
	for i := range headers {
		if IsCORSSafelistedRequestHeader(headers[i][0], headers[i][1]) {
			safelistValueSize += len(headers[i][1])
		} else {
			unsafe++
		}
	}
	if safelistValueSize > MaxSafelistedValuesLength { // CORS-unsafe request-header names, step 5.
		return len(headers), true
	}
	return unsafe, false
}

// An UnsafeHeader is a header that makes its name a CORS-unsafe request-header name, and why it does.
type UnsafeHeader struct {
	Index  int // in the header list
	Reason Reason
}

// UnsafeRequestHeaders returns the headers that [UnsafeRequestHeaderNames] takes its names from, in order, each with
// its reason.
func UnsafeRequestHeaders(headers [][2]string) []UnsafeHeader {
	unsafe, allUnsafe := countUnsafe(headers)
	if unsafe == 0 {
		return nil
	}
	list := make([]UnsafeHeader, 0, unsafe)
	for i, h := range headers {
		reason := CheckCORSSafelistedRequestHeader(h[0], h[1])
		if reason.OK() && allUnsafe {
			reason = Reason{RuleValuesTooLong, -1}
		}
		if !reason.OK() {
			list = append(list, UnsafeHeader{Index: i, Reason: reason})
		}
	}
	return list
}
