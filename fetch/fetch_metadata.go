package fetch

import "github.com/corspec/corspec/origin"

// AppendFetchMetadata sets the Fetch metadata headers of r in l and returns the list: Sec-Fetch-Dest, -Mode, -Site and, for
// navigations that a person caused, -User. A request to a URL that is not potentially trustworthy has none. Sites are told
// apart by the suffix list; nil stands for the rule by which the last label is the public suffix.
//
// https://w3c.github.io/webappsec-fetch-metadata/#abstract-opdef-append-the-fetch-metadata-headers-for-a-request
func AppendFetchMetadata(r *Request, l HeaderList, suffixes origin.SuffixList) HeaderList {
	return appendFetchMetadata(r, l, fetchSite("", r, r.URLList, suffixes))
}

// appendFetchMetadata is AppendFetchMetadata for a request of that site.
func appendFetchMetadata(r *Request, l HeaderList, site string) HeaderList {
	// Append the Fetch metadata headers for a request, step 1.
	// AD-HOC: the pinned text tests the first URL of the list; https://github.com/w3c/webappsec-fetch-metadata/pull/99 has the
	// current URL, as all engines do.
	if !r.CurrentURL().IsPotentiallyTrustworthy() {
		return l
	}
	// Append the Fetch metadata headers for a request, steps 2 to 5.
	destination := "empty"
	if r.Destination != DestinationEmpty {
		destination = r.Destination.String()
	}
	l.Set("Sec-Fetch-Dest", destination)
	l.Set("Sec-Fetch-Mode", r.Mode.String())
	l.Set("Sec-Fetch-Site", site)
	if r.isNavigation() && r.UserActivation {
		l.Set("Sec-Fetch-User", "?1")
	}
	return l
}

// fetchSite is the value that set Sec-Fetch-Site sets, given what it was before these URLs were added to the list.
//
// https://w3c.github.io/webappsec-fetch-metadata/#abstract-opdef-set-site
func fetchSite(site string, r *Request, added []origin.URL, suffixes origin.SuffixList) string {
	// Set Sec-Fetch-Site, step 4.
	if r.isNavigation() && r.UserInitiated {
		return "none"
	}
	// Set Sec-Fetch-Site, step 3.
	if site == "" {
		site = "same-origin"
	}
	// Set Sec-Fetch-Site, step 5. A hop to a foreign URL counts, and coming home does not repair it.
	for _, u := range added {
		o := u.Origin()
		if o == r.Origin || site == "cross-site" {
			continue
		}
		site = "same-site"
		if !origin.SameSite(r.Origin, o, suffixes) {
			site = "cross-site"
		}
	}
	return site
}
