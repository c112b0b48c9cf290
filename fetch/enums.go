package fetch

import "github.com/corspec/corspec/internal/enum"

// A Mode is a request's mode. The zero value is the standard's default, "no-cors".
//
// https://fetch.spec.whatwg.org/#concept-request-mode
type Mode uint8

const (
	ModeNoCORS Mode = iota
	ModeCORS
	ModeSameOrigin
	ModeNavigate
	ModeWebSocket
	ModeWebTransport
)

var modes = enum.New[Mode]("fetch: request mode", "no-cors", "cors", "same-origin", "navigate", "websocket", "webtransport")

// String returns the standard's name of m.
func (m Mode) String() string { return modes.String(m) }

// MarshalText returns the standard's name of m.
func (m Mode) MarshalText() ([]byte, error) { return modes.MarshalText(m) }

// UnmarshalText takes the standard's name, and nothing else.
func (m *Mode) UnmarshalText(text []byte) error { return modes.UnmarshalText(m, text) }

// A CredentialsMode is a request's credentials mode. The zero value is the standard's default, "same-origin".
//
// https://fetch.spec.whatwg.org/#concept-request-credentials-mode
type CredentialsMode uint8

const (
	CredentialsSameOrigin CredentialsMode = iota
	CredentialsInclude
	CredentialsOmit
)

var credentialsModes = enum.New[CredentialsMode]("fetch: credentials mode", "same-origin", "include", "omit")

// String returns the standard's name of c.
func (c CredentialsMode) String() string { return credentialsModes.String(c) }

// MarshalText returns the standard's name of c.
func (c CredentialsMode) MarshalText() ([]byte, error) { return credentialsModes.MarshalText(c) }

// UnmarshalText takes the standard's name, and nothing else.
func (c *CredentialsMode) UnmarshalText(text []byte) error {
	return credentialsModes.UnmarshalText(c, text)
}

// A RedirectMode is a request's redirect mode. The zero value is the standard's default, "follow".
//
// https://fetch.spec.whatwg.org/#concept-request-redirect-mode
type RedirectMode uint8

const (
	RedirectFollow RedirectMode = iota
	RedirectError
	RedirectManual
)

var redirectModes = enum.New[RedirectMode]("fetch: redirect mode", "follow", "error", "manual")

// String returns the standard's name of r.
func (r RedirectMode) String() string { return redirectModes.String(r) }

// MarshalText returns the standard's name of r.
func (r RedirectMode) MarshalText() ([]byte, error) { return redirectModes.MarshalText(r) }

// UnmarshalText takes the standard's name, and nothing else.
func (r *RedirectMode) UnmarshalText(text []byte) error { return redirectModes.UnmarshalText(r, text) }

// A CacheMode is a request's cache mode. The zero value is the standard's default, "default".
//
// https://fetch.spec.whatwg.org/#concept-request-cache-mode
type CacheMode uint8

const (
	CacheModeDefault CacheMode = iota
	CacheModeNoStore
	CacheModeReload
	CacheModeNoCache
	CacheModeForceCache
	CacheModeOnlyIfCached
)

var cacheModes = enum.New[CacheMode]("fetch: cache mode", "default", "no-store", "reload", "no-cache", "force-cache", "only-if-cached")

// String returns the standard's name of c.
func (c CacheMode) String() string { return cacheModes.String(c) }

// MarshalText returns the standard's name of c.
func (c CacheMode) MarshalText() ([]byte, error) { return cacheModes.MarshalText(c) }

// UnmarshalText takes the standard's name, and nothing else.
func (c *CacheMode) UnmarshalText(text []byte) error { return cacheModes.UnmarshalText(c, text) }

// A Tainting is a request's response tainting: which filter its response gets. The zero value is the standard's
// default, "basic".
//
// https://fetch.spec.whatwg.org/#concept-request-response-tainting
type Tainting uint8

const (
	TaintingBasic Tainting = iota
	TaintingCORS
	TaintingOpaque
)

var taintings = enum.New[Tainting]("fetch: response tainting", "basic", "cors", "opaque")

// String returns the standard's name of t.
func (t Tainting) String() string { return taintings.String(t) }

// MarshalText returns the standard's name of t.
func (t Tainting) MarshalText() ([]byte, error) { return taintings.MarshalText(t) }

// UnmarshalText takes the standard's name, and nothing else.
func (t *Tainting) UnmarshalText(text []byte) error { return taintings.UnmarshalText(t, text) }

// A RedirectTaint is a request's redirect-taint: how far from its own origin, or from the origin it was at, it has been
// redirected.
//
// https://fetch.spec.whatwg.org/#concept-request-tainted-origin
type RedirectTaint uint8

const (
	RedirectTaintSameOrigin RedirectTaint = iota
	RedirectTaintSameSite
	RedirectTaintCrossSite
)

var redirectTaints = enum.New[RedirectTaint]("fetch: redirect-taint", "same-origin", "same-site", "cross-site")

// String returns the standard's name of t.
func (t RedirectTaint) String() string { return redirectTaints.String(t) }

// MarshalText returns the standard's name of t.
func (t RedirectTaint) MarshalText() ([]byte, error) { return redirectTaints.MarshalText(t) }

// UnmarshalText takes the standard's name, and nothing else.
func (t *RedirectTaint) UnmarshalText(text []byte) error {
	return redirectTaints.UnmarshalText(t, text)
}

// A ResponseType is a response's type. The zero value is the standard's default, "default": a response that nothing has
// filtered yet.
//
// https://fetch.spec.whatwg.org/#concept-response-type
type ResponseType uint8

const (
	ResponseTypeDefault ResponseType = iota
	ResponseTypeBasic
	ResponseTypeCORS
	ResponseTypeError
	ResponseTypeOpaque
	ResponseTypeOpaqueRedirect
)

var responseTypes = enum.New[ResponseType]("fetch: response type", "default", "basic", "cors", "error", "opaque", "opaqueredirect")

// String returns the standard's name of r.
func (r ResponseType) String() string { return responseTypes.String(r) }

// MarshalText returns the standard's name of r.
func (r ResponseType) MarshalText() ([]byte, error) { return responseTypes.MarshalText(r) }

// UnmarshalText takes the standard's name, and nothing else.
func (r *ResponseType) UnmarshalText(text []byte) error { return responseTypes.UnmarshalText(r, text) }

// A Body says what is known here of a request's body: this package never sees its bytes.
//
// https://fetch.spec.whatwg.org/#concept-request-body
type Body uint8

const (
	BodyNull   Body = iota // no body
	BodyBytes              // a body with a source: it can be sent again
	BodyStream             // a body whose source is null: once sent it is gone
)

var bodies = enum.New[Body]("fetch: kind of body", "null", "bytes", "stream")

// String returns the standard's name of b.
func (b Body) String() string { return bodies.String(b) }

// MarshalText returns the standard's name of b.
func (b Body) MarshalText() ([]byte, error) { return bodies.MarshalText(b) }

// UnmarshalText takes the standard's name, and nothing else.
func (b *Body) UnmarshalText(text []byte) error { return bodies.UnmarshalText(b, text) }

// An EmbedderPolicyValue is the value of a client's Cross-Origin-Embedder-Policy. The zero value is "unsafe-none".
//
// https://html.spec.whatwg.org/multipage/browsers.html#embedder-policy-value
type EmbedderPolicyValue uint8

const (
	EmbedderPolicyUnsafeNone EmbedderPolicyValue = iota
	EmbedderPolicyRequireCORP
	EmbedderPolicyCredentialless
)

var embedderPolicyValues = enum.New[EmbedderPolicyValue]("fetch: embedder policy value", "unsafe-none", "require-corp", "credentialless")

// String returns the standard's name of e.
func (e EmbedderPolicyValue) String() string { return embedderPolicyValues.String(e) }

// MarshalText returns the standard's name of e.
func (e EmbedderPolicyValue) MarshalText() ([]byte, error) {
	return embedderPolicyValues.MarshalText(e)
}

// UnmarshalText takes the standard's name, and nothing else.
func (e *EmbedderPolicyValue) UnmarshalText(text []byte) error {
	return embedderPolicyValues.UnmarshalText(e, text)
}

// A ReferrerPolicy is a request's referrer policy. The zero value is the empty string: the client's own.
//
// https://w3c.github.io/webappsec-referrer-policy/#enumdef-referrerpolicy
type ReferrerPolicy uint8

const (
	ReferrerPolicyEmpty ReferrerPolicy = iota
	ReferrerPolicyNoReferrer
	ReferrerPolicyNoReferrerWhenDowngrade
	ReferrerPolicySameOrigin
	ReferrerPolicyOrigin
	ReferrerPolicyStrictOrigin
	ReferrerPolicyOriginWhenCrossOrigin
	ReferrerPolicyStrictOriginWhenCrossOrigin
	ReferrerPolicyUnsafeURL
)

var referrerPolicies = enum.New[ReferrerPolicy]("fetch: referrer policy", "", "no-referrer", "no-referrer-when-downgrade", "same-origin", "origin", "strict-origin",
	"origin-when-cross-origin", "strict-origin-when-cross-origin", "unsafe-url")

// String returns the standard's name of r.
func (r ReferrerPolicy) String() string { return referrerPolicies.String(r) }

// MarshalText returns the standard's name of r.
func (r ReferrerPolicy) MarshalText() ([]byte, error) { return referrerPolicies.MarshalText(r) }

// UnmarshalText takes the standard's name, and nothing else.
func (r *ReferrerPolicy) UnmarshalText(text []byte) error {
	return referrerPolicies.UnmarshalText(r, text)
}

// A Destination is a request's destination. The zero value is the empty string, which is that of fetch() and
// XMLHttpRequest.
//
// https://fetch.spec.whatwg.org/#concept-request-destination
type Destination uint8

const (
	DestinationEmpty Destination = iota
	DestinationAudio
	DestinationAudioWorklet
	DestinationDocument
	DestinationEmbed
	DestinationFont
	DestinationFrame
	DestinationIframe
	DestinationImage
	DestinationJSON
	DestinationManifest
	DestinationObject
	DestinationPaintWorklet
	DestinationReport
	DestinationScript
	DestinationServiceWorker
	DestinationSharedWorker
	DestinationStyle
	DestinationText
	DestinationTrack
	DestinationVideo
	DestinationWebIdentity
	DestinationWorker
	DestinationXSLT
)

var destinations = enum.New[Destination]("fetch: destination", "", "audio", "audioworklet", "document", "embed", "font", "frame", "iframe", "image", "json",
	"manifest", "object", "paintworklet", "report", "script", "serviceworker", "sharedworker", "style", "text", "track", "video",
	"webidentity", "worker", "xslt")

// String returns the standard's name of d.
func (d Destination) String() string { return destinations.String(d) }

// MarshalText returns the standard's name of d.
func (d Destination) MarshalText() ([]byte, error) { return destinations.MarshalText(d) }

// UnmarshalText takes the standard's name, and nothing else.
func (d *Destination) UnmarshalText(text []byte) error { return destinations.UnmarshalText(d, text) }

// isScriptLike reports whether d is script-like.
//
// https://fetch.spec.whatwg.org/#request-destination-script-like
func (d Destination) isScriptLike() bool {
	switch d {
	case DestinationAudioWorklet, DestinationPaintWorklet, DestinationScript, DestinationServiceWorker, DestinationSharedWorker, DestinationWorker:
		return true
	}
	return false
}

// An Initiator is a request's initiator. The zero value is the empty string.
//
// https://fetch.spec.whatwg.org/#concept-request-initiator
type Initiator uint8

const (
	InitiatorEmpty Initiator = iota
	InitiatorDownload
	InitiatorImageset
	InitiatorManifest
	InitiatorPrefetch
	InitiatorPrerender
	InitiatorXSLT
)

var initiators = enum.New[Initiator]("fetch: initiator", "", "download", "imageset", "manifest", "prefetch", "prerender", "xslt")

// String returns the standard's name of i.
func (i Initiator) String() string { return initiators.String(i) }

// MarshalText returns the standard's name of i.
func (i Initiator) MarshalText() ([]byte, error) { return initiators.MarshalText(i) }

// UnmarshalText takes the standard's name, and nothing else.
func (i *Initiator) UnmarshalText(text []byte) error { return initiators.UnmarshalText(i, text) }
