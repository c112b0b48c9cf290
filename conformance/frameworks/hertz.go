package frameworks

import (
	"context"

	"github.com/cloudwego/hertz/pkg/app"
	"github.com/cloudwego/hertz/pkg/common/utils"
	"github.com/cloudwego/hertz/pkg/protocol"
	"github.com/valyala/bytebufferpool"

	"github.com/corspec/corspec/policy"
)

// Hertz returns a middleware that answers preflights and leaves all other requests to the application, under the policy. It goes
// into h.Use, before everything else. The server needs server.WithRedirectTrailingSlash(false): these redirects go past all
// middleware.
//
// It sets its headers first, for handlers that write to the connection themselves, and again when the others have returned:
// NotFound and AbortWithMsg forget those that were set before. So CORS headers that a handler or an upstream has set are of no
// effect. Where middlewares are nested, the innermost policy rules.
func Hertz(p *policy.Policy) app.HandlerFunc {
	return func(c context.Context, ctx *app.RequestContext) {
		request, response := &ctx.Request.Header, hertzHeader{&ctx.Response.Header}
		// The strings of the request are good while nobody changes its headers, as a proxy does; the origin is needed afterwards.
		origin := bytebufferpool.Get()
		defer bytebufferpool.Put(origin)
		origin.SetString(hertzField(request, "Origin"))
		d := p.Evaluate(policy.Request{
			Method:         text(request.Method()),
			Origin:         text(origin.B),
			RequestMethod:  hertzField(request, "Access-Control-Request-Method"),
			RequestHeaders: hertzField(request, "Access-Control-Request-Headers"),
		})
		if response.hasCORS() { // another one is further out
			ctx.Set(rulingHertz, p)
		}
		d.ApplyTo(response)
		if status := d.Status(); status != 0 {
			ctx.AbortWithStatus(status)
			return
		}
		defer func() {
			if ruling, ok := ctx.Get(rulingHertz); !ok || ruling == any(p) { // no other policy further in
				response.spell(d)
				d.ApplyTo(response)
			}
		}()
		ctx.Next(c)
	}
}

// rulingHertz is the key of the policy that began last, if there are several.
const rulingHertz = "corspec: policy"

// hertzHeader is a response's header that has a line of Vary once.
type hertzHeader struct{ *protocol.ResponseHeader }

func (h hertzHeader) Add(name, value string) {
	for _, line := range h.PeekAll(name) {
		if text(line) == value {
			return
		}
	}
	h.ResponseHeader.Add(name, value)
}

// hasCORS reports whether there is what a policy sets.
func (h hertzHeader) hasCORS() bool {
	return len(h.Peek("Vary")) > 0 || len(h.Peek("Access-Control-Allow-Origin")) > 0
}

// spell gives the names that the decision removes the spelling in which Del finds them.
func (h hertzHeader) spell(d policy.Decision) {
	h.VisitAll(func(key, _ []byte) {
		if d.Removes(text(key)) {
			utils.NormalizeHeaderKey(key, false)
		}
	})
}

// hertzField returns the value of a header, and copies nothing where there is one line.
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
