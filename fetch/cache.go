package fetch

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/corspec/corspec/internal/header"
	"github.com/corspec/corspec/safelist"
)

// Limits of a preflight cache. The standard lets a user agent remove entries at any time.
const (
	// MaxAgeLimitDefault caps max-age where PreflightCache.MaxAgeLimit is 0. It is Chromium's; Firefox caps at 86400 and
	// WebKit at 600 seconds.
	MaxAgeLimitDefault = 7200 * time.Second

	// maxCacheKeys bounds how many combinations of partition, origin and URL are remembered; the one stored longest ago
	// goes first. Chromium's cache holds as many.
	maxCacheKeys = 1024

	// maxCacheEntries bounds how many methods and header names are remembered for one of them, so that one response cannot
	// fill the memory. No server lists as many.
	maxCacheEntries = 1024
)

// A PreflightCache is a CORS-preflight cache. The zero value is empty and ready. It is safe for concurrent use, bounded, and
// has no clock: every call that depends on the time is told it.
//
// https://fetch.spec.whatwg.org/#concept-cache
type PreflightCache struct {
	// MaxAgeLimit is the limit imposed on max-age; 0 stands for that of the agent's profile, or MaxAgeLimitDefault. It is read
	// when an entry is stored.
	MaxAgeLimit time.Duration

	mu     sync.Mutex
	groups map[cacheKey]*cacheGroup
	stored uint64 // counts stores, to find the oldest group
}

// A CacheEntry is one entry of a CORS-preflight cache, as [PreflightCache.Entries] shows it. Exactly one of Method and
// HeaderName is not empty; either may be "*".
//
// https://fetch.spec.whatwg.org/#cache-entry
type CacheEntry struct {
	PartitionKey string
	Origin       string // byte-serialized: requests of all opaque origins share "null"
	URL          string // without fragment
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
	life    cacheLife // that of the entry with the longest: no entry is live where this is not
	stored  uint64
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

// keyOf returns what r's cache entries are found by: network partition key, byte-serialized origin and current URL, whose
// fragment does not count.
func keyOf(r *Request) cacheKey {
	return cacheKey{partition: r.PartitionKey, origin: SerializeRequestOrigin(r), url: r.CurrentURL().WithoutFragment().String()}
}

// match reports whether an entry of m is called name, or "*" where a wildcard counts, and is one that r may use.
//
// https://fetch.spec.whatwg.org/#concept-cache-match
func match(m map[cacheName]cacheLife, r *Request, name string, wildcard bool, now time.Time) bool {
	if m[cacheName{name, true}].live(now) {
		return true
	}
	if r.Credentials == CredentialsInclude {
		// AD-HOC: by the text, a "*" entry stored with credentials lets any method and any header through without a preflight
		// (https://github.com/whatwg/fetch/issues/592). As in every engine, it matches no request that includes credentials.
		return false
	}
	return m[cacheName{name, false}].live(now) ||
		wildcard && (m[cacheName{"*", true}].live(now) || m[cacheName{"*", false}].live(now))
}

// MatchesMethod reports whether there is a method cache entry match for r's method.
//
// https://fetch.spec.whatwg.org/#concept-cache-match-method
func (c *PreflightCache) MatchesMethod(r *Request, now time.Time) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	g := c.groups[keyOf(r)]
	return g != nil && g.matchesMethod(r, r.Method, now, ProfileStandard)
}

func (g *cacheGroup) matchesMethod(r *Request, method string, now time.Time, p Profile) bool {
	// A literal "*" entry is the wildcard itself: a request with credentials cannot use it, even for a method called "*".
	return !(method == "*" && r.Credentials == CredentialsInclude) && match(g.methods, r, method, p.wildcardMatches(g.methods), now)
}

// MatchesHeaderName reports whether there is a header-name cache entry match for name, in any case, using r.
//
// https://fetch.spec.whatwg.org/#concept-cache-match-header
func (c *PreflightCache) MatchesHeaderName(r *Request, name string, now time.Time) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	g := c.groups[keyOf(r)]
	return g != nil && g.matchesHeaderName(r, header.Lower(name), now, ProfileStandard)
}

func (g *cacheGroup) matchesHeaderName(r *Request, lower string, now time.Time, p Profile) bool {
	wildcard := p.wildcardMatches(g.headers) && (!safelist.IsCORSNonWildcardRequestHeaderName(lower) || p.Has(CachedWildcardCoversAuthorization))
	return !(lower == "*" && r.Credentials == CredentialsInclude) && match(g.headers, r, lower, wildcard, now)
}

// Covers reports whether the cache makes the preflight of r unnecessary. The names are r's CORS-unsafe request-header names.
//
// https://fetch.spec.whatwg.org/#http-fetch
func (c *PreflightCache) Covers(r *Request, names []string, now time.Time) bool {
	return c.covers(r, names, now, ProfileStandard)
}

func (c *PreflightCache) covers(r *Request, names []string, now time.Time, p Profile) bool {
	// HTTP fetch, step 4.1.
	methodMatters := !p.exemptInCache(r.Method) || r.UseCORSPreflight && !p.Has(UploadMethodExemptInCache)
	if !methodMatters && len(names) == 0 && !p.differs() {
		return true
	}
	if !p.cacheable(r) {
		return false
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	key := p.cacheKey(r)
	g := c.groups[key]
	if g == nil {
		return false
	}
	covered := g.life.live(now) && (!methodMatters || g.matchesMethod(r, r.Method, now, p))
	for i := 0; i < len(names) && covered; i++ {
		covered = g.matchesHeaderName(r, names[i], now, p)
	}
	if !covered && p.Has(CacheEntriesReplaced) {
		delete(c.groups, key)
	}
	return covered
}

// Store caches what the response to a preflight of r allowed.
//
// https://fetch.spec.whatwg.org/#cors-preflight-fetch
func (c *PreflightCache) Store(r *Request, grant PreflightGrant, now time.Time) {
	c.store(r, grant, now, ProfileStandard)
}

func (c *PreflightCache) store(r *Request, grant PreflightGrant, now time.Time, p Profile) {
	if !p.cacheable(r) {
		return
	}
	// CORS-preflight fetch, step 7.10.
	limit := cmp.Or(c.MaxAgeLimit, p.maxAgeLimit, MaxAgeLimitDefault)
	age := min(time.Duration(min(grant.MaxAge, header.MaxDeltaSeconds))*time.Second, limit)
	c.mu.Lock()
	defer c.mu.Unlock()
	key := p.cacheKey(r)
	if p.Has(CacheEntriesReplaced) {
		delete(c.groups, key)
	}
	g := c.groups[key]
	if g == nil {
		if age <= 0 || len(grant.Methods)+len(grant.HeaderNames) == 0 && !p.differs() {
			return
		}
		g = c.newGroup(key)
	}
	c.stored++
	g.stored = c.stored
	g.prune(now)
	life := cacheLife{now, age}
	if g.life.stored.Add(g.life.maxAge).Before(now.Add(age)) {
		g.life = life
	}
	// CORS-preflight fetch, steps 7.12 and 7.13.
	for _, m := range grant.Methods {
		store(g.methods, r, m, true, life)
	}
	// CORS-preflight fetch, steps 7.14 and 7.15.
	for _, n := range grant.HeaderNames {
		n = header.Lower(n)
		store(g.headers, r, n, !safelist.IsCORSNonWildcardRequestHeaderName(n), life)
	}
}

// store gives all entries that match the name using r a new life, or creates one. The entry's time starts anew as well: the
// standard says only that max-age is set, which would leave an entry older than it.
func store(m map[cacheName]cacheLife, r *Request, name string, wildcard bool, life cacheLife) {
	include := r.Credentials == CredentialsInclude
	matched := false
	for _, n := range [...]cacheName{{name, true}, {name, false}, {"*", true}, {"*", false}} {
		if include && !n.credentials || n.name == "*" && name != "*" && (include || !wildcard) {
			continue
		}
		if old, ok := m[n]; ok && old.live(life.stored) {
			m[n], matched = life, true
		}
	}
	if !matched && life.maxAge > 0 && len(m) < maxCacheEntries {
		m[cacheName{strings.Clone(name), include}] = life // a copy, so as not to hold on to a long header value
	}
}

// prune makes room in a full group by removing what has expired.
func (g *cacheGroup) prune(now time.Time) {
	for _, m := range [...]map[cacheName]cacheLife{g.methods, g.headers} {
		if len(m) >= maxCacheEntries {
			maps.DeleteFunc(m, func(_ cacheName, l cacheLife) bool { return !l.live(now) })
		}
	}
}

func (c *PreflightCache) newGroup(key cacheKey) *cacheGroup {
	if len(c.groups) >= maxCacheKeys {
		var oldest cacheKey
		first := true
		for k, g := range c.groups {
			if first || g.stored < c.groups[oldest].stored {
				oldest, first = k, false
			}
		}
		delete(c.groups, oldest)
	}
	if c.groups == nil {
		c.groups = map[cacheKey]*cacheGroup{}
	}
	g := &cacheGroup{methods: map[cacheName]cacheLife{}, headers: map[cacheName]cacheLife{}}
	c.groups[key] = g
	return g
}

// ClearEntries removes the entries of r's partition, origin and current URL, with and without credentials: a request failed
// after they let it through.
//
// https://fetch.spec.whatwg.org/#concept-cache-clear
func (c *PreflightCache) ClearEntries(r *Request) { c.clearEntries(r, ProfileStandard) }

func (c *PreflightCache) clearEntries(r *Request, p Profile) {
	c.mu.Lock()
	defer c.mu.Unlock()
	key := p.cacheKey(r)
	delete(c.groups, key)
	key.credentials = true
	delete(c.groups, key)
	key.credentials = false
	delete(c.groups, key)
}

// Clear empties the cache.
func (c *PreflightCache) Clear() {
	c.mu.Lock()
	defer c.mu.Unlock()
	clear(c.groups)
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
			cmp.Compare(a.Method, b.Method), cmp.Compare(a.HeaderName, b.HeaderName), compareBool(a.Credentials, b.Credentials))
	})
	return entries
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}
