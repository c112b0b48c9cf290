package fetch

import (
	"slices"
	"time"

	"github.com/corspec/corspec/origin"
	"github.com/corspec/corspec/safelist"
)

// An Agent is a user agent: what its fetches share. The zero value is ready. Its fields are set before the first fetch; an
// Agent must not be copied after it. Fetches may run at the same time.
type Agent struct {
	// Cache is the CORS-preflight cache.
	Cache PreflightCache

	// SuffixList is the public suffix list by which sites are told apart, such as golang.org/x/net/publicsuffix's List. Nil
	// stands for the default rule: the last label is the public suffix.
	SuffixList origin.SuffixList

	// AcceptLanguage is the user agent's default Accept-Language. It is an ordinary header to the preflight: one of more than
	// 128 bytes causes it. Empty: none is sent.
	AcceptLanguage string

	// Profile says which user agent it is. The zero value is [ProfileStandard].
	Profile Profile

	// Hooks are called where the standard calls out to others.
	Hooks Hooks
}

// Hooks stand where the standard calls out to what is not part of this package. A hook that is nil has the effect that its
// comment names. Hooks must not change the request or keep it.
type Hooks struct {
	// UpgradeInsecure says whether an http URL is fetched as https because the page's Content Security Policy upgrades
	// insecure requests. Nil: never. Main fetch, step 5.
	UpgradeInsecure func(r *Request) bool

	// AllowMixedContent says whether an http URL is fetched as it is, though the page restricts mixed content: a person may
	// have told the user agent so. Nil: never. Main fetch, steps 6 and 7.
	AllowMixedContent func(r *Request) bool

	// BlockRequest decides whether the request is blocked by Content Security Policy or by Integrity Policy. Nil: never, and a
	// Verdict that is not evaluated does not block either. Main fetch, step 7.
	BlockRequest func(r *Request) Verdict

	// KnownHSTSHost says whether the serialized host is a known HSTS host, or has an HTTPS record. Nil: none is. Hosts under
	// localhost are not asked for. Main fetch, step 10.
	KnownHSTSHost func(host string) bool

	// OverrideFetch may answer in the stead of the network. Such a response passes no CORS check: what the page must not see
	// has to be filtered already. One of a type other than [ResponseTypeDefault] is filtered and stays as it is. Nil: never.
	OverrideFetch func(r *Request) (Response, bool)

	// HandleFetch is the service worker; of the types of its responses the same holds. Nil: there is none. HTTP fetch, step 3.
	HandleFetch func(r *Request) (Response, bool)

	// BlockResponse decides whether the response is blocked: by Content Security Policy, or by what is not in the
	// standard, such as Opaque Response Blocking. Nil: never. Main fetch, step 20.
	BlockResponse func(r *Request, internal *Response) Verdict

	// CORPViolation is told of each violation of an embedder policy. Nil: nobody is.
	CORPViolation func(CORPViolation)
}

// A CORPViolation is the body of a Cross-Origin-Embedder-Policy report.
//
// https://fetch.spec.whatwg.org/#queue-a-cross-origin-embedder-policy-corp-violation-report
type CORPViolation struct {
	BlockedURL  string
	Destination Destination
	ReportOnly  bool // the disposition: "reporting", else "enforce"
	Endpoint    string
}

// Start starts to fetch the request. The error is a [*RequestError]: no check of the standard fails here. The Agent keeps
// no part of r; now is the time at which the cache is asked.
//
// https://fetch.spec.whatwg.org/#concept-fetch
func (a *Agent) Start(now time.Time, r Request) (*Machine, error) {
	if err := r.validate(); err != nil {
		return nil, err
	}
	if !safelist.IsHeaderValue(a.AcceptLanguage) {
		return nil, newHeaderValueError("Accept-Language of the agent", a.AcceptLanguage)
	}
	m := &Machine{agent: a, req: r, started: now, now: now}
	m.exchanges = m.exchangeBuffer[:0]
	m.events = m.eventBuffer[:0]
	m.req.URLList = append(m.urlBuffer[:0], r.URLList...)
	m.req.Headers = append(m.headerBuffer[:0], r.Headers...)
	m.req.NavigationTimingAllowValues = slices.Clip(r.NavigationTimingAllowValues)
	// Fetch, step 12.
	if !r.Headers.Contains("Accept") {
		m.req.Headers = append(m.req.Headers, [2]string{"Accept", defaultAccept(r.Destination)})
	}
	// Fetch, steps 13 and 14.
	if a.AcceptLanguage != "" && !r.Headers.Contains("Accept-Language") {
		m.req.Headers = append(m.req.Headers, [2]string{"Accept-Language", a.AcceptLanguage})
	}
	m.start = m.req
	if a.Profile.differs() {
		m.startVariant()
	}
	m.mainFetch()
	return m, nil
}

// defaultAccept returns the Accept that fetch gives a request of that destination.
//
// https://fetch.spec.whatwg.org/#concept-fetch
func defaultAccept(d Destination) string {
	switch d {
	case DestinationDocument, DestinationFrame, DestinationIframe:
		// https://fetch.spec.whatwg.org/#document-accept-header-value
		return "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
	case DestinationImage:
		return "image/png,image/svg+xml,image/*;q=0.8,*/*;q=0.5"
	case DestinationJSON:
		return "application/json,*/*;q=0.5"
	case DestinationStyle:
		return "text/css,*/*;q=0.1"
	case DestinationText:
		return "text/plain,*/*;q=0.5"
	}
	return "*/*"
}
