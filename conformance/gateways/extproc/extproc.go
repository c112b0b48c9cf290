// Package extproc is an external processor of Envoy's that has a policy. Its filter is the first of the chain, so that
// it also sees what others refuse, and has these settings:
//
//	name: envoy.filters.http.ext_proc
//	typed_config:
//	  "@type": type.googleapis.com/envoy.extensions.filters.http.ext_proc.v3.ExternalProcessor
//	  grpc_service: {envoy_grpc: {cluster_name: cors}}
//	  processing_mode: {request_header_mode: SEND, response_header_mode: SEND}
//	  failure_mode_allow: false
//
// With failure_mode_allow, the CORS headers of upstreams get through while the processor is away.
package extproc

import (
	"errors"
	"io"

	core "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	extproc "github.com/envoyproxy/go-control-plane/envoy/service/ext_proc/v3"
	types "github.com/envoyproxy/go-control-plane/envoy/type/v3"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/wrapperspb"

	"github.com/corspec/corspec/policy"
)

// A Processor answers preflights, and makes all other responses say what the policy does: the CORS headers of upstreams
// are of no effect. It is registered with [extproc.RegisterExternalProcessorServer].
type Processor struct {
	extproc.UnimplementedExternalProcessorServer

	// Policy chooses the policy for a host and a path with its query; nil leaves requests and responses as they are.
	Policy func(host, path string) *policy.Policy
}

// Process sees one request and its response.
func (p *Processor) Process(stream extproc.ExternalProcessor_ProcessServer) error {
	var d policy.Decision
	for {
		message, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		response := new(extproc.ProcessingResponse)
		switch message := message.Request.(type) {
		case *extproc.ProcessingRequest_RequestHeaders:
			d = p.decide(message.RequestHeaders.GetHeaders().GetHeaders())
			if code := d.Status(); code != 0 {
				response.Response = &extproc.ProcessingResponse_ImmediateResponse{ImmediateResponse: &extproc.ImmediateResponse{
					Status: &types.HttpStatus{Code: types.StatusCode(code)}, Headers: mutation(d),
				}}
			} else {
				response.Response = &extproc.ProcessingResponse_RequestHeaders{RequestHeaders: &extproc.HeadersResponse{}}
			}
		case *extproc.ProcessingRequest_ResponseHeaders:
			response.Response = &extproc.ProcessingResponse_ResponseHeaders{ResponseHeaders: &extproc.HeadersResponse{
				Response: &extproc.CommonResponse{HeaderMutation: mutation(d)},
			}}
		default:
			return status.Errorf(codes.InvalidArgument, "the processing mode has to be SEND for headers alone, and not for %T", message)
		}
		if err := stream.Send(response); err != nil {
			return err
		}
	}
}

// decide evaluates the policy for the headers of a request. Names are in lower case.
func (p *Processor) decide(headers []*core.HeaderValue) policy.Decision {
	lines := map[string][]string{}
	for _, h := range headers {
		value := h.Value
		if len(h.RawValue) > 0 { // one of the two is set
			value = string(h.RawValue)
		}
		lines[h.Key] = append(lines[h.Key], value)
	}
	return p.Policy(policy.Join(lines[":authority"]), policy.Join(lines[":path"])).Evaluate(policy.Request{
		Method:         policy.Join(lines[":method"]),
		Origin:         policy.Join(lines["origin"]),
		RequestMethod:  policy.Join(lines["access-control-request-method"]),
		RequestHeaders: policy.Join(lines["access-control-request-headers"]),
	})
}

func mutation(d policy.Decision) *extproc.HeaderMutation {
	m := new(extproc.HeaderMutation)
	d.ApplyTo((*header)(m))
	return m
}

// header makes changes to a header of Envoy's. What is removed is removed first.
type header extproc.HeaderMutation

func (h *header) Del(name string) { h.RemoveHeaders = append(h.RemoveHeaders, name) }

func (h *header) Set(name, value string) {
	h.SetHeaders = append(h.SetHeaders, &core.HeaderValueOption{
		Header: &core.HeaderValue{Key: name, RawValue: []byte(value)}, AppendAction: core.HeaderValueOption_OVERWRITE_IF_EXISTS_OR_ADD,
	})
}

// Add sets the deprecated field, since the filter looks at no other: without it, the line replaces those that are
// there.
func (h *header) Add(name, value string) {
	h.SetHeaders = append(h.SetHeaders, &core.HeaderValueOption{
		Header: &core.HeaderValue{Key: name, RawValue: []byte(value)}, AppendAction: core.HeaderValueOption_APPEND_IF_EXISTS_OR_ADD,
		//lint:ignore SA1019 it is what counts
		Append: wrapperspb.Bool(true),
	})
}
