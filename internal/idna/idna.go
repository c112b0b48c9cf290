// Package idna is UTS #46 processing and ToASCII, with the flags that the URL standard sets. Tables, normalization, the
// bidi and joiner rules and the decoding of Punycode are golang.org/x/net/idna's. The order of the steps is this
// package's, since that one's profiles were made for other flags:
//
//   - they look at hyphens byte by byte, and take "xn--" for empty;
//   - they decode labels such as "xn--ß-", whose Punycode is not ASCII;
//   - they take a zero-width non-joiner between a letter that joins and what
//     does not;
//   - they let code points that the tables do not know become U+FFFD;
//   - they take time that grows with the square of a label's length;
//   - up to Unicode 15.0 (that is, built with a Go before 1.27) their tables lack
//     what UTS #46 has remapped since: see delta.go.
//
// Most domains are of letters that need none of this: see plain.go.
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
// (https://infra.spec.whatwg.org/#implementation-defined). A domain name in the DNS has 253 bytes at most, and what is
// mapped can grow elevenfold. ASCII domains do not come here.
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
	ReasonPunycode   = "xn-- label is not the Punycode of a valid label"
	ReasonLabel      = "label breaks a rule of UTS #46 (combining mark at its start, joiner or right-to-left text out of place)"
	ReasonHyphens    = "label has a hyphen at its start or end, or in its third and fourth place"
	ReasonSTD3       = "label has an ASCII code point other than letters, digits and hyphens"
	ReasonDNSLength  = "label or domain is empty or too long for the DNS"
)

var (
	// mapping maps single code points, and fails for those that are disallowed.
	mapping = idna.New(idna.MapForLookup(), idna.StrictDomainName(false), idna.CheckHyphens(false), idna.CheckJoiners(false),
		idna.Transitional(false), idna.VerifyDNSLength(false))
	// validation normalizes and validates labels that are mapped.
	validation = idna.New(idna.MapForLookup(), idna.StrictDomainName(false), idna.CheckHyphens(false), idna.CheckJoiners(true),
		idna.BidiRule(), idna.Transitional(false), idna.VerifyDNSLength(false))
)

const acePrefix = "xn--"

// AppendToASCII appends Unicode ToASCII of a domain, with CheckBidi and CheckJoiners, without Transitional_Processing
// and IgnoreInvalidPunycode, and with CheckHyphens, UseSTD3ASCIIRules and VerifyDnsLength where beStrict. The domain is
// valid UTF-8.
//
// https://www.unicode.org/reports/tr46/#ToASCII
// https://www.unicode.org/reports/tr46/#Processing
func AppendToASCII(b []byte, domain string, beStrict bool) ([]byte, *Error) {
	if len(domain) > MaxLength {
		return nil, &Error{MaxLength, ReasonTooLong}
	}
	unicode := domain
	if !isPlain(domain) && !isProcessed(domain) {
		mapped, err := mapCodePoints(domain) // Processing, step 1.
		if err != nil {
			return nil, err
		}
		unicode = mapped
		if !isPlain(mapped) {
			processed, failed, reason := processLabels(mapped) // Processing, steps 2 to 4.
			if reason != "" {
				return nil, &Error{labelStart(domain, failed), reason}
			}
			unicode = processed
		}
	}
	start := len(b)
	for n, more := 0, true; more; n++ {
		var label, reason string
		label, unicode, more = strings.Cut(unicode, ".")
		if b, reason = appendLabel(b, label, beStrict); reason != "" {
			return nil, &Error{labelStart(domain, n), reason}
		}
		if more {
			b = append(b, '.')
		}
	}
	if beStrict && len(b)-start > 253 { // ToASCII, step 3.
		return nil, &Error{0, ReasonDNSLength}
	}
	return b, nil
}

// isProcessed reports whether Processing leaves a domain as it is. One call of the module's tells for most: code points
// that it gives back are not mapped, and so the domain has only such. It may say no of others, which then
// go step by step.
func isProcessed(domain string) bool {
	if strings.Contains(domain, acePrefix) || strings.ContainsFunc(domain, func(r rune) bool {
		_, remapped := delta(r)
		return remapped || newIdeograph(r) || 'A' <= r && r <= 'Z'
	}) {
		return false
	}
	u, ok := validate(domain)
	return ok && u == domain
}

// mapCodePoints maps. Processing, step 1.
func mapCodePoints(domain string) (mapped string, err *Error) {
	b := make([]byte, 0, len(domain)+len(domain)/2)
	for i := 0; i < len(domain); {
		r, n := utf8.DecodeRuneInString(domain[i:])
		switch {
		case 'A' <= r && r <= 'Z':
			b = append(b, byte(r)|0x20)
		case plainDirection(r) != 0:
			b = append(b, domain[i:i+n]...)
		default:
			s, ok := mapCodePoint(r, domain[i:i+n])
			if !ok {
				return "", &Error{i, ReasonDisallowed}
			}
			b = append(b, s...)
		}
		i += n
	}
	return string(b), nil
}

// mapCodePoint is what a code point, which is not ASCII and is also given as s, is mapped to.
func mapCodePoint(r rune, s string) (mapped string, ok bool) {
	if s, ok := delta(r); ok {
		return s, true
	}
	if newIdeograph(r) {
		return s, true
	}
	mapped, err := mapping.ToUnicode(s)
	return mapped, err == nil && !strings.ContainsRune(mapped, utf8.RuneError)
}

// labelStart is where in a domain that has been mapped the label of a number starts.
func labelStart(domain string, number int) int {
	for i, r := range domain {
		if number <= 0 {
			return i
		}
		switch {
		case r == '.':
			number--
		case r >= utf8.RuneSelf:
			mapped, _ := mapCodePoint(r, string(r))
			number -= strings.Count(mapped, ".")
		}
	}
	return len(domain)
}

// processLabels does the rest. Processing, steps 2 to 4. If there is a reason for which the domain is not valid, failed
// is the number of the label, 0 where the reason is that of the whole.
func processLabels(mapped string) (unicode string, failed int, reason string) {
	labels := strings.Split(mapped, ".") // Processing, step 3; normalization (2) does not cross dots.
	decoded := make([]bool, len(labels))
	for i, label := range labels { // Processing, step 4.
		if !strings.HasPrefix(label, acePrefix) {
			continue
		}
		u, ok := decode(label)
		if !ok {
			return "", i, ReasonPunycode
		}
		labels[i], decoded[i] = u, true
	}
	joined := strings.Join(labels, ".")
	if isPlain(joined) {
		return joined, 0, ""
	}
	unicode, valid := validate(joined) // Processing, steps 2 and 4.
	processed := strings.Split(unicode, ".")
	if !valid || len(processed) != len(labels) {
		for i, label := range labels {
			if u, ok := validate(label); !ok {
				return "", i, ReasonLabel
			} else if decoded[i] && u != label { // It was mapped to more than one.
				return "", i, ReasonPunycode
			}
		}
		return "", 0, ReasonLabel
	}
	for i, label := range processed {
		if decoded[i] && label != labels[i] { // It was mapped or not normalized.
			return "", i, ReasonPunycode
		}
		// AD-HOC: the module normalizes in the stream-safe format, which puts this
		// between more than 30 combining marks in a row. Such a label fails here.
		if strings.ContainsRune(label, '\u034F') {
			return "", i, ReasonLabel
		}
	}
	return unicode, 0, ""
}

// validate normalizes labels that are mapped, and holds them against the validity criteria.
func validate(labels string) (normalized string, ok bool) {
	if strings.IndexFunc(labels, newIdeograph) < 0 {
		u, err := validation.ToUnicode(labels)
		return u, err == nil && nonJoinersInPlace(u)
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
	if err != nil || !nonJoinersInPlace(u) {
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

// decode decodes a label with the ACE prefix, up to the validity criteria that hold for other labels, too. Processing,
// step 4.1.
func decode(label string) (u string, ok bool) {
	if !isASCII(label) || label == acePrefix { // Processing, step 4.1.1; the empty label of 4.1.4.
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

// appendLabel does one label, with what beStrict adds. ToASCII, step 2.
func appendLabel(b []byte, label string, beStrict bool) (_ []byte, reason string) {
	if beStrict {
		if reason := strictLabel(label); reason != "" {
			return nil, reason
		}
	}
	start := len(b)
	if isASCII(label) {
		b = append(b, label...)
	} else {
		if len(label) > maxLabel && utf8.RuneCountInString(label) > maxLabel {
			return nil, ReasonLongLabel
		}
		var ok bool
		if b, ok = appendPunycode(append(b, acePrefix...), label); !ok {
			return nil, ReasonPunycode
		}
	}
	if n := len(b) - start; beStrict && (n < 1 || n > 63) { // ToASCII, step 3.
		return nil, ReasonDNSLength
	}
	return b, ""
}

// strictLabel is what CheckHyphens and UseSTD3ASCIIRules add to the validity criteria.
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

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
