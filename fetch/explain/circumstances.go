package explain

import (
	"fmt"
	"slices"
	"strings"

	"github.com/corspec/corspec/fetch"
	"github.com/corspec/corspec/internal/header"
	"github.com/corspec/corspec/internal/quote"
	"github.com/corspec/corspec/origin"
	"github.com/corspec/corspec/safelist"
)

// circumstances adds to the words of a verdict what else the last response tells, which is the one at fault.
func (e *Explanation) circumstances(t *fetch.Trace, last *fetch.Exchange) {
	v := t.Result.Verdict
	switch {
	case last.Action.Kind == fetch.ActionSendPreflight:
		e.preflightRefused(v, last)
	case isOfCORSCheck(v) && v.Lines == 0:
		e.ofErrorPage(last.Response.Status)
	}
	switch {
	case !isOfCORSCheck(v):
	case asNull(last):
		e.Why += " " + whyNull(t)
	default:
		e.Sometimes = sometimes(v, last)
	}
}

// asNull reports whether a request was sent with the origin "null".
func asNull(x *fetch.Exchange) bool {
	sent, _ := x.Action.Headers.Get("Origin")
	return sent == "null"
}

// preflightRefused says that a preflight was redirected, or refused by authentication, whatever its response lacks
// besides.
func (e *Explanation) preflightRefused(v fetch.Verdict, x *fetch.Exchange) {
	status := x.Response.Status
	switch u, ok := redirectsTo(x); {
	case safelist.IsRedirectStatus(status):
		if v.Code != fetch.CodePreflightDisallowedRedirect {
			e.Happened += fmt.Sprintf(" And it is a redirect (status %d), which a preflight does not follow.", status)
		}
		if !ok {
			return
		}
		if asksForLogin(u) {
			e.Happened += fmt.Sprintf(" It leads to what looks like a login, %s: the preflight was refused because it carries no credentials, as none does.", quote.Quote(u.String()))
		} else {
			e.Happened += fmt.Sprintf(" It leads to %s.", quote.Quote(u.String()))
		}
	case status == 401, status == 403 && x.Response.Headers.Contains("WWW-Authenticate"):
		e.Happened += " The preflight was refused because it carries no credentials, neither cookies nor Authorization, as none does."
	case status == 403:
		e.Happened += " With status 403, what refused it may be authentication or a firewall, ahead of what answers preflights: a preflight carries neither cookies nor Authorization."
	case !safelist.IsOKStatus(status) && v.Code != fetch.CodePreflightInvalidStatus && v.Code != fetch.CodeProxyAuthenticationRequired:
		e.Happened += fmt.Sprintf(" And its status is %d, which fails as well.", status)
	}
}

// redirectsTo returns where a redirect leads, if it leads elsewhere.
func redirectsTo(x *fetch.Exchange) (u origin.URL, ok bool) {
	location, _ := x.Response.Headers.Get("Location")
	u, err := origin.ParseURL(location, &x.Action.URL)
	u = u.WithoutFragment()
	return u, err == nil && u != x.Action.URL.WithoutFragment() && safelist.IsRedirectStatus(x.Response.Status)
}

// asksForLogin guesses from a URL whether it is where people log in.
func asksForLogin(u origin.URL) bool {
	words := strings.FieldsFunc(header.Lower(u.Hostname()+u.Pathname()), func(r rune) bool { return !header.IsAlpha(byte(r)) && !header.IsDigit(byte(r)) })
	for _, word := range words {
		switch word {
		case "login", "logon", "signin", "sign", "sso", "auth", "oauth", "oauth2", "authorize", "authenticate", "saml", "saml2", "cas", "oidc":
			return true
		}
	}
	return false
}

// ofErrorPage says that the header is missing on the page of an error, which often is not made where the headers are.
func (e *Explanation) ofErrorPage(status int) {
	switch {
	case status == 304:
		e.Happened += " It is a 304, which a script gets to see if it revalidates by itself: a 304 needs the header as well."
	case status == 404 || status == 410:
		e.Happened += fmt.Sprintf(" It is the page for what is not there (status %d): the URL may be wrong, and such pages are often made where nothing knows of CORS.", status)
	case status == 502 || status == 503 || status == 504:
		e.Happened += fmt.Sprintf(" It is the page of a proxy that did not get through to the application (status %d), and the proxy does not send the header.", status)
	case status >= 500:
		e.Happened += fmt.Sprintf(" It is the page of an error (status %d): look for that first; what handles errors often drops the headers that were set before.", status)
	case status == 401 || status == 403:
		e.Happened += fmt.Sprintf(" It is the page of a refusal (status %d), which is often made ahead of what sends the header.", status)
	case status >= 400:
		e.Happened += fmt.Sprintf(" It is the page of an error (status %d), which is often made ahead of what sends the header.", status)
	}
}

// whyNull says why a request's origin is "null": which of the two causes it was.
func whyNull(t *fetch.Trace) string {
	if t.Request.Origin.IsOpaque() {
		return "The origin is \"null\" because the page's origin is opaque: it is a sandboxed frame, a file, or of a data: URL."
	}
	before := t.Request.Origin
	for _, u := range urls(t) {
		after := u.Origin()
		if before != t.Request.Origin && after != before {
			return fmt.Sprintf("The origin is \"null\" because %s redirected to %s: a redirect from one foreign origin to another hides who asks.", quote.Quote(before.String()), quote.Quote(after.String()))
		}
		before = after
	}
	return "The origin is \"null\" because a redirect led from one foreign origin to another."
}

// sometimes says why a fetch that fails may fail only sometimes: a cache keeps what was made for another request.
func sometimes(v fetch.Verdict, x *fetch.Exchange) string {
	if slices.ContainsFunc(header.GetDecodeAndSplit(x.Response.Headers, "Vary"), func(value string) bool { return value == "*" || header.EqualFold(value, "Origin") }) {
		return ""
	}
	cached := ""
	for _, name := range []string{"Age", "X-Cache", "CF-Cache-Status", "X-Cache-Status", "X-Served-By"} {
		if value, ok := x.Response.Headers.Get(name); ok {
			cached = fmt.Sprintf(" This response seems to come from one (%s: %s).", name, short(value))
			break
		}
	}
	switch v.Code {
	case fetch.CodeMissingAllowOrigin:
		return "if it fails only sometimes, a cache holds a response that was made for a request without Origin, such as that of an image: send Vary: Origin on every response, also to requests without Origin, and empty the cache." + cached
	case fetch.CodeAllowOriginMismatch:
		return "if it fails only sometimes, a cache holds a response that was made for another origin: send Vary: Origin on every response, and empty the cache." + cached
	}
	return "" // no cache keeps what OPTIONS gets
}

// misspelt says what is wrong with a value that is not the origin that it should be, where that is plain to see.
func misspelt(v fetch.Verdict) string {
	value, want := v.Value, v.Want
	switch {
	case v.Lines != 1 || value == "*" || want == "null":
	case strings.Contains(value, "*") && !strings.ContainsAny(value, ", \t"):
		return " A pattern does not count: \"*\" has to stand alone."
	case strings.Trim(value, `"'<>`) == want:
		return " It has to stand there without quotes or brackets."
	case strings.TrimRight(value, "/") == want:
		return " The slash at the end is too much."
	case header.EqualFold(value, want):
		return " It has to be in lower case."
	case strings.HasSuffix(want, "://"+value):
		return " The scheme is missing."
	case strings.HasPrefix(value, want+"/"):
		return " An origin has no path."
	case value == want+":443" && strings.HasPrefix(want, "https:"), value == want+":80" && strings.HasPrefix(want, "http:"):
		return " The port is the default one, which is left out."
	case strings.TrimPrefix(value, "http://") == strings.TrimPrefix(want, "https://"), strings.TrimPrefix(value, "https://") == strings.TrimPrefix(want, "http://"):
		return " The scheme is another one."
	}
	return ""
}
