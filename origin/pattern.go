package origin

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/corspec/corspec/internal/weburl"
)

// A Pattern names origins:
//
//	https://example.com                    that origin
//	https://example.com:8443               that origin
//	https://example.com:[443,8080,8443]    those ports; the scheme's default port stands for no port
//	http://localhost:*                     any port, or none
//	https://*.example.com                  all subdomains, of one or more labels, but not example.com itself
//	https://*.example.com:*                the same, with any port or none (and with :8443 or :[…] accordingly)
//	moz-extension://{uuid}                 any host that is a UUID, as Firefox makes one for each installation of each extension
//	chrome-extension://abcdef              that origin, whose host is opaque
//	*                                      every origin, opaque ones too
//
// These are all the wildcards; a regular expression is not a pattern. What is not a wildcard must be spelled as a
// browser sends it: lowercase, punycode, no trailing slash. One thing is tolerated, a scheme's default port, which
// [Pattern.String] leaves out.
//
// The zero Pattern matches nothing. Patterns are immutable.
type Pattern struct {
	exact Origin // of a pattern that is an origin
	class *class // of one that is more than that
}

// class is what a pattern that stands for more than one origin consists of.
type class struct {
	text string
	portless
	ports ports
}

// portless is what a class is without its ports.
type portless struct {
	kind         classKind
	scheme, host string // host is the origins', or the domain above them; "" for a UUID
}

type classKind uint8

const (
	anyOrigin  classKind = iota // *
	oneHost                     // a host with any port or several
	subdomains                  // *.host
	anyUUID                     // {uuid}
)

// uuidClass is how a pattern spells "any UUID".
const uuidClass = "{uuid}"

// ParsePattern returns the pattern that s spells. The error is a [*PatternError].
func ParsePattern(s string) (Pattern, error) {
	p, err := parsePattern(s)
	if err != nil {
		err.Pattern, err.Suggestion = s, suggestPattern(s)
		return Pattern{}, err
	}
	return p, nil
}

// IsValid reports whether p is a pattern, and not the zero Pattern.
func (p Pattern) IsValid() bool { return p.class != nil || p.exact.IsValid() }

// IsAny reports whether p is the pattern *.
func (p Pattern) IsAny() bool { return p.class != nil && p.class.kind == anyOrigin }

// HasSubdomains reports whether p matches the subdomains of [Pattern.Host].
func (p Pattern) HasSubdomains() bool { return p.class != nil && p.class.kind == subdomains }

// Exact returns the origin that p names, if it names one only.
func (p Pattern) Exact() (Origin, bool) { return p.exact, p.exact.IsValid() }

// Scheme returns the scheme of the origins that p matches, or "" for *.
func (p Pattern) Scheme() string {
	if p.class != nil {
		return p.class.scheme
	}
	return p.exact.Scheme()
}

// Host returns the serialized host of the origins that p matches, or the
// domain that they are subdomains of; "" for * and for classes of hosts.
func (p Pattern) Host() string {
	if p.class != nil {
		return p.class.host
	}
	return p.exact.Host()
}

// String returns p as [ParsePattern] reads it, in its canonical form: without the scheme's default port, and with the
// ports of a list in ascending order. For the zero Pattern it is "invalid pattern".
func (p Pattern) String() string {
	switch {
	case p.class != nil:
		return p.class.text
	case p.exact.IsValid():
		return p.exact.String()
	}
	return "invalid pattern"
}

// MarshalText returns what [Pattern.String] does. The zero Pattern is the empty text.
func (p Pattern) MarshalText() ([]byte, error) {
	if !p.IsValid() {
		return []byte{}, nil
	}
	return []byte(p.String()), nil
}

// UnmarshalText is [ParsePattern], except that the empty text is the zero Pattern.
func (p *Pattern) UnmarshalText(text []byte) (err error) {
	if len(text) == 0 {
		*p = Pattern{}
		return nil
	}
	*p, err = ParsePattern(string(text))
	return err
}

// Matches reports whether o is one of the origins that p names.
func (p Pattern) Matches(o Origin) bool {
	switch c := p.class; {
	case c == nil:
		return SameOrigin(p.exact, o)
	case c.kind == anyOrigin:
		return o.IsValid()
	case o.Scheme() != c.scheme || !c.ports.match(o.colonPort()): // An opaque origin has no scheme.
		return false
	case c.kind == oneHost:
		return o.Host() == c.host
	case c.kind == subdomains:
		labels, ok := strings.CutSuffix(o.Host(), c.host)
		labels, dot := strings.CutSuffix(labels, ".")
		return ok && dot && weburl.SerializedLabels(labels) > 0
	}
	return isUUID(o.Host())
}

// isUUID reports whether s is a UUID in the form that Firefox gives to the
// hosts of extensions: 8-4-4-4-12 lowercase hexadecimal digits.
func isUUID(s string) bool {
	if len(s) != 36 {
		return false
	}
	for i := range len(s) {
		c := s[i]
		if i == 8 || i == 13 || i == 18 || i == 23 {
			if c != '-' {
				return false
			}
		} else if (c < '0' || '9' < c) && (c < 'a' || 'f' < c) {
			return false
		}
	}
	return true
}

// ports says which ports of an origin match.
type ports struct {
	any  bool
	null bool     // no port, which is to say the default port
	list []uint16 // ascending
}

// match reports whether an origin that goes on with this behind its host matches: "" for the null port, else a colon
// and digits. That they are a port's is for others to say.
func (s *ports) match(colonPort string) bool {
	if colonPort == "" {
		return s.any || s.null
	}
	return s.any || s.matchList(colonPort) // not here, so that this is inlined
}

func (s *ports) matchList(colonPort string) bool { return s.lists(portOf(colonPort)) }

func (s *ports) lists(port uint16) bool {
	_, found := slices.BinarySearch(s.list, port)
	return found
}

// len returns how many ports there are in s.
func (s *ports) len() int {
	switch {
	case s.any:
		return math.MaxInt
	case s.null:
		return len(s.list) + 1
	}
	return len(s.list)
}

// cover reports whether every port that is in t is in s.
func (s *ports) cover(t *ports) bool {
	if s.any || t.any || t.null && !s.null {
		return s.any
	}
	return !slices.ContainsFunc(t.list, func(port uint16) bool { return !s.lists(port) })
}

// add makes s the union of s and t.
func (s *ports) add(t *ports) {
	s.any = s.any || t.any
	s.null = s.null || t.null
	for _, port := range t.list {
		if i, found := slices.BinarySearch(s.list, port); !found {
			s.list = slices.Insert(s.list, i, port)
		}
	}
}

// appendTo appends what stands behind the host for s and the scheme.
func (s *ports) appendTo(b []byte, scheme string) []byte {
	if s.any {
		return append(b, ":*"...)
	}
	all := slices.Clone(s.list)
	if s.null && len(all) > 0 {
		defaultPort, _ := weburl.SpecialScheme(scheme)
		i, _ := slices.BinarySearch(all, defaultPort)
		all = slices.Insert(all, i, defaultPort)
	}
	switch len(all) {
	case 0:
		return b
	case 1:
		return strconv.AppendUint(append(b, ':'), uint64(all[0]), 10)
	}
	b = append(b, ":["...)
	for i, port := range all {
		if i > 0 {
			b = append(b, ',')
		}
		b = strconv.AppendUint(b, uint64(port), 10)
	}
	return append(b, ']')
}
