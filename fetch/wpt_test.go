package fetch_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/corspec/corspec/fetch"
	"github.com/corspec/corspec/internal/testshared"
	"github.com/corspec/corspec/origin"
	"github.com/corspec/corspec/safelist"
)

// derived reads a table of facts taken from web-platform-tests and returns its rows, of which there are some.
func derived[Row any](t *testing.T, name string) []Row {
	t.Helper()
	var table struct{ Rows []Row }
	if err := json.Unmarshal(testshared.Read(t, "wpt/derived/"+name), &table); err != nil {
		t.Fatal(err)
	}
	if len(table.Rows) == 0 {
		t.Fatalf("%s has no rows", name)
	}
	return table.Rows
}

// wire is a header value as it stands on the wire, code points for bytes, as HTTP hands it over: without white space
// around.
func wire(s string) string {
	b := make([]byte, 0, len(s))
	for _, r := range s {
		b = append(b, byte(r))
	}
	return safelist.NormalizeHeaderValue(string(b))
}

const wptOrigin = "http://web-platform.test:8000"

func TestWPTBadPorts(t *testing.T) {
	listed := map[uint16]bool{}
	for _, port := range derived[uint16](t, "bad-ports.json") {
		listed[port] = true
	}
	for port := range 1 << 16 {
		if got := fetch.IsBadPort(uint16(port)); got != listed[uint16(port)] {
			t.Errorf("port %d: %v", port, got)
		}
	}
}

func TestWPTCORSCheckCredentials(t *testing.T) {
	type row struct {
		ACAC  string
		Allow bool
	}
	r := checkRequest(fetch.CredentialsInclude)
	for _, row := range derived[row](t, "cors-check-acac.json") {
		v := fetch.CORSCheck(&r, &fetch.Response{Headers: headers(acao, "https://a.com", acac, wire(row.ACAC))})
		if v.OK() != row.Allow || !v.OK() && v.Code != fetch.CodeInvalidAllowCredentials {
			t.Errorf("%q: %+v, want %v", row.ACAC, v, row.Allow)
		}
	}
}

func TestWPTCORSCheckOrigin(t *testing.T) {
	type row struct {
		ACAO  []string
		Allow bool
	}
	r := checkRequest(fetch.CredentialsSameOrigin)
	r.Origin = origin.MustParse(wptOrigin)
	for _, row := range derived[row](t, "cors-check-acao.json") {
		var l fetch.HeaderList
		for _, v := range row.ACAO {
			l = append(l, [2]string{acao, wire(v)})
		}
		if v := fetch.CORSCheck(&r, &fetch.Response{Headers: l}); v.OK() != row.Allow {
			t.Errorf("%q: %+v, want %v", row.ACAO, v, row.Allow)
		}
	}
}

func TestWPTPreflightStar(t *testing.T) {
	type row struct {
		Succeeds, WithCredentials bool
		AllowMethod, AllowHeader  string
		UseMethod                 string
		UseHeader                 []string
	}
	for _, row := range derived[row](t, "preflight-star.json") {
		r, err := fetch.NewRequest(row.UseMethod, "http://www1.web-platform.test:8000/x", origin.MustParse(wptOrigin))
		if err != nil {
			t.Fatal(err)
		}
		allow := headers(acao, "*")
		if row.WithCredentials {
			r.Credentials = fetch.CredentialsInclude
			allow = headers(acao, wptOrigin, acac, "true")
		}
		if len(row.UseHeader) == 2 {
			r.Headers = headers(row.UseHeader...)
		}
		preflight := append(allow, headers(acam, row.AllowMethod, acah, row.AllowHeader)...)
		m, err := new(fetch.Agent).Start(epoch, r)
		if err != nil {
			t.Fatal(err)
		}
		for m.Action().Kind != fetch.ActionDone {
			l := allow
			if m.Action().Kind == fetch.ActionSendPreflight {
				l = preflight
			}
			m.Receive(epoch, fetch.ResponseHead{Status: 200, Headers: l})
		}
		if result, err := m.Result(); err != nil || result.Verdict.OK() != row.Succeeds {
			t.Errorf("%+v: %+v, %v", row, result.Verdict, err)
		}
	}
}

func TestWPTTAOCheck(t *testing.T) {
	type row struct {
		TAO    []string
		Origin string
		Pass   bool
	}
	for _, row := range derived[row](t, "tao-check.json") {
		r := checkRequest(fetch.CredentialsSameOrigin)
		r.Origin = origin.MustParse(wptOrigin)
		if row.Origin != "" {
			r.Origin = origin.MustParse(row.Origin)
		}
		var l fetch.HeaderList
		for _, v := range row.TAO {
			l = append(l, [2]string{"timing-allow-origin", wire(v)})
		}
		if v := fetch.TAOCheck(&r, &fetch.Response{Headers: l}); v.OK() != row.Pass {
			t.Errorf("%q: %+v, want %v", strings.Join(row.TAO, " | "), v, row.Pass)
		}
	}
}
