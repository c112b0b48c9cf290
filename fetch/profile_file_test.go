package fetch

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/corspec/corspec/internal/golden"
	"github.com/corspec/corspec/origin"
)

// A profileFetch is one of the fetches of a case: what is changed of a GET of fetch() from https://a.example/p to
// https://b.example/x, and what the servers answer.
type profileFetch struct {
	at        time.Duration // since the first
	url       string        // "" for https://b.example/x
	change    func(*Request)
	preflight HeaderList     // of a preflight, with status 200; nil for what lets all but PATCH pass
	hops      []ResponseHead // of the requests; the last is repeated; nil for a response that everybody may read
	closed    bool           // the connection of requests is closed
	aborted   bool           // the page gives up, instead
}

// with changes the method, the headers and other things of a request.
func with(method string, headers HeaderList, changes ...func(*Request)) func(*Request) {
	return func(r *Request) {
		r.Method, r.Headers = method, headers
		if method == "POST" || method == "PUT" {
			r.Body = BodyBytes
		}
		for _, change := range changes {
			change(r)
		}
	}
}

func include(r *Request)        { r.Credentials = CredentialsInclude }
func noCORS(r *Request)         { r.Mode = ModeNoCORS }
func sameOrigin(r *Request)     { r.Mode = ModeSameOrigin }
func manual(r *Request)         { r.Redirect = RedirectManual }
func onError(r *Request)        { r.Redirect = RedirectError }
func flagged(r *Request)        { r.UseCORSPreflight = true }
func omit(r *Request)           { r.Credentials = CredentialsOmit }
func image(r *Request)          { r.Mode, r.Destination = ModeNoCORS, DestinationImage }
func script(r *Request)         { r.Mode, r.Destination = ModeNoCORS, DestinationScript }
func scriptWithCORS(r *Request) { r.Destination = DestinationScript }
func quiet(r *Request)          { r.ReferrerPolicy = ReferrerPolicyNoReferrer }
func opaqueOrigin(r *Request) {
	r.Origin, r.Referrer = origin.NewOpaque(), origin.URL{}
}

// answer has status 200 and is for everybody to read.
func answer(namesAndValues ...string) ResponseHead {
	return answerWith(200, append([]string{allowOrigin, "*"}, namesAndValues...)...)
}

func answerWith(status int, namesAndValues ...string) ResponseHead {
	head := ResponseHead{Status: status}
	for i := 0; i < len(namesAndValues); i += 2 {
		head.Headers.Append(namesAndValues[i], namesAndValues[i+1])
	}
	return head
}

// to is a redirect that everybody may read, through all of the URLs to what everybody may read.
func to(status int, urls ...string) (hops []ResponseHead) {
	for _, u := range urls {
		hops = append(hops, answerWith(status, allowOrigin, "*", "Location", u))
	}
	return append(hops, answer())
}

// A filedCase is fetches, one after another in one agent, with a name.
type filedCase struct {
	name    string
	fetches []profileFetch
}

// profileCases are what testdata/profiles.txt has the profiles do.
func profileCases() (cases []filedCase) {
	add := func(name string, fetches ...profileFetch) {
		cases = append(cases, filedCase{name, fetches})
	}
	get := func(headers ...[2]string) profileFetch { return profileFetch{change: with("GET", headers)} }
	const a, b, c, d = "https://a.example/", "https://b.example/", "https://c.example/", "https://d.example/"

	// What counts for a preflight.
	add("User-Agent and X-A", get([2]string{"User-Agent", "x"}, [2]string{"X-A", "1"}))
	for _, h := range [][2]string{{"DPR", "2"}, {"dpr", "1.5"}, {"DPR", ".5"}, {"DPR", "1."}, {"DPR", ""}, {"DPR", "1.5.2"}, {"Device-Memory", "0.25"}, {"Device-Memory", "a"}, {"Downlink", "9"}, {"Downlink", "9/"}, {"Downlink", "0:"},
		{"RTT", "0"}, {"RTT", "1.5"}, {"Viewport-Width", "90"}, {"Viewport-Width", "-1"}, {"Width", "9"}, {"Width", ""}, {"ECT", "slow-2g"}, {"ECT", "2g"}, {"ECT", "3g"}, {"ECT", "4g"}, {"ECT", "5g"}, {"Save-Data", "ON"}, {"Save-Data", "off"},
		{"Intervention", "anything"}, {"Intervention", strings.Repeat("i", 128)}, {"Intervention", strings.Repeat("i", 129)}, {"Sec-CH-DPR", "1"}} {
		add(fmt.Sprintf("%s: %.20s of %d bytes", h[0], h[1], len(h[1])), get(h))
	}
	add("Accept beyond ASCII", get([2]string{"Accept", "caf\xE9"}))
	add("Accept with the last byte of ASCII", get([2]string{"Accept", "a~"}))
	add("Content-Language beyond ASCII", get([2]string{"Content-Language", "\x80"}))
	add("a range beyond ASCII", get([2]string{"Range", "bytes=0-\xB2"}))
	add("X-A beyond ASCII, and its UTF-8", get([2]string{"X-A", "\xE9"}, [2]string{"X-B", "\xC3\xA9"}, [2]string{"X-C", "a"}))
	add("unsafe names in any order, one twice", get([2]string{"X-B", "1"}, [2]string{"x-b", "2"}, [2]string{"X-A", "3"}, [2]string{"X-b", "4"}))
	add("Accept-Language three times", get([2]string{"Accept-Language", "a"}, [2]string{"X-A", "1"}, [2]string{"accept-language", "b"}, [2]string{"ACCEPT-LANGUAGE", "c"}))
	add("Content-Type twice", get([2]string{"Content-Type", "text/plain"}, [2]string{"content-type", "text/html"}))
	add("Authorization twice", get([2]string{"Authorization", "1"}, [2]string{"authorization", "2"}))
	add("Content-Type and X-A twice each, to this origin", profileFetch{url: a, change: with("GET", HeaderList{{"Content-Type", "text/plain"}, {"X-A", "1"}, {"content-type", "text/html"}, {"x-a", "2"}})})
	var many HeaderList
	for i := range 24 {
		many.Append(fmt.Sprintf("X-%02d", i), "1")
	}
	add("many names", get(many...))
	add("many names, one of them twice", get(append(slices.Clone(many), [2]string{"x-00", "2"})...))
	for _, size := range []int{128, 129} {
		add(fmt.Sprintf("values of %d bytes with what is unsafe", 7*128+size), get([2]string{"Accept", strings.Repeat("a", 128)}, [2]string{"accept-language", strings.Repeat("a", 128)}, [2]string{"Content-Language", strings.Repeat("a", 128)}, [2]string{"Content-Type", "text/plain;" + strings.Repeat("a", 117)},
			[2]string{"X-B", strings.Repeat("b", 999)}, [2]string{"Accept", strings.Repeat("a", 128)}, [2]string{"Accept", strings.Repeat("a", 128)}, [2]string{"Accept", strings.Repeat("a", 128)}, [2]string{"Accept", strings.Repeat("a", size-1)}, [2]string{"X-A", "1"}, [2]string{"Accept", "a"}))
	}
	eight := HeaderList{{"Accept", strings.Repeat("a", 128)}, {"Accept-Language", strings.Repeat("a", 128)}, {"Content-Language", strings.Repeat("a", 128)}, {"Content-Type", "text/plain;" + strings.Repeat("a", 117)}, {"DPR", strings.Repeat("1", 128)}, {"Width", strings.Repeat("1", 128)}, {"RTT", strings.Repeat("1", 128)}, {"Intervention", strings.Repeat("i", 128)}}
	add("1024 bytes of different names", get(eight...))
	add("1025 bytes of different names", get(append(eight, [2]string{"Save-Data", "on"})...))
	add("listening to an upload of nothing", profileFetch{change: with("GET", nil, flagged)}, profileFetch{change: with("GET", nil, flagged)})
	add("listening to an upload", profileFetch{change: with("POST", nil, flagged)}, profileFetch{change: with("POST", nil, flagged)}, profileFetch{change: with("POST", nil)})
	add("listening to an upload that a preflight does not allow", profileFetch{change: with("PUT", nil, flagged), preflight: HeaderList{{allowOrigin, "*"}}})
	add("listening, without the unsafe-request flag, and X-A", profileFetch{change: with("POST", HeaderList{{"X-A", "1"}}, flagged, func(r *Request) { r.UnsafeRequest = false })})
	add("X-A without the unsafe-request flag", profileFetch{change: with("GET", HeaderList{{"X-A", "1"}}, func(r *Request) { r.UnsafeRequest = false }), hops: to(302, c)})
	stream := func(r *Request) { r.Body, r.UseCORSPreflight = BodyStream, true }
	add("a stream, mode same-origin", profileFetch{change: with("POST", nil, stream, sameOrigin)})
	add("a stream, mode no-cors", profileFetch{change: with("POST", nil, stream, noCORS)})
	add("bytes, mode same-origin", profileFetch{change: with("POST", nil, sameOrigin)})

	// What preflights allow, and what is cached of it.
	star := HeaderList{{allowOrigin, "*"}, {allowMethods, "*"}, {allowHeaders, "*"}}
	both := HeaderList{{allowOrigin, "https://a.example"}, {"Access-Control-Allow-Credentials", "true"}, {allowMethods, "PUT, *"}, {allowHeaders, "X-A, *"}}
	put := profileFetch{change: with("PUT", nil)}
	del := profileFetch{change: with("DELETE", nil)}
	grants := func(methods string) HeaderList {
		return HeaderList{{allowOrigin, "*"}, {allowMethods, methods}, {allowHeaders, "X-A"}}
	}
	add("* covers Authorization", profileFetch{change: with("GET", HeaderList{{"Authorization", "x"}, {"X-A", "1"}}), preflight: star}, profileFetch{change: with("GET", HeaderList{{"Authorization", "x"}}), preflight: star})
	add("* does not cover Authorization with credentials", profileFetch{change: with("GET", HeaderList{{"Authorization", "x"}}, include), preflight: both})
	add("Authorization and a name that is not allowed", profileFetch{change: with("GET", HeaderList{{"Authorization", "x"}, {"X-B", "1"}}), preflight: grants("GET")})
	add("a cached * covers Authorization", profileFetch{change: with("GET", HeaderList{{"X-A", "1"}}), preflight: star}, profileFetch{change: with("GET", HeaderList{{"Authorization", "x"}}), preflight: grants("GET")}, profileFetch{change: with("GET", HeaderList{{"X-B", "x"}}), preflight: grants("GET")})
	add("a cached * of methods", profileFetch{change: with("PUT", nil), preflight: star}, profileFetch{change: with("DELETE", nil), preflight: grants("GET")})
	add("* cached with credentials", profileFetch{change: with("PUT", HeaderList{{"X-A", "1"}}, include), preflight: both, hops: []ResponseHead{answerWith(200, allowOrigin, "https://a.example", "Access-Control-Allow-Credentials", "true")}},
		profileFetch{change: with("PUT", HeaderList{{"X-A", "1"}})}, profileFetch{change: with("DELETE", HeaderList{{"X-B", "1"}})})
	add("HEAD after a preflight of another method", profileFetch{change: with("PUT", HeaderList{{"X-A", "1"}}), preflight: grants("PUT")}, profileFetch{change: with("GET", HeaderList{{"X-A", "1"}})}, profileFetch{change: with("POST", HeaderList{{"X-A", "1"}})}, profileFetch{change: with("HEAD", HeaderList{{"X-A", "1"}})})
	add("PUT, DELETE and PUT, each allowed alone", profileFetch{change: put.change, preflight: grants("PUT")}, profileFetch{change: del.change, preflight: grants("DELETE")}, profileFetch{change: put.change, preflight: grants("PUT")})
	add("PUT, with and without credentials", profileFetch{change: with("PUT", nil, include), preflight: both, hops: []ResponseHead{answerWith(200, allowOrigin, "https://a.example", "Access-Control-Allow-Credentials", "true")}}, put, profileFetch{change: with("PUT", nil, include), closed: true}, put)
	add("a preflight that allows another method", profileFetch{change: put.change, preflight: grants("DELETE")}, profileFetch{change: del.change, preflight: grants("DELETE")})
	add("a preflight that allows another name", profileFetch{change: with("GET", HeaderList{{"X-B", "1"}}), preflight: grants("GET")}, profileFetch{change: with("GET", HeaderList{{"X-A", "1"}})})
	add("a preflight that allows no Authorization", profileFetch{change: with("GET", HeaderList{{"Authorization", "1"}}, include), preflight: both}, profileFetch{change: with("GET", HeaderList{{"X-A", "1"}}, include), preflight: both})
	add("a preflight with a malformed list", profileFetch{change: put.change, preflight: HeaderList{{allowOrigin, "*"}, {allowMethods, "PUT, @"}}}, put)
	add("a page of an opaque origin", profileFetch{change: with("PUT", nil, opaqueOrigin)}, profileFetch{change: with("PUT", nil, opaqueOrigin)})
	add("a tainted request", profileFetch{change: put.change, hops: to(307, c)}, profileFetch{change: put.change, hops: to(307, c)})
	add("to b and c", put, profileFetch{url: c, change: put.change}, profileFetch{change: put.change, hops: to(307, c)})
	add("an empty fragment", profileFetch{url: b + "x#", change: put.change}, put, profileFetch{url: b + "x#f", change: put.change})
	add("an empty fragment after a redirect", profileFetch{url: a, change: put.change, hops: to(307, b+"x#")}, put)

	for _, value := range []string{"-1", "-x", "+9", "+-1", "\v9\f", " 9 ", "9 9", "9.0", "9,9", "9a", "9:", "9223372036854775807", "9223372036854775808", "-9223372036854775808", "0", ""} {
		f := profileFetch{change: put.change, preflight: append(grants("PUT"), [2]string{maxAge, value})}
		for _, at := range []time.Duration{0, 6 * time.Second} {
			f.at = at
			add(fmt.Sprintf("Max-Age %q after %v", value, at), profileFetch{change: put.change, preflight: f.preflight}, f)
		}
	}
	add("a Max-Age that is too long after 5.5 s", profileFetch{change: put.change, preflight: append(grants("PUT"), [2]string{maxAge, "9223372036854775808"})}, profileFetch{at: 5500 * time.Millisecond, change: put.change})
	add("a preflight that fails after one that passed", put, profileFetch{change: del.change, preflight: HeaderList{{allowMethods, "DELETE"}}}, put)
	add("two lines of Max-Age", profileFetch{change: put.change, preflight: append(grants("PUT"), [2]string{maxAge, "9"}, [2]string{maxAge, "9"})}, profileFetch{at: 6 * time.Second, change: put.change})
	add("listening to an upload, with a preflight that lists another method", profileFetch{change: with("POST", nil, flagged), preflight: grants("PUT")}, profileFetch{change: with("POST", nil, flagged)}, profileFetch{change: with("HEAD", nil, flagged)})
	webSocket := func(r *Request) {
		r.Mode, r.Credentials, r.Cache, r.Redirect = ModeWebSocket, CredentialsInclude, CacheModeNoStore, RedirectError
	}
	add("a WebSocket", profileFetch{change: webSocket})
	add("a WebSocket of this origin", profileFetch{url: a, change: webSocket})
	for _, mode := range []CacheMode{CacheModeNoStore, CacheModeReload, CacheModeNoCache, CacheModeForceCache, CacheModeOnlyIfCached} {
		cached := func(r *Request) { r.Cache = mode }
		add(fmt.Sprintf("cache mode %v", mode), profileFetch{change: with("PUT", nil, cached)}, put, profileFetch{change: with("PUT", nil, cached)}, put)
		add(fmt.Sprintf("cache mode %v and a condition", mode), profileFetch{url: a, change: with("GET", HeaderList{{"If-Match", "x"}}, cached)})
		add(fmt.Sprintf("cache mode %v at home", mode), profileFetch{url: a, change: with("GET", nil, cached, sameOrigin)})
	}
	for _, name := range []string{"If-Modified-Since", "If-None-Match", "If-Unmodified-Since", "If-Match", "If-Range", "Cache-Control"} {
		add("a condition by "+name, get([2]string{name, "x"}))
	}
	for _, value := range []string{"bytes=0-9223372036854775806", "bytes=0-9223372036854775807", "bytes=0-18446744073709551615", "bytes=0-18446744073709551616", "BYTES=0-1", "bytes=+0-1", "bytes=0-+1", "bytes=\v0-1\f", "bytes=1-+0", "bytes=0-00009223372036854775806"} {
		add(fmt.Sprintf("range %q", value), get([2]string{"Range", value}))
	}

	// Redirects.
	for _, status := range []int{300, 304, 305, 306, 308, 309, 399} {
		add(fmt.Sprintf("status %d with a Location", status), profileFetch{change: with("POST", nil), hops: []ResponseHead{answerWith(status, allowOrigin, "*", "Location", "/y"), answer()}})
	}
	add("status 400 with a Location", profileFetch{hops: []ResponseHead{answerWith(400, allowOrigin, "*", "Location", "/y")}})
	add("status 399 without a Location, mode error", profileFetch{change: with("GET", nil, onError), hops: []ResponseHead{answerWith(399, allowOrigin, "*")}})
	add("status 399 without a Location", profileFetch{hops: []ResponseHead{answerWith(399, allowOrigin, "*")}})
	for name, values := range map[string][]string{"no": nil, "an empty": {""}, "two equal": {"/y", "/y"}, "two different": {"/y", "/z"}, "two empty": {"", ""}, "three, the last different": {"/y", "/y", "/z"},
		"one of UTF-8": {"/\xC3\xBC"}, "one that is not UTF-8": {"/\xFC"}, "one of white space": {" "}, "one that is not a URL": {"http://["}, "two equal of UTF-8": {"/\xC3\xBC", "/\xC3\xBC"}, "a fragment of": {"#f"}} {
		head := answerWith(302, allowOrigin, "*", "X-Other", "/o")
		for _, v := range values {
			head.Headers.Append("location", v)
		}
		for mode, change := range map[string]func(*Request){"follow": func(*Request) {}, "manual": manual, "error": onError} {
			add(name+" Location, mode "+mode, profileFetch{change: with("GET", nil, change), hops: []ResponseHead{head, answer()}})
		}
		head.Status = 309
		add(name+" Location, status 309", profileFetch{hops: []ResponseHead{head, answer()}})
	}
	for name, change := range map[string]func(*Request){"cors": func(*Request) {}, "no-cors": image, "same-origin": sameOrigin} {
		for _, location := range []string{"https://u:p@a.example/y#g", "https://u@b.example/y", "ftp://u@a.example/"} {
			add("from home to "+location+", mode "+name, profileFetch{url: a + "x#f", change: with("GET", nil, change), hops: to(302, location)})
		}
	}
	add("DELETE to another origin", profileFetch{change: del.change, hops: to(307, c)})
	add("DELETE to the same origin", profileFetch{change: del.change, hops: to(307, "/y")})
	add("PUT to another origin", profileFetch{change: put.change, hops: to(302, c)})
	for _, method := range []string{"GET", "POST"} {
		for name, header := range map[string][2]string{"Authorization": {"Authorization", "x"}, "X-A": {"X-A", "1"}, "Content-Type": {"Content-Type", "application/json"}, "Content-Language": {"Content-Language", "en"}} {
			for _, urls := range [][]string{{c}, {c, d}, {"/y"}, {a}, {c, "/y"}, {a, "/y"}} {
				add(fmt.Sprintf("%s with %s through %q", method, name, urls), profileFetch{change: with(method, HeaderList{header, {"X-Z", "1"}}), preflight: HeaderList{{allowOrigin, "*"}, {allowHeaders, "Authorization, Content-Type, X-A, X-Z"}}, hops: to(302, urls...)})
			}
		}
	}
	for _, urls := range [][]string{{"/y"}, {"/y", "/z"}, {b, "/y"}, {b, a}, {"/y", b}} {
		add(fmt.Sprintf("POST from home through %q", urls), profileFetch{url: a, change: with("POST", HeaderList{{"Content-Type", "application/json"}, {"Authorization", "x"}, {"X-Z", "1"}}), preflight: HeaderList{{allowOrigin, "*"}, {allowHeaders, "Authorization, Content-Type, X-Z"}}, hops: to(302, urls...)})
	}
	add("Authorization from home to b, which does not allow it", profileFetch{url: a, change: with("GET", HeaderList{{"Authorization", "x"}, {"X-Z", "1"}}), preflight: HeaderList{{allowOrigin, "*"}, {allowHeaders, "X-Z"}}, hops: to(302, b)})
	add("Authorization from home, to home, and away", profileFetch{url: a, change: with("GET", HeaderList{{"Authorization", "x"}}), preflight: HeaderList{{allowOrigin, "*"}, {allowHeaders, "Authorization"}}, hops: to(302, a+"y", b, a)})
	add("POST of JSON that becomes GET", profileFetch{change: with("POST", HeaderList{{"Content-Type", "application/json"}}), hops: to(303, c, "/y")})
	add("PUT that becomes GET", profileFetch{change: put.change, hops: to(303, c, "/y")})
	add("a simple POST that becomes GET", profileFetch{change: with("POST", nil), hops: to(302, c)})
	for name, change := range map[string]func(*Request){"same-origin": func(*Request) {}, "omit": omit, "include": include} {
		for _, method := range []string{"GET", "PUT"} {
			for _, url := range []string{a, b} {
				add(fmt.Sprintf("%s from %s through b and c with *, credentials %s", method, url, name), profileFetch{url: url, change: with(method, nil, change), hops: to(307, b+"y", c)})
			}
		}
	}
	allowing := []ResponseHead{answerWith(307, "Location", b+"y"), answerWith(307, allowOrigin, "https://a.example", "Access-Control-Allow-Credentials", "true", "Location", c), answer()}
	add("GET from home through b, which allows credentials, and c", profileFetch{url: a, hops: allowing})

	// Without CORS.
	add("data: with mode no-cors and redirect mode manual", profileFetch{url: "data:,x", change: with("GET", nil, noCORS, manual)})
	add("data: with mode no-cors and redirect mode error", profileFetch{url: "data:,x", change: with("GET", nil, noCORS, onError)})
	add("data: with mode no-cors", profileFetch{url: "data:,x", change: with("GET", nil, noCORS)})
	add("data: with redirect mode manual", profileFetch{url: "data:,x", change: with("GET", nil, manual)})
	add("redirect mode manual with mode no-cors", profileFetch{change: with("GET", nil, noCORS, manual)})
	add("about:blank", profileFetch{url: "about:blank", change: with("GET", nil, func(r *Request) { r.Mode, r.Destination = ModeNavigate, DestinationDocument })})
	for _, port := range []string{"25", "4190", "6679", "6680"} {
		add("port "+port, profileFetch{url: "https://b.example:" + port + "/"})
	}
	for name, change := range map[string]func(*Request){"an image": image, "an image with all credentials": func(r *Request) { image(r); include(r) }, "no-cors": noCORS, "a font": func(r *Request) { r.Destination = DestinationFont }, "a script": script,
		"a script with crossorigin": scriptWithCORS, "a style with crossorigin=use-credentials": func(r *Request) { r.Destination = DestinationStyle; include(r) }} {
		plain := []ResponseHead{answerWith(307, "Location", b+"y"), answerWith(307, "Location", a), answerWith(200)}
		add(name+" at home", profileFetch{url: a, change: with("GET", nil, change)})
		add(name+" away", profileFetch{change: with("GET", nil, change)})
		add(name+" from home to b and back", profileFetch{url: a, change: with("GET", nil, change), hops: plain})
		add(name+" to b and back", profileFetch{change: with("GET", nil, change), hops: plain[1:]})
		add(name+" from home to home", profileFetch{url: a, change: with("GET", nil, change), hops: plain[1:]})
	}
	for name, change := range map[string]func(*Request){"": func(*Request) {}, " without a referrer": quiet} {
		for _, status := range []int{302, 307} {
			for _, urls := range [][]string{{b + "y"}, {c}, {a}, {c, d}} {
				add(fmt.Sprintf("a form's POST through %d to %q%s", status, urls, name), profileFetch{change: with("POST", nil, noCORS, change), hops: to(status, urls...)})
			}
			add(fmt.Sprintf("a form's POST from home through %d to b%s", status, name), profileFetch{url: a, change: with("POST", nil, noCORS, change), hops: to(status, b)})
		}
	}
	add("an image of a credentialless page from home to b", profileFetch{url: a, hops: to(307, b), change: with("GET", nil, image, func(r *Request) {
		r.Credentials, r.EmbedderPolicy.Value = CredentialsSameOrigin, EmbedderPolicyCredentialless
	})})
	add("an image without credentials from home to b", profileFetch{url: a, change: with("GET", nil, image, omit), hops: []ResponseHead{answerWith(307, "Location", b), answerWith(200)}})
	add("a form's POST to http", profileFetch{url: "http://b.example/", change: with("POST", nil, noCORS, func(r *Request) { r.MixedContent = MixedContentUnrestricted })})
	silence := answerWith(307, "Location", b+"y", "Referrer-Policy", "no-referrer")
	add("a form's POST that is told no-referrer on its way", profileFetch{change: with("POST", nil, noCORS), hops: []ResponseHead{silence, answer()}})
	add("PUT that is told no-referrer on its way", profileFetch{change: put.change, hops: []ResponseHead{answerWith(307, allowOrigin, "*", "Location", b+"y", "Referrer-Policy", "no-referrer"), answer()}})

	// Referrers and sites.
	for _, policy := range []ReferrerPolicy{ReferrerPolicyNoReferrerWhenDowngrade, ReferrerPolicyOrigin, ReferrerPolicyOriginWhenCrossOrigin, ReferrerPolicySameOrigin, ReferrerPolicyStrictOrigin, ReferrerPolicyUnsafeURL} {
		policed := func(r *Request) { r.ReferrerPolicy = policy }
		for _, urls := range [][]string{{b + "y", a}, {"https://s.a.example/", a}} {
			add(fmt.Sprintf("policy %v from home through %q", policy, urls), profileFetch{url: a, change: with("GET", nil, policed), hops: to(307, urls...)})
			add(fmt.Sprintf("PUT with policy %v from home through %q", policy, urls), profileFetch{url: a, change: with("PUT", nil, policed), hops: to(307, urls...)})
		}
	}
	for _, page := range []string{"http://localhost", "https://localhost", "http://a.example", "https://a.example"} {
		local := func(r *Request) {
			r.Referrer = origin.MustParseURL(page + "/p")
			r.Origin = r.Referrer.Origin()
		}
		for _, urls := range [][]string{{"http://localhost:2/"}, {"https://localhost:3/"}, {"http://localhost:2/", "https://localhost:3/"}, {"https://localhost:3/", "http://localhost/"}, {"http://c.example/", "https://s.a.example/"}, {"https://s.a.example/", "https://a.example/"}} {
			add(fmt.Sprintf("PUT of a page of %s through %q", page, urls), profileFetch{url: urls[0], change: with("PUT", nil, local, func(r *Request) { r.MixedContent = MixedContentUnrestricted }), hops: to(307, urls[1:]...)})
		}
	}

	// Mixed content.
	const plain = "http://b.example/"
	navigate := func(r *Request) { r.Mode, r.Destination = ModeNavigate, DestinationIframe }
	for name, change := range map[string]func(*Request){"fetch()": func(*Request) {}, "PUT": func(r *Request) { r.Method = "PUT" }, "an image": image, "an image with crossorigin": func(r *Request) { r.Destination = DestinationImage }, "a script": script,
		"an image of a set": func(r *Request) { image(r); r.Initiator = InitiatorImageset }, "audio": func(r *Request) { image(r); r.Destination = DestinationAudio }, "video": func(r *Request) { image(r); r.Destination = DestinationVideo }, "a frame": navigate,
		"a page": func(r *Request) { r.Mode, r.Destination = ModeNavigate, DestinationDocument }, "a form's fetch for a page": func(r *Request) { r.Mode, r.Destination = ModeNoCORS, DestinationDocument }} {
		for _, url := range []string{plain, "http://192.0.2.1/", "http://localhost/"} {
			add(name+" of "+url, profileFetch{url: url, change: with("GET", nil, change)})
			add(name+" redirected to "+url, profileFetch{change: with("GET", nil, change), hops: to(307, url)})
			add(name+" of a page of http that is redirected to "+url, profileFetch{url: "https://c.example/", change: with("GET", nil, change, func(r *Request) { r.Origin = origin.MustParse("http://a.example") }), hops: to(307, url)})
		}
	}

	add("an image of http that is redirected to http", profileFetch{url: plain, change: with("GET", nil, image), hops: []ResponseHead{answerWith(307, "Location", "http://c.example/"), answerWith(200)}})

	// What the page gets to see, and what is blocked.
	for _, value := range []string{"*", "X-A", "*, @", "X-A,\t*, a b", "@, *", "X-A, @", ",, *,@", "**, @", "", "*,\f"} {
		add(fmt.Sprintf("exposing %q", value), profileFetch{hops: []ResponseHead{answer("X-A", "1", "Access-Control-Expose-Headers", value)}})
	}
	add("exposing *, @ with credentials", profileFetch{change: with("GET", nil, include), hops: []ResponseHead{answerWith(200, allowOrigin, "https://a.example", "Access-Control-Allow-Credentials", "true", "X-A", "1", "Access-Control-Expose-Headers", "*, @")}})
	add("exposing nothing", profileFetch{hops: []ResponseHead{answer("X-A", "1")}})
	for _, value := range []string{"same-origin", "same-site", "cross-origin", "x", "Same-Origin"} {
		for _, policy := range []EmbedderPolicyValue{EmbedderPolicyUnsafeNone, EmbedderPolicyRequireCORP, EmbedderPolicyCredentialless} {
			add(fmt.Sprintf("resource policy %q with embedder policy %v", value, policy), profileFetch{change: with("GET", nil, image, include, func(r *Request) { r.EmbedderPolicy.Value = policy }), hops: []ResponseHead{answerWith(200, resourcePolicy, value)}})
		}
	}
	for _, policy := range []EmbedderPolicyValue{EmbedderPolicyRequireCORP, EmbedderPolicyCredentialless} {
		add(fmt.Sprintf("no resource policy with embedder policy %v", policy), profileFetch{change: with("GET", nil, image, include, func(r *Request) { r.EmbedderPolicy.Value = policy }), hops: []ResponseHead{answerWith(200)}})
		add(fmt.Sprintf("no resource policy with reports by embedder policy %v", policy), profileFetch{change: with("GET", nil, image, include, func(r *Request) { r.EmbedderPolicy.ReportOnly = policy }), hops: []ResponseHead{answerWith(200)}})
	}
	for _, values := range [][]string{{"image/"}, {"audio/;x"}, {"VIDEO/x y"}, {"text/csv"}, {"text/csv-schema"}, {"text/CSV2;x=y"}, {"text/cs"}, {"image/png", "text/javascript"}, {"text/javascript", "image/png"}, {"text/css", "text/javascript"}, {"x", "text/javascript"}, {"text/javascript"}, {}} {
		for name, d := range map[string]Destination{"a script": DestinationScript, "a style": DestinationStyle, "an image": DestinationImage} {
			for _, nosniff := range []string{"nosniff", "other"} {
				head := answerWith(200, "X-Content-Type-Options", nosniff, "X-A", "text/css")
				for _, v := range values {
					head.Headers.Append("Content-type", v)
				}
				add(fmt.Sprintf("%s of types %q, %s", name, values, nosniff), profileFetch{change: with("GET", nil, noCORS, func(r *Request) { r.Destination = d }), hops: []ResponseHead{head}})
			}
		}
	}
	add("407", profileFetch{hops: []ResponseHead{answerWith(407, allowOrigin, "*")}})
	add("407 without CORS", profileFetch{change: with("GET", nil, noCORS), hops: []ResponseHead{answerWith(407)}})

	// Fetches that fail once the cache has a preflight.
	for name, f := range map[string]profileFetch{
		"a type that is blocked":       {change: scriptWithCORS, hops: []ResponseHead{answer("Content-Type", "image/png")}},
		"a redirect to a bad port":     {hops: to(302, b+"y", "https://b.example:25/")},
		"a redirect that is closed":    {hops: []ResponseHead{answerWith(302, allowOrigin, "*", "Location", "/y"), answerWith(200)}},
		"a redirect home that fails":   {hops: []ResponseHead{answerWith(302, allowOrigin, "*", "Location", a), answerWith(200)}},
		"a redirect to data:":          {hops: to(302, "data:,x")},
		"too many redirects":           {hops: to(302, slices.Repeat([]string{b + "x"}, 21)...)},
		"a type that nosniff blocks":   {change: scriptWithCORS, hops: []ResponseHead{answer("Content-Type", "text/plain", "X-Content-Type-Options", "nosniff")}},
		"a request that is given up":   {aborted: true},
		"a PUT that is given up":       {change: put.change, aborted: true},
		"a request that is closed":     {closed: true},
		"a PUT that is closed":         {change: put.change, closed: true},
		"redirect mode error":          {change: with("PUT", nil, onError), hops: to(302, b)},
		"a PUT to what is not allowed": {change: with("PATCH", nil)},
	} {
		add("the cache after "+name, put, f, put, profileFetch{url: b + "y", change: put.change})
	}
	slices.SortFunc(cases, func(a, b filedCase) int { return strings.Compare(a.name, b.name) })
	return cases
}

// transcript does the fetches in one agent of the profile, and tells all that is seen of them.
func transcript(t *testing.T, p Profile, fetches []profileFetch) string {
	t.Helper()
	agent := &Agent{Profile: p}
	page := origin.MustParseURL("https://a.example/p")
	var b strings.Builder
	for _, f := range fetches {
		if f.url == "" {
			f.url = "https://b.example/x"
		}
		r := Request{Method: "GET", URLList: []origin.URL{origin.MustParseURL(f.url)}, Origin: page.Origin(), Referrer: page, Mode: ModeCORS, Credentials: CredentialsSameOrigin, UnsafeRequest: true}
		if f.change != nil {
			f.change(&r)
		}
		now := time.Unix(0, 0).Add(f.at)
		m, err := agent.Start(now, r)
		if err != nil {
			t.Fatal(err)
		}
		if f.preflight == nil {
			f.preflight = HeaderList{{allowOrigin, "*"}, {allowMethods, "GET, HEAD, POST, PUT, DELETE"}, {allowHeaders, "*, Authorization"}}
		}
		if f.hops == nil {
			f.hops = []ResponseHead{answer()}
		}
		requests := 0
		for next := m.Action(); next.Kind != ActionDone; next = m.Action() {
			fmt.Fprintf(&b, "%v %s %v", next.Kind, next.Method, next.URL)
			if next.Reason != PreflightReasonNone {
				fmt.Fprintf(&b, " (%s)", next.Reason)
			}
			if next.IncludeCredentials {
				b.WriteString(" with credentials")
			}
			if next.Body != BodyActionNone {
				fmt.Fprintf(&b, " body %v", next.Body)
			}
			for i, h := range next.Headers {
				if h == [2]string{"Accept", "*/*"} {
					continue
				}
				b.WriteString(" | ")
				if i >= next.Own {
					b.WriteByte('+')
				}
				b.WriteString(shorter.Replace(h[0]) + ": " + shortened(h[1]))
			}
			b.WriteByte('\n')
			switch {
			case next.Kind == ActionSendPreflight:
				err = m.Receive(now, ResponseHead{Status: 200, Headers: slices.Clone(f.preflight)})
			case f.closed:
				err = m.Fail(nil)
			case f.aborted:
				err = m.Abort()
			default:
				head := f.hops[min(requests, len(f.hops)-1)]
				err = m.Receive(now, ResponseHead{Status: head.Status, Headers: slices.Clone(head.Headers)})
				requests++
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		for _, e := range m.Trace().Events {
			if e.Outcome == OutcomeCORPReporting || e.Outcome == OutcomeCORPEnforce || e.Outcome == OutcomePreflightCached {
				fmt.Fprintf(&b, "%s %s\n", e.Outcome, e.Subject)
			}
		}
		result, err := m.Result()
		if err != nil {
			t.Fatal(err)
		}
		v := result.Verdict
		fmt.Fprintf(&b, "= %s", v.Code)
		if v.OK() {
			u, _ := result.Response.URL()
			fmt.Fprintf(&b, " %v %d %v %q", result.Response.Type, result.Response.Status, u, result.Response.ExposedHeaderNames)
		} else {
			fmt.Fprintf(&b, " %s %s %q %d %q", v.Step, v.Header, v.Value, v.Lines, v.Want)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// shorter has what stands for the names that are often there.
var shorter = strings.NewReplacer("Access-Control-Request-", "ACR", "Sec-Fetch-", "")

// shortened is a value in quotes if it is not plain, without its middle if it is long.
func shortened(value string) string {
	if len(value) > 64 {
		value = fmt.Sprintf("%s... (%d bytes)", value[:16], len(value))
	}
	if q := fmt.Sprintf("%+q", value); q != `"`+value+`"` {
		return q
	}
	return value
}

// TestProfilesFile holds all that the profiles do in many fetches against testdata/profiles.txt, where what several do
// alike is written once.
func TestProfilesFile(t *testing.T) {
	var names strings.Builder
	for _, d := range differences {
		names.WriteString(d.name)
		for _, p := range Profiles() {
			if p.Has(d.name) {
				names.WriteString(" " + p.String())
			}
		}
		names.WriteByte('\n')
	}
	parts := []golden.Part{{Name: "differences", Text: names.String()}}
	for _, c := range profileCases() {
		var who, what []string
		for _, p := range Profiles() {
			does := transcript(t, p, c.fetches)
			if i := slices.Index(what, does); i >= 0 {
				who[i] += " " + p.String()
			} else {
				who, what = append(who, p.String()), append(what, does)
			}
		}
		var b strings.Builder
		for i := range who {
			fmt.Fprintf(&b, "# %s\n%s", who[i], what[i])
		}
		parts = append(parts, golden.Part{Name: c.name, Text: b.String()})
	}
	golden.Parts(t, "testdata/profiles.txt", parts)
}

// TestProfilesShow holds that there is a case that shows each difference of each profile, except of those of cookies,
// and that without all of them a profile is the standard.
func TestProfilesShow(t *testing.T) {
	cases := profileCases()
	standard := make([]string, len(cases))
	for i, c := range cases {
		standard[i] = transcript(t, ProfileStandard, c.fetches)
	}
	for _, p := range Profiles()[1:] {
		shown := map[string]bool{"cookies-cross-site-by-default": true, "same-site-ignores-redirects": true}
		for i, c := range cases {
			if without := transcript(t, p.Without(p.Differences()...), c.fetches); without != standard[i] {
				t.Errorf("%s: %v without its differences does\n%s\nand the standard\n%s", c.name, p, without, standard[i])
			}
			does := transcript(t, p, c.fetches)
			if does == standard[i] {
				continue
			}
			for _, d := range p.Differences() {
				shown[d] = shown[d] || transcript(t, p.Without(d), c.fetches) != does
			}
		}
		for _, d := range p.Differences() {
			if !shown[d] {
				t.Errorf("no case shows %v/%v", p, d)
			}
		}
	}
}

// TestProfilesKeepTheEmbedderPolicy holds that credentials which WebKit keeps on a redirect stay away where the
// embedder policy says so, if the profile knows of it.
func TestProfilesKeepTheEmbedderPolicy(t *testing.T) {
	for _, c := range profileCases() {
		if c.name != "an image of a credentialless page from home to b" {
			continue
		}
		does := transcript(t, ProfileWebKitGTK.Without("credentialless-unknown"), c.fetches)
		if strings.Count(does, "with credentials") != 1 {
			t.Errorf("credentials are to go to a.example alone:\n%s", does)
		}
		return
	}
	t.Error("the case is not there")
}
