package gateways

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strings"
	"testing"

	core "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	extproc "github.com/envoyproxy/go-control-plane/envoy/service/ext_proc/v3"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	"github.com/corspec/corspec/conformance/frameworks/probes"
	corsproc "github.com/corspec/corspec/conformance/gateways/extproc"
	"github.com/corspec/corspec/policy"
)

// envoy stands for Envoy with the filter ext_proc, in front of an upstream: for each request there is a stream to the
// processor, which gets the headers of the request and of the response, and says what to do.
type envoy struct {
	processor extproc.ExternalProcessorClient
	upstream  *httputil.ReverseProxy
}

type streamKey struct{}

func (e *envoy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	stream, err := e.processor.Process(ctx)
	if err != nil {
		panic(err)
	}
	asked := [][2]string{{":method", r.Method}, {":path", r.URL.RequestURI()}, {":authority", r.Host}, {":scheme", "http"}}
	for name, lines := range r.Header {
		for _, line := range lines {
			asked = append(asked, [2]string{name, line})
		}
	}
	answer := exchange(stream, &extproc.ProcessingRequest{Request: &extproc.ProcessingRequest_RequestHeaders{RequestHeaders: httpHeaders(asked)}})
	if immediate := answer.GetImmediateResponse(); immediate != nil {
		mutate(w.Header(), immediate.Headers)
		w.WriteHeader(int(immediate.Status.Code))
		return
	}
	if answer.GetRequestHeaders() == nil {
		panic(fmt.Sprintf("the processor answers %v", answer))
	}
	e.upstream.ServeHTTP(w, r.WithContext(context.WithValue(ctx, streamKey{}, stream)))
}

// respond asks the processor about the upstream's response.
func (e *envoy) respond(r *http.Response) error {
	stream := r.Request.Context().Value(streamKey{}).(extproc.ExternalProcessor_ProcessClient)
	var headers [][2]string
	for name, lines := range r.Header {
		for _, line := range lines {
			headers = append(headers, [2]string{name, line})
		}
	}
	answer := exchange(stream, &extproc.ProcessingRequest{Request: &extproc.ProcessingRequest_ResponseHeaders{ResponseHeaders: httpHeaders(headers)}})
	mutate(r.Header, answer.GetResponseHeaders().GetResponse().GetHeaderMutation())
	return nil
}

func exchange(stream extproc.ExternalProcessor_ProcessClient, message *extproc.ProcessingRequest) *extproc.ProcessingResponse {
	if err := stream.Send(message); err != nil {
		panic(err)
	}
	answer, err := stream.Recv()
	if err != nil {
		panic(err)
	}
	return answer
}

// httpHeaders has names in lower case and raw values, as Envoy sends them.
func httpHeaders(list [][2]string) *extproc.HttpHeaders {
	m := new(core.HeaderMap)
	for _, h := range list {
		m.Headers = append(m.Headers, &core.HeaderValue{Key: strings.ToLower(h[0]), RawValue: []byte(h[1])})
	}
	return &extproc.HttpHeaders{Headers: m}
}

// mutate does what Envoy's filter does: it removes first, and for the rest it looks at append alone, which is false if
// it is not set. All spellings of a name are one there.
func mutate(h http.Header, m *extproc.HeaderMutation) {
	for _, name := range m.GetRemoveHeaders() {
		remove(h, name)
	}
	for _, set := range m.GetSetHeaders() {
		if len(set.Header.Value) > 0 {
			panic("the filter takes the raw value")
		}
		//lint:ignore SA1019 it is what counts
		if !set.Append.GetValue() {
			remove(h, set.Header.Key)
		}
		h.Add(set.Header.Key, string(set.Header.RawValue))
	}
}

func remove(h http.Header, name string) {
	for key := range h {
		if strings.EqualFold(key, name) {
			delete(h, key)
		}
	}
}

// startEnvoy starts a processor and what stands for Envoy in front of it.
func startEnvoy(t *testing.T) string {
	t.Helper()
	whole, inner := probes.NewPolicy(t, probes.App, probes.Partner), probes.NewPolicy(t, probes.App)
	server := grpc.NewServer()
	extproc.RegisterExternalProcessorServer(server, &corsproc.Processor{Policy: func(_, path string) *policy.Policy {
		if strings.HasPrefix(path, "/inner/") {
			return inner
		}
		return whole
	}})
	connection := serveGRPC(t, server)
	upstream, err := url.Parse(probes.Serve(t, probes.Upstream()))
	if err != nil {
		t.Fatal(err)
	}
	e := &envoy{processor: extproc.NewExternalProcessorClient(connection)}
	e.upstream = &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(upstream) }, ModifyResponse: e.respond, ErrorLog: probes.Discard}
	return probes.Serve(t, e)
}

// serveGRPC starts a server and returns a connection to it, both until the test ends.
func serveGRPC(t *testing.T, server *grpc.Server) *grpc.ClientConn {
	t.Helper()
	l := probes.Listen(t)
	go server.Serve(l)
	t.Cleanup(server.Stop)
	connection, err := grpc.NewClient(l.Addr().String(), grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { connection.Close() })
	return connection
}

func envoyMounts() []probes.Mount {
	return []probes.Mount{{Framework: "Envoy's ext_proc", Name: "extproc.Processor", Kind: probes.KindOver, Chooses: true, Start: startEnvoy}}
}
