package fetch

import "github.com/corspec/corspec/internal/structured"

// An EmbedderPolicy is a client's embedder policy.
//
// https://html.spec.whatwg.org/multipage/browsers.html#embedder-policy
type EmbedderPolicy struct {
	Value, ReportOnly                           EmbedderPolicyValue
	ReportingEndpoint, ReportOnlyReportEndpoint string
}

// ObtainEmbedderPolicy returns the embedder policy that a document or worker with these response headers has. A header
// that is malformed, or there twice, is ignored; so are all in a context that is not secure. Only tokens are values: a
// string "require-corp" in quotes is not one.
//
// https://html.spec.whatwg.org/multipage/browsers.html#obtain-an-embedder-policy
func ObtainEmbedderPolicy(l HeaderList, secureContext bool) EmbedderPolicy {
	if !secureContext {
		return EmbedderPolicy{}
	}
	var p EmbedderPolicy
	p.Value, p.ReportingEndpoint = embedderPolicyItem(l, "Cross-Origin-Embedder-Policy")
	p.ReportOnly, p.ReportOnlyReportEndpoint = embedderPolicyItem(l, "Cross-Origin-Embedder-Policy-Report-Only")
	return p
}

func embedderPolicyItem(l HeaderList, name string) (EmbedderPolicyValue, string) {
	v, _ := l.Get(name) // no header is as malformed as an empty one
	// AD-HOC: the text compares the bare item, whatever its type, with "require-corp"; tokens are meant, as in all
	// engines.
	token, reportTo, ok := structured.ParseTokenItem(v, "report-to")
	if p, known := embedderPolicyValues.Value(token); ok && known && p != EmbedderPolicyUnsafeNone {
		return p, reportTo
	}
	return EmbedderPolicyUnsafeNone, ""
}

// embedderPolicyAllowsCredentials reports whether the embedder policy of the request's client lets credentials go with
// the request.
//
// https://fetch.spec.whatwg.org/#cross-origin-embedder-policy-allows-credentials
func embedderPolicyAllowsCredentials(r *Request) bool {
	// Cross-Origin-Embedder-Policy allows credentials, steps 2 to 4.
	if r.Mode != ModeNoCORS || r.EmbedderPolicy.Value != EmbedderPolicyCredentialless {
		return true
	}
	// Cross-Origin-Embedder-Policy allows credentials, step 5.
	// AD-HOC: the pinned text says that the redirect-taint "is not" same-origin, which was turned round by mistake:
	// https://github.com/whatwg/fetch/issues/1958.
	return r.Origin == r.CurrentURL().Origin() && !tainted(r)
}
