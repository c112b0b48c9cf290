package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestLint(t *testing.T) {
	tests := []struct {
		name, policy string
		status       int
		want         []string // lines, or parts of them
	}{
		{"good", `{"origins":["https://app.example"],"credentials":true,"methods":["PUT"],"maxAge":600}`, exitOK,
			[]string{"no errors, no warnings"}},
		{"warnings", `{"origins":["https://app.example:443"],"methods":["patch","GET"]}`, exitOK,
			[]string{`warning  origins[0] "https://app.example:443"  default-port`, `warning  methods[0] "patch"  method-case`, "Instead: PATCH",
				`warning  methods[1] "GET"  safelisted-method`, "no errors, 3 warnings"}},
		{"all errors at once", `{"origins":["https://*.github.io","http://app.example","https://a.example/"],"credentials":true,"method":["PUT"],"requestHeaders":["X Y"],"exposeHeaders":["Expires"],"maxAge":-1}`, exitBad,
			[]string{`error  method "method"  unknown-field`, `error  origins[0] "https://*.github.io"  public-suffix-with-credentials`,
				`error  origins[1] "http://app.example"  insecure-origin-with-credentials`, `error  origins[2] "https://a.example/"  invalid-origin-pattern`,
				`error  requestHeaders[0] "X Y"  invalid-header-name`, `error  maxAge "-1"  invalid-max-age`,
				`warning  exposeHeaders[0] "Expires"  safelisted-response-header`, "6 errors, 1 warning"}},
		{"suggestion", `{"origins":["https://a.example/"]}`, exitBad, []string{"Instead: https://a.example", "1 error, no warnings"}},
		{"no origins", `{}`, exitBad, []string{"error  origins  no-origins"}},
		{"escapes", "{\"origins\":[\"\\u001b[2Jhttps://a\"]}", exitBad, []string{`"\x1b[2Jhttps://a"`}},
		{"ill-typed", `{"origins":"https://a.example","maxAge":"10m"}`, exitBad, []string{`error  origins "https://a.example"  invalid-type`, `error  maxAge "10m"  invalid-max-age`, "Instead: 600", "2 errors"}},
		{"no JSON", "{\n \"origins\": [,]\n}", exitBad, []string{"line 2, column 14", "no policy"}},
		{"byte order mark", "\ufeff{}", exitBad, []string{"byte order mark", "no policy"}},
		{"empty", "", exitBad, []string{"no policy"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "policy.json")
			if err := os.WriteFile(file, []byte(tt.policy), 0o666); err != nil {
				t.Fatal(err)
			}
			status, stdout, stderr := corspec("lint", file)
			if status != tt.status || stderr != "" {
				t.Errorf("status %d, want %d; standard error %q", status, tt.status, stderr)
			}
			for _, want := range tt.want {
				if !strings.Contains(stdout, want) {
					t.Errorf("no %q in\n%s", want, stdout)
				}
			}
			if strings.Contains(stdout, "\x1b") {
				t.Errorf("an escape on what is no terminal:\n%q", stdout)
			}
			// Standard input gives the same except for the name.
			var piped, errs bytes.Buffer
			status = run([]string{"lint", "-"}, strings.NewReader(tt.policy), &piped, &errs)
			if want := strings.ReplaceAll(stdout, file, "standard input"); status != tt.status || piped.String() != want {
				t.Errorf("from standard input: status %d, output\n%s", status, piped.String())
			}
		})
	}
}

// A server may have its origins elsewhere, as in a database.
func TestLintWithOrigins(t *testing.T) {
	file := filepath.Join(t.TempDir(), "policy.json")
	if err := os.WriteFile(file, []byte(`{"credentials":true,"methods":["PUT"]}`), 0o666); err != nil {
		t.Fatal(err)
	}
	if status, stdout, _ := corspec("lint", file); status != exitBad || !strings.Contains(stdout, "no-origins") {
		t.Errorf("status %d\n%s", status, stdout)
	}
	status, stdout, stderr := corspec("lint", "-with-origins", file)
	if status != exitOK || stderr != "" || !strings.Contains(stdout, "warning  WithOrigins  unchecked-origins") || !strings.Contains(stdout, "no errors, 1 warning") {
		t.Errorf("with origins: status %d\n%s%s", status, stdout, stderr)
	}
}

func TestLintUsage(t *testing.T) {
	for _, args := range [][]string{{"lint"}, {"lint", "a", "b"}, {"lint", "-x", "a"}, {"lint", filepath.Join(t.TempDir(), "absent.json")}} {
		if status, stdout, stderr := corspec(args...); status != exitUsage || stdout != "" || stderr == "" {
			t.Errorf("corspec %q: status %d, output %q, error %q", args, status, stdout, stderr)
		}
	}
}
