package fetch

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	"unsafe"
)

// check holds what a cache knows of itself: the order of its groups, and how many bytes it takes.
func (c *PreflightCache) check(t *testing.T) {
	t.Helper()
	bytes, groups := 0, 0
	for e := c.order.Front(); e != nil; e = e.Next() {
		g := e.Value.(*cacheGroup)
		groups++
		bytes += g.bytes
		want := cacheGroupBytes + len(g.key.partition) + len(g.key.origin) + len(g.key.url)
		for _, entries := range []map[cacheName]cacheLife{g.methods, g.headers} {
			if len(entries) > maxCacheEntries {
				t.Errorf("%d entries of a kind", len(entries))
			}
			for n, life := range entries {
				want += cacheEntryBytes + len(n.name)
				if end := life.stored.Add(life.maxAge); end.After(g.life.stored.Add(g.life.maxAge)) {
					t.Errorf("%v lives until %v, longer than its group", n, end)
				}
			}
		}
		if g.bytes != want {
			t.Fatalf("a group takes %d bytes, not %d", g.bytes, want)
		}
		if g.place != e || c.groups[g.key] != g {
			t.Fatalf("the group of %v is not where it should be", g.key)
		}
	}
	if groups != len(c.groups) || bytes != c.bytes {
		t.Fatalf("%d groups of %d bytes are in order; there are %d, of %d bytes", groups, bytes, len(c.groups), c.bytes)
	}
}

// TestCacheBookkeeping stores, clears and asks for entries of few keys, in any order.
func TestCacheBookkeeping(t *testing.T) {
	for _, p := range Profiles() {
		var c PreflightCache
		e, now := p.engine(), time.Unix(0, 0)
		random := rand.New(rand.NewPCG(1, 2))
		names := func() (l []string) {
			for range random.IntN(3) {
				l = append(l, []string{"a", "bb", "ccc", "*"}[random.IntN(4)])
			}
			return l
		}
		for range 3000 {
			key := cacheKey{partition: "part"[:random.IntN(3)], origin: "https://a.com", url: "https://b.com/" + strconv.Itoa(random.IntN(4)), credentials: random.IntN(4) == 0}
			switch random.IntN(8) {
			case 0:
				c.clearCacheEntries(key)
				for _, key.credentials = range []bool{false, true} {
					if c.groups[key] != nil {
						t.Fatal("a cleared group is still there")
					}
				}
			case 1:
				c.covers(e, key, false, "bb", names(), now)
			case 2:
				now = now.Add(time.Duration(random.IntN(3)) * time.Second)
			default:
				c.store(e, key, random.IntN(2) == 0, PreflightGrant{Methods: names(), HeaderNames: names(), MaxAge: int64(random.IntN(6))}, now)
			}
			c.check(t)
		}
		c.Clear()
		c.check(t)
		c.store(e, cacheKey{url: "x"}, false, PreflightGrant{Methods: []string{"PUT"}, MaxAge: 1}, now)
		c.check(t)
	}
}

// TestCachePrunes holds that a full group gives up what has expired, and that alone.
func TestCachePrunes(t *testing.T) {
	var c PreflightCache
	many := func(prefix string, n int) (l []string) {
		for i := range n {
			l = append(l, prefix+strconv.Itoa(i))
		}
		return l
	}
	key, e, now := cacheKey{url: "x"}, standard{}, time.Unix(0, 0)
	c.store(e, key, false, PreflightGrant{Methods: many("M", maxCacheEntries), HeaderNames: many("short-", 10), MaxAge: 600}, now)
	c.store(e, key, false, PreflightGrant{HeaderNames: many("long-", maxCacheEntries), MaxAge: 900}, now)
	c.check(t)
	g := c.groups[key]
	if len(g.methods) != maxCacheEntries || len(g.headers) != maxCacheEntries {
		t.Fatalf("%d methods and %d headers", len(g.methods), len(g.headers))
	}
	c.store(e, key, false, PreflightGrant{HeaderNames: []string{"new"}, MaxAge: 1}, now.Add(600*time.Second))
	c.check(t)
	if len(g.methods) != 0 || len(g.headers) != maxCacheEntries-10+1 {
		t.Errorf("%d methods and %d headers", len(g.methods), len(g.headers))
	}
	// Below that, nobody looks.
	var few PreflightCache
	few.store(e, key, false, PreflightGrant{Methods: many("M", maxCacheEntries-1), MaxAge: 1}, now)
	few.store(e, key, false, PreflightGrant{HeaderNames: []string{"a"}, MaxAge: 1}, now.Add(time.Hour))
	if g := few.groups[key]; len(g.methods) != maxCacheEntries-1 {
		t.Errorf("%d methods", len(g.methods))
	}
}

// TestCacheBytes holds how many bytes the cache takes at most.
func TestCacheBytes(t *testing.T) {
	e, now := standard{}, time.Unix(0, 0)
	put := PreflightGrant{Methods: []string{"PUT"}, MaxAge: 600}
	for over, kept := range map[int]int{-1: 2, 0: 2, 1: 1} {
		var c PreflightCache
		c.store(e, cacheKey{url: "1"}, false, put, now)
		g := c.groups[cacheKey{url: "1"}]
		fill := maxCacheBytes + over - 2*c.bytes // of the other group, another as big
		g.bytes, c.bytes = g.bytes+fill, c.bytes+fill
		c.store(e, cacheKey{url: "2"}, false, put, now)
		if len(c.groups) != kept || c.groups[cacheKey{url: "2"}] == nil {
			t.Errorf("with %d bytes too much, %d groups are kept", over, len(c.groups))
		}
	}
	// One that is larger alone stays, and is alone.
	var c PreflightCache
	c.store(e, cacheKey{url: "1"}, false, put, now)
	c.store(e, cacheKey{url: "2"}, false, put, now)
	newest := c.groups[cacheKey{url: "2"}]
	newest.bytes, c.bytes = maxCacheBytes*2, c.bytes+maxCacheBytes*2-newest.bytes
	c.store(e, cacheKey{url: "2"}, false, put, now)
	if len(c.groups) != 1 || c.groups[cacheKey{url: "2"}] == nil {
		t.Errorf("%d groups", len(c.groups))
	}
}

// TestCacheClockGoesBack holds that what was never live is not live earlier.
func TestCacheClockGoesBack(t *testing.T) {
	e, key, now := standard{}, cacheKey{url: "x"}, time.Unix(1000, 0)
	var c PreflightCache
	c.store(e, key, false, PreflightGrant{Methods: []string{"PUT"}, MaxAge: 600}, now)
	c.store(e, key, false, PreflightGrant{Methods: []string{"PUT"}}, now)
	if c.covers(e, key, false, "PUT", nil, now.Add(-time.Second)) || len(c.Entries(now.Add(-time.Second))) != 0 {
		t.Error("an entry that was ended is live before its end")
	}
	// The shortest life is one.
	c = PreflightCache{MaxAgeLimit: 1}
	c.store(e, key, false, PreflightGrant{Methods: []string{"PUT"}, MaxAge: 600}, now)
	if !c.covers(e, key, false, "PUT", nil, now) || c.covers(e, key, false, "PUT", nil, now.Add(1)) {
		t.Error("an entry does not live for a nanosecond")
	}
	// And the longest is what fits into 31 bits, in seconds.
	c = PreflightCache{MaxAgeLimit: 1<<63 - 1}
	c.store(e, key, false, PreflightGrant{Methods: []string{"PUT"}, MaxAge: 1 << 40}, now)
	if l := c.Entries(now); len(l) != 1 || l[0].MaxAge != 1<<31*time.Second {
		t.Errorf("%+v", l)
	}
}

// TestCacheEntriesOrder holds the order in which entries are shown.
func TestCacheEntriesOrder(t *testing.T) {
	e, now := standard{}, time.Unix(1000, 0)
	var c PreflightCache
	for _, include := range []bool{false, true} {
		c.store(e, cacheKey{url: "x"}, include, PreflightGrant{Methods: []string{"PUT", "*"}, HeaderNames: []string{"b", "A"}, MaxAge: 600}, now)
	}
	for range 20 { // maps have no order
		var got strings.Builder
		for _, entry := range c.Entries(now) {
			got.WriteString(entry.Method + entry.HeaderName + map[bool]string{true: "+ ", false: " "}[entry.Credentials])
		}
		if want := "a a+ b b+ * *+ PUT PUT+ "; got.String() != want {
			t.Fatalf("%s, want %s", got.String(), want)
		}
	}
}

// TestCacheReplaces holds that engines that keep one preflight forget the one before even if it would have sufficed.
func TestCacheReplaces(t *testing.T) {
	e, key, now := ProfileWebKitGTK.engine(), cacheKey{url: "x"}, time.Unix(1000, 0)
	var c PreflightCache
	c.store(e, key, false, PreflightGrant{Methods: []string{"PUT", "DELETE"}, MaxAge: 600}, now)
	c.store(e, key, false, PreflightGrant{Methods: []string{"PUT"}, MaxAge: 600}, now)
	if c.covers(e, key, false, "DELETE", nil, now) {
		t.Error("what was stored before is there")
	}
}

// TestCacheRemembersPreflights holds that, for engines that remember a preflight as such, it expires as entries do.
func TestCacheRemembersPreflights(t *testing.T) {
	key, now := cacheKey{url: "x"}, time.Unix(1000, 0)
	for _, p := range Profiles() {
		e := p.engine()
		var c PreflightCache
		c.store(e, key, false, PreflightGrant{MaxAge: 1}, now)
		if !c.covers(e, key, false, "", nil, now) || len(c.groups) == 1 != e.remembersPreflights() {
			t.Errorf("%v: a preflight does not count, or %d are remembered", p, len(c.groups))
		}
		if got := c.covers(e, key, false, "", nil, now.Add(time.Second)); got == e.remembersPreflights() {
			t.Errorf("%v: a preflight that has expired counts: %v", p, got)
		}
	}
}

// TestCacheListsAreShort holds that what a server's lists have is sorted out before the lock is taken: each name once,
// none that is too long, and no more than are kept.
func TestCacheListsAreShort(t *testing.T) {
	long := strings.Repeat("x", maxCacheNameBytes)
	distinctNames := make([]string, 2*maxCacheEntries)
	for i := range distinctNames {
		distinctNames[i] = fmt.Sprintf("x-%d", i)
	}
	for name, tt := range map[string]struct {
		list  []string
		lower bool
		want  []string
	}{
		"nothing":      {nil, true, []string{}},
		"case matters": {[]string{"A", "a"}, false, []string{"A", "a"}},
		"one repeated": {slices.Repeat([]string{"A", "b"}, 500_000), false, []string{"A", "b"}},
		"in any case":  {slices.Repeat([]string{"X-A", "x-a"}, 10), true, []string{"x-a"}},
		"too long":     {[]string{"a", long + "x", long, "b"}, false, []string{"a", long, "b"}},
		"too many":     {distinctNames, true, distinctNames[:maxCacheEntries]},
	} {
		if got := distinct(tt.list, tt.lower); !slices.Equal(got, tt.want) || cap(got) > maxCacheEntries {
			t.Errorf("%s: %d names in room for %d, want %d: %.200q", name, len(got), cap(got), len(tt.want), got)
		}
	}
}

// TestCacheOwnsItsTexts holds that what is remembered is not a part of what a server sent, which may be long.
func TestCacheOwnsItsTexts(t *testing.T) {
	var c PreflightCache
	key, grant := cacheKey{url: "https://b.com/"}, PreflightGrant{Methods: []string{"PUT"}, HeaderNames: []string{"x-a"}, MaxAge: 5}
	c.store(standard{}, key, false, grant, time.Unix(0, 0))
	for k, g := range c.groups {
		kept := map[string]string{k.url: key.url, g.key.url: key.url}
		for n := range g.methods {
			kept[n.name] = grant.Methods[0]
		}
		for n := range g.headers {
			kept[n.name] = grant.HeaderNames[0]
		}
		if len(kept) != 3 {
			t.Errorf("%q is remembered", kept)
		}
		for own, sent := range kept {
			if own != sent || unsafe.StringData(own) == unsafe.StringData(sent) {
				t.Errorf("of %q no copy is kept, but %q", sent, own)
			}
		}
	}
}

// TestDistinct holds from how many elements on a list is looked through, and that it is cut to what is kept.
func TestDistinct(t *testing.T) {
	for n, want := range map[int]int{nameSetSearched: nameSetSearched, nameSetSearched + 1: 1} {
		if got := distinct(slices.Repeat([]string{"a"}, n), false); len(got) != want {
			t.Errorf("of %d there are %d left, want %d", n, len(got), want)
		}
	}
}

// TestCacheRenewsWithoutLife holds that a preflight without a life adds nothing to what is remembered.
func TestCacheRenewsWithoutLife(t *testing.T) {
	for _, age := range []int64{0, -1} {
		var c PreflightCache
		key, now := cacheKey{url: "https://b.com/"}, time.Unix(0, 0)
		c.store(standard{}, key, false, PreflightGrant{Methods: []string{"PUT"}, MaxAge: 5}, now)
		c.store(standard{}, key, false, PreflightGrant{Methods: []string{"DELETE"}, HeaderNames: []string{"x-a"}, MaxAge: age}, now)
		c.check(t)
		if g := c.groups[key]; len(g.methods) != 1 || len(g.headers) != 0 {
			t.Errorf("max-age %d leaves %v and %v", age, g.methods, g.headers)
		}
	}
}
