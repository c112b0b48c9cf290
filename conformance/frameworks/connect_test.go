package frameworks

import (
	"context"
	"errors"
	"net/http"
	"testing"

	"connectrpc.com/connect"
	connectcors "connectrpc.com/cors"
	rscors "github.com/rs/cors"
	"google.golang.org/protobuf/types/known/wrapperspb"

	"github.com/corspec/corspec/fetch"
	"github.com/corspec/corspec/fetch/fetchhttp"
	"github.com/corspec/corspec/origin"
	"github.com/corspec/corspec/policy/policyhttp"
)

type (
	connectRequest  = connect.Request[wrapperspb.StringValue]
	connectResponse = connect.Response[wrapperspb.StringValue]
)

// newConnect has a service of Connect's in a mux of net/http.
func newConnect() http.Handler {
	mux := http.NewServeMux()
	unary := func(procedure string, f func(*connectRequest) (*connectResponse, error), options ...connect.HandlerOption) {
		options = append(options, connect.WithRecover(func(context.Context, connect.Spec, http.Header, any) error {
			return connect.NewError(connect.CodeInternal, errors.New("a panic"))
		}))
		mux.Handle(procedure, connect.NewUnaryHandler(procedure, func(_ context.Context, r *connectRequest) (*connectResponse, error) { return f(r) }, options...))
	}
	list := func(*connectRequest) (*connectResponse, error) {
		response := connect.NewResponse(wrapperspb.String("items"))
		response.Header().Set("X-Total", "3")
		return response, nil
	}
	unary("/items.v1.Items/List", list, connect.WithIdempotency(connect.IdempotencyNoSideEffects))
	unary("/items.v1.Items/Create", list)
	unary("/items.v1.Items/Fail", func(*connectRequest) (*connectResponse, error) {
		return nil, connect.NewError(connect.CodePermissionDenied, errors.New("not yours"))
	})
	unary("/items.v1.Items/Panic", func(*connectRequest) (*connectResponse, error) { panic("the handler") })
	unary("/items.v1.Items/Own", func(r *connectRequest) (*connectResponse, error) {
		response, err := list(r)
		for _, h := range ownHeaders(r.Header().Get("Origin"), false) {
			response.Header().Set(h[0], h[1])
		}
		return response, err
	})
	unary("/items.v1.Items/OwnFail", func(r *connectRequest) (*connectResponse, error) {
		err := connect.NewError(connect.CodePermissionDenied, errors.New("not yours"))
		for _, h := range ownHeaders(r.Header().Get("Origin"), false) {
			err.Meta().Set(h[0], h[1])
		}
		return nil, err
	})
	mux.Handle("/items.v1.Items/Watch", connect.NewServerStreamHandler("/items.v1.Items/Watch",
		func(_ context.Context, r *connectRequest, stream *connect.ServerStream[wrapperspb.StringValue]) error {
			for _, item := range []string{"one", "two"} {
				if err := stream.Send(wrapperspb.String(item)); err != nil {
					return err
				}
			}
			return nil
		}))
	return mux
}

var connectHeaders = headers("Content-Type", "application/json", "Connect-Protocol-Version", "1")

// connectProbes are for newConnect.
var connectProbes = []probe{
	{name: "call by GET, allowed", page: appOrigin, path: connectGet, want: reads},
	{name: "call by GET, refused", page: evilOrigin, path: connectGet, want: refused},
	{name: "call by POST, allowed", page: appOrigin, method: "POST", path: "/items.v1.Items/Create", header: connectHeaders, body: `"a"`, want: "200 X-Total" + varyOrigin},
	{name: "call by POST, refused", page: evilOrigin, method: "POST", path: "/items.v1.Items/Create", header: connectHeaders, body: `"a"`, want: "preflight-missing-allow-origin" + varyAll},
	{name: "a header that is not allowed", page: appOrigin, method: "POST", path: "/items.v1.Items/Create", header: headers("Content-Type", "application/json", "X-Other", "7"), body: `"a"`, want: "header-disallowed-by-preflight" + varyAll},
	{name: "error, allowed", page: appOrigin, method: "POST", path: "/items.v1.Items/Fail", header: connectHeaders, body: `"a"`, want: "403" + varyOrigin},
	{name: "error, refused", page: evilOrigin, method: "POST", path: "/items.v1.Items/Fail", header: connectHeaders, body: `"a"`, want: "preflight-missing-allow-origin" + varyAll},
	{name: "panic, allowed", page: appOrigin, method: "POST", path: "/items.v1.Items/Panic", header: connectHeaders, body: `"a"`, want: "500" + varyOrigin},
	{name: "404, allowed", page: appOrigin, method: "POST", path: "/items.v1.Items/Nothing", header: connectHeaders, body: `"a"`, want: "404" + varyOrigin},
	{name: "405, allowed", page: appOrigin, path: "/items.v1.Items/Create", want: "405" + varyOrigin},
	{name: "405, refused", page: evilOrigin, path: "/items.v1.Items/Create", want: "missing-allow-origin" + varyOrigin},
	{name: "415, allowed", page: appOrigin, method: "POST", path: "/items.v1.Items/Create", header: headers("Content-Type", "text/plain"), body: "a", want: "415" + varyOrigin},
	{name: "stream, allowed", page: appOrigin, method: "POST", path: "/items.v1.Items/Watch", header: headers("Content-Type", "application/connect+json", "Connect-Protocol-Version", "1"), body: "\x00\x00\x00\x00\x03\"a\"", want: "200" + varyOrigin},
	{name: "own CORS headers, allowed", page: appOrigin, method: "POST", path: "/items.v1.Items/Own", header: connectHeaders, body: `"a"`, own: true, want: reads},
	{name: "own CORS headers, refused, without a preflight", page: evilOrigin, method: "POST", path: "/items.v1.Items/Own", header: headers("Content-Type", "text/plain"), body: `"a"`, own: true, want: "missing-allow-origin" + varyOrigin},
	{name: "own CORS headers of an error, allowed", page: appOrigin, method: "POST", path: "/items.v1.Items/OwnFail", header: connectHeaders, body: `"a"`, own: true, want: "403; Vary: Accept-Encoding, Origin"},
	{name: "OPTIONS with Origin alone", method: "OPTIONS", path: "/items.v1.Items/Create", header: headers("Origin", appOrigin), want: "405 allows " + appOrigin + varyAll},
}

const connectGet = "/items.v1.Items/List?connect=v1&encoding=json&message=%22a%22"

// connectMiddleware has ConnectConfig's policy, with credentials and a header of the application.
func connectMiddleware(t testing.TB) *policyhttp.Middleware {
	t.Helper()
	c := ConnectConfig(appOrigin, partnerOrigin)
	c.Credentials = true
	c.ExposeHeaders = append(c.ExposeHeaders, "X-Total")
	m, err := policyhttp.New(c)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func connectMounts() []mount {
	return []mount{
		{"connect-go", "cors.Wrap(mux)", kindPlain, false, connectProbes, func(t *testing.T) string {
			return serve(t, connectMiddleware(t).Wrap(newConnect()))
		}},
		{"connect-go", "cors.WrapOver(mux)", kindOver, false, connectProbes, func(t *testing.T) string {
			return serve(t, connectMiddleware(t).WrapOver(newConnect()))
		}},
		{"connect-go", "rs/cors with connectrpc.com/cors", kindOther, false, connectProbes, func(t *testing.T) string {
			return serve(t, rscors.New(rscors.Options{
				AllowedOrigins: []string{appOrigin, partnerOrigin}, AllowCredentials: true, AllowedMethods: connectcors.AllowedMethods(),
				AllowedHeaders: connectcors.AllowedHeaders(), ExposedHeaders: append(connectcors.ExposedHeaders(), "X-Total"),
			}).Handler(newConnect()))
		}},
	}
}

// inPage is the fetch() of a page as an HTTP client, for the clients that Connect generates.
type inPage struct{ *fetchhttp.Page }

func (p inPage) Do(r *http.Request) (*http.Response, error) {
	for _, name := range []string{"Connect-Accept-Encoding", "Grpc-Accept-Encoding", "User-Agent"} {
		r.Header.Del(name) // clients for browsers do without them
	}
	response, err := p.Fetch(r, fetchhttp.WithCredentials(fetch.CredentialsInclude))
	if err != nil {
		return nil, err
	}
	return response.Response, nil
}

// TestConnectClients lets real clients, in pages, call services under ConnectConfig's policy.
func TestConnectClients(t *testing.T) {
	url := serve(t, connectMiddleware(t).Wrap(newConnect()))
	for name, options := range map[string][]connect.ClientOption{
		"Connect with JSON": {connect.WithProtoJSON()}, "Connect with protobuf": nil,
		"Connect by GET": {connect.WithHTTPGet(), connect.WithIdempotency(connect.IdempotencyNoSideEffects)}, "gRPC-Web": {connect.WithGRPCWeb()},
	} {
		t.Run(name, func(t *testing.T) {
			call := func(page, procedure string) (*connectResponse, error) {
				browser := &fetchhttp.Agent{Transport: transport}
				client := connect.NewClient[wrapperspb.StringValue, wrapperspb.StringValue](inPage{browser.Page(origin.MustParse(page))}, url+"/items.v1.Items/"+procedure, options...)
				return client.CallUnary(t.Context(), connect.NewRequest(wrapperspb.String("a")))
			}
			if response, err := call(appOrigin, "List"); err != nil {
				t.Error(err)
			} else if response.Msg.GetValue() != "items" || response.Header().Get("X-Total") != "3" {
				t.Errorf("%v, %v", response.Msg, response.Header())
			}
			// A client of gRPC-Web that cannot read Grpc-Status does not know this.
			if _, err := call(appOrigin, "Fail"); connect.CodeOf(err) != connect.CodePermissionDenied && name != "Connect by GET" {
				t.Errorf("the error is %v", err)
			}
			if response, err := call(evilOrigin, "List"); err == nil {
				t.Errorf("a page of %s reads %v", evilOrigin, response.Msg)
			} else if _, ok := errors.AsType[*fetchhttp.BlockedError](err); !ok {
				t.Errorf("a page of %s is not blocked: %v", evilOrigin, err)
			}
		})
	}
}
