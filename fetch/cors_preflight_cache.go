package fetch

import (
	"cmp"
	"container/list"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/corspec/corspec/internal/header"
	"github.com/corspec/corspec/safelist"
)

// Limits of a preflight cache, so that no server fills the memory. The standard lets a user agent remove entries at any
// time. What is not remembered has a preflight each time.
const (
	maxAgeLimitDefault = 7200 * time.Second // Chromium's; Firefox has 86400 and WebKit 600 seconds

	maxCacheKeys    = 1024 // of partition, origin and URL; the one stored longest ago goes first
	maxCacheEntries = 1024 // of methods, and of header names, for one of them
	maxCacheBytes   = 4 << 20
	cacheGroupBytes = 1536 // what a key takes of those, by an estimate, besides its texts
	cacheEntryBytes = 128  // and a method or a header name

	maxCacheKeyBytes  = 8 << 10 // of the texts of a key
	maxCacheNameBytes = 256     // of a method or a header name
)

// A PreflightCache is a CORS-preflight cache. The zero value is empty and ready. It is safe for concurrent use,
// bounded, and has no clock: every call that depends on the time is told it.
//
// https://fetch.spec.whatwg.org/#concept-cache
type PreflightCache struct {
	// MaxAgeLimit is the limit imposed on max-age; 0 stands for that of the agent's profile, or maxAgeLimitDefault. It
	// is read when an entry is stored.
	MaxAgeLimit time.Duration

	mu     sync.Mutex
	groups map[cacheKey]*cacheGroup
	order  list.List // of them, by when they were stored
	bytes  int
}

// A CacheEntry is one entry of a CORS-preflight cache, as [PreflightCache.Entries] shows it. Exactly one of Method and
// HeaderName is not empty; either may be "*".
//
// https://fetch.spec.whatwg.org/#cache-entry
type CacheEntry struct {
	PartitionKey string
	Origin       string // byte-serialized: requests of all opaque origins share "null"
	URL          string
	Credentials  bool
	Method       string
	HeaderName   string
	MaxAge       time.Duration
	Stored       time.Time
}

type cacheKey struct {
	partition, origin, url string
	credentials            bool // for profiles only
}

type cacheGroup struct {
	key   cacheKey
	place *list.Element // in the order
	bytes int

	life    cacheLife // that of the entry with the longest: if this is not live, no entry is
	methods map[cacheName]cacheLife
	headers map[cacheName]cacheLife // names in lower case
}

type cacheName struct {
	name        string
	credentials bool
}

type cacheLife struct {
	stored time.Time
	maxAge time.Duration
}

// live reports whether the entry still counts. Entries of age max-age do not.
func (l cacheLife) live(now time.Time) bool { return l.maxAge > 0 && now.Sub(l.stored) < l.maxAge }

// keyOf returns what the cache entries of a request that shows that origin are found by: network partition key,
// byte-serialized origin and current URL, whose fragment counts.
func keyOf(shown string, r *Request) cacheKey {
	// AD-HOC: the text does not say whether two null network partition keys are the same. Here they are.
	return cacheKey{partition: r.PartitionKey, origin: shown, url: r.CurrentURL().String()}
}

// cacheEntryMatch reports whether there is a cache entry match for an entry called name, or "*" where a wildcard
// counts, and a request that includes credentials or does not. Where the request does, a literal "*" is the wildcard
// itself.
//
// https://fetch.spec.whatwg.org/#concept-cache-match
func cacheEntryMatch(entries map[cacheName]cacheLife, include bool, name string, wildcard bool, now time.Time) bool {
	if include {
		// AD-HOC: by the text, a "*" entry stored with credentials lets any method and any header through without a
		// preflight (https://github.com/whatwg/fetch/issues/592). As in every engine, it matches no request that
		// includes credentials.
		return name != "*" && entries[cacheName{name, true}].live(now)
	}
	return entries[cacheName{name, true}].live(now) || entries[cacheName{name, false}].live(now) ||
		wildcard && (entries[cacheName{"*", true}].live(now) || entries[cacheName{"*", false}].live(now))
}

// methodCacheEntryMatch reports whether there is a method cache entry match.
//
// https://fetch.spec.whatwg.org/#concept-cache-match-method
func (g *cacheGroup) methodCacheEntryMatch(e engine, include bool, method string, now time.Time) bool {
	return cacheEntryMatch(g.methods, include, method, e.wildcardMatches(g.methods, ""), now)
}

// headerNameCacheEntryMatch reports whether there is a header-name cache entry match for a name in lower case.
//
// https://fetch.spec.whatwg.org/#concept-cache-match-header
func (g *cacheGroup) headerNameCacheEntryMatch(e engine, include bool, name string, now time.Time) bool {
	return cacheEntryMatch(g.headers, include, name, e.wildcardMatches(g.headers, name), now)
}

// covers reports whether there are entries for the method, unless it is "", and for each of the names.
//
// https://fetch.spec.whatwg.org/#http-fetch
func (c *PreflightCache) covers(e engine, key cacheKey, include bool, method string, names []string, now time.Time) bool {
	// HTTP fetch, step 4.1.
	if method == "" && len(names) == 0 && !e.remembersPreflights() {
		return true
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	g := c.groups[key]
	if g == nil {
		return false
	}
	covered := g.life.live(now) && (method == "" || g.methodCacheEntryMatch(e, include, method, now))
	for i := 0; i < len(names) && covered; i++ {
		covered = g.headerNameCacheEntryMatch(e, include, header.Lower(names[i]), now)
	}
	if !covered && e.replacesEntries() {
		c.remove(key)
	}
	return covered
}

// store caches what the response to a preflight allowed.
//
// https://fetch.spec.whatwg.org/#cors-preflight-fetch
func (c *PreflightCache) store(e engine, key cacheKey, include bool, grant PreflightGrant, now time.Time) {
	// CORS-preflight fetch, step 7.10.
	age := min(time.Duration(min(grant.MaxAge, header.MaxDeltaSeconds))*time.Second, cmp.Or(c.MaxAgeLimit, e.maxAgeLimit()))
	if len(key.partition)+len(key.origin)+len(key.url) > maxCacheKeyBytes {
		return
	}
	methods, names := distinct(grant.Methods, false), distinct(grant.HeaderNames, true)
	c.mu.Lock()
	defer c.mu.Unlock()
	if e.replacesEntries() {
		c.remove(key)
	}
	g := c.groups[key]
	if g == nil {
		if age <= 0 || len(methods)+len(names) == 0 && !e.remembersPreflights() {
			return
		}
		g = c.newGroup(key)
	}
	before := g.bytes
	g.prune(now)
	life := cacheLife{now, age}
	if g.life.stored.Add(g.life.maxAge).Before(now.Add(age)) {
		g.life = life
	}
	// CORS-preflight fetch, steps 7.12 and 7.13.
	for _, m := range methods {
		g.createCacheEntry(g.methods, include, m, true, life)
	}
	// CORS-preflight fetch, steps 7.14 and 7.15.
	for _, n := range names {
		g.createCacheEntry(g.headers, include, n, !safelist.IsCORSNonWildcardRequestHeaderName(n), life)
	}
	c.bytes += g.bytes - before
	c.order.MoveToBack(g.place)
	for len(c.groups) > maxCacheKeys || c.bytes > maxCacheBytes && c.order.Front() != g.place {
		c.remove(c.order.Front().Value.(*cacheGroup).key)
	}
}

// distinct returns the first elements of a list, each once, in lower case if that makes no difference: as many as a
// group can keep. A server chooses how long the list is, and nobody waits for the lock meanwhile. A short list, which
// may repeat some, is looked at as it is.
func distinct(list []string, lower bool) []string {
	kept := make([]string, 0, min(len(list), maxCacheEntries))
	var seen map[string]bool
	if len(list) > nameSetSearched {
		seen = make(map[string]bool, cap(kept))
	}
	for _, s := range list {
		if len(kept) == maxCacheEntries {
			break
		}
		if lower {
			s = header.Lower(s)
		}
		if len(s) > maxCacheNameBytes || seen[s] {
			continue
		}
		if seen != nil {
			seen[s] = true
		}
		kept = append(kept, s)
	}
	return kept
}

// createCacheEntry gives all entries that match the name a new life, or creates a new cache entry.
//
// https://fetch.spec.whatwg.org/#concept-cache-create-entry
func (g *cacheGroup) createCacheEntry(entries map[cacheName]cacheLife, include bool, name string, wildcard bool, life cacheLife) {
	// AD-HOC: the text sets max-age, of "the" entry that matches, and leaves the time at which it was stored: such an
	// entry could be older than its max-age from the start. Here all that match start anew.
	matched := false
	for _, n := range [...]cacheName{{name, true}, {name, false}, {"*", true}, {"*", false}} {
		if include && !n.credentials || n.name == "*" && name != "*" && (include || !wildcard) {
			continue
		}
		if entries[n].live(life.stored) {
			entries[n], matched = life, true
		}
	}
	if n := (cacheName{name, include}); !matched && life.maxAge > 0 && len(entries) < maxCacheEntries {
		if _, expired := entries[n]; !expired {
			n.name = strings.Clone(name) // so as not to hold on to a long header value
			g.bytes += cacheEntryBytes + len(name)
		}
		entries[n] = life
	}
}

// prune makes room in a full group by removing what has expired.
func (g *cacheGroup) prune(now time.Time) {
	for _, m := range [...]map[cacheName]cacheLife{g.methods, g.headers} {
		if len(m) < maxCacheEntries {
			continue
		}
		maps.DeleteFunc(m, func(n cacheName, l cacheLife) bool {
			expired := !l.live(now)
			if expired {
				g.bytes -= cacheEntryBytes + len(n.name)
			}
			return expired
		})
	}
}

// newGroup adds a group for the key.
func (c *PreflightCache) newGroup(key cacheKey) *cacheGroup {
	if c.groups == nil {
		c.groups = map[cacheKey]*cacheGroup{}
	}
	key.url = strings.Clone(key.url) // not a part of a long Location
	g := &cacheGroup{key: key, methods: map[cacheName]cacheLife{}, headers: map[cacheName]cacheLife{}}
	g.bytes = cacheGroupBytes + len(key.partition) + len(key.origin) + len(key.url)
	g.place = c.order.PushBack(g)
	c.groups[key] = g
	c.bytes += g.bytes
	return g
}

// remove removes the group of the key, if there is one.
func (c *PreflightCache) remove(key cacheKey) {
	if g := c.groups[key]; g != nil {
		c.order.Remove(g.place)
		delete(c.groups, key)
		c.bytes -= g.bytes
	}
}

// clearCacheEntries removes the entries of a partition, origin and URL, with and without credentials: a request failed
// after they let it through.
//
// https://fetch.spec.whatwg.org/#concept-cache-clear
func (c *PreflightCache) clearCacheEntries(key cacheKey) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, key.credentials = range [...]bool{false, true} {
		c.remove(key)
	}
}

// Clear empties the cache.
func (c *PreflightCache) Clear() {
	c.mu.Lock()
	defer c.mu.Unlock()
	clear(c.groups)
	c.order.Init()
	c.bytes = 0
}

// Entries returns the entries that are live at that time, in a stable order.
func (c *PreflightCache) Entries(now time.Time) []CacheEntry {
	c.mu.Lock()
	defer c.mu.Unlock()
	var entries []CacheEntry
	for k, g := range c.groups {
		add := func(n cacheName, l cacheLife, method, headerName string) {
			if l.live(now) {
				entries = append(entries, CacheEntry{k.partition, k.origin, k.url, n.credentials, method, headerName, l.maxAge, l.stored})
			}
		}
		for n, l := range g.methods {
			add(n, l, n.name, "")
		}
		for n, l := range g.headers {
			add(n, l, "", n.name)
		}
	}
	slices.SortFunc(entries, func(a, b CacheEntry) int {
		return cmp.Or(cmp.Compare(a.PartitionKey, b.PartitionKey), cmp.Compare(a.Origin, b.Origin), cmp.Compare(a.URL, b.URL),
			cmp.Compare(a.Method, b.Method), cmp.Compare(a.HeaderName, b.HeaderName), cmp.Compare(strconv.FormatBool(a.Credentials), strconv.FormatBool(b.Credentials)))
	})
	return entries
}
