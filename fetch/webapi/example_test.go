package webapi_test

import (
	"fmt"
	"time"

	"github.com/corspec/corspec/fetch"
	"github.com/corspec/corspec/fetch/webapi"
	"github.com/corspec/corspec/origin"
)

// An engine with a JavaScript of its own goes these steps for fetch(): make the request as the constructor does, run
// the machine, hand out the filtered response.
func ExampleNewRequest() {
	page := webapi.Client{Origin: origin.MustParse("https://app.example")}
	object, err := webapi.NewRequest(page, webapi.RequestInfo{URL: "https://api.example/orders"}, webapi.RequestInit{
		Method:   new("put"),
		Headers:  &fetch.HeaderList{{"X-Trace", " 1 "}, {"Cookie", "dropped without a word"}},
		Body:     new(fetch.BodyBytes),
		BodyType: "text/plain;charset=UTF-8",
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(object.Request.Method, object.Request.Headers)

	var agent fetch.Agent
	m, err := agent.Start(time.Unix(0, 0), object.Request)
	if err != nil {
		fmt.Println(err)
		return
	}
	for a := m.Action(); a.Kind != fetch.ActionDone; a = m.Action() {
		fmt.Println(a.Kind, a.Method, a.URL) // send it; this server allows everything
		m.Receive(time.Unix(0, 0), fetch.ResponseHead{Status: 200, Headers: fetch.HeaderList{
			{"Access-Control-Allow-Origin", "*"}, {"Access-Control-Allow-Methods", "*"}, {"Access-Control-Allow-Headers", "*"}, {"X-Hidden", "1"}, {"Content-Type", "a/b"}}})
	}
	result, _ := m.Result()
	headers := webapi.Headers{List: &result.Response.Headers, Guard: webapi.GuardImmutable}
	fmt.Println(result.Response.Status, headers.Pairs())
	_, err = headers.Append("X-Own", "1")
	fmt.Println(err)
	// Output:
	// PUT [[X-Trace 1] [Content-Type text/plain;charset=UTF-8]]
	// preflight OPTIONS https://api.example/orders
	// request PUT https://api.example/orders
	// 200 [[content-type a/b]]
	// webapi: TypeError: header name "X-Own": the headers are immutable; copy them with new Headers() first
}

func ExampleNewRequest_typeError() {
	page := webapi.Client{Origin: origin.MustParse("https://app.example")}
	for _, init := range []webapi.RequestInit{
		{Method: new("CONNECT")},
		{Body: new(fetch.BodyBytes)},
		{Mode: new(fetch.ModeNoCORS), Method: new("DELETE")},
	} {
		_, err := webapi.NewRequest(page, webapi.RequestInfo{URL: "https://api.example/"}, init)
		fmt.Println(err)
	}
	// Output:
	// webapi: TypeError: method "CONNECT": is forbidden; pages cannot send it
	// webapi: TypeError: body "bytes": a GET request has none; use another method
	// webapi: TypeError: method "DELETE": is not CORS-safelisted, which mode "no-cors" asks for; use GET, HEAD or POST
}

// A binding of the Headers object calls what the script calls, and throws what comes back as an error.
func ExampleHeaders() {
	h := webapi.Headers{Guard: webapi.GuardRequest}
	for _, header := range [][2]string{{"Accept", " text/plain "}, {"Host", "other.example"}, {"accept", "b"}, {"A B", ""}} {
		kept, err := h.Append(header[0], header[1])
		fmt.Println(kept, err)
	}
	h.Set("X-Tag", "1")
	h.Delete("x-tag")
	has, _ := h.Has("X-Tag")
	value, ok, _ := h.Get("ACCEPT")
	fmt.Println(has, value, ok, h.GetSetCookie())
	fmt.Println(h.Pairs())
	// Output:
	// true <nil>
	// false <nil>
	// true <nil>
	// false webapi: TypeError: header name "A B", byte 1: a header name is a token: letters, digits and !#$%&'*+-.^_`|~ only. Remove the byte.
	// false text/plain, b true []
	// [[accept text/plain, b]]
}

// A binding of XMLHttpRequest makes the request of the calls, and starts it.
func ExampleXMLHttpRequest() {
	var x webapi.XMLHttpRequest
	page := webapi.Client{Origin: origin.MustParse("https://app.example")}
	if err := x.Open(page, "post", "https://api.example/orders", webapi.UserInfo{}); err != nil {
		fmt.Println(err)
		return
	}
	for _, header := range [][2]string{{"X-Tag", "a"}, {"x-tag", "b"}, {"Origin", "dropped"}, {"Content-Type", "text/csv; charset=latin1"}} {
		if _, err := x.SetRequestHeader(header[0], header[1]); err != nil {
			fmt.Println(err)
		}
	}
	r, err := x.Send(&webapi.Payload{Type: "text/plain;charset=UTF-8", Text: true})
	fmt.Println(r.Method, r.Mode, r.Credentials, r.Headers, err)
	// Output:
	// POST cors same-origin [[X-Tag a, b] [Content-Type text/csv;charset=UTF-8]] <nil>
}
