package idna

import (
	"strings"
	"testing"
)

// BenchmarkToASCII includes the most expensive domains that MaxLength allows.
func BenchmarkToASCII(b *testing.B) {
	var distinct strings.Builder
	for r := rune(0x4E00); distinct.Len() < MaxLength-3; r++ {
		distinct.WriteRune(r)
	}
	for name, domain := range map[string]string{
		"typical":   "b\u00fccher.example",
		"distinct":  distinct.String(),
		"labels":    strings.Repeat("\u00e9.", MaxLength/3),
		"punycode":  "xn--" + strings.Repeat("a", MaxLength-7) + ".\u00e9",
		"expanding": strings.Repeat("\ufdfa", MaxLength/3),
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				_, _ = toASCII(domain, false)
			}
		})
	}
}
