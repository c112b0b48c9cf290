package input

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"golang.org/x/net/publicsuffix"

	"github.com/corspec/corspec/fetch"
	"github.com/corspec/corspec/internal/header"
	"github.com/corspec/corspec/origin"
	"github.com/corspec/corspec/safelist"
)

// Request takes the fields of a request.
func (o *Object) Request() fetch.Request {
	r := fetch.Request{
		Origin:           o.Need("origin").Origin(),
		Method:           "GET",
		Mode:             NameOr(o.Take("mode"), fetch.ModeCORS),
		Credentials:      NameOr(o.Take("credentials"), fetch.CredentialsSameOrigin),
		Redirect:         NameOr(o.Take("redirect"), fetch.RedirectFollow),
		ReferrerPolicy:   NameOr(o.Take("referrerPolicy"), fetch.ReferrerPolicyEmpty),
		Destination:      NameOr(o.Take("destination"), fetch.DestinationEmpty),
		UnsafeRequest:    o.Take("unsafeRequest").BoolOr(true),
		UseCORSPreflight: o.Take("useCORSPreflight").Bool(),
		PartitionKey:     o.Take("partitionKey").Text(),
	}
	if v := o.Take("method"); v.Present() {
		r.Method = v.Bytes()
		if reason := safelist.CheckMethod(r.Method); !reason.OK() {
			v.Fail("is not a method: %v", reason)
		}
	}
	headers := o.Take("headers")
	r.Headers = headers.Headers()
	for i, h := range r.Headers {
		if reason := safelist.CheckHeaderName(h[0]); !reason.OK() {
			headers.at(i, 0).Fail("is not a header name: %v", reason)
		}
		if reason := safelist.CheckHeaderValue(h[1]); !reason.OK() {
			headers.at(i, 1).Fail("is not a header value: %v", reason)
		}
	}
	r.Body = o.Take("body").Body()
	one, several := o.Take("url"), o.Take("urls")
	switch {
	case one.Present() && several.Present():
		several.Fail("stands beside url, want one of them")
	case several.Present():
		r.URLList = several.URLs()
	case one.Present():
		r.URLList = []origin.URL{one.URL()}
	default:
		one.Fail("missing field")
	}
	if o.itself.err != nil {
		return fetch.Request{}
	}
	r.RedirectCount = len(r.URLList) - 1
	r.ResponseTainting = taintingOnTheWay(&r)
	return r
}

// Body reads null, "bytes" or "stream".
func (v Value) Body() fetch.Body {
	if v.Null() {
		return fetch.BodyNull
	}
	b := Name[fetch.Body](v)
	if b == fetch.BodyNull {
		v.Fail(`want null, "bytes" or "stream"`)
	}
	return b
}

// MixedContent reads whether a client restricts mixed content; if the field is absent, its origin says so.
func (v Value) MixedContent() fetch.MixedContent {
	switch {
	case !v.Present():
		return fetch.MixedContentByOrigin
	case v.Bool():
		return fetch.MixedContentRestricted
	}
	return fetch.MixedContentUnrestricted
}

// at returns element k of element i of a list of lists.
func (v Value) at(i, k int) Value {
	for _, index := range []int{i, k} {
		for element := range v.List() {
			if v = element; index == 0 {
				break
			}
			index--
		}
	}
	return v
}

// taintingOnTheWay returns the response tainting that a request has when it arrives at its last URL by way of the
// others. It is that of the first one that main fetch does not take for its own, and stays.
func taintingOnTheWay(r *fetch.Request) fetch.Tainting {
	for _, u := range r.URLList[:len(r.URLList)-1] {
		if u.Origin() == r.Origin || u.Scheme() == "data" {
			continue
		}
		switch r.Mode {
		case fetch.ModeCORS:
			return fetch.TaintingCORS
		case fetch.ModeNoCORS:
			return fetch.TaintingOpaque
		}
	}
	return fetch.TaintingBasic
}

// ResponseHead takes the fields of a response from an object of its own.
func (o *Object) ResponseHead() fetch.ResponseHead {
	head := fetch.ResponseHead{Status: o.Need("status").Status(), StatusMessage: o.Take("statusMessage").Bytes(), Headers: o.Take("headers").FieldLines()}
	o.Close()
	return head
}

// Status reads the status of a response.
func (v Value) Status() int { return int(v.Number(0, 999)) }

// A Fetch is the input of the algorithm "fetch": requests that run one after another in one agent, and what servers
// answer.
type Fetch struct {
	Requests     []FetchRequest
	serve        map[string]*served // by URL without fragment
	mixedContent bool               // is as it is, neither upgraded nor blocked
	hsts         map[string]bool    // known HSTS hosts
	show         map[string]bool    // the names in lower case of headers to show that fetching adds
}

// A FetchRequest is a request and when it starts.
type FetchRequest struct {
	At      time.Time
	Request fetch.Request
	itself  Value
}

// Fail returns the error that says why the request cannot be fetched.
func (r *FetchRequest) Fail(err error) error {
	return &Error{Field: r.itself.path, Reason: err.Error(), Offset: r.itself.offset}
}

// A served URL answers preflights and requests from two lists, the last element of each again and again.
type served struct{ preflight, request []fetch.ResponseHead }

// Fetch takes the fields of the algorithm "fetch".
func (o *Object) Fetch() *Fetch {
	f := &Fetch{serve: map[string]*served{}, hsts: map[string]bool{}, show: map[string]bool{}}
	requests, largest := o.Need("requests"), 0
	for v := range requests.List() {
		r := v.Object()
		at := time.Unix(0, 0).Add(r.Take("at").Seconds())
		request := r.Request()
		request.MixedContent = r.Take("restrictsMixedContent").MixedContent()
		request.EmbedderPolicy.Value = NameOr(r.Take("embedderPolicy"), fetch.EmbedderPolicyUnsafeNone)
		if v := r.Take("referrer"); !v.Null() {
			request.Referrer = v.URL()
		}
		cache := r.Take("cache")
		request.Cache = NameOr(cache, fetch.CacheModeDefault)
		if request.Cache == fetch.CacheModeOnlyIfCached && request.Mode != fetch.ModeSameOrigin {
			cache.Fail(`only-if-cached goes with mode "same-origin" alone`)
		}
		request.Keepalive = r.Take("keepalive").Bool()
		if v := r.Take("bodyLength"); v.Present() {
			if request.BodyLength = v.Number(0, 1<<53); request.Body != fetch.BodyBytes {
				v.Fail(`stands beside a body that is not "bytes"`)
			}
		}
		if v := r.Take("inflightKeepaliveBytes"); v.Present() {
			request.InflightKeepaliveBytes = v.Number(0, 1<<53)
		}
		f.Requests = append(f.Requests, FetchRequest{at, request, v})
		r.Close()
	}
	if v := o.Take("mixedContent"); v.Present() {
		switch v.Text() {
		case "ignore":
			f.mixedContent = true
		case "block":
		default:
			v.Fail(`want "block" or "ignore"`)
		}
	}
	for v := range o.Take("hsts").List() {
		f.hsts[v.Text()] = true
	}
	for v := range o.Take("show").List() {
		names, ok := added[v.Text()]
		if !ok {
			v.Fail("want one of %q", slices.Sorted(maps.Keys(added)))
		}
		for _, name := range names {
			f.show[name] = true
		}
	}
	for key, v := range o.Need("serve").Object().Entries() {
		u, err := origin.ParseURL(key, nil)
		if err != nil {
			v.Fail("%v", err)
		}
		if _, has := u.Fragment(); has {
			v.Fail("has a fragment, which no response is found by")
		}
		if f.serve[u.String()] != nil {
			v.Fail("is a URL that stands there twice")
		}
		answers := v.Object()
		f.serve[u.String()] = &served{answers.Take("preflight").responses(&largest), answers.Take("request").responses(&largest)}
		answers.Close()
	}
	if n := len(f.Requests); n > 1 && n*largest > mostFetchWork {
		requests.Fail("are %d, and there is a response of %d bytes: want fewer, as each may get it", n, largest)
	}
	return f
}

// mostFetchWork bounds how many bytes the requests may get together, each the largest of the responses.
const mostFetchWork = 1 << 26

// responses reads a list of responses. The size of the largest so far is kept.
func (v Value) responses(largest *int) (heads []fetch.ResponseHead) {
	for element := range v.List() {
		*largest = max(*largest, len(element.raw))
		heads = append(heads, element.Object().ResponseHead())
	}
	return heads
}

// added are the headers that fetching adds by itself, by the name under which they are shown.
var added = map[string][]string{
	"sec-fetch":       {"sec-fetch-dest", "sec-fetch-mode", "sec-fetch-site", "sec-fetch-user"},
	"referer":         {"referer"},
	"cache":           {"pragma", "cache-control"},
	"accept-encoding": {"accept-encoding"},
}

// Shown returns the headers of a request that goes out, without those that fetching adds and nobody asked to see.
func (f *Fetch) Shown(a fetch.Action) (shown fetch.HeaderList) {
	for i, h := range a.Headers {
		if i < a.Own || header.EqualFold(h[0], "Origin") || f.show[header.Lower(h[0])] {
			shown = append(shown, h)
		}
	}
	return shown
}

// Agent returns the agent in which the requests run.
func (f *Fetch) Agent(profile fetch.Profile) *fetch.Agent {
	agent := &fetch.Agent{SuffixList: publicsuffix.List, Profile: profile}
	if f.mixedContent {
		agent.Hooks.AllowMixedContent = func(*fetch.Request) bool { return true }
	}
	if len(f.hsts) > 0 {
		agent.Hooks.KnownHSTSHost = func(host string) bool { return f.hsts[host] }
	}
	return agent
}

// Answer returns what the server answers to a request that goes out. If there is no answer, it says which field would
// have one.
func (f *Fetch) Answer(a fetch.Action) (head fetch.ResponseHead, ok bool, field string) {
	key := a.URL.WithoutFragment().String()
	field = fmt.Sprintf("serve[%q].%s", key, a.Kind)
	answers := f.serve[key]
	if answers == nil {
		return head, false, field
	}
	list := &answers.request
	if a.Kind == fetch.ActionSendPreflight {
		list = &answers.preflight
	}
	if len(*list) == 0 {
		return head, false, field
	}
	head = (*list)[0]
	if len(*list) > 1 {
		*list = (*list)[1:]
	}
	return head, true, field
}
