package fetch

import (
	"encoding/base64"
	"strings"

	"github.com/corspec/corspec/internal/header"
	"github.com/corspec/corspec/internal/weburl"
	"github.com/corspec/corspec/origin"
	"github.com/corspec/corspec/safelist"
)

// ProcessDataURL returns the MIME type of a data: URL, serialized, and its body, decoded. ok is false where the data:
// URL processor fails, as for a URL without a comma, and for a URL of another scheme. A [Machine] ends a fetch of such
// a URL by itself, with the header; who runs it gets the body here, from the URL of the response.
//
// https://fetch.spec.whatwg.org/#data-url-processor
func ProcessDataURL(u origin.URL) (mimeType string, body []byte, ok bool) {
	// data: URL processor, step 1.
	if u.Scheme() != "data" {
		return "", nil, false
	}
	// data: URL processor, steps 2 to 5, 8 and 9.
	input := strings.TrimPrefix(u.WithoutFragment().String(), "data:")
	mimeType, encoded, ok := strings.Cut(input, ",")
	// data: URL processor, step 6.
	mimeType = strings.Trim(mimeType, asciiWhitespace)
	// data: URL processor, step 7.
	if !ok {
		return "", nil, false
	}
	// data: URL processor, step 10.
	decoded := weburl.PercentDecode(encoded)
	// data: URL processor, step 11.
	if i := strings.LastIndexByte(mimeType, ';'); i >= 0 && header.EqualFold(strings.TrimLeft(mimeType[i+1:], " "), "base64") {
		if body, ok = forgivingBase64Decode(decoded); !ok {
			return "", nil, false
		}
		mimeType = mimeType[:i]
	} else {
		body = []byte(decoded)
	}
	// data: URL processor, step 12.
	if strings.HasPrefix(mimeType, ";") {
		mimeType = "text/plain" + mimeType
	}
	// data: URL processor, steps 13 and 14.
	t, err := safelist.ParseMIMEType(mimeType)
	if err != nil {
		return "text/plain;charset=US-ASCII", body, true
	}
	return t.String(), body, true
}

const asciiWhitespace = "\t\n\f\r "

// forgivingBase64Decode decodes s; ok is false for failure.
//
// https://infra.spec.whatwg.org/#forgiving-base64-decode
func forgivingBase64Decode(s string) (b []byte, ok bool) {
	// Forgiving-base64 decode, step 1.
	s = strings.Map(func(r rune) rune {
		if strings.ContainsRune(asciiWhitespace, r) {
			return -1
		}
		return r
	}, s)
	// Forgiving-base64 decode, step 2.
	if len(s)%4 == 0 {
		s = strings.TrimSuffix(strings.TrimSuffix(s, "="), "=")
	}
	// Forgiving-base64 decode, steps 3 to 10. What is too long or too short, or not of the alphabet, is an error; bits
	// that fill no byte are dropped.
	b, err := base64.RawStdEncoding.DecodeString(s)
	return b, err == nil
}
