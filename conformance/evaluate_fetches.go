package conformance

import (
	"encoding/json"

	"github.com/corspec/corspec/conformance/internal/input"
	"github.com/corspec/corspec/fetch"
	"github.com/corspec/corspec/internal/isomorphic"
)

// A networkEntry is a request that goes out.
type networkEntry struct {
	Request     int         `json:"request"`
	Kind        string      `json:"kind"`
	Method      string      `json:"method"`
	URL         string      `json:"url"`
	Headers     [][2]string `json:"headers"`
	Credentials bool        `json:"credentials"`
}

// A fetchResult is a response as the page sees it.
type fetchResult struct {
	Type       fetch.ResponseType `json:"type"`
	Status     int                `json:"status"`
	Headers    [][2]string        `json:"headers"`
	URL        string             `json:"url"`
	Redirected bool               `json:"redirected"`

	// StatusMessage is there if the server sent one.
	StatusMessage *string `json:"statusMessage,omitempty"`
}

// A fetchError is a network error and what made it one.
type fetchError struct {
	Type fetch.ResponseType `json:"type"`
	Code fetch.Code         `json:"code"`
	Step *step              `json:"step"`
	Hop  int                `json:"hop"`
}

// Traces does the fetches of an input of the algorithm "fetch", one after another in one agent of that profile, and
// returns them. The error is as that of Evaluate.
func Traces(profile fetch.Profile, in json.RawMessage) ([]fetch.Trace, error) {
	_, traces, err := fetchAll(profile, input.Read(in))
	return traces, readable(err)
}

// fetchAll is Traces, with the input as it was read.
func fetchAll(profile fetch.Profile, o *input.Object) (*input.Fetch, []fetch.Trace, error) {
	f := o.Fetch()
	if err := o.End(); err != nil {
		return nil, nil, err
	}
	agent := f.Agent(profile)
	var traces []fetch.Trace
	for i := range f.Requests {
		r := &f.Requests[i]
		m, err := agent.Start(r.At, r.Request)
		if err != nil {
			return nil, nil, r.Fail(err)
		}
		for a := m.Action(); a.Kind != fetch.ActionDone; a = m.Action() {
			if head, ok, _ := f.Answer(a); ok {
				err = m.Receive(r.At, head)
			} else {
				err = m.Fail(nil)
			}
			if err != nil {
				return nil, nil, err
			}
		}
		traces = append(traces, m.Trace())
	}
	return f, traces, nil
}

func evaluateFetch(o *input.Object) (any, error) { return evaluateFetchAs(fetch.ProfileStandard, o) }

// evaluateFetchAs shows what that profile makes of the fetches.
func evaluateFetchAs(profile fetch.Profile, o *input.Object) (any, error) {
	f, traces, err := fetchAll(profile, o)
	if err != nil {
		return nil, err
	}
	network, results := []networkEntry{}, []any{}
	for i, t := range traces {
		answered := false
		for _, e := range t.Exchanges {
			answered = answered || e.Answered
			if a := e.Action; a.Kind != fetch.ActionFetchLocal {
				network = append(network, networkEntry{i, a.Kind.String(), isomorphic.Decode(a.Method), a.URL.String(),
					isomorphic.DecodeHeaders(f.Shown(a)), a.IncludeCredentials})
			}
		}
		results = append(results, newResult(t.Result, answered))
	}
	return struct {
		Network []networkEntry `json:"network"`
		Results []any          `json:"results"`
	}{network, results}, nil
}

// newResult returns what is shown of a result, which a server, or else the browser alone, has answered.
func newResult(r fetch.Result, answered bool) any {
	if r.Response.IsNetworkError() {
		s := step(r.Verdict.Step)
		return fetchError{r.Response.Type, r.Verdict.Code, &s, r.Hop}
	}
	result := fetchResult{
		Type:       r.Response.Type,
		Status:     r.Response.Status,
		Headers:    isomorphic.DecodeHeaders(r.Response.Headers),
		Redirected: r.Response.Redirected(),
	}
	if inside := r.Response.Internal; answered && inside != nil && inside.StatusMessage != "" {
		message := isomorphic.Decode(r.Response.StatusMessage)
		result.StatusMessage = &message
	}
	if u, ok := r.Response.URL(); ok {
		result.URL = u.WithoutFragment().String() // as the url of a Response in JavaScript; a Request's there has its fragment
	}
	return result
}
