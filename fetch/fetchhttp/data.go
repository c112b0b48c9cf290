package fetchhttp

import (
	"encoding/base64"
	"strconv"
	"strings"

	"github.com/corspec/corspec/internal/header"
	"github.com/corspec/corspec/origin"
)

// dataURLBody returns the body of a data: URL that the machine has found well-formed.
//
// https://fetch.spec.whatwg.org/#data-url-processor
func dataURLBody(u origin.URL) string {
	head, body, _ := strings.Cut(u.WithoutFragment().String(), ",")
	body = percentDecode(body)
	i := strings.LastIndexByte(head, ';')
	if i < 0 || !header.EqualFold(strings.Trim(head[i+1:], "\t\n\f\r "), "base64") {
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
			if n, err := strconv.ParseUint(s[i+1:i+3], 16, 8); err == nil {
				b.WriteByte(byte(n))
				i += 2
				continue
			}
		}
		b.WriteByte(s[i])
	}
	return b.String()
}
