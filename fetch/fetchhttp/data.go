package fetchhttp

import (
	"encoding/base64"
	"strings"

	"github.com/corspec/corspec/origin"
)

// dataURLBody returns the body of a data: URL that the machine has found well-formed.
//
// https://fetch.spec.whatwg.org/#data-url-processor
func dataURLBody(u origin.URL) string {
	head, body, _ := strings.Cut(u.WithoutFragment().String(), ",")
	body = percentDecode(body)
	i := strings.LastIndexByte(head, ';')
	if i < 0 || !strings.EqualFold(strings.Trim(head[i+1:], "\t\n\f\r "), "base64") {
		return body
	}
	body = strings.Map(func(r rune) rune {
		if strings.ContainsRune("\t\n\f\r =", r) {
			return -1
		}
		return r
	}, body)
	b, _ := base64.RawStdEncoding.DecodeString(body)
	return string(b)
}

// percentDecode decodes each %XX and leaves other percent signs alone.
//
// https://url.spec.whatwg.org/#percent-decode
func percentDecode(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '%' && i+2 < len(s) {
			hi, lo := strings.IndexByte(hexDigits, s[i+1]|0x20), strings.IndexByte(hexDigits, s[i+2]|0x20)
			if hi >= 0 && lo >= 0 {
				b.WriteByte(byte(hi<<4 | lo))
				i += 2
				continue
			}
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

const hexDigits = "0123456789abcdef"
