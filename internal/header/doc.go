// Package header holds the grammar of header names and values, and the Fetch standard's three ways of reading a header
// list, which differ on purpose and must never be merged:
//
//   - [Get] joins all lines of a name with a comma and a space. The checks of
//     Access-Control-Allow-Origin, Access-Control-Allow-Credentials and
//     Cross-Origin-Resource-Policy compare its bytes.
//   - [GetDecodeAndSplit] joins in the same way, then splits at the commas
//     that stand outside of quoted strings. It has no notion of failure.
//   - [ExtractListValues] parses each line by itself, with the ABNF of the
//     header's name, and fails as a whole where one line does not match.
//
// A header list is a [][2]string of names and values: in order, with duplicates, and in the case they came in. Strings
// hold bytes, so what the standard calls isomorphic decoding costs nothing and changes nothing here.
//
// The anchors in the comments are of https://fetch.spec.whatwg.org/.
package header
