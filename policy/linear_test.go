package policy_test

import (
	"fmt"
	"strings"
	"testing"

	"golang.org/x/net/publicsuffix"

	"github.com/corspec/corspec/internal/lineartest"
	"github.com/corspec/corspec/policy"
)

// However a configuration is made, reading and judging it takes time in
// proportion. (A finding about a few bytes is larger than they are.)
func TestParseLinear(t *testing.T) {
	repeat := func(format string, size int) string {
		var b strings.Builder
		for i := 0; b.Len() < size; i++ {
			if i > 0 {
				b.WriteByte(',')
			}
			fmt.Fprintf(&b, format, i)
		}
		return b.String()
	}
	for name, config := range map[string]func(size int) string{
		"exact origins": func(size int) string { return `"origins":[` + repeat(`"https://a%d.example"`, size) + `]` },
		"wildcards": func(size int) string {
			return `"origins":[` + repeat(`"https://*.a%d.example"`, size) + `],"credentials":true`
		},
		"nested wildcards": func(size int) string {
			return `"origins":["https://*.example",` + repeat(`"https://*.x.a%d.example"`, size) + `]`
		},
		"mistakes": func(size int) string {
			return `"origins":[` + repeat(`"https://a%d.example/"`, size) + `],"credentials":true`
		},
		"dead":                 func(size int) string { return `"origins":[` + repeat(`"htttps://a,%d"`, size) + `]` },
		"a long origin":        func(size int) string { return `"origins":["https://` + strings.Repeat("a.", size/2) + `*"]` },
		"a long list of ports": func(size int) string { return `"origins":["https://a.example:` + strings.Repeat("1,", size/2) + `1"]` },
		"unknown fields":       func(size int) string { return repeat(`"origin%d":["*"]`, size) },
		"a long unknown field": func(size int) string { return `"` + strings.Repeat("origin", size/6) + `":1` },
		"wrong types":          func(size int) string { return `"methods":[` + repeat(`{"x":%d}`, size) + `]` },
		"methods":              func(size int) string { return `"origins":["*"],"methods":[` + repeat(`"m%d"`, size) + `]` },
		"names": func(size int) string {
			return `"origins":["*"],"requestHeaders":[` + repeat(`"x-%d"`, size) + `],"exposeHeaders":["*"]`
		},
		"a long age": func(size int) string { return `"origins":["*"],"maxAge":1` + strings.Repeat("0", size) },
	} {
		t.Run(name, func(t *testing.T) {
			lineartest.CheckTime(t, func(size int) func() {
				text := []byte("{" + config(size) + "}")
				return func() {
					p, err := policy.Parse(text, policy.WithSuffixList(publicsuffix.List))
					if err != nil {
						_ = err.Error()
					}
					p.Config()
					p.Explain(policy.Request{Method: "GET", Origin: "https://evil.example"})
				}
			})
		})
	}
}
