package fetch

import (
	"fmt"

	"github.com/corspec/corspec/internal/header"
	"github.com/corspec/corspec/internal/quote"
	"github.com/corspec/corspec/origin"
	"github.com/corspec/corspec/safelist"
)

// A Request is the standard's request, as far as the decisions of this package depend on it. Fields that are not set
// have the standard's default. [NewRequest] makes the request that a page's fetch() would.
//
// The functions of this package read it and do not change it.
//
// https://fetch.spec.whatwg.org/#concept-request
type Request struct {
	Method         string
	URLList        []origin.URL // at least one; the last is the current URL
	Headers        HeaderList   // the author's headers; the caller gates them as the page's API does
	Origin         origin.Origin
	Mode           Mode
	Credentials    CredentialsMode
	Cache          CacheMode
	Redirect       RedirectMode
	ReferrerPolicy ReferrerPolicy
	Destination    Destination
	Initiator      Initiator
	Body           Body

	// Keepalive says that the request may outlive the page. BodyLength is how many bytes a body has, and
	// InflightKeepaliveBytes how many those of the page's other keepalive requests have that are under way. Together
	// they may have 64 KiB.
	Keepalive              bool
	BodyLength             int64
	InflightKeepaliveBytes int64

	// Referrer is the URL that the request's referrer stands for, such as the page's; the zero URL means that there is
	// no referrer, and so does one with a local scheme, such as about:blank.
	Referrer origin.URL

	// UnsafeRequest is the unsafe-request flag, set by fetch() and XMLHttpRequest: the method and the headers come from
	// an author and can need a preflight. UseCORSPreflight is the use-CORS-preflight flag, set by upload listeners and
	// bodies that are streams.
	UnsafeRequest    bool
	UseCORSPreflight bool
	LocalURLsOnly    bool

	// UseURLCredentials is the use-URL-credentials flag: the URL's user name and password are tried before anybody is
	// asked.
	UseURLCredentials bool

	// PartitionKey stands for the network partition key of the request's client. "" is null; null matches null.
	PartitionKey string

	// EmbedderPolicy is that of the request's client. MixedContent says whether the client restricts mixed content.
	EmbedderPolicy EmbedderPolicy
	MixedContent   MixedContent

	// UserActivation says that a person caused this navigation on a page, UserInitiated that one did so without any
	// page, as in the address bar.
	UserActivation bool
	UserInitiated  bool

	// State that the fetch changes as it goes.
	ResponseTainting  Tainting
	TimingAllowFailed bool
	RedirectCount     int
}

// malformed is the error for a part of a request, before anything is sent: what was there, which byte is at fault
// unless it is negative, and what is wrong and what to do.
func malformed(field, value string, offset int, reason string) error {
	if offset < 0 {
		return fmt.Errorf("fetch: request: %s %s: %s", field, quote.Quote(value), reason)
	}
	return fmt.Errorf("fetch: request: %s %s, byte %d: %s", field, quote.Quote(value), offset, reason)
}

// NewRequest returns the request that fetch(url, {method}) makes on a page of that origin: mode "cors", credentials
// mode "same-origin", redirect mode "follow", the unsafe-request flag set. The method is normalized; the URL has to be
// absolute. It fails as the Request constructor does, of which package webapi has the whole: for a method that is not a
// token or that is forbidden, for a URL that does not parse or that includes credentials.
//
// https://fetch.spec.whatwg.org/#dom-request
func NewRequest(method, url string, page origin.Origin) (Request, error) {
	// new Request(input, init), steps 5.1 and 5.2.
	u, err := origin.ParseURL(url, nil)
	if err != nil {
		return Request{}, fmt.Errorf("fetch: request: %w", err)
	}
	// new Request(input, init), step 5.3.
	if u.IncludesCredentials() {
		return Request{}, malformed("URL", url, -1, "includes credentials; send an Authorization header instead")
	}
	// new Request(input, init), steps 12 and 25.
	if safelist.IsForbiddenMethod(method) {
		return Request{}, malformed("Method", method, -1, "a forbidden method; pages cannot send it")
	}
	r := Request{Method: safelist.NormalizeMethod(method), URLList: []origin.URL{u}, Origin: page, Mode: ModeCORS, UnsafeRequest: true}
	if err := r.validate(); err != nil {
		return Request{}, err
	}
	return r, nil
}

// indexUnsendable returns the index of the first byte of a header value with which it cannot be sent, or -1. White
// space around it is not in the way: combining "1" and "" makes a value that ends with a space.
func indexUnsendable(value string) int {
	for i := range len(value) {
		if c := value[i]; c == 0 || c == '\r' || c == '\n' {
			return i
		}
	}
	return -1
}

const unsendable = "not a header value; remove the NUL, CR or LF"

// CurrentURL returns the last URL of the URL list, or the zero URL.
//
// https://fetch.spec.whatwg.org/#concept-request-current-url
func (r *Request) CurrentURL() origin.URL {
	if len(r.URLList) == 0 {
		return origin.URL{}
	}
	return r.URLList[len(r.URLList)-1]
}

// isNavigation reports whether r is a navigation request.
//
// https://fetch.spec.whatwg.org/#navigation-request
func (r *Request) isNavigation() bool {
	switch r.Destination {
	case DestinationDocument, DestinationEmbed, DestinationFrame, DestinationIframe, DestinationObject:
		return true
	}
	return false
}

// validate checks what the pure functions take for granted.
func (r *Request) validate() error {
	if !safelist.IsMethod(r.Method) {
		return malformed("Method", r.Method, header.IndexNonToken(r.Method), "not a method; it has to be a token, such as GET")
	}
	if len(r.URLList) == 0 {
		return malformed("URLList", "", -1, "empty; it needs the URL to fetch")
	}
	for i, u := range r.URLList {
		if !u.IsValid() {
			return malformed(fmt.Sprintf("URLList[%d]", i), "", -1, "the zero URL; use origin.ParseURL")
		}
	}
	if !r.Origin.IsValid() {
		return malformed("Origin", "", -1, "the zero Origin; use origin.Parse or origin.NewOpaque")
	}
	for i, h := range r.Headers {
		if !safelist.IsHeaderName(h[0]) {
			return malformed(fmt.Sprintf("Headers[%d] name", i), h[0], header.IndexNonToken(h[0]), "not a header name; it has to be a token")
		}
		if j := indexUnsendable(h[1]); j >= 0 {
			return malformed(fmt.Sprintf("Headers[%d] value", i), h[1], j, unsendable)
		}
	}
	var unknown string
	var value fmt.Stringer
	switch {
	case !modes.Has(r.Mode):
		unknown, value = "Mode", r.Mode
	case !credentialsModes.Has(r.Credentials):
		unknown, value = "Credentials", r.Credentials
	case !cacheModes.Has(r.Cache):
		unknown, value = "Cache", r.Cache
	case !redirectModes.Has(r.Redirect):
		unknown, value = "Redirect", r.Redirect
	case !referrerPolicies.Has(r.ReferrerPolicy):
		unknown, value = "ReferrerPolicy", r.ReferrerPolicy
	case !destinations.Has(r.Destination):
		unknown, value = "Destination", r.Destination
	case !bodies.Has(r.Body):
		unknown, value = "Body", r.Body
	case !initiators.Has(r.Initiator):
		unknown, value = "Initiator", r.Initiator
	case !mixedContents.Has(r.MixedContent):
		unknown, value = "MixedContent", r.MixedContent
	case !taintings.Has(r.ResponseTainting):
		unknown, value = "ResponseTainting", r.ResponseTainting
	case !embedderPolicyValues.Has(r.EmbedderPolicy.Value):
		unknown, value = "EmbedderPolicy", r.EmbedderPolicy.Value
	case !embedderPolicyValues.Has(r.EmbedderPolicy.ReportOnly):
		unknown, value = "EmbedderPolicy.ReportOnly", r.EmbedderPolicy.ReportOnly
	default:
		return nil
	}
	return malformed(unknown, value.String(), -1, "no value of this enumeration; use a constant of package fetch")
}
