// Package weburl is the WHATWG URL standard's parser and serializer: the basic URL parser, the host parsers and
// serializers, and the parts of a URL as substrings of its serialization.
//
// It leaves out what only the JavaScript API needs (state overrides and setters) and legacy encodings: every query is
// UTF-8. Bytes of a Go string that are not UTF-8 count as U+FFFD each.
//
// See https://url.spec.whatwg.org/.
package weburl
