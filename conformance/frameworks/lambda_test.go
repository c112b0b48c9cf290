package frameworks

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/events"

	"github.com/corspec/corspec/conformance/frameworks/probes"
)

// gateway stands for API Gateway with one HTTP API, all of whose requests go to a function, in format 2.0: names are in
// lower case, lines of one name are joined with commas, cookies are by themselves; of an error it makes a 500.
func gateway(f LambdaHandler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		event := events.APIGatewayV2HTTPRequest{Version: "2.0", RouteKey: "$default", RawPath: r.URL.Path, RawQueryString: r.URL.RawQuery, Headers: map[string]string{}}
		event.RequestContext.HTTP.Method, event.RequestContext.HTTP.Path = r.Method, r.URL.Path
		for name, lines := range r.Header {
			if name == "Cookie" {
				event.Cookies = lines
			} else {
				event.Headers[strings.ToLower(name)] = strings.Join(lines, ",")
			}
		}
		body, err := io.ReadAll(r.Body)
		if err != nil {
			panic(http.ErrAbortHandler)
		}
		event.Body = string(body)
		response, err := f(r.Context(), event)
		if err != nil {
			response = events.APIGatewayV2HTTPResponse{StatusCode: http.StatusInternalServerError, Body: `{"message":"Internal Server Error"}`}
		}
		for name, value := range response.Headers {
			w.Header()[name] = append(w.Header()[name], value)
		}
		for name, values := range response.MultiValueHeaders {
			w.Header()[name] = append(w.Header()[name], values...)
		}
		for _, cookie := range response.Cookies {
			w.Header().Add("Set-Cookie", cookie)
		}
		w.WriteHeader(response.StatusCode)
		io.WriteString(w, response.Body)
	})
}

// newLambda has the application in a function.
func newLambda(inner func(LambdaHandler) LambdaHandler) LambdaHandler {
	shared := map[string]string{"X-Total": "3", "vary": "Accept-Encoding"}
	items := func(_ context.Context, event events.APIGatewayV2HTTPRequest) (response events.APIGatewayV2HTTPResponse, _ error) {
		response = events.APIGatewayV2HTTPResponse{StatusCode: 200, Headers: shared, Body: "items"}
		if event.RequestContext.HTTP.Method == "OPTIONS" {
			response.Headers = map[string]string{"X-Total": "3"}
		}
		return response, nil
	}
	innerItems := inner(items)
	return func(ctx context.Context, event events.APIGatewayV2HTTPRequest) (response events.APIGatewayV2HTTPResponse, err error) {
		response = events.APIGatewayV2HTTPResponse{StatusCode: 200}
		path, method := event.RawPath, event.RequestContext.HTTP.Method
		if strings.HasPrefix(path, "/own") {
			response.Headers, response.MultiValueHeaders = map[string]string{}, map[string][]string{}
			for _, h := range probes.OwnHeaders(event.Headers["origin"], path == "/own/spelled") {
				response.Headers[h[0]] = h[1]
				if path == "/own/spelled" && h[0] != "vary" {
					response.MultiValueHeaders[h[0]] = []string{h[1]}
				}
			}
		}
		defer func() {
			if recover() != nil {
				response.StatusCode = http.StatusInternalServerError
			}
		}()
		switch path {
		case "/items":
			switch method {
			case "GET", "HEAD", "OPTIONS":
				return items(ctx, event)
			case "PUT":
				response.StatusCode = http.StatusCreated
			default:
				response.StatusCode = http.StatusMethodNotAllowed
			}
		case "/inner/items":
			return innerItems(ctx, event)
		case "/error", "/own/error":
			response.StatusCode = probes.Teapot
		case "/failure":
			return response, errors.New("the function has failed")
		case "/panic", "/own/panic":
			panic("the function")
		case "/dir":
			response.StatusCode, response.Headers = http.StatusMovedPermanently, map[string]string{"location": "/dir/"}
		case "/dir/", "/stream":
		case "/own", "/own/spelled":
			response.Headers["X-Total"] = "3"
		default:
			response.StatusCode = http.StatusNotFound
		}
		return response, nil
	}
}

func lambdaMounts() []probes.Mount {
	return []probes.Mount{
		{Framework: "Lambda", Name: "lambda.Start(Lambda(p, handler))", Kind: probes.KindOver, Start: func(t *testing.T) string {
			inner := probes.NewPolicy(t, probes.App)
			f := newLambda(func(next LambdaHandler) LambdaHandler { return Lambda(inner, next) })
			return probes.Serve(t, gateway(Lambda(probes.NewPolicy(t, probes.App, probes.Partner), f)))
		}},
	}
}
