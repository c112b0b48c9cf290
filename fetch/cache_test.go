package fetch_test

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/corspec/corspec/fetch"
	"github.com/corspec/corspec/origin"
	"github.com/corspec/corspec/safelist"
)

// cacheTwin is the CORS-preflight cache as the standard has it: a list of entries, which everything walks over.
type cacheTwin struct {
	limit   time.Duration
	entries []fetch.CacheEntry
}

// matches is "cache entry match", for an entry that is still there.
func (c *cacheTwin) matches(e fetch.CacheEntry, r *fetch.Request, now time.Time) bool {
	u := r.CurrentURL().String()
	return now.Sub(e.Stored) < e.MaxAge && e.PartitionKey == r.PartitionKey && // null is null
		e.Origin == fetch.SerializeRequestOrigin(r) && e.URL == u &&
		(e.Credentials || r.Credentials != fetch.CredentialsInclude)
}

func (c *cacheTwin) methodMatch(e fetch.CacheEntry, r *fetch.Request, method string, now time.Time) bool {
	return c.matches(e, r, now) && e.Method != "" && (e.Method == method || e.Method == "*" && r.Credentials != fetch.CredentialsInclude) // the AD-HOC of match
}

func (c *cacheTwin) headerMatch(e fetch.CacheEntry, r *fetch.Request, name string, now time.Time) bool {
	return c.matches(e, r, now) && e.HeaderName != "" && (strings.EqualFold(e.HeaderName, name) ||
		e.HeaderName == "*" && !strings.EqualFold(name, "authorization") && r.Credentials != fetch.CredentialsInclude)
}

func (c *cacheTwin) covers(r *fetch.Request, names []string, now time.Time) bool {
	star := r.Credentials == fetch.CredentialsInclude // such a request cannot use a "*" entry, whatever it asks for
	method := slices.ContainsFunc(c.entries, func(e fetch.CacheEntry) bool {
		return c.methodMatch(e, r, r.Method, now) && !(star && e.Method == "*")
	})
	if !method && (!slices.Contains([]string{"GET", "HEAD", "POST"}, r.Method) || r.UseCORSPreflight) {
		return false
	}
	for _, name := range names {
		if !slices.ContainsFunc(c.entries, func(e fetch.CacheEntry) bool {
			return c.headerMatch(e, r, name, now) && !(star && e.HeaderName == "*")
		}) {
			return false
		}
	}
	return true
}

func (c *cacheTwin) store(r *fetch.Request, g fetch.PreflightGrant, now time.Time) {
	age := min(time.Duration(g.MaxAge)*time.Second, c.limit)
	u := r.CurrentURL().String()
	one := func(method, name string, match func(fetch.CacheEntry) bool) {
		any := false
		for i := range c.entries {
			if match(c.entries[i]) { // all that match, and from now on
				c.entries[i].MaxAge, c.entries[i].Stored, any = age, now, true
			}
		}
		if !any {
			c.entries = append(c.entries, fetch.CacheEntry{PartitionKey: r.PartitionKey, Origin: fetch.SerializeRequestOrigin(r), URL: u,
				Credentials: r.Credentials == fetch.CredentialsInclude, Method: method, HeaderName: name, MaxAge: age, Stored: now})
		}
	}
	for _, m := range g.Methods {
		one(m, "", func(e fetch.CacheEntry) bool { return c.methodMatch(e, r, m, now) })
	}
	for _, n := range g.HeaderNames {
		one("", strings.ToLower(n), func(e fetch.CacheEntry) bool { return c.headerMatch(e, r, n, now) })
	}
}

func (c *cacheTwin) clear(r *fetch.Request) {
	u := r.CurrentURL().String()
	c.entries = slices.DeleteFunc(c.entries, func(e fetch.CacheEntry) bool {
		return e.PartitionKey == r.PartitionKey && e.Origin == fetch.SerializeRequestOrigin(r) && e.URL == u
	})
}

func (c *cacheTwin) live(now time.Time) []fetch.CacheEntry {
	var l []fetch.CacheEntry
	for _, e := range c.entries {
		if now.Sub(e.Stored) < e.MaxAge {
			l = append(l, e)
		}
	}
	slices.SortFunc(l, func(a, b fetch.CacheEntry) int {
		return cmp.Or(cmp.Compare(a.PartitionKey, b.PartitionKey), cmp.Compare(a.Origin, b.Origin), cmp.Compare(a.URL, b.URL),
			cmp.Compare(a.Method, b.Method), cmp.Compare(a.HeaderName, b.HeaderName), cmp.Compare(fmt.Sprint(a.Credentials), fmt.Sprint(b.Credentials)))
	})
	return l
}

// A script is a source of choices.
type script struct{ bytes []byte }

func (s *script) pick(n int) int {
	if len(s.bytes) == 0 {
		return 0
	}
	b := s.bytes[0]
	s.bytes = s.bytes[1:]
	return int(b) % n
}

func choose[T any](s *script, from ...T) T { return from[s.pick(len(from))] }

func some[T any](s *script, from ...T) []T {
	var l []T
	for range s.pick(4) {
		l = append(l, choose(s, from...))
	}
	return l
}

var (
	opaqueA   = origin.NewOpaque()
	cacheURLs = []origin.URL{urlB, origin.MustParseURL("https://b.com/x#f"), origin.MustParseURL("https://b.com/x?y")}
)

func (s *script) cacheRequest() fetch.Request {
	r := fetch.Request{
		Method:           choose(s, "PUT", "GET", "put", "*", "DELETE"),
		URLList:          []origin.URL{choose(s, cacheURLs...)},
		Origin:           choose(s, pageA, opaqueA, origin.MustParse("https://c.com")),
		Credentials:      choose(s, fetch.CredentialsOmit, fetch.CredentialsInclude, fetch.CredentialsSameOrigin),
		PartitionKey:     choose(s, "", "p"),
		UseCORSPreflight: s.pick(4) == 3,
	}
	if s.pick(5) == 4 {
		r.URLList = append([]origin.URL{origin.MustParseURL("https://d.com/")}, r.URLList...)
	}
	return r
}

// compareCaches does the same to a PreflightCache and its twin, and compares what they answer.
func compareCaches(t *testing.T, data []byte) {
	s := &script{data[:min(len(data), 600)]}
	cache := &fetch.PreflightCache{MaxAgeLimit: 100 * time.Second}
	twin := &cacheTwin{limit: 100 * time.Second}
	now := epoch
	for len(s.bytes) > 0 {
		switch r := s.cacheRequest(); s.pick(6) {
		case 0, 1, 2:
			g := fetch.PreflightGrant{Methods: some(s, "PUT", "*", "GET", "put"), HeaderNames: some(s, "x-a", "X-A", "*", "Authorization"), MaxAge: choose[int64](s, 5, 0, 50, 1<<31)}
			cache.Store(&r, g, now)
			twin.store(&r, g, now)
		case 3:
			now = now.Add(time.Duration(choose(s, 1, 4, 5, 45, 99, 100)) * time.Second)
		case 4:
			if s.pick(3) == 2 {
				cache.ClearEntries(&r)
				twin.clear(&r)
			}
		}
		q := s.cacheRequest()
		names := some(s, "x-a", "authorization", "*", "x-b")
		if got, want := cache.Covers(&q, names, now), twin.covers(&q, names, now); got != want {
			t.Fatalf("%s %s %s %v: covered %v, want %v", q.Method, q.CurrentURL(), q.Credentials, names, got, want)
		}
		if live, want := cache.Entries(now), twin.live(now); !slices.Equal(live, want) {
			t.Fatal(gocmp.Diff(want, live))
		}
	}
}

func FuzzCache(f *testing.F) {
	f.Add([]byte("0123456789abcdefghijklmnopqrstuvwxyz"))
	f.Add([]byte{0, 0, 0, 0, 1, 0, 0, 0, 1, 1, 1, 1, 3, 2, 2, 2, 1, 0, 0, 0, 1, 0, 0, 0})
	f.Add([]byte(strings.Repeat("\x00\x01\x02\x03\x05\x07", 40)))
	f.Fuzz(compareCaches)
}

// TestCacheTwin is a part of what FuzzCache goes on with, always the same.
func TestCacheTwin(t *testing.T) {
	random := rand.NewChaCha8([32]byte{1})
	for range 500 {
		data := make([]byte, 300)
		random.Read(data)
		compareCaches(t, data)
	}
}

// coversName reports whether the cache has an entry for that header name.
func coversName(c *fetch.PreflightCache, r fetch.Request, name string, now time.Time) bool {
	r.Method = "GET"
	return c.Covers(&r, []string{name}, now)
}

func TestCacheMatches(t *testing.T) {
	var c fetch.PreflightCache
	r := checkRequest(fetch.CredentialsOmit)
	r.Method = "PUT"
	c.Store(&r, fetch.PreflightGrant{Methods: []string{"PUT"}, HeaderNames: []string{"X-A", "*"}, MaxAge: 10}, epoch)
	if !c.Covers(&r, nil, epoch) || !coversName(&c, r, "x-A", epoch) || !coversName(&c, r, "x-b", epoch) {
		t.Error("no match")
	}
	if coversName(&c, r, "AUTHORIZATION", epoch) {
		t.Error("the wildcard matches Authorization")
	}
	if c.Covers(&r, nil, epoch.Add(10*time.Second)) || coversName(&c, r, "x-a", epoch.Add(10*time.Second)) {
		t.Error("an entry outlives its max-age")
	}
	other := r
	other.Method = "put"
	if c.Covers(&other, nil, epoch) {
		t.Error("methods match in any case")
	}
	other = r
	other.Origin = origin.MustParse("https://c.com")
	if c.Covers(&other, nil, epoch) || coversName(&c, other, "x-a", epoch) {
		t.Error("another origin matches")
	}
	c.Clear()
	if len(c.Entries(epoch)) != 0 || c.Covers(&r, nil, epoch) {
		t.Error("entries survive Clear")
	}
}

func TestCacheLimits(t *testing.T) {
	r := checkRequest(fetch.CredentialsOmit)
	grant := fetch.PreflightGrant{Methods: []string{"PUT"}, MaxAge: 1 << 31}
	for limit, want := range map[time.Duration]time.Duration{0: 7200 * time.Second, 600 * time.Second: 600 * time.Second, 1 << 62: (1 << 31) * time.Second} {
		c := fetch.PreflightCache{MaxAgeLimit: limit}
		c.Store(&r, grant, epoch)
		if e := c.Entries(epoch); len(e) != 1 || e[0].MaxAge != want {
			t.Errorf("limit %v: %+v", limit, e)
		}
	}
	c := fetch.PreflightCache{MaxAgeLimit: -1}
	c.Store(&r, grant, epoch)
	c.Store(&r, fetch.PreflightGrant{Methods: []string{"PUT"}, MaxAge: -1 << 62}, epoch)
	if e := c.Entries(epoch); len(e) != 0 {
		t.Errorf("negative: %+v", e)
	}
	c = fetch.PreflightCache{}
	c.Store(&r, fetch.PreflightGrant{Methods: []string{"PUT"}, MaxAge: 1 << 62}, epoch)
	if e := c.Entries(epoch); len(e) != 1 || e[0].MaxAge != 7200*time.Second {
		t.Errorf("overflow: %+v", e)
	}
}

func TestCacheIsBounded(t *testing.T) {
	var c fetch.PreflightCache
	r := checkRequest(fetch.CredentialsOmit)
	r.Method = "PUT"
	at := func(i int) *fetch.Request {
		r := r
		r.URLList = []origin.URL{origin.MustParseURL("https://b.com/" + strconv.Itoa(i))}
		return &r
	}
	const n = 3000
	for i := range n {
		c.Store(at(i), fetch.PreflightGrant{Methods: []string{"PUT"}, MaxAge: 600}, epoch)
		if i == n-1000 {
			c.Store(at(0), fetch.PreflightGrant{Methods: []string{"PUT"}, MaxAge: 600}, epoch) // stored anew, and so not the oldest
		}
	}
	if got := len(c.Entries(epoch)); got > 1024 || got < 1000 {
		t.Errorf("%d URLs are remembered", got)
	}
	if !c.Covers(at(n-1), nil, epoch) || !c.Covers(at(0), nil, epoch) || c.Covers(at(1), nil, epoch) {
		t.Error("not the oldest is forgotten")
	}
	names := make([]string, 100_000)
	for i := range names {
		names[i] = "x-" + strconv.Itoa(i)
	}
	c.Clear()
	c.Store(&r, fetch.PreflightGrant{Methods: names, HeaderNames: names, MaxAge: 600}, epoch)
	if got := len(c.Entries(epoch)); got > 2*1024 || got < 1024 {
		t.Errorf("%d entries of one URL are remembered", got)
	}
	// A full group takes new entries once the old ones have expired.
	later := epoch.Add(600 * time.Second)
	c.Store(&r, fetch.PreflightGrant{Methods: []string{"PUT"}, MaxAge: 600}, later)
	if !c.Covers(&r, nil, later) {
		t.Error("a full group stays full")
	}
}

// TestCacheBorders holds what is just remembered, and what is just not.
func TestCacheBorders(t *testing.T) {
	const most = 8 << 10 // bytes of partition, origin and URL
	r := checkRequest(fetch.CredentialsOmit)
	r.Method, r.PartitionKey = "PUT", "partition"
	put := fetch.PreflightGrant{Methods: []string{"PUT"}, MaxAge: 600}
	for _, over := range []int{0, 1} {
		var c fetch.PreflightCache
		const prefix = "https://b.com/"
		n := most + over - len(prefix) - len(r.PartitionKey) - len("https://a.com")
		r.URLList = []origin.URL{origin.MustParseURL(prefix + strings.Repeat("a", n))}
		c.Store(&r, put, epoch)
		if got := c.Covers(&r, nil, epoch); got != (over == 0) || len(c.Entries(epoch)) != 1-over {
			t.Errorf("a key of %d bytes more than is remembered: %v", over, got)
		}
	}
	r = checkRequest(fetch.CredentialsOmit)
	r.Method = "GET"
	for n, want := range map[int]bool{256: true, 257: false} {
		var c fetch.PreflightCache
		name := strings.Repeat("x", n)
		c.Store(&r, fetch.PreflightGrant{HeaderNames: []string{name, "x-a"}, MaxAge: 600}, epoch)
		if coversName(&c, r, name, epoch) != want || !coversName(&c, r, "x-a", epoch) {
			t.Errorf("a name of %d bytes is remembered: %v", n, !want)
		}
	}
	for n, want := range map[int]int{8: 8, 9: 9, 1023: 1023, 1024: 1024, 1025: 1024, 3000: 1024} {
		var c fetch.PreflightCache
		names := make([]string, 0, 2*n)
		for i := range n {
			names = append(names, "x-"+strconv.Itoa(i), "X-"+strconv.Itoa(i))
		}
		c.Store(&r, fetch.PreflightGrant{HeaderNames: names, MaxAge: 600}, epoch)
		if got := len(c.Entries(epoch)); got != want {
			t.Errorf("of %d names, each twice, %d are remembered", n, got)
		}
		// One more, later: there is no room in a full group until something has expired.
		c.Store(&r, fetch.PreflightGrant{HeaderNames: []string{"y"}, MaxAge: 600}, epoch.Add(599*time.Second))
		if got := coversName(&c, r, "y", epoch.Add(599*time.Second)); got != (want < 1024) {
			t.Errorf("beside %d names, another one is remembered: %v", want, got)
		}
		c.Store(&r, fetch.PreflightGrant{HeaderNames: []string{"z"}, MaxAge: 600}, epoch.Add(600*time.Second))
		if !coversName(&c, r, "z", epoch.Add(600*time.Second)) {
			t.Errorf("after %d names have expired, another one is not remembered", want)
		}
	}
	for n, want := range map[int]bool{1023: true, 1024: false} { // other URLs after it
		var c fetch.PreflightCache
		r.Method = "PUT"
		at := func(i int) *fetch.Request {
			r := r
			r.URLList = []origin.URL{origin.MustParseURL("https://b.com/" + strconv.Itoa(i))}
			return &r
		}
		for i := range n + 1 {
			c.Store(at(i), put, epoch)
		}
		if got := c.Covers(at(0), nil, epoch); got != want || !c.Covers(at(1), nil, epoch) {
			t.Errorf("after %d other URLs, the first is remembered: %v", n, got)
		}
	}
}

// TestCacheStoresNothing is about preflights that leave no entry, and no room taken.
func TestCacheStoresNothing(t *testing.T) {
	r := checkRequest(fetch.CredentialsOmit)
	for _, grant := range []fetch.PreflightGrant{
		{Methods: []string{"PUT"}, HeaderNames: []string{"x-a"}},
		{Methods: []string{"PUT"}, MaxAge: -1},
		{MaxAge: 600},
		{Methods: []string{}, HeaderNames: []string{}, MaxAge: 600},
	} {
		var c fetch.PreflightCache
		c.Store(&r, grant, epoch)
		if c.Groups() != 0 {
			t.Errorf("%+v is remembered", grant)
		}
		// A group that is there stays, and takes nothing.
		c.Store(&r, fetch.PreflightGrant{Methods: []string{"DELETE"}, MaxAge: 600}, epoch)
		c.Store(&r, grant, epoch)
		if e := c.Entries(epoch); len(e) != 1 || e[0].Method != "DELETE" {
			t.Errorf("%+v: %+v", grant, e)
		}
	}
}

func TestCacheConcurrency(t *testing.T) {
	agent := new(fetch.Agent)
	var wg sync.WaitGroup
	for g := range 8 {
		wg.Go(func() {
			for i := range 50 {
				r := request(t, "PUT", "https://b.com/"+strconv.Itoa((g+i)%5), "X-A", "1")
				now := epoch.Add(time.Duration(i) * time.Second)
				m, err := agent.Start(now, r)
				if err != nil {
					t.Error(err)
					return
				}
				for m.Action().Kind != fetch.ActionDone {
					l := headers(acao, "*", acam, "PUT", acah, "x-a", acma, "3")
					if m.Action().Kind == fetch.ActionSendRequest && i%7 == 0 {
						l = nil
					}
					m.Receive(now, fetch.ResponseHead{Status: 200, Headers: l})
				}
				switch i % 10 {
				case 3:
					agent.Cache.Entries(now)
				case 5:
					agent.Cache.Clear()
				case 7:
					agent.Cache.ClearEntries(&r)
					agent.Cache.Covers(&r, nil, now)
					coversName(&agent.Cache, r, "x-a", now)
				}
			}
		})
	}
	wg.Wait()
	r := request(t, "PUT", "https://b.com/0")
	names := safelist.UnsafeRequestHeaderNames(r.Headers)
	if agent.Cache.Covers(&r, names, epoch.Add(time.Hour)) {
		t.Error("an entry outlives its max-age")
	}
}
