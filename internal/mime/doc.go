// Package mime is the part of the MIME Sniffing standard that parses, serializes and groups MIME types, and the Fetch
// standard's extraction of one from a header list.
//
// Strings hold bytes: a value is taken as it stands in a header, and "parse a
// MIME type" on its isomorphic decoding is the same thing.
//
// The anchors in the comments are of https://mimesniff.spec.whatwg.org/ where they do not say otherwise.
package mime
