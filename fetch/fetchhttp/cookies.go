package fetchhttp

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"

	"github.com/corspec/corspec/fetch"
	"github.com/corspec/corspec/origin"
)

// What browsers keep of cookies, in bytes of a name and its value, in bytes of an attribute's value, and in cookies of a site.
const (
	mostCookie    = 4096
	mostAttribute = 1024
	mostCookies   = 180
)

// A Withheld cookie did not go along with a request, or was not kept of a response, though credentials were included.
type Withheld struct {
	Name string
	URL  origin.URL // of the request, or of the response
	Set  bool       // it was set by a response, and not kept
	Why  string     // "SameSite=Lax, and https://app.example is another site"
}

// String says which cookie stayed away, and why.
func (w Withheld) String() string {
	if w.Set {
		return fmt.Sprintf("the cookie %q of %s was not kept: %s", w.Name, w.URL, w.Why)
	}
	return fmt.Sprintf("the cookie %q did not go to %s: %s", w.Name, w.URL, w.Why)
}

// A cookie is one that an agent has put into its jar. A jar gives back names and values alone.
type cookie struct {
	name, value string
	host        string // or the domain that it was set for
	hostOnly    bool
	path        string
	sameSite    http.SameSite // 0: it has no such attribute
}

// cookies are those of an agent, by the registrable domain of their hosts, the latest last.
type cookies struct {
	mu     sync.Mutex
	bySite map[string][]cookie
}

// jarURL is the URL as a jar sees it.
func jarURL(u origin.URL) *url.URL {
	host := u.Hostname()
	if port, ok := u.Port(); ok {
		host = fmt.Sprintf("%s:%d", host, port)
	}
	return &url.URL{Scheme: u.Scheme(), Host: host, Path: u.Pathname()}
}

// site is what cookies are counted by: the registrable domain, or the host where it has none.
func (a *Agent) site(u origin.URL) string {
	_, host, _ := strings.Cut(u.Origin().Site(a.SuffixList).String(), "://")
	return host
}

// crossSite reports whether the request to u is one across sites, to which only cookies with SameSite=None belong. It is not a
// navigation.
//
// https://fetch.spec.whatwg.org/#determine-the-same-site-mode
func (c *call) crossSite(u origin.URL) bool {
	list := c.page.agent.SuffixList
	if !origin.SameSite(c.request.Origin, u.Origin(), list) {
		return true
	}
	// Determine the same-site mode, step 5.
	r := fetch.Request{Origin: c.request.Origin, URLList: c.urls}
	return r.RedirectTaint(list) == fetch.RedirectTaintCrossSite
}

// belongs reports whether a cookie with that attribute belongs to a request across sites, and if not, why. One without the
// attribute is Lax in the standard, and in Chromium.
//
// https://httpwg.org/http-extensions/draft-ietf-httpbis-rfc6265bis.html
func (c *call) belongs(s http.SameSite) (ok bool, why string) {
	profile := c.page.agent.Profile.String()
	switch {
	case s == http.SameSiteNoneMode, s == 0 && profile != "standard" && profile != "chromium":
		return true, ""
	case s == http.SameSiteStrictMode:
		why = "SameSite=Strict"
	case s == http.SameSiteLaxMode:
		why = "SameSite=Lax"
	default:
		why = "no SameSite, which counts as Lax"
	}
	return false, fmt.Sprintf("%s, and the page's site is %s", why, c.request.Origin.Site(c.page.agent.SuffixList))
}

// sendCookies adds the cookies to a request whose credentials are included.
func (c *call) sendCookies(u origin.URL, out *http.Request) {
	agent := c.page.agent
	if agent.Jar == nil || agent.SendCookies != nil && !agent.SendCookies(&c.request, u) {
		return
	}
	all := agent.Jar.Cookies(jarURL(u))
	if len(all) == 0 {
		return
	}
	crossSite := c.crossSite(u)
	var b strings.Builder
	for _, k := range all {
		if crossSite {
			if known, ok := agent.cookies.find(agent.site(u), u, k); ok {
				if ok, why := c.belongs(known.sameSite); !ok {
					c.withheld = append(c.withheld, Withheld{Name: k.Name, URL: u, Why: why})
					continue
				}
			}
		}
		if b.Len() > 0 {
			b.WriteString("; ")
		}
		if k.Name != "" {
			b.WriteString(k.Name)
			b.WriteByte('=')
		}
		if k.Quoted {
			b.WriteByte('"')
		}
		b.WriteString(k.Value)
		if k.Quoted {
			b.WriteByte('"')
		}
	}
	if b.Len() > 0 {
		out.Header["Cookie"] = []string{b.String()}
	}
}

// find returns what is known of a cookie that the jar gave for u. What somebody else put into the jar is not known.
func (cs *cookies) find(site string, u origin.URL, k *http.Cookie) (cookie, bool) {
	cs.mu.Lock()
	defer cs.mu.Unlock()
	for _, known := range slices.Backward(cs.bySite[site]) {
		if known.name == k.Name && known.value == k.Value && known.matches(u) {
			return known, true
		}
	}
	return cookie{}, false
}

// matches reports whether a cookie is for that URL.
func (k *cookie) matches(u origin.URL) bool {
	host := u.Hostname()
	if host != k.host && (k.hostOnly || !strings.HasSuffix(host, "."+k.host)) {
		return false
	}
	rest, ok := strings.CutPrefix(u.Pathname(), k.path)
	return ok && (rest == "" || rest[0] == '/' || strings.HasSuffix(k.path, "/"))
}

// storeCookies keeps the cookies of a response whose request included credentials.
func (c *call) storeCookies(u origin.URL, resp *http.Response) {
	agent := c.page.agent
	lines := resp.Header["Set-Cookie"]
	if agent.Jar == nil || len(lines) == 0 {
		return
	}
	crossSite := c.crossSite(u)
	site := agent.site(u)
	kept := make([]*http.Cookie, 0, min(len(lines), mostCookies))
	for _, line := range lines[max(0, len(lines)-mostCookies):] { // the others would be forgotten
		set := parseSetCookie(line)
		if set == nil {
			continue
		}
		withhold := func(why string) {
			c.withheld = append(c.withheld, Withheld{Name: set.Name, URL: u, Set: true, Why: why})
		}
		if set.Secure && !u.IsPotentiallyTrustworthy() {
			withhold("Secure, and the response came over http")
			continue
		}
		if set.SameSite == http.SameSiteNoneMode && !set.Secure {
			withhold("SameSite=None needs Secure")
			continue
		}
		if crossSite {
			if ok, why := c.belongs(set.SameSite); !ok {
				withhold(why)
				continue
			}
		}
		kept = append(kept, set)
	}
	if len(kept) == 0 {
		return
	}
	agent.Jar.SetCookies(jarURL(u), kept)
	for _, old := range agent.cookies.add(site, u, kept) {
		forget := &http.Cookie{Name: old.name, Path: old.path, MaxAge: -1}
		if !old.hostOnly {
			forget.Domain = old.host
		}
		agent.Jar.SetCookies(&url.URL{Scheme: u.Scheme(), Host: old.host, Path: old.path}, []*http.Cookie{forget})
	}
}

// add notes cookies that a jar has been given, and returns the oldest where they are too many for a site.
func (cs *cookies) add(site string, u origin.URL, set []*http.Cookie) (tooMany []cookie) {
	cs.mu.Lock()
	defer cs.mu.Unlock()
	if cs.bySite == nil {
		cs.bySite = map[string][]cookie{}
	}
	known := cs.bySite[site]
	for _, s := range set {
		k := cookie{name: s.Name, value: s.Value, host: u.Hostname(), hostOnly: true, path: s.Path, sameSite: s.SameSite}
		if domain := strings.TrimPrefix(s.Domain, "."); domain != "" {
			k.host, k.hostOnly = strings.ToLower(domain), false
		}
		if !strings.HasPrefix(k.path, "/") {
			k.path = u.Pathname()[:max(strings.LastIndexByte(u.Pathname(), '/'), 1)]
		}
		known = slices.DeleteFunc(known, func(old cookie) bool {
			return old.name == k.name && old.host == k.host && old.hostOnly == k.hostOnly && old.path == k.path
		})
		if s.MaxAge >= 0 {
			known = append(known, k)
		}
	}
	if n := len(known) - mostCookies; n > 0 {
		tooMany = slices.Clone(known[:n])
		known = slices.Delete(known, 0, n)
	}
	cs.bySite[site] = known
	return tooMany
}

// parseSetCookie reads a Set-Cookie header as browsers do, name and value as they are; nil if there is no cookie in it.
//
// https://httpwg.org/http-extensions/draft-ietf-httpbis-rfc6265bis.html
func parseSetCookie(line string) *http.Cookie {
	for i := range len(line) {
		if b := line[i]; b < ' ' && b != '\t' || b == 0x7F {
			return nil
		}
	}
	pair, rest, _ := strings.Cut(line, ";")
	name, value, ok := strings.Cut(pair, "=")
	if !ok {
		name, value = "", pair
	}
	name, value = strings.Trim(name, " \t"), strings.Trim(value, " \t")
	if name == "" && value == "" || len(name)+len(value) > mostCookie {
		return nil
	}
	attributes := "a=b"
	for attribute := range strings.SplitSeq(rest, ";") {
		if _, value, _ := strings.Cut(attribute, "="); len(strings.Trim(value, " \t")) <= mostAttribute {
			attributes += ";" + attribute
		}
	}
	k, err := http.ParseSetCookie(attributes)
	if err != nil {
		k = &http.Cookie{}
	}
	k.Name, k.Value, k.Quoted, k.Raw = name, value, false, line
	if n := len(value); n >= 2 && value[0] == '"' && value[n-1] == '"' {
		k.Value, k.Quoted = value[1:n-1], true
	}
	if k.SameSite == http.SameSiteDefaultMode {
		k.SameSite = 0
	}
	return k
}
