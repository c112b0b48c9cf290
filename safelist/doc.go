// Package safelist decides what the Fetch standard says about single methods,
// header names and header values: what is valid, safelisted, forbidden,
// privileged or unsafe. These decisions are what makes a browser send a
// CORS-preflight request or not.
//
// Every definition of the standard is one function under the standard's name.
// A predicate (IsCORSSafelistedRequestHeader) says yes or no; where there is
// more to say, its namesake without "Is" (CORSSafelistedRequestHeader) says
// which rule decides and at which byte, as a [Reason]. Neither allocates.
//
// Methods, names and values are byte sequences. They come as strings whose
// bytes are taken as they are: nothing is decoded, and case is folded for A to
// Z only. A header list is a [][2]string of names and values, in order and with
// duplicates.
//
// The standard is that of commit 586cd2a (2026-07-02) of whatwg/fetch, and of
// 8a3b918 (2026-01-20) of whatwg/mimesniff.
package safelist
