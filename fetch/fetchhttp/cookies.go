package fetchhttp

import (
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/corspec/corspec/fetch"
	"github.com/corspec/corspec/internal/header"
	"github.com/corspec/corspec/internal/quote"
	"github.com/corspec/corspec/origin"
)

// What browsers keep of cookies, of a site and in all.
const (
	mostCookies    = 180
	mostCookiesAll = 3300
)

// A Withheld cookie did not go along with a request, or was not kept of a response, though credentials were included.
type Withheld struct {
	Name string
	URL  origin.URL // of the request, or of the response
	Set  bool       // it was set by a response, and not kept
	Why  string     // "SameSite=Lax, and the page's site is https://app.example"
}

// String says which cookie stayed away, and why.
func (w Withheld) String() string {
	name, url, why := quote.Quote(w.Name), quote.Line(w.URL.String(), 300), quote.Line(w.Why, 300)
	if w.Set {
		return fmt.Sprintf("the cookie %s of %s was not kept: %s", name, url, why)
	}
	return fmt.Sprintf("the cookie %s did not go to %s: %s", name, url, why)
}

// A cookie is what an agent knows of one in its jar. A jar gives back names and values alone.
type cookie struct {
	name, value      string
	host             string // or the domain that it was set for
	hostOnly         bool
	path             string
	hasPath          bool // it was set with that path
	secure, httpOnly bool
	sameSite         http.SameSite // 0: it has no such attribute
	persistent       bool          // it ends at expiry, and not with the session
	expiry           time.Time
	used             uint64 // what the counter of cookies was when it was set or sent
	raw              string // the line that set it
	foreign          bool   // somebody else has put it into the jar
}

// A slot is where a jar keeps a cookie. Browsers keep two there, one for the host alone and one for those below it too;
// the jars of net/http keep the one that was set last.
type slot struct{ host, path, name string }

func (k *cookie) slot() slot { return slot{k.host, k.path, k.name} }

// cookies are those of an agent, by the registrable domain of their hosts, the first that was created first.
type cookies struct {
	mu      sync.Mutex
	bySite  map[string][]*cookie
	total   int
	counter uint64
}

// cookieHost is the host of u as jars have it, to which a dot at the end makes no difference.
func cookieHost(u origin.URL) string { return strings.TrimSuffix(u.Hostname(), ".") }

// cookieSite is what the cookies of a host are counted by: its registrable domain, or the host where it has none.
func (a *Agent) cookieSite(u origin.URL) string {
	_, host, _ := strings.Cut(u.Origin().Site(a.SuffixList).String(), "://")
	return strings.TrimSuffix(host, ".")
}

// A sameSiteMode says which cookies a request may have, from fewest to most.
type sameSiteMode uint8

const (
	sameSiteNone   sameSiteMode = iota // those with SameSite=None
	sameSiteLax                        // all except those with SameSite=Strict
	sameSiteStrict                     // all
)

// sameSiteMode returns which cookies go with a request to u. Its page is a top-level document.
//
// https://fetch.spec.whatwg.org/#determine-the-same-site-mode
func (c *call) sameSiteMode(u origin.URL, method string) sameSiteMode {
	list := c.page.agent.SuffixList
	// Determine the same-site mode, step 5.
	r := fetch.Request{Origin: c.request.Origin, URLList: c.urls}
	crossSite := !origin.SameSite(c.request.Origin, u.Origin(), list) ||
		r.RedirectTaint(list) == fetch.RedirectTaintCrossSite && !c.page.agent.Profile.Has("same-site-ignores-redirects")
	switch {
	// AD-HOC: by the letter, a navigation with GET has no Lax cookies where it comes from another site, and else no
	// Strict ones. RFC 6265bis and browsers have it as here.
	case !crossSite:
		return sameSiteStrict
	case c.navigatesTopLevel() && isSafe(method):
		return sameSiteLax
	}
	return sameSiteNone
}

func (c *call) navigatesTopLevel() bool {
	return c.request.Destination == fetch.DestinationDocument
}

// isSafe reports whether HTTP calls a method safe.
func isSafe(method string) bool {
	return method == http.MethodGet || method == http.MethodHead || method == http.MethodOptions || method == http.MethodTrace
}

// refusesSameSite says why a cookie with that attribute does not belong to a request in that mode; empty where it does.
// One without the attribute is Lax in RFC 6265bis and in Chromium, and None in other engines.
func (c *call) refusesSameSite(s http.SameSite, m sameSiteMode, method string) (why string) {
	switch {
	case m == sameSiteStrict, s == http.SameSiteNoneMode, s == 0 && c.page.agent.Profile.Has("cookies-cross-site-by-default"):
		return ""
	case s == http.SameSiteStrictMode:
		why = "SameSite=Strict"
	case m == sameSiteLax:
		return ""
	case s == http.SameSiteLaxMode:
		why = "SameSite=Lax"
	default:
		why = "no SameSite, which counts as Lax"
	}
	why += fmt.Sprintf(", and the page's site is %s", c.request.Origin.Site(c.page.agent.SuffixList))
	if c.navigatesTopLevel() && m == sameSiteNone {
		why += fmt.Sprintf(", from which a navigation with %s brings none", method)
	}
	return why
}

// sendCookies adds the cookies to a request whose credentials are included.
//
// https://httpwg.org/http-extensions/draft-ietf-httpbis-rfc6265bis.html#name-retrieval-algorithm
func (c *call) sendCookies(u origin.URL, out *http.Request) {
	var pairs []string
	m := c.sameSiteMode(u, out.Method)
	for _, k := range c.page.agent.retrieve(u) {
		why := ""
		if c.heldBack {
			why = heldBack
		} else if !k.foreign {
			why = c.refusesSameSite(k.sameSite, m, out.Method)
		}
		switch {
		case why != "":
			c.withheld = append(c.withheld, Withheld{Name: k.name, URL: u, Why: why})
		case k.name != "":
			pairs = append(pairs, k.name+"="+k.value)
		default:
			pairs = append(pairs, k.value)
		}
	}
	if pairs != nil {
		out.Header["Cookie"] = []string{strings.Join(pairs, "; ")}
	}
}

// heldBack says why a cookie does not go, or is not kept, whatever it is.
const heldBack = "SendCookies holds it back"

// retrieve returns the cookies for u, those with longer paths first and then those that are older. What somebody else
// has put into the jar stands where the jar has it.
func (a *Agent) retrieve(u origin.URL) (all []cookie) {
	cs := &a.cookies
	cs.mu.Lock()
	defer cs.mu.Unlock()
	site := a.cookieSite(u)
	a.expire(site)
	for _, g := range a.Jar.Cookies(&url.URL{Scheme: u.Scheme(), Host: hostAndPort(u), Path: u.Pathname()}) {
		k := cookie{name: g.Name, value: g.Value, foreign: true}
		if g.Quoted {
			k.value = `"` + g.Value + `"`
		}
		all = append(all, k)
	}
	matching := slices.DeleteFunc(slices.Clone(cs.bySite[site]), func(k *cookie) bool { return !k.matches(u) })
	slices.SortStableFunc(matching, func(a, b *cookie) int { return cmp.Compare(len(b.path), len(a.path)) })
	cs.counter++
	var own []cookie
	for _, k := range matching {
		if !k.hostOnly || cs.find(site, k.slot(), false) == nil { // it is the one that the jar has in its slot
			i := slices.IndexFunc(all, func(g cookie) bool { return g.foreign && g.name == k.name && g.value == k.value })
			if i < 0 { // somebody has taken it out of the jar
				cs.remove(site, k)
				continue
			}
			all[i].foreign = false
		}
		k.used = cs.counter
		own = append(own, *k)
	}
	for i := range all {
		if !all[i].foreign {
			all[i], own = own[0], own[1:]
		}
	}
	return append(all, own...)
}

// matches reports whether a cookie is for that URL.
func (k *cookie) matches(u origin.URL) bool {
	return (!k.secure || u.IsPotentiallyTrustworthy()) && k.matchesHost(u) && pathMatches(u.Pathname(), k.path)
}

func (k *cookie) matchesHost(u origin.URL) bool {
	host := cookieHost(u)
	return host == k.host || !k.hostOnly && domainMatches(host, k.host)
}

// domainMatches reports whether a host is a domain or below it.
func domainMatches(host, domain string) bool {
	above, ok := strings.CutSuffix(host, domain)
	return ok && (above == "" || strings.HasSuffix(above, "."))
}

// pathMatches reports whether a request's path is a cookie's or below it.
func pathMatches(path, cookiePath string) bool {
	rest, ok := strings.CutPrefix(path, cookiePath)
	return ok && (rest == "" || rest[0] == '/' || strings.HasSuffix(cookiePath, "/"))
}

// find returns the cookie in a slot that is for the host alone, or the one that is not; or nil. The lock is held.
func (cs *cookies) find(site string, s slot, hostOnly bool) *cookie {
	for _, k := range cs.bySite[site] {
		if k.hostOnly == hostOnly && k.slot() == s {
			return k
		}
	}
	return nil
}

// remove forgets a cookie. The lock is held.
func (cs *cookies) remove(site string, k *cookie) {
	known := cs.bySite[site]
	i := slices.Index(known, k)
	if i < 0 {
		return
	}
	cs.total--
	if cs.bySite[site] = slices.Delete(known, i, i+1); len(known) == 1 {
		delete(cs.bySite, site)
	}
}

// storeCookies keeps the cookies of a response whose request included credentials.
func (c *call) storeCookies(u origin.URL, method string, resp *http.Response) {
	agent := c.page.agent
	lines := resp.Header["Set-Cookie"]
	if len(lines) == 0 {
		return
	}
	m := c.sameSiteMode(u, method)
	if c.navigatesTopLevel() { // such a response may set what the request could not have
		m = sameSiteStrict
	}
	cs := &agent.cookies
	cs.mu.Lock()
	defer cs.mu.Unlock()
	site, now := agent.cookieSite(u), agent.now()
	agent.expire(site)
	for _, line := range lines {
		k, why, ok := parseSetCookie(line, u, now)
		switch {
		case !ok:
			continue
		case c.heldBack:
			why = heldBack
		case why == "":
			why = cmp.Or(agent.refuses(site, &k, u), c.refusesSameSite(k.sameSite, m, method))
		}
		if why != "" {
			c.withheld = append(c.withheld, Withheld{Name: k.name, URL: u, Set: true, Why: why})
			continue
		}
		agent.store(site, &k, now)
		agent.evict(site)
	}
}

// refuses says why a browser does not keep a cookie that u sets, whoever asked for it; empty where it does. Where the
// domain is a public suffix, and the host itself, the cookie becomes one for the host alone. The lock is held.
//
// https://httpwg.org/http-extensions/draft-ietf-httpbis-rfc6265bis.html#name-storage-model
func (a *Agent) refuses(site string, k *cookie, u origin.URL) (why string) {
	host := cookieHost(u)
	switch suffix, _ := origin.PublicSuffix(k.host, a.SuffixList); {
	case suffix == k.host && k.host == host:
		k.hostOnly = true
	case suffix == k.host:
		return fmt.Sprintf("Domain=%s is a public suffix", k.host)
	case !k.matchesHost(u):
		return fmt.Sprintf("Domain=%s does not match the host %s", k.host, host)
	}
	// What RFC 6265bis leaves to browsers, and Fetch to https alone: loopback addresses are secure too, as in Chromium
	// and Firefox.
	if !u.IsPotentiallyTrustworthy() {
		if k.secure {
			return "Secure, and the response came over http"
		}
		for _, old := range a.cookies.bySite[site] {
			if old.secure && old.name == k.name && (domainMatches(old.host, k.host) || domainMatches(k.host, old.host)) && pathMatches(k.path, old.path) {
				return fmt.Sprintf("one of that name is Secure, for %s%s, and the response came over http", old.host, old.path)
			}
		}
	}
	if k.sameSite == http.SameSiteNoneMode && !k.secure {
		return "SameSite=None needs Secure"
	}
	return refusesPrefix(k)
}

// prefixes of names are promises about a cookie.
//
// AD-HOC: by the letter what begins with __Http- may not be HttpOnly, which it has to be where the text says what
// servers set.
var prefixes = []struct {
	prefix string
	needs  string
	kept   func(k *cookie) bool
}{
	{"__secure-", "Secure", func(k *cookie) bool { return k.secure }},
	{"__host-http-", "Secure, HttpOnly, Path=/ and no Domain", func(k *cookie) bool { return k.isHostPrefixCompatible() && k.httpOnly }},
	{"__host-", "Secure, Path=/ and no Domain", (*cookie).isHostPrefixCompatible},
	{"__http-", "Secure and HttpOnly", func(k *cookie) bool { return k.secure && k.httpOnly }},
}

func (k *cookie) isHostPrefixCompatible() bool {
	return k.secure && k.hostOnly && k.hasPath && k.path == "/"
}

// refusesPrefix says why a cookie breaks the promise of its name; empty where it does not.
//
// https://httpwg.org/http-extensions/draft-ietf-httpbis-layered-cookies.html#name-store-a-cookie
func refusesPrefix(k *cookie) (why string) {
	text := k.name
	if text == "" {
		text = k.value
	}
	text = header.Lower(text)
	for _, p := range prefixes {
		switch {
		case !strings.HasPrefix(text, p.prefix):
		case k.name == "":
			return "it has no name, and its value begins with " + p.prefix
		case !p.kept(k):
			return fmt.Sprintf("a name that begins with %s needs %s", p.prefix, p.needs)
		}
	}
	return ""
}

// store keeps a cookie, or where it has expired, forgets the one in its place. The lock is held.
func (a *Agent) store(site string, k *cookie, now time.Time) {
	cs := &a.cookies
	cs.counter++
	k.used = cs.counter
	old := cs.find(site, k.slot(), k.hostOnly)
	switch {
	case k.expired(now):
		cs.remove(site, old)
	case old != nil:
		*old = *k // in its place
	default:
		if cs.bySite == nil {
			cs.bySite = map[string][]*cookie{}
		}
		cs.bySite[site] = append(cs.bySite[site], k)
		cs.total++
	}
	a.writeJar(site, k)
}

func (k *cookie) expired(now time.Time) bool { return k.persistent && !k.expiry.After(now) }

// forget removes a cookie, from the jar as well. The lock is held.
func (a *Agent) forget(site string, k *cookie) {
	a.cookies.remove(site, k)
	a.writeJar(site, k)
}

// expire forgets the cookies of a site whose time is over. The lock is held.
func (a *Agent) expire(site string) {
	now := a.now()
	for _, k := range slices.Clone(a.cookies.bySite[site]) {
		if k.expired(now) {
			a.forget(site, k)
		}
	}
}

// evict forgets cookies where they are too many: of a site those that are not Secure first, and each time the one that
// was not used for longest. The lock is held.
func (a *Agent) evict(site string) {
	cs := &a.cookies
	for len(cs.bySite[site]) > mostCookies {
		oldest := cs.bySite[site][0]
		for _, k := range cs.bySite[site] {
			if oldest.secure && !k.secure || oldest.secure == k.secure && k.used < oldest.used {
				oldest = k
			}
		}
		a.forget(site, oldest)
	}
	for cs.total > mostCookiesAll {
		var oldest *cookie
		for s, known := range cs.bySite {
			for _, k := range known {
				if oldest == nil || k.used < oldest.used {
					oldest, site = k, s
				}
			}
		}
		a.forget(site, oldest)
	}
}

// writeJar makes the jar have what the agent has in the slot of a cookie: of two, the one for hosts below too. It is
// set as by the cookie's own host. The lock is held.
func (a *Agent) writeJar(site string, k *cookie) {
	kept := cmp.Or(a.cookies.find(site, k.slot(), false), a.cookies.find(site, k.slot(), true))
	k = cmp.Or(kept, k)
	set := &http.Cookie{Name: k.name, Value: k.value, Path: k.path, Secure: k.secure, HttpOnly: k.httpOnly, SameSite: k.sameSite, Raw: k.raw}
	if n := len(k.value); n >= 2 && k.value[0] == '"' && k.value[n-1] == '"' {
		set.Value, set.Quoted = k.value[1:n-1], true
	}
	if !k.hostOnly {
		set.Domain = k.host
	}
	switch {
	case kept == nil:
		set.MaxAge = -1
	case k.persistent && a.Now == nil: // by another clock the jar does not know the time
		set.MaxAge = int((k.expiry.Sub(a.now()) + time.Second - 1) / time.Second)
	}
	a.Jar.SetCookies(&url.URL{Scheme: "https", Host: k.host, Path: k.path}, []*http.Cookie{set})
}
