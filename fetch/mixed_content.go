package fetch

import (
	"github.com/corspec/corspec/internal/enum"
	"github.com/corspec/corspec/origin"
)

// A MixedContent says whether a request's client restricts mixed content, that is, requests whose URL anybody on the
// network can answer.
type MixedContent uint8

// Whether a client restricts mixed content.
const (
	MixedContentByOrigin     MixedContent = iota // it does if the request's origin has the scheme https
	MixedContentRestricted                       // it does, such as a sandboxed document below a page of https
	MixedContentUnrestricted                     // it does not
)

var mixedContents = enum.New[MixedContent]("fetch: mixed content", "by-origin", "restricted", "unrestricted")

// String returns "by-origin", "restricted" or "unrestricted".
func (m MixedContent) String() string { return mixedContents.String(m) }

// restrictsMixedContent is "Does settings prohibit mixed security contexts?".
//
// https://w3c.github.io/webappsec-mixed-content/#categorize-settings-object
func restrictsMixedContent(r *Request) bool {
	// AD-HOC: the letter has it for every potentially trustworthy origin, so for a page of http://localhost, too. All
	// engines have it for https alone, and developers' pages rely on that. The ancestors are the caller's to know.
	return r.MixedContent == MixedContentRestricted ||
		r.MixedContent == MixedContentByOrigin && !r.Origin.IsOpaque() && r.Origin.Scheme() == "https"
}

// UpgradesMixedContent reports whether the current URL of r is upgraded from http to https because it is an image,
// audio or video on a page that restricts mixed content. It is the condition of the algorithm, and
// [origin.URL.UpgradeToHTTPS] is what follows from it. Upgrade a mixed content request, steps 1 and 2.
//
// https://w3c.github.io/webappsec-mixed-content/#upgrade-algorithm
func UpgradesMixedContent(r *Request) bool {
	// AD-HOC: the text says URL, the first of the list, by which no redirect's target is ever upgraded; engines and
	// main fetch, which runs this anew at each hop, mean the current URL.
	u := r.CurrentURL()
	// Upgrade a mixed content request, step 2. Other schemes have nothing to upgrade to.
	if u.Scheme() != "http" {
		return false
	}
	// Upgrade a mixed content request, step 1.
	_, isDomain := origin.PublicSuffix(u.Hostname(), nil)
	return !u.IsPotentiallyTrustworthy() && isDomain && restrictsMixedContent(r) && isUpgradeable(r)
}

// isUpgradeable reports whether r is for an image that is not one of several to choose from, for audio or for video.
func isUpgradeable(r *Request) bool {
	return r.Destination == DestinationImage && r.Initiator != InitiatorImageset ||
		r.Destination == DestinationAudio || r.Destination == DestinationVideo
}

// BlockMixedContent decides whether r is blocked because the page restricts mixed content and anybody on the network
// could answer. The code is [CodeMixedContent].
//
// https://w3c.github.io/webappsec-mixed-content/#should-block-fetch
func BlockMixedContent(r *Request) Verdict {
	u := r.CurrentURL()
	// AD-HOC: only the scheme http is judged. In the letter blob:, ftp: and unknown schemes are blocked as well, before
	// whatever else is wrong with them; engines load blobs, and the others have codes of their own
	// (https://github.com/WebKit/WebKit/pull/26226).
	if u.Scheme() != "http" {
		return allowed
	}
	// Should fetching request be blocked as mixed content, step 1. A document is always a top-level one here.
	if !restrictsMixedContent(r) || u.IsPotentiallyTrustworthy() ||
		r.Destination == DestinationDocument || r.Mode == ModeNavigate && r.Destination == DestinationEmpty {
		return allowed
	}
	// Should fetching request be blocked as mixed content, step 2.
	return r.fault(CodeMixedContent, "should-block-fetch:2")
}
