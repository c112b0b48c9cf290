package fetch

import (
	"time"

	"github.com/corspec/corspec/internal/enum"
)

// A Profile says which user agent a fetch is made by, where engines differ from the standard. It is data: a name, a set of
// differences, and the limit of max-age in the preflight cache. The functions of this package are the standard's and know
// no profile; only a [Machine] reads it, at the places that name a [Difference].
type Profile struct {
	name        string
	differences uint64        // a bit for each Difference
	maxAgeLimit time.Duration // 0: MaxAgeLimitDefault
}

// The profiles. Those of engines describe what was measured in Chromium 156, Firefox 153 and WebKitGTK 2.50; the module
// conformance/browsers measures it again. Only the limits of max-age are as the engines' sources have them.
var (
	// ProfileStandard is the user agent of the standard: no differences. It is the zero Profile.
	ProfileStandard = Profile{}

	ProfileChromium = newProfile("chromium", 7200*time.Second,
		WildcardCoversAuthorization, NullOriginNotCached, TaintedOriginNotCached, ClientHintsSafelisted, UserAgentForbidden,
		RequestHeadersCombined, MalformedRangeIntegers, NegativeMaxAgeIsZero, CacheKeyHasFragment, CacheEntriesReplaced,
		CachedWildcardKeepsCredentials, FailureKeepsCache, EmptyLocationIgnored, RedirectErrorNeedsLocation,
		RedirectManualNeedsURL, EqualLocationsAllowed, RedirectUserinfoBlocked, AboutBlankNotFetched, NewerBadPortsAllowed,
		MalformedTypesBlocked, CSVTypesBlocked, BodilessUploadNotObserved, UploadMethodMustBeListed, OriginForElements, OriginIgnoresReferrerPolicy,
		NoCORSRedirectHidesOrigin, UploadMethodExemptInCache, StreamModeBecomesCORS)

	ProfileFirefox = newProfile("firefox", 86400*time.Second,
		WildcardCoversAuthorization, MalformedRangeIntegers, NonASCIIValuesUnsafe, UnsafeNamesRepeated, SumOfValuesUnlimited,
		OneOfSingleHeaders, MalformedMaxAgeNotCached, CacheKeyHasFragment, CacheKeyHasCredentials, WildcardsNotCached,
		HEADNotExemptInCache, AnyFailureClearsCache, EqualLocationsAllowed, UploadMethodMustBeListed,
		PreflightAfterPreflight, PreflightShowsOwnOrigin, ProxyAuthenticationIsResponse,
		ExposeWildcardBeforeMalformed, MalformedTypesBlocked, CSVTypesBlocked, UnknownResourcePolicyPasses,
		UploadMethodExemptInCache)

	ProfileWebKitGTK = newProfile("webkitgtk", 600*time.Second,
		WildcardCoversAuthorization, CachedWildcardCoversAuthorization, TaintedOriginNotCached, RequestHeadersCombined,
		MalformedRangeIntegers, RangeUnitIgnoresCase, RangeIntegersMayHaveSign, NegativeMaxAgeIsZero, CacheKeyHasFragment,
		CacheEntriesReplaced, FailureKeepsCache, CachedBeforeChecked, EmptyLocationFails, RedirectErrorNeedsLocation,
		NoCORSRedirectModeFirst, LocationsJoined, LocationReencoded, RequestValuesAsUTF8, AboutBlankNotFetched,
		UploadMethodMustBeListed, OriginForElements, FontsWithoutCORS, RedirectCheckedWithCredentials,
		OriginIgnoresRedirectPolicy, OriginKeptOnRedirect, NoCORSRedirectKeepsCredentials, PreflightAfterPreflight,
		HeadersRestoredOnRedirect, DELETEBecomesGET, ProxyAuthenticationIsResponse,
		FirstContentTypeCounts, MalformedTypesBlocked, CredentiallessUnknown, UploadMethodExemptInCache)
)

// Profiles returns all profiles, the standard's first.
func Profiles() []Profile {
	return []Profile{ProfileStandard, ProfileChromium, ProfileFirefox, ProfileWebKitGTK}
}

// ProfileByName returns the profile of that name: "standard", "chromium", "firefox" or "webkitgtk".
func ProfileByName(name string) (Profile, bool) {
	for _, p := range Profiles() {
		if p.String() == name {
			return p, true
		}
	}
	return Profile{}, false
}

func newProfile(name string, maxAgeLimit time.Duration, differences ...Difference) Profile {
	p := Profile{name: name, maxAgeLimit: maxAgeLimit}
	for _, d := range differences {
		p.differences |= 1 << d
	}
	return p
}

// String returns the profile's name.
func (p Profile) String() string {
	if p.name == "" {
		return "standard"
	}
	return p.name
}

// differs reports whether the profile is not the standard's.
func (p Profile) differs() bool { return p.differences != 0 }

// Has reports whether the profile has the difference.
func (p Profile) Has(d Difference) bool { return p.differences>>d&1 != 0 }

// Differences returns the profile's differences from the standard.
func (p Profile) Differences() []Difference {
	var l []Difference
	for d := range numDifferences {
		if p.Has(d) {
			l = append(l, d)
		}
	}
	return l
}

// Without returns the profile without the differences, under the same name.
func (p Profile) Without(differences ...Difference) Profile {
	for _, d := range differences {
		p.differences &^= 1 << d
	}
	return p
}

// A Difference is one thing that some engine does otherwise than the standard.
type Difference uint8

// The differences.
const (
	// WildcardCoversAuthorization: "*" in Access-Control-Allow-Headers lets Authorization pass.
	// https://github.com/whatwg/fetch/issues/1919
	WildcardCoversAuthorization Difference = iota
	// CachedWildcardCoversAuthorization: so does "*" in the preflight cache.
	CachedWildcardCoversAuthorization
	// NullOriginNotCached: preflights of opaque origins are not cached. The standard's key is the serialized origin, "null".
	NullOriginNotCached
	// TaintedOriginNotCached: preflights of redirect-tainted requests are not cached: each has an opaque origin of its own.
	TaintedOriginNotCached
	// ClientHintsSafelisted: client hints and some headers like them are CORS-safelisted request-headers.
	ClientHintsSafelisted
	// UserAgentForbidden: a page cannot set User-Agent.
	UserAgentForbidden
	// RequestHeadersCombined: several request headers of one name are one, with their values joined, before anything is
	// checked.
	RequestHeadersCombined
	// MalformedRangeIntegers: a range beyond 64 bits is none.
	MalformedRangeIntegers
	// RangeUnitIgnoresCase: "BYTES=0-" is a range as "bytes=0-" is.
	RangeUnitIgnoresCase
	// RangeIntegersMayHaveSign: "bytes=+1-2" is a range as "bytes=1-2" is.
	RangeIntegersMayHaveSign
	// NonASCIIValuesUnsafe: request-header values with bytes above 0x7F are not CORS-safelisted.
	NonASCIIValuesUnsafe
	// UnsafeNamesRepeated: Access-Control-Request-Headers lists a name as often as the request has the header.
	UnsafeNamesRepeated
	// SumOfValuesUnlimited: CORS-safelisted request-headers have no limit together.
	SumOfValuesUnlimited
	// OneOfSingleHeaders: of several request headers of a name that HTTP allows once, one goes out: the first Content-Type,
	// the last of others.
	OneOfSingleHeaders
	// RequestValuesAsUTF8: bytes above 0x7F in request headers go out as two bytes, the UTF-8 of the character of that number.
	RequestValuesAsUTF8
	// NegativeMaxAgeIsZero: a negative Access-Control-Max-Age means not to cache, where the standard takes it for malformed:
	// 5 seconds.
	NegativeMaxAgeIsZero
	// MalformedMaxAgeNotCached: an Access-Control-Max-Age that is no number means not to cache.
	MalformedMaxAgeNotCached
	// CacheKeyHasFragment: URLs that differ in their fragments have preflights of their own.
	CacheKeyHasFragment
	// CacheKeyHasCredentials: requests without credentials do not use what requests with credentials have cached.
	CacheKeyHasCredentials
	// CacheEntriesReplaced: a new preflight takes the place of the one before, which is removed where it does not suffice.
	CacheEntriesReplaced
	// WildcardsNotCached: a "*" that was cached matches nothing.
	WildcardsNotCached
	// CachedWildcardKeepsCredentials: a "*" that was cached with credentials is no wildcard for requests without either.
	CachedWildcardKeepsCredentials
	// HEADNotExemptInCache: HEAD has to be listed for a cached preflight to cover it.
	HEADNotExemptInCache
	// CachedBeforeChecked: a preflight is cached as soon as it passes the CORS check, even if it allows not what was asked for.
	CachedBeforeChecked
	// FailureKeepsCache: a request that fails after its preflight leaves the cache as it is.
	FailureKeepsCache
	// AnyFailureClearsCache: so does any request that fails the CORS check clear the entries of its URL, preflight or not.
	AnyFailureClearsCache
	// EmptyLocationIgnored: a redirect with an empty Location is no redirect.
	EmptyLocationIgnored
	// RedirectErrorNeedsLocation: with redirect mode "error", a redirect status without a Location, or with an empty one, is
	// no redirect.
	RedirectErrorNeedsLocation
	// RedirectManualNeedsURL: with redirect mode "manual", a Location that is no URL is a network error.
	RedirectManualNeedsURL
	// EmptyLocationFails: a redirect with an empty Location is a network error.
	EmptyLocationFails
	// EqualLocationsAllowed: several Location lines count as one where they are equal.
	EqualLocationsAllowed
	// LocationsJoined: several Location lines are joined by ", " to one URL.
	LocationsJoined
	// LocationReencoded: the bytes of a Location above 0x7F, if they are UTF-8, are each taken for a character; others for
	// U+FFFD before.
	LocationReencoded
	// RedirectUserinfoBlocked: a redirect to a URL with a user name or password is blocked in every mode.
	RedirectUserinfoBlocked
	// AboutBlankNotFetched: about:blank cannot be fetched.
	AboutBlankNotFetched
	// NewerBadPortsAllowed: ports 4190 and 6679, which the standard added last, are not blocked.
	NewerBadPortsAllowed
	// ExposeWildcardBeforeMalformed: "*" in Access-Control-Expose-Headers counts if what is malformed comes after it.
	ExposeWildcardBeforeMalformed
	// FirstContentTypeCounts: of several types in Content-Type the first counts, whether or not it is one.
	FirstContentTypeCounts
	// MalformedTypesBlocked: scripts are blocked by how Content-Type begins, as "image/", even where it is no MIME type.
	MalformedTypesBlocked
	// CSVTypesBlocked: scripts are blocked by all types that begin with "text/csv".
	CSVTypesBlocked
	// NoCORSRedirectModeFirst: with mode "no-cors", redirect modes other than "follow" are refused for data: URLs too.
	NoCORSRedirectModeFirst
	// BodilessUploadNotObserved: listening to the upload of a request without a body causes no preflight.
	BodilessUploadNotObserved
	// UploadMethodMustBeListed: with the use-CORS-preflight flag as without it, a method has to be listed by the preflight.
	UploadMethodMustBeListed
	// OriginForElements: elements with a crossorigin attribute send Origin to their own origin too.
	OriginForElements
	// FontsWithoutCORS: fonts are fetched as images are, with mode "no-cors" and with credentials.
	FontsWithoutCORS
	// OriginIgnoresReferrerPolicy: outside of CORS, the referrer policy does not hide Origin.
	OriginIgnoresReferrerPolicy
	// OriginIgnoresRedirectPolicy: a referrer policy that a redirect sets does not hide Origin.
	OriginIgnoresRedirectPolicy
	// OriginKeptOnRedirect: a request that becomes GET by a redirect keeps the Origin that it had.
	OriginKeptOnRedirect
	// NoCORSRedirectHidesOrigin: outside of CORS, Origin is "null" after any redirect to another origin.
	NoCORSRedirectHidesOrigin
	// NoCORSRedirectKeepsCredentials: outside of CORS, credentials that went to the page's origin go along to where it
	// redirects.
	NoCORSRedirectKeepsCredentials
	// RedirectCheckedWithCredentials: a redirect that answers a request with credentials mode "same-origin" that began at its
	// own origin has to allow credentials.
	RedirectCheckedWithCredentials
	// PreflightAfterPreflight: what needed a preflight at first needs one after every redirect, though it be simple by then.
	PreflightAfterPreflight
	// HeadersRestoredOnRedirect: headers that a redirect has removed come back with the next one. Authorization does not, but
	// is asked for by the preflight.
	HeadersRestoredOnRedirect
	// PreflightShowsOwnOrigin: a preflight's Origin is the page's even where the request's is "null" after redirects.
	PreflightShowsOwnOrigin
	// DELETEBecomesGET: a redirect to another origin turns DELETE into GET.
	DELETEBecomesGET
	// ProxyAuthenticationIsResponse: a response with status 407 is one like others where there is no proxy.
	ProxyAuthenticationIsResponse
	// UnknownResourcePolicyPasses: a Cross-Origin-Resource-Policy that is none of the three values is not defaulted by the
	// embedder policy.
	UnknownResourcePolicyPasses
	// CredentiallessUnknown: the embedder policy "credentialless" is as none.
	CredentiallessUnknown
	// UploadMethodExemptInCache: with the use-CORS-preflight flag as without it, a cached preflight covers CORS-safelisted
	// methods that it does not list.
	UploadMethodExemptInCache
	// StreamModeBecomesCORS: a request whose body is a stream is made with CORS even if its mode is "same-origin".
	StreamModeBecomesCORS

	numDifferences
)

var differenceNames = [numDifferences]string{
	WildcardCoversAuthorization:       "wildcard-covers-authorization",
	CachedWildcardCoversAuthorization: "cached-wildcard-covers-authorization",
	NullOriginNotCached:               "null-origin-not-cached",
	TaintedOriginNotCached:            "tainted-origin-not-cached",
	ClientHintsSafelisted:             "client-hints-safelisted",
	UserAgentForbidden:                "user-agent-forbidden",
	RequestHeadersCombined:            "request-headers-combined",
	MalformedRangeIntegers:            "malformed-range-integers",
	RangeUnitIgnoresCase:              "range-unit-ignores-case",
	RangeIntegersMayHaveSign:          "range-integers-may-have-sign",
	NonASCIIValuesUnsafe:              "non-ascii-values-unsafe",
	UnsafeNamesRepeated:               "unsafe-names-repeated",
	SumOfValuesUnlimited:              "sum-of-values-unlimited",
	OneOfSingleHeaders:                "one-of-single-headers",
	RequestValuesAsUTF8:               "request-values-as-utf8",
	NegativeMaxAgeIsZero:              "negative-max-age-is-zero",
	MalformedMaxAgeNotCached:          "malformed-max-age-not-cached",
	CacheKeyHasFragment:               "cache-key-has-fragment",
	CacheKeyHasCredentials:            "cache-key-has-credentials",
	CacheEntriesReplaced:              "cache-entries-replaced",
	WildcardsNotCached:                "wildcards-not-cached",
	CachedWildcardKeepsCredentials:    "cached-wildcard-keeps-credentials",
	HEADNotExemptInCache:              "head-not-exempt-in-cache",
	CachedBeforeChecked:               "cached-before-checked",
	FailureKeepsCache:                 "failure-keeps-cache",
	AnyFailureClearsCache:             "any-failure-clears-cache",
	EmptyLocationIgnored:              "empty-location-ignored",
	RedirectErrorNeedsLocation:        "redirect-error-needs-location",
	RedirectManualNeedsURL:            "redirect-manual-needs-url",
	EmptyLocationFails:                "empty-location-fails",
	EqualLocationsAllowed:             "equal-locations-allowed",
	LocationsJoined:                   "locations-joined",
	LocationReencoded:                 "location-reencoded",
	RedirectUserinfoBlocked:           "redirect-userinfo-blocked",
	AboutBlankNotFetched:              "about-blank-not-fetched",
	NewerBadPortsAllowed:              "newer-bad-ports-allowed",
	ExposeWildcardBeforeMalformed:     "expose-wildcard-before-malformed",
	FirstContentTypeCounts:            "first-content-type-counts",
	MalformedTypesBlocked:             "malformed-types-blocked",
	CSVTypesBlocked:                   "csv-types-blocked",
	NoCORSRedirectModeFirst:           "no-cors-redirect-mode-first",
	BodilessUploadNotObserved:         "bodiless-upload-not-observed",
	UploadMethodMustBeListed:          "upload-method-must-be-listed",
	OriginForElements:                 "origin-for-elements",
	FontsWithoutCORS:                  "fonts-without-cors",
	OriginIgnoresReferrerPolicy:       "origin-ignores-referrer-policy",
	OriginIgnoresRedirectPolicy:       "origin-ignores-redirect-policy",
	OriginKeptOnRedirect:              "origin-kept-on-redirect",
	NoCORSRedirectHidesOrigin:         "no-cors-redirect-hides-origin",
	NoCORSRedirectKeepsCredentials:    "no-cors-redirect-keeps-credentials",
	RedirectCheckedWithCredentials:    "redirect-checked-with-credentials",
	PreflightAfterPreflight:           "preflight-after-preflight",
	HeadersRestoredOnRedirect:         "headers-restored-on-redirect",
	PreflightShowsOwnOrigin:           "preflight-shows-own-origin",
	DELETEBecomesGET:                  "delete-becomes-get",
	ProxyAuthenticationIsResponse:     "proxy-authentication-is-response",
	UnknownResourcePolicyPasses:       "unknown-resource-policy-passes",
	CredentiallessUnknown:             "credentialless-unknown",
	UploadMethodExemptInCache:         "upload-method-exempt-in-cache",
	StreamModeBecomesCORS:             "stream-mode-becomes-cors",
}

var differences = enum.New[Difference]("fetch: difference", differenceNames[:]...)

// String returns the difference's name, such as "wildcard-covers-authorization".
func (d Difference) String() string { return differences.String(d) }

// MarshalText returns the difference's name.
func (d Difference) MarshalText() ([]byte, error) { return differences.MarshalText(d) }

// UnmarshalText takes a difference's name, and nothing else.
func (d *Difference) UnmarshalText(text []byte) error { return differences.UnmarshalText(d, text) }
