// Package idna is UTS #46 processing and ToASCII, with the flags that the URL
// standard sets. Tables, normalization, the bidi and joiner rules and the
// decoding of Punycode are golang.org/x/net/idna's; the order of the steps is this package's, since
// that one's profiles were made for other flags:
//
//   - they look at hyphens byte by byte, and take "xn--" for empty;
//   - they decode labels such as "xn--ß-", whose Punycode is not ASCII;
//   - they let code points that the tables do not know become U+FFFD;
//   - they take time that grows with the square of a label's length;
//   - up to Unicode 15.0 (that is, built with a Go before 1.27) their tables lack
//     what UTS #46 has remapped since: see delta.go.
//
// See https://www.unicode.org/reports/tr46/ (revision 35).
package idna

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/net/idna"
)

//go:generate go run gen.go

// MaxLength is the length in bytes from which on no domain is processed.
//
// AD-HOC: the standard sets no limit, but leaves limits to implementations
// (https://infra.spec.whatwg.org/#implementation-defined). A domain name in the
// DNS has 253 bytes at most, and what is mapped can grow elevenfold. ASCII
// domains do not come here.
const MaxLength = 4096

// maxLabel is how many code points a label with non-ASCII has at most.
//
// AD-HOC: the module decodes no more of them, and what ToASCII returns it has to
// take, too.
const maxLabel = 1024

// An Error says why a domain is not valid, and at which byte of it.
type Error struct {
	Offset int
	Reason string
}

func (e *Error) Error() string { return e.Reason }

// The reasons.
const (
	ReasonTooLong    = "domain with non-ASCII code points is longer than 4096 bytes"
	ReasonLongLabel  = "label with non-ASCII code points is longer than 1024 code points"
	ReasonDisallowed = "code point is not allowed in a domain"
	ReasonPunycode   = "xn-- label is no Punycode of a valid label"
	ReasonLabel      = "label breaks a rule of UTS #46 (combining mark at its start, joiner or right-to-left text out of place)"
	ReasonHyphens    = "label has a hyphen at its start or end, or in its third and fourth place"
	ReasonSTD3       = "label has an ASCII code point other than letters, digits and hyphens"
	ReasonDNSLength  = "label or domain is empty or too long for the DNS"
)

var (
	// mapping maps, and neither decodes nor validates what has no xn--.
	mapping = idna.New(idna.MapForLookup(), idna.StrictDomainName(false), idna.ValidateLabels(false), idna.Transitional(false))
	// validation normalizes and validates labels that are mapped.
	validation = idna.New(idna.MapForLookup(), idna.StrictDomainName(false), idna.CheckHyphens(false), idna.CheckJoiners(true),
		idna.BidiRule(), idna.Transitional(false), idna.VerifyDNSLength(false))
)

const acePrefix = "xn--"

// ToASCII is Unicode ToASCII with CheckBidi and CheckJoiners, without
// Transitional_Processing and IgnoreInvalidPunycode, and with CheckHyphens,
// UseSTD3ASCIIRules and VerifyDnsLength where beStrict. The domain is valid
// UTF-8.
//
// https://www.unicode.org/reports/tr46/#ToASCII
func ToASCII(domain string, beStrict bool) (string, *Error) {
	if len(domain) > MaxLength {
		return "", &Error{MaxLength, ReasonTooLong}
	}
	mapped, starts, err := mapCodePoints(domain) // Processing, step 1.
	if err != nil {
		return "", err
	}
	labels := strings.Split(mapped, ".") // Step 3; normalization (2) does not cross dots.
	decoded := make([]bool, len(labels))
	for i, label := range labels { // Step 4.
		if !strings.HasPrefix(label, acePrefix) {
			continue
		}
		u, ok := decode(label)
		if !ok {
			return "", &Error{starts[i], ReasonPunycode}
		}
		labels[i], decoded[i] = u, true
	}
	unicode, valid := validate(strings.Join(labels, ".")) // Steps 2 and 4.
	if !valid {
		return "", &Error{firstInvalid(labels, starts), ReasonLabel}
	}
	processed := strings.Split(unicode, ".")
	if len(processed) != len(labels) {
		return "", &Error{0, ReasonLabel} // Cannot be: what is mapped maps to itself.
	}
	for i, label := range processed {
		if decoded[i] && label != labels[i] { // It was mapped or not normalized.
			return "", &Error{starts[i], ReasonPunycode}
		}
		if beStrict {
			if reason := strictLabel(label); reason != "" {
				return "", &Error{starts[i], reason}
			}
		}
		if !isASCII(label) && utf8.RuneCountInString(label) > maxLabel {
			return "", &Error{starts[i], ReasonLongLabel}
		}
		ascii, ok := encode(label) // ToASCII, step 2.
		if !ok {
			return "", &Error{starts[i], ReasonPunycode}
		}
		if beStrict && (len(ascii) < 1 || len(ascii) > 63) { // Step 3.
			return "", &Error{starts[i], ReasonDNSLength}
		}
		processed[i] = ascii
	}
	result := strings.Join(processed, ".")
	if beStrict && len(result) > 253 { // Step 3.
		return "", &Error{0, ReasonDNSLength}
	}
	return result, nil
}

// mapCodePoints is step 1 of Processing. It also returns where in the domain
// each label starts.
func mapCodePoints(domain string) (mapped string, starts []int, err *Error) {
	b := make([]byte, 0, len(domain)+len(domain)/2)
	starts = append(starts, 0)
	for i := 0; i < len(domain); {
		c := domain[i]
		if c < utf8.RuneSelf {
			if 'A' <= c && c <= 'Z' {
				c |= 0x20
			}
			b = append(b, c)
			if i++; c == '.' {
				starts = append(starts, i)
			}
			continue
		}
		r, n := utf8.DecodeRuneInString(domain[i:])
		from := len(b)
		if s, ok := delta(r); ok {
			b = append(b, s...)
		} else if newIdeograph(r) {
			b = utf8.AppendRune(b, r)
		} else {
			s, err := mapping.ToUnicode(domain[i : i+n])
			if err != nil || strings.ContainsRune(s, utf8.RuneError) {
				return "", nil, &Error{i, ReasonDisallowed}
			}
			b = append(b, s...)
		}
		i += n
		for _, c := range b[from:] {
			if c == '.' {
				starts = append(starts, i)
			}
		}
	}
	return string(b), starts, nil
}

// validate normalizes labels that are mapped, and holds them against the
// validity criteria.
func validate(labels string) (normalized string, ok bool) {
	if strings.IndexFunc(labels, newIdeograph) < 0 {
		u, err := validation.ToUnicode(labels)
		return u, err == nil
	}
	// The tables may not know the newest ideographs. Another one stands in for
	// each: they differ in nothing that matters here, and keep their order.
	const standIn = '一'
	var originals []rune
	stood := strings.Map(func(r rune) rune {
		if r != standIn && !newIdeograph(r) {
			return r
		}
		originals = append(originals, r)
		return standIn
	}, labels)
	u, err := validation.ToUnicode(stood)
	if err != nil {
		return "", false
	}
	return strings.Map(func(r rune) rune {
		// In Punycode, something may have been mapped to the stand-in. Such a
		// label is not valid, which its caller sees, as it has changed.
		if r == standIn && len(originals) > 0 {
			r, originals = originals[0], originals[1:]
		}
		return r
	}, u), true
}

// decode is what step 4 of Processing does to a label with the ACE prefix, up
// to the validity criteria that hold for other labels, too.
func decode(label string) (u string, ok bool) {
	if !isASCII(label) || label == acePrefix { // Step 4.1.1; the empty label of 4.1.4.
		return "", false
	}
	u, err := idna.Punycode.ToUnicode(label)
	// Of the prefix that no label may have, see validity criterion 4. What has
	// to be mapped, or is mapped only since the tables, is not valid.
	if err != nil || isASCII(u) || strings.HasPrefix(u, acePrefix) {
		return "", false
	}
	for _, r := range u {
		if _, ok := delta(r); ok {
			return "", false
		}
	}
	return u, true
}

// encode is step 2 of ToASCII.
func encode(label string) (string, bool) {
	if isASCII(label) {
		return label, true
	}
	// Normalization of more than 30 combining marks in a row puts this between.
	if strings.ContainsRune(label, '\u034F') {
		return "", false
	}
	ascii, ok := appendPunycode([]byte(acePrefix), label)
	return string(ascii), ok
}

// strictLabel is what CheckHyphens and UseSTD3ASCIIRules add to the validity
// criteria.
func strictLabel(label string) string {
	if strings.HasPrefix(label, "-") || strings.HasSuffix(label, "-") {
		return ReasonHyphens
	}
	place := 0
	third := false
	for _, r := range label {
		place++
		switch {
		case r == '-' && place == 3:
			third = true
		case r == '-' && place == 4 && third:
			return ReasonHyphens
		}
		if r < utf8.RuneSelf && r != '-' && (r < '0' || r > '9') && (r < 'a' || r > 'z') {
			return ReasonSTD3
		}
	}
	return ""
}

// firstInvalid is the place of the first label that is not valid by itself, 0
// where only the labels together are not.
func firstInvalid(labels []string, starts []int) int {
	for i, label := range labels {
		if _, ok := validate(label); !ok {
			return starts[i]
		}
	}
	return 0
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
