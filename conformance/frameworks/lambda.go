package frameworks

import (
	"context"
	"log/slog"
	"maps"
	"net/http"
	"strings"

	"github.com/aws/aws-lambda-go/events"

	"github.com/corspec/corspec/policy"
)

// LambdaHandler is a function behind an HTTP API of API Gateway, or behind a function URL, whose events have the same
// form.
type LambdaHandler = func(context.Context, events.APIGatewayV2HTTPRequest) (events.APIGatewayV2HTTPResponse, error)

// Lambda returns a function that answers preflights and leaves all other events to next, under the policy. The CORS
// configuration of the API itself has to be empty: API Gateway otherwise answers preflights itself and drops the
// headers that are set here. And OPTIONS has to get here, without an authorizer.
//
// CORS headers that next has set are of no effect. Where functions are nested, the innermost policy rules. An error
// becomes a response with status 500, since API Gateway's own has no CORS header.
func Lambda(p *policy.Policy, next LambdaHandler) LambdaHandler {
	return func(ctx context.Context, event events.APIGatewayV2HTTPRequest) (events.APIGatewayV2HTTPResponse, error) {
		d := p.Evaluate(policy.Request{
			Method: event.RequestContext.HTTP.Method,
			// Names are in lower case, and several lines are one value.
			Origin:         event.Headers["origin"],
			RequestMethod:  event.Headers["access-control-request-method"],
			RequestHeaders: event.Headers["access-control-request-headers"],
		})
		if outer, ok := ctx.Value(ruling{}).(*bool); ok {
			*outer = false
		}
		rules := true // unless there is another policy further in
		ctx = context.WithValue(ctx, ruling{}, &rules)

		response := events.APIGatewayV2HTTPResponse{StatusCode: d.Status()}
		if response.StatusCode == 0 {
			var err error
			if response, err = next(ctx, event); err != nil {
				slog.ErrorContext(ctx, "request failed", "path", event.RawPath, "error", err)
				response = events.APIGatewayV2HTTPResponse{StatusCode: http.StatusInternalServerError}
			}
		}
		if !rules {
			return response, nil
		}
		headers := maps.Clone(response.Headers) // next may return the same map each time
		if headers == nil {
			headers = map[string]string{}
		}
		d.ApplyTo(lambdaHeader(headers))
		response.Headers, response.MultiValueHeaders = headers, maps.Clone(response.MultiValueHeaders)
		maps.DeleteFunc(response.MultiValueHeaders, func(name string, _ []string) bool { return d.Removes(name) })
		return response, nil
	}
}

// lambdaHeader is the header of a response: one value for each name, in whatever case it was spelled.
type lambdaHeader map[string]string

// Set sets the value of a name.
func (h lambdaHeader) Set(name, value string) {
	h.Del(name)
	h[name] = value
}

// Add adds to the value of a name.
func (h lambdaHeader) Add(name, value string) {
	for key, before := range h {
		if strings.EqualFold(key, name) {
			value = before + ", " + value
		}
	}
	h.Set(name, value)
}

// Del removes a name.
func (h lambdaHeader) Del(name string) {
	maps.DeleteFunc(h, func(key, _ string) bool { return strings.EqualFold(key, name) })
}
