package explain_test

import (
	"fmt"
	"os"
	"time"

	"github.com/corspec/corspec/fetch"
	"github.com/corspec/corspec/fetch/explain"
	"github.com/corspec/corspec/origin"
)

// An implementer who has a response at hand, and no fetch, asks a single check and says what is to be sent instead.
func ExampleVerdict() {
	r := fetch.Request{Origin: origin.MustParse("https://app.example"), URLList: []origin.URL{origin.MustParseURL("https://api.example/")}}
	v := fetch.CORSCheck(&r, &fetch.Response{Status: 500})
	e := explain.Verdict(v)
	fmt.Println(e.Happened)
	fmt.Println(e.Link)
	fmt.Println(e.Send)
	// Output:
	// The response says nothing of CORS: the response has no Access-Control-Allow-Origin.
	// https://fetch.spec.whatwg.org/commit-snapshots/586cd2a44c2a865b37c166dc0740f3fb8bb220d6/#cors-check
	// [[Access-Control-Allow-Origin https://app.example] [Vary Origin]]
}

// A command line tool prints what a browser would do with answers that it has.
func ExamplePrinter() {
	r, err := fetch.NewRequest("GET", "https://api.example/", origin.MustParse("https://app.example"))
	if err != nil {
		fmt.Println(err)
		return
	}
	r.Headers.Append("Authorization", "Bearer x")
	m, err := new(fetch.Agent).Start(time.Time{}, r)
	if err != nil {
		fmt.Println(err)
		return
	}
	m.Receive(time.Time{}, fetch.ResponseHead{Status: 204, StatusMessage: "No Content", Headers: fetch.HeaderList{
		{"Date", "Thu, 02 Jul 2026 12:00:00 GMT"}, {"Access-Control-Allow-Origin", "*"}, {"Access-Control-Allow-Headers", "*"}}})
	explain.Printer{W: os.Stdout}.Trace(m.Trace(), nil)
	// Output:
	// -> OPTIONS https://api.example/  (preflight, because there are headers that are not CORS-safelisted)
	//      Accept: */*
	//      Access-Control-Request-Method: GET
	//      Access-Control-Request-Headers: authorization
	//      Origin: https://app.example
	//   <- 204 No Content
	//      Access-Control-Allow-Origin: *
	//      Access-Control-Allow-Headers: *
	//   BLOCKED authorization-not-covered-by-wildcard  (cors-preflight-fetch:7.6, https://fetch.spec.whatwg.org/commit-snapshots/586cd2a44c2a865b37c166dc0740f3fb8bb220d6/#cors-preflight-fetch)
	//      The response to the preflight allows "*" headers, which does not cover "authorization".
	//      Why: Authorization has to be listed by name, because servers may have allowed "*" without thinking of it.
	//      Fix: on the response to OPTIONS, list it beside the wildcard.
	//           Access-Control-Allow-Headers: *, authorization
	//      Preflight: Authorization is not the name of a safelisted header. With Authorization there always is one. Access-Control-Max-Age keeps it from being sent each time.
	//      Engines: Chromium, Firefox and WebKitGTK: not blocked here, GET https://api.example/ is sent (wildcard-covers-authorization).
}
