package main

import (
	"fmt"
	"slices"

	"github.com/corspec/corspec/fetch/initiator"
	"github.com/corspec/corspec/origin"
)

// An initiated request is one that a page makes otherwise than by fetch() and XMLHttpRequest, in one of its variants:
// with a state of crossorigin, or with what else it depends on.
type initiation struct {
	name string
	step Step
	kind content
}

// A content is what an answer has.
type content struct{ contentType, body string }

var (
	contentImage  = content{"image/gif", "gif"}
	contentSVG    = content{"image/svg+xml", "use"}
	contentScript = content{"text/javascript", "js"}
	contentThrows = content{"text/javascript", "throws"}
	contentWorker = content{"text/javascript", "worker"}
	contentStyle  = content{"text/css", "css"}
	contentAudio  = content{"audio/wav", "wav"}
	contentTrack  = content{"text/vtt", "vtt"}
	contentFont   = content{"font/ttf", "font"}
	contentJSON   = content{"application/json", "json"}
	contentText   = content{"text/plain", "text"}
	contentPage   = content{"text/html", "html"}
	contentEvents = content{"text/event-stream", "events"}
	contentNone   = content{}
)

// fetchesNothing says whether it is a link with an as that makes no request.
func (i initiation) fetchesNothing() bool {
	var k initiator.Kind
	if k.UnmarshalText([]byte(i.step.Via)) != nil {
		return false
	}
	_, ok := initiator.Request(k, origin.MustParseURL("https://a.example/"), origin.NewOpaque(), initiator.Settings{As: i.step.As})
	return !ok
}

// answer answers with the content.
func (c content) answer(status int, namesAndValues ...string) Answer {
	a := answer(status, namesAndValues...)
	if c.contentType != "" {
		a.Headers = append([][2]string{{"Content-Type", c.contentType}}, a.Headers...)
	}
	a.Body = c.body
	return a
}

// initiations are all that a page can make, in all variants.
func initiations() (all []initiation) {
	anonymous, use := "anonymous", "use-credentials"
	add := func(name string, c content, s Step) { all = append(all, initiation{name, s, c}) }
	states := func(via, name string, c content, s Step) {
		s.Via = via
		add(via+name, c, s)
		s.CrossOrigin = &anonymous
		add(via+name+"-anonymous", c, s)
		s.CrossOrigin = &use
		add(via+name+"-use-credentials", c, s)
	}
	for _, e := range []struct {
		via string
		content
	}{
		{"img", contentImage}, {"video-poster", contentImage}, {"audio", contentAudio}, {"video", contentAudio}, {"track", contentTrack},
		{"script", contentThrows}, {"module-script", contentScript}, {"json-module", contentJSON}, {"css-module", contentStyle}, {"text-module", contentText},
		{"link-stylesheet", contentStyle}, {"link-prefetch", contentText}, {"link-icon", contentImage}, {"link-manifest", contentJSON},
		{"svg-image", contentImage}, {"svg-fe-image", contentImage},
	} {
		states(e.via, "", e.content, Step{})
	}
	for as, c := range inOrder(map[string]content{"fetch": contentText, "image": contentImage, "script": contentScript, "style": contentStyle, "font": contentFont, "track": contentTrack}) {
		states("link-preload", "-"+as, c, Step{As: as})
	}
	for _, as := range []string{"", "nonesuch", "audio", "video", "document", "embed", "object", "iframe", "frame", "manifest", "json", "text", "xslt", "report", "worker", "sharedworker", "serviceworker", "audioworklet", "paintworklet"} {
		add("link-preload-"+as, contentScript, Step{Via: "link-preload", As: as})
	}
	for as, c := range inOrder(map[string]content{"": contentScript, "script": contentScript, "nonesuch": contentScript, "json": contentJSON, "style": contentStyle, "text": contentText}) {
		states("link-modulepreload", "-"+as, c, Step{As: as})
	}
	for _, as := range []string{"image", "font", "fetch", "worker", "sharedworker", "serviceworker", "audioworklet", "paintworklet"} {
		add("link-modulepreload-"+as, contentScript, Step{Via: "link-modulepreload", As: as})
	}
	for _, e := range []struct {
		via string
		content
	}{
		{"input-image", contentImage}, {"iframe", contentPage}, {"object", contentPage}, {"embed", contentPage}, {"form", contentPage}, {"font", contentFont}, {"css-import", contentStyle},
		{"css-shape-outside", contentImage}, {"svg-use", contentSVG}, {"worker", contentWorker}, {"module-worker", contentWorker}, {"shared-worker", contentWorker},
		{"module-shared-worker", contentWorker}, {"service-worker", contentWorker}, {"module-service-worker", contentWorker}, {"import-scripts", contentScript},
		{"audio-worklet", contentScript}, {"paint-worklet", contentScript}, {"eventsource", contentEvents}, {"websocket", contentNone}, {"ping", contentNone},
	} {
		add(e.via, e.content, Step{Via: e.via})
	}
	for _, via := range []string{"module-worker", "module-shared-worker", "audio-worklet", "paint-worklet", "eventsource"} {
		c := contentWorker
		if via == "eventsource" {
			c = contentEvents
		}
		for _, mode := range []string{"omit", "include"} {
			if via != "eventsource" || mode == "include" {
				add(via+"-"+mode, c, Step{Via: via, Credentials: mode})
			}
		}
	}
	for _, property := range []string{"background-image", "list-style-image", "border-image-source", "content", "cursor"} {
		add("css-image-"+property, contentImage, Step{Via: "css-image", Property: property})
	}
	for _, property := range []string{"mask-image", "mask-border-source", "-webkit-mask-box-image-source"} {
		add("css-mask-image-"+property, contentImage, Step{Via: "css-mask-image", Property: property})
	}
	add("form-post", contentPage, Step{Via: "form", Method: "POST"})
	for i, t := range []string{"", "text/plain;charset=UTF-8", "application/x-www-form-urlencoded;charset=UTF-8", "multipart/form-data;boundary=x", "application/json", "image/png"} {
		add(fmt.Sprintf("beacon-%d", i), contentNone, Step{Via: "beacon", BodyType: t})
	}
	return all
}

// inOrder goes through a map by its keys in order.
func inOrder(m map[string]content) func(yield func(string, content) bool) {
	return func(yield func(string, content) bool) {
		var keys []string
		for k := range m {
			keys = append(keys, k)
		}
		slices.Sort(keys)
		for _, k := range keys {
			if !yield(k, m[k]) {
				return
			}
		}
	}
}

// initiators make each of these requests to the page's own origin, to another of its site and to another site, allowed
// and refused, and let them be redirected.
func initiators() (all []*Scenario) {
	for _, i := range initiations() {
		status := 200
		if i.step.Via == "websocket" {
			status = 101
		}
		add := func(name string, url string, served map[string]*Served) {
			s := i.step
			s.URL = url
			all = append(all, &Scenario{ID: "initiator/" + i.name + "-" + name, Steps: []Step{s}, Serve: served})
		}
		var own []string
		if i.step.Via == "link-prefetch" {
			own = []string{"Cache-Control", "max-age=60"} // what cannot be kept is a failure in Firefox
		}
		allowed := []string{acao, "{page}", acac, "true", acah, "content-type"}
		one := func(to byte, name string, namesAndValues ...string) {
			url := fmt.Sprintf("{%c/}x", to)
			served := map[string]*Served{url: serve(answer(204, namesAndValues...), i.kind.answer(status, append(own, namesAndValues...)...))}
			served[url+"?x=y"] = served[url] // where a form goes
			add(fmt.Sprintf("%c-%s", to, name), url, served)
		}
		one('a', "refused")
		if i.fetchesNothing() {
			one('b', "allowed", allowed...)
			continue
		}
		one('b', "refused")
		one('b', "wildcard", acao, "*", acah, "content-type")
		one('b', "allowed", allowed...)
		one('c', "allowed", allowed...)
		for _, hops := range []string{"ab", "bb"} {
			from, to := fmt.Sprintf("{%c/}x", hops[0]), fmt.Sprintf("{%c/}y", hops[1])
			redirect := serve(answer(204, allowed...), answer(302, append(allowed, "Location", to)...))
			add("redirected-"+hops, from, map[string]*Served{from: redirect, from + "?x=y": redirect, to: serve(answer(204, allowed...), i.kind.answer(status, append(own, allowed...)...))})
		}
	}
	for _, hops := range []string{"e", "h"} { // of https, where other origins do not learn the document's URL
		all = append(all, chain("initiator/ping-https-"+hops, Page{At: "e"}, hops, Step{Via: "ping"}))
	}
	return all
}
