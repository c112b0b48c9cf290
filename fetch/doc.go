// Package fetch is the browser's half of the CORS protocol, as the Fetch Standard has it: which requests need a
// preflight and what it says, which responses a page may read and how much of them, and what redirects, credentials and
// the CORS-preflight cache do to all that. It does no I/O, reads no clock and starts no goroutine; package
// [github.com/corspec/corspec/fetch/fetchhttp] puts net/http under it.
//
// # Three layers
//
// Functions with the names of the standard's definitions, each the standard and nothing but the standard: [CORSCheck],
// [NeedsPreflight], [PreflightRequest], [PreflightCheck], [TAOCheck], [CORPCheck], [BlockBadPort],
// [Request.RedirectTaint], [RequestOriginHeader], [DetermineReferrer], [FilteredResponse] and so on. They read a
// [Request] and a [Response] and decide.
//
// A [Machine], which is one fetch. [Machine.Action] says what to send, the caller sends it over whatever transport it
// has, and [Machine.Receive] or [Machine.Fail] says what came back, until there is nothing left to do. Redirects, the
// second preflight, tainting and the cache cannot be forgotten. An [Agent] is what fetches share.
//
// The example Loop is the whole of it: what fetch() is to a page, from its arguments to the response and the body that
// the page gets. The caller sends a.Method, a.URL and a.Headers as they are; the request's body, from its beginning,
// unless a.Body is [BodyActionNone]; cookies if a.IncludeCredentials is set, and only then it keeps those of the
// response. Nothing else goes over the wire, and no redirects are followed. Where a.Kind is [ActionFetchLocal] it looks
// up what the URL stands for, and answers with webapi.Blob.Respond. Scripts cannot set Cookie, Host and their like:
// webapi.NewRequest drops them. What depends on the page and not on the script is set in the request before:
// PartitionKey, EmbedderPolicy, and Referrer if the script has not set it.
//
// Package fetchhttp, in which an agent has cookies and pages fetch, load and connect, over any http.RoundTripper or an
// http.Handler. The example Harness is one with a transport of its own.
//
// # Refusals
//
// Every refusal is a [Verdict]: a [Code] that stays, the [Step] of the standard that decided, and the header and the
// value at fault. Package explain makes words of a [Trace] or of a single verdict, with the header lines to send. What
// a server answers is never an error of Go; errors are for malformed requests and for calls out of order.
//
// # The standard
//
// Steps are those of whatwg/fetch at commit 586cd2a (2026-07-02). Where this package departs from them or fills them
// in:
//
//   - An entry for "*" of the CORS-preflight cache never matches a request whose credentials mode is "include", as in
//     every engine (https://github.com/whatwg/fetch/issues/592).
//   - Cross-Origin-Embedder-Policy "credentialless" leaves credentials to same-origin requests that are not tainted;
//     the pinned text has it the wrong way round (https://github.com/whatwg/fetch/issues/1958).
//   - A malformed Access-Control-Expose-Headers exposes nothing (https://github.com/whatwg/fetch/issues/433).
//   - Bytes of Location above 0x7F are percent-encoded as they are, and several Location lines are a failure
//     (https://github.com/whatwg/fetch/issues/883).
//   - Lists are read header by header, empty elements ignored; one element that is not a token spoils all of them
//     (https://github.com/whatwg/fetch/issues/814). A malformed max-age is 5 seconds.
//   - A preflight renews all cache entries that match, from now on. URLs of entries are compared with their fragments,
//     a null network partition key is one key, and entries of all opaque origins are shared.
//   - Status 407 ends a fetch, since nobody can be asked for a proxy's password; 401 and 421 are returned, unless a
//     hook says otherwise.
//   - The values of Cross-Origin-Embedder-Policy are tokens.
//   - file: URLs are network errors, and a body that is a stream is never sent twice. An http: URL that is upgraded to
//     https: has no port where it had 443.
//
// All else is as it is written, also where it may not be as it is meant: with the use-CORS-preflight flag, a preflight
// without Access-Control-Allow-Methods lets any method pass.
//
// # Limits
//
// Bodies and their decoding, the HTTP cache, service workers, CSP, HSTS, passwords and subresource integrity are
// outside; where the standard asks them there is a hook in [Hooks]. Cookies are outside as well: an [Action] says
// whether credentials go along. An action has the headers that the standard determines; User-Agent, Content-Length and
// their like are the transport's. There are no preloaded responses, no response redirect taint, and no blob URL store:
// a blob: URL is of the origin of the URL inside. A navigation with redirect mode "manual" ends with the redirect.
// Opaque Response Blocking and Local Network Access are not in the standard. How engines differ is data in a [Profile],
// which only a Machine asks; the default is [ProfileStandard].
//
// The cache remembers up to 1,024 combinations of partition, origin and URL, with up to 1,024 methods and as many
// header names each. A fetch follows [MaxRedirects] redirects. Inputs cost linear time, whatever is in them, and a CORS
// check allocates nothing.
package fetch
