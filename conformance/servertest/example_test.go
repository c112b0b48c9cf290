package servertest_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/corspec/corspec/conformance/servertest"
	"github.com/corspec/corspec/policy"
)

// A handler that looks whether the origin ends with a name lets others in, too.
func ExampleCheck() {
	server := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Add("Vary", "Origin")
		if origin := r.Header.Get("Origin"); strings.HasSuffix(origin, "app.example") {
			w.Header().Set("Access-Control-Allow-Origin", origin)
		}
	})
	meant, err := policy.New(policy.Config{Origins: []string{"https://app.example"}})
	if err != nil {
		fmt.Println(err)
		return
	}
	report, err := servertest.Check(context.Background(), server, meant)
	if err != nil {
		fmt.Println(err)
		return
	}
	seen := map[string]bool{}
	for _, f := range report.Findings {
		if f.Severity > servertest.SeverityNote && !seen[f.ID] {
			fmt.Println(f.Severity, f.ID, f.Origin)
			seen[f.ID] = true
		}
	}
	// Output:
	// unsafe origin-scheme http://app.example
	// unsafe origin-suffix https://evilapp.example
	// unsafe origin-subdomain https://evil.app.example
}
