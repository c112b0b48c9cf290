// Package policyhttp puts a [policy.Policy] in front of an [http.Handler].
//
//	cors, err := policyhttp.New(policy.Config{
//		Origins:     []string{"https://app.example.com", "https://*.example.org"},
//		Credentials: true,
//		Methods:     []string{"PUT", "PATCH"},
//	})
//	…
//	http.ListenAndServe(addr, cors.Wrap(mux))
//
// # Where it belongs
//
// Outside of everything that may refuse or answer a request: authentication, routing by method, rate limits, recovery
// from panics. Preflights come without credentials, and to pages, an error response without CORS headers looks like a
// broken network.
//
// Around a reverse proxy, [http.TimeoutHandler], or whatever else sets CORS headers or Vary, [Middleware.WrapOver] is
// right, and [Middleware.Wrap] is not: what they set would come after the policy's headers, and go to refused origins,
// too. If in doubt, use WrapOver: it costs little more.
//
// # One policy, or several
//
// [New] makes a middleware with one policy, which [Middleware.Store] replaces while it serves. With [NewSelect] each
// request has the policy that a function chooses: by tenant, or by origin (some with credentials, and everybody
// without); [ByPattern] is the function that chooses by the routes of a mux. One middleware inside of another is not
// the way to do this, since the outer one answers all preflights. The examples show each of these.
//
// # Request forgery
//
// CORS says who may read responses, and who may send what needs a preflight. It does not keep away what needs none: a
// page of any origin can send a form, with the user's cookies, and the policy lets it through. Against that there is
// [http.CrossOriginProtection], inside of the middleware, with the same set of origins; an example shows it. WebSockets
// do without CORS altogether: the server looks at the Origin of the handshake, in the same set.
//
// # Who is refused, and why
//
// [Log] writes it to a log; [Middleware.Decided] is the hook for everything else.
package policyhttp
