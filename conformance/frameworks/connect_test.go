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

	"github.com/corspec/corspec/conformance/frameworks/probes"
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
		for _, h := range probes.OwnHeaders(r.Header().Get("Origin"), false) {
			response.Header().Set(h[0], h[1])
		}
		return response, err
	})
	unary("/items.v1.Items/OwnFail", func(r *connectRequest) (*connectResponse, error) {
		err := connect.NewError(connect.CodePermissionDenied, errors.New("not yours"))
		for _, h := range probes.OwnHeaders(r.Header().Get("Origin"), false) {
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

var connectHeaders = probes.Headers("Content-Type", "application/json", "Connect-Protocol-Version", "1")

// connectProbes are for newConnect.
var connectProbes = []probes.Probe{
	{Name: "call by GET, allowed", Page: probes.App, Path: connectGet, Want: probes.Reads},
	{Name: "call by GET, refused", Page: probes.Evil, Path: connectGet, Want: probes.Refused},
	{Name: "call by POST, allowed", Page: probes.App, Method: "POST", Path: "/items.v1.Items/Create", Header: connectHeaders, Body: `"a"`, Want: "200 X-Total" + probes.VaryOrigin},
	{Name: "call by POST, refused", Page: probes.Evil, Method: "POST", Path: "/items.v1.Items/Create", Header: connectHeaders, Body: `"a"`, Want: "preflight-missing-allow-origin" + probes.VaryAll},
	{Name: "a header that is not allowed", Page: probes.App, Method: "POST", Path: "/items.v1.Items/Create", Header: probes.Headers("Content-Type", "application/json", "X-Other", "7"), Body: `"a"`, Want: "header-disallowed-by-preflight" + probes.VaryAll},
	{Name: "error, allowed", Page: probes.App, Method: "POST", Path: "/items.v1.Items/Fail", Header: connectHeaders, Body: `"a"`, Want: "403" + probes.VaryOrigin},
	{Name: "error, refused", Page: probes.Evil, Method: "POST", Path: "/items.v1.Items/Fail", Header: connectHeaders, Body: `"a"`, Want: "preflight-missing-allow-origin" + probes.VaryAll},
	{Name: "panic, allowed", Page: probes.App, Method: "POST", Path: "/items.v1.Items/Panic", Header: connectHeaders, Body: `"a"`, Want: "500" + probes.VaryOrigin},
	{Name: "404, allowed", Page: probes.App, Method: "POST", Path: "/items.v1.Items/Nothing", Header: connectHeaders, Body: `"a"`, Want: "404" + probes.VaryOrigin},
	{Name: "405, allowed", Page: probes.App, Path: "/items.v1.Items/Create", Want: "405" + probes.VaryOrigin},
	{Name: "405, refused", Page: probes.Evil, Path: "/items.v1.Items/Create", Want: "missing-allow-origin" + probes.VaryOrigin},
	{Name: "415, allowed", Page: probes.App, Method: "POST", Path: "/items.v1.Items/Create", Header: probes.Headers("Content-Type", "text/plain"), Body: "a", Want: "415" + probes.VaryOrigin},
	{Name: "stream, allowed", Page: probes.App, Method: "POST", Path: "/items.v1.Items/Watch", Header: probes.Headers("Content-Type", "application/connect+json", "Connect-Protocol-Version", "1"), Body: "\x00\x00\x00\x00\x03\"a\"", Want: "200" + probes.VaryOrigin},
	{Name: "own CORS headers, allowed", Page: probes.App, Method: "POST", Path: "/items.v1.Items/Own", Header: connectHeaders, Body: `"a"`, Own: true, Want: probes.Reads},
	{Name: "own CORS headers, refused, without a preflight", Page: probes.Evil, Method: "POST", Path: "/items.v1.Items/Own", Header: probes.Headers("Content-Type", "text/plain"), Body: `"a"`, Own: true, Want: "missing-allow-origin" + probes.VaryOrigin},
	{Name: "own CORS headers of an error, allowed", Page: probes.App, Method: "POST", Path: "/items.v1.Items/OwnFail", Header: connectHeaders, Body: `"a"`, Own: true, Want: "403; Vary: Accept-Encoding, Origin"},
	{Name: "OPTIONS with Origin alone", Method: "OPTIONS", Path: "/items.v1.Items/Create", Header: probes.Headers("Origin", probes.App), Want: "405 allows " + probes.App + probes.VaryAll},
}

const connectGet = "/items.v1.Items/List?connect=v1&encoding=json&message=%22a%22"

// connectMiddleware has ConnectConfig's policy, with credentials and a header of the application.
func connectMiddleware(t testing.TB) *policyhttp.Middleware {
	t.Helper()
	c := ConnectConfig(probes.App, probes.Partner)
	c.Credentials = true
	c.ExposeHeaders = append(c.ExposeHeaders, "X-Total")
	m, err := policyhttp.New(c)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func connectMounts() []probes.Mount {
	return []probes.Mount{
		{Framework: "connect-go", Name: "cors.Wrap(mux)", Kind: probes.KindPlain, Probes: connectProbes, Start: func(t *testing.T) string {
			return probes.Serve(t, connectMiddleware(t).Wrap(newConnect()))
		}},
		{Framework: "connect-go", Name: "cors.WrapOver(mux)", Kind: probes.KindOver, Probes: connectProbes, Start: func(t *testing.T) string {
			return probes.Serve(t, connectMiddleware(t).WrapOver(newConnect()))
		}},
		{Framework: "connect-go", Name: "rs/cors with connectrpc.com/cors", Kind: probes.KindOther, Probes: connectProbes, Start: func(t *testing.T) string {
			return probes.Serve(t, rscors.New(rscors.Options{
				AllowedOrigins: []string{probes.App, probes.Partner}, AllowCredentials: true, AllowedMethods: connectcors.AllowedMethods(),
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
	url := probes.Serve(t, connectMiddleware(t).Wrap(newConnect()))
	for name, options := range map[string][]connect.ClientOption{
		"Connect with JSON": {connect.WithProtoJSON()}, "Connect with protobuf": nil,
		"Connect by GET": {connect.WithHTTPGet(), connect.WithIdempotency(connect.IdempotencyNoSideEffects)}, "gRPC-Web": {connect.WithGRPCWeb()},
	} {
		t.Run(name, func(t *testing.T) {
			call := func(page, procedure string) (*connectResponse, error) {
				browser := &fetchhttp.Agent{Transport: probes.Transport}
				client := connect.NewClient[wrapperspb.StringValue, wrapperspb.StringValue](inPage{browser.Page(origin.MustParse(page))}, url+"/items.v1.Items/"+procedure, options...)
				return client.CallUnary(t.Context(), connect.NewRequest(wrapperspb.String("a")))
			}
			if response, err := call(probes.App, "List"); err != nil {
				t.Error(err)
			} else if response.Msg.GetValue() != "items" || response.Header().Get("X-Total") != "3" {
				t.Errorf("%v, %v", response.Msg, response.Header())
			}
			// A client of gRPC-Web that cannot read Grpc-Status does not know this.
			if _, err := call(probes.App, "Fail"); connect.CodeOf(err) != connect.CodePermissionDenied && name != "Connect by GET" {
				t.Errorf("the error is %v", err)
			}
			if response, err := call(probes.Evil, "List"); err == nil {
				t.Errorf("a page of %s reads %v", probes.Evil, response.Msg)
			} else if _, ok := errors.AsType[*fetchhttp.BlockedError](err); !ok {
				t.Errorf("a page of %s is not blocked: %v", probes.Evil, err)
			}
		})
	}
}
