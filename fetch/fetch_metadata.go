package fetch

import (
	"cmp"

	"github.com/corspec/corspec/origin"
)

// AppendFetchMetadata sets the Fetch metadata headers of r in l and returns the list: Sec-Fetch-Dest, -Mode, -Site and,
// for navigations that a person caused, -User. A request to a URL that is not potentially trustworthy has none. Sites
// are told apart by the suffix list; nil stands for the rule by which the last label is the public suffix.
//
// https://w3c.github.io/webappsec-fetch-metadata/#abstract-opdef-append-the-fetch-metadata-headers-for-a-request
func AppendFetchMetadata(r *Request, l HeaderList, suffixes origin.SuffixList) HeaderList {
	return appendFetchMetadata(r, l, whereaboutsOf(r, suffixes).site)
}

// appendFetchMetadata is AppendFetchMetadata for a request that has been no farther than that.
func appendFetchMetadata(r *Request, l HeaderList, s site) HeaderList {
	// Append the Fetch metadata headers for a request, step 1.
	// AD-HOC: the pinned text tests the first URL of the list; https://github.com/w3c/webappsec-fetch-metadata/pull/99
	// has the current URL, as all engines do.
	if !r.CurrentURL().IsPotentiallyTrustworthy() {
		return l
	}
	// Append the Fetch metadata headers for a request, steps 2 to 5.
	l.Set("Sec-Fetch-Dest", cmp.Or(r.Destination.String(), "empty"))
	l.Set("Sec-Fetch-Mode", r.Mode.String())
	// Set Sec-Fetch-Site, step 4.
	if r.isNavigation() && r.UserInitiated {
		l.Set("Sec-Fetch-Site", "none")
	} else {
		l.Set("Sec-Fetch-Site", s.String())
	}
	if r.isNavigation() && r.UserActivation {
		l.Set("Sec-Fetch-User", "?1")
	}
	return l
}

// A site says how far from its own origin a request has been.
type site uint8

const (
	siteSameOrigin site = iota
	siteSameSite
	siteCrossSite
)

// String returns the value of Sec-Fetch-Site.
func (s site) String() string { return [...]string{"same-origin", "same-site", "cross-site"}[s] }

// and adds a URL's origin to those where a request has been. A hop to a foreign URL counts, and coming home does not
// repair it.
//
// https://w3c.github.io/webappsec-fetch-metadata/#abstract-opdef-set-site
func (s site) and(own, o origin.Origin, suffixes origin.SuffixList) site {
	// Set Sec-Fetch-Site, step 5.
	switch {
	case s == siteCrossSite || o == own:
		return s
	case origin.SameSite(own, o, suffixes):
		return siteSameSite
	}
	return siteCrossSite
}
