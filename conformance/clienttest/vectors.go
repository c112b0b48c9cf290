package clienttest

import (
	"cmp"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/corspec/corspec/conformance"
	"github.com/corspec/corspec/fetch"
	"github.com/corspec/corspec/internal/header"
	"github.com/corspec/corspec/internal/isomorphic"
	"github.com/corspec/corspec/origin"
	"github.com/corspec/corspec/safelist"
)

// The shapes of the vectors that cases are made of. A field that is not here makes no case.
type (
	vectorFetch struct {
		Requests []vectorRequest         `json:"requests"`
		Serve    map[string]vectorServed `json:"serve"`
	}
	vectorRequest struct {
		At             float64     `json:"at"`
		Origin         string      `json:"origin"`
		URL            string      `json:"url"`
		Method         string      `json:"method"`
		Headers        [][2]string `json:"headers"`
		Mode           string      `json:"mode"`
		Credentials    string      `json:"credentials"`
		Redirect       string      `json:"redirect"`
		ReferrerPolicy string      `json:"referrerPolicy"`
		Cache          string      `json:"cache"`
		Body           *string     `json:"body"`
	}
	vectorServed struct {
		Preflight []vectorAnswer `json:"preflight"`
		Request   []vectorAnswer `json:"request"`
	}
	vectorAnswer struct {
		Status  int         `json:"status"`
		Headers [][2]string `json:"headers"`
	}
)

// fromVectors makes cases of the vectors of algorithm fetch that loopback can show.
func fromVectors() (all []*testCase) {
	for _, v := range conformance.Vectors() {
		if v.Algorithm() != "fetch" {
			continue
		}
		var in vectorFetch
		d := json.NewDecoder(strings.NewReader(string(v.Input)))
		d.DisallowUnknownFields()
		if d.Decode(&in) != nil {
			continue
		}
		if c := fromVector(v, &in); c != nil {
			all = append(all, c)
		}
	}
	return all
}

// fromVector makes a case of a vector; nil if it cannot be one.
func fromVector(v conformance.Vector, in *vectorFetch) *testCase {
	_, name, _ := strings.Cut(v.ID, "/")
	c := &testCase{ID: "vector/" + slug(name), About: v.Description, Serve: map[string]*served{}}
	m := mapper{letters: map[string]string{}, free: "bcd"}
	if len(in.Requests) == 0 || !m.page(in.Requests[0].Origin) {
		return nil
	}
	// All origins are mapped before they are looked for in values.
	var urls []string
	for url := range in.Serve {
		urls = append(urls, url)
	}
	slices.Sort(urls)
	for i := range in.Requests {
		m.url(in.Requests[i].URL)
	}
	for _, url := range urls {
		s := in.Serve[url]
		c.Serve[withoutFragment(m.url(url))] = &served{m.answers(s.Preflight), m.answers(s.Request)}
	}
	at := 0.0
	for i := range in.Requests {
		r := &in.Requests[i]
		if r.Origin != in.Requests[0].Origin || r.At-at > 590 || r.At < at {
			return nil // how long a browser keeps a preflight at most is for itself to say
		}
		s := step{After: time.Duration((r.At - at) * float64(time.Second)), URL: m.url(r.URL), Method: r.Method, Headers: m.headers(r.Headers, true), Mode: r.Mode, Credentials: r.Credentials, Redirect: r.Redirect, Policy: r.ReferrerPolicy, Cache: r.Cache}
		if i > 0 && s.After == 0 {
			s.Soon = soon
		}
		at = r.At
		if r.Body != nil {
			s.HasBody, s.Body, s.Stream = true, "the body", *r.Body == "stream"
		}
		c.Steps = append(c.Steps, s)
	}
	if m.cannot || !c.steady() {
		return nil
	}
	return c
}

// steady reports whether it makes no difference to a case if more time goes by in it than it says, as it does on a busy
// machine.
func (c *testCase) steady() bool {
	if !c.waits() {
		return true
	}
	origins := map[byte]string{}
	for letter, host := range hosts {
		origins[letter] = host + ":" + strconv.Itoa(1000+int(letter))
	}
	for _, p := range fetch.Profiles() {
		var before string
		for late := range 3 {
			e := c.expand(origins, "t", 6667)
			for i := range e.Steps {
				if e.Steps[i].After > 0 {
					e.Steps[i].After += time.Duration(late) * time.Second
				}
			}
			want, err := predict(e, origins, "t", p)
			if err != nil {
				return false
			}
			sent := ""
			for _, w := range want {
				for i := range w.sent {
					sent += w.sent[i].line() + "\n"
				}
			}
			if late > 0 && sent != before {
				return false
			}
			before = sent
		}
	}
	return true
}

// A mapper turns the origins of a vector into those of the servers.
type mapper struct {
	letters map[string]string // by origin
	free    string
	cannot  bool // something has no place here
}

// page says which origin is the page's.
func (m *mapper) page(value string) bool {
	o, err := origin.Parse(value)
	if err != nil || o.IsOpaque() {
		return false
	}
	m.letters[value] = "a"
	return true
}

// url maps a URL.
func (m *mapper) url(s string) string {
	u, err := origin.ParseURL(s, nil)
	if err != nil || u.Scheme() != "http" && u.Scheme() != "https" {
		m.cannot = m.cannot || err == nil && u.Scheme() == "data" // nothing goes over the wire
		return s
	}
	o := u.Origin().String()
	if m.letters[o] == "" {
		if m.free == "" {
			m.cannot = true
			return s
		}
		m.letters[o], m.free = m.free[:1], m.free[1:]
	}
	if port, ok := u.Port(); ok && port < 1024 {
		m.cannot = true // it may be a blocked one
	}
	prefix := "{" + m.letters[o] + "/}"
	if u.IncludesCredentials() {
		prefix = "http://u:p@{host-" + m.letters[o] + "/}"
	}
	s = prefix + strings.TrimPrefix(u.Pathname(), "/")
	if q, ok := u.Query(); ok {
		s += "?" + q
	}
	if f, ok := u.Fragment(); ok {
		s += "#" + f
	}
	return s
}

// headers maps a header list; of a response, URLs in it too.
func (m *mapper) headers(l [][2]string, request bool) (out [][2]string) {
	for _, h := range l {
		value, bad := isomorphic.Encode(h[1])
		control := strings.ContainsFunc(value, func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7F })
		if bad >= 0 || control || !safelist.IsHeaderName(h[0]) || len(value) > 8<<10 {
			m.cannot = true
			continue
		}
		if !request {
			switch name := header.Lower(h[0]); name {
			case "content-length", "transfer-encoding", "content-encoding", "connection", "upgrade", "trailer", "keep-alive", "clear-site-data":
				m.cannot = true
			case "location":
				value = m.location(value)
			default:
				value = m.value(value)
			}
		}
		out = append(out, [2]string{h[0], value})
	}
	return out
}

func (m *mapper) location(s string) string {
	_, err := origin.ParseURL(s, nil)
	switch {
	case err == nil && !strings.HasPrefix(s, "data:"):
		return m.url(s)
	case err == nil:
	case strings.HasPrefix(s, "//") || strings.ContainsAny(s, "\\@"):
		m.cannot = true // its host is not one of ours
	case strings.HasPrefix(s, "/"):
		return "{/}" + s[1:]
	}
	return s
}

// value replaces the origins in a value, the longest first.
func (m *mapper) value(s string) string {
	var known []string
	for o := range m.letters {
		known = append(known, o)
	}
	slices.SortFunc(known, func(a, b string) int { return cmp.Or(len(b)-len(a), strings.Compare(a, b)) })
	for _, o := range known {
		s = strings.ReplaceAll(s, o, "{"+m.letters[o]+"}")
	}
	return s
}

func (m *mapper) answers(l []vectorAnswer) (out []answer) {
	for _, a := range l {
		// With 401 and 407 somebody may be asked for a password, with 421 a client may try again.
		if a.Status < 200 || a.Status > 999 || a.Status == 401 || a.Status == 407 || a.Status == 421 {
			m.cannot = true
		}
		out = append(out, answer{Status: a.Status, Headers: m.headers(a.Headers, false)})
	}
	return out
}
