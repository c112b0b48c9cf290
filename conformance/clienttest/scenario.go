package clienttest

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/corspec/corspec/internal/header"
)

// A testCase is a page, what it does, and what servers answer. Its texts hold places for what is known only when
// servers run: {a} to {h} stand for origins, {a/} for the case's folder there, {page} for the page's origin and {port}
// for its port; {host-a/} is {a/} without its scheme, and {/} the folder alone. {bad-port} is a port that browsers
// block. In the header of an answer, {origin} is the Origin of the request, or * if it does not have one.
type testCase struct {
	ID, About string
	Page      byte // the letter of its origin; 0: 'a'
	Steps     []step
	Serve     map[string]*served // by URL without fragment
	Needs     []Ability          // beside those of its steps
}

// The origins of the servers. Of one site are a and b, whose cookies are shared too; e is another host, and its name is
// one that not every client resolves. f, g and h are as a, b and c, with TLS.
var hosts = map[byte]string{'a': "http://localhost", 'b': "http://localhost", 'c': "http://127.0.0.1", 'd': "http://127.0.0.2", 'e': "http://a.localhost",
	'f': "https://localhost", 'g': "https://localhost", 'h': "https://127.0.0.1"}

// A step is one thing that the page does.
type step struct {
	Page byte // the letter of its page's origin; 0: the case's

	After time.Duration // how much time goes by before

	// Soon says that the step tells something only if it begins so soon after the one before; 0: whenever.
	Soon time.Duration

	Via         string // "": "fetch"
	CrossOrigin *string
	URL         string
	Abort       time.Duration
	Method      string // "": "GET"
	Headers     [][2]string
	Body        string
	HasBody     bool
	Stream      bool // the body is a stream
	Mode        string
	Credentials string
	Redirect    string
	Referrer    *string
	Policy      string // the referrer policy
	Cache       string
	Keepalive   bool
}

// A served URL answers preflights and requests from two lists, the last element of each again and again. Preflights
// that no list has are allowed everything. Requests that no list has get status 404.
type served struct {
	Preflight []answer
	Request   []answer
}

// An answer is a response. Before it is expanded, headers have places.
type answer struct {
	Status  int // 0: the connection is closed
	Headers [][2]string
	Body    string // "": a text of which no other case knows
	Hold    bool   // no answer comes
}

// needs reports whether a client has to have an ability for the case.
func (c *testCase) needs(a Ability) bool { return slices.Contains(c.abilities(), a) }

// abilities returns what a client has to have.
func (c *testCase) abilities() []Ability {
	all := slices.Clone(c.Needs)
	for i := range c.Steps {
		s := &c.Steps[i]
		switch s.Via {
		case "", "fetch":
			all = append(all, AbilityFetch)
		case "xhr":
			all = append(all, AbilityXHR)
		default:
			all = append(all, AbilityElement)
		}
		if s.Mode == "no-cors" {
			all = append(all, AbilityNoCORS)
		}
		if s.Stream {
			all = append(all, AbilityStream)
		}
		if s.Abort > 0 {
			all = append(all, AbilityAbort)
		}
		if s.Referrer != nil || s.Policy != "" {
			all = append(all, AbilityReferrer)
		}
		if s.After > longestWait {
			all = append(all, AbilityAdvance)
		}
	}
	if c.Page >= 'f' {
		all = append(all, AbilityTLS)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// longestWait is how long is waited where time cannot be advanced.
const longestWait = 8 * time.Second

// waits reports whether time goes by in the case.
func (c *testCase) waits() bool {
	return slices.ContainsFunc(c.Steps, func(s step) bool { return s.After > 0 })
}

func (c *testCase) page() byte {
	if c.Page == 0 {
		return 'a'
	}
	return c.Page
}

// expand returns c with its places filled. token names its folder.
func (c *testCase) expand(origins map[byte]string, token string, badPort uint16) *testCase {
	folder := "/" + token + "/"
	page := origins[c.page()]
	pairs := []string{"{page}", page, "{port}", page[strings.LastIndexByte(page, ':')+1:], "{/}", folder, "{bad-port}", strconv.Itoa(int(badPort))}
	for letter, o := range origins {
		host := o[strings.Index(o, "://")+3:]
		pairs = append(pairs, "{"+string(letter)+"}", o, "{"+string(letter)+"/}", o+folder, "{host-"+string(letter)+"/}", host+folder)
	}
	r := strings.NewReplacer(pairs...)
	headers := func(l [][2]string) (out [][2]string) {
		for _, h := range l {
			out = append(out, [2]string{h[0], r.Replace(h[1])})
		}
		return out
	}
	answers := func(l []answer) (out []answer) {
		for _, a := range l {
			a.Headers = headers(a.Headers)
			out = append(out, a)
		}
		return out
	}
	e := &testCase{ID: c.ID, About: c.About, Page: c.page(), Needs: c.Needs, Serve: map[string]*served{}}
	for _, s := range c.Steps {
		if s.Page == 0 {
			s.Page = e.Page
		}
		s.URL, s.Headers = r.Replace(s.URL), headers(s.Headers)
		if s.Referrer != nil {
			url := r.Replace(*s.Referrer)
			s.Referrer = &url
		}
		e.Steps = append(e.Steps, s)
	}
	for url, s := range c.Serve {
		e.Serve[r.Replace(url)] = &served{answers(s.Preflight), answers(s.Request)}
	}
	return e
}

// cloneServe returns lists that can be used up.
func cloneServe(serve map[string]*served) map[string]*served {
	out := map[string]*served{}
	for url, s := range serve {
		c := *s
		out[url] = &c
	}
	return out
}

// take takes the answer to a request: url is without fragment, and headers are those of the request.
func take(serve map[string]*served, preflight bool, url, method string, headers [][2]string) answer {
	s := serve[url]
	if s == nil {
		s = &served{}
	}
	list := &s.Request
	if preflight {
		list = &s.Preflight
	}
	if len(*list) == 0 {
		if preflight {
			return allowAll(headers)
		}
		return answer{Status: 404}
	}
	a := (*list)[0]
	if len(*list) > 1 {
		*list = (*list)[1:]
	}
	return a.echoing(headers)
}

// echoing returns the answer to a request with those headers, whose Origin fills a place.
func (a answer) echoing(headers [][2]string) answer {
	a.Headers = slices.Clone(a.Headers)
	for i := range a.Headers {
		if value := &a.Headers[i][1]; strings.Contains(*value, "{origin}") {
			origin, ok := get(headers, "Origin")
			if !ok {
				origin = "*"
			}
			*value = strings.ReplaceAll(*value, "{origin}", origin)
		}
	}
	return a
}

// allowAll is the answer to a preflight that allows all that it asks for.
func allowAll(headers [][2]string) answer {
	a := answer{Status: 204, Headers: [][2]string{{acac, "true"}, {acma, "0"}}}
	for _, h := range [][2]string{{"Origin", acao}, {"Access-Control-Request-Method", acam}, {"Access-Control-Request-Headers", acah}} {
		if value, ok := get(headers, h[0]); ok {
			a.Headers = append(a.Headers, [2]string{h[1], value})
		}
	}
	return a
}

// get returns the values of the headers of that name, joined.
func get(headers [][2]string, name string) (value string, ok bool) {
	for _, h := range headers {
		if !header.EqualFold(h[0], name) {
			continue
		}
		if ok {
			value += ", "
		}
		value, ok = value+h[1], true
	}
	return value, ok
}

const (
	acao = "Access-Control-Allow-Origin"
	acac = "Access-Control-Allow-Credentials"
	acam = "Access-Control-Allow-Methods"
	acah = "Access-Control-Allow-Headers"
	aceh = "Access-Control-Expose-Headers"
	acma = "Access-Control-Max-Age"
	corp = "Cross-Origin-Resource-Policy"
)
