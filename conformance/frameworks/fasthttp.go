package frameworks

import (
	"unsafe"

	"github.com/valyala/bytebufferpool"
	"github.com/valyala/fasthttp"

	"github.com/corspec/corspec/policy"
)

// FastHTTP returns a handler that answers preflights and leaves all other requests to next, under the policy.
//
// It sets its headers when next has returned or panics: ctx.Error and ctx.NotFound forget those that were set before.
// So CORS headers that next or an upstream has set are of no effect. Where handlers are nested, the innermost policy
// rules.
func FastHTTP(p *policy.Policy, next fasthttp.RequestHandler) fasthttp.RequestHandler {
	return func(ctx *fasthttp.RequestCtx) {
		cors := beginFastHTTP(p, ctx)
		defer cors.end()
		if status := cors.decision.Status(); status != 0 {
			ctx.SetStatusCode(status)
			return
		}
		next(ctx)
	}
}

// fastCORS is a policy's decision about one request, until end.
type fastCORS struct {
	ctx      *fasthttp.RequestCtx
	policy   *policy.Policy
	decision policy.Decision
	origin   *bytebufferpool.ByteBuffer
}

// ruling is the key of what says which of several policies rules: the one that began last.
type ruling struct{}

func beginFastHTTP(p *policy.Policy, ctx *fasthttp.RequestCtx) fastCORS {
	h := &ctx.Request.Header
	// Strings of the request are good while nobody changes its headers, as a proxy does; the origin is needed
	// afterwards.
	origin := bytebufferpool.Get()
	origin.SetString(field(h, "Origin"))
	request := policy.Request{Method: text(h.Method()), Origin: text(origin.B)}
	if request.Method == fasthttp.MethodOptions {
		request.RequestMethod = field(h, "Access-Control-Request-Method")
		request.RequestHeaders = field(h, "Access-Control-Request-Headers")
	}
	ctx.SetUserValue(ruling{}, p)
	return fastCORS{ctx, p, p.Evaluate(request), origin}
}

func (c *fastCORS) end() {
	if c.ctx.UserValue(ruling{}) == any(c.policy) { // no other policy further in
		h, clean := &c.ctx.Response.Header, true
		if timeout := c.ctx.LastTimeoutErrorResponse(); timeout != nil {
			h = &timeout.Header // the handler may still be writing to the other
		}
		for key := range h.All() {
			if c.decision.Removes(text(key)) {
				fasthttp.AppendNormalizedHeaderKeyBytes(key[:0], key) // Del finds no other spelling
				clean = false
			}
		}
		if clean {
			c.decision.ApplyTo(cleanHeader{h})
		} else {
			c.decision.ApplyTo(h)
		}
	}
	bytebufferpool.Put(c.origin)
}

// cleanHeader is a response's header that has no CORS headers, so that there is nothing to remove.
type cleanHeader struct{ *fasthttp.ResponseHeader }

func (cleanHeader) Del(string) {}

// Set does without a look at how the name is spelled.
func (h cleanHeader) Set(name, value string) { h.SetCanonical(data(name), data(value)) }

// field returns the value of a header, and copies nothing if there is one line.
func field(h *fasthttp.RequestHeader, name string) string {
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

// text returns b as a string without copying it.
func text(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

// data returns s as bytes, which must not be written to, without copying it.
func data(s string) []byte { return unsafe.Slice(unsafe.StringData(s), len(s)) }
