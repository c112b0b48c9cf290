package initiator

import (
	"github.com/corspec/corspec/fetch"
	"github.com/corspec/corspec/internal/enum"
	"github.com/corspec/corspec/internal/header"
)

// A CORSSettings is the state of a CORS settings attribute, which is what crossorigin is. The zero value is that of an
// element without the attribute.
//
// https://html.spec.whatwg.org/multipage/urls-and-fetching.html#cors-settings-attribute
type CORSSettings uint8

// The states of a CORS settings attribute.
const (
	CORSSettingsNoCORS         CORSSettings = iota // there is no attribute
	CORSSettingsAnonymous                          // crossorigin="anonymous", crossorigin="", any other value
	CORSSettingsUseCredentials                     // crossorigin="use-credentials"
)

var corsSettings = enum.New[CORSSettings]("initiator: state of a CORS settings attribute", "No CORS", "Anonymous", "Use Credentials")

// String returns the standard's name of c.
func (c CORSSettings) String() string { return corsSettings.String(c) }

// ParseCORSSettings returns the state of a crossorigin attribute that is there: an empty value and one that the
// standard does not know are as good as "anonymous".
//
// https://html.spec.whatwg.org/multipage/urls-and-fetching.html#cors-settings-attribute
func ParseCORSSettings(value string) CORSSettings {
	if header.EqualFold(value, "use-credentials") {
		return CORSSettingsUseCredentials
	}
	return CORSSettingsAnonymous
}

// credentialsMode is the CORS settings attribute credentials mode: what the attribute says where the mode is set
// otherwise.
//
// https://html.spec.whatwg.org/multipage/urls-and-fetching.html#cors-settings-attribute-credentials-mode
func (c CORSSettings) credentialsMode() fetch.CredentialsMode {
	if c == CORSSettingsUseCredentials {
		return fetch.CredentialsInclude
	}
	return fetch.CredentialsSameOrigin
}

// createPotentialCORSRequest sets the mode and the credentials mode of r by the state of a crossorigin attribute.
//
// https://html.spec.whatwg.org/multipage/urls-and-fetching.html#create-a-potential-cors-request
func createPotentialCORSRequest(r *fetch.Request, state CORSSettings, sameOriginFallback bool) {
	// Create a potential-CORS request, steps 1 and 2.
	switch {
	case state != CORSSettingsNoCORS:
		r.Mode = fetch.ModeCORS
	case sameOriginFallback:
		r.Mode = fetch.ModeSameOrigin
	} // Else it stays "no-cors".
	// Create a potential-CORS request, steps 3 and 4.
	r.Credentials = fetch.CredentialsInclude
	if state == CORSSettingsAnonymous {
		r.Credentials = fetch.CredentialsSameOrigin
	}
}

// CORSSameOrigin reports whether a response of that type is CORS-same-origin: whether a canvas that it was drawn to
// stays readable, the CSSOM shows its rules, and error handlers get the details of its errors. Other responses are
// CORS-cross-origin, except network errors, which are neither.
//
// https://html.spec.whatwg.org/multipage/urls-and-fetching.html#cors-same-origin
// https://html.spec.whatwg.org/multipage/urls-and-fetching.html#cors-cross-origin
func CORSSameOrigin(t fetch.ResponseType) bool {
	return t == fetch.ResponseTypeBasic || t == fetch.ResponseTypeCORS || t == fetch.ResponseTypeDefault
}
