// Package servertest holds a server against what is meant: does it let pages read what they may, and no more?
//
//	func TestCORS(t *testing.T) {
//		servertest.Run(t, newHandler(), corsPolicy, servertest.WithTargets(servertest.Target{Path: "/items/1"}))
//	}
//
// The server is an [http.Handler] or a base URL. What is meant is said by an [Oracle]; a *policy.Policy is one, also
// for servers that answer by other means. The origins to ask about come from it if it has a configuration, and from
// [WithOrigins]. [Observe] is for servers of which nobody knows what is meant.
//
// # What is asked
//
// For each origin its whole neighbourhood: the same host behind another scheme or port, names that begin, end or look
// like it, names below and above it, null, an origin that nobody has heard of. Each method and each header on the lists
// and beside them; preflights in odd but legal shapes, and hostile ones; pages that are not found and methods that are
// not allowed; an OPTIONS that is not a preflight; HEAD; over https HTTP/1.1 as well as HTTP/2.
//
// Actual requests are sent with the methods of [WithTargets], which are GET without it, and with HEAD. They have no
// body, and no header of a page's own except Origin; as browsers do, they accept what is compressed. To other methods
// and to headers a preflight alone is sent: what the server would answer to the request itself is taken to be what it
// answers to the target. QUERY is sent, which is safe by definition, and POST to a path that nobody has. All of it is
// bounded, see [WithLimit].
//
// # How it is judged
//
// A browser decides, which is package fetch: a finding is there only if what a page gets differs from what the oracle
// says, or if a response that a shared cache may store would change what another page gets. How the server puts it, by
// an echo or a list or "*", with 200 or 204, by 403 or a plain 200 for what it refuses, makes no difference.
//
// Each [Finding] has a stable id and a severity: [SeverityUnsafe] if a page gets what it must not, [SeverityBroken] if
// one does not get what is meant, [SeverityWasteful] if somebody is kept in the dark, as by an error page without
// headers, and [SeverityNote] for what no browser can meet, or only if a cache guesses how long a response is fresh.
// Before a finding counts, its questions are asked again, and the first question of all. If an answer is another one
// then, if the server says that it is overloaded, or a response comes from a cache, the rest is inconclusive, and not a
// failure.
//
// # Timing
//
// If a policy has TimingAllowOrigin, it is judged which pages see the timing of responses in detail, those that fetch
// and those whose elements, such as img, send no Origin. That others see it is unsafe, or a note for pages that may
// read the response.
//
// # Caches
//
// A response that a shared cache may store (RFC 9111, section 3), and that has no Vary: Origin, is what the cache
// answers to other pages, too. If that lets a page read which the server itself would not, it is unsafe. If it keeps a
// page from reading which the server would let, it is broken; except that it is a note if the server does not say how
// long the response is fresh (by max-age, s-maxage, Expires, public, or Last-Modified, from which caches compute it),
// and either the request had no Origin, or the response is for nobody, without Access-Control-Allow-Origin, and what is
// for the page has its Vary: a cache that guesses prefers the response with Vary (RFC 9111, section 4.1). A response
// that is for one origin, and has no Vary, is broken in any case.
package servertest
