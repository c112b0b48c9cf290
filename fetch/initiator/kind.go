package initiator

import "github.com/corspec/corspec/internal/enum"

// A Kind is an element or an API of a page that makes requests otherwise than by fetch(). The zero value stands for
// nothing.
type Kind uint8

// The elements and APIs, by where their requests are set up.
const (
	// https://html.spec.whatwg.org/multipage/images.html#update-the-image-data
	KindImg Kind = iota + 1 // img; with srcset or in a picture, the caller sets the initiator "imageset"
	// https://html.spec.whatwg.org/multipage/input.html#attr-input-src
	KindInputImage // input type=image, which does not have a crossorigin
	// https://html.spec.whatwg.org/multipage/media.html#attr-video-poster
	KindVideoPoster // the poster of a video, whose crossorigin does not count

	// https://html.spec.whatwg.org/multipage/media.html#concept-media-load-resource
	KindAudio // audio
	KindVideo // video
	// https://html.spec.whatwg.org/multipage/media.html#start-the-track-processing-model
	KindTrack // track, with the crossorigin of its audio or video

	// https://html.spec.whatwg.org/multipage/webappapis.html#fetch-a-classic-script
	KindScript // script
	// https://html.spec.whatwg.org/multipage/webappapis.html#fetch-a-single-module-script
	KindModuleScript // script type=module, and what it imports
	// https://html.spec.whatwg.org/multipage/webappapis.html#fetch-destination-from-module-type
	KindJSONModule // what is imported with type "json"; crossorigin is that of the script that imports it
	KindCSSModule  // the same with type "css"
	KindTextModule // the same with type "text"

	// https://html.spec.whatwg.org/multipage/semantics.html#create-a-link-request
	KindLinkStylesheet // link rel=stylesheet
	// https://html.spec.whatwg.org/multipage/links.html#link-type-preload
	KindLinkPreload // link rel=preload, with its as
	// https://html.spec.whatwg.org/multipage/links.html#link-type-modulepreload
	KindLinkModulepreload // link rel=modulepreload, with its as
	// https://html.spec.whatwg.org/multipage/links.html#link-type-prefetch
	KindLinkPrefetch // link rel=prefetch, whatever its as
	// https://html.spec.whatwg.org/multipage/links.html#rel-icon
	KindLinkIcon // link rel=icon
	// https://html.spec.whatwg.org/multipage/links.html#link-type-manifest
	KindLinkManifest // link rel=manifest

	// https://html.spec.whatwg.org/multipage/browsing-the-web.html#create-navigation-params-by-fetching
	KindIframe // iframe
	// https://html.spec.whatwg.org/multipage/iframe-embed-object.html#the-object-element
	KindObject // object
	// https://html.spec.whatwg.org/multipage/iframe-embed-object.html#the-embed-element
	KindEmbed // embed
	// https://html.spec.whatwg.org/multipage/form-control-infrastructure.html#form-submission-algorithm
	KindForm // form; the caller sets method, headers and body

	// https://drafts.csswg.org/css-fonts-4/#font-fetching-requirements
	// https://drafts.csswg.org/css-values-4/#fetch-a-style-resource
	KindFont // @font-face
	// https://drafts.csswg.org/css-cascade-4/#fetch-an-import
	KindCSSImport // @import
	// https://drafts.csswg.org/css-images-4/#fetch-an-external-image-for-a-stylesheet
	KindCSSImage // backgrounds, borders, cursors and all other images
	// https://drafts.fxtf.org/css-masking-1/#priv-sec
	KindCSSMaskImage // mask-image, mask-border-source, clip-path
	// https://drafts.csswg.org/css-shapes-1/#shape-outside-property
	KindCSSShapeOutside // shape-outside

	// https://svgwg.org/svg2-draft/linking.html#processingURL-fetch
	KindSVGImage // image of SVG
	// https://svgwg.org/svg2-draft/struct.html#UseElement
	KindSVGUse // use of SVG
	// https://drafts.fxtf.org/filter-effects-1/#feImageElement
	KindSVGFeImage // feImage of SVG

	// https://html.spec.whatwg.org/multipage/webappapis.html#fetch-a-classic-worker-script
	KindWorker       // new Worker() of a classic script; what a worker imports are requests of their own
	KindSharedWorker // new SharedWorker() of a classic script
	// https://html.spec.whatwg.org/multipage/webappapis.html#fetch-a-module-worker-script-tree
	KindModuleWorker       // new Worker() with type "module", with its credentials
	KindModuleSharedWorker // new SharedWorker() with type "module", with its credentials
	// https://w3c.github.io/ServiceWorker/#update-algorithm
	KindServiceWorker       // register() of a classic script, past the HTTP cache
	KindModuleServiceWorker // register() with type "module", past the HTTP cache
	// https://html.spec.whatwg.org/multipage/webappapis.html#fetch-a-classic-worker-imported-script
	KindImportScripts // importScripts(); engines send credentials everywhere (https://github.com/w3c/ServiceWorker/issues/1497)
	// https://html.spec.whatwg.org/multipage/webappapis.html#fetch-a-worklet-script-graph
	KindAudioWorklet // audioWorklet.addModule(), with its credentials
	KindPaintWorklet // paintWorklet.addModule(), with its credentials

	// https://html.spec.whatwg.org/multipage/server-sent-events.html#dom-eventsource
	KindEventSource // new EventSource(), with its withCredentials
	// https://xhr.spec.whatwg.org/#dom-xmlhttprequest-send
	KindXHR // XMLHttpRequest, with its withCredentials; package webapi makes its method, headers and body
	// https://w3c.github.io/beacon/#sec-processing-model
	KindBeacon // sendBeacon(), by the type of its body
	// https://websockets.spec.whatwg.org/#concept-websocket-establish
	KindWebSocket // new WebSocket(); the caller adds the headers of the handshake
	// https://html.spec.whatwg.org/multipage/links.html#hyperlink-auditing
	KindPing // the ping of a hyperlink; the caller adds Ping-To and, unless a page of https pings another origin, Ping-From
)

var kinds = enum.From1[Kind]("initiator: element", "img", "input-image", "video-poster", "audio", "video", "track",
	"script", "module-script", "json-module", "css-module", "text-module",
	"link-stylesheet", "link-preload", "link-modulepreload", "link-prefetch", "link-icon", "link-manifest",
	"iframe", "object", "embed", "form",
	"font", "css-import", "css-image", "css-mask-image", "css-shape-outside", "svg-image", "svg-use", "svg-fe-image",
	"worker", "shared-worker", "module-worker", "module-shared-worker", "service-worker", "module-service-worker", "import-scripts",
	"audio-worklet", "paint-worklet",
	"eventsource", "xhr", "beacon", "websocket", "ping")

// String returns the name of k.
func (k Kind) String() string { return kinds.String(k) }

// MarshalText returns the name of k.
func (k Kind) MarshalText() ([]byte, error) { return kinds.MarshalText(k) }

// UnmarshalText takes the name of an element or API, and nothing else.
func (k *Kind) UnmarshalText(text []byte) error { return kinds.UnmarshalText(k, text) }
