package fetch_test

import (
	"fmt"
	"time"

	"github.com/corspec/corspec/fetch"
	"github.com/corspec/corspec/origin"
)

// An engine with a JavaScript of its own goes these steps for fetch(): make the request as the constructor does, run the
// machine, hand out the filtered response.
func ExampleConstructRequest() {
	page := origin.MustParse("https://app.example")
	object, err := fetch.ConstructRequest(page, fetch.RequestInput{URL: "https://api.example/orders"}, fetch.RequestInit{
		Method:   new("put"),
		Headers:  fetch.HeaderList{{"X-Trace", " 1 "}, {"Cookie", "dropped without a word"}},
		Body:     fetch.BodyBytes,
		BodyType: "text/plain;charset=UTF-8",
	})
	if err != nil {
		fmt.Println("TypeError:", err)
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
	headers := fetch.Headers{List: result.Response.Headers, Guard: fetch.GuardImmutable}
	fmt.Println(result.Response.Status, headers.Pairs())
	_, err = headers.Append("X-Own", "1")
	fmt.Println("TypeError:", err)
	// Output:
	// PUT [[X-Trace 1] [Content-Type text/plain;charset=UTF-8]]
	// preflight OPTIONS https://api.example/orders
	// request PUT https://api.example/orders
	// 200 [[content-type a/b]]
	// TypeError: fetch: header "X-Own": the headers are immutable; copy them with new Headers() first
}

func ExampleConstructRequest_typeError() {
	page := origin.MustParse("https://app.example")
	for _, init := range []fetch.RequestInit{
		{Method: new("CONNECT")},
		{Body: fetch.BodyBytes},
		{Mode: new(fetch.ModeNoCORS), Method: new("DELETE")},
	} {
		_, err := fetch.ConstructRequest(page, fetch.RequestInput{URL: "https://api.example/"}, init)
		fmt.Println("TypeError:", err)
	}
	// Output:
	// TypeError: fetch: request: Method "CONNECT": a forbidden method; pages cannot send it
	// TypeError: fetch: request: Body "bytes": a GET request has none; use another method
	// TypeError: fetch: request: Method "DELETE": not CORS-safelisted, which mode "no-cors" asks for; use GET, HEAD or POST
}

func ExampleElementRequest() {
	u, page := origin.MustParseURL("https://cdn.example/a"), origin.MustParse("https://app.example")
	anonymous := fetch.ParseCORSSettingsAttribute("") // <img crossorigin>
	for _, s := range []fetch.ElementSettings{{}, {CrossOrigin: anonymous}} {
		r := fetch.ElementRequest(fetch.ElementImage, u, page, s)
		fmt.Println(r.Mode, r.Credentials, r.Destination)
	}
	fmt.Println("a canvas stays readable:", fetch.CORSSameOrigin(fetch.ResponseTypeOpaque), fetch.CORSSameOrigin(fetch.ResponseTypeCORS))
	// Output:
	// no-cors include image
	// cors same-origin image
	// a canvas stays readable: false true
}

func ExampleHeaders() {
	h := fetch.Headers{Guard: fetch.GuardRequest}
	for _, header := range [][2]string{{"Accept", " text/plain "}, {"Host", "other.example"}, {"accept", "b"}, {"A B", ""}} {
		kept, err := h.Append(header[0], header[1])
		fmt.Println(kept, err)
	}
	fmt.Println(h.Pairs())
	// Output:
	// true <nil>
	// false <nil>
	// true <nil>
	// false fetch: header name "A B", byte 1: a header name is a token: letters, digits and !#$%&'*+-.^_`|~ only. Remove the byte.
	// [[accept text/plain, b]]
}
