package fetch

// A Difference is one thing that some engine does otherwise than the standard, by its name, such as
// "wildcard-covers-authorization". The names are those of conformance/browsers/RESULTS.md, which says what was
// measured.
type Difference string

// The differences of what keeps cookies. No fetch of a [Machine] shows them; package fetchhttp heeds them.
const (
	// DifferenceCookiesCrossSiteByDefault is that a cookie without SameSite is for requests across sites as well. By
	// RFC 6265bis it is as one with SameSite=Lax.
	DifferenceCookiesCrossSiteByDefault Difference = "cookies-cross-site-by-default"

	// DifferenceSameSiteIgnoresRedirects is that a request within the site is one even after a redirect by another
	// site.
	//
	// https://fetch.spec.whatwg.org/#determine-the-same-site-mode
	DifferenceSameSiteIgnoresRedirects Difference = "same-site-ignores-redirects"
)

// The engines that have a difference.
const (
	chromium = 1 << iota
	firefox
	webkitgtk
)

// The differences, as a variant asks for them.
const (
	// "*" in Access-Control-Allow-Headers lets Authorization pass.
	// https://github.com/whatwg/fetch/issues/1919
	wildcardCoversAuthorization = iota
	// "*" in the preflight cache does too.
	cachedWildcardCoversAuthorization
	// Preflights of opaque origins are not cached. The standard's key is the serialized origin, "null".
	nullOriginNotCached
	// Preflights of redirect-tainted requests are not cached: each has an opaque origin of its own.
	taintedOriginNotCached
	// Client hints and some headers like them, with values that are as they should be, are CORS-safelisted
	// request-headers.
	clientHintsSafelisted
	// A page cannot set User-Agent.
	userAgentForbidden
	// Several request headers of one name are one, with their values joined, before anything is checked.
	requestHeadersCombined
	// Several request headers of one name go out as one line, with their values joined; each is judged by itself.
	requestLinesCombined
	// A range beyond 64 bits is not a range.
	malformedRangeIntegers
	// Nor is one whose numbers do not fit into 63 bits, or are the greatest that does.
	longRangeIntegersMalformed
	// "BYTES=0-" is a range as "bytes=0-" is.
	rangeUnitIgnoresCase
	// "bytes=+1-2" is a range as "bytes=1-2" is, and so it is with form feeds and vertical tabs around the numbers.
	rangeIntegersMayHaveSign
	// Request-header values with bytes above 0x7F are not CORS-safelisted.
	nonASCIIValuesUnsafe
	// Access-Control-Request-Headers lists a name as often as the request has the header.
	unsafeNamesRepeated
	// CORS-safelisted request-headers have no limit together.
	sumOfValuesUnlimited
	// Of several request headers of a name that HTTP allows once, one goes out: the first Content-Type, the last of
	// others.
	oneOfSingleHeaders
	// Bytes above 0x7F in request headers go out as two bytes, the UTF-8 of the character of that number.
	requestValuesAsUTF8
	// A negative Access-Control-Max-Age means not to cache, where the standard takes it for malformed: 5 seconds.
	negativeMaxAgeIsZero
	// An Access-Control-Max-Age that is not a number means not to cache.
	malformedMaxAgeNotCached
	// An Access-Control-Max-Age may have a plus sign.
	maxAgeMayHavePlus
	// An Access-Control-Max-Age that does not fit into 63 bits is malformed, where the standard takes it for the most.
	longMaxAgeMalformed
	// An Access-Control-Max-Age may have form feeds and vertical tabs around it.
	maxAgeTrimmed
	// An empty fragment of a request's first URL is as none to the cache.
	emptyFragmentNotInKey
	// Requests without credentials do not use what requests with credentials have cached.
	cacheKeyHasCredentials
	// A new preflight takes the place of the one before, which is removed where it does not suffice.
	cacheEntriesReplaced
	// A "*" that was cached matches nothing.
	wildcardsNotCached
	// A "*" that was cached with credentials is not a wildcard for requests without either.
	cachedWildcardKeepsCredentials
	// HEAD has to be listed for a cached preflight to cover it.
	headNotExemptInCache
	// A preflight is cached as soon as it passes the CORS check, even if it allows not what was asked for.
	cachedBeforeChecked
	// A request that fails after its preflight leaves the cache as it is.
	failureKeepsCache
	// Any CORS request that fails clears the entries of the URL that was asked last, preflight or not; except by an
	// abort, if it had none, and by redirect mode "error".
	anyFailureClearsCache
	// Statuses from 309 to 399 are redirects, if there is a Location.
	unassignedStatusesRedirect
	// A redirect with an empty Location is not a redirect.
	emptyLocationIgnored
	// With redirect mode "error", a redirect status without a Location, or with an empty one, is not a redirect.
	redirectErrorNeedsLocation
	// With redirect mode "manual", a Location that is not a URL is a network error.
	redirectManualNeedsURL
	// A redirect with an empty Location is a network error.
	emptyLocationFails
	// Several Location lines count as one where they are equal.
	equalLocationsAllowed
	// Several Location lines are joined by ", " to one URL.
	locationsJoined
	// The bytes of a Location above 0x7F, if they are UTF-8, are each taken for a character; others for U+FFFD
	// before.
	locationReencoded
	// A redirect to a URL with a user name or password is blocked in every mode.
	redirectUserinfoBlocked
	// Images are not upgraded as mixed content, and not blocked.
	imagesAsMixedContent
	// Nor are images that a redirect leads from https to http, unless it leads to an IP address.
	redirectedImagesAsMixedContent
	// What is http is mixed content on this machine too; except for images, if no redirect leads there.
	loopbackIsMixedContent
	// What a redirect leads to is blocked as mixed content once its preflight has been made.
	mixedContentAfterPreflight
	// A referrer is downgraded where its scheme is https and the URL's is not: what is on this machine is not spared.
	referrerDowngradedByScheme
	// Across sites, a laxer referrer policy than the default one counts as that. The next hop forgets it, unless the
	// redirect brings a policy.
	laxReferrerPoliciesTightened
	// Across sites, no more than the referrer's origin goes out.
	crossSiteReferrersCut
	// A preflight has the referrer of the first hop.
	preflightHasFirstReferrer
	// about:blank cannot be fetched.
	aboutBlankNotFetched
	// Ports 4190 and 6679, which the standard added last, are not blocked.
	newerBadPortsAllowed
	// "*" in Access-Control-Expose-Headers counts if what is malformed comes after it.
	exposeWildcardBeforeMalformed
	// Of several types in Content-Type the first counts, whether or not it is one.
	firstContentTypeCounts
	// Scripts are blocked by how Content-Type begins, as "image/", even where it is not a MIME type.
	malformedTypesBlocked
	// Scripts are blocked by all types that begin with "text/csv".
	csvTypesBlocked
	// With mode "no-cors", redirect modes other than "follow" are refused for data: URLs too.
	noCORSRedirectModeFirst
	// Listening to the upload of a request without a body causes no preflight.
	bodilessUploadNotObserved
	// With the use-CORS-preflight flag as without it, a method has to be listed by the preflight.
	uploadMethodMustBeListed
	// Elements with a crossorigin attribute send Origin to their own origin too.
	originForElements
	// Fonts are fetched as images are, with mode "no-cors" and with credentials.
	fontsWithoutCORS
	// Outside of CORS, the referrer policy does not hide Origin.
	originIgnoresReferrerPolicy
	// A referrer policy that a redirect sets does not hide Origin.
	originIgnoresRedirectPolicy
	// A request that becomes GET by a redirect keeps the Origin that it had.
	originKeptOnRedirect
	// Outside of CORS, Origin is "null" after any redirect to another origin.
	noCORSRedirectHidesOrigin
	// Outside of CORS, credentials that went to the page's origin go along to where it redirects.
	noCORSRedirectKeepsCredentials
	// A redirect that answers a request with credentials mode "same-origin" that began at its own origin has to allow
	// credentials.
	redirectCheckedWithCredentials
	// What needed a preflight at first needs one after every redirect, though it be simple by then.
	preflightAfterPreflight
	// Headers that a redirect has removed come back with the next one. Authorization does not, but is asked for by
	// the preflight.
	headersRestoredOnRedirect
	// A preflight's Origin is the page's even where the request's is "null" after redirects.
	preflightShowsOwnOrigin
	// A redirect to another origin turns DELETE into GET.
	deleteBecomesGET
	// Sec-Fetch-Site of a preflight is about the current URL alone.
	preflightSiteOfCurrentURL
	// Sec-Fetch-Site of a preflight is "cross-site" where redirects have tainted the request.
	taintedPreflightsCrossSite
	// A preflight has Sec-Fetch-Mode even if the URL is not potentially trustworthy.
	preflightModeAlwaysSent
	// The handshakes of WebSockets have no Fetch metadata.
	webSocketsWithoutMetadata
	// A preflight has Fetch metadata only if the first URL was potentially trustworthy.
	preflightMetadataLikeFirst
	// Sec-Fetch-Site of a page that is potentially trustworthy is "same-site" even if the schemes differ.
	siteIgnoresScheme
	// A redirect by a URL of http makes of "same-site" a "cross-site".
	httpRedirectsCrossSite
	// With mode "cors", a redirect to another origin takes off what fetching has added, except for Origin and Referer.
	addedHeadersLostOnRedirect
	// A preflight has the headers of the request's cache mode.
	preflightHasCacheMode
	// Cache modes "no-store" and "reload" ask for a preflight even if the cache covers it.
	cacheModeSkipsPreflightCache
	// So does "no-cache".
	noCacheSkipsPreflightCache
	// Preflights of requests with cache mode "no-store" are not cached.
	noStorePreflightsNotCached
	// A request that its author made conditional has cache mode "no-cache".
	conditionalRequestsRevalidate
	// Requests from which the embedder policy takes the credentials have cache mode "reload".
	credentiallessSkipsCache
	// What only the HTTP cache may answer is sent.
	onlyIfCachedIsSent
	// A response with status 407 is one like others if there is no proxy.
	proxyAuthenticationIsResponse
	// A Cross-Origin-Resource-Policy with another value than the three is not defaulted by the embedder policy.
	unknownResourcePolicyPasses
	// The embedder policy "credentialless" is as none.
	credentiallessUnknown
	// With the use-CORS-preflight flag as without it, a cached preflight covers CORS-safelisted methods that it does
	// not list.
	uploadMethodExemptInCache
	// A request whose body is a stream is made with CORS even if its mode is "same-origin".
	streamModeBecomesCORS
	// Those of cookies.
	cookiesCrossSiteByDefault
	sameSiteIgnoresRedirects
)

// differences says of each what it is called, and which engines have it.
var differences = [...]struct {
	name    Difference
	engines uint
}{
	wildcardCoversAuthorization:       {"wildcard-covers-authorization", chromium | firefox | webkitgtk},
	cachedWildcardCoversAuthorization: {"cached-wildcard-covers-authorization", webkitgtk},
	nullOriginNotCached:               {"null-origin-not-cached", chromium},
	taintedOriginNotCached:            {"tainted-origin-not-cached", chromium | webkitgtk},
	clientHintsSafelisted:             {"client-hints-safelisted", chromium},
	userAgentForbidden:                {"user-agent-forbidden", chromium},
	requestHeadersCombined:            {"request-headers-combined", chromium | webkitgtk},
	requestLinesCombined:              {"request-lines-combined", firefox},
	malformedRangeIntegers:            {"malformed-range-integers", chromium | firefox | webkitgtk},
	longRangeIntegersMalformed:        {"long-range-integers-malformed", chromium},
	rangeUnitIgnoresCase:              {"range-unit-ignores-case", webkitgtk},
	rangeIntegersMayHaveSign:          {"range-integers-may-have-sign", webkitgtk},
	nonASCIIValuesUnsafe:              {"non-ascii-values-unsafe", firefox},
	unsafeNamesRepeated:               {"unsafe-names-repeated", firefox},
	sumOfValuesUnlimited:              {"sum-of-values-unlimited", firefox},
	oneOfSingleHeaders:                {"one-of-single-headers", firefox},
	requestValuesAsUTF8:               {"request-values-as-utf8", webkitgtk},
	negativeMaxAgeIsZero:              {"negative-max-age-is-zero", chromium | webkitgtk},
	malformedMaxAgeNotCached:          {"malformed-max-age-not-cached", firefox},
	maxAgeMayHavePlus:                 {"max-age-may-have-plus", chromium | webkitgtk},
	longMaxAgeMalformed:               {"long-max-age-malformed", chromium | webkitgtk},
	maxAgeTrimmed:                     {"max-age-trimmed", webkitgtk},
	emptyFragmentNotInKey:             {"empty-fragment-not-in-key", firefox},
	cacheKeyHasCredentials:            {"cache-key-has-credentials", firefox},
	cacheEntriesReplaced:              {"cache-entries-replaced", chromium | webkitgtk},
	wildcardsNotCached:                {"wildcards-not-cached", firefox},
	cachedWildcardKeepsCredentials:    {"cached-wildcard-keeps-credentials", chromium},
	headNotExemptInCache:              {"head-not-exempt-in-cache", firefox},
	cachedBeforeChecked:               {"cached-before-checked", webkitgtk},
	failureKeepsCache:                 {"failure-keeps-cache", chromium | webkitgtk},
	anyFailureClearsCache:             {"any-failure-clears-cache", firefox},
	unassignedStatusesRedirect:        {"unassigned-statuses-redirect", webkitgtk},
	emptyLocationIgnored:              {"empty-location-ignored", chromium},
	redirectErrorNeedsLocation:        {"redirect-error-needs-location", chromium | webkitgtk},
	redirectManualNeedsURL:            {"redirect-manual-needs-url", chromium},
	emptyLocationFails:                {"empty-location-fails", webkitgtk},
	equalLocationsAllowed:             {"equal-locations-allowed", chromium | firefox},
	locationsJoined:                   {"locations-joined", webkitgtk},
	locationReencoded:                 {"location-reencoded", webkitgtk},
	redirectUserinfoBlocked:           {"redirect-userinfo-blocked", chromium},
	imagesAsMixedContent:              {"images-as-mixed-content", firefox},
	redirectedImagesAsMixedContent:    {"redirected-images-as-mixed-content", chromium},
	loopbackIsMixedContent:            {"loopback-is-mixed-content", webkitgtk},
	mixedContentAfterPreflight:        {"mixed-content-after-preflight", webkitgtk},
	referrerDowngradedByScheme:        {"referrer-downgraded-by-scheme", chromium | firefox | webkitgtk},
	laxReferrerPoliciesTightened:      {"lax-referrer-policies-tightened", firefox},
	crossSiteReferrersCut:             {"cross-site-referrers-cut", webkitgtk},
	preflightHasFirstReferrer:         {"preflight-has-first-referrer", webkitgtk},
	aboutBlankNotFetched:              {"about-blank-not-fetched", chromium | webkitgtk},
	newerBadPortsAllowed:              {"newer-bad-ports-allowed", chromium},
	exposeWildcardBeforeMalformed:     {"expose-wildcard-before-malformed", firefox},
	firstContentTypeCounts:            {"first-content-type-counts", webkitgtk},
	malformedTypesBlocked:             {"malformed-types-blocked", chromium | firefox | webkitgtk},
	csvTypesBlocked:                   {"csv-types-blocked", chromium | firefox},
	noCORSRedirectModeFirst:           {"no-cors-redirect-mode-first", webkitgtk},
	bodilessUploadNotObserved:         {"bodiless-upload-not-observed", chromium},
	uploadMethodMustBeListed:          {"upload-method-must-be-listed", chromium | firefox | webkitgtk},
	originForElements:                 {"origin-for-elements", chromium | webkitgtk},
	fontsWithoutCORS:                  {"fonts-without-cors", webkitgtk},
	originIgnoresReferrerPolicy:       {"origin-ignores-referrer-policy", chromium},
	originIgnoresRedirectPolicy:       {"origin-ignores-redirect-policy", webkitgtk},
	originKeptOnRedirect:              {"origin-kept-on-redirect", webkitgtk},
	noCORSRedirectHidesOrigin:         {"no-cors-redirect-hides-origin", chromium},
	noCORSRedirectKeepsCredentials:    {"no-cors-redirect-keeps-credentials", webkitgtk},
	redirectCheckedWithCredentials:    {"redirect-checked-with-credentials", webkitgtk},
	preflightAfterPreflight:           {"preflight-after-preflight", firefox | webkitgtk},
	headersRestoredOnRedirect:         {"headers-restored-on-redirect", webkitgtk},
	preflightShowsOwnOrigin:           {"preflight-shows-own-origin", firefox},
	deleteBecomesGET:                  {"delete-becomes-get", webkitgtk},
	preflightSiteOfCurrentURL:         {"preflight-site-of-current-url", chromium | firefox},
	taintedPreflightsCrossSite:        {"tainted-preflights-cross-site", webkitgtk},
	preflightModeAlwaysSent:           {"preflight-mode-always-sent", chromium},
	webSocketsWithoutMetadata:         {"websockets-without-metadata", chromium},
	preflightMetadataLikeFirst:        {"preflight-metadata-like-first", webkitgtk},
	siteIgnoresScheme:                 {"site-ignores-scheme", firefox},
	httpRedirectsCrossSite:            {"http-redirects-cross-site", firefox},
	addedHeadersLostOnRedirect:        {"added-headers-lost-on-redirect", webkitgtk},
	preflightHasCacheMode:             {"preflight-has-cache-mode", chromium | firefox},
	cacheModeSkipsPreflightCache:      {"cache-mode-skips-preflight-cache", chromium | firefox},
	noCacheSkipsPreflightCache:        {"no-cache-skips-preflight-cache", chromium},
	noStorePreflightsNotCached:        {"no-store-preflights-not-cached", chromium},
	conditionalRequestsRevalidate:     {"conditional-requests-revalidate", chromium},
	credentiallessSkipsCache:          {"credentialless-skips-cache", chromium},
	onlyIfCachedIsSent:                {"only-if-cached-is-sent", webkitgtk},
	proxyAuthenticationIsResponse:     {"proxy-authentication-is-response", firefox | webkitgtk},
	unknownResourcePolicyPasses:       {"unknown-resource-policy-passes", firefox},
	credentiallessUnknown:             {"credentialless-unknown", webkitgtk},
	uploadMethodExemptInCache:         {"upload-method-exempt-in-cache", chromium | firefox | webkitgtk},
	streamModeBecomesCORS:             {"stream-mode-becomes-cors", chromium},
	cookiesCrossSiteByDefault:         {DifferenceCookiesCrossSiteByDefault, firefox | webkitgtk},
	sameSiteIgnoresRedirects:          {DifferenceSameSiteIgnoresRedirects, chromium | webkitgtk},
}
