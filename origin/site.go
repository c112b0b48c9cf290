package origin

import (
	"strings"

	"github.com/corspec/corspec/internal/weburl"
)

// SuffixList is a public suffix list. PublicSuffix gets a domain in ASCII and lower case, without a dot at its end, and
// returns the public suffix, which is a part of it; golang.org/x/net/publicsuffix's List does so. A nil list stands for
// the algorithm's default rule alone: the last label.
type SuffixList interface {
	PublicSuffix(domain string) string
}

// Site is a site: a scheme and host, or an opaque origin. Sites are same site
// when they are ==. The zero value is not a site.
//
// https://html.spec.whatwg.org/multipage/browsers.html#site
type Site struct {
	scheme, host string
	opaque       *token
}

// Site obtains a site from an origin. The zero origin has the zero site.
//
// https://html.spec.whatwg.org/multipage/browsers.html#obtain-a-site
func (o Origin) Site(l SuffixList) Site {
	if o.opaque != nil { // Obtain a site, step 1.
		return Site{opaque: o.opaque}
	}
	host := o.Host()
	if registrable, ok := o.registrableDomain(l); ok { // Obtain a site, step 3.
		host = registrable
	}
	return Site{scheme: o.Scheme(), host: host}
}

// String is the serialization of a site, "invalid site" for the zero value.
//
// https://html.spec.whatwg.org/multipage/browsers.html#serialization-of-a-site
func (s Site) String() string {
	switch {
	case s.opaque != nil:
		return "null"
	case s.scheme == "":
		return "invalid site"
	}
	return s.scheme + "://" + s.host
}

// SameSite reports whether two origins are same site: same scheme, and same registrable domain or host. Ports do not
// count. It is false where either is the zero value.
//
// https://html.spec.whatwg.org/multipage/browsers.html#same-site
// https://html.spec.whatwg.org/multipage/browsers.html#concept-site-same-site
func SameSite(a, b Origin, l SuffixList) bool {
	if !a.isTuple() || !b.isTuple() { // Same site, of two sites, steps 1 and 2.
		return SameOrigin(a, b)
	}
	if a.Scheme() != b.Scheme() { // Same site, of two sites, step 3.
		return false
	}
	// Same site, of two sites, steps 4 and 5. Equal hosts of one scheme need no list, and neither do most that are not.
	return a.Host() == b.Host() || mayShareDomain(a.Host(), b.Host()) && a.Site(l) == b.Site(l)
}

// mayShareDomain reports whether two hosts end alike from within the last label but one, as they do if they have a
// registrable domain in common.
func mayShareDomain(a, b string) bool {
	label := false
	for i := 1; i <= min(len(a), len(b)) && a[len(a)-i] == b[len(b)-i]; i++ {
		if label {
			return true
		}
		label = a[len(a)-i] == '.'
	}
	return false
}

// SchemelesslySameSite is [SameSite] whatever the schemes. It is false where either is the zero value.
//
// https://html.spec.whatwg.org/multipage/browsers.html#schemelessly-same-site
func SchemelesslySameSite(a, b Origin, l SuffixList) bool {
	if !a.isTuple() || !b.isTuple() { // Schemelessly same site, steps 1 and 3.
		return SameOrigin(a, b)
	}
	aDomain, aOK := a.registrableDomain(l)
	if !aOK { // Schemelessly same site, step 2.1. Hosts are equal only if of one kind.
		return a.Host() == b.Host() && a.hasOpaqueHost() == b.hasOpaqueHost()
	}
	bDomain, bOK := b.registrableDomain(l)
	return bOK && aDomain == bDomain // Schemelessly same site, steps 2.2 and 3.
}

// registrableDomain is the registrable domain of the host.
func (o Origin) registrableDomain(l SuffixList) (string, bool) {
	if o.hasOpaqueHost() {
		return "", false
	}
	return registrableDomain(o.Host(), l)
}

// hasOpaqueHost reports whether the host is opaque: that of a scheme which is not special is, whatever it looks like,
// unless it is an IPv6 address.
func (o Origin) hasOpaqueHost() bool {
	_, special := weburl.SpecialScheme(o.Scheme())
	return !special && !strings.HasPrefix(o.Host(), "[")
}

// isDomain reports whether a serialized host of a special URL is a domain.
func isDomain(host string) bool {
	return host != "" && host[0] != '[' && !weburl.EndsInANumber(host)
}

// PublicSuffix is the public suffix of a serialized host, with the dot at its
// end if the host has one. ok is false where it is null: the host is not a domain.
//
// https://url.spec.whatwg.org/#host-public-suffix
func PublicSuffix(host string, l SuffixList) (suffix string, ok bool) {
	if !isDomain(host) { // Public suffix, step 1.
		return "", false
	}
	domain := strings.TrimSuffix(host, ".") // Public suffix, step 2.
	n := len(domain) - strings.LastIndexByte(domain, '.') - 1
	if l != nil && domain != "" {
		// What is not a suffix of whole labels is not an answer; the default rule is.
		if s := l.PublicSuffix(domain); s == domain || hasDotSuffix(domain, s) {
			n = len(s)
		}
	}
	return host[len(domain)-n:], true
}

// registrableDomain is the registrable domain of a serialized host: its public suffix and the label before. ok is false
// where it is null: the host is not a domain, or is a public suffix.
//
// https://url.spec.whatwg.org/#host-registrable-domain
func registrableDomain(host string, l SuffixList) (domain string, ok bool) {
	suffix, ok := PublicSuffix(host, l)
	if !ok || suffix == host { // Registrable domain, step 1.
		return "", false
	}
	rest := host[:len(host)-len(suffix)-1]
	label := rest[strings.LastIndexByte(rest, '.')+1:]
	// AD-HOC: the public suffix algorithm does not know empty labels, though "a..b" is a host. Such hosts get no
	// registrable domain, so that they are same site with themselves alone.
	if label == "" || suffix[0] == '.' {
		return "", false
	}
	return host[len(rest)-len(label):], true
}

// IsRegistrableDomainSuffixOfOrEqualTo reports whether a string is a
// registrable domain suffix of, or equal to, a serialized host.
//
// https://html.spec.whatwg.org/multipage/browsers.html#is-a-registrable-domain-suffix-of-or-is-equal-to
func IsRegistrableDomainSuffixOfOrEqualTo(hostSuffix, originalHost string, l SuffixList) bool {
	if hostSuffix == "" { // Is a registrable domain suffix of or is equal to, step 1.
		return false
	}
	host, err := ParseHost(hostSuffix) // Is a registrable domain suffix of or is equal to, steps 2 and 3.
	if err != nil {
		return false
	}
	if host == originalHost { // Is a registrable domain suffix of or is equal to, step 4.
		return true
	}
	if !isDomain(host) || !isDomain(originalHost) { // Is a registrable domain suffix of or is equal to, step 4.1.
		return false
	}
	if !hasDotSuffix(originalHost, host) { // Is a registrable domain suffix of or is equal to, step 4.2.
		return false
	}
	if suffix, _ := PublicSuffix(host, l); suffix == host { // Is a registrable domain suffix of or is equal to, step 4.3.
		return false
	}
	if suffix, _ := PublicSuffix(originalHost, l); hasDotSuffix(suffix, host) { // Is a registrable domain suffix of or is equal to, step 4.3.
		return false
	}
	return true // Is a registrable domain suffix of or is equal to, step 5.
}

// hasDotSuffix reports whether s ends in "." and suffix.
func hasDotSuffix(s, suffix string) bool {
	return len(s) > len(suffix) && strings.HasSuffix(s, suffix) && s[len(s)-len(suffix)-1] == '.'
}
