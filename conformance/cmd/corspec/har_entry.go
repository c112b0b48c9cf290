package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/corspec/corspec/fetch"
	"github.com/corspec/corspec/internal/quote"
	"github.com/corspec/corspec/origin"
	"github.com/corspec/corspec/safelist"
)

// A harExchange is what is kept of an entry that is a request of HTTP. The rest is read again where it is needed: of a
// large file, all entries at once would take many times its size.
type harExchange struct {
	offset int // of the entry in the file, and its bytes
	size   int
	index  int // in log.entries
	pos    int // in the order of time
	url    origin.URL
	at     time.Time

	preflight, redirects, navigates, isWorker bool

	used         bool         // as a preflight, or as the target of a redirect
	target       *harExchange // what its redirect led to
	ownPreflight *harExchange // the one that went before it, or nil
}

// header returns a header of the request. Some programs write those that they learn of twice twice; the first one
// counts.
func (x *harEntry) header(name string) string {
	for _, h := range x.request.headers.HeaderList {
		if len(h[0]) == len(name) && strings.EqualFold(h[0], name) {
			return h[1]
		}
	}
	return ""
}

// answered reports whether the file has the head of the response.
func (x *harEntry) answered() bool { return x.response.status >= 200 }

// wasSent reports whether the file shows that the request went out.
func (x *harEntry) wasSent() bool { return x.answered() || len(x.response.headers.HeaderList) > 0 }

// hasCookies reports whether the file shows cookies in the request.
func (x *harEntry) hasCookies() bool {
	return x.request.hasCookies || x.request.headers.Contains("Cookie")
}

// isComplete reports whether the file has all headers that went over the wire, not only those that were known before it
// did.
func (x *harEntry) isComplete() bool {
	return x.request.headers.pseudo || x.request.headers.Contains("Host")
}

// isProvisional reports whether the file has the headers that were known before the request was sent, as Chromium tells
// them: Origin and the like are not among them.
func (x *harEntry) isProvisional() bool {
	return !x.isComplete() && x.request.headers.Contains("User-Agent")
}

// looksEmbedded reports whether the response is such as elements ask for.
func (x *harEntry) looksEmbedded() bool {
	kind, _ := x.response.headers.Get("Content-Type")
	kind, _, _ = strings.Cut(strings.ToLower(kind), ";")
	major, _, _ := strings.Cut(kind, "/")
	return major == "image" || major == "audio" || major == "video" || kind == "text/css" || strings.HasSuffix(kind, "javascript")
}

// isPreflight reports whether it is a preflight. A page's own OPTIONS cannot have Access-Control-Request-Method.
func (x *harEntry) isPreflight() bool {
	return x.resourceType == "preflight" ||
		x.request.method == "OPTIONS" && (x.request.headers.Contains("Access-Control-Request-Method") || len(x.request.headers.HeaderList) == 0)
}

// isNetworkProbe reports whether it is a preflight that no CORS request needs: Chromium sends one ahead of requests
// from a public network to a private one, which is not in the standard, and goes on whatever the answer.
func (x *harEntry) isNetworkProbe() bool {
	return (x.request.headers.Contains("Access-Control-Request-Private-Network") || x.request.headers.Contains("Access-Control-Request-Local-Network")) &&
		safelist.IsCORSSafelistedMethod(x.header("Access-Control-Request-Method")) && x.header("Access-Control-Request-Headers") == ""
}

// isWebSocket reports whether it is the handshake of a WebSocket, which needs no CORS.
func (x *harEntry) isWebSocket() bool {
	return x.response.status == 101 || x.resourceType == "websocket" || strings.EqualFold(x.header("Upgrade"), "websocket") ||
		x.request.headers.Contains("Sec-WebSocket-Key") || x.request.headers.Contains("Sec-WebSocket-Version")
}

// isServiceWorkerScript reports whether it is the script of a service worker, which is of its page's origin.
func (x *harEntry) isServiceWorkerScript() bool { return x.header("Service-Worker") == "script" }

// isBrowsers reports whether the browser made it by itself, or an extension with permissions of its own.
func (x *harEntry) isBrowsers() bool { return x.header("Sec-Fetch-Site") == "none" }

// isNavigation reports whether the request was for a document, as far as the file tells.
func (x *harEntry) isNavigation() bool {
	switch x.header("Sec-Fetch-Mode") {
	case "navigate":
		return true
	case "":
		if kind := x.resourceType; kind != "" {
			return kind == "document"
		}
		get := x.request.method == "GET" || x.request.method == "HEAD"
		return (strings.HasPrefix(x.header("Accept"), "text/html,") || x.header("Upgrade-Insecure-Requests") == "1") && !(get && x.request.headers.Contains("Origin"))
	}
	return false
}

// A guess is what the file does not tell and is taken for so.
type guess struct {
	note  string // says so
	doubt string // why nothing is called blocked on it, with %s for the code; empty if there is hardly any other way to see it
}

const (
	corsUntold   = "the file does not tell the request's mode: with \"cors\" it would be blocked (%s), with \"no-cors\" it need not be"
	noCORSUntold = "the file does not tell the request's mode: with \"no-cors\" it would be blocked (%s), with \"cors\" it need not be"
)

// mode returns the mode of the request.
func (x *harEntry) mode() (m fetch.Mode, g guess) {
	if x.isWebSocket() {
		return fetch.ModeWebSocket, g
	}
	if told := x.header("Sec-Fetch-Mode"); m.UnmarshalText([]byte(told)) == nil {
		return m, g
	} else if told != "" {
		return fetch.ModeCORS, guess{note: fmt.Sprintf("The Fetch Standard has no mode %q; it is taken for \"cors\".", told), doubt: corsUntold}
	}
	switch kind := x.resourceType; kind {
	case "document":
		return fetch.ModeNavigate, g
	case "xhr", "eventsource", "font":
		return fetch.ModeCORS, g
	case "image", "script", "stylesheet", "media", "texttrack", "manifest", "ping", "cspviolationreport", "csp-report", "beacon":
		if x.request.headers.Contains("Origin") && (x.request.method == "GET" || x.request.method == "HEAD") {
			return fetch.ModeCORS, g
		}
		return fetch.ModeNoCORS, guess{doubt: noCORSUntold}
	}
	return x.guessMode()
}

// guessMode returns what the mode seems to be if neither Sec-Fetch-Mode nor the kind of thing that is requested tells
// it.
func (x *harEntry) guessMode() (fetch.Mode, guess) {
	const unsaid = "The file does not tell the request's mode; "
	isFetch := x.resourceType == "fetch"
	noCORS := guess{note: unsaid + "it has no Origin, so the mode is taken for \"no-cors\".", doubt: noCORSUntold}
	switch {
	case !isFetch && x.isNavigation():
		return fetch.ModeNavigate, guess{}
	case !x.canBeNoCORS():
		return fetch.ModeCORS, guess{}
	case x.request.headers.Contains("Origin"):
		g := guess{note: unsaid + "it has an Origin, so the mode is taken for \"cors\"."}
		if x.request.method == "POST" { // a form or a beacon
			g.doubt = corsUntold
		}
		return fetch.ModeCORS, g
	case isFetch && x.isComplete(), !isFetch && !x.isProvisional() && (x.isComplete() || x.request.headers.Contains("Referer")), !isFetch && x.isProvisional() && x.looksEmbedded():
		return fetch.ModeNoCORS, noCORS
	case isFetch && len(x.request.headers.HeaderList) > 0 && !x.isProvisional():
		return fetch.ModeCORS, guess{}
	case isFetch:
		return fetch.ModeCORS, guess{doubt: corsUntold}
	}
	return fetch.ModeCORS, guess{note: unsaid + "it is taken for \"cors\".", doubt: corsUntold}
}

// canBeNoCORS reports whether the method and the headers are such as mode "no-cors" allows.
func (x *harEntry) canBeNoCORS() bool {
	if !safelist.IsCORSSafelistedMethod(x.request.method) {
		return false
	}
	value := x.header("Content-Type")
	return value == "" || safelist.IsCORSSafelistedRequestHeader("Content-Type", value)
}

// unanswered says that there is no response, and what the program says of it.
func (x *harEntry) unanswered(what string) string {
	if s := x.failure; s != "" {
		if meaning := meaningOf(s); meaning != "" {
			s += ", which is " + meaning
		}
		return fmt.Sprintf("%s (entries[%d]: %s)", what, x.index, s)
	}
	return fmt.Sprintf("%s (entries[%d] has %s)", what, x.index, x.statusWords())
}

// statusWords says what the file has for the status.
func (x *harEntry) statusWords() string {
	if told := x.response.toldStatus; told != "" {
		return "status " + quote.Line(told, 20)
	}
	return "no status"
}

// unreadRequest says which of the request's headers cannot be read, or nothing.
func (x *harEntry) unreadRequest() string { return x.unread("request", x.request.headers.unread) }

// unreadResponse says which of the response's headers cannot be read, or nothing.
func (x *harEntry) unreadResponse() string { return x.unread("response", x.response.headers.unread) }

func (x *harEntry) unread(message string, u harUnread) string {
	if !u.found {
		return ""
	}
	return fmt.Sprintf("entries[%d].%s.%s cannot be read as a header", x.index, message, u)
}
