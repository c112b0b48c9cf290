// Package idna is UTS #46 ToASCII with the flags of the URL standard.
package idna

import (
	"golang.org/x/net/idna"
)

var lookup = idna.New(idna.MapForLookup(), idna.BidiRule(), idna.StrictDomainName(false), idna.CheckHyphens(false), idna.CheckJoiners(true), idna.Transitional(false), idna.VerifyDNSLength(false))

// ToASCII is Unicode ToASCII.
func ToASCII(domain string, beStrict bool) (string, int, error) {
	r, err := lookup.ToASCII(domain)
	return r, 0, err
}
