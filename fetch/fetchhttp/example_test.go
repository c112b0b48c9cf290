package fetchhttp_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/corspec/corspec/fetch"
	"github.com/corspec/corspec/fetch/explain"
	"github.com/corspec/corspec/fetch/fetchhttp"
	"github.com/corspec/corspec/origin"
)

func Example() {
	server := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", "https://app.example")
		if r.Method == http.MethodOptions {
			w.Header().Set("Access-Control-Allow-Methods", "PUT")
			return
		}
		io.WriteString(w, "hello")
	})
	agent := &fetchhttp.Agent{Transport: fetchhttp.Handler(server)}
	page := agent.Page(origin.MustParse("https://app.example"))

	req, _ := http.NewRequest("PUT", "https://api.example/", nil)
	resp, err := page.Fetch(req)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer resp.Body.Close()
	body, _ := io.ReadAll(resp.Body)
	fmt.Println(resp.Type, resp.StatusCode, string(body))

	req, _ = http.NewRequest("DELETE", "https://api.example/", nil)
	_, err = page.Fetch(req)
	var blocked *fetchhttp.BlockedError
	if errors.As(err, &blocked) {
		v := blocked.Trace.Result.Verdict
		fmt.Println(v.Code, v.Step)
		fmt.Println(explain.Verdict(v).Send)
	}
	// Output:
	// cors 200 hello
	// method-disallowed-by-preflight cors-preflight-fetch:7.5
	// [[Access-Control-Allow-Methods PUT, DELETE]]
}

// Two pages in one browser: whether the handler ran is known although the page is not told.
func ExampleAgent_Page() {
	server := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", "https://app.example")
	})
	agent := &fetchhttp.Agent{Transport: fetchhttp.Handler(server)}
	for _, o := range []string{"https://app.example", "https://evil.example"} {
		req, _ := http.NewRequest("POST", "https://api.example/", nil)
		resp, err := agent.Page(origin.MustParse(o)).Fetch(req)
		var blocked *fetchhttp.BlockedError
		switch {
		case errors.As(err, &blocked):
			fmt.Println(o, blocked.Trace.Result.Verdict.Code, blocked.Trace.Result.Reached)
		case err == nil:
			fmt.Println(o, resp.StatusCode)
			resp.Body.Close()
		}
	}
	// Output:
	// https://app.example 200
	// https://evil.example allow-origin-mismatch true
}

// Observe shows what goes over the wire.
func ExampleWithObserver() {
	server := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", "*")
		w.Header().Set("Access-Control-Allow-Headers", "x-trace")
	})
	page := (&fetchhttp.Agent{Transport: fetchhttp.Handler(server)}).Page(origin.MustParse("https://app.example"))
	req, _ := http.NewRequest("GET", "https://api.example/", nil)
	req.Header.Set("X-Trace", "1")
	resp, err := page.Fetch(req, fetchhttp.WithObserver(func(e fetch.Exchange) {
		fmt.Println(e.Action.Kind, e.Action.Method, e.Action.URL, e.Response.Status)
	}))
	if err != nil {
		fmt.Println(err)
		return
	}
	resp.Body.Close()
	// Output:
	// preflight OPTIONS https://api.example/ 200
	// request GET https://api.example/ 200
}
