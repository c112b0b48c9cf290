package safelist

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/corspec/corspec/internal/header"
	"github.com/corspec/corspec/internal/testshared"
)

// forEachWPT runs test on the file of web-platform-tests that is kept in
// ../shared/wpt and, if CORSPEC_WPT names a checkout of web-platform-tests, on
// the file there. Strings among the rows are comments.
func forEachWPT[Row any](t *testing.T, name string, test func(t *testing.T, row Row)) {
	t.Helper()
	t.Run("shared", func(t *testing.T) {
		forEachRow(t, testshared.Path(t, "wpt/"+name), test)
	})
	if checkout := os.Getenv("CORSPEC_WPT"); checkout != "" {
		t.Run("checkout", func(t *testing.T) {
			forEachRow(t, filepath.Join(checkout, filepath.FromSlash(name)), test)
		})
	}
}

func forEachRow[Row any](t *testing.T, path string, test func(t *testing.T, row Row)) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var rows []json.RawMessage
	if data[0] == '{' { // a table of derived/
		var table struct{ Rows []json.RawMessage }
		err = json.Unmarshal(data, &table)
		rows = table.Rows
	} else {
		err = json.Unmarshal(data, &rows)
	}
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	ran := 0
	for _, raw := range rows {
		if raw[0] == '"' {
			continue
		}
		var row Row
		if err := json.Unmarshal(raw, &row); err != nil {
			t.Fatalf("%s: %s: %v", path, raw, err)
		}
		ran++
		t.Run("", func(t *testing.T) {
			t.Logf("row: %s", raw)
			test(t, row)
		})
	}
	if ran == 0 {
		t.Errorf("%s: no rows", path)
	}
}

// isomorphic returns the bytes that the code points of s stand for. Code points
// above U+00FF, which stand for none, become 0x7F: that too is neither token
// nor quoted-string byte, white space nor delimiter.
func isomorphic(s string) string {
	b := make([]byte, 0, len(s))
	for _, r := range s {
		if r > 0xFF {
			r = 0x7F
		}
		b = append(b, byte(r))
	}
	return string(b)
}

// headersOf parses header lines the way an HTTP client does.
func headersOf(t *testing.T, text string) [][2]string {
	t.Helper()
	var headers [][2]string
	for line := range strings.SplitSeq(isomorphic(text), "\r\n") {
		name, value, ok := strings.Cut(line, ":")
		if !ok {
			t.Fatalf("no header line: %q", line)
		}
		headers = append(headers, [2]string{name, strings.Trim(value, " \t")})
	}
	return headers
}

func TestWPTMIMETypes(t *testing.T) {
	type row struct {
		Input  string
		Output *string
	}
	test := func(t *testing.T, row row) {
		m, err := ParseMIMEType(isomorphic(row.Input))
		if row.Output == nil {
			if err == nil {
				t.Errorf("got %q, want failure", m)
			}
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		if want := isomorphic(*row.Output); m.String() != want {
			t.Errorf("got %q, want %q", m, want)
		}
	}
	forEachWPT(t, "mimesniff/mime-types/resources/mime-types.json", test)
	forEachWPT(t, "mimesniff/mime-types/resources/generated-mime-types.json", test)
}

func contentTypeHeaders(values []string) (headers [][2]string) {
	for _, v := range values {
		headers = append(headers, [2]string{"Content-Type", strings.Trim(isomorphic(v), " \t")})
	}
	return headers
}

func TestWPTContentTypes(t *testing.T) {
	type row struct {
		ContentType         []string
		Encoding            *string
		MIMEType            *string
		DocumentContentType *string
	}
	forEachWPT(t, "fetch/content-type/resources/content-types.json", func(t *testing.T, row row) {
		m, err := ExtractMIMEType(contentTypeHeaders(row.ContentType))
		if err != nil {
			t.Fatal(err)
		}
		if row.MIMEType != nil && m.String() != *row.MIMEType {
			t.Errorf("got %q, want %q", m, *row.MIMEType)
		}
		if row.DocumentContentType != nil && m.Essence() != *row.DocumentContentType {
			t.Errorf("got %q, want the essence %q", m, *row.DocumentContentType)
		}
		if charset, ok := m.Parameter("charset"); row.Encoding != nil && !ok {
			t.Errorf("got charset %q, want %q", charset, *row.Encoding)
		}
	})
}

func TestWPTScriptContentTypes(t *testing.T) {
	type row struct {
		ContentType []string
		Executes    bool
		Encoding    *string
	}
	forEachWPT(t, "fetch/content-type/resources/script-content-types.json", func(t *testing.T, row row) {
		m, _ := ExtractMIMEType(contentTypeHeaders(row.ContentType))
		if m.IsJavaScript() != row.Executes {
			t.Errorf("%q: got %v, want %v", m, m.IsJavaScript(), row.Executes)
		}
		if charset, ok := m.Parameter("charset"); row.Encoding != nil && !ok {
			t.Errorf("got charset %q, want %q", charset, *row.Encoding)
		}
	})
}

func TestWPTContentLengths(t *testing.T) {
	// The rows say how much of a body of 42 bytes is read, and null where the
	// response is a network error.
	const all = "42"
	type row struct {
		Input  string
		Output json.RawMessage
	}
	forEachWPT(t, "fetch/content-length/resources/content-lengths.json", func(t *testing.T, row row) {
		length, found, err := ExtractLength(headersOf(t, row.Input))
		got := length
		if err != nil {
			got = "null"
		} else if !found {
			got = all
		}
		if got != string(row.Output) {
			t.Errorf("got %s, want %s", got, row.Output)
		}
	})
}

func TestWPTNosniff(t *testing.T) {
	type row struct {
		Input   string
		Nosniff bool
	}
	forEachWPT(t, "fetch/nosniff/resources/x-content-type-options.json", func(t *testing.T, row row) {
		if got := header.DetermineNosniff(headersOf(t, row.Input)); got != row.Nosniff {
			t.Errorf("got %v, want %v", got, row.Nosniff)
		}
	})
}

func TestWPTNotCORSSafelisted(t *testing.T) {
	forEachWPT(t, "fetch/api/cors/resources/not-cors-safelisted.json", func(t *testing.T, row [2]string) {
		if IsCORSSafelistedRequestHeader(row[0], row[1]) {
			t.Error("safelisted")
		}
		want := []string{row[0]}
		if got := UnsafeRequestHeaderNames([][2]string{row}); !slices.Equal(got, want) {
			t.Errorf("unsafe names: got %q, want %q", got, want)
		}
	})
}

func TestWPTCORSSafelistedRequestHeader(t *testing.T) {
	type row struct {
		Name, Value string
		Preflight   bool
	}
	path := testshared.Path(t, "wpt/derived/cors-safelisted-request-header.json")
	forEachRow(t, path, func(t *testing.T, row row) {
		if got := CheckCORSSafelistedRequestHeader(row.Name, isomorphic(row.Value)); got.OK() == row.Preflight {
			t.Errorf("got %v, want a preflight: %v", got, row.Preflight)
		}
	})
}

func TestWPTForbiddenRequestHeader(t *testing.T) {
	type row struct {
		Header, Value string
		Forbidden     bool
	}
	path := testshared.Path(t, "wpt/derived/forbidden-request-header.json")
	forEachRow(t, path, func(t *testing.T, row row) {
		if row.Header == "Access-Control-Request-Private-Network" {
			t.Skip("not forbidden by the Fetch standard")
		}
		if got := CheckNotForbiddenRequestHeader(row.Header, isomorphic(row.Value)); got.OK() == row.Forbidden {
			t.Errorf("got %v, want forbidden: %v", got, row.Forbidden)
		}
	})
}
