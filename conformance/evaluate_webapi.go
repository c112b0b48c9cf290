package conformance

import (
	"slices"

	"github.com/corspec/corspec/conformance/internal/input"
	"github.com/corspec/corspec/fetch"
	"github.com/corspec/corspec/fetch/webapi"
	"github.com/corspec/corspec/internal/isomorphic"
)

var webapiEvaluators = map[string]evaluator{
	"headers":             evaluateHeaders,
	"request-constructor": evaluateRequestConstructor,
}

// throws is the output where a script would see a TypeError.
var throws = map[string]string{"throws": "TypeError"}

// mostHeadersWork bounds how many headers the operations may look at together: each looks at the list, and may add to
// it.
const mostHeadersWork = 1 << 22

// evaluateHeaders runs methods of a Headers object one after another.
func evaluateHeaders(o *input.Object) (any, error) {
	list := fetch.HeaderList(o.Take("list").Headers())
	h := webapi.Headers{Guard: input.NameOr(o.Take("guard"), webapi.GuardNone), List: &list}
	all := o.Need("operations")
	var operations []func() any
	for v := range all.List() {
		operations = append(operations, headersOperation(&h, v))
	}
	if n := len(operations); n > 1 && n*(len(list)+len(all.Raw())/8) > mostHeadersWork { // a header that is added has 8 bytes at least
		all.Fail("are %d on a list of %d headers: want fewer, as each looks at the whole list", n, len(list))
	}
	if err := o.End(); err != nil {
		return nil, err
	}
	results := make([]any, len(operations))
	for i, operation := range operations {
		results[i] = operation()
	}
	return struct {
		Results []any       `json:"results"`
		List    [][2]string `json:"list"`
	}{results, isomorphic.DecodeHeaders(list)}, nil
}

// headersOperation reads one of ["append", name, value] and so on, and returns what runs it.
func headersOperation(h *webapi.Headers, v input.Value) func() any {
	parts := slices.Collect(v.List())
	method := ""
	if len(parts) > 0 {
		method = parts[0].Text()
	}
	wants := map[string]int{"append": 2, "set": 2, "delete": 1, "get": 1, "has": 1, "get-set-cookie": 0, "fill": 1, "pairs": 0}
	want, known := wants[method]
	switch {
	case !known:
		v.Fail("names no method: append, set, delete, get, has, get-set-cookie, fill or pairs")
		return nil
	case len(parts) != 1+want:
		v.Fail("has %d arguments, want %d", len(parts)-1, want)
		return nil
	}
	if method == "fill" {
		return fillOperation(h, parts[1])
	}
	var name, value string
	if want > 0 {
		name = parts[1].Bytes()
	}
	if want > 1 {
		value = parts[2].Bytes()
	}
	return func() any {
		var result any
		var err error
		switch method {
		case "append":
			_, err = h.Append(name, value)
		case "set":
			_, err = h.Set(name, value)
		case "delete":
			err = h.Delete(name)
		case "get":
			var joined string
			var ok bool
			if joined, ok, err = h.Get(name); ok {
				result = isomorphic.Decode(joined)
			}
		case "has":
			result, err = h.Has(name)
		case "get-set-cookie":
			result = isomorphic.DecodeAll(h.GetSetCookie())
		case "pairs":
			result = isomorphic.DecodeHeaders(h.Pairs())
		}
		if err != nil {
			return throws
		}
		return result
	}
}

// fillOperation fills with a sequence, which may have something other than a pair in it.
func fillOperation(h *webapi.Headers, v input.Value) func() any {
	var pairs fetch.HeaderList
	malformed := false
	for element := range v.List() {
		pair := element.BytesList()
		if malformed = malformed || len(pair) != 2; !malformed {
			pairs = append(pairs, [2]string(pair))
		}
	}
	return func() any {
		if _, err := h.Fill(pairs); err != nil || malformed {
			return throws
		}
		return nil
	}
}

func evaluateRequestConstructor(o *input.Object) (any, error) {
	construct := takeConstructor(o, webapi.Client{}, 0)
	if err := o.End(); err != nil {
		return nil, err
	}
	object, err := construct()
	if err != nil {
		return throws, nil
	}
	r := &object.Request
	urls := make([]string, len(r.URLList))
	for i, u := range r.URLList {
		urls[i] = u.String()
	}
	return struct {
		Method         string                `json:"method"`
		URL            string                `json:"url"`
		Headers        [][2]string           `json:"headers"`
		Guard          webapi.Guard          `json:"guard"`
		Mode           fetch.Mode            `json:"mode"`
		Credentials    fetch.CredentialsMode `json:"credentials"`
		Redirect       fetch.RedirectMode    `json:"redirect"`
		ReferrerPolicy fetch.ReferrerPolicy  `json:"referrerPolicy"`
		Cache          fetch.CacheMode       `json:"cache"`
		Keepalive      bool                  `json:"keepalive"`
		Body           any                   `json:"body"`
		Origin         string                `json:"origin"`
		URLs           []string              `json:"urls"`
		Referrer       string                `json:"referrer"`
	}{isomorphic.Decode(r.Method), urls[0], isomorphic.DecodeHeaders(r.Headers), object.Guard, r.Mode, r.Credentials, r.Redirect, r.ReferrerPolicy, r.Cache,
		r.Keepalive, nullBody(r.Body), r.Origin.String(), urls, object.Referrer.String()}, nil
}

func nullBody(b fetch.Body) any {
	if b == fetch.BodyNull {
		return nil
	}
	return b
}

// mostNested is how many Request objects may be made one of another.
const mostNested = 16

// takeConstructor takes the fields of a call of new Request(), and returns what makes it. A Request that is its input
// has the client of the outer call where it does not say another.
func takeConstructor(o *input.Object, client webapi.Client, depth int) func() (*webapi.Request, error) {
	from := o.Take("origin")
	if depth == 0 || from.Present() {
		if !from.Present() {
			from = o.Need("origin")
		}
		client.Origin = from.Origin()
	}
	if v := o.Take("base"); !v.Null() {
		base := v.URL()
		client.BaseURL = &base
	} else if v.Present() {
		client.BaseURL = nil
	}
	init := takeRequestInit(o.Take("init"))
	used := o.Take("bodyUsed").Bool()
	in := o.Need("input")
	if in.Kind() != "an object" {
		url := in.Text()
		return func() (*webapi.Request, error) {
			return webapi.NewRequest(client, webapi.RequestInfo{URL: url}, init)
		}
	}
	if depth == mostNested {
		in.Fail("is nested too deeply: want no more than %d Requests made of one another", mostNested)
		return nil
	}
	object := in.Object()
	var inner func() (*webapi.Request, error)
	if v := object.Take("request"); v.Present() {
		r := takeRequest(v.Object(), client)
		inner = func() (*webapi.Request, error) { return r, nil }
	} else {
		inner = takeConstructor(object, client, depth+1)
	}
	object.Close()
	return func() (*webapi.Request, error) {
		r, err := inner()
		if err != nil {
			return nil, err
		}
		r.BodyUsed = used
		return webapi.NewRequest(client, webapi.RequestInfo{Request: r}, init)
	}
}

// takeRequest takes a Request object as it stands.
func takeRequest(o *input.Object, client webapi.Client) *webapi.Request {
	r := &webapi.Request{Guard: input.NameOr(o.Take("guard"), webapi.GuardRequest), Request: fetch.Request{
		URLList:        o.Need("urls").URLs(),
		Method:         "GET",
		Origin:         client.Origin,
		Headers:        o.Take("headers").Headers(),
		Mode:           input.NameOr(o.Take("mode"), fetch.ModeCORS),
		Credentials:    input.NameOr(o.Take("credentials"), fetch.CredentialsSameOrigin),
		Cache:          input.NameOr(o.Take("cache"), fetch.CacheModeDefault),
		Redirect:       input.NameOr(o.Take("redirect"), fetch.RedirectFollow),
		ReferrerPolicy: input.NameOr(o.Take("referrerPolicy"), fetch.ReferrerPolicyEmpty),
		Keepalive:      o.Take("keepalive").Bool(),
	}}
	if v := o.Take("method"); v.Present() {
		r.Request.Method = v.Bytes()
	}
	if v := o.Take("origin"); v.Present() {
		r.Request.Origin = v.Origin()
	}
	r.Request.Body = o.Take("body").Body()
	if v := o.Take("referrer"); v.Present() {
		r.Referrer = takeReferrer(v)
	}
	o.Close()
	return r
}

// takeReferrer reads a request's referrer, in the words of the standard or as the object's attribute tells it.
func takeReferrer(v input.Value) webapi.Referrer {
	if v.Null() {
		return webapi.Referrer{None: true}
	}
	switch v.Text() {
	case "client", "about:client":
		return webapi.Referrer{}
	case "no-referrer", "":
		return webapi.Referrer{None: true}
	}
	return webapi.Referrer{URL: v.URL()}
}

// takeRequestInit reads the second argument of new Request().
func takeRequestInit(v input.Value) (init webapi.RequestInit) {
	o := v.Object()
	if v := o.Take("method"); v.Present() {
		init.Method = new(v.Bytes())
	}
	if v := o.Take("headers"); v.Present() {
		init.Headers = (*fetch.HeaderList)(new(v.Headers()))
	}
	if v := o.Take("body"); v.Present() {
		init.Body = new(v.Body())
	}
	if v := o.Take("bodyType"); !v.Null() {
		init.BodyType = v.Bytes()
	}
	if v := o.Take("duplex"); v.Present() {
		if v.Kind() == "a boolean" {
			init.Duplex = v.Bool()
		} else if init.Duplex = true; v.Text() != "half" {
			v.Fail(`want "half"`)
		}
	}
	if v := o.Take("referrer"); v.Present() {
		init.Referrer = new(v.Text())
	}
	if v := o.Take("window"); v.Present() {
		init.Window = new(any)
		if !v.Null() {
			*init.Window = string(v.Raw())
		}
	}
	if v := o.Take("referrerPolicy"); v.Present() {
		init.ReferrerPolicy = new(input.Name[fetch.ReferrerPolicy](v))
	}
	if v := o.Take("mode"); v.Present() {
		init.Mode = new(input.Name[fetch.Mode](v))
		if *init.Mode == fetch.ModeWebSocket || *init.Mode == fetch.ModeWebTransport {
			v.Fail("is %q, which the enumeration RequestMode does not have", *init.Mode)
		}
	}
	if v := o.Take("credentials"); v.Present() {
		init.Credentials = new(input.Name[fetch.CredentialsMode](v))
	}
	if v := o.Take("cache"); v.Present() {
		init.Cache = new(input.Name[fetch.CacheMode](v))
	}
	if v := o.Take("redirect"); v.Present() {
		init.Redirect = new(input.Name[fetch.RedirectMode](v))
	}
	if v := o.Take("keepalive"); v.Present() {
		init.Keepalive = new(v.Bool())
	}
	init.Other = o.Take("other").Bool()
	o.Close()
	return init
}
