package fetch

import (
	"fmt"
	"strings"

	"github.com/corspec/corspec/internal/quote"
)

// An Explanation is a verdict in words.
type Explanation struct {
	Happened string     // what happened
	Why      string     // why the standard says so
	Fix      string     // what to change, on the server unless it says otherwise; empty where nothing is to be changed
	Send     HeaderList // header lines that the fix sends
	Step     Step       // the step that decided
	Link     string     // where the step stands
	Engines  string     // which engines decide otherwise; empty where none is known to
}

// String returns the explanation as lines of text, the last without a line break.
func (e Explanation) String() string {
	var b strings.Builder
	b.WriteString(e.Happened)
	line := func(label, text string) {
		if text != "" {
			b.WriteString("\n" + label + text)
		}
	}
	line("Why: ", e.Why)
	if e.Step != "" {
		line("Step: ", string(e.Step)+" "+e.Link)
	}
	line("Fix: ", e.Fix)
	for _, h := range e.Send {
		line("  ", h[0]+": "+h[1])
	}
	line("Engines: ", e.Engines)
	return b.String()
}

// maxCause is how much of a transport's error an explanation shows: net/http's errors hold the whole line that a server sent.
const maxCause = 500

// show quotes a value that came from outside.
func show(s string) string {
	return quote.Quote(s)
}

// had says what the header at fault looked like.
func (v Verdict) had() string {
	switch v.Lines {
	case 0:
		return "the response has no " + v.Header
	case 1:
		return fmt.Sprintf("the response has %s: %s", v.Header, show(v.Value))
	}
	return fmt.Sprintf("the response has %d lines of %s, the first with %s", v.Lines, v.Header, show(v.Value))
}

// Explain says in words what happened, why the standard says so, and what to change. It makes the text anew at each call.
func (v Verdict) Explain() Explanation {
	e := Explanation{Step: v.Step, Link: v.Step.URL()}
	what, onPreflight := "response", ""
	code, preflight := strings.CutPrefix(string(v.Code), "preflight-")
	if preflight {
		what, onPreflight = "response to the preflight", "on the response to OPTIONS, and on the response itself: "
	}
	// To share with the origin "null" is to share with every sandboxed page; "*" at least says so. What names one origin
	// depends on the request's.
	shared, null := HeaderList{{allowOrigin, v.Want}, {"Vary", "Origin"}}, v.Want == "null"
	if null {
		shared = HeaderList{{allowOrigin, "*"}}
	}
	switch c := Code(code); c {
	case "":
		e.Happened = "Nothing has been decided."
	case CodeOK:
		e.Happened = "Allowed."

	case CodeMissingAllowOrigin:
		e.Happened = fmt.Sprintf("The %s says nothing of CORS: %s.", what, v.had())
		e.Why = "A page may read a response of another origin only if the response names the page's origin, or everyone."
		e.Fix = onPreflight + "send the origin of the page. Error responses need it too."
		if null {
			e.Fix = onPreflight + "allow every origin, if the response is public: the request's origin is \"null\", which many pages share. Requests with credentials cannot be allowed."
		}
		e.Send = shared
	case CodeMultipleAllowOriginValues:
		e.Happened = fmt.Sprintf("The %s names several origins: %s.", what, v.had())
		e.Why = "The header holds one value, which is compared with the page's origin byte for byte; a list never matches. Often a proxy and the application both add the header."
		e.Fix = onPreflight + "send one line with one origin, chosen by the request's Origin, and Vary: Origin."
		e.Send = shared
	case CodeWildcardOriginNotAllowed:
		e.Happened = fmt.Sprintf("The %s allows every origin, but the request's credentials mode is \"include\".", what)
		e.Why = "With credentials, \"*\" is no wildcard: the response has to name the origin."
		e.Fix = onPreflight + "send the origin, allow credentials, and say that the response depends on the origin. Or make the request without credentials."
		e.Send = HeaderList{shared[0], {allowCredentials, "true"}, {"Vary", "Origin"}}
		if null {
			e.Fix = nullCredentials
			e.Send = nil
		}
	case CodeInvalidAllowOriginValue:
		e.Happened = fmt.Sprintf("The %s names no origin: %s.", what, v.had())
		e.Why = "The value is compared byte for byte with the page's origin as browsers write it: scheme, ://, host in lower case, and a port only if it is not the default one; no slash, no pattern."
		e.Fix = onPreflight + "send the origin of the page."
		e.Send = shared
	case CodeAllowOriginMismatch:
		e.Happened = fmt.Sprintf("The %s is shared with another origin: %s, and the request's origin is %s.", what, v.had(), show(v.Want))
		e.Why = "The value has to equal the page's origin byte for byte."
		if null {
			e.Why += " The origin is \"null\" because it is opaque (a sandboxed frame, a file, a data: URL), or because a redirect led from one foreign origin to another."
			e.Fix = onPreflight + "do not send \"null\": every sandboxed page would match. Without credentials, \"*\" allows the response; a redirect is best avoided by the client asking for the final URL."
			e.Send = shared
			break
		}
		e.Fix = onPreflight + "send the request's origin, if it is to be allowed, and say that the response depends on it."
		e.Send = shared
	case CodeInvalidAllowCredentials:
		e.Happened = fmt.Sprintf("The %s does not allow credentials: %s.", what, v.had())
		e.Why = "The request's credentials mode is \"include\", and then Access-Control-Allow-Credentials has to be exactly \"true\"."
		e.Fix = onPreflight + "allow credentials, or make the request without them."
		e.Send = HeaderList{{allowCredentials, "true"}}

	case "invalid-status":
		e.Happened = fmt.Sprintf("The response to the preflight has status %s.", v.Value)
		e.Why = "A preflight succeeds only with a status from 200 to 299."
		e.Fix = answerOPTIONS
	case "disallowed-redirect":
		e.Happened = fmt.Sprintf("The response to the preflight is a redirect (status %s).", v.Value)
		e.Why = "A preflight succeeds only with a status from 200 to 299; its redirects are not followed."
		e.Fix = "answer OPTIONS with 204 at this URL, or have the client ask for the final URL: mind http and https, and the slash at the end."
	case "invalid-allow-methods", "invalid-allow-headers":
		e.Happened = fmt.Sprintf("The response to the preflight is malformed: %s.", v.had())
		e.Why = "The header is a comma-separated list of tokens; one that is none spoils the whole."
		e.Fix = "on the response to OPTIONS, send the names, separated by commas, without quotes or spaces inside."
		if list := v.repaired(); list != "" {
			e.Send = HeaderList{{v.Header, list}}
		}
	case CodeMethodDisallowedByPreflight:
		e.Happened = fmt.Sprintf("The response to the preflight does not allow the method %s: %s.", show(v.Want), v.had())
		e.Why = "Methods other than GET, HEAD and POST have to be listed, in the same case; \"*\" stands for all only without credentials."
		e.Fix = "on the response to OPTIONS, list the method."
		e.Send = HeaderList{{allowMethods, v.extended(v.Want)}}
		if u := strings.ToUpper(v.Want); u != v.Want {
			e.Fix = fmt.Sprintf("on the client, write the method as %q: methods are case-sensitive. Or, on the response to OPTIONS, list it as the client writes it.", u)
		}
	case CodeHeaderDisallowedByPreflight:
		e.Happened = fmt.Sprintf("The response to the preflight does not allow the header %s: %s.", show(v.Want), v.had())
		e.Why = "Headers that are not CORS-safelisted have to be listed; \"*\" stands for all only without credentials, and never for Authorization."
		e.Fix = "on the response to OPTIONS, list the header."
		e.Send = HeaderList{{allowHeaders, v.extended(v.Want)}}
	case CodeAuthorizationNotCoveredByWildcard:
		e.Happened = fmt.Sprintf("The response to the preflight allows \"*\" headers, which does not cover %s.", show(v.Want))
		e.Why = "Authorization has to be listed by name, because servers may have allowed \"*\" without thinking of it."
		e.Fix = "on the response to OPTIONS, list it beside the wildcard."
		e.Send = HeaderList{{allowHeaders, v.extended(v.Want)}}
		e.Engines = "Chromium, Firefox and WebKit let \"*\" cover Authorization in requests without credentials (https://github.com/whatwg/fetch/issues/1919)."

	case CodeDisallowedByMode:
		e.Happened = fmt.Sprintf("The request's mode is \"same-origin\", and %s is of another origin.", show(v.Want))
		e.Why = "That mode is for requests that must not leave the origin."
		e.Fix = "on the client, use mode \"cors\"."
	case CodeCORSDisabledScheme:
		e.Happened = fmt.Sprintf("%s is of another origin and of a scheme that has no CORS.", show(v.Want))
		e.Why = "The CORS protocol is for http and https."
		e.Fix = "serve the resource over https."
	case CodeSchemeNotSupported:
		e.Happened = fmt.Sprintf("%s cannot be fetched.", show(v.Want))
		e.Why = "Only http and https go to the network; about:blank, data: and blob: URLs are local, and have to be well-formed."
	case CodeNoCORSRedirectModeNotFollow:
		e.Happened = "The request's mode is \"no-cors\" and its redirect mode is not \"follow\"."
		e.Why = "What a foreign server redirects to is not for the page to know."
		e.Fix = "on the client, use redirect mode \"follow\" or mode \"cors\"."
	case CodeBadPort:
		e.Happened = fmt.Sprintf("%s has a port that browsers block.", show(v.Want))
		e.Why = "Ports of other protocols are blocked, so that pages cannot talk to them by HTTP."
		e.Fix = "serve on another port."
	case CodeMixedContent:
		e.Happened = fmt.Sprintf("%s is requested by a page of https: mixed content.", show(v.Want))
		e.Why = "Whoever is on the network could read and change what goes over http, so that nothing is sent."
		e.Fix = "serve the resource over https, and ask for it there."
	case CodeUnexpectedRangeResponse:
		e.Happened = "The response is a part that this request did not ask for."
		e.Why = "An opaque partial response could be taken for a whole one."
		e.Fix = "in the service worker, answer with a response to this request."
	case CodeLocalURLsOnly:
		e.Happened = fmt.Sprintf("The request is for local URLs only, and %s is none.", show(v.Want))
		e.Why = "Its local-URLs-only flag is set."

	case CodeRedirectModeError:
		e.Happened = "The response is a redirect, and the request's redirect mode is \"error\"."
		e.Why = "That mode makes every redirect a failure."
		e.Fix = "on the client, ask for the final URL or use redirect mode \"follow\"."
	case CodeTooManyRedirects:
		e.Happened = fmt.Sprintf("The request was redirected more than %d times, at last to %s.", MaxRedirects, show(v.Want))
		e.Why = "A fetch ends at the twenty-first redirect."
		e.Fix = "break the loop of redirects."
	case CodeRedirectInvalidLocation:
		e.Happened = fmt.Sprintf("The redirect leads nowhere: %s.", v.had())
		e.Why = "There has to be one Location, and it has to be a URL."
		e.Fix = "send one Location with a valid URL."
	case CodeRedirectDisallowedScheme:
		e.Happened = fmt.Sprintf("The redirect leads to %s, which is not http or https.", show(v.Want))
		e.Why = "A fetch is not redirected to other schemes."
		e.Fix = "redirect to an https URL."
	case CodeRedirectContainsCredentials:
		e.Happened = fmt.Sprintf("The redirect leads to a URL with a user name or password: %s.", show(v.Want))
		e.Why = "In a CORS request a URL must not bring credentials along."
		e.Fix = "send a Location without them."
	case CodeRedirectBodyNotReplayable:
		e.Happened = "The request is to be sent again to the redirect's URL, but its body was a stream and is gone."
		e.Why = "Only a redirect with status 303 drops the body."
		e.Fix = "redirect with 303, or on the client, ask for the final URL."

	case CodeCORPNotSameOrigin, CodeCORPNotSameSite:
		e.Happened = fmt.Sprintf("The response is not for other documents to embed: %s.", v.had())
		e.Why = "Cross-Origin-Resource-Policy restricts requests without CORS to the same origin, or to the same site and, for https responses, to https pages."
		e.Fix = "allow it to be embedded, if it is meant to be."
		e.Send = HeaderList{{resourcePolicy, "cross-origin"}}
	case CodeCORPNotSameOriginAfterDefaultedByCOEP:
		e.Happened = fmt.Sprintf("The page embeds only what allows it, and %s that does.", v.had())
		e.Why = "Its Cross-Origin-Embedder-Policy takes responses without Cross-Origin-Resource-Policy for \"same-origin\"."
		e.Fix = "allow the response to be embedded, or on the client, request it with CORS."
		e.Send = HeaderList{{resourcePolicy, "cross-origin"}}
	case CodeNosniff:
		e.Happened = fmt.Sprintf("The response forbids guessing its type, and it is not one for this use: %s.", v.had())
		e.Why = "With X-Content-Type-Options: nosniff, scripts need a JavaScript MIME type and style sheets text/css."
		e.Fix = "send the type."
		e.Send = HeaderList{{"Content-Type", v.Want}}
	case CodeMIMETypeBlocked:
		e.Happened = fmt.Sprintf("The response is no script: %s.", v.had())
		e.Why = "Audio, images, video and text/csv are never run as scripts."
		e.Fix = "send a JavaScript MIME type."
		e.Send = HeaderList{{"Content-Type", v.Want}}
	case CodeTAOCheckFailed:
		e.Happened = fmt.Sprintf("The response does not share its timing with %s: %s.", show(v.Want), v.had())
		e.Why = "Timing-Allow-Origin has to list the page's origin or \"*\", on the response and on each redirect before it."
		e.Fix = "list the origin."
		e.Send = HeaderList{{timingAllow, v.Want}}
	case CodeProxyAuthenticationRequired:
		e.Happened = "The proxy asks for authentication (status 407)."
		e.Why = "There is nobody here to ask for it."
		e.Fix = "on the client, configure the proxy."
	case CodeHookResponse:
		e.Happened = fmt.Sprintf("What answers in the stead of the network gave no response that %s may have.", show(v.Want))
		e.Why = "A service worker cannot give an opaque or redirected response to a request whose mode or redirect mode does not allow it."

	case CodeTransportError:
		e.Happened = fmt.Sprintf("No response from %s.", show(v.Want))
		if cause := v.Value; cause != "" {
			if len(cause) > maxCause { // net/http's errors hold the whole line that a server sent
				cause = strings.ToValidUTF8(cause[:maxCause], "") + "…"
			}
			e.Happened = fmt.Sprintf("No response from %s: %s.", show(v.Want), cause)
		}
		e.Why = "The request failed before any rule of CORS was asked. To the page it looks the same."
	case CodeAborted:
		e.Happened = "The fetch was given up."
	default:
		e.Happened = fmt.Sprintf("Blocked: %s.", v.Code)
	}
	return e
}
