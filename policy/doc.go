// Package policy is the server's half of CORS: what a server allows to pages of other origins, and what it answers to
// their requests. It knows no HTTP library; [github.com/corspec/corspec/policy/policyhttp] fits it to net/http.
//
// A [Policy] is made of a [Config], which is data, and validated when it is made. [Policy.Evaluate] looks at a
// [Request] and returns a [Decision]: what the request is to CORS, whether it is allowed and if not why, the headers to
// set, the line of Vary to append, and the status if the policy answers. It is pure, and allocates nothing.
//
//	p, err := policy.New(policy.Config{Origins: []string{"https://app.example"}})
//	…
//	d := p.Evaluate(policy.Request{
//		Method:         request.Method,
//		Origin:         policy.Join(request.Header.Values("Origin")),
//		RequestMethod:  policy.Join(request.Header.Values("Access-Control-Request-Method")),
//		RequestHeaders: policy.Join(request.Header.Values("Access-Control-Request-Headers")),
//	})
//	d.ApplyTo(response.Header())
//	if status := d.Status(); status != 0 {
//		response.WriteHeader(status) // and no body
//		return
//	}
//
// # Into a response
//
// [Decision.ApplyTo] takes whatever has the three methods of a [Header]: [net/http.Header], and the response headers of
// fasthttp and of hertz, as they are; for a map or a list of another kind, three short methods do. (Where the headers
// are maps as in net/http, [Policy.Apply] does all of the above, sooner.) What sets CORS headers later than that, a
// handler or an upstream, must not: ApplyTo comes after it, or, in net/http,
// [github.com/corspec/corspec/policy/policyhttp.Middleware.WrapOver] goes around it.
//
// The strings of a [Request] may be views of a buffer that is used again, as in fasthttp. A decision keeps some of
// them, and must not outlive them; nor must a header that keeps strings, as net/http's does.
//
// Adapters for gin, echo, fiber, fasthttp, hertz, Lambda, Caddy and Envoy, and where each belongs, are in
// conformance/frameworks and conformance/gateways of the repository, with what real servers made of them.
//
// # What it answers
//
// A preflight is OPTIONS with an Origin and an Access-Control-Request-Method. The policy answers it, with status 204
// (or PreflightStatus) or 403. Everything else, other OPTIONS too, is the application's; the policy adds headers and
// never blocks. An origin that is not allowed gets no header, and hence its pages get no response; whoever is not a
// browser was never kept out by CORS.
//
// The answer to a preflight does not depend on what was asked: it lists all methods and all header names that are
// allowed, so that one preflight fills the browser's cache for all later requests to the URL, and so that the browser
// can tell what was refused. Only with credentials, where browsers take no wildcard, "all methods" and "all headers"
// have to be answered with what was asked for. Refused with 403 and no header at all are origins that are not allowed,
// lists that are malformed or too long ([MaxRequestHeadersSize], [MaxEmptyElements]), and Authorization where only a
// wildcard could cover it.
//
// Vary names what status and headers depend on, on each response, also to requests without Origin and to refused ones:
// without it, a cache would give one page the answer for another. On OPTIONS, that is Origin and the two
// Access-Control-Request headers, always; on other methods it is Origin, or nothing where all requests get the same
// headers, as with the pattern *.
//
// Every preflight, refused or not, must get to the policy without authentication: browsers send no credentials with it.
//
// # Configurations
//
// A configuration that is wrong has all its mistakes told at once, and one that is legal but dead or surprising has
// warnings ([Policy.Warnings]). Each [Finding] says where, what, why and what to do; its suggestion, if it has one, can
// be followed as it stands. What no pattern of origins says, a function can: see [WithOrigins] and [OriginsFunc].
//
// With credentials, what others than a site's owner can get is an error unless a field that begins with Dangerously
// allows it: the network's origins (http), all subdomains of a public suffix, every extension, null.
//
// # Coming from other libraries
//
//	rs/cors Options             jub0bs/cors Config            Config
//	AllowedOrigins              Origins                       Origins; * only where patterns have it
//	AllowOriginFunc             –                             WithOrigins
//	AllowOriginVaryRequestFunc  –                             policyhttp.NewSelect
//	AllowedMethods              Methods                       Methods; GET, HEAD and POST are always allowed
//	AllowedHeaders              RequestHeaders                RequestHeaders; * never covers Authorization
//	ExposedHeaders              ResponseHeaders               ExposeHeaders
//	AllowCredentials            Credentialed                  Credentials; not with * for Origins
//	MaxAge (negative: 0)        MaxAgeInSeconds (-1: 0)       MaxAge: nil, or seconds; 0 is 0
//	AllowPrivateNetwork         –                             – (browsers ask the user now)
//	OptionsPassthrough          –                             – (OPTIONS that is not a preflight always passes)
//	OptionsSuccessStatus        PreflightSuccessStatus        PreflightStatus: 200 or 204
//	Debug, Logger               SetDebug                      Decision.Code, Policy.Explain, policyhttp.Log
//	–                           DangerouslyTolerateInsecure…  DangerouslyAllowInsecureOrigins
//	–                           DangerouslyTolerateSubdom…    DangerouslyAllowPublicSuffixes
//	AllowedOrigins: "null"      –                             DangerouslyAllowNull
//	cors.New(…).Handler(h)      m.Wrap(h)                     policyhttp.New(…), m.Wrap(h)
//	–                           m.Reconfigure(&cfg)           m.Store(p)
//
// What changes: a configuration that cannot work or is not safe is an error. Preflights whose method or headers are
// refused are answered 204 with what would be allowed, not with an empty answer (rs) or 403 (jub0bs). Methods and
// headers may be asked for in any order and case, in several lines.
package policy
