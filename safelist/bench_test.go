package safelist

import (
	"strings"
	"testing"
)

// The safelisted headers of a page's POST request, as they commonly are and as
// long as they may be.
var fourSafelisted = []struct {
	name    string
	headers [][2]string
}{
	{"common", [][2]string{
		{"Accept", "application/json, text/plain, */*"},
		{"Accept-Language", "en-US,en;q=0.9"},
		{"Content-Language", "en"},
		{"Content-Type", "application/x-www-form-urlencoded;charset=UTF-8"},
	}},
	{"longest", [][2]string{
		{"Accept", strings.Repeat("a", 128)},
		{"Accept-Language", strings.Repeat("a", 128)},
		{"Content-Language", strings.Repeat("a", 128)},
		{"Content-Type", "text/plain;" + strings.Repeat("a", 117)},
	}},
}

var (
	sinkInt   int
	sinkNames []string
)

// BenchmarkUnsafeRequestHeaderNames also measures one pass of IndexByte over
// the values as the floor: the common case may take ten times as long.
func BenchmarkUnsafeRequestHeaderNames(b *testing.B) {
	for _, c := range fourSafelisted {
		b.Run(c.name+"/floor", func(b *testing.B) {
			for b.Loop() {
				for i := range c.headers {
					sinkInt += strings.IndexByte(c.headers[i][1], 0)
				}
			}
		})
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				sinkNames = UnsafeRequestHeaderNames(c.headers)
			}
		})
	}
}
