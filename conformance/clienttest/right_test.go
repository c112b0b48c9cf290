package clienttest_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/corspec/corspec/conformance/clienttest"
	"github.com/corspec/corspec/conformance/internal/fetchclient"
	"github.com/corspec/corspec/fetch/fetchhttp"
)

func TestRight(t *testing.T) {
	t.Parallel()
	transport := fetchhttp.DefaultTransport().(*http.Transport).Clone()
	transport.DisableCompression = true
	defer transport.CloseIdleConnections()
	from := time.Now()
	report, err := clienttest.Check(context.Background(), &fetchclient.Client{Transport: transport})
	if err != nil {
		t.Fatal(err)
	}
	for i, f := range report.Findings {
		if i < 40 {
			t.Errorf("%s", f)
		}
	}
	for _, c := range report.Cases {
		if c.Outcome == clienttest.OutcomeInconclusive || c.Outcome == clienttest.OutcomeUnsupported {
			t.Logf("%s: %s: %s", c.Outcome, c.ID, c.Reason)
		}
	}
	t.Logf("%d pass, %d fail, %d unsupported, %d inconclusive of %d, in %v", report.Passed, report.Failed, report.Unsupported, report.Inconclusive, len(report.Cases), time.Since(from))
}
