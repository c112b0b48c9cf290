// Package webapi is what scripts see of fetching: the Headers object with its guards, the Request constructor, what
// XMLHttpRequest makes of the headers that it is given, and what the blob: URL of a Blob answers. It is for those who
// have a JavaScript engine, or another language of their own, and want to bind fetch() and XMLHttpRequest to package
// [github.com/corspec/corspec/fetch] as browsers do.
//
// [NewRequest] is new Request() and the first half of fetch(), [Headers] the object of that name, and [XMLHttpRequest]
// takes the calls of a script from open() to send(). [Blob.Respond] answers blob: URLs. There is an example of each
// binding, and the example Loop of package fetch puts them together.
//
// One thing of these objects depends on the user agent: in Chromium a script cannot set User-Agent, which requests and
// XMLHttpRequest drop without a word where [Client] has its profile. [fetch.Agent.Start] drops it there in any case.
//
// What a script may not do is an [*Exception], of the type that the standards throw. Bodies of requests are known by
// their kind and type alone; their bytes are the engine's, and so are promises, events and signals.
package webapi
