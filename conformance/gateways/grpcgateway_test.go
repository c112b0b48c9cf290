package gateways

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
	rscors "github.com/rs/cors"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/wrapperspb"

	"github.com/corspec/corspec/conformance/frameworks/probes"
)

// newService has the application as methods of a gRPC service, whose headers are metadata.
func newService() *grpc.Server {
	method := func(name string, f func(ctx context.Context) error) grpc.MethodDesc {
		return grpc.MethodDesc{MethodName: name, Handler: func(_ any, ctx context.Context, decode func(any) error, _ grpc.UnaryServerInterceptor) (any, error) {
			if err := decode(new(wrapperspb.StringValue)); err != nil {
				return nil, err
			}
			return wrapperspb.String(name), f(ctx)
		}}
	}
	total := func(ctx context.Context) error {
		return grpc.SetHeader(ctx, metadata.Pairs("x-total", "3", "vary", "Accept-Encoding"))
	}
	own := func(ctx context.Context) error {
		from := metadata.ValueFromIncomingContext(ctx, "grpcgateway-origin")
		for _, h := range probes.OwnHeaders(strings.Join(from, ", "), false) {
			if err := grpc.SetHeader(ctx, metadata.Pairs(strings.ToLower(h[0]), h[1])); err != nil {
				return err
			}
		}
		return nil
	}
	fail := func(context.Context) error { return status.Error(codes.FailedPrecondition, "a teapot") }
	server := grpc.NewServer()
	server.RegisterService(&grpc.ServiceDesc{ServiceName: "items.v1.Items", HandlerType: (*any)(nil), Methods: []grpc.MethodDesc{
		method("List", total),
		method("Options", func(ctx context.Context) error { return grpc.SetHeader(ctx, metadata.Pairs("x-total", "3")) }),
		method("Create", func(context.Context) error { return nil }),
		method("Fail", fail),
		method("Panic", func(context.Context) error { return status.Error(codes.Internal, "a panic that was recovered from") }),
		method("Own", func(ctx context.Context) error {
			if err := own(ctx); err != nil {
				return err
			}
			return grpc.SetHeader(ctx, metadata.Pairs("x-total", "3"))
		}),
		method("OwnFail", func(ctx context.Context) error {
			if err := own(ctx); err != nil {
				return err
			}
			return fail(ctx)
		}),
	}}, nil)
	return server
}

// newGateway has that service in a mux of grpc-gateway, with handlers like those that it generates.
func newGateway(t *testing.T) *runtime.ServeMux {
	t.Helper()
	connection := serveGRPC(t, newService())
	mux := runtime.NewServeMux(
		runtime.WithOutgoingHeaderMatcher(func(name string) (string, bool) { return name, true }),
		runtime.WithIncomingHeaderMatcher(func(name string) (string, bool) {
			if name == "Origin" {
				return "grpcgateway-origin", true
			}
			return runtime.DefaultHeaderMatcher(name)
		}),
	)
	for _, route := range [][3]string{
		{"GET", "/items", "List"}, {"HEAD", "/items", "List"}, {"OPTIONS", "/items", "Options"}, {"PUT", "/items", "Create"}, {"GET", "/inner/items", "List"},
		{"GET", "/error", "Fail"}, {"GET", "/panic", "Panic"}, {"GET", "/own", "Own"}, {"GET", "/own/error", "OwnFail"},
	} {
		procedure := "/items.v1.Items/" + route[2]
		err := mux.HandlePath(route[0], route[1], func(w http.ResponseWriter, r *http.Request, _ map[string]string) {
			ctx, cancel := context.WithCancel(r.Context())
			defer cancel()
			_, outbound := runtime.MarshalerForRequest(mux, r)
			annotated, err := runtime.AnnotateContext(ctx, mux, r, procedure)
			if err != nil {
				runtime.HTTPError(ctx, mux, outbound, w, r, err)
				return
			}
			var md runtime.ServerMetadata
			var answer wrapperspb.StringValue
			err = connection.Invoke(annotated, procedure, wrapperspb.String("a"), &answer, grpc.Header(&md.HeaderMD), grpc.Trailer(&md.TrailerMD))
			annotated = runtime.NewServerMetadataContext(annotated, md)
			if err != nil {
				runtime.HTTPError(annotated, mux, outbound, w, r, err)
				return
			}
			runtime.ForwardResponseMessage(annotated, mux, outbound, w, r, &answer)
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return mux
}

// grpcProbes are those of the application that the service has, with the statuses that grpc-gateway has for errors.
func grpcProbes() []probes.Probe {
	list := slices.DeleteFunc(slices.Clone(probes.List), func(p probes.Probe) bool {
		return p.Path == "/dir" || p.Path == "/stream" || p.Path == "/own/spelled" || p.Path == "/own/panic"
	})
	for i, p := range list {
		switch {
		case strings.HasPrefix(p.Want, "418"):
			list[i].Want = strings.Replace(p.Want, "418", "400", 1)
		case strings.HasPrefix(p.Want, "405"):
			list[i].Want = strings.Replace(p.Want, "405", "501", 1)
		case strings.HasPrefix(p.Want, "201"):
			list[i].Want = strings.Replace(p.Want, "201", "200", 1)
		}
	}
	return list
}

func grpcMounts() []probes.Mount {
	return []probes.Mount{
		{Framework: "grpc-gateway", Name: "cors.Wrap(mux)", Kind: probes.KindPlain, Chooses: true, Probes: grpcProbes(), Start: func(t *testing.T) string {
			return probes.Serve(t, probes.Chooser(t).Wrap(newGateway(t)))
		}},
		{Framework: "grpc-gateway", Name: "cors.WrapOver(mux)", Kind: probes.KindOver, Chooses: true, Probes: grpcProbes(), Start: func(t *testing.T) string {
			return probes.Serve(t, probes.Chooser(t).WrapOver(newGateway(t)))
		}},
		{Framework: "grpc-gateway", Name: "rs/cors", Kind: probes.KindOther, Probes: grpcProbes(), Start: func(t *testing.T) string {
			c := probes.Config(probes.App, probes.Partner)
			return probes.Serve(t, rscors.New(rscors.Options{
				AllowedOrigins: c.Origins, AllowCredentials: true, AllowedMethods: append([]string{"GET", "HEAD", "POST"}, c.Methods...),
				AllowedHeaders: c.RequestHeaders, ExposedHeaders: c.ExposeHeaders,
			}).Handler(newGateway(t)))
		}},
	}
}
