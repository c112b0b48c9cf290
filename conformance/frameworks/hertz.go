package frameworks

import (
	"context"

	"github.com/cloudwego/hertz/pkg/app"
	"github.com/cloudwego/hertz/pkg/common/utils"
	"github.com/cloudwego/hertz/pkg/protocol"
	"github.com/cloudwego/hertz/pkg/protocol/consts"
	"github.com/valyala/bytebufferpool"

	"github.com/corspec/corspec/policy"
)

// Hertz returns a middleware that answers preflights and leaves all other requests to the application, under the
// policy. It goes into h.Use, before everything else. The server needs server.WithRedirectTrailingSlash(false): these
// redirects go past all middleware.
//
// It sets its headers first, for handlers that write to the connection themselves, and again when the others have
// returned: NotFound and AbortWithMsg forget those that were set before. So CORS headers that one of the others or an
// upstream has set are of no effect. Where middlewares are nested, the innermost policy rules.
func Hertz(p *policy.Policy) app.HandlerFunc {
	return func(c context.Context, ctx *app.RequestContext) {
		h, response := &ctx.Request.Header, hertzHeader{&ctx.Response.Header}
		// Strings of the request are good while nobody changes its headers, as a proxy does; the origin is needed
		// afterwards.
		origin := bytebufferpool.Get()
		defer bytebufferpool.Put(origin)
		origin.SetString(hertzField(h, "Origin"))
		request := policy.Request{Method: text(h.Method()), Origin: text(origin.B)}
		if request.Method == consts.MethodOptions {
			request.RequestMethod = hertzField(h, "Access-Control-Request-Method")
			request.RequestHeaders = hertzField(h, "Access-Control-Request-Headers")
		}
		d := p.Evaluate(request)

		if response.hasPolicy() { // another one is further out
			ctx.Set(rulingHertz, p)
		}
		response.apply(d)
		if status := d.Status(); status != 0 {
			ctx.AbortWithStatus(status)
			return
		}
		defer func() {
			if rules, ok := ctx.Get(rulingHertz); !ok || rules == any(p) { // no other one is further in
				response.apply(d)
			}
		}()
		ctx.Next(c)
	}
}

// rulingHertz is the key of the policy that began last, if there are several.
const rulingHertz = "corspec: policy"

// hertzHeader is a response's header.
type hertzHeader struct{ *protocol.ResponseHeader }

// apply makes the header say what the policy does, and leaves it as it is where it does already.
func (h hertzHeader) apply(d policy.Decision) {
	cors, same, vary := 0, 0, d.Vary() == ""
	h.VisitAll(func(key, value []byte) {
		if d.Removes(text(key)) {
			utils.NormalizeHeaderKey(key, false) // Del finds no other spelling
			cors++
			for name, wanted := range d.All() {
				if text(key) == name && text(value) == wanted {
					same++
				}
			}
		} else if text(key) == "Vary" && text(value) == d.Vary() {
			vary = true
		}
	})
	wanted := 0
	for range d.All() {
		wanted++
	}
	switch {
	case cors == 0:
		d.ApplyTo(cleanHertzHeader{h})
	case cors != wanted || same != wanted || !vary:
		d.ApplyTo(h)
	}
}

// Add adds a line that is not there; that of Vary may be.

func (h hertzHeader) Add(name, value string) {
	for _, line := range h.PeekAll(name) {
		if text(line) == value {
			return
		}
	}
	h.ResponseHeader.Add(name, value)
}

// hasPolicy reports whether there is what a policy may have set.
func (h hertzHeader) hasPolicy() bool {
	return len(h.Peek("Vary")) > 0 || len(h.Peek("Access-Control-Allow-Origin")) > 0
}

// cleanHertzHeader is one that has no CORS headers, so that there is nothing to remove.
type cleanHertzHeader struct{ hertzHeader }

func (cleanHertzHeader) Del(string) {}

// Set does without a look at how the name is spelled.
func (h cleanHertzHeader) Set(name, value string) { h.SetCanonical(data(name), data(value)) }

// hertzField returns the value of a header, and copies nothing if there is one line.
func hertzField(h *protocol.RequestHeader, name string) string {
	lines := h.PeekAll(name)
	if len(lines) == 1 {
		return text(lines[0])
	}
	var values []string
	for _, line := range lines {
		values = append(values, string(line))
	}
	return policy.Join(values)
}
