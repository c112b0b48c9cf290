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
		if start, end := hostIn(o.serialized); b.inHosts(o.serialized, start, end) {
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
	start, end := hostIn(o.serialized)
	return s.classes && (s.inHosts(o.serialized, start, end) || s.isBelow(o.serialized, start, end))
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
	start, end := hostIn(value)
	if start == 0 || !s.inHosts(value, start, end) && !s.isBelow(value, start, end) {
		return false
	}
	if end == len(value) {
		return true
	}
	defaultPort, _ := weburl.SpecialScheme(value[:start-len("://")])
	return weburl.IsSerializedPort(value[end+len(":"):], defaultPort)
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
		start, end := hostIn(p.exact.serialized)
		return start > 0 && s.isBelow(p.exact.serialized, start, end)
	}
	c := p.class
	if c.kind != oneHost && c.kind != subdomains {
		return false
	}
	for i := len(s.belowLengths) - 1; i >= 0; i-- {
		rules, dot := s.rulesAbove(c.host, s.belowLengths[i])
		for _, r := range rules {
			switch {
			case r.scheme != c.scheme || !r.ports.cover(&c.ports):
			case c.kind == subdomains && s.suffixes != nil && weburl.SerializedLabels(c.host[:dot]) > 0:
				return len(suffixBelow(c.host, s.suffixes)) < len(c.host)-dot
			default:
				return s.isBelowDomain(c.host, dot)
			}
		}
	}
	return false
}

// hostIn says where the host of a serialized tuple origin is. The scheme and "://" are before it, and the port is
// behind it. The start is 0 if there is no "://".
func hostIn(serialized string) (start, end int) {
	if strings.HasPrefix(serialized, "https://") {
		start = len("https://")
	} else if start = strings.Index(serialized, "://") + len("://"); start < len("://") {
		return 0, 0
	}
	return start, start + hostLength(serialized[start:])
}

// inHosts reports whether a pattern of one host, or of a scheme's UUIDs, matches a serialized tuple origin whose host
// is where hostIn says.
func (s *Set) inHosts(serialized string, start, end int) bool {
	if len(s.hosts.values) > 0 && start < end {
		i := s.hosts.keys.find(serialized[:end])
		if i >= 0 && s.hosts.values[i].match(serialized[end:]) {
			return true
		}
	}
	return len(s.uuid) > 0 && end == len(serialized) && isUUID(serialized[start:end]) && s.uuid[serialized[:start-len("://")]]
}

// isBelow reports the same of a pattern of subdomains.
func (s *Set) isBelow(serialized string, start, end int) bool {
	host := serialized[start:end]
	for i := len(s.belowLengths) - 1; i >= 0; i-- {
		rules, dot := s.rulesAbove(host, s.belowLengths[i])
		for i := range rules {
			if rules[i].scheme == serialized[:start-len("://")] && rules[i].ports.match(serialized[end:]) {
				return s.isBelowDomain(host, dot)
			}
		}
	}
	return false
}

// rulesAbove returns the rules for what is below the domain of a length at the end of host, and where the dot before it
// is.
func (s *Set) rulesAbove(host string, length int) (rules []subdomainRule, dot int) {
	dot = len(host) - length - 1
	if dot <= 0 || host[dot] != '.' {
		return nil, 0 // a label is needed
	}
	if i := s.below.keys.find(host[dot+1:]); i >= 0 {
		return s.below.values[i], dot
	}
	return nil, 0
}

// isBelowDomain says whether host is labels below the domain behind a dot, and what the public suffixes leave to it.
// What a public suffix keeps from the deepest domain, it keeps from all; and a higher one leaves the same labels, and
// more.
func (s *Set) isBelowDomain(host string, dot int) bool {
	labels := weburl.SerializedLabels(host[:dot])
	if labels == 1 && len(host) <= maxDomain || s.suffixes == nil {
		return labels > 0 // Nothing stands between a label and the domain right above it.
	}
	return labels > 0 && !isBelowSuffix(host, host[dot+1:], s.suffixes)
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
