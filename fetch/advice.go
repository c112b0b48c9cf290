package fetch

import (
	"slices"
	"strings"

	"github.com/corspec/corspec/internal/header"
	"github.com/corspec/corspec/safelist"
)

// maxAdvised is how long a value may be that an explanation advises to send.
const maxAdvised = 1000

// extended returns the list at fault with what it lacks, so that who sends it loses nothing of what was allowed before.
func (v Verdict) extended(lacks ...string) string {
	all := strings.Join(lacks, ", ")
	if len(all) > maxAdvised {
		all = lacks[0] // it is what the explanation names
	}
	if v.Lines != 1 || v.Value == "" || len(v.Value)+len(all) > maxAdvised {
		return all
	}
	return v.Value + ", " + all
}

// repaired returns the tokens of a malformed list, and what was asked for, as a list.
func (v Verdict) repaired() string {
	if len(v.Value) > maxAdvised {
		return v.Want
	}
	tokens := strings.FieldsFunc(v.Value, func(r rune) bool { return r > 0x7F || !header.IsToken(string(r)) })
	if v.Want != "" && !slices.Contains(tokens, v.Want) {
		tokens = append(tokens, v.Want)
	}
	return strings.Join(tokens, ", ")
}

// The ways out that are said in several places.
const (
	answerOPTIONS   = "answer OPTIONS with 204, ahead of authentication and routing: a preflight carries no credentials."
	nullCredentials = "on the client, make the request without credentials: the request's origin is \"null\", which many pages share, so that credentials cannot be allowed."
)

// advise completes the advice of a verdict with what the trace tells of the request, so that who follows it does not have to
// come back for more.
func (t Trace) advise(e *Explanation) {
	v := t.Result.Verdict
	corsCheck := strings.HasPrefix(string(v.Step), "cors-check:")
	if len(t.Exchanges) == 0 {
		return
	}
	last := t.Exchanges[len(t.Exchanges)-1].Action
	if corsCheck && t.Request.Credentials == CredentialsInclude {
		if sent, _ := last.Headers.Get("Origin"); sent == "null" {
			e.Fix, e.Send = nullCredentials, nil
			return
		}
		if len(e.Send) > 0 && !e.Send.Contains(allowCredentials) { // a hook's verdict has none
			e.Send = slices.Insert(e.Send, 1, [2]string{allowCredentials, "true"})
		}
	}
	switch {
	case last.Kind != ActionSendPreflight:
	case corsCheck && strings.HasPrefix(string(v.Code), "preflight-"):
		t.advisePreflight(e)
	case strings.HasPrefix(string(v.Step), "cors-preflight-fetch:"):
		e.Send = nil // it comes again, with the rest
		t.advisePreflight(e)
	}
}

// advisePreflight adds what the response to the preflight, which was the last, lacks beside what e advises already.
func (t Trace) advisePreflight(e *Explanation) {
	t.Exchanges = slices.Clone(t.Exchanges)
	last := &t.Exchanges[len(t.Exchanges)-1]
	resp := &last.Response
	resp.Headers = slices.Clone(resp.Headers)
	for _, h := range e.Send {
		resp.Headers.Set(h[0], h[1])
	}
	if !safelist.IsOKStatus(resp.Status) {
		resp.Status = 204
		if !strings.HasPrefix(e.Fix, answerOPTIONS) {
			e.Fix += " And " + answerOPTIONS
		}
	}
	var also []string
	for range 4 { // each of the two headers may be malformed, and then lack something
		v := t.again(t.Agent.Profile).result.Verdict
		if v.Lines > 1 {
			v.Value, _ = resp.Headers.Get(v.Header)
			v.Lines = 1
		}
		value, what := "", "the method"
		switch v.Code {
		case CodePreflightInvalidAllowMethods:
			value = v.repaired()
		case CodeMethodDisallowedByPreflight:
			value = v.extended(v.Want)
		case CodePreflightInvalidAllowHeaders:
			value, what = v.repaired(), "the headers"
		case CodeHeaderDisallowedByPreflight, CodeAuthorizationNotCoveredByWildcard:
			lacks := t.unlisted(last)
			value, what = v.extended(lacks...), "the headers"
			if len(lacks) > 1 {
				e.Fix = strings.Replace(e.Fix, "list the header.", "list the headers.", 1)
			}
		default:
			if also != nil {
				e.Fix += " On the response to OPTIONS, also allow " + conjunction(also) + "."
			}
			return
		}
		resp.Headers.Set(v.Header, value)
		e.Send.Set(v.Header, value)
		if v.Header != t.Result.Verdict.Header && !slices.Contains(also, what) {
			also = append(also, what)
		}
	}
}

// unlisted returns the names that the response to a preflight does not list and would have to.
func (t Trace) unlisted(preflight *Exchange) (names []string) {
	list, _ := header.ExtractListValues(preflight.Response.Headers, allowHeaders)
	listed := newNameSet(list)
	any := t.Request.Credentials != CredentialsInclude && listed.contains("*")
	asked, _ := preflight.Action.Headers.Get("Access-Control-Request-Headers")
	for name := range strings.SplitSeq(asked, ",") {
		if !listed.contains(name) && (!any || safelist.IsCORSNonWildcardRequestHeaderName(name)) {
			names = append(names, name)
		}
	}
	return names
}
