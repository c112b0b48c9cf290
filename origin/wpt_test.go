package origin_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/corspec/corspec/internal/testshared"
	"github.com/corspec/corspec/origin"
)

// eachWPT runs a test on a web-platform-tests file: on the copy beside the
// repository, and on that of the checkout which CORSPEC_WPT names.
func eachWPT(t *testing.T, name string, test func(t *testing.T, data []byte)) {
	t.Helper()
	t.Run("shared", func(t *testing.T) {
		test(t, testshared.Read(t, "wpt/"+name))
	})
	dir := os.Getenv("CORSPEC_WPT")
	if dir == "" {
		return
	}
	t.Run("CORSPEC_WPT", func(t *testing.T) {
		data, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(name)))
		if err != nil {
			t.Fatal(err)
		}
		test(t, data)
	})
}

// rows splits a list of rows and comments.
func rows(t *testing.T, data []byte) []json.RawMessage {
	t.Helper()
	var all, objects []json.RawMessage
	if err := json.Unmarshal(data, &all); err != nil {
		t.Fatal(err)
	}
	for _, row := range all {
		if len(row) > 0 && row[0] == '{' {
			objects = append(objects, row)
		}
	}
	if len(objects) == 0 {
		t.Fatal("no rows")
	}
	return objects
}

func decodeRow(t *testing.T, row json.RawMessage, into any) {
	t.Helper()
	if err := json.Unmarshal(row, into); err != nil {
		t.Fatalf("%s: %v", row, err)
	}
}

func TestWPTURLs(t *testing.T) {
	eachWPT(t, "url/resources/urltestdata.json", func(t *testing.T, data []byte) {
		n := 0
		for _, raw := range rows(t, data) {
			var row struct {
				Input                                string
				Base                                 *string
				Failure                              bool
				Href, Protocol, Username, Password   string
				Host, Hostname, Port, Pathname, Hash string
				Origin                               *string
				Search                               *string
			}
			decodeRow(t, raw, &row)
			n++
			var base *origin.URL
			if row.Base != nil {
				b, err := origin.ParseURL(*row.Base, nil)
				if err != nil {
					if !row.Failure {
						t.Errorf("%s: base: %v", raw, err)
					}
					continue
				}
				base = &b
			}
			u, err := origin.ParseURL(row.Input, base)
			if row.Failure {
				if err == nil {
					t.Errorf("%s: got %s, want failure", raw, u)
				} else {
					checkParseError(t, row.Input, err)
				}
				continue
			}
			if err != nil {
				t.Errorf("%s: %v", raw, err)
				continue
			}
			check := func(what, got, want string) {
				t.Helper()
				if got != want {
					t.Errorf("%s\n\t%s: got %q, want %q", raw, what, got, want)
				}
			}
			check("href", u.String(), row.Href)
			check("protocol", u.Scheme()+":", row.Protocol)
			check("username", u.Username(), row.Username)
			check("password", u.Password(), row.Password)
			check("hostname", u.Hostname(), row.Hostname)
			check("port", portString(u.Port()), row.Port)
			check("pathname", u.Pathname(), row.Pathname)
			check("hash", marked("#", u.Fragment), row.Hash)
			if row.Search != nil {
				check("search", marked("?", u.Query), *row.Search)
			}
			if row.Origin != nil {
				check("origin", u.Origin().String(), *row.Origin)
			}
			again, err := origin.ParseURL(u.String(), nil)
			if err != nil || again != u {
				t.Errorf("%s: not idempotent: %v, %v", raw, again, err)
			}
		}
		t.Logf("%d rows", n)
	})
}

func TestWPTToASCII(t *testing.T) {
	eachWPT(t, "url/resources/toascii.json", func(t *testing.T, data []byte) { testToASCII(t, data, nil) })
}

func TestWPTIDNA(t *testing.T) {
	eachWPT(t, "url/resources/IdnaTestV2.json", func(t *testing.T, data []byte) { testToASCII(t, data, idnaFailures) })
}

// idnaFailures holds the rows of IdnaTestV2.json that are known to fail, by
// input, with the reason. A row that starts to pass has to leave it. There are
// none; what could fail here is in TestKnownGaps of internal/idna.
var idnaFailures = map[string]string{}

// testToASCII runs rows as web-platform-tests' toascii.window.js does: as the
// host of a special URL.
func testToASCII(t *testing.T, data []byte, known map[string]string) {
	n := 0
	for _, raw := range rows(t, data) {
		var row struct {
			Comment string
			Input   string
			Output  *string
		}
		decodeRow(t, raw, &row)
		n++
		if row.Input == "" {
			continue // No host: the host parser is not reached.
		}
		got, err := origin.ParseHost(row.Input)
		ok := (err != nil) == (row.Output == nil) && (err != nil || got == *row.Output)
		if err != nil {
			checkParseError(t, row.Input, err)
		}
		reason, isKnown := known[row.Input]
		switch {
		case !ok && !isKnown:
			want := "failure"
			if row.Output != nil {
				want = *row.Output
			}
			t.Errorf("%+q (%s): got %q, %v; want %s", row.Input, row.Comment, got, err, want)
		case ok && isKnown:
			t.Errorf("%+q passes now; take it off the list of known failures (%s)", row.Input, reason)
		}
		if err == nil {
			if again, err := origin.ParseHost(got); err != nil || again != got {
				t.Errorf("%+q: not idempotent: %q, %v", row.Input, again, err)
			}
		}
	}
	t.Logf("%d rows, %d known failures", n, len(known))
}

func portString(port uint16, ok bool) string {
	if !ok {
		return ""
	}
	return string(appendUint(nil, uint64(port)))
}

func appendUint(b []byte, v uint64) []byte {
	if v >= 10 {
		b = appendUint(b, v/10)
	}
	return append(b, byte('0'+v%10))
}

// checkParseError checks what holds for every error.
func checkParseError(t *testing.T, input string, err error) {
	t.Helper()
	e, ok := err.(*origin.ParseError)
	switch {
	case !ok:
		t.Errorf("%q: error of type %T", input, err)
	case e.Offset < 0 || e.Offset > len(input):
		t.Errorf("%q: offset %d", input, e.Offset)
	case e.Reason == "" || e.Hint() == "":
		t.Errorf("%q: %+v", input, e)
	}
}

// marked is a getter of the API's: a part of a URL with its mark, "" where it is
// empty or null.
func marked(mark string, part func() (string, bool)) string {
	if s, _ := part(); s != "" {
		return mark + s
	}
	return ""
}
