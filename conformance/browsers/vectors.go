package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/corspec/corspec/conformance"
	"github.com/corspec/corspec/fetch"
	"github.com/corspec/corspec/origin"
	"github.com/corspec/corspec/safelist"
)

// A vectorInput has the fields of the inputs that scenarios are made of.
type vectorInput struct {
	Name    string      `json:"name"`
	Value   string      `json:"value"`
	List    []string    `json:"list"`
	Status  int         `json:"status"`
	Type    string      `json:"type"`
	COEP    string      `json:"coep"`
	Headers [][2]string `json:"headers"`

	ForNavigation    bool   `json:"forNavigation"`
	ResponseTainting string `json:"responseTainting"`
	vectorRequest
	Request  vectorRequest            `json:"request"`
	Response vectorAnswer             `json:"response"`
	Requests []vectorRequest          `json:"requests"`
	Serve    map[string]*vectorServed `json:"serve"`
}

type vectorRequest struct {
	At               float64     `json:"at"`
	Origin           string      `json:"origin"`
	URL              string      `json:"url"`
	URLs             []string    `json:"urls"`
	Method           string      `json:"method"`
	RequestHeaders   [][2]string `json:"headers"`
	Mode             string      `json:"mode"`
	Credentials      string      `json:"credentials"`
	Redirect         string      `json:"redirect"`
	ReferrerPolicy   string      `json:"referrerPolicy"`
	Destination      string      `json:"destination"`
	Body             string      `json:"body"`
	UnsafeRequest    *bool       `json:"unsafeRequest"`
	UseCORSPreflight bool        `json:"useCORSPreflight"`
	PartitionKey     string      `json:"partitionKey"`
}

type vectorAnswer struct {
	Status  int         `json:"status"`
	Headers [][2]string `json:"headers"`
}

type vectorServed struct {
	Preflight []vectorAnswer `json:"preflight"`
	Request   []vectorAnswer `json:"request"`
}

// A cannot says why a vector cannot be run in a page.
type cannot string

func (c cannot) Error() string { return string(c) }

// A mapper turns the origins of a vector into those of the servers.
type mapper struct {
	letters map[string]byte // by origin
	free    string
	page    Page
}

// embedded has the mapper's page be one with an embedder policy, and so of https.
func (m *mapper) embedded(policy string) {
	for o := range m.letters {
		m.letters[o] = 'e'
	}
	m.page.At, m.page.Embedder, m.free = "e", []string{policy}, "hgi"
}

// newMapper returns a mapper for a page of that origin.
func newMapper(page string) *mapper {
	m := &mapper{letters: map[string]byte{}, free: "bcd"}
	if page == "" {
		panic("a page without an origin: its places would be everywhere") // cannot be
	}
	if page == "null" || strings.HasPrefix(page, "opaque:") {
		m.page.Frame = "sandbox"
	} else {
		m.letters[page] = 'a'
	}
	return m
}

// url maps a URL to one below {x/}.
func (m *mapper) url(s string) string {
	u, err := origin.ParseURL(s, nil)
	if err != nil || u.Scheme() != "http" && u.Scheme() != "https" {
		return s
	}
	o := u.Origin().String()
	letter, ok := m.letters[o]
	if !ok {
		if m.free == "" {
			panic(cannot("it has more origins than there are servers"))
		}
		letter, m.free = m.free[0], m.free[1:]
		m.letters[o] = letter
	}
	prefix := fmt.Sprintf("{%c/}", letter)
	if u.IncludesCredentials() {
		if letter != 'b' && letter != 'a' {
			panic(cannot("there is no place for credentials in a URL of that server"))
		}
		prefix = map[byte]string{'a': "http://u:p@{host-a}", 'b': "http://u:p@{host}"}[letter]
	}
	s = prefix + strings.TrimPrefix(u.Pathname(), "/")
	if q, ok := u.Query(); ok && q != "" {
		s += "?" + q
	}
	if f, ok := u.Fragment(); ok {
		s += "#" + f
	}
	return s
}

// headers maps a header list of a response.
func (m *mapper) headers(l [][2]string) (out [][2]string) {
	for _, h := range l {
		switch name := strings.ToLower(h[0]); name {
		case "content-length", "transfer-encoding", "content-encoding", "connection", "clear-site-data", "upgrade", "trailer", "keep-alive":
			panic(cannot("its response has a header of the transport"))
		case "location":
			h[1] = m.location(h[1])
		default:
			h[1] = m.value(h[1])
		}
		if !safelist.IsHeaderName(h[0]) || strings.ContainsAny(h[1], "\x00\r\n") {
			panic(cannot("its response is not HTTP"))
		}
		out = append(out, h)
	}
	return out
}

func (m *mapper) location(s string) string {
	switch u, err := origin.ParseURL(s, nil); {
	case err == nil && (u.Scheme() == "http" || u.Scheme() == "https"):
		return m.url(s)
	case err != nil && strings.HasPrefix(s, "/") && !strings.HasPrefix(s, "//"):
		return "{path}" + s[1:]
	case err != nil && strings.HasPrefix(s, "//"):
		panic(cannot("its Location has a host and no scheme"))
	}
	return s
}

// value replaces origins in a header's value, the longest first.
func (m *mapper) value(s string) string {
	var known []string
	for o := range m.letters {
		known = append(known, o)
	}
	slices.SortFunc(known, func(a, b string) int { return len(b) - len(a) })
	for _, o := range known {
		to := fmt.Sprintf("{%c}", m.letters[o])
		if to == "{a}" || to == "{e}" {
			to = "{page}"
		}
		s = strings.ReplaceAll(s, o, to)
	}
	return s
}

func (m *mapper) answers(l []vectorAnswer) (out []Answer) {
	for _, a := range l {
		if a.Status < 200 || a.Status > 999 {
			panic(cannot("its status is not that of a final response"))
		}
		out = append(out, Answer{Status: a.Status, Headers: m.headers(a.Headers)})
	}
	return out
}

// step maps a request that fetch() makes.
func (m *mapper) step(r *vectorRequest) Step {
	switch {
	case r.UseCORSPreflight:
		panic(cannot("fetch() does not set the use-CORS-preflight flag"))
	case r.Body == "stream":
		panic(cannot("not every browser can upload a stream"))
	case r.UnsafeRequest != nil && !*r.UnsafeRequest:
		panic(cannot("fetch() sets the unsafe-request flag"))
	case r.Destination != "":
		panic(cannot("fetch() has no destination"))
	case r.PartitionKey != "":
		panic(cannot("there is one partition"))
	case r.Mode == "navigate" || r.Mode == "websocket" || r.Mode == "webtransport":
		panic(cannot("fetch() has no such mode"))
	}
	url := r.URL
	if len(r.URLs) > 0 {
		url = r.URLs[0]
	}
	s := Step{Via: "fetch", URL: m.url(url), Method: r.Method, Headers: r.RequestHeaders, Mode: r.Mode, Credentials: r.Credentials, Redirect: r.Redirect, ReferrerPolicy: r.ReferrerPolicy,
		Body: r.Body == "bytes"}
	for _, h := range s.Headers {
		if safelist.IsForbiddenRequestHeader(h[0], bytesOf(h[1])) {
			panic(cannot("a page cannot set that header"))
		}
		if len(h[1]) > 8<<10 {
			panic(cannot("it is longer than what HTTP servers and browsers take"))
		}
	}
	return s
}

// yes are the headers that let the request pass.
func yes(method string, headers [][2]string) [][2]string {
	l := [][2]string{{acao, "{page}"}, {acac, "true"}}
	if safelist.IsMethod(method) {
		l = append(l, [2]string{acam, safelist.NormalizeMethod(method)})
	}
	var names []string
	for _, h := range headers {
		if safelist.IsHeaderName(h[0]) {
			names = append(names, h[0])
		}
	}
	if names != nil {
		l = append(l, [2]string{acah, strings.Join(names, ",")})
	}
	return l
}

// chain makes the scenario of one request through the URLs, the last of which answers so. nil stands for an answer that
// lets pass.
func (m *mapper) chain(id string, r *vectorRequest, preflight, last *Answer) *Scenario {
	s := &Scenario{ID: id, Page: m.page, Serve: map[string]*Served{}, Steps: []Step{m.step(r)}}
	urls := r.URLs
	if len(urls) == 0 {
		urls = []string{r.URL}
	}
	pass := yes(r.Method, r.RequestHeaders)
	if m.page.Frame != "" {
		pass[0][1] = "null"
	}
	for i, u := range urls {
		key, _, _ := strings.Cut(m.url(u), "#")
		served := &Served{Preflight: []Answer{{Status: 204, Headers: pass}}, Request: []Answer{{Status: 200, Headers: pass}}}
		if i+1 < len(urls) {
			l := append(slices.Clone(pass), [2]string{"Location", m.url(urls[i+1])})
			l[0][1] = "{page}"
			if i > 0 {
				l[0][1] = "null"
			}
			served.Request[0] = Answer{Status: 307, Headers: l}
		} else {
			if preflight != nil {
				served.Preflight[0] = *preflight
			}
			if last != nil {
				served.Request[0] = *last
			}
		}
		if s.Serve[key] != nil { // the same URL twice
			s.Serve[key].Preflight = append(s.Serve[key].Preflight, served.Preflight...)
			s.Serve[key].Request = append(s.Serve[key].Request, served.Request...)
			continue
		}
		s.Serve[key] = served
	}
	return s
}

// fromVector makes the scenario of a vector; nil and a cannot if it makes none.
func fromVector(v conformance.Vector) (s *Scenario, err error) {
	defer func() {
		if c, ok := recover().(cannot); ok {
			s, err = nil, c
		}
	}()
	var in vectorInput
	if err := json.Unmarshal(v.Input, &in); err != nil {
		return nil, cannot("its input has another shape")
	}
	// The field headers is the request's or the response's.
	var both struct {
		Headers [][2]string `json:"headers"`
	}
	json.Unmarshal(v.Input, &both)
	in.Headers, in.RequestHeaders = both.Headers, both.Headers
	const page, other = "https://a.com", "https://b.com/x"
	id := "vectors/" + v.ID
	post := func(mode string, headers ...[2]string) *Scenario {
		r := &vectorRequest{URL: other, Method: "POST", RequestHeaders: headers, Mode: mode, Body: "bytes"}
		return newMapper(page).chain(id, r, nil, nil)
	}
	header := func(name, value string) *Scenario {
		if len(value) > 8<<10 {
			panic(cannot("it is longer than what HTTP servers and browsers take"))
		}
		s := post("", [2]string{"X", "1"})
		s.Steps[0].Headers = [][2]string{{name, value}}
		for _, served := range s.Serve {
			served.Preflight[0].Headers = yes("POST", s.Steps[0].Headers)
		}
		return s
	}
	if in.Origin == "" {
		in.Origin = page
	}
	m := newMapper(in.Origin)
	switch v.Algorithm() {
	case "fetch":
		if len(in.Requests) == 0 || in.Requests[0].Origin == "" {
			return nil, cannot("it has no page")
		}
		m = newMapper(in.Requests[0].Origin)
		s := &Scenario{ID: id, Page: m.page, Serve: map[string]*Served{}}
		at := 0.0
		for i := range in.Requests {
			r := &in.Requests[i]
			if r.Origin != in.Requests[0].Origin {
				return nil, cannot("it has two pages")
			}
			if r.At-at > 7 {
				return nil, cannot("it waits for too long")
			}
			step := m.step(r)
			// A little longer, so as not to depend on who rounds how; and the wait itself takes time.
			if r.At > at {
				step.After = int((r.At-at)*1000) + 100
			}
			at = r.At
			s.Steps = append(s.Steps, step)
		}
		var urls []string
		for url := range in.Serve {
			urls = append(urls, url)
		}
		slices.Sort(urls)
		for _, url := range urls { // all origins, before they are looked for in values
			m.url(url)
		}
		for _, url := range urls {
			s.Serve[m.url(url)] = &Served{Preflight: m.answers(in.Serve[url].Preflight), Request: m.answers(in.Serve[url].Request)}
		}
		return s, nil
	case "needs-preflight", "cors-preflight-request":
		return m.chain(id, &in.vectorRequest, nil, nil), nil
	case "append-origin-header", "redirect-taint", "serialize-request-origin":
		in.RequestHeaders = nil
		return m.chain(id, &in.vectorRequest, nil, nil), nil
	case "cors-preflight-check":
		if in.Request.Origin == "" {
			return nil, cannot("it has no page")
		}
		m = newMapper(in.Request.Origin)
		m.step(&in.Request)
		answer := m.answers([]vectorAnswer{in.Response})
		return m.chain(id, &in.Request, &answer[0], nil), nil
	case "cors-check":
		in.RequestHeaders = nil
		if len(in.URLs) == 0 {
			in.URL = "https://other.example/"
		}
		m.url(slices.Concat(in.URLs, []string{in.URL})[0])
		return m.chain(id, &in.vectorRequest, nil, &Answer{Status: 200, Headers: m.headers(in.Headers)}), nil
	case "corp-check":
		if in.ForNavigation {
			return nil, cannot("a navigation is not a fetch")
		}
		if in.COEP != "" && in.COEP != "unsafe-none" {
			m.embedded(in.COEP)
		}
		in.RequestHeaders, in.Mode = nil, "no-cors"
		return m.chain(id, &in.vectorRequest, nil, &Answer{Status: 200, Headers: m.headers(in.Headers)}), nil
	case "nosniff-block", "mime-type-block":
		if in.Destination != "script" {
			return nil, cannot("no element here has that destination")
		}
		return &Scenario{ID: id, Steps: []Step{{Via: "script", URL: "{a/}x"}}, Serve: map[string]*Served{"{a/}x": {Request: []Answer{{Status: 200, Body: "js", Headers: m.headers(in.Headers)}}}}}, nil
	case "extract-mime-type":
		return &Scenario{ID: id, Steps: []Step{{Via: "script", URL: "{a/}x"}}, Serve: map[string]*Served{"{a/}x": {Request: []Answer{{Status: 200, Body: "js", Headers: append(m.headers(in.Headers), [2]string{"X-Content-Type-Options", "nosniff"})}}}}}, nil
	case "filter-response":
		if in.Type != "basic" && in.Type != "cors" || in.Status != 200 {
			return nil, cannot("it says nothing that a page could see")
		}
		url := map[string]string{"basic": "{a/}x", "cors": "{b/}x"}[in.Type]
		l := append([][2]string{{acao, "{page}"}, {acac, "true"}}, m.headers(in.Headers)...)
		return &Scenario{ID: id, Steps: []Step{{Via: "fetch", URL: url, Credentials: in.Credentials}}, Serve: map[string]*Served{url: {Request: []Answer{{Status: 200, Headers: l}}}}}, nil
	case "bad-port":
		u, err := origin.ParseURL(in.URL, nil)
		port, ok := u.Port()
		if err != nil || !ok || u.Scheme() != "http" && u.Scheme() != "https" {
			return nil, cannot("it has no port")
		}
		url := origin.MustParseURL("http://127.0.0.1:"+strconv.Itoa(int(port))+"/").Origin().String() + "{path}x"
		s := single(id, Step{Via: "fetch", URL: url}, serve(answer(204), answer(200, acao, "*")))
		s.Port = port
		return s, nil
	case "extract-header-list-values", "get-decode-and-split":
		l := m.headers(in.Headers)
		ok := [][2]string{{acao, "*"}}
		s := &Scenario{ID: id, Steps: []Step{{Via: "fetch", URL: "{b/}x"}}, Serve: map[string]*Served{"{b/}x": {Preflight: []Answer{{Status: 204, Headers: append(l, ok...)}}, Request: []Answer{{Status: 200, Headers: ok}}}}}
		switch strings.ToLower(in.Name) {
		case "access-control-allow-methods":
			s.Steps[0].Method = "PUT"
		case "access-control-allow-headers":
			s.Steps[0].Headers = [][2]string{{"X-A", "1"}}
		case "access-control-max-age":
			s.Steps[0].Method = "PUT"
			s.Steps = append(s.Steps, s.Steps[0])
			s.Serve["{b/}x"].Preflight[0].Headers = append(l, [2]string{acao, "*"}, [2]string{acam, "PUT"})
		case "access-control-expose-headers":
			s.Serve["{b/}x"].Request[0].Headers = append(l, [2]string{acao, "*"}, [2]string{"X-A", "1"}, [2]string{"X-B", "2"})
		case "x-content-type-options":
			s.Steps[0] = Step{Via: "script", URL: "{b/}x"}
			s.Serve["{b/}x"].Request[0] = Answer{Status: 200, Body: "js", Headers: append(l, [2]string{"Content-Type", "text/plain"})}
		default:
			return nil, cannot("no such header is read of a response to a page")
		}
		return s, nil
	case "cors-safelisted-request-header", "forbidden-request-header":
		return header(in.Name, in.Value), nil
	case "cors-non-wildcard-request-header-name", "no-cors-safelisted-request-header-name", "privileged-no-cors-request-header-name", "request-body-header-name":
		return header(in.Name, "1"), nil
	case "header-name":
		return header(in.Value, "1"), nil
	case "header-value", "normalize-header-value":
		return header("X-A", in.Value), nil
	case "parse-range":
		return header("Range", in.Value), nil
	case "parse-mime-type":
		return header("Content-Type", in.Value), nil
	case "no-cors-safelisted-request-header":
		s := header(in.Name, in.Value)
		s.Steps[0].Mode = "no-cors"
		return s, nil
	case "cors-unsafe-request-header-names":
		total := 0
		for _, h := range in.Headers {
			total += len(h[0]) + len(h[1])
		}
		if total > 16<<10 {
			return nil, cannot("it is longer than what HTTP servers and browsers take")
		}
		return post("", in.Headers...), nil
	case "method", "cors-safelisted-method", "forbidden-method", "normalize-method":
		if len(in.Method) > 1000 {
			return nil, cannot("it is longer than what HTTP servers and browsers take")
		}
		return newMapper(page).chain(id, &vectorRequest{URL: other, Method: in.Method}, nil, nil), nil
	case "cors-safelisted-response-header-name", "forbidden-response-header-name":
		if !safelist.IsHeaderName(in.Name) {
			return nil, cannot("its response is not HTTP")
		}
		list := strings.Join(in.List, ",")
		if v.Algorithm() == "forbidden-response-header-name" {
			list = "*"
		}
		l := m.headers([][2]string{{in.Name, "1"}, {acao, "*"}})
		if list != "" {
			l = append(l, [2]string{aceh, list})
		}
		return &Scenario{ID: id, Steps: []Step{{Via: "fetch", URL: "{b/}x"}}, Serve: map[string]*Served{"{b/}x": {Request: []Answer{{Status: 200, Headers: l}}}}}, nil
	}
	return nil, cannot("a page does not show what the algorithm decides")
}

// vectorScenarios makes scenarios of all vectors that can be run in a page. skipped counts the others by algorithm and
// reason.
func vectorScenarios() (all []*Scenario, skipped map[string]int) {
	skipped = map[string]int{}
	seen := map[string]bool{}
	for _, v := range conformance.Vectors() {
		s, err := fromVector(v)
		if err == nil && (s.Steps[0].Via == "fetch" || s.Steps[0].Via == "xhr") {
			err = runnable(s)
		}
		if err != nil {
			skipped[v.Algorithm()+": "+err.Error()]++
			continue
		}
		same := *s
		same.ID = ""
		if key := string(mustJSON(same)); !seen[key] {
			seen[key] = true
			all = append(all, s)
		} else {
			skipped[v.Algorithm()+": in a page it is the same as one before"]++
		}
	}
	return all, skipped
}

// runnable tries the scenario on the machine.
func runnable(s *Scenario) error {
	if _, err := predict(s.expand(exampleOrigins(), "/s/x/0/", "token"), fetch.ProfileStandard); err != nil {
		return cannot("a page cannot make this request")
	}
	return nil
}
