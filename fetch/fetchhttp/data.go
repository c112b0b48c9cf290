package fetchhttp

import (
	"encoding/base64"
	"strings"

	"github.com/corspec/corspec/internal/header"
	"github.com/corspec/corspec/internal/weburl"
	"github.com/corspec/corspec/origin"
)

// dataURLBody returns the body of a data: URL that the machine has found well-formed.
//
// https://fetch.spec.whatwg.org/#data-url-processor
func dataURLBody(u origin.URL) string {
	head, body, _ := strings.Cut(u.WithoutFragment().String(), ",")
	body = weburl.PercentDecode(body)
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
