package fetch_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/corspec/corspec/fetch"
)

// TestHostileServerLeavesLittle lets a server choose names, lengths, counts, URLs and redirects, and measures what an
// agent holds afterwards. It takes a second; CORSPEC_HOSTILE=10m lets it go on for longer.
func TestHostileServerLeavesLittle(t *testing.T) {
	const limit = 16 << 20
	for _, p := range fetch.Profiles() {
		agent := &fetch.Agent{Profile: p}
		heap := func() int64 {
			runtime.GC()
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			return int64(m.HeapAlloc)
		}
		before := heap()
		life, err := time.ParseDuration(os.Getenv("CORSPEC_HOSTILE"))
		if err != nil {
			life = 250 * time.Millisecond
		}
		var most int64
		rnd := rand.New(rand.NewPCG(1, uint64(len(p.String()))))
		fetches := 0
		for end := time.Now().Add(life); time.Now().Before(end) || fetches < 20; fetches++ {
			hostileFetch(t, agent, rnd)
			if fetches%500 == 499 {
				most = max(most, heap()-before)
			}
		}
		most = max(most, heap()-before)
		if most > limit {
			t.Errorf("%s: %d MiB after %d fetches, want at most %d", p, most>>20, fetches, limit>>20)
		}
		t.Logf("%s: at most %.1f MiB, %d fetches", p, float64(most)/(1<<20), fetches)
		runtime.KeepAlive(agent)
	}
}

// hostileText is what its words are taken from.
var hostileText = func() string {
	b := make([]byte, 1<<20)
	for i := range b {
		b[i] = "abcdefghijklmnopqrstuvwxyz-0123456789"[rand.IntN(37)]
	}
	return string(b)
}()

// hostileFetch is one fetch by a page that a server has in its hand, too.
func hostileFetch(t *testing.T, agent *fetch.Agent, rnd *rand.Rand) {
	word := func(n int) string {
		start := rnd.IntN(len(hostileText) - n)
		return hostileText[start : start+1+rnd.IntN(n)]
	}
	list := func() string {
		n, size := rnd.IntN(3000), 1+rnd.IntN(300)
		var b strings.Builder
		for range n {
			b.WriteString(word(size) + ",")
		}
		return b.String()
	}
	r := request(t, "PUT", fmt.Sprintf("https://%s.example/%s", strings.Trim(word(20), "-"), strings.Repeat(word(9000), 1+rnd.IntN(3))))
	r.PartitionKey = word(50)
	if rnd.IntN(2) == 0 {
		r.Credentials = fetch.CredentialsInclude
	}
	for range rnd.IntN(5) {
		r.Headers.Append("x-"+word(30), word(200))
	}
	m := start(t, agent, r)
	for range 60 {
		a := m.Action()
		if a.Kind == fetch.ActionDone {
			return
		}
		asked, _ := a.Headers.Get("Access-Control-Request-Headers")
		l := headers(acao, "https://a.com", acac, "true", "Access-Control-Max-Age", "999999", acam, "PUT,"+list(), acah, asked+","+list(), aceh, list())
		status := 200
		if a.Kind == fetch.ActionSendRequest && rnd.IntN(3) == 0 {
			status = 307
			l.Append("Location", "https://b.com/"+word(9000))
		}
		if err := m.Receive(epoch, fetch.ResponseHead{Status: status, Headers: l}); err != nil {
			t.Fatal(err)
		}
	}
}
