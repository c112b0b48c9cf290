// Package fetchhttp lets pages fetch over net/http as a browser would: with preflights and their cache, redirects,
// cookies under the credentials mode, and responses of which the page sees what the Fetch Standard shows it.
//
// An [Agent] is a browser. A [Page] is a document of some origin in it, [Page.Fetch] is the fetch() of a script there,
// [Page.Do] makes requests that package webapi has made, [Page.Load] those of elements, and [Page.WebSocket] opens
// WebSockets. The transport is any http.RoundTripper; [Handler] makes one of an http.Handler, so that a server is
// tested without a socket.
//
//	agent := &fetchhttp.Agent{Transport: fetchhttp.Handler(server), Jar: jar}
//	page := agent.Page(origin.MustParse("https://app.example"))
//	req, _ := http.NewRequest("DELETE", "https://api.example/items/1", nil)
//	resp, err := page.Fetch(req, fetchhttp.WithCredentials(fetch.CredentialsInclude))
//	var blocked *fetchhttp.BlockedError
//	switch {
//	case errors.As(err, &blocked):
//		fmt.Println(explain.Trace(blocked.Trace)) // what the page is not told
//	case err != nil:
//		return err // fetch() would throw: nothing was sent
//	default:
//		defer resp.Body.Close()
//		fmt.Println(resp.StatusCode, resp.Header) // what the page may read
//	}
//
// Two pages in one agent are how an attack of one site on another is tested: they share cookies, and the preflight
// cache where their partition key is the same.
//
// A network error, which a page sees as a rejected promise, is a [*BlockedError]. Where the server could not be reached
// it wraps the transport's error, so that errors.Is tells it from a block. The trace has all requests and responses,
// every decision with its step, and says in Result.Reached whether the server's handler ran.
//
// # What is the browser's
//
// Headers that a page must not set are listed as Ignored. Those that net/http adds by itself (User-Agent,
// Accept-Encoding, Content-Length) cause no preflight. Content-Type is not made from the body. Names go out in the
// page's case, and the values of one name joined. An http.Header keeps no order of names: they are sent and received
// sorted.
//
// The user name and password of a URL, which fetch() refuses and elements take, are tried where a server answers 401
// without CORS. Nobody is asked for others, except by the hook Authenticate.
//
// # Cookies
//
// Cookies go with a request if its credentials do, and are stored from each such response, also if the page may not
// read it. They are read, kept and sent as RFC 6265bis has it, with the prefixes __Secure-, __Host-, __Http- and
// __Host-Http-. What stays away, or is not kept, is told in Withheld with the reason.
//
// To a request across sites belong only cookies with SameSite=None; to a navigation of the whole page, as
// initiator.KindForm makes one, also those with Lax if its method is safe. One without the attribute is Lax, as in
// Chromium, and None by the profiles of Firefox and WebKitGTK. A request home that another site has redirected is one
// across sites, except by the profiles of Chromium and WebKitGTK. A page is a document at the top, and not in a frame
// of another site. For rules on cookies of third parties there is [Agent.SendCookies].
//
// Left out are Partitioned, which is overlooked, so that all pages see one cookie; and Chromium's exception that sends
// a cookie without SameSite along with a POST across sites in the two minutes after it was set. Secure cookies are for
// https, and for http on loopback addresses as in Chromium and Firefox.
//
// # What is left out
//
// There is no HTTP cache and no service worker, except what hooks answer, which comes without a body. What a blob: URL
// stands for [Agent.Blob] says. Of data: URLs the body is decoded.
//
// # What is net/http's
//
// Connections are kept: what nobody reads of a response is read where it is short and its length is known. A transport
// that decompresses, as http.DefaultTransport does, takes Content-Encoding and Content-Length off the response. A
// header value with a control byte, which browsers send, is an error before anything goes out. A response that net/http
// cannot read is a failure of the transport; browsers overlook some of what it does not, such as a line of the header
// without a colon.
package fetchhttp
