package fetch

import "github.com/corspec/corspec/origin"

// An Agent is a user agent: what its fetches share. The zero value is ready. Its fields are set before the first fetch;
// an Agent must not be copied after it. Fetches may run at the same time.
type Agent struct {
	// Cache is the CORS-preflight cache.
	Cache PreflightCache

	// SuffixList is the public suffix list by which sites are told apart, such as golang.org/x/net/publicsuffix's List.
	// Nil stands for the default rule: the last label is the public suffix.
	SuffixList origin.SuffixList

	// AcceptLanguage is the user agent's default Accept-Language. It is an ordinary header to the preflight: one of
	// more than 128 bytes causes it. Empty: none is sent.
	AcceptLanguage string

	// Profile says which user agent it is. The zero value is [ProfileStandard].
	Profile Profile

	// Hooks are called where the standard calls out to others.
	Hooks Hooks
}

// Hooks stand where the standard calls out to what is not part of this package. A hook that is nil has the effect that
// its comment names. Hooks must not change the request or keep it.
type Hooks struct {
	// UpgradeInsecure says whether an http URL is fetched as https because the page's Content Security Policy upgrades
	// insecure requests. Nil: never. Main fetch, step 5.
	UpgradeInsecure func(r *Request) bool

	// AllowMixedContent says whether an http URL is fetched as it is, though the page restricts mixed content: a person
	// may have told the user agent so. Nil: never. Main fetch, steps 6 and 7.
	AllowMixedContent func(r *Request) bool

	// BlockRequest decides whether the request is blocked by Content Security Policy or by Integrity Policy. Nil:
	// never, and a Verdict that is not evaluated does not block either. Main fetch, step 7.
	BlockRequest func(r *Request) Verdict

	// KnownHSTSHost says whether the serialized host is a known HSTS host, or has an HTTPS record. Nil: none is. Hosts
	// under localhost are not asked for. Main fetch, step 10.
	KnownHSTSHost func(host string) bool

	// OverrideFetch may answer in the stead of the network. Such a response passes no CORS check: what the page must
	// not see has to be filtered already. One of a type other than [ResponseTypeDefault] is filtered and stays as it
	// is. Nil: never.
	OverrideFetch func(r *Request) (Response, bool)

	// HandleFetch is the service worker; of the types of its responses the same holds. Nil: there is none. HTTP fetch,
	// step 3.
	HandleFetch func(r *Request) (Response, bool)

	// StoredResponse is the HTTP cache: it may have a response that is good without asking the server, or a person. It
	// is not asked if the request's cache mode is "no-store" or "reload", or if it is "default" and the request is
	// conditional. Nil: nothing is stored. HTTP-network-or-cache fetch, step 8.26.
	StoredResponse func(r *Request) (ResponseHead, bool)

	// Authenticate asks a person for a name and a password, because of that response, whose status is 401; it gives the
	// value of Authorization to try again with. Nil, or false: the response is the answer. Those of the URL need nobody
	// and come first. HTTP-network-or-cache fetch, step 15.
	Authenticate func(r *Request, head ResponseHead) (authorization string, ok bool)

	// Misdirected says whether a request that was answered with 421 is sent once more, on a connection of its own. Nil:
	// never. HTTP-network-or-cache fetch, step 17.
	Misdirected func(r *Request) bool

	// BlockResponse decides whether the response is blocked: by Content Security Policy, or by what is not in the
	// standard, such as Opaque Response Blocking. Nil: never. Main fetch, step 20.
	BlockResponse func(r *Request, internal *Response) Verdict
}
