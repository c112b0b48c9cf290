// Package safelist decides what the Fetch Standard says about single methods, headers, statuses and MIME types: what is
// valid, safelisted, forbidden, privileged or unsafe. These decisions are what makes a browser send a CORS-preflight
// request or not.
//
//   - Methods: [IsMethod], [IsCORSSafelistedMethod], [IsForbiddenMethod], [NormalizeMethod].
//   - Request headers: [UnsafeRequestHeaderNames] for a whole list; [IsCORSSafelistedRequestHeader],
//     [IsNoCORSSafelistedRequestHeader] and [IsForbiddenRequestHeader] for one header; and predicates on names.
//   - Response headers: [IsCORSSafelistedResponseHeaderName], [IsForbiddenResponseHeaderName].
//   - Names and values of either: [IsHeaderName], [IsHeaderValue], [NormalizeHeaderValue].
//   - Ranges: [ParseSingleRangeHeaderValue], [AddRangeHeader], [BuildContentRange]. Lengths: [ExtractLength].
//   - MIME types: [ParseMIMEType], [ExtractMIMEType].
//   - Statuses: [IsOKStatus], [IsRedirectStatus], [IsNullBodyStatus], [IsRangeStatus].
//
// Every definition of the standard is one function under the standard's name. A predicate (IsHeaderName) says yes or
// no. Where there is more to say, a function with Check in place of Is (CheckHeaderName) says which rule stands against
// it, and at which byte: a [Reason], which is OK where the predicate is true. Neither allocates.
//
// Where the standard returns failure, there is an error; where it returns null, a second result that is false.
//
// Methods, names and values are byte sequences. They come as strings whose bytes are taken as they are: nothing is
// decoded, and case is folded for A to Z only. A header list is a [][2]string of names and values, in order and with
// duplicates.
//
// The standard is that of commit 586cd2a (2026-07-02) of whatwg/fetch, and of 8a3b918 (2026-01-20) of whatwg/mimesniff.
package safelist
