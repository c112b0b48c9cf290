// Package clienttest holds a user agent against what a browser does: what it sends over the wire, and what a script
// gets.
//
//	func TestCORS(t *testing.T) {
//		clienttest.Run(t, driver)
//	}
//
// The user agent is whatever has fetch() or what is like it: a browser, an emulator of one for tests, a runtime. A
// [Client] drives it. In a language other than Go it is a program that corspec clients -run drives by lines of JSON,
// for which conformance/PROTOCOL.md is the description; [Serve] makes such a program of a Client.
//
// # What is asked
//
// Servers on loopback answer as the cases say and keep what arrives: which methods and headers need a preflight; what
// it has, and what its answer allows; the preflight cache with its keys and lives; the CORS check on preflights,
// redirects and responses; credentials modes and cookies; redirects with their limit, their taint and the headers that
// stay behind; what a page sees of a response; modes no-cors and same-origin; Origin and Referer;
// Cross-Origin-Resource-Policy, types of scripts, blocked ports, cache modes, keepalive, aborts, streams;
// XMLHttpRequest and elements.
//
// Each case is done in a session of its own, which is a new browser, and its URLs are in a folder of its own; what does
// not go there is not looked at.
//
// # How it is judged
//
// What a browser does is not written down: the machine of package fetch does the same case, by the standard or by the
// profile of an engine that [WithProfile] names. Only those requests and headers are compared which the standard or the
// page determines; a client may have headers of its own, in any order.
//
// Each [Finding] has the id of its case, a kind, and a severity: [SeverityUnsafe] if a script reads what it must not,
// or something is sent that must not be; [SeverityBroken] if what works in a browser does not; [SeverityWasteful] if it
// works and costs somebody time, as a needless preflight does; [SeverityNote] for what makes no difference to pages and
// servers, as a rule.
//
// A case whose abilities the client does not have is unsupported, which is not a pass. Where the driver fails, or a
// case took so long that it says nothing, it is inconclusive, which is not a failure.
package clienttest
