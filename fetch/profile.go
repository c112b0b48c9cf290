package fetch

import (
	"slices"
	"time"
)

// A Profile says which user agent a fetch is made by, where engines differ from the standard. It is data: a name, a set
// of differences, and the limit of max-age in the preflight cache. The functions of this package are the standard's and
// know no profile; only a [Machine] asks it, package webapi about headers, and package fetchhttp about cookies.
// Profiles of the same name and the same differences may differ by ==.
//
// A difference has a name, such as "wildcard-covers-authorization". The names are those of
// conformance/browsers/RESULTS.md, which says what was measured.
type Profile struct{ variant *variant } // nil: the standard

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

// String returns the profile's name.
func (p Profile) String() string {
	if p.variant == nil {
		return "standard"
	}
	return p.variant.name
}

// engine returns what a machine of that profile asks.
func (p Profile) engine() engine {
	if p.variant == nil {
		return standard{}
	}
	return p.variant
}

// Differences returns the profile's differences from the standard.
func (p Profile) Differences() []string {
	var l []string
	for d, of := range differences {
		if p.variant != nil && p.variant.has[d] {
			l = append(l, of.name)
		}
	}
	return l
}

// Has reports whether the profile has the difference of that name. No profile has one whose name is not known.
func (p Profile) Has(difference string) bool {
	for d, of := range differences {
		if of.name == difference {
			return p.variant != nil && p.variant.has[d]
		}
	}
	return false
}

// Without returns the profile without the differences, under the same name. It is p where p has none of them.
func (p Profile) Without(without ...string) Profile {
	if !slices.ContainsFunc(without, p.Has) {
		return p
	}
	less := *p.variant
	less.has = slices.Clone(less.has)
	for d, of := range differences {
		less.has[d] = less.has[d] && !slices.Contains(without, of.name)
	}
	return Profile{&less}
}

// The engines that have a difference.
const (
	chromium = 1 << iota
	firefox
	webkitgtk
)

// A difference says what it is called, and which engines have it. A variant finds it by its index among all.
type difference struct {
	name    string
	engines uint
}

var differences []difference

func differs(name string, engines uint) (index int) {
	differences = append(differences, difference{name, engines})
	return len(differences) - 1
}

// The differences, as a variant asks for them.
var (
	// "*" in Access-Control-Allow-Headers lets Authorization pass.
	// https://github.com/whatwg/fetch/issues/1919
	wildcardCoversAuthorization = differs("wildcard-covers-authorization", chromium|firefox|webkitgtk)
	// "*" in the preflight cache does too.
	cachedWildcardCoversAuthorization = differs("cached-wildcard-covers-authorization", webkitgtk)
	// Preflights of opaque origins are not cached. The standard's key is the serialized origin, "null".
	nullOriginNotCached = differs("null-origin-not-cached", chromium)
	// Preflights of redirect-tainted requests are not cached: each has an opaque origin of its own.
	taintedOriginNotCached = differs("tainted-origin-not-cached", chromium|webkitgtk)
	// Client hints and some headers like them, if well-formed, are CORS-safelisted request-headers.
	clientHintsSafelisted = differs("client-hints-safelisted", chromium)
	// A page cannot set User-Agent.
	userAgentForbidden = differs("user-agent-forbidden", chromium)
	// Several request headers of one name are one, with their values joined, before anything is checked.
	requestHeadersCombined = differs("request-headers-combined", chromium|webkitgtk)
	// Several request headers of one name go out as one line, with their values joined; each is judged by itself.
	requestLinesCombined = differs("request-lines-combined", firefox)
	// A range beyond 64 bits is not a range.
	malformedRangeIntegers = differs("malformed-range-integers", chromium|firefox|webkitgtk)
	// Nor is one whose numbers do not fit into 63 bits, or are the greatest that does.
	longRangeIntegersMalformed = differs("long-range-integers-malformed", chromium)
	// "BYTES=0-" is a range as "bytes=0-" is.
	rangeUnitIgnoresCase = differs("range-unit-ignores-case", webkitgtk)
	// "bytes=+1-2" is a range as "bytes=1-2" is, and so it is with form feeds and vertical tabs around the numbers.
	rangeIntegersMayHaveSign = differs("range-integers-may-have-sign", webkitgtk)
	// Request-header values with bytes above 0x7F are not CORS-safelisted.
	nonASCIIValuesUnsafe = differs("non-ascii-values-unsafe", firefox)
	// Access-Control-Request-Headers lists a name as often as the request has the header.
	unsafeNamesRepeated = differs("unsafe-names-repeated", firefox)
	// CORS-safelisted request-headers have no limit together.
	sumOfValuesUnlimited = differs("sum-of-values-unlimited", firefox)
	// Of request headers that HTTP allows once, one goes out: the first Content-Type, the last of others.
	oneOfSingleHeaders = differs("one-of-single-headers", firefox)
	// Bytes above 0x7F in request headers go out as two bytes, the UTF-8 of the character of that number.
	requestValuesAsUTF8 = differs("request-values-as-utf8", webkitgtk)
	// A negative Access-Control-Max-Age means not to cache, where the standard takes it for malformed: 5 seconds.
	negativeMaxAgeIsZero = differs("negative-max-age-is-zero", chromium|webkitgtk)
	// An Access-Control-Max-Age that is not a number means not to cache.
	malformedMaxAgeNotCached = differs("malformed-max-age-not-cached", firefox)
	// An Access-Control-Max-Age may have a plus sign.
	maxAgeMayHavePlus = differs("max-age-may-have-plus", chromium|webkitgtk)
	// An Access-Control-Max-Age that does not fit into 63 bits is malformed, where the standard takes it for the most.
	longMaxAgeMalformed = differs("long-max-age-malformed", chromium|webkitgtk)
	// An Access-Control-Max-Age may have form feeds and vertical tabs around it.
	maxAgeTrimmed = differs("max-age-trimmed", webkitgtk)
	// An empty fragment of a request's first URL is as none to the cache.
	emptyFragmentNotInKey = differs("empty-fragment-not-in-key", firefox)
	// Requests without credentials do not use what requests with credentials have cached.
	cacheKeyHasCredentials = differs("cache-key-has-credentials", firefox)
	// A new preflight takes the place of the one before, which is removed where it does not suffice.
	cacheEntriesReplaced = differs("cache-entries-replaced", chromium|webkitgtk)
	// A "*" that was cached matches nothing.
	wildcardsNotCached = differs("wildcards-not-cached", firefox)
	// A "*" that was cached with credentials is not a wildcard for requests without either.
	cachedWildcardKeepsCredentials = differs("cached-wildcard-keeps-credentials", chromium)
	// HEAD has to be listed for a cached preflight to cover it.
	headNotExemptInCache = differs("head-not-exempt-in-cache", firefox)
	// A preflight is cached as soon as it passes the CORS check, even if it allows not what was asked for.
	cachedBeforeChecked = differs("cached-before-checked", webkitgtk)
	// A request that fails after its preflight leaves the cache as it is.
	failureKeepsCache = differs("failure-keeps-cache", chromium|webkitgtk)
	// Any CORS request that fails clears the entries of the URL that was asked last, preflight or not; except by an
	// abort, if it had none, and by redirect mode "error".
	anyFailureClearsCache = differs("any-failure-clears-cache", firefox)
	// Statuses from 309 to 399 are redirects, if there is a Location.
	unassignedStatusesRedirect = differs("unassigned-statuses-redirect", webkitgtk)
	// A redirect with an empty Location is not a redirect.
	emptyLocationIgnored = differs("empty-location-ignored", chromium)
	// With redirect mode "error", a redirect status without a Location, or with an empty one, is not a redirect.
	redirectErrorNeedsLocation = differs("redirect-error-needs-location", chromium|webkitgtk)
	// With redirect mode "manual", a Location that is not a URL is a network error.
	redirectManualNeedsURL = differs("redirect-manual-needs-url", chromium)
	// A redirect with an empty Location is a network error.
	emptyLocationFails = differs("empty-location-fails", webkitgtk)
	// Several Location lines count as one where they are equal.
	equalLocationsAllowed = differs("equal-locations-allowed", chromium|firefox)
	// Several Location lines are joined by ", " to one URL.
	locationsJoined = differs("locations-joined", webkitgtk)
	// The bytes of a Location above 0x7F, if UTF-8, are each taken for a character; others for U+FFFD before.
	locationReencoded = differs("location-reencoded", webkitgtk)
	// A redirect to a URL with a user name or password is blocked in every mode.
	redirectUserinfoBlocked = differs("redirect-userinfo-blocked", chromium)
	// Images, audio and video are not upgraded as mixed content, and not blocked; except for images of a srcset.
	imagesAsMixedContent = differs("images-as-mixed-content", firefox)
	// Nor are those that a redirect leads from https to http, unless it leads to an IP address.
	redirectedImagesAsMixedContent = differs("redirected-images-as-mixed-content", chromium)
	// What is http is mixed content on this machine too; except for images, other than of a srcset, audio and video, if
	// no redirect leads there.
	loopbackIsMixedContent = differs("loopback-is-mixed-content", webkitgtk)
	// What a redirect leads to is blocked as mixed content once its preflight has been made.
	mixedContentAfterPreflight = differs("mixed-content-after-preflight", webkitgtk)
	// A referrer is downgraded where its scheme is https and the URL's is not: what is on this machine is not spared.
	referrerDowngradedByScheme = differs("referrer-downgraded-by-scheme", chromium|firefox|webkitgtk)
	// Across sites, a laxer referrer policy than the default one counts as that. The next hop forgets it, unless the
	// redirect brings a policy.
	laxReferrerPoliciesTightened = differs("lax-referrer-policies-tightened", firefox)
	// Across sites, no more than the referrer's origin goes out.
	crossSiteReferrersCut = differs("cross-site-referrers-cut", webkitgtk)
	// A preflight has the referrer of the first hop.
	preflightHasFirstReferrer = differs("preflight-has-first-referrer", webkitgtk)
	// about:blank cannot be fetched.
	aboutBlankNotFetched = differs("about-blank-not-fetched", chromium|webkitgtk)
	// Ports 4190 and 6679, which the standard added last, are not blocked.
	newerBadPortsAllowed = differs("newer-bad-ports-allowed", chromium)
	// "*" in Access-Control-Expose-Headers counts if what is malformed comes after it.
	exposeWildcardBeforeMalformed = differs("expose-wildcard-before-malformed", firefox)
	// Of several types in Content-Type the first counts, whether or not it is one.
	firstContentTypeCounts = differs("first-content-type-counts", webkitgtk)
	// Scripts are blocked by how Content-Type begins, as "image/", even where it is not a MIME type.
	malformedTypesBlocked = differs("malformed-types-blocked", chromium|firefox|webkitgtk)
	// Scripts are blocked by all types that begin with "text/csv".
	csvTypesBlocked = differs("csv-types-blocked", chromium|firefox)
	// With mode "no-cors", redirect modes other than "follow" are refused for data: URLs too.
	noCORSRedirectModeFirst = differs("no-cors-redirect-mode-first", webkitgtk)
	// Listening to the upload of a request without a body causes no preflight.
	bodilessUploadNotObserved = differs("bodiless-upload-not-observed", chromium)
	// With the use-CORS-preflight flag as without it, a method has to be listed by the preflight.
	uploadMethodMustBeListed = differs("upload-method-must-be-listed", chromium|firefox|webkitgtk)
	// Elements with a crossorigin attribute send Origin to their own origin too.
	originForElements = differs("origin-for-elements", chromium|webkitgtk)
	// Fonts are fetched as images are, with mode "no-cors" and with credentials.
	fontsWithoutCORS = differs("fonts-without-cors", webkitgtk)
	// Outside of CORS, the referrer policy does not hide Origin.
	originIgnoresReferrerPolicy = differs("origin-ignores-referrer-policy", chromium)
	// A referrer policy that a redirect sets does not hide Origin.
	originIgnoresRedirectPolicy = differs("origin-ignores-redirect-policy", webkitgtk)
	// A request that becomes GET by a redirect keeps the Origin that it had.
	originKeptOnRedirect = differs("origin-kept-on-redirect", webkitgtk)
	// Outside of CORS, Origin is "null" after any redirect to another origin.
	noCORSRedirectHidesOrigin = differs("no-cors-redirect-hides-origin", chromium)
	// Outside of CORS, credentials that went to the page's origin go along to where it redirects.
	noCORSRedirectKeepsCredentials = differs("no-cors-redirect-keeps-credentials", webkitgtk)
	// With credentials mode "same-origin", a redirect of what began at its own origin has to allow credentials.
	redirectCheckedWithCredentials = differs("redirect-checked-with-credentials", webkitgtk)
	// What needed a preflight at first needs one after every redirect, though it be simple by then.
	preflightAfterPreflight = differs("preflight-after-preflight", firefox|webkitgtk)
	// Headers that a redirect has removed come back with the next; Authorization in its preflight only.
	headersRestoredOnRedirect = differs("headers-restored-on-redirect", webkitgtk)
	// A preflight's Origin is the page's even where the request's is "null" after redirects.
	preflightShowsOwnOrigin = differs("preflight-shows-own-origin", firefox)
	// A redirect to another origin turns DELETE into GET.
	deleteBecomesGET = differs("delete-becomes-get", webkitgtk)
	// Sec-Fetch-Site of a preflight is about the current URL alone.
	preflightSiteOfCurrentURL = differs("preflight-site-of-current-url", chromium|firefox)
	// Sec-Fetch-Site of a preflight is "cross-site" where redirects have tainted the request.
	taintedPreflightsCrossSite = differs("tainted-preflights-cross-site", webkitgtk)
	// A preflight has Sec-Fetch-Mode even if the URL is not potentially trustworthy.
	preflightModeAlwaysSent = differs("preflight-mode-always-sent", chromium)
	// The handshakes of WebSockets have no Fetch metadata.
	webSocketsWithoutMetadata = differs("websockets-without-metadata", chromium)
	// A preflight has Fetch metadata only if the first URL was potentially trustworthy.
	preflightMetadataLikeFirst = differs("preflight-metadata-like-first", webkitgtk)
	// Sec-Fetch-Site of a page that is potentially trustworthy is "same-site" even if the schemes differ.
	siteIgnoresScheme = differs("site-ignores-scheme", firefox)
	// A redirect by a URL of http makes of "same-site" a "cross-site".
	httpRedirectsCrossSite = differs("http-redirects-cross-site", firefox)
	// With mode "cors", a redirect to another origin takes off what fetching has added, except for Origin and Referer.
	addedHeadersLostOnRedirect = differs("added-headers-lost-on-redirect", webkitgtk)
	// A preflight has the headers of the request's cache mode.
	preflightHasCacheMode = differs("preflight-has-cache-mode", chromium|firefox)
	// Cache modes "no-store" and "reload" ask for a preflight even if the cache covers it.
	cacheModeSkipsPreflightCache = differs("cache-mode-skips-preflight-cache", chromium|firefox)
	// So does "no-cache".
	noCacheSkipsPreflightCache = differs("no-cache-skips-preflight-cache", chromium)
	// Preflights of requests with cache mode "no-store" are not cached.
	noStorePreflightsNotCached = differs("no-store-preflights-not-cached", chromium)
	// A request that its author made conditional has cache mode "no-cache".
	conditionalRequestsRevalidate = differs("conditional-requests-revalidate", chromium)
	// Requests from which the embedder policy takes the credentials have cache mode "reload".
	credentiallessSkipsCache = differs("credentialless-skips-cache", chromium)
	// What only the HTTP cache may answer is sent.
	onlyIfCachedIsSent = differs("only-if-cached-is-sent", webkitgtk)
	// A page gets a response with status 407 as it gets others, if no proxy is set.
	proxyAuthenticationIsResponse = differs("proxy-authentication-is-response", firefox|webkitgtk)
	// A Cross-Origin-Resource-Policy with another value than the three is not defaulted by the embedder policy.
	unknownResourcePolicyPasses = differs("unknown-resource-policy-passes", firefox)
	// The embedder policy "credentialless" is as none.
	credentiallessUnknown = differs("credentialless-unknown", webkitgtk)
	// With the use-CORS-preflight flag too, a cached preflight covers CORS-safelisted methods that it does not list.
	uploadMethodExemptInCache = differs("upload-method-exempt-in-cache", chromium|firefox|webkitgtk)
	// A request whose body is a stream is made with CORS even if its mode is "same-origin".
	streamModeBecomesCORS = differs("stream-mode-becomes-cors", chromium)

	// No fetch of a [Machine] shows the last ones, which are about what keeps cookies.

	// A cookie without SameSite is for requests across sites as well. By RFC 6265bis it is as one with SameSite=Lax.
	_ = differs("cookies-cross-site-by-default", firefox|webkitgtk)
	// A request within the site is one even after a redirect by another site.
	_ = differs("same-site-ignores-redirects", chromium|webkitgtk)
)

// The profiles. Those of engines describe what was measured in Chromium 156.0.8078.108, Firefox 153.8.0esr and
// WebKitGTK 2.50.6; the module conformance/browsers measures it again. Only the limits of max-age are as the engines'
// sources have them.
var (
	// ProfileStandard is the user agent of the standard: no differences. It is the zero Profile.
	ProfileStandard = Profile{}

	// These stand after the differences, of which they are made.

	ProfileChromium  = newProfile("chromium", chromium, 7200*time.Second)
	ProfileFirefox   = newProfile("firefox", firefox, 86400*time.Second)
	ProfileWebKitGTK = newProfile("webkitgtk", webkitgtk, 600*time.Second)
)

func newProfile(name string, engine uint, maxAge time.Duration) Profile {
	v := &variant{name: name, maxAge: maxAge, has: make([]bool, len(differences))}
	for d, of := range differences {
		v.has[d] = of.engines&engine != 0
	}
	return Profile{v}
}
