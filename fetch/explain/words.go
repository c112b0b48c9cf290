package explain

import (
	"fmt"
	"strings"

	"github.com/corspec/corspec/fetch"
	"github.com/corspec/corspec/internal/quote"
)

// Words are what there is to say of a code. In happened, braces stand for what a verdict holds; held has it.
type words struct {
	happened string
	why      string
	where    Where
	fix      string
	nullFix  string // instead, where the request's origin is "null"
	status   int    // that the fix gives to the response to the preflight
	send     func(v fetch.Verdict) fetch.HeaderList
	engines  string // what is known without a trace
}

// The ways out that are said of several codes.
const (
	answerOPTIONS   = "answer OPTIONS with 204, ahead of authentication and routing: a preflight carries no credentials."
	allowAll        = "allow every origin, if the response is public, and do not send \"null\": many pages share that origin. Requests with credentials cannot be allowed."
	omitCredentials = "on the client, make the request without credentials: the request's origin is \"null\", which many pages share, so that credentials cannot be allowed."
	allowThem       = "allow every origin, if the response is public."
	askFinal        = "on the client, ask for {url}, to which the redirect leads: the request then has the page's own origin."
	allowPage       = "allow the page's origin with credentials, and say that the response depends on it."
)

// vocabulary has the words of all codes. Those of the CORS check also serve its codes for a preflight.
var vocabulary = map[fetch.Code]words{
	"":           {happened: "Nothing has been decided."},
	fetch.CodeOK: {happened: "Allowed."},

	fetch.CodeMissingAllowOrigin: {
		happened: "The {response} says nothing of CORS: {had}.",
		why:      "A page may read a response of another origin only if the response names the page's origin, or everyone.",
		where:    WhereResponse, send: sendOrigin,
		fix:     "send the origin of the page. Error responses need it too.",
		nullFix: allowAll,
	},
	fetch.CodeMultipleAllowOriginValues: {
		happened: "The {response} names several origins: {had}.",
		why:      "The header holds one value, which is compared with the page's origin byte for byte; a list never matches. Often a proxy and the application both add the header.",
		where:    WhereResponse, send: sendOrigin,
		fix:     "send one line with the request's origin, if it is one that is to be allowed, and Vary: Origin.",
		nullFix: allowAll,
	},
	fetch.CodeWildcardOriginNotAllowed: {
		happened: "The {response} allows every origin, but the request's credentials mode is \"include\".",
		why:      "With credentials, \"*\" is not a wildcard: the response has to name the origin.",
		where:    WhereResponse, send: sendOriginAndCredentials,
		fix: "if the page may read what the user's credentials open, send its origin (and not whatever origin asks), allow credentials, and say that the response depends on the origin. Or make the request without credentials.",
	},
	fetch.CodeInvalidAllowOriginValue: {
		happened: "The {response} names something other than an origin: {had}.",
		why:      "The value is compared byte for byte with the page's origin as browsers write it: scheme, ://, host in lower case, and a port only if it is not the default one; no slash, no pattern.",
		where:    WhereResponse, send: sendOrigin,
		fix:     "send the origin of the page.",
		nullFix: allowAll,
	},
	fetch.CodeAllowOriginMismatch: {
		happened: "The {response} is shared with another origin: {had}, and the request's origin is {want}.",
		why:      "The value has to equal the page's origin byte for byte.",
		where:    WhereResponse, send: sendOrigin,
		fix:     "send the request's origin, if it is to be allowed, and say that the response depends on it.",
		nullFix: allowAll,
	},
	fetch.CodeInvalidAllowCredentials: {
		happened: "The {response} does not allow credentials: {had}.",
		why:      "The request's credentials mode is \"include\", and then Access-Control-Allow-Credentials has to be exactly \"true\".",
		where:    WhereResponse, send: sendWanted,
		fix: "allow credentials, or make the request without them.",
	},

	fetch.CodePreflightInvalidStatus: {
		happened: "The response to the preflight has status {value}.",
		why:      "A preflight succeeds only with a status from 200 to 299.",
		where:    WherePreflight, status: 204,
		fix: answerOPTIONS,
	},
	fetch.CodePreflightDisallowedRedirect: {
		happened: "The response to the preflight is a redirect (status {value}).",
		why:      "A preflight succeeds only with a status from 200 to 299; its redirects are not followed.",
		where:    WherePreflight, status: 204,
		fix: "answer OPTIONS with 204 at this URL, or have the client ask for the final URL: mind http and https, and the slash at the end.",
	},
	fetch.CodePreflightInvalidAllowMethods: wordsForMalformed,
	fetch.CodePreflightInvalidAllowHeaders: wordsForMalformed,
	fetch.CodeMethodDisallowedByPreflight: {
		happened: "The response to the preflight does not allow the method {want}: {had}.",
		why:      "Methods other than GET, HEAD and POST have to be listed, in the same case; \"*\" stands for all only without credentials.",
		where:    WherePreflight, send: sendExtended,
		fix: "on the response to OPTIONS, list the method.",
	},
	fetch.CodeHeaderDisallowedByPreflight: {
		happened: "The response to the preflight does not allow the header {want}: {had}.",
		why:      "Headers that are not CORS-safelisted have to be listed; \"*\" stands for all only without credentials, and never for Authorization.",
		where:    WherePreflight, send: sendExtended,
		fix: "on the response to OPTIONS, list {headers}.",
	},
	fetch.CodeAuthorizationNotCoveredByWildcard: {
		happened: "The response to the preflight allows \"*\" headers, which does not cover {want}.",
		why:      "Authorization has to be listed by name, because servers may have allowed \"*\" without thinking of it.",
		where:    WherePreflight, send: sendExtended,
		fix:     "on the response to OPTIONS, list it beside the wildcard.",
		engines: "Chromium, Firefox and WebKit let \"*\" cover Authorization in requests without credentials (https://github.com/whatwg/fetch/issues/1919).",
	},

	fetch.CodeDisallowedByMode: {
		happened: "The request's mode is \"same-origin\", and {want} is of another origin.",
		why:      "That mode is for requests that must not leave the origin.",
		where:    WhereClient, fix: "on the client, use mode \"cors\".",
	},
	fetch.CodeCORSDisabledScheme: {
		happened: "{want} is of another origin and of a scheme that does not take part in CORS.",
		why:      "The CORS protocol is for http and https.",
		where:    WhereServer, fix: "serve the resource over https.",
	},
	fetch.CodeSchemeNotSupported: {
		happened: "{want} cannot be fetched.",
		why:      "Only http and https go to the network; about:blank, data: and blob: URLs are local, and have to be well-formed.",
	},
	fetch.CodeNoCORSRedirectModeNotFollow: {
		happened: "The request's mode is \"no-cors\" and its redirect mode is not \"follow\".",
		why:      "What a foreign server redirects to is not for the page to know.",
		where:    WhereClient, fix: "on the client, use redirect mode \"follow\" or mode \"cors\".",
	},
	fetch.CodeBadPort: {
		happened: "{want} has a port that browsers block.",
		why:      "Ports of other protocols are blocked, so that pages cannot talk to them by HTTP.",
		where:    WhereServer, fix: "serve on another port.",
	},
	fetch.CodeKeepaliveQuotaExceeded: {
		happened: "The bodies of the page's keepalive requests have more than 65536 bytes together.",
		why:      "Requests that may outlive their page are kept small.",
		where:    WhereClient, fix: "send less at once, or without keepalive.",
	},
	fetch.CodeCacheOnlyIfCached: {
		happened: "{want} is not in the HTTP cache.",
		why:      "The request's cache mode is \"only-if-cached\", so that nothing is sent.",
		where:    WhereClient, fix: "use another cache mode.",
	},
	fetch.CodeAuthenticationBodyNotReplayable: {
		happened: "The server asks for a name and a password (401), and the request's body is a stream.",
		why:      "A stream cannot be sent a second time.",
		where:    WhereClient, fix: "log in first, or send a body that is not a stream.",
	},
	fetch.CodeMixedContent: {
		happened: "{want} is requested by a page of https: mixed content.",
		why:      "Whoever is on the network could read and change what goes over http, so that nothing is sent.",
		where:    WhereServer, fix: "serve the resource over https, and ask for it there.",
	},
	fetch.CodeUnexpectedRangeResponse: {
		happened: "The response is a part that this request did not ask for.",
		why:      "An opaque partial response could be taken for a whole one.",
		where:    WhereClient, fix: "in the service worker, answer with a response to this request.",
	},
	fetch.CodeLocalURLsOnly: {
		happened: "The request is for local URLs only, and {want} is not one.",
		why:      "Its local-URLs-only flag is set.",
	},

	fetch.CodeRedirectModeError: {
		happened: "The response is a redirect, and the request's redirect mode is \"error\".",
		why:      "That mode makes every redirect a failure.",
		where:    WhereClient, fix: "on the client, ask for the final URL or use redirect mode \"follow\".",
	},
	fetch.CodeTooManyRedirects: {
		happened: fmt.Sprintf("The request was redirected more than %d times, at last to {want}.", fetch.MaxRedirects),
		why:      "A fetch ends at the twenty-first redirect.",
		where:    WhereServer, fix: "break the loop of redirects.",
	},
	fetch.CodeRedirectInvalidLocation: {
		happened: "The redirect leads nowhere: {had}.",
		why:      "There has to be one Location, and it has to be a URL.",
		where:    WhereServer, fix: "send one Location with a valid URL.",
	},
	fetch.CodeRedirectDisallowedScheme: {
		happened: "The redirect leads to {want}, which is not http or https.",
		why:      "A fetch is not redirected to other schemes.",
		where:    WhereServer, fix: "redirect to an https URL.",
	},
	fetch.CodeRedirectContainsCredentials: {
		happened: "The redirect leads to a URL with a user name or password: {want}.",
		why:      "In a CORS request a URL must not bring credentials along.",
		where:    WhereServer, fix: "send a Location without them.",
	},
	fetch.CodeRedirectBodyNotReplayable: {
		happened: "The request is to be sent again to the redirect's URL, but its body was a stream and is gone.",
		why:      "Only a redirect with status 303 drops the body.",
		where:    WhereServer, fix: "redirect with 303, or on the client, ask for the final URL.",
	},

	fetch.CodeCORPNotSameOrigin: wordsForEmbedding,
	fetch.CodeCORPNotSameSite:   wordsForEmbedding,
	fetch.CodeCORPNotSameOriginAfterDefaultedByCOEP: {
		happened: "The page embeds only what allows it, and this response does not: {had}.",
		why:      "Its Cross-Origin-Embedder-Policy takes responses without Cross-Origin-Resource-Policy for \"same-origin\".",
		where:    WhereResponse, send: sendWanted,
		fix: "allow the response to be embedded, or on the client, request it with CORS.",
	},
	fetch.CodeNosniff: {
		happened: "The response forbids guessing its type, and its type is not one for this use: {had}.",
		why:      "With X-Content-Type-Options: nosniff, scripts need a JavaScript MIME type and style sheets text/css.",
		where:    WhereResponse, send: sendWanted,
		fix: "send the type, if the response is of that type.",
	},
	fetch.CodeMIMETypeBlocked: {
		happened: "The response is not a script: {had}.",
		why:      "Audio, images, video and text/csv are never run as scripts.",
		where:    WhereResponse, send: sendWanted,
		fix: "send a JavaScript MIME type, if the response is a script.",
	},
	fetch.CodeTAOCheckFailed: {
		happened: "The response does not share its timing with {want}: {had}.",
		why:      "Timing-Allow-Origin has to list the page's origin or \"*\", on the response and on each redirect before it.",
		where:    WhereResponse, send: sendWanted,
		fix: "list the origin.",
	},
	fetch.CodeProxyAuthenticationRequired: {
		happened: "The proxy asks for authentication (status 407).",
		why:      "Only a person could be asked for it.",
		where:    WhereClient, fix: "on the client, configure the proxy.",
	},
	fetch.CodeHookResponse: {
		happened: "What answers in place of the network gave a response that {want} may not have.",
		why:      "A service worker cannot give an opaque or redirected response to a request whose mode or redirect mode does not allow it.",
	},

	fetch.CodeTransportError: {
		happened: "No response from {want}{cause}.",
		why:      "The request failed before a rule of CORS was applied. To the page it looks the same.",
	},
	fetch.CodeAborted: {happened: "The fetch was given up."},
}

var wordsForMalformed = words{
	happened: "The response to the preflight is malformed: {had}.",
	why:      "The header is a comma-separated list of tokens; one element that is not a token spoils the whole.",
	where:    WherePreflight, send: sendRepaired,
	fix: "on the response to OPTIONS, send the names, separated by commas, without quotes or spaces inside.",
}

var wordsForEmbedding = words{
	happened: "The response is not for other documents to embed: {had}.",
	why:      "Cross-Origin-Resource-Policy restricts requests without CORS to the same origin, or to the same site and, for https responses, to https pages.",
	where:    WhereResponse, send: sendWanted,
	fix: "allow it to be embedded, if it is meant to be.",
}

// wordsOf returns the words of a verdict. A code that a hook has made up is named.
func wordsOf(v fetch.Verdict) words {
	w, ok := vocabulary[v.Code]
	if !ok {
		code := strings.TrimPrefix(string(v.Code), "preflight-")
		if w, ok = vocabulary[fetch.Code(code)]; ok {
			w.where = WherePreflightAndResponse
		}
	}
	if !ok {
		w.happened = "Blocked: {code}."
	}
	return w
}

// short returns a value as it is shown inside a sentence.
func short(s string) string { return quote.Line(s, 120) }

// long returns text from outside as it is shown where there is more room for it.
func long(s string) string { return quote.Line(s, 300) }

// fill puts in what names in braces stand for. Other braces stay, which may be those of a value.
func fill(text string, of func(name string) (value string, ok bool)) string {
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(text, "{")
		b.WriteString(before)
		if !found {
			return b.String()
		}
		name, after, _ := strings.Cut(rest, "}")
		if value, ok := of(name); ok {
			b.WriteString(value)
			text = after
		} else {
			b.WriteByte('{')
			text = rest
		}
	}
}

// held is what a verdict holds.
func held(v fetch.Verdict) func(name string) (value string, ok bool) {
	return func(name string) (string, bool) {
		switch name {
		case "response":
			if strings.HasPrefix(string(v.Code), "preflight-") {
				return "response to the preflight", true
			}
			return "response", true
		case "had":
			return had(v), true
		case "want":
			return quote.Quote(v.Want), true
		case "value":
			return short(v.Value), true
		case "cause":
			if v.Value == "" {
				return "", true
			}
			return ": " + long(v.Value), true // net/http's errors hold the whole line that a server sent
		case "code":
			return short(string(v.Code)), true
		}
		return "", false
	}
}

// had says what the header at fault looked like.
func had(v fetch.Verdict) string {
	switch v.Lines {
	case 0:
		return "the response has no " + v.Header
	case 1:
		return fmt.Sprintf("the response has %s: %s", v.Header, quote.Quote(v.Value))
	}
	return fmt.Sprintf("the response has %d lines of %s, the first with %s", v.Lines, v.Header, quote.Quote(v.Value))
}
