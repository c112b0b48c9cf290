package initiator

import (
	"slices"
	"strings"

	"github.com/corspec/corspec/fetch"
	"github.com/corspec/corspec/internal/header"
	"github.com/corspec/corspec/origin"
	"github.com/corspec/corspec/safelist"
)

// Settings are what a request depends on. What an element does not have is ignored.
type Settings struct {
	CrossOrigin     CORSSettings
	As              string                // of link-preload and link-modulepreload
	WithCredentials bool                  // of an EventSource or an XMLHttpRequest
	UploadListener  bool                  // somebody listens on the upload of an XMLHttpRequest
	Credentials     fetch.CredentialsMode // of a module worker or a worklet
	LastEventID     string                // of an EventSource that connects again: the last id that it got, in UTF-8
	BodyType        string                // of a beacon: the type that extracting its body gives; empty: null
}

// A rule says what of the settings decides the mode and the credentials mode.
type rule uint8

const (
	ruleNone            rule = iota // they are as the table has them
	rulePotentialCORS               // crossorigin, by creating a potential-CORS request
	ruleSameOriginOnly              // the same with the same-origin fallback flag
	ruleCrossOrigin                 // crossorigin, for the credentials mode alone
	ruleCredentials                 // the option credentials, for the credentials mode
	ruleWithCredentials             // withCredentials, for the credentials mode
)

// The table has what is set of each request; the rest are Fetch's defaults, the mode "no-cors" and the credentials mode
// "same-origin" among them.
var table = [...]struct {
	rule
	request fetch.Request
}{
	KindImg:         {rulePotentialCORS, fetch.Request{Destination: fetch.DestinationImage}},
	KindInputImage:  {ruleNone, fetch.Request{Credentials: fetch.CredentialsInclude, Destination: fetch.DestinationImage}},
	KindVideoPoster: {ruleNone, fetch.Request{Credentials: fetch.CredentialsInclude, Destination: fetch.DestinationImage}},
	KindAudio:       {rulePotentialCORS, fetch.Request{Destination: fetch.DestinationAudio}},
	KindVideo:       {rulePotentialCORS, fetch.Request{Destination: fetch.DestinationVideo}},
	KindTrack:       {ruleSameOriginOnly, fetch.Request{Destination: fetch.DestinationTrack}},

	KindScript:       {rulePotentialCORS, fetch.Request{Destination: fetch.DestinationScript}},
	KindModuleScript: {ruleCrossOrigin, fetch.Request{Mode: fetch.ModeCORS, Destination: fetch.DestinationScript}},
	KindJSONModule:   {ruleCrossOrigin, fetch.Request{Mode: fetch.ModeCORS, Destination: fetch.DestinationJSON}},
	KindCSSModule:    {ruleCrossOrigin, fetch.Request{Mode: fetch.ModeCORS, Destination: fetch.DestinationStyle}},
	KindTextModule:   {ruleCrossOrigin, fetch.Request{Mode: fetch.ModeCORS, Destination: fetch.DestinationText}},

	KindLinkStylesheet:    {rulePotentialCORS, fetch.Request{Destination: fetch.DestinationStyle}},
	KindLinkPreload:       {rulePotentialCORS, fetch.Request{}},
	KindLinkModulepreload: {ruleCrossOrigin, fetch.Request{Mode: fetch.ModeCORS}},
	KindLinkPrefetch:      {rulePotentialCORS, fetch.Request{Initiator: fetch.InitiatorPrefetch}},
	KindLinkIcon:          {rulePotentialCORS, fetch.Request{Destination: fetch.DestinationImage}},
	KindLinkManifest:      {ruleCrossOrigin, fetch.Request{Mode: fetch.ModeCORS, Destination: fetch.DestinationManifest, Initiator: fetch.InitiatorManifest}},

	KindIframe: {ruleNone, fetch.Request{Mode: fetch.ModeNavigate, Credentials: fetch.CredentialsInclude, Redirect: fetch.RedirectManual, Destination: fetch.DestinationIframe}},
	KindObject: {ruleNone, fetch.Request{Mode: fetch.ModeNavigate, Credentials: fetch.CredentialsInclude, Destination: fetch.DestinationObject}},
	KindEmbed:  {ruleNone, fetch.Request{Mode: fetch.ModeNavigate, Credentials: fetch.CredentialsInclude, Destination: fetch.DestinationEmbed}},
	KindForm:   {ruleNone, fetch.Request{Mode: fetch.ModeNavigate, Credentials: fetch.CredentialsInclude, Redirect: fetch.RedirectManual, Destination: fetch.DestinationDocument}},

	KindFont:            {ruleNone, fetch.Request{Mode: fetch.ModeCORS, Destination: fetch.DestinationFont}},
	KindCSSImport:       {ruleNone, fetch.Request{Credentials: fetch.CredentialsInclude, Destination: fetch.DestinationStyle}},
	KindCSSImage:        {ruleNone, fetch.Request{Credentials: fetch.CredentialsInclude, Destination: fetch.DestinationImage}},
	KindCSSMaskImage:    {ruleNone, fetch.Request{Mode: fetch.ModeCORS, Destination: fetch.DestinationImage}},
	KindCSSShapeOutside: {ruleNone, fetch.Request{Mode: fetch.ModeCORS, Destination: fetch.DestinationImage}},

	// AD-HOC: SVG 2 names no destination for its references; engines have "image"
	// (https://github.com/w3c/svgwg/issues/782).
	KindSVGImage: {rulePotentialCORS, fetch.Request{Destination: fetch.DestinationImage}},
	// AD-HOC: one chapter of SVG 2 has mode "no-cors" for use, another forbids what is of another origin. Engines have
	// "same-origin", as for a track without crossorigin.
	KindSVGUse: {ruleNone, fetch.Request{Mode: fetch.ModeSameOrigin, Credentials: fetch.CredentialsInclude, Destination: fetch.DestinationImage}},
	// AD-HOC: SVG 2 leaves feImage out of what has a crossorigin, which Filter Effects gives it; that is the younger
	// text.
	KindSVGFeImage: {rulePotentialCORS, fetch.Request{Destination: fetch.DestinationImage}},

	KindWorker:              {ruleNone, fetch.Request{Mode: fetch.ModeSameOrigin, Destination: fetch.DestinationWorker}},
	KindSharedWorker:        {ruleNone, fetch.Request{Mode: fetch.ModeSameOrigin, Destination: fetch.DestinationSharedWorker}},
	KindModuleWorker:        {ruleCredentials, fetch.Request{Mode: fetch.ModeSameOrigin, Destination: fetch.DestinationWorker}},
	KindModuleSharedWorker:  {ruleCredentials, fetch.Request{Mode: fetch.ModeSameOrigin, Destination: fetch.DestinationSharedWorker}},
	KindServiceWorker:       {ruleNone, serviceWorkerRequest},
	KindModuleServiceWorker: {ruleNone, serviceWorkerRequest},
	KindImportScripts:       {ruleNone, fetch.Request{Destination: fetch.DestinationScript}},
	KindAudioWorklet:        {ruleCredentials, fetch.Request{Mode: fetch.ModeCORS, Destination: fetch.DestinationAudioWorklet}},
	KindPaintWorklet:        {ruleCredentials, fetch.Request{Mode: fetch.ModeCORS, Destination: fetch.DestinationPaintWorklet}},

	KindEventSource: {ruleWithCredentials, fetch.Request{Mode: fetch.ModeCORS, Cache: fetch.CacheModeNoStore, Headers: fetch.HeaderList{{"Accept", "text/event-stream"}}}},
	KindXHR:         {ruleWithCredentials, fetch.Request{Mode: fetch.ModeCORS, UnsafeRequest: true}},
	KindBeacon:      {ruleNone, fetch.Request{Method: "POST", Credentials: fetch.CredentialsInclude, Keepalive: true}},
	KindWebSocket:   {ruleNone, fetch.Request{Mode: fetch.ModeWebSocket, Credentials: fetch.CredentialsInclude, Cache: fetch.CacheModeNoStore, Redirect: fetch.RedirectError, Referrer: noReferrer}},
	KindPing: {ruleNone, fetch.Request{Method: "POST", Credentials: fetch.CredentialsInclude, Keepalive: true, Body: fetch.BodyBytes,
		Referrer: noReferrer, Headers: fetch.HeaderList{{"Content-Type", "text/ping"}}}},
}

// noReferrer is "no-referrer", unlike the zero URL in place of which the page's own goes: a local scheme is not told.
var noReferrer = origin.MustParseURL("about:blank")

var serviceWorkerRequest = fetch.Request{Mode: fetch.ModeSameOrigin, Destination: fetch.DestinationServiceWorker, Redirect: fetch.RedirectError,
	Cache: fetch.CacheModeNoCache, Headers: fetch.HeaderList{{"Service-Worker", "script"}}}

// Request returns the request that an element or API of a page makes for the URL, ready for [fetch.Agent.Start] except
// what depends on the page: the network partition key, the embedder policy, the referrer and its policy. The referrer
// of what has none is about:blank, which goes to nobody. ok is false where nothing is fetched, as for a preload whose
// as is not one, and for a Kind that is not one of the constants.
//
// https://html.spec.whatwg.org/multipage/server-sent-events.html#dom-eventsource
// https://xhr.spec.whatwg.org/#dom-xmlhttprequest-send
func Request(k Kind, u origin.URL, page origin.Origin, s Settings) (r fetch.Request, ok bool) {
	if !kinds.Has(k) {
		return fetch.Request{}, false
	}
	r = table[k].request
	if r.Method == "" {
		r.Method = "GET"
	}
	r.URLList, r.Origin, r.Headers = []origin.URL{u}, page, slices.Clone(r.Headers)
	switch table[k].rule {
	case ruleNone:
		// Fetch a classic worker script, step 1.
		// Fetch a classic worker-imported script, step 3.
	case rulePotentialCORS:
		createPotentialCORSRequest(&r, s.CrossOrigin, false)
	case ruleSameOriginOnly:
		createPotentialCORSRequest(&r, s.CrossOrigin, true)
	case ruleCrossOrigin:
		// Fetch a single module script, steps 8, 9 and 12.
		r.Credentials = s.CrossOrigin.credentialsMode()
	case ruleCredentials:
		// Fetch a single module script, steps 8 to 10 and 12.
		r.Credentials = s.Credentials
	case ruleWithCredentials:
		// EventSource(url, eventSourceInitDict), steps 6 to 8.
		// The method send(), step 6.
		if s.WithCredentials {
			r.Credentials = fetch.CredentialsInclude
		}
	}
	ok, r.UseURLCredentials = true, usesURLCredentials(k, u)
	switch k {
	case KindLinkPreload:
		r.Destination, ok = preloadDestination(s.As)
	case KindLinkModulepreload:
		r.Destination, ok = modulePreloadDestination(s.As)
		// Fetch a single module script, step 10.
		if r.Destination == fetch.DestinationServiceWorker || r.Destination == fetch.DestinationSharedWorker || r.Destination == fetch.DestinationWorker {
			r.Mode = fetch.ModeSameOrigin
		}
	case KindEventSource:
		if s.LastEventID != "" { // no preflight, as the unsafe-request flag is unset
			r.Headers.Set("Last-Event-ID", s.LastEventID)
		}
	case KindXHR:
		// The method send(), step 6.
		r.UseCORSPreflight = s.UploadListener
	case KindBeacon:
		setBody(&r, s.BodyType)
	case KindWebSocket:
		r.URLList[0] = withHTTPScheme(u)
	}
	if !ok {
		return fetch.Request{}, false
	}
	return r, true
}

// usesURLCredentials reports whether the use-URL-credentials flag is set, which younger texts leave unset.
func usesURLCredentials(k Kind, u origin.URL) bool {
	switch k {
	case KindModuleScript, KindJSONModule, KindCSSModule, KindTextModule, KindLinkModulepreload, KindSVGUse, KindModuleWorker, KindModuleSharedWorker,
		KindModuleServiceWorker, KindAudioWorklet, KindPaintWorklet, KindBeacon, KindWebSocket:
		return false
	case KindXHR:
		// The method send(), step 6.
		return u.IncludesCredentials()
	}
	// Create a potential-CORS request, step 5.
	return true
}

// preloadDestination is translate a preload destination. ok is false for null.
//
// https://html.spec.whatwg.org/multipage/links.html#translate-a-preload-destination
func preloadDestination(as string) (d fetch.Destination, ok bool) {
	as = header.Lower(as)
	// Translate a preload destination, step 1.
	switch as {
	case "font", "image", "script", "style", "track":
		// Translate a preload destination, step 2.
		_ = d.UnmarshalText([]byte(as)) // Each is one.
		return d, true
	case "fetch":
		return fetch.DestinationEmpty, true
	}
	return d, false
}

// modulePreloadDestination returns the destination of a module preload. What is not a keyword is as good as "script";
// ok is false for keywords that are not for modules.
//
// https://html.spec.whatwg.org/multipage/links.html#link-type-modulepreload
func modulePreloadDestination(as string) (d fetch.Destination, ok bool) {
	as = header.Lower(as)
	if as == "" || as != "fetch" && d.UnmarshalText([]byte(as)) != nil {
		return fetch.DestinationScript, true
	}
	switch d {
	case fetch.DestinationAudioWorklet, fetch.DestinationJSON, fetch.DestinationPaintWorklet, fetch.DestinationScript, fetch.DestinationServiceWorker,
		fetch.DestinationSharedWorker, fetch.DestinationStyle, fetch.DestinationText, fetch.DestinationWorker:
		return d, true
	}
	return d, false
}

// setBody makes r the request of a beacon with a body of that type.
//
// https://w3c.github.io/beacon/#sec-processing-model
func setBody(r *fetch.Request, bodyType string) {
	r.Body = fetch.BodyBytes
	if bodyType == "" {
		return
	}
	// Processing model, step 6.3.
	r.Headers = fetch.HeaderList{{"Content-Type", bodyType}}
	if !safelist.IsCORSSafelistedRequestHeader("Content-Type", bodyType) {
		// AD-HOC: by the letter no preflight is sent, as the unsafe-request flag is unset; the same text says elsewhere
		// that one is made, and every engine makes it.
		r.Mode, r.UnsafeRequest = fetch.ModeCORS, true
	}
}

// withHTTPScheme is the URL that a WebSocket's handshake goes to.
//
// https://websockets.spec.whatwg.org/#concept-websocket-establish
func withHTTPScheme(u origin.URL) origin.URL {
	// Establish a WebSocket connection, step 1.
	if u.Scheme() != "ws" && u.Scheme() != "wss" {
		return u
	}
	http, err := origin.ParseURL("http"+strings.TrimPrefix(u.String(), "ws"), nil)
	if err != nil {
		return u // longer than URLs may be
	}
	return http
}
