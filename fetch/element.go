package fetch

import (
	"github.com/corspec/corspec/internal/enum"
	"github.com/corspec/corspec/internal/header"
	"github.com/corspec/corspec/origin"
)

// A CORSSettingsAttribute is the state of a CORS settings attribute, which is what crossorigin is. The zero value is that of
// an element without the attribute.
//
// https://html.spec.whatwg.org/multipage/urls-and-fetching.html#cors-settings-attribute
type CORSSettingsAttribute uint8

// The states of a CORS settings attribute.
const (
	CORSSettingsNoCORS         CORSSettingsAttribute = iota // there is no attribute
	CORSSettingsAnonymous                                   // crossorigin="anonymous", crossorigin="", any other value
	CORSSettingsUseCredentials                              // crossorigin="use-credentials"
)

var corsSettings = enum.New[CORSSettingsAttribute]("fetch: state of a CORS settings attribute", "No CORS", "Anonymous", "Use Credentials")

// String returns the standard's name of c.
func (c CORSSettingsAttribute) String() string { return corsSettings.String(c) }

// ParseCORSSettingsAttribute returns the state of a crossorigin attribute that is there: an empty value and one that the
// standard does not know are as good as "anonymous".
//
// https://html.spec.whatwg.org/multipage/urls-and-fetching.html#cors-settings-attribute
func ParseCORSSettingsAttribute(value string) CORSSettingsAttribute {
	if header.EqualFold(value, "use-credentials") {
		return CORSSettingsUseCredentials
	}
	return CORSSettingsAnonymous
}

// CredentialsMode returns the CORS settings attribute credentials mode: what the attribute says where the mode is "cors" in
// any case.
//
// https://html.spec.whatwg.org/multipage/urls-and-fetching.html#cors-settings-attribute-credentials-mode
func (c CORSSettingsAttribute) CredentialsMode() CredentialsMode {
	if c == CORSSettingsUseCredentials {
		return CredentialsInclude
	}
	return CredentialsSameOrigin
}

// A SameOriginFallback says what creating a potential-CORS request does without a crossorigin attribute.
type SameOriginFallback uint8

// The values of the same-origin fallback flag.
const (
	SameOriginFallbackNoCORS     SameOriginFallback = iota // unset: mode "no-cors"
	SameOriginFallbackSameOrigin                           // set: mode "same-origin"
)

// CreatePotentialCORSRequest returns the request that an element of a page makes for the URL.
//
// https://html.spec.whatwg.org/multipage/urls-and-fetching.html#create-a-potential-cors-request
func CreatePotentialCORSRequest(u origin.URL, d Destination, state CORSSettingsAttribute, fallback SameOriginFallback, page origin.Origin) Request {
	r := Request{Method: "GET", URLList: []origin.URL{u}, Destination: d, Origin: page}
	// Create a potential-CORS request, steps 1 and 2.
	switch {
	case state != CORSSettingsNoCORS:
		r.Mode = ModeCORS
	case fallback == SameOriginFallbackSameOrigin:
		r.Mode = ModeSameOrigin
	default:
		r.Mode = ModeNoCORS
	}
	// Create a potential-CORS request, steps 3 and 4.
	r.Credentials = CredentialsInclude
	if state == CORSSettingsAnonymous {
		r.Credentials = CredentialsSameOrigin
	}
	// Create a potential-CORS request, step 5.
	return r
}

// CORSSameOrigin reports whether a response of that type is CORS-same-origin: whether a canvas that it was drawn to stays
// readable, the CSSOM shows its rules, and error handlers get the details of its errors.
//
// https://html.spec.whatwg.org/multipage/urls-and-fetching.html#cors-same-origin
func CORSSameOrigin(t ResponseType) bool {
	return t == ResponseTypeBasic || t == ResponseTypeCORS || t == ResponseTypeDefault
}

// CORSCrossOrigin reports whether a response of that type is CORS-cross-origin. A network error is neither that nor
// CORS-same-origin.
//
// https://html.spec.whatwg.org/multipage/urls-and-fetching.html#cors-cross-origin
func CORSCrossOrigin(t ResponseType) bool {
	return t == ResponseTypeOpaque || t == ResponseTypeOpaqueRedirect
}

// An Element is an element or an API of a page that makes requests other than with fetch().
type Element uint8

// The elements and APIs.
const (
	ElementImage        Element = iota + 1 // img, with its crossorigin
	ElementScript                          // script, with its crossorigin
	ElementModuleScript                    // script type=module, with its crossorigin
	ElementStylesheet                      // link rel=stylesheet, with its crossorigin
	ElementAudio                           // audio, with its crossorigin
	ElementVideo                           // video, with its crossorigin
	ElementTrack                           // track, with the crossorigin of its audio or video
	ElementEventSource                     // new EventSource(), with its withCredentials
	ElementWorker                          // new Worker() of a classic script; new SharedWorker() differs in the destination alone
	ElementModuleWorker                    // new Worker() with type "module", with its credentials; new SharedWorker() alike
	ElementFont                            // @font-face
	ElementXHR                             // XMLHttpRequest, with its withCredentials and its upload listeners
)

var elements = enum.From1[Element]("fetch: element", "img", "script", "module-script", "link-stylesheet", "audio", "video", "track",
	"eventsource", "worker", "module-worker", "font", "xhr")

// String returns the name of e.
func (e Element) String() string { return elements.String(e) }

// MarshalText returns the name of e.
func (e Element) MarshalText() ([]byte, error) { return elements.MarshalText(e) }

// UnmarshalText takes the name of an element, and nothing else.
func (e *Element) UnmarshalText(text []byte) error { return elements.UnmarshalText(e, text) }

// HasCrossOrigin reports whether a crossorigin attribute says what e requests: its own, or for a track its parent's.
func (e Element) HasCrossOrigin() bool { return e >= ElementImage && e <= ElementTrack }

// HasWithCredentials reports whether a withCredentials says what e requests.
func (e Element) HasWithCredentials() bool { return e == ElementEventSource || e == ElementXHR }

// ElementSettings is what an [Element] depends on. A setting that an element does not have is ignored.
type ElementSettings struct {
	CrossOrigin     CORSSettingsAttribute
	WithCredentials bool
	UploadListener  bool            // somebody listens on the upload of an XMLHttpRequest
	Credentials     CredentialsMode // of a module worker
}

// ElementRequest returns the request that an element or API of a page makes for the URL, as HTML, CSS and XMLHttpRequest set
// it up: ready for [Agent.Start]. An XMLHttpRequest has its method, headers and body set by the caller, as open(),
// setRequestHeader() and send() were told. Of a worker it is the request for its own script, not for what that imports.
//
// It panics if e is not one of the constants.
func ElementRequest(e Element, u origin.URL, page origin.Origin, s ElementSettings) Request {
	potentialCORS := func(d Destination) Request {
		return CreatePotentialCORSRequest(u, d, s.CrossOrigin, SameOriginFallbackNoCORS, page)
	}
	r := Request{Method: "GET", URLList: []origin.URL{u}, Origin: page}
	switch e {
	case ElementImage:
		// https://html.spec.whatwg.org/multipage/images.html#update-the-image-data
		return potentialCORS(DestinationImage)
	case ElementScript:
		// Fetch a classic script, step 1. https://html.spec.whatwg.org/multipage/webappapis.html#fetch-a-classic-script
		return potentialCORS(DestinationScript)
	case ElementStylesheet:
		// https://html.spec.whatwg.org/multipage/semantics.html#create-a-link-request
		return potentialCORS(DestinationStyle)
	case ElementAudio:
		// https://html.spec.whatwg.org/multipage/media.html#concept-media-load-resource
		return potentialCORS(DestinationAudio)
	case ElementVideo:
		// https://html.spec.whatwg.org/multipage/media.html#concept-media-load-resource
		return potentialCORS(DestinationVideo)
	case ElementTrack:
		// Start the track processing model, steps 8 and 10.1.
		// https://html.spec.whatwg.org/multipage/media.html#start-the-track-processing-model
		return CreatePotentialCORSRequest(u, DestinationTrack, s.CrossOrigin, SameOriginFallbackSameOrigin, page)
	case ElementEventSource:
		// EventSource(url, eventSourceInitDict), steps 6 to 10.
		// https://html.spec.whatwg.org/multipage/server-sent-events.html#dom-eventsource
		state := CORSSettingsAnonymous
		if s.WithCredentials {
			state = CORSSettingsUseCredentials
		}
		r = CreatePotentialCORSRequest(u, DestinationEmpty, state, SameOriginFallbackNoCORS, page)
		r.Headers = HeaderList{{"Accept", "text/event-stream"}}
	case ElementModuleScript:
		// Fetch a single module script, steps 8, 9 and 12.
		// https://html.spec.whatwg.org/multipage/webappapis.html#fetch-a-single-module-script
		r.Mode, r.Destination, r.Credentials = ModeCORS, DestinationScript, s.CrossOrigin.CredentialsMode()
	case ElementWorker:
		// Fetch a classic worker script, step 1. https://html.spec.whatwg.org/multipage/webappapis.html#fetch-a-classic-worker-script
		r.Mode, r.Destination, r.Credentials = ModeSameOrigin, DestinationWorker, CredentialsSameOrigin
	case ElementModuleWorker:
		// Fetch a single module script, steps 8 to 10 and 12.
		// https://html.spec.whatwg.org/multipage/webappapis.html#fetch-a-single-module-script
		r.Mode, r.Destination, r.Credentials = ModeSameOrigin, DestinationWorker, s.Credentials
	case ElementFont:
		// Fetch a font. https://drafts.csswg.org/css-fonts-4/#font-fetching-requirements
		// Fetch a style resource, step 3. https://drafts.csswg.org/css-values-4/#fetch-a-style-resource
		r.Mode, r.Destination, r.Credentials = ModeCORS, DestinationFont, CredentialsSameOrigin
	case ElementXHR:
		// The method send(), step 6. https://xhr.spec.whatwg.org/#dom-xmlhttprequest-send
		r.Mode, r.UnsafeRequest, r.UseCORSPreflight = ModeCORS, true, s.UploadListener
		if s.WithCredentials {
			r.Credentials = CredentialsInclude
		}
	default:
		panic("fetch: ElementRequest of element " + e.String())
	}
	return r
}
