package origin

import (
	"cmp"
	"errors"
	"slices"
	"strings"

	"github.com/corspec/corspec/internal/weburl"
)

// A Set is the union of what some [Pattern]s match. Sets are immutable and safe
// for concurrent use. A nil *Set is empty.
//
// What it costs to look an origin up does not depend on how many of the
// patterns are exact, and is linear in the length of the origin.
type Set struct {
	all bool
	// The patterns that name one origin, by its serialization.
	exact table
	// Of the other patterns, which ports match: of hosts, by an origin's
	// serialization without its port; of subdomains, by the domain above them.
	hosts tableOf[ports]
	below tableOf[[]subdomainRule]
	// The lengths of the keys of below, ascending.
	belowLengths []int
	// The schemes for which a host may be any UUID.
	uuid map[string]bool
	// What subdomains are judged by, or nil; see ExceptPublicSuffixes.
	suffixes SuffixList

	classes   bool // whether there are others than exact patterns
	patterns  []Pattern
	redundant []int
}

// subdomainRule is all that a set says of one scheme's subdomains of one domain.
// There are few to a domain, for only special schemes have domains.
type subdomainRule struct {
	scheme string
	ports  ports
}

// NewSet returns the union of patterns. Zero Patterns add nothing.
func NewSet(patterns ...Pattern) *Set {
	b := setBuilder{
		Set:   Set{uuid: map[string]bool{}},
		hosts: map[string]ports{},
		below: map[string][]subdomainRule{},
		kept:  map[portless]*ports{},
	}
	n, size := 0, 0 // of the exact ones
	for _, p := range patterns {
		if p.class != nil {
			b.add(p.class)
		} else {
			n++
			size += len(p.exact.serialized)
		}
	}
	b.Set.hosts, b.Set.below = newTableOf(b.hosts), newTableOf(b.below)
	// Now that all classes are known, see which patterns the others leave to do.
	// Exact ones come last, so that it is they that are redundant. Subdomains do
	// not count: what they cover may be less another time; see ExceptPublicSuffixes.
	b.exact.grow(n, size)
	b.patterns = make([]Pattern, 0, len(patterns))
	for _, i := range widestFirst(patterns) {
		b.keep(i, patterns[i], b.needsClass(patterns[i].class))
	}
	for i, p := range patterns {
		if p.class == nil {
			b.keep(i, p, b.needsExact(p.exact))
		}
	}
	b.Set.exact = b.exact.made()
	slices.Sort(b.redundant)
	return &b.Set
}

// widestFirst returns which of patterns are classes, those with more ports before those with fewer, so that which ones
// are redundant does not depend on the order in which they are given.
func widestFirst(patterns []Pattern) []int {
	var order []int
	for i, p := range patterns {
		if p.class != nil {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(i, j int) int {
		a, b := patterns[i].class, patterns[j].class
		return cmp.Or(cmp.Compare(b.ports.len(), a.ports.len()), strings.Compare(a.text, b.text))
	})
	return order
}

// setBuilder is a set that is being made.
type setBuilder struct {
	Set
	exact tableBuilder
	hosts map[string]ports
	below map[string][]subdomainRule
	kept  map[portless]*ports // of the classes that needsClass was asked for
}

func (b *setBuilder) keep(i int, p Pattern, needed bool) {
	if needed {
		b.patterns = append(b.patterns, p)
	} else {
		b.redundant = append(b.redundant, i)
	}
}

// add makes the set match what c does.
func (b *setBuilder) add(c *class) {
	b.classes = true
	switch c.kind {
	case anyOrigin:
		b.all = true
	case anyUUID:
		b.uuid[c.scheme] = true
	case oneHost:
		key := c.scheme + "://" + c.host
		union := b.hosts[key]
		union.add(&c.ports)
		b.hosts[key] = union
	case subdomains:
		rules := b.below[c.host]
		i := slices.IndexFunc(rules, func(r subdomainRule) bool { return r.scheme == c.scheme })
		if i < 0 {
			i = len(rules)
			rules = append(rules, subdomainRule{scheme: c.scheme})
			b.below[c.host] = rules
		}
		rules[i].ports.add(&c.ports)
		if i, found := slices.BinarySearch(b.belowLengths, len(c.host)); !found {
			b.belowLengths = slices.Insert(b.belowLengths, i, len(c.host))
		}
	}
}

// needsClass reports whether c matches what neither wider classes do nor those
// that it was asked for before. It is to be asked in the order of widestFirst.
func (b *setBuilder) needsClass(c *class) bool {
	if b.all && c.kind != anyOrigin {
		return false
	}
	kept := b.kept[c.portless]
	if kept == nil {
		kept = &ports{}
		b.kept[c.portless] = kept
	}
	if kept.cover(&c.ports) {
		return false
	}
	kept.add(&c.ports)
	return true
}

// needsExact reports whether what is not subdomains leaves o out, and puts it there.
func (b *setBuilder) needsExact(o Origin) bool {
	if !o.IsValid() || b.all {
		return false
	}
	if b.classes {
		if scheme, host, port, hasPort := o.parts(); b.inHosts(o.serialized, scheme, host, port, hasPort) {
			return false
		}
	}
	return b.exact.add(o.serialized)
}

// ParseSet returns the union of patterns in the form that [ParsePattern] reads.
// The error joins a [*PatternError] for each that is wrong.
func ParseSet(patterns ...string) (*Set, error) {
	parsed := make([]Pattern, len(patterns))
	var errs []error
	for i, text := range patterns {
		var err error
		if parsed[i], err = ParsePattern(text); err != nil {
			errs = append(errs, err)
		}
	}
	if errs != nil {
		return nil, errors.Join(errs...)
	}
	return NewSet(parsed...), nil
}

// MustParseSet is [ParseSet] for patterns that are known to be right. It panics if one is not.
func MustParseSet(patterns ...string) *Set {
	s, err := ParseSet(patterns...)
	if err != nil {
		panic(err)
	}
	return s
}

// Contains reports whether o is in s. An opaque origin is only where the pattern * is.
func (s *Set) Contains(o Origin) bool {
	if s == nil || !o.IsValid() {
		return false
	}
	if s.all {
		return true
	}
	if o.IsOpaque() {
		return false
	}
	if s.exact.find(o.serialized) >= 0 {
		return true
	}
	return s.classes && s.inClass(o)
}

// Match reports whether value, as it stands in an Origin header, is the serialization of an origin in s, and returns
// it. It allocates nothing, except what the list of [Set.ExceptPublicSuffixes] does where it is asked. If an exact
// pattern matches, what it returns is a string of the set's; otherwise it is value itself, with its memory.
//
// Several values, with a comma or in several header lines, are not an origin.
func (s *Set) Match(value string) (serialized string, ok bool) {
	if s == nil {
		return "", false
	}
	if i := s.exact.find(value); i >= 0 {
		return s.exact.at(i), true
	}
	if !s.classes || !s.matchClass(value) {
		return "", false
	}
	return value, true
}

// matchClass is Match by what is not exact.
func (s *Set) matchClass(value string) bool {
	if s.all {
		_, reason := weburl.ScanOrigin(value)
		return reason == "" || value == "null"
	}
	// Most values are in no class, which is found sooner than whether they are
	// origins at all. Of those that are in one, all but the port is known to be as in
	// an origin: it is in the pattern, or a UUID, or labels that have been looked at.
	scheme, host, port, hasPort := Origin{serialized: value}.parts()
	if !s.inHosts(value, scheme, host, port, hasPort) && !s.isBelow(scheme, host, port, hasPort) {
		return false
	}
	if !hasPort {
		return true
	}
	defaultPort, _ := weburl.SpecialScheme(scheme)
	return weburl.IsSerializedPort(value[len(scheme)+len("://")+len(host)+len(":"):], defaultPort)
}

// IsEmpty reports whether s contains nothing.
func (s *Set) IsEmpty() bool { return s == nil || len(s.patterns) == 0 }

// Patterns returns the patterns that s is made of, without those that are
// redundant, in the order of their texts. The slice is new.
func (s *Set) Patterns() []Pattern {
	if s == nil {
		return nil
	}
	patterns := slices.Clone(s.patterns)
	slices.SortFunc(patterns, func(a, b Pattern) int { return strings.Compare(a.String(), b.String()) })
	return patterns
}

// Redundant returns which of the patterns that [NewSet] got are not needed, because others cover them: their indexes,
// ascending. What only the subdomains of another pattern cover is not among them, for these may be fewer in another set
// ([Set.ExceptPublicSuffixes]); ask [Set.WildcardCovers]. The slice is new.
func (s *Set) Redundant() []int {
	if s == nil {
		return nil
	}
	return slices.Clone(s.redundant)
}

// ExceptPublicSuffixes returns a set of the same patterns, in which those with subdomains match nothing below a public
// suffix that is deeper than their own domain, and no host of more than 253 bytes: https://*.example.com does not match
// https://evil.apps.example.com if apps.example.com is a public suffix, since other people have the names below it.
// What another pattern names stays in the set.
//
// The list is asked by [Set.Match] and [Set.Contains], and must be safe for concurrent use: once where an origin is two
// or more labels below the domain, and once more where its host is a public suffix itself. If the list is nil, s is
// returned.
func (s *Set) ExceptPublicSuffixes(l SuffixList) *Set {
	if s == nil || l == nil {
		return s
	}
	except := *s
	except.suffixes = l
	return &except
}

// WildcardCovers reports whether the subdomains of a pattern in s, other than p, cover p.
func (s *Set) WildcardCovers(p Pattern) bool {
	if s == nil || len(s.belowLengths) == 0 || !p.IsValid() {
		return false
	}
	if p.class == nil {
		return s.isBelow(p.exact.parts())
	}
	c := p.class
	if c.kind != oneHost && c.kind != subdomains {
		return false
	}
	domain, labels := s.domainAbove(c.scheme, c.host, func(p *ports) bool { return p.cover(&c.ports) })
	switch {
	case labels == 0 || s.suffixes == nil:
		return labels > 0
	case c.kind == subdomains:
		return len(suffixBelow(c.host, s.suffixes)) <= len(domain)
	}
	return !isBelowSuffix(c.host, domain, s.suffixes)
}

// inClass reports whether a pattern that is not exact matches o, which is not opaque.
func (s *Set) inClass(o Origin) bool {
	scheme, host, port, hasPort := o.parts()
	return s.inHosts(o.serialized, scheme, host, port, hasPort) || s.isBelow(scheme, host, port, hasPort)
}

// inHosts is inClass without subdomains, of an origin that consists of these parts. (They are not in a struct, which
// would be written to memory to be read again at once.)
func (s *Set) inHosts(serialized, scheme, host string, port uint16, hasPort bool) bool {
	if len(s.hosts.values) > 0 && host != "" {
		i := s.hosts.keys.find(serialized[:len(scheme)+len("://")+len(host)])
		if i >= 0 && s.hosts.values[i].contain(port, hasPort) {
			return true
		}
	}
	return len(s.uuid) > 0 && !hasPort && isUUID(host) && s.uuid[scheme]
}

// isBelow is inClass of subdomains alone.
func (s *Set) isBelow(scheme, host string, port uint16, hasPort bool) bool {
	domain, labels := s.domainAbove(scheme, host, func(p *ports) bool { return p.contain(port, hasPort) })
	if labels == 1 && len(host) <= maxDomain || s.suffixes == nil {
		return labels > 0 // Right below domain, there is no public suffix to ask for.
	}
	return labels > 0 && !isBelowSuffix(host, domain, s.suffixes)
}

// domainAbove returns the deepest domain that host is below of, and that is a
// pattern's with all ports that are needed, and how many labels below it host is:
// 0 if there is none. What a public suffix keeps from that one, it keeps from all.
func (s *Set) domainAbove(scheme, host string, enough func(*ports) bool) (domain string, labels int) {
	for i := len(s.belowLengths) - 1; i >= 0; i-- {
		dot := len(host) - s.belowLengths[i] - 1
		if dot <= 0 || host[dot] != '.' {
			continue // a label is needed
		}
		at := s.below.keys.find(host[dot+1:])
		if at < 0 {
			continue
		}
		rules := s.below.values[at]
		for i := range rules {
			if rules[i].scheme == scheme && enough(&rules[i].ports) {
				return host[dot+1:], weburl.SerializedLabels(host[:dot]) // a higher domain leaves the same labels, and more
			}
		}
	}
	return "", 0
}

// maxDomain is how long a domain can be in the DNS.
const maxDomain = 253

// isBelowSuffix reports whether host, which is below domain, is below a public
// suffix that is deeper than domain, or too long to ask.
func isBelowSuffix(host, domain string, l SuffixList) bool {
	if len(host) > maxDomain && len(strings.TrimSuffix(host, ".")) > maxDomain {
		return true
	}
	dot := strings.IndexByte(host, '.')
	if dot == len(host)-len(domain)-1 {
		return false // Right below domain.
	}
	suffix, _ := PublicSuffix(host, l)
	if suffix == host {
		// It may be one by itself, or as everything beside it is.
		suffix = suffixBelow(host[dot+1:], l)
	}
	return len(suffix) > len(domain)
}

// suffixBelow returns the public suffix of what is right below domain, other than by its own name: domain, if that is a
// public suffix, and more than domain, if everything below it is one (in the list's notation, *.domain).
func suffixBelow(domain string, l SuffixList) string {
	suffix, _ := PublicSuffix("corspec-probe."+domain, l)
	return suffix
}
