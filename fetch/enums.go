package fetch

import (
	"fmt"
	"slices"
)

// A Mode is a request's mode. The zero value is the standard's default, "no-cors".
//
// https://fetch.spec.whatwg.org/#concept-request-mode
type Mode uint8

// The modes of a request.
const (
	ModeNoCORS Mode = iota
	ModeCORS
	ModeSameOrigin
	ModeNavigate
	ModeWebSocket
	ModeWebTransport
)

var modeNames = [...]string{"no-cors", "cors", "same-origin", "navigate", "websocket", "webtransport"}

// A CredentialsMode is a request's credentials mode. The zero value is the standard's default, "same-origin".
//
// https://fetch.spec.whatwg.org/#concept-request-credentials-mode
type CredentialsMode uint8

// The credentials modes of a request.
const (
	CredentialsSameOrigin CredentialsMode = iota
	CredentialsInclude
	CredentialsOmit
)

var credentialsModeNames = [...]string{"same-origin", "include", "omit"}

// A RedirectMode is a request's redirect mode. The zero value is the standard's default, "follow".
//
// https://fetch.spec.whatwg.org/#concept-request-redirect-mode
type RedirectMode uint8

// The redirect modes of a request.
const (
	RedirectFollow RedirectMode = iota
	RedirectError
	RedirectManual
)

var redirectModeNames = [...]string{"follow", "error", "manual"}

// A Tainting is a request's response tainting: which filter its response gets. The zero value is the standard's default,
// "basic".
//
// https://fetch.spec.whatwg.org/#concept-request-response-tainting
type Tainting uint8

// The values of a request's response tainting.
const (
	TaintingBasic Tainting = iota
	TaintingCORS
	TaintingOpaque
)

var taintingNames = [...]string{"basic", "cors", "opaque"}

// A RedirectTaint is a request's redirect-taint: how far from its own origin, or from the origin it was at, it has been redirected.
//
// https://fetch.spec.whatwg.org/#concept-request-tainted-origin
type RedirectTaint uint8

// The values of a redirect-taint.
const (
	RedirectTaintSameOrigin RedirectTaint = iota
	RedirectTaintSameSite
	RedirectTaintCrossSite
)

var taintNames = [...]string{"same-origin", "same-site", "cross-site"}

// A ResponseType is a response's type. The zero value is the standard's default, "default": a response that nothing has
// filtered yet.
//
// https://fetch.spec.whatwg.org/#concept-response-type
type ResponseType uint8

// The types of a response.
const (
	ResponseTypeDefault ResponseType = iota
	ResponseTypeBasic
	ResponseTypeCORS
	ResponseTypeError
	ResponseTypeOpaque
	ResponseTypeOpaqueRedirect
)

var responseTypeNames = [...]string{"default", "basic", "cors", "error", "opaque", "opaqueredirect"}

// A Body says what is known here of a request's body: this package never sees its bytes.
//
// https://fetch.spec.whatwg.org/#concept-request-body
type Body uint8

// The kinds of body.
const (
	BodyNull   Body = iota // no body
	BodyBytes              // a body with a source: it can be sent again
	BodyStream             // a body whose source is null: once sent it is gone
)

var bodyNames = [...]string{"null", "bytes", "stream"}

// An EmbedderPolicyValue is the value of a client's Cross-Origin-Embedder-Policy. The zero value is "unsafe-none".
//
// https://html.spec.whatwg.org/multipage/browsers.html#embedder-policy-value
type EmbedderPolicyValue uint8

// The embedder policy values.
const (
	EmbedderPolicyUnsafeNone EmbedderPolicyValue = iota
	EmbedderPolicyRequireCORP
	EmbedderPolicyCredentialless
)

var embedderPolicyNames = [...]string{"unsafe-none", "require-corp", "credentialless"}

// A ReferrerPolicy is a request's referrer policy. The zero value is the empty string: the client's own.
//
// https://w3c.github.io/webappsec-referrer-policy/#enumdef-referrerpolicy
type ReferrerPolicy uint8

// The referrer policies.
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

var referrerPolicyNames = [...]string{"", "no-referrer", "no-referrer-when-downgrade", "same-origin", "origin", "strict-origin",
	"origin-when-cross-origin", "strict-origin-when-cross-origin", "unsafe-url"}

// A Destination is a request's destination. The zero value is the empty string, which is that of fetch() and
// XMLHttpRequest.
//
// https://fetch.spec.whatwg.org/#concept-request-destination
type Destination uint8

// The destinations of a request.
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

var destinationNames = [...]string{"", "audio", "audioworklet", "document", "embed", "font", "frame", "iframe", "image", "json",
	"manifest", "object", "paintworklet", "report", "script", "serviceworker", "sharedworker", "style", "text", "track", "video",
	"webidentity", "worker", "xslt"}

// IsScriptLike reports whether d is script-like.
//
// https://fetch.spec.whatwg.org/#request-destination-script-like
func (d Destination) IsScriptLike() bool {
	switch d {
	case DestinationAudioWorklet, DestinationPaintWorklet, DestinationScript, DestinationServiceWorker, DestinationSharedWorker, DestinationWorker:
		return true
	}
	return false
}

func enumString[E ~uint8](names []string, e E) string {
	if int(e) < len(names) {
		return names[e]
	}
	return fmt.Sprintf("invalid(%d)", uint8(e))
}

func enumMarshal[E ~uint8](what string, names []string, e E) ([]byte, error) {
	if int(e) < len(names) {
		return []byte(names[e]), nil
	}
	return nil, fmt.Errorf("fetch: %s %d does not exist", what, uint8(e))
}

func enumUnmarshal[E ~uint8](what string, names []string, e *E, text []byte) error {
	if i := slices.Index(names, string(text)); i >= 0 {
		*e = E(i)
		return nil
	}
	return fmt.Errorf("fetch: %q is no %s; use one of %q", text, what, names)
}

// String returns the standard's name of m.
func (m Mode) String() string { return enumString(modeNames[:], m) }

// MarshalText returns the standard's name of m.
func (m Mode) MarshalText() ([]byte, error) { return enumMarshal("request mode", modeNames[:], m) }

// UnmarshalText takes the standard's name, and nothing else.
func (m *Mode) UnmarshalText(text []byte) error {
	return enumUnmarshal("request mode", modeNames[:], m, text)
}

// String returns the standard's name of c.
func (c CredentialsMode) String() string { return enumString(credentialsModeNames[:], c) }

// MarshalText returns the standard's name of c.
func (c CredentialsMode) MarshalText() ([]byte, error) {
	return enumMarshal("credentials mode", credentialsModeNames[:], c)
}

// UnmarshalText takes the standard's name, and nothing else.
func (c *CredentialsMode) UnmarshalText(text []byte) error {
	return enumUnmarshal("credentials mode", credentialsModeNames[:], c, text)
}

// String returns the standard's name of r.
func (r RedirectMode) String() string { return enumString(redirectModeNames[:], r) }

// MarshalText returns the standard's name of r.
func (r RedirectMode) MarshalText() ([]byte, error) {
	return enumMarshal("redirect mode", redirectModeNames[:], r)
}

// UnmarshalText takes the standard's name, and nothing else.
func (r *RedirectMode) UnmarshalText(text []byte) error {
	return enumUnmarshal("redirect mode", redirectModeNames[:], r, text)
}

// String returns the standard's name of t.
func (t Tainting) String() string { return enumString(taintingNames[:], t) }

// MarshalText returns the standard's name of t.
func (t Tainting) MarshalText() ([]byte, error) {
	return enumMarshal("response tainting", taintingNames[:], t)
}

// UnmarshalText takes the standard's name, and nothing else.
func (t *Tainting) UnmarshalText(text []byte) error {
	return enumUnmarshal("response tainting", taintingNames[:], t, text)
}

// String returns the standard's name of t.
func (t RedirectTaint) String() string { return enumString(taintNames[:], t) }

// MarshalText returns the standard's name of t.
func (t RedirectTaint) MarshalText() ([]byte, error) {
	return enumMarshal("redirect-taint", taintNames[:], t)
}

// UnmarshalText takes the standard's name, and nothing else.
func (t *RedirectTaint) UnmarshalText(text []byte) error {
	return enumUnmarshal("redirect-taint", taintNames[:], t, text)
}

// String returns the standard's name of r.
func (r ResponseType) String() string { return enumString(responseTypeNames[:], r) }

// MarshalText returns the standard's name of r.
func (r ResponseType) MarshalText() ([]byte, error) {
	return enumMarshal("response type", responseTypeNames[:], r)
}

// UnmarshalText takes the standard's name, and nothing else.
func (r *ResponseType) UnmarshalText(text []byte) error {
	return enumUnmarshal("response type", responseTypeNames[:], r, text)
}

// String returns the standard's name of b.
func (b Body) String() string { return enumString(bodyNames[:], b) }

// MarshalText returns the standard's name of b.
func (b Body) MarshalText() ([]byte, error) { return enumMarshal("kind of body", bodyNames[:], b) }

// UnmarshalText takes the standard's name, and nothing else.
func (b *Body) UnmarshalText(text []byte) error {
	return enumUnmarshal("kind of body", bodyNames[:], b, text)
}

// String returns the standard's name of e.
func (e EmbedderPolicyValue) String() string { return enumString(embedderPolicyNames[:], e) }

// MarshalText returns the standard's name of e.
func (e EmbedderPolicyValue) MarshalText() ([]byte, error) {
	return enumMarshal("embedder policy value", embedderPolicyNames[:], e)
}

// UnmarshalText takes the standard's name, and nothing else.
func (e *EmbedderPolicyValue) UnmarshalText(text []byte) error {
	return enumUnmarshal("embedder policy value", embedderPolicyNames[:], e, text)
}

// String returns the standard's name of r.
func (r ReferrerPolicy) String() string { return enumString(referrerPolicyNames[:], r) }

// MarshalText returns the standard's name of r.
func (r ReferrerPolicy) MarshalText() ([]byte, error) {
	return enumMarshal("referrer policy", referrerPolicyNames[:], r)
}

// UnmarshalText takes the standard's name, and nothing else.
func (r *ReferrerPolicy) UnmarshalText(text []byte) error {
	return enumUnmarshal("referrer policy", referrerPolicyNames[:], r, text)
}

// String returns the standard's name of d.
func (d Destination) String() string { return enumString(destinationNames[:], d) }

// MarshalText returns the standard's name of d.
func (d Destination) MarshalText() ([]byte, error) {
	return enumMarshal("destination", destinationNames[:], d)
}

// UnmarshalText takes the standard's name, and nothing else.
func (d *Destination) UnmarshalText(text []byte) error {
	return enumUnmarshal("destination", destinationNames[:], d, text)
}
