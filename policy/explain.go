package policy

import (
	"fmt"
	"strings"

	"github.com/corspec/corspec/internal/quote"
	"github.com/corspec/corspec/origin"
	"github.com/corspec/corspec/safelist"
)

// escape is [quote.Quote] without the quotes, for names that need none as a rule.
func escape(s string) string { return quote.Line(s, 120) }

// Explain says for people what p decides of r, why, and, of a refusal, what to change. It evaluates r anew. The text
// may change from version to version; [Decision.Code] does not.
func (p *Policy) Explain(r Request) string {
	var b strings.Builder
	write := func(format string, args ...any) { fmt.Fprintf(&b, format, args...) }
	d := p.Evaluate(r)
	switch d.Kind() {
	case KindNone:
		if p == nil {
			return "There is no policy: the application answers, and no header is set."
		}
		write("The request has no Origin header, so that no page of another origin asks to read the response. The application answers.")
		if r.Method == "OPTIONS" && r.RequestMethod != "" {
			write(" (Access-Control-Request-Method alone does not make it a preflight.)")
		}
		return b.String()
	case KindActual:
		write("The request comes with Origin %s. ", quote.Quote(r.Origin))
		if r.Method == "OPTIONS" {
			write("It is OPTIONS, but not a preflight, which has an Access-Control-Request-Method. ")
		}
	case KindPreflight:
		write("A browser asks for permission (a preflight) to send %s", quote.Quote(r.RequestMethod))
		if r.RequestHeaders != "" {
			write(" with the headers %s", quote.Quote(r.RequestHeaders))
		}
		write(" from the origin %s. ", quote.Quote(r.Origin))
	}
	p.explainCode(&r, &d, write)
	return b.String()
}

func (p *Policy) explainCode(r *Request, d *Decision, write func(string, ...any)) {
	const (
		unread = "The application serves the request, since its sender may not be a page of another origin; if it is, the browser keeps the " +
			"response from it, because there is no Access-Control-Allow-Origin (https://fetch.spec.whatwg.org/#concept-cors-check)."
		refused = "The answer is 403 without any CORS header, so that the browser does not send the request " +
			"(https://fetch.spec.whatwg.org/#cors-preflight-fetch)."
		listed = "The answer lists all that is allowed; the browser compares, does not send the request, and names what is missing " +
			"(https://fetch.spec.whatwg.org/#cors-preflight-fetch)."
	)
	consequence := unread
	switch {
	case p.fixed != "":
		consequence = "The response names the one origin of the policy, as to everybody (Static), and the browser goes by that " +
			"(https://fetch.spec.whatwg.org/#concept-cors-check)."
	case d.Kind() == KindPreflight:
		consequence = refused
	}
	switch d.Code() {
	case "":
		if d.Kind() == KindPreflight {
			write("That is allowed.")
		} else {
			write("Pages of that origin may read the response.")
		}
		if p.credentials {
			write(" Credentials may go with requests.")
		} else {
			write(" Credentials may not go with requests: a page that asks for them (credentials: \"include\", withCredentials) is refused by the browser.")
		}
	case CodeOriginNotAllowed:
		write("The policy does not allow that origin. ")
		o, _ := origin.Parse(r.Origin)
		if !o.IsOpaque() {
			write("%s", p.nearMiss(o))
		}
		write("%s ", consequence)
		static := ""
		if p.fixed != "" {
			static = "leave Static out, and "
		}
		switch {
		case r.Origin == "null":
			write("Browsers send null for sandboxed documents, for files, and after redirects across origins. If it must be allowed, %sset DangerouslyAllowNull; anybody can send it.", static)
		case p.credentials && !p.insecure && isInsecure(o.Scheme(), o.Host()):
			write("If it is meant to be allowed, %sserve the page over https and add that to Origins: whoever controls the network can be this origin, and would read with the user's "+
				"credentials.", static)
		case p.more != nil:
			write("If it is meant to be allowed, add it to Origins or to the set that was given to WithOrigins.")
		default:
			write("If it is meant to be allowed, %sadd it to Origins.", static)
		}
	case CodeInsecureOriginNotAllowed:
		write("The set that was given to WithOrigins contains that origin, but whoever controls the network can be it, and the policy has credentials. %s "+
			"Serve the page over https; DangerouslyAllowInsecureOrigins allows it as it is.", consequence)
	case CodePublicSuffixNotAllowed:
		write("A wildcard of the policy covers that origin, but there is a public suffix between the two, below which other people have domains, or the host is longer "+
			"than any domain; the policy has credentials, and does not give them to those. %s If it is meant to be allowed, add it to Origins as it is.", consequence)
	case CodeMalformedOrigin:
		write("%s %s If a browser did send it, see what stands between it and this server.", p.explainMalformed(r.Origin), consequence)
	case CodeMethodNotAllowed:
		method := r.RequestMethod
		write("The policy does not allow the method %s. %s ", quote.Quote(method), listed)
		switch upper := strings.ToUpper(method); {
		case !safelist.IsMethod(method) || safelist.IsForbiddenMethod(method):
			write("No page can use that method; see what stands between the browser and this server.")
		case p.methods.allows(upper, p.credentials):
			write("Methods are case-sensitive: the page must write %s.", quote.Quote(upper))
		case p.methods.all:
			write("In the answer, it would allow all methods to requests without credentials.")
		default:
			write("If it is meant to be allowed, add it to Methods.")
		}
	case CodeHeaderNotAllowed:
		_, name := p.judgeHeaders(r.RequestHeaders)
		write("The policy does not allow the request header %s. %s ", quote.Quote(name), listed)
		switch {
		case safelist.IsForbiddenRequestHeader(name, ""):
			write("No page can set that header; see what stands between the browser and this server.")
		case p.headers.all:
			write("In the answer, it would allow all headers to requests without credentials.")
		default:
			write("If it is meant to be allowed, add it to RequestHeaders.")
		}
	case CodeAuthorizationNotAllowed:
		write("The policy allows all request headers by a wildcard, which does not cover Authorization "+
			"(https://fetch.spec.whatwg.org/#cors-non-wildcard-request-header-name). %s Some browsers let the wildcard cover it, which is why the answer "+
			"does not hold one. If it is meant to be allowed, add \"Authorization\" to RequestHeaders.", refused)
	case CodeRequestHeadersOverBudget:
		write("Access-Control-Request-Headers is too long: a policy reads %d bytes and %d empty elements. %s No browser sends more for a page that means well.",
			MaxRequestHeadersSize, MaxEmptyElements, refused)
	case CodeMalformedRequestHeaders:
		_, fault := p.judgeHeaders(r.RequestHeaders)
		write("Access-Control-Request-Headers is not a list of header names; see %s. %s Browsers send names with commas between them; see what stands between them and this server.",
			quote.Quote(fault), refused)
	}
}
