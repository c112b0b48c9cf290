// Package initiator has the requests that elements of a page make, and the APIs that are not fetch(): their mode,
// credentials mode, destination and all that follows from a crossorigin attribute or an option. It is for those who
// load pages, as a test harness or an engine does, over package [github.com/corspec/corspec/fetch].
//
// A [Kind] says what requests, [Settings] with which attributes, and [Request] makes the request, which a
// [fetch.Machine] or fetchhttp's Page.Load carries out. The examples are an img element with and without crossorigin,
// and a preload that the later request may or may not use.
//
// What an element may show and what a script may read of it are two things: [CORSSameOrigin] tells them apart.
package initiator
