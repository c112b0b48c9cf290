package policy_test

import (
	"fmt"
	"slices"
	"strings"

	"github.com/corspec/corspec/policy"
)

// The types below stand for those of frameworks that are not net/http; they
// have the shape of theirs, as far as it matters here.

// fastHeader is a header of valyala/fasthttp: bytes in a buffer that the next
// request will use again.
type fastHeader struct{ lines [][2]string }

func (h *fastHeader) PeekAll(name string) (values [][]byte) {
	for _, line := range h.lines {
		if strings.EqualFold(line[0], name) {
			values = append(values, []byte(line[1]))
		}
	}
	return values
}

func (h *fastHeader) Set(name, value string) {
	h.lines = slices.DeleteFunc(h.lines, func(line [2]string) bool { return strings.EqualFold(line[0], name) })
	h.Add(name, value)
}

func (h *fastHeader) Add(name, value string) { h.lines = append(h.lines, [2]string{name, value}) }

// fastCtx is a fasthttp.RequestCtx.
type fastCtx struct {
	method   string
	request  fastHeader
	response fastHeader
	status   int
}

// A context whose header has Set and Add takes a decision with Apply. What the
// response gets is copied by fasthttp, so that the request's buffers may be
// used again.
func ExamplePolicy_fasthttp() {
	p, _ := policy.New(policy.Config{Origins: []string{"https://app.example.com"}, Methods: []string{"PUT"}})

	text := func(values [][]byte) (lines []string) {
		for _, value := range values {
			lines = append(lines, string(value))
		}
		return lines
	}
	cors := func(next func(*fastCtx)) func(*fastCtx) {
		return func(ctx *fastCtx) {
			d := p.Evaluate(policy.Request{
				Method:         ctx.method,
				Origin:         text(ctx.request.PeekAll("Origin")),
				RequestMethod:  text(ctx.request.PeekAll("Access-Control-Request-Method")),
				RequestHeaders: text(ctx.request.PeekAll("Access-Control-Request-Headers")),
			})
			d.Apply(ctx.response.Set, ctx.response.Add)
			if ctx.status = d.Status(); ctx.status == 0 {
				next(ctx)
			}
		}
	}

	ctx := &fastCtx{method: "GET", request: fastHeader{[][2]string{{"origin", "https://app.example.com"}}}}
	ctx.response.Set("Vary", "Accept-Encoding")
	cors(func(ctx *fastCtx) { ctx.status = 200 })(ctx)
	fmt.Println(ctx.status, ctx.response.lines)
	// Output:
	// 200 [[Vary Accept-Encoding] [Access-Control-Allow-Origin https://app.example.com] [Vary Origin]]
}

// lambdaEvent and lambdaResponse are those of API Gateway's REST APIs.
type lambdaEvent struct {
	HTTPMethod        string
	MultiValueHeaders map[string][]string // as the client wrote the names
}

type lambdaResponse struct {
	StatusCode        int
	MultiValueHeaders map[string][]string
	Body              string
}

// A function that gets events answers preflights itself, and adds headers to
// what the application returns. API Gateway may split header lines.
func ExamplePolicy_lambda() {
	p, _ := policy.New(policy.Config{Origins: []string{"https://app.example.com"}, Credentials: true, RequestHeaders: []string{"X-A", "X-B"}})

	cors := func(next func(lambdaEvent) lambdaResponse) func(lambdaEvent) lambdaResponse {
		return func(event lambdaEvent) lambdaResponse {
			lines := func(name string) (values []string) {
				for key, list := range event.MultiValueHeaders {
					if strings.EqualFold(key, name) {
						values = append(values, list...)
					}
				}
				return values
			}
			d := p.Evaluate(policy.Request{
				Method:         event.HTTPMethod,
				Origin:         lines("Origin"),
				RequestMethod:  lines("Access-Control-Request-Method"),
				RequestHeaders: lines("Access-Control-Request-Headers"),
			})
			response := lambdaResponse{StatusCode: d.Status()}
			if response.StatusCode == 0 {
				response = next(event)
			}
			if response.MultiValueHeaders == nil {
				response.MultiValueHeaders = map[string][]string{}
			}
			d.Apply(
				func(name, value string) { response.MultiValueHeaders[name] = []string{value} },
				func(name, value string) {
					response.MultiValueHeaders[name] = append(response.MultiValueHeaders[name], value)
				})
			return response
		}
	}

	response := cors(func(lambdaEvent) lambdaResponse { return lambdaResponse{StatusCode: 200} })(lambdaEvent{
		HTTPMethod: "OPTIONS",
		MultiValueHeaders: map[string][]string{
			"origin": {"https://app.example.com"}, "access-control-request-method": {"GET"}, "access-control-request-headers": {"x-b", "x-a"},
		},
	})
	fmt.Println(response.StatusCode)
	fmt.Println(response.MultiValueHeaders["Access-Control-Allow-Headers"])
	fmt.Println(response.MultiValueHeaders["Access-Control-Allow-Credentials"])
	// Output:
	// 204
	// [x-a,x-b]
	// [true]
}

// metadata is a header map as gRPC and Connect have them: lowercase names, and
// a list of values for each.
type metadata map[string][]string

// An interceptor sees calls, which are POST, or GET in Connect; preflights are
// answered in front of it, with the same policy. Browsers need to be told that
// they may read the status of a call.
func ExamplePolicy_connect() {
	p, _ := policy.New(policy.Config{
		Origins:        []string{"https://app.example.com"},
		RequestHeaders: []string{"Content-Type", "Connect-Protocol-Version", "Connect-Timeout-Ms", "Grpc-Timeout", "X-Grpc-Web", "X-User-Agent"},
		ExposeHeaders:  []string{"Grpc-Status", "Grpc-Message", "Grpc-Status-Details-Bin"},
	})

	intercept := func(method string, request, response metadata) policy.Code {
		d := p.Evaluate(policy.Request{
			Method:         method,
			Origin:         request["origin"],
			RequestMethod:  request["access-control-request-method"],
			RequestHeaders: request["access-control-request-headers"],
		})
		d.Apply(
			func(name, value string) { response[strings.ToLower(name)] = []string{value} },
			func(name, value string) {
				name = strings.ToLower(name)
				response[name] = append(response[name], value)
			})
		return d.Code()
	}

	response := metadata{}
	code := intercept("POST", metadata{"origin": {"https://app.example.com"}, "content-type": {"application/connect+proto"}}, response)
	fmt.Printf("%q\n", code)
	fmt.Println(response["access-control-allow-origin"], response["access-control-expose-headers"], response["vary"])
	// Output:
	// ""
	// [https://app.example.com] [grpc-message,grpc-status,grpc-status-details-bin] [Origin]
}

// These have the shape of Envoy's external processing API: a gateway sends the
// headers of a request, and is told to go on and what to do to the response's
// headers, or to answer at once.
type (
	headerValue       struct{ Key, Value string }
	headerValueOption struct {
		Header       headerValue
		AppendAction string // OVERWRITE_IF_EXISTS_OR_ADD or APPEND_IF_EXISTS_OR_ADD
	}
	headerMutation struct{ SetHeaders []headerValueOption }
	processing     struct {
		ImmediateStatus int // 0: go on
		Headers         headerMutation
	}
)

func ExamplePolicy_extProc() {
	p, _ := policy.New(policy.Config{Origins: []string{"https://app.example.com"}, Methods: []string{"DELETE"}})

	process := func(headers []headerValue) (out processing) {
		var r policy.Request
		for _, h := range headers {
			switch h.Key {
			case ":method":
				r.Method = h.Value
			case "origin":
				r.Origin = append(r.Origin, h.Value)
			case "access-control-request-method":
				r.RequestMethod = append(r.RequestMethod, h.Value)
			case "access-control-request-headers":
				r.RequestHeaders = append(r.RequestHeaders, h.Value)
			}
		}
		d := p.Evaluate(r)
		mutate := func(action string) func(name, value string) {
			return func(name, value string) {
				out.Headers.SetHeaders = append(out.Headers.SetHeaders, headerValueOption{headerValue{name, value}, action})
			}
		}
		d.Apply(mutate("OVERWRITE_IF_EXISTS_OR_ADD"), mutate("APPEND_IF_EXISTS_OR_ADD"))
		out.ImmediateStatus = d.Status()
		return out
	}

	out := process([]headerValue{{":method", "OPTIONS"}, {"origin", "https://app.example.com"}, {"access-control-request-method", "DELETE"}})
	fmt.Println(out.ImmediateStatus)
	for _, h := range out.Headers.SetHeaders {
		fmt.Println(h.AppendAction, h.Header.Key, h.Header.Value)
	}
	// Output:
	// 204
	// OVERWRITE_IF_EXISTS_OR_ADD Access-Control-Allow-Origin https://app.example.com
	// OVERWRITE_IF_EXISTS_OR_ADD Access-Control-Allow-Methods GET,HEAD,POST,DELETE
	// APPEND_IF_EXISTS_OR_ADD Vary Origin, Access-Control-Request-Method, Access-Control-Request-Headers
}
