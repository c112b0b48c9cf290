package main

import (
	"fmt"
	"slices"

	"github.com/corspec/corspec/fetch"
	"github.com/corspec/corspec/fetch/initiator"
	"github.com/corspec/corspec/origin"
)

// initiated makes the request of a step that is named after what requests, on a page of that origin and with that URL.
// ok is false where nothing is fetched.
func initiated(s *Step, page origin.Origin, document origin.URL) (r fetch.Request, ok bool, err error) {
	var kind initiator.Kind
	if err := kind.UnmarshalText([]byte(s.Via)); err != nil {
		return r, false, fmt.Errorf("via: %w", err)
	}
	u, err := origin.ParseURL(s.URL, nil)
	if err != nil {
		return r, false, err
	}
	settings := initiator.Settings{As: s.As, BodyType: s.BodyType, WithCredentials: s.Credentials == "include"}
	if s.CrossOrigin != nil {
		settings.CrossOrigin = initiator.ParseCORSSettings(*s.CrossOrigin)
	}
	if s.Credentials != "" {
		if err := settings.Credentials.UnmarshalText([]byte(s.Credentials)); err != nil {
			return r, false, err
		}
	} else {
		settings.Credentials = fetch.CredentialsSameOrigin
	}
	if r, ok = initiator.Request(kind, u, page, settings); !ok {
		return r, false, nil
	}
	r.PartitionKey, r.Referrer = "page", document
	if s.ReferrerPolicy != "" {
		if err := r.ReferrerPolicy.UnmarshalText([]byte(s.ReferrerPolicy)); err != nil {
			return r, false, err
		}
	}
	switch kind {
	case initiator.KindImg:
		if s.Property == "srcset" {
			r.Initiator = fetch.InitiatorImageset
		}
	case initiator.KindIframe, initiator.KindForm:
		r.Redirect = fetch.RedirectFollow // HTML follows what is "manual" to Fetch, hop by hop
	case initiator.KindAudio, initiator.KindVideo:
		// Resource fetch algorithm, step 5.4: which range is fetched is for the user agent to choose.
		r.Headers.Set("Range", "bytes=0-")
	}
	switch kind {
	case initiator.KindForm: // into a frame of the page
		r.Destination = fetch.DestinationIframe
		if s.Method != "" {
			r.Method = s.Method
		}
		if r.Method == "POST" {
			r.Body = fetch.BodyBytes
			r.Headers.Set("Content-Type", "application/x-www-form-urlencoded")
		} else {
			r.URLList[0] = origin.MustParseURL(s.URL + "?x=y")
		}
	case initiator.KindImportScripts: // in a worker
		r.Referrer = origin.MustParseURL(page.String() + "/importing.js")
	case initiator.KindWebSocket:
		r.Referrer = origin.URL{}
		r.Headers.Set("Upgrade", "websocket")
		r.Headers.Set("Sec-WebSocket-Version", "13")
	case initiator.KindPing:
		r.Referrer = origin.URL{}
		// Hyperlink auditing, step 5: across origins, a document of https does not say where it is.
		there := document.WithoutFragment().String() + "#corspec" // where the page is by then, and where the link leads
		r.Headers.Set("Ping-To", there)
		if page == u.Origin() || document.Scheme() != "https" {
			r.Headers.Set("Ping-From", there)
		}
	}
	return r, true, nil
}

// unheard are those of which a page learns nothing, whatever comes of their requests.
var unheard = []string{"video-poster", "link-icon", "link-manifest", "css-image", "css-mask-image", "svg-fe-image", "beacon", "ping"}

// readables are those of which a script may try to read what they got.
var readables = []string{"img", "script", "link-stylesheet", "css-import", "iframe", "object"}

// learnt is what a page learns of a step that is named after what requests.
func learnt(s *Step, page origin.Origin, result fetch.Result) Outcome {
	r := &result.Response
	o := Outcome{Outcome: "load", Code: string(result.Verdict.Code), Step: string(result.Verdict.Step)}
	if r.IsNetworkError() {
		o.Outcome = "error"
	}
	if slices.Contains(unheard, s.Via) {
		o.Outcome = "none"
	}
	if o.Outcome == "load" && slices.Contains(readables, s.Via) {
		readable := initiator.CORSSameOrigin(r.Type)
		if s.Via == "iframe" || s.Via == "object" { // what counts is the document's origin
			u, ok := r.URL()
			readable = ok && u.Origin() == page
		}
		o.Readable = &readable
	}
	return o
}

// nothing is what a page learns where nothing is fetched.
func nothing(s *Step) string {
	if s.Via == "link-modulepreload" {
		return "error" // modulepreload: fetch and process the linked resource, step 2
	}
	return "none"
}
