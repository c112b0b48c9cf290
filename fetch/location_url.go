package fetch

import (
	"github.com/corspec/corspec/internal/header"
	"github.com/corspec/corspec/origin"
	"github.com/corspec/corspec/safelist"
)

// A locationKind tells the results of [locationURL] apart.
type locationKind uint8

// The results of the location URL algorithm.
const (
	locationNull    locationKind = iota // no redirect status or no Location
	locationFailure                     // several Location lines, or one that does not parse
	locationIsURL
)

// locationURL returns the location URL of the response, given the fragment of the request's current URL, without "#";
// has tells an empty fragment from none. A Location is parsed against the response's URL.
//
// https://fetch.spec.whatwg.org/#concept-response-location-url
func locationURL(resp *Response, fragment string, has bool) (origin.URL, locationKind) {
	// Location URL, step 1.
	if !safelist.IsRedirectStatus(resp.Status) {
		return origin.URL{}, locationNull
	}
	// Location URL, step 2.
	values, state := header.ExtractListValues(resp.Headers, "Location")
	if state == header.Null {
		return origin.URL{}, locationNull
	}
	// AD-HOC: the text takes a list for a value; several lines are a failure here
	// (https://github.com/whatwg/fetch/issues/814).
	if state == header.Failure || len(values) != 1 {
		return origin.URL{}, locationFailure
	}
	// Location URL, step 3.
	// AD-HOC: the standard gives bytes to a parser of strings (https://github.com/whatwg/fetch/issues/883); here bytes
	// above 0x7F are percent-encoded as they are, which is what engines do with UTF-8.
	base, _ := resp.URL() // the zero URL is as no base
	u, err := origin.ParseURL(percentEncodeHigh(values[0]), &base)
	if err != nil {
		return origin.URL{}, locationFailure
	}
	// Location URL, step 4.
	if _, hasOwn := u.Fragment(); !hasOwn && has {
		u = u.WithFragment(fragment)
	}
	return u, locationIsURL
}

// percentEncodeHigh percent-encodes the bytes above 0x7F.
func percentEncodeHigh(s string) string {
	if isASCII(s) {
		return s
	}
	const hex = "0123456789ABCDEF"
	b := make([]byte, 0, 2*len(s))
	for i := range len(s) {
		if c := s[i]; c > 0x7F {
			b = append(b, '%', hex[c>>4], hex[c&15])
		} else {
			b = append(b, c)
		}
	}
	return string(b)
}
