package fetchhttp_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/corspec/corspec/fetch/fetchhttp"
	"github.com/corspec/corspec/origin"
)

// BenchmarkHundredFetches makes a hundred fetches, each with its preflight, whose responses have no bodies, and then a
// hundred whose responses have; those of preflights nobody reads. The two take turns, so that what else the machine
// does falls on both. Over https, with/without should be at most 1.5. That they need one connection,
// TestConnectionsAreKept holds.
//
//	go test ./fetch/fetchhttp -bench HundredFetches -run '^$'
func BenchmarkHundredFetches(b *testing.B) {
	for scheme, start := range map[string]func(*httptest.Server){"http": (*httptest.Server).Start, "https": (*httptest.Server).StartTLS} {
		b.Run(scheme, func(b *testing.B) {
			pages := 0
			hundred := func(length int) func() time.Duration {
				body := strings.Repeat("x", length)
				server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					w.Header().Set(acao, "*")
					w.Header().Set(acam, "PUT")
					w.Header().Set("Content-Length", fmt.Sprint(length))
					io.WriteString(w, body)
				}))
				start(server)
				b.Cleanup(server.Close)
				agent := &fetchhttp.Agent{Transport: server.Client().Transport}
				return func() time.Duration {
					begun := time.Now()
					for range 100 {
						pages++
						p := agent.Page(origin.MustParse(fmt.Sprintf("%s://app%d.example", scheme, pages))) // whose preflights are not in the cache
						resp, err := p.Fetch(newRequest(b, "PUT", server.URL, nil))
						if err != nil {
							b.Fatal(err)
						}
						io.Copy(io.Discard, resp.Body)
						resp.Body.Close()
					}
					return time.Since(begun)
				}
			}
			without, with := hundred(0), hundred(10_000)
			var took, tookWith time.Duration
			for b.Loop() {
				took += without()
				tookWith += with()
			}
			b.ReportMetric(float64(took.Nanoseconds())/float64(b.N), "without-ns/op")
			b.ReportMetric(float64(tookWith.Nanoseconds())/float64(b.N), "with-ns/op")
			b.ReportMetric(float64(tookWith)/float64(took), "with/without")
		})
	}
}
