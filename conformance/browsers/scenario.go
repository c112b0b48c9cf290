package main

import (
	"encoding/base64"
	"strconv"
	"strings"

	"github.com/corspec/corspec/origin"
)

// A Scenario is a page, what it does, and what servers answer. Its texts hold places for what is known only when
// servers run: {a} to {k} stand for origins, {a/} for the folder of that origin in which the scenario's own URLs are,
// and {page} for the page's origin as it is serialized; {host} is {b/} without its scheme, and {host-a} {a/}; {path} is
// the folder alone.
type Scenario struct {
	ID string `json:"id"`
	Page
	Steps []Step             `json:"steps"`           // done one after another
	Serve map[string]*Served `json:"serve"`           // by URL without fragment
	Port  uint16             `json:"port,omitempty"`  // a server has to listen there as well, at 127.0.0.1
	Plain bool               `json:"plain,omitempty"` // it needs the host and the address that are not potentially trustworthy

	// Of the document, once the scenario is expanded. It has a URL for a referrer unless its origin is opaque.
	origin  origin.Origin
	url     origin.URL
	visited []origin.URL
}

// A Page is where a scenario is done. The zero Page is a document of {a}.
type Page struct {
	At       string   `json:"at,omitempty"`       // "e", "k" or "n": a document of that origin
	Embedder []string `json:"embedder,omitempty"` // the document's lines of Cross-Origin-Embedder-Policy
	Frame    string   `json:"frame,omitempty"`    // in that document, a frame with an opaque origin: "sandbox" or "data"
	Visited  string   `json:"visited,omitempty"`  // letters of origins of which a document, shown before, has set visitCookies
}

// letter is that of the document's origin.
func (p Page) letter() byte { return (p.At + "a")[0] }

// url returns the URL of the document, which asks for scenarios with that token.
func (p Page) url(origins map[byte]string, token string) string {
	return origins[p.letter()] + "/page/" + base64.RawURLEncoding.EncodeToString([]byte(strings.Join(p.Embedder, "\n"))) + "?" + token
}

// document is the page without its frame, by name.
func (p Page) document() string {
	if p.At == "" {
		return ""
	}
	return p.At + p.Visited + " " + strings.Join(p.Embedder, "\n")
}

// visitURL returns the URL of a document that sets visitCookies for the path, and asks for more with that token.
func visitURL(origin, path, token string) string {
	return origin + "/visit/" + base64.RawURLEncoding.EncodeToString([]byte(path)) + "?" + token
}

// visitCookies are the cookies that a top-level document sets for a path: one of each SameSite, and one without.
func visitCookies(path string) (headers [][2]string) {
	for _, c := range []string{"visit-absent=1", "visit-none=1; SameSite=None", "visit-lax=1; SameSite=Lax", "visit-strict=1; SameSite=Strict"} {
		headers = append(headers, [2]string{"Set-Cookie", c + "; Secure; Path=" + path})
	}
	return headers
}

// A Step is one thing that the page does.
type Step struct {
	Via            string      `json:"via"`             // "fetch", "xhr", or the name that package initiator has for what else requests
	After          int         `json:"after,omitempty"` // milliseconds to wait before
	URL            string      `json:"url"`
	Method         string      `json:"method,omitempty"` // empty: GET
	Headers        [][2]string `json:"headers,omitempty"`
	Mode           string      `json:"mode,omitempty"`           // of fetch; empty: "cors"
	Credentials    string      `json:"credentials,omitempty"`    // of fetch; empty: "same-origin". Of xhr: "include" for withCredentials
	Redirect       string      `json:"redirect,omitempty"`       // of fetch; empty: "follow"
	Cache          string      `json:"cache,omitempty"`          // of fetch; empty: "default"
	Referrer       *string     `json:"referrer,omitempty"`       // of fetch; null: "about:client"
	ReferrerPolicy string      `json:"referrerPolicy,omitempty"` // of fetch; of an element: the attribute
	Body           bool        `json:"body,omitempty"`           // bytes without a type of their own
	Stream         bool        `json:"stream,omitempty"`         // of fetch: the same bytes from a stream
	Upload         bool        `json:"upload,omitempty"`         // of xhr: somebody listens to the upload's progress
	Abort          int         `json:"abort,omitempty"`          // of fetch: milliseconds after which the page gives up
	CrossOrigin    *string     `json:"crossOrigin,omitempty"`    // of an element: the attribute
	As             string      `json:"as,omitempty"`             // of a link: the attribute
	Property       string      `json:"property,omitempty"`       // of CSS; or of the img, in place of src
	BodyType       string      `json:"bodyType,omitempty"`       // of a beacon
	Times          int         `json:"times,omitempty"`          // that an EventSource connects; 0: once
}

// A Served URL answers preflights and requests from two lists, the last element of each again and again. An empty list
// is a connection that is closed each time.
type Served struct {
	Preflight []Answer `json:"preflight,omitempty"`
	Request   []Answer `json:"request,omitempty"`
	Get       []Answer `json:"get,omitempty"` // to requests with method GET, if it is there; one that is closed, again and again
}

// list is the list for a request.
func (s *Served) list(preflight bool, method string) *[]Answer {
	switch {
	case preflight:
		return &s.Preflight
	case method == "GET" && s.Get != nil:
		return &s.Get
	}
	return &s.Request
}

// An Answer is a response. Before it is expanded, each code point of a header's value stands for a byte. Body names one
// of the bodies that the server has.
type Answer struct {
	Status  int         `json:"status"` // 0: the connection is closed
	Headers [][2]string `json:"headers,omitempty"`
	Body    string      `json:"body,omitempty"`
	Hold    bool        `json:"hold,omitempty"` // never: the connection is held until the browser closes it
}

// The origins of the servers, each with a port of its own. Cookies are shared by a and b, which are same site; to them,
// c and d are cross-site, and to each other. In the same way cookies are shared by e and f; g is same site with them,
// with cookies of its own; h and i are cross-site. j is another of e's ports, where a server speaks HTTP/2. k is e's
// host without TLS. Of all these, none is without trust: n is a host that is not this machine's by name, o the same
// with TLS, at the same port, and m an address. Only in namespaces of its own can this program have them.
var hosts = map[byte]string{'a': "http://localhost", 'b': "http://localhost", 'c': "http://127.0.0.1", 'd': "http://d.localhost",
	'm': "http://" + plainAddress, 'n': "http://" + plainHost, 'o': "https://" + plainHost, 'k': "http://e.localhost", 'e': "https://e.localhost", 'f': "https://e.localhost", 'j': "https://e.localhost", 'g': "https://g.e.localhost", 'h': "https://h.localhost", 'i': "https://i.localhost"}

// plainHost and plainAddress are not potentially trustworthy hosts, and no such address: that of documentation, RFC
// 5737.
const plainHost, plainAddress = "plain.test", "192.0.2.1"

// exampleOrigins are origins of servers that do not run.
func exampleOrigins() map[byte]string {
	origins := map[byte]string{}
	for letter, host := range hosts {
		origins[letter] = host + ":" + strconv.Itoa(1000+int(letter))
	}
	origins['o'] = "https" + strings.TrimPrefix(origins['n'], "http")
	return origins
}

// expand returns s with its places filled. The origins are by letter; folder is a path that starts and ends with a
// slash, and token that of the document's URL.
func (s *Scenario) expand(origins map[byte]string, folder, token string) *Scenario {
	document := origins[s.Page.letter()]
	page := document
	if s.Frame != "" {
		page = "null"
	}
	pairs := []string{"{page}", page}
	for letter, o := range origins {
		pairs = append(pairs, "{"+string(letter)+"}", o, "{"+string(letter)+"/}", o+folder)
	}
	pairs = append(pairs, "{path}", folder, "{host}", strings.TrimPrefix(origins['b'], "http://")+folder, "{host-a}", strings.TrimPrefix(origins['a'], "http://")+folder)
	r := strings.NewReplacer(pairs...)
	headers := func(l [][2]string) (out [][2]string) {
		for _, h := range l {
			out = append(out, [2]string{r.Replace(h[0]), r.Replace(h[1])})
		}
		return out
	}
	answers := func(l []Answer) (out []Answer) {
		for _, a := range l {
			e := Answer{a.Status, headers(a.Headers), a.Body, a.Hold}
			for i := range e.Headers {
				e.Headers[i][1] = bytesOf(e.Headers[i][1])
			}
			out = append(out, e)
		}
		return out
	}
	e := &Scenario{ID: s.ID, Page: s.Page, Port: s.Port, Plain: s.Plain, Serve: map[string]*Served{}, origin: origin.MustParse(document)}
	for _, letter := range []byte(s.Visited) {
		e.visited = append(e.visited, origin.MustParseURL(origins[letter]+"/"))
	}
	if s.Frame == "" {
		e.url = origin.MustParseURL(s.Page.url(origins, token))
	}
	for _, step := range s.Steps {
		step.URL = r.Replace(step.URL)
		if step.Referrer != nil {
			referrer := r.Replace(*step.Referrer)
			step.Referrer = &referrer
		}
		step.Headers = headers(step.Headers)
		e.Steps = append(e.Steps, step)
	}
	for url, served := range s.Serve {
		e.Serve[r.Replace(url)] = &Served{answers(served.Preflight), answers(served.Request), answers(served.Get)}
	}
	return e
}

// next takes the next answer of a list; ok is false if the list is empty, and if nothing is to be given.
func next(list *[]Answer) (Answer, bool) {
	if len(*list) == 0 {
		return Answer{}, false
	}
	answer := (*list)[0]
	if len(*list) > 1 {
		*list = (*list)[1:]
	}
	return answer, answer.Status != 0
}
