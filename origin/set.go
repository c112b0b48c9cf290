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
	hosts map[string]ports
	below map[string][]subdomainRule
	// The lengths of the keys of below, ascending.
	belowLengths []int
	// The schemes for which a host may be any UUID.
	uuid map[string]bool

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
		Set:  Set{hosts: map[string]ports{}, below: map[string][]subdomainRule{}, uuid: map[string]bool{}},
		kept: map[portless]*ports{},
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
	// Now that all classes are known, see which patterns the others leave to do.
	// Exact ones come last, so that it is they that are redundant.
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

// widestFirst returns which of patterns are classes, those with more ports
// before those with fewer, so that which ones are redundant does not depend on
// the order in which they are given.
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
	if b.all && c.kind != anyOrigin || b.isBelow(c.scheme, c.host, &c.ports) {
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

// needsExact reports whether o is not in the set, and puts it there.
func (b *setBuilder) needsExact(o Origin) bool {
	return o.IsValid() && !b.all && !(b.classes && b.inClass(o)) && b.exact.add(o.serialized)
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

// MustParseSet is [ParseSet] for patterns that are known to be right. It panics
// if one is not.
func MustParseSet(patterns ...string) *Set {
	s, err := ParseSet(patterns...)
	if err != nil {
		panic(err)
	}
	return s
}

// Contains reports whether o is in s. An opaque origin is only where the
// pattern * is.
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
	if _, ok := s.exact.find(o.serialized); ok {
		return true
	}
	return s.classes && s.inClass(o)
}

// Match reports whether value, as it stands in an Origin header, is the
// serialization of an origin in s, and returns it. It never allocates. If an
// exact pattern matches, what it returns is a string of the set's; otherwise it
// is value itself, with its memory.
//
// Several values, with a comma or in several header lines, are no origin.
func (s *Set) Match(value string) (serialized string, ok bool) {
	if s == nil {
		return "", false
	}
	if own, ok := s.exact.find(value); ok {
		return own, true
	}
	if !s.classes {
		return "", false
	}
	if value == "null" && s.all {
		return value, true
	}
	if _, reason := weburl.ScanOrigin(value); reason != "" {
		return "", false
	}
	if s.all || s.inClass(Origin{serialized: value}) {
		return value, true
	}
	return "", false
}

// IsEmpty reports whether s contains nothing.
func (s *Set) IsEmpty() bool { return s == nil || len(s.patterns) == 0 }

// Patterns returns the patterns that s is made of, without those that others
// cover, in the order of their texts. The slice is new.
func (s *Set) Patterns() []Pattern {
	if s == nil {
		return nil
	}
	patterns := slices.Clone(s.patterns)
	slices.SortFunc(patterns, func(a, b Pattern) int { return strings.Compare(a.String(), b.String()) })
	return patterns
}

// Redundant returns which of the patterns that [NewSet] got are not needed,
// because others cover them: their indexes, ascending. The slice is new.
func (s *Set) Redundant() []int {
	if s == nil {
		return nil
	}
	return slices.Clone(s.redundant)
}

// inClass reports whether a pattern that is not exact matches o, which is no
// opaque origin.
func (s *Set) inClass(o Origin) bool {
	scheme, host := o.split()
	n := hostLength(host)
	var buf [1]uint16
	p := ports{null: true}
	if n < len(host) {
		buf[0], _ = o.Port()
		p.null, p.list = false, buf[:]
	}
	if union, ok := s.hosts[o.serialized[:len(o.serialized)-len(host)+n]]; ok && union.cover(&p) {
		return true
	}
	host = host[:n]
	return p.null && isUUID(host) && s.uuid[scheme] || s.isBelow(scheme, host, &p)
}

// isBelow reports whether the patterns with subdomains cover a host with all of
// ports.
func (s *Set) isBelow(scheme, host string, p *ports) bool {
	for _, length := range s.belowLengths {
		dot := len(host) - length - 1
		if dot <= 0 {
			break // a label is needed, and what follows is longer still
		}
		if host[dot] != '.' {
			continue
		}
		for _, r := range s.below[host[dot+1:]] {
			if r.scheme == scheme && r.ports.cover(p) && areLabels(host[:dot]) {
				return true
			}
		}
	}
	return false
}
