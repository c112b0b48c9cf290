package clienttest_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"regexp"

	"github.com/corspec/corspec/conformance/clienttest"
)

// A naive user agent is net/http's client, with Origin added to it. It knows nothing of CORS.
type naive struct{ http.Client }

func (n *naive) Fetch(ctx context.Context, q *clienttest.Request) (a clienttest.Answer, err error) {
	if q.Via != "fetch" || q.Init.Body != nil {
		return a, clienttest.ErrUnsupported
	}
	req, err := http.NewRequestWithContext(ctx, q.Init.Method, q.URL, nil)
	if err != nil {
		return clienttest.Answer{Rejected: "TypeError"}, nil
	}
	page, _ := http.NewRequest("GET", q.PageURL, nil)
	req.Header.Set("Origin", "http://"+page.URL.Host)
	resp, err := n.Do(req)
	if err != nil {
		return clienttest.Answer{Rejected: "TypeError"}, nil
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return a, err
	}
	a.Response = &clienttest.Response{Status: resp.StatusCode, Body: body}
	for name, values := range resp.Header {
		for _, value := range values {
			a.Response.Headers = append(a.Response.Headers, [2]string{name, value})
		}
	}
	return a, nil
}

// A test driver asks what its fetch() does otherwise than a browser's.
func Example() {
	report, err := clienttest.Check(context.Background(), &naive{}, clienttest.WithCases(regexp.MustCompile(`^allow-credentials/with-wildcard$|^same-origin/a-PUT$`)))
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, f := range report.Findings {
		if f.Severity > clienttest.SeverityNote {
			fmt.Println(f.Severity, f.ID, f.Kind, f.Step)
		}
	}
	fmt.Println(report.Passed, "pass")
	// Output:
	// unsafe allow-credentials/with-wildcard read cors-check:4
	// 1 pass
}
