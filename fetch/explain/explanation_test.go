package explain_test

import (
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/corspec/corspec/fetch"
	"github.com/corspec/corspec/fetch/explain"
	"github.com/corspec/corspec/internal/golden"
)

const (
	acao = "Access-Control-Allow-Origin"
	acac = "Access-Control-Allow-Credentials"
	acam = "Access-Control-Allow-Methods"
	acah = "Access-Control-Allow-Headers"
)

// codes returns all constants of type Code, from the source, by their names.
func codes(t *testing.T) map[string]fetch.Code {
	t.Helper()
	files, err := filepath.Glob("../*.go")
	if err != nil {
		t.Fatal(err)
	}
	constant := regexp.MustCompile(`(?m)^\s*(Code[A-Za-z]+)\s+Code\s*=\s*"([^"]+)"`)
	all := map[string]fetch.Code{}
	for _, name := range files {
		source, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range constant.FindAllSubmatch(source, -1) {
			all[string(m[1])] = fetch.Code(m[2])
		}
	}
	if len(all) < 40 {
		t.Fatalf("only %d codes found in the source", len(all))
	}
	return all
}

// explained are the verdicts whose explanations are kept in testdata/explain.txt, one of each code.
var explained = []fetch.Verdict{
	{Code: fetch.CodeOK},
	{Code: fetch.CodeMissingAllowOrigin, Step: "cors-check:2", Header: acao, Want: "https://a.com"},
	{Code: fetch.CodeMissingAllowOrigin, Step: "cors-check:2", Header: acao, Want: "null"},
	{Code: fetch.CodeMultipleAllowOriginValues, Step: "cors-check:4", Header: acao, Lines: 2, Value: "*", Want: "https://a.com"},
	{Code: fetch.CodeWildcardOriginNotAllowed, Step: "cors-check:4", Header: acao, Lines: 1, Value: "*", Want: "https://a.com"},
	{Code: fetch.CodeWildcardOriginNotAllowed, Step: "cors-check:4", Header: acao, Lines: 1, Value: "*", Want: "null"},
	{Code: fetch.CodeInvalidAllowOriginValue, Step: "cors-check:4", Header: acao, Lines: 1, Value: "https://a.com/", Want: "https://a.com"},
	{Code: fetch.CodeAllowOriginMismatch, Step: "cors-check:4", Header: acao, Lines: 1, Value: "https://b.com", Want: "https://a.com"},
	{Code: fetch.CodeAllowOriginMismatch, Step: "cors-check:4", Header: acao, Lines: 1, Value: "https://a.com", Want: "null"},
	{Code: fetch.CodeInvalidAllowCredentials, Step: "cors-check:8", Header: acac, Want: "true"},
	{Code: fetch.CodePreflightMissingAllowOrigin, Step: "cors-check:2", Header: acao, Want: "https://a.com"},
	{Code: fetch.CodePreflightMultipleAllowOriginValues, Step: "cors-check:4", Header: acao, Lines: 1, Value: "https://a.com https://b.com", Want: "https://a.com"},
	{Code: fetch.CodePreflightWildcardOriginNotAllowed, Step: "cors-check:4", Header: acao, Lines: 1, Value: "*", Want: "https://a.com"},
	{Code: fetch.CodePreflightInvalidAllowOriginValue, Step: "cors-check:4", Header: acao, Lines: 1, Value: strings.Repeat("x", 1000), Want: "https://a.com"},
	{Code: fetch.CodePreflightAllowOriginMismatch, Step: "cors-check:4", Header: acao, Lines: 1, Value: "null", Want: "https://a.com"},
	{Code: fetch.CodePreflightInvalidAllowCredentials, Step: "cors-check:8", Header: acac, Lines: 1, Value: "True", Want: "true"},
	{Code: fetch.CodePreflightInvalidStatus, Step: "cors-preflight-fetch:8", Value: "401"},
	{Code: fetch.CodePreflightDisallowedRedirect, Step: "cors-preflight-fetch:8", Value: "301"},
	{Code: fetch.CodePreflightInvalidAllowMethods, Step: "cors-preflight-fetch:7.3", Header: acam, Lines: 1, Value: "GET; PUT", Want: "PUT"},
	{Code: fetch.CodePreflightInvalidAllowHeaders, Step: "cors-preflight-fetch:7.3", Header: acah, Lines: 1, Value: "x a"},
	{Code: fetch.CodeMethodDisallowedByPreflight, Step: "cors-preflight-fetch:7.5", Header: acam, Want: "PUT"},
	{Code: fetch.CodeMethodDisallowedByPreflight, Step: "cors-preflight-fetch:7.5", Header: acam, Lines: 1, Value: "PATCH", Want: "patch"},
	{Code: fetch.CodeHeaderDisallowedByPreflight, Step: "cors-preflight-fetch:7.7", Header: acah, Lines: 1, Value: "x-b", Want: "x-a"},
	{Code: fetch.CodeAuthorizationNotCoveredByWildcard, Step: "cors-preflight-fetch:7.6", Header: acah, Lines: 1, Value: "*", Want: "authorization"},
	{Code: fetch.CodeDisallowedByMode, Step: "main-fetch:12", Want: "https://b.com/"},
	{Code: fetch.CodeCORSDisabledScheme, Step: "main-fetch:12", Want: "ftp://b.com/"},
	{Code: fetch.CodeSchemeNotSupported, Step: "scheme-fetch:4", Want: "about:config"},
	{Code: fetch.CodeNoCORSRedirectModeNotFollow, Step: "main-fetch:12", Want: "https://b.com/"},
	{Code: fetch.CodeBadPort, Step: "port-blocking:2", Want: "https://b.com:25/"},
	{Code: fetch.CodeKeepaliveQuotaExceeded, Step: "http-network-or-cache-fetch:8.10", Want: "https://b.com/"},
	{Code: fetch.CodeCacheOnlyIfCached, Step: "http-network-or-cache-fetch:11.1", Want: "https://b.com/"},
	{Code: fetch.CodeAuthenticationBodyNotReplayable, Step: "http-network-or-cache-fetch:15.2", Want: "https://b.com/"},
	{Code: fetch.CodeMixedContent, Step: "should-block-fetch:2", Want: "http://b.com/"},
	{Code: fetch.CodeUnexpectedRangeResponse, Step: "main-fetch:21"},
	{Code: fetch.CodeLocalURLsOnly, Step: "main-fetch:3", Want: "https://b.com/"},
	{Code: fetch.CodeRedirectModeError, Step: "http-fetch:6.3", Header: "Location", Lines: 1, Value: "/y", Want: "https://b.com/"},
	{Code: fetch.CodeTooManyRedirects, Step: "http-redirect-fetch:7", Header: "Location", Lines: 1, Value: "/y", Want: "https://b.com/y"},
	{Code: fetch.CodeRedirectInvalidLocation, Step: "http-redirect-fetch:5", Header: "Location", Lines: 2, Value: "/y"},
	{Code: fetch.CodeRedirectDisallowedScheme, Step: "http-redirect-fetch:6", Header: "Location", Lines: 1, Value: "data:,x", Want: "data:,x"},
	{Code: fetch.CodeRedirectContainsCredentials, Step: "http-redirect-fetch:9", Header: "Location", Lines: 1, Value: "https://u@c.com/", Want: "https://u@c.com/"},
	{Code: fetch.CodeRedirectBodyNotReplayable, Step: "http-redirect-fetch:11", Header: "Location", Lines: 1, Value: "/y", Want: "https://b.com/y"},
	{Code: fetch.CodeCORPNotSameOrigin, Step: "cross-origin-resource-policy-internal-check:5", Header: "Cross-Origin-Resource-Policy", Lines: 1, Value: "same-origin", Want: "cross-origin"},
	{Code: fetch.CodeCORPNotSameSite, Step: "cross-origin-resource-policy-internal-check:5", Header: "Cross-Origin-Resource-Policy", Lines: 1, Value: "same-site", Want: "cross-origin"},
	{Code: fetch.CodeCORPNotSameOriginAfterDefaultedByCOEP, Step: "cross-origin-resource-policy-internal-check:5", Header: "Cross-Origin-Resource-Policy", Want: "cross-origin"},
	{Code: fetch.CodeCORPNotSameOriginAfterDefaultedByCOEP, Step: "cross-origin-resource-policy-internal-check:5", Header: "Cross-Origin-Resource-Policy", Lines: 1, Value: "cross_origin", Want: "cross-origin"},
	{Code: fetch.CodeNosniff, Step: "should-response-to-request-be-blocked-due-to-nosniff?:4", Header: "Content-Type", Lines: 1, Value: "text/plain", Want: "text/javascript"},
	{Code: fetch.CodeMIMETypeBlocked, Step: "should-response-to-request-be-blocked-due-to-mime-type?:4", Header: "Content-Type", Lines: 1, Value: "image/png", Want: "text/javascript"},
	{Code: fetch.CodeTAOCheckFailed, Step: "tao-check:8", Header: "Timing-Allow-Origin", Want: "https://a.com"},
	{Code: fetch.CodeProxyAuthenticationRequired, Step: "http-network-or-cache-fetch:16.1"},
	{Code: fetch.CodeHookResponse, Step: "http-fetch:3.5.7", Want: "https://b.com/"},
	{Code: fetch.CodeTransportError, Want: "https://b.com/", Value: "connection refused"},
	{Code: fetch.CodeTransportError, Want: "https://b.com/"},
	{Code: fetch.CodeAborted, Want: "https://b.com/"},
}

func TestExplain(t *testing.T) {
	seen := map[fetch.Code]bool{}
	var b strings.Builder
	for _, v := range explained {
		seen[v.Code] = true
		e := explain.Verdict(v)
		b.WriteString("## " + string(v.Code) + "\n" + e.String() + "\n" + besides(e) + "\n")
		if e.Step != v.Step || e.Link != v.Step.URL() {
			t.Errorf("%s: step %q, link %q", v.Code, e.Step, e.Link)
		}
		if e.Happened == "" || strings.HasPrefix(e.Happened, "Blocked:") {
			t.Errorf("%s: no text of its own: %q", v.Code, e.Happened)
		}
		if e.Why == "" && v.Code != fetch.CodeOK && v.Code != fetch.CodeAborted {
			t.Errorf("%s: no reason", v.Code)
		}
		for _, h := range e.Send {
			if h[1] == "" || strings.ContainsAny(h[1], "\r\n") || h[0] == acao && h[1] == "null" {
				t.Errorf("%s advises to send %q", v.Code, h)
			}
		}
		if (e.Fix == "") != (e.Where == explain.WhereNone) || len(e.Send) > 0 && e.Fix == "" {
			t.Errorf("%s: the fix %q is made at %d, with %q", v.Code, e.Fix, e.Where, e.Send)
		}
		if len(e.String()) > 1500 {
			t.Errorf("%s: %d bytes of text", v.Code, len(e.String()))
		}
	}
	all := codes(t)
	for name, code := range all {
		if !seen[code] {
			t.Errorf("%s, %q, is not explained here", name, code)
		}
	}
	for code := range seen {
		if !slices.Contains(slices.Collect(maps.Values(all)), code) {
			t.Errorf("%q is not a code any more: codes stay", code)
		}
	}
	golden.Text(t, "testdata/explain.txt", b.String())
}

func TestExplainOthers(t *testing.T) {
	if e := explain.Verdict(fetch.Verdict{}); e.Happened != "Nothing has been decided." || e.Fix != "" || e.Send != nil {
		t.Errorf("%+v", e)
	}
	for _, code := range []fetch.Code{"csp-blocked", "preflight-csp-blocked"} {
		if e := explain.Verdict(fetch.Verdict{Code: code}); e.Happened != "Blocked: "+string(code)+"." || e.Where != explain.WhereNone || e.Fix != "" {
			t.Errorf("a hook's own code: %+v", e)
		}
	}
	for n, want := range map[int]string{120: strings.Repeat("c", 120) + ".", 121: strings.Repeat("c", 120) + "… (121 bytes)."} {
		if e := explain.Verdict(fetch.Verdict{Code: fetch.Code(strings.Repeat("c", n))}); e.Happened != "Blocked: "+want {
			t.Errorf("a code of %d bytes: %s", n, e.Happened)
		}
	}
	// What is called as an opaque origin is serialized is not one.
	for code, want := range map[fetch.Code]string{fetch.CodeHeaderDisallowedByPreflight: "list the header", fetch.CodeMethodDisallowedByPreflight: "write the method as \"NULL\""} {
		if e := explain.Verdict(fetch.Verdict{Code: code, Step: "cors-preflight-fetch:7.7", Header: acah, Lines: 2, Value: "x-a", Want: "null"}); !strings.Contains(e.Fix, want) || !strings.HasSuffix(e.Send[0][1], "null") || strings.Contains(e.Send[0][1], "x-a") || strings.Contains(e.Why, "opaque") {
			t.Errorf("%+v", e)
		}
	}
	if e := explain.Verdict(fetch.Verdict{Code: fetch.CodePreflightWildcardOriginNotAllowed, Step: "cors-check:4", Header: acao, Lines: 1, Value: "*", Want: "null"}); e.Where != explain.WhereClient || !e.Omit || e.Send != nil {
		t.Errorf("%+v", e)
	}
	for value, want := range map[string]string{"@ X " + strings.Repeat("x", 996): "X, " + strings.Repeat("x", 996) + ", PUT", "@ X " + strings.Repeat("x", 997): "PUT"} {
		if e := explain.Verdict(fetch.Verdict{Code: fetch.CodePreflightInvalidAllowMethods, Header: acam, Lines: 1, Value: value, Want: "PUT"}); e.Send[0][1] != want {
			t.Errorf("%+v", e.Send)
		}
	}
	if e := explain.Verdict(fetch.Verdict{Code: fetch.CodePreflightInvalidAllowHeaders, Header: acah, Lines: 1, Value: "@"}); e.Send != nil {
		t.Errorf("an empty list is advised: %+v", e)
	}
	// Values of others are quoted and cut.
	v := fetch.Verdict{Code: fetch.CodeAllowOriginMismatch, Step: "cors-check:4", Header: acao, Lines: 1, Value: "\x1b[2J\n" + strings.Repeat("\xff", 1<<20), Want: "https://a.com"}
	if s := explain.Verdict(v).String(); strings.Contains(s, "\x1b") || !utf8.ValidString(s) || len(s) > 3000 {
		t.Errorf("%d bytes: %.300q", len(s), s)
	}
	v = fetch.Verdict{Code: fetch.CodeTAOCheckFailed, Header: "Timing-Allow-Origin", Want: "\x1b[2J"} // a hook's
	if s := explain.Verdict(v).String(); strings.Contains(s, "\x1b") {
		t.Errorf("%q", s)
	}
	v = fetch.Verdict{Code: fetch.CodeTransportError, Want: "https://b.com/", Value: strings.Repeat("x", 1<<20)}
	if s := explain.Verdict(v).String(); len(s) > 1000 || !strings.Contains(s, "xxx…") {
		t.Errorf("%d bytes", len(s))
	}
}
