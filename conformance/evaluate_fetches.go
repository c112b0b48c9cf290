package conformance

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"golang.org/x/net/publicsuffix"

	"github.com/corspec/corspec/fetch"
	"github.com/corspec/corspec/origin"
)

// A served URL answers preflights and requests from two lists, the last element of each again and again.
type served struct{ preflight, request []fetch.Response }

// next returns the next response of a list, and false where it is empty.
func next(list *[]fetch.Response) (fetch.Response, bool) {
	if len(*list) == 0 {
		return fetch.Response{}, false
	}
	response := (*list)[0]
	if len(*list) > 1 {
		*list = (*list)[1:]
	}
	return response, true
}

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
}

// A fetchError is a network error and what made it one.
type fetchError struct {
	Type fetch.ResponseType `json:"type"`
	Code fetch.Code         `json:"code"`
	Step *step              `json:"step"`
	Hop  int                `json:"hop"`
}

func evaluateFetch(o *object) (any, error) { return evaluateFetchAs(fetch.ProfileStandard, o) }

// evaluateFetchAs runs fetches one after another in one agent of that profile.
func evaluateFetchAs(profile fetch.Profile, o *object) (any, error) {
	type scheduled struct {
		at      time.Time
		request fetch.Request
	}
	var requests []scheduled
	o.scope.list(o.path+"requests", o.need("requests"), func(path string, raw json.RawMessage) {
		r := o.scope.object(path, raw)
		at := r.seconds("at")
		requests = append(requests, scheduled{time.Unix(0, 0).Add(at), r.request()})
		r.close()
	})
	serve := map[string]*served{}
	all := o.scope.object(o.path+"serve", o.need("serve"))
	for _, key := range slices.Sorted(maps.Keys(all.fields)) {
		path := fmt.Sprintf("%s[%q]", o.path+"serve", key)
		u, err := origin.ParseURL(key, nil)
		if err != nil {
			o.fail(path, "%v", err)
			break
		}
		if _, has := u.Fragment(); has {
			o.fail(path, "has a fragment, which no response is found by")
		}
		if serve[u.String()] != nil {
			o.fail(path, "is a URL that stands there twice")
		}
		answers := o.scope.object(path, all.take(key))
		serve[u.String()] = &served{answers.responses("preflight"), answers.responses("request")}
		answers.close()
	}
	if err := o.end(); err != nil {
		return nil, err
	}

	agent := &fetch.Agent{SuffixList: publicsuffix.List, Profile: profile}
	network, results := []networkEntry{}, []any{}
	for i, r := range requests {
		m, err := agent.Start(r.at, r.request)
		if err != nil {
			return nil, &InputError{Field: fmt.Sprintf("requests[%d]", i), Reason: err.Error()}
		}
		for a := m.Action(); a.Kind != fetch.ActionDone; a = m.Action() {
			answers := serve[a.URL.WithoutFragment().String()]
			if answers == nil {
				answers = &served{}
			}
			list := &answers.request
			if a.Kind == fetch.ActionSendPreflight {
				list = &answers.preflight
			}
			if a.Kind != fetch.ActionFetchLocal {
				network = append(network, networkEntry{i, a.Kind.String(), isomorphicDecode(a.Method), a.URL.String(),
					isomorphicDecodeHeaders(a.Headers), a.IncludeCredentials})
			}
			if response, ok := next(list); ok {
				err = m.Receive(r.at, fetch.ResponseHead{Status: response.Status, Headers: response.Headers})
			} else {
				err = m.Fail(nil)
			}
			if err != nil {
				return nil, err
			}
		}
		result, err := m.Result()
		if err != nil {
			return nil, err
		}
		results = append(results, newResult(result))
	}
	return struct {
		Network []networkEntry `json:"network"`
		Results []any          `json:"results"`
	}{network, results}, nil
}

func newResult(r fetch.Result) any {
	if r.Response.IsNetworkError() {
		s := step(r.Verdict.Step)
		return fetchError{r.Response.Type, r.Verdict.Code, &s, r.Hop}
	}
	result := fetchResult{
		Type:       r.Response.Type,
		Status:     r.Response.Status,
		Headers:    isomorphicDecodeHeaders(r.Response.Headers),
		Redirected: r.Response.Redirected(),
	}
	if u, ok := r.Response.URL(); ok {
		result.URL = u.WithoutFragment().String() // as the url of a Response in JavaScript; a Request's there has its fragment
	}
	return result
}

// responses takes a list of responses, which may be absent.
func (o *object) responses(name string) (responses []fetch.Response) {
	raw := o.take(name)
	if raw == nil {
		return nil
	}
	o.scope.list(o.path+name, raw, func(path string, raw json.RawMessage) {
		responses = append(responses, o.scope.object(path, raw).response())
	})
	return responses
}
