package fetch_test

import (
	"errors"
	"fmt"
	"time"

	"github.com/corspec/corspec/fetch"
	"github.com/corspec/corspec/fetch/explain"
	"github.com/corspec/corspec/fetch/webapi"
	"github.com/corspec/corspec/origin"
)

// A harness has pages that call fetch(), and a transport that is a function.
type harness struct {
	agent  fetch.Agent
	upload []byte
	cookie string
	blobs  map[string]webapi.Blob
}

// send sends the request, here to a server that says what it got.
func (h *harness) send(a fetch.Action) (fetch.ResponseHead, []byte, error) {
	headers := a.Headers
	if a.IncludeCredentials && h.cookie != "" {
		headers.Append("Cookie", h.cookie)
	}
	var body []byte
	if a.Body != fetch.BodyActionNone {
		body = h.upload
	}
	cookie, sent := headers.Get("Cookie")
	fmt.Printf("  %s %s, cookie %v %q, body %q\n", a.Method, a.URL, sent, cookie, body)
	response := fetch.HeaderList{{"Access-Control-Allow-Origin", "https://app.example"}, {"Access-Control-Allow-Credentials", "true"},
		{"Access-Control-Allow-Methods", "PUT"}, {"Set-Cookie", "id=1"}}
	if a.IncludeCredentials {
		h.cookie, _ = response.Get("Set-Cookie")
	}
	return fetch.ResponseHead{Status: 200, Headers: response}, []byte("answer"), nil
}

// blob answers a request for a blob: URL.
func (h *harness) blob(a fetch.Action) (fetch.ResponseHead, []byte, error) {
	blob, ok := h.blobs[a.URL.WithoutFragment().String()]
	head, body, valid := blob.Respond(a.Headers)
	if !ok || !valid {
		return head, nil, errors.New("there is no such blob, or no such part of it")
	}
	return head, body, nil
}

// fetch is what a script gets of fetch().
func (h *harness) fetch(page webapi.Client, url string, init webapi.RequestInit) (fetch.Response, []byte, error) {
	object, err := webapi.NewRequest(page, webapi.RequestInfo{URL: url}, init)
	if err != nil {
		return fetch.Response{}, nil, err // what fetch() throws
	}
	m, err := h.agent.Start(time.Now(), object.Request)
	if err != nil {
		return fetch.Response{}, nil, err
	}
	var body []byte
	for a := m.Action(); a.Kind != fetch.ActionDone; a = m.Action() {
		var head fetch.ResponseHead
		if a.Kind == fetch.ActionFetchLocal {
			head, body, err = h.blob(a)
		} else {
			head, body, err = h.send(a)
		}
		if err != nil {
			m.Fail(err)
		} else {
			m.Receive(time.Now(), head)
		}
	}
	result, _ := m.Result()
	if u, ok := result.Response.URL(); ok && u.Scheme() == "data" {
		_, body, _ = fetch.ProcessDataURL(u)
	}
	if !result.Verdict.OK() {
		fmt.Println(explain.Trace(m.Trace())) // which the page is not told
	}
	if !result.Verdict.OK() || result.Response.NullBody {
		body = nil
	}
	return result.Response, body, nil
}

// All of fetch() over a transport that is a function. What its pages must not do, they cannot.
func Example_loop() {
	h := &harness{upload: []byte("text"), blobs: map[string]webapi.Blob{"blob:https://app.example/1": {Type: "text/plain", Data: []byte("0123456789")}}}
	page := webapi.Client{Origin: origin.MustParse("https://app.example")}
	for _, f := range []struct {
		url  string
		init webapi.RequestInit
	}{
		{"https://api.example/login", webapi.RequestInit{Credentials: new(fetch.CredentialsInclude)}},
		{"https://api.example/put", webapi.RequestInit{Method: new("PUT"), Body: new(fetch.BodyBytes), BodyType: "text/plain;charset=UTF-8",
			Headers: &fetch.HeaderList{{"Cookie", "id=2"}, {"Host", "other.example"}}}},
		{"https://api.example/opaque", webapi.RequestInit{Mode: new(fetch.ModeNoCORS), Credentials: new(fetch.CredentialsInclude)}},
		{"blob:https://app.example/1#x", webapi.RequestInit{Headers: &fetch.HeaderList{{"Range", "bytes=2-4"}}}},
		{"data:;base64,aGk=", webapi.RequestInit{}},
	} {
		response, body, err := h.fetch(page, f.url, f.init)
		fmt.Printf("%s: %d %q %v\n", response.Type, response.Status, body, err)
	}
	// Output:
	//   GET https://api.example/login, cookie false "", body ""
	// cors: 200 "answer" <nil>
	//   OPTIONS https://api.example/put, cookie false "", body ""
	//   PUT https://api.example/put, cookie false "", body "text"
	// cors: 200 "answer" <nil>
	//   GET https://api.example/opaque, cookie true "id=1", body ""
	// opaque: 0 "" <nil>
	// basic: 206 "234" <nil>
	// basic: 200 "hi" <nil>
}
