package fetch

import (
	"errors"

	"github.com/corspec/corspec/internal/header"
	"github.com/corspec/corspec/origin"
	"github.com/corspec/corspec/safelist"
)

var errLocation = errors.New("fetch: Location is not one URL")

// locationURL returns the location URL of the response, given the fragment of the request's current URL, without "#";
// has tells an empty fragment from none. A Location is parsed against the response's URL. ok is false for null, where
// the status is not a redirect status or there is no Location, and the error is failure.
//
// https://fetch.spec.whatwg.org/#concept-response-location-url
func locationURL(resp *Response, fragment string, has bool) (u origin.URL, ok bool, err error) {
	// Location URL, step 1.
	if !safelist.IsRedirectStatus(resp.Status) {
		return origin.URL{}, false, nil
	}
	// Location URL, step 2.
	values, state := header.ExtractListValues(resp.Headers, "Location")
	if state == header.Null {
		return origin.URL{}, false, nil
	}
	// AD-HOC: the text takes a list for a value; several lines are a failure here
	// (https://github.com/whatwg/fetch/issues/814).
	if state == header.Failure || len(values) != 1 {
		return origin.URL{}, false, errLocation
	}
	// Location URL, step 3.
	// AD-HOC: the standard gives bytes to a parser of strings (https://github.com/whatwg/fetch/issues/883); here bytes
	// above 0x7F are percent-encoded as they are, which is what engines do with UTF-8.
	base, _ := resp.URL() // the zero URL is as no base
	if u, err = origin.ParseURL(percentEncodeHigh(values[0]), &base); err != nil {
		return origin.URL{}, false, err
	}
	// Location URL, step 4.
	if _, hasOwn := u.Fragment(); !hasOwn && has {
		u = u.WithFragment(fragment)
	}
	return u, true, nil
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
