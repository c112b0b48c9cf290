package clienttest_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/corspec/corspec/conformance/clienttest"
)

// TestRequestJSON holds that a request comes back from its form in JSON, byte for byte.
func TestRequestJSON(t *testing.T) {
	cross := "anonymous"
	init := clienttest.Init{Method: "P\xffT", Headers: [][2]string{{"X-A", "\x80<"}}, Mode: "cors", Credentials: "include", Redirect: "manual", Referrer: "", ReferrerPolicy: "origin", Cache: "no-store", Keepalive: true}
	for _, r := range []clienttest.Request{
		{Session: "s", PageURL: "http://localhost/", URL: "http://localhost/x", Via: "fetch", AbortAfter: 150 * time.Millisecond, Init: init},
		{Via: "xhr", Init: clienttest.Init{Method: "GET", Headers: [][2]string{}, Body: &clienttest.Body{Bytes: []byte("\x00\xff")}, Mode: "cors", Credentials: "same-origin", Redirect: "follow", Referrer: "about:client", Cache: "default"}},
		{Via: "img", CrossOrigin: &cross, Init: init},
		{Via: "script", Init: clienttest.Init{Method: "GET", Headers: [][2]string{}, Body: &clienttest.Body{Stream: [][]byte{[]byte("a"), {}}}, Mode: "cors", Credentials: "same-origin", Redirect: "follow", Referrer: "about:client", Cache: "default"}},
	} {
		text, err := json.Marshal(&r)
		if err != nil {
			t.Fatal(err)
		}
		var back clienttest.Request
		if err := json.Unmarshal(text, &back); err != nil || !reflect.DeepEqual(back, r) {
			t.Errorf("%s: %+v, %v; want %+v", text, back, err, r)
		}
	}
	var r clienttest.Request
	if err := json.Unmarshal([]byte(`{"url": "http://localhost/"}`), &r); err != nil || r.Via != "fetch" || r.Init.Method != "GET" || r.Init.Referrer != "about:client" || r.Init.Cache != "default" {
		t.Errorf("%+v, %v", r, err)
	}
}

// TestAnswerJSON holds what is read of answers.
func TestAnswerJSON(t *testing.T) {
	for _, tt := range []struct{ text, want string }{
		{`{"id": 1, "rejected": "TypeError"}`, ""},
		{`{"response": {}}`, ""},
		{`{"response": {"type": null, "headers": null, "bodyBase64": null, "status": null}, "rejected": null, "more": {}}`, ""},
		{`{"unsupported": true}`, "unsupported"},
		{`{"error": "no browser"}`, "no browser"},
		{`{}`, `want either "response" or "rejected"`},
		{`{"rejected": ""}`, "rejected: is empty"},
		{`{"rejected": 1}`, "rejected: is a number, want a string"},
		{`{"response": []}`, "response: is a list, want an object"},
		{`{"response": {"status": 1000}}`, "response.status: want a whole number from 0 to 999"},
		{`{"response": {"headers": [["a"]]}}`, "response.headers[0]"},
		{`{"response": {"headers": [["a", "\u0100"]]}}`, "response.headers[0][1]: code point"},
		{`{"response": {"bodyBase64": "?"}}`, "response.bodyBase64: is not base64"},
		{`{"response": {"redirected": "yes"}}`, "response.redirected: is a string, want a boolean"},
		{`{"response": {"status": 200, "status": 404}}`, "status"},
		{`[`, "JSON"},
	} {
		var a clienttest.Answer
		err := a.UnmarshalJSON([]byte(tt.text))
		if (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %q", tt.text, err, tt.want)
		}
	}
}

// TestServe holds that each line gets its answer, whatever it is.
func TestServe(t *testing.T) {
	in := strings.Join([]string{
		`{"id": 1, "op": "hello"}`, ``, `garbage`, `{"id": "two", "op": "nonesuch"}`, `{"id": 3}`, `{"id": 4, "op": "advance", "session": "s", "seconds": 2}`, `{"id": 5, "op": "close", "session": "s"}`,
		`{"id": 6, "op": "fetch", "session": "s", "pageURL": "http://localhost/", "url": "http://localhost:1/", "via": {"element": "nonesuch"}}`, `{"id": 7, "op": "fetch", "init": {"headers": 1}}`, `{"id": 8, "op": "fetch", "via": "fetch", "init": {"body": {}}}`,
	}, "\n")
	var out bytes.Buffer
	if err := clienttest.Serve(context.Background(), strings.NewReader(in), &out, &naive{}); err != nil {
		t.Fatal(err)
	}
	want := `{"id":1,"name":"","version":"","protocol":1,"concurrency":1}
{"id":null,"error":"is not JSON: invalid character 'g' looking for beginning of value"}
{"id":"two","error":"op: \"nonesuch\" is not known"}
{"id":3,"error":"op: missing field"}
{"id":4,"unsupported":true}
{"id":5}
{"id":6,"unsupported":true}
{"id":7,"error":"init.headers: is a number, want a list"}
{"id":8,"error":"init.body.base64: missing field"}
`
	if out.String() != want {
		t.Errorf("got\n%swant\n%s", out.String(), want)
	}
	if err := clienttest.Serve(context.Background(), strings.NewReader(in), full{}, &naive{}); !errors.Is(err, errDisk) {
		t.Errorf("a full disk: %v", err)
	}
}

var errDisk = errors.New("full")

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errDisk }

// TestFindings holds that each finding says what it is about, and names a step whose anchor the standard has.
func TestFindings(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../testdata/anchors.txt")
	if err != nil {
		t.Fatal(err)
	}
	anchors := strings.Split(string(text), "\n")
	report, err := clienttest.Check(context.Background(), &naive{}, clienttest.WithCases(regexp.MustCompile("^(method|preflight|cors-check|expose|cookies|redirect|origin|no-cors|throws|vector)/")))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range report.Findings {
		anchor, _, _ := strings.Cut(string(f.Step), ":")
		if f.ID == "" || f.Kind == "" || f.About == "" || f.Script == "" || f.Wanted == "" || f.Seen == "" || anchor != "" && !slices.Contains(anchors, anchor) {
			t.Errorf("%+v", f)
		}
	}
}

// A recorder is a test that only counts.
type recorder struct{ errors, logs []string }

func (*recorder) Helper()                     {}
func (r *recorder) Errorf(f string, a ...any) { r.errors = append(r.errors, fmt.Sprintf(f, a...)) }
func (r *recorder) Logf(f string, a ...any)   { r.logs = append(r.logs, fmt.Sprintf(f, a...)) }

// TestRun holds what Run says, of a client that knows nothing of CORS, and of the right one.
func TestRun(t *testing.T) {
	t.Parallel()
	var r recorder
	clienttest.Run(&r, &naive{}, clienttest.WithCases(regexp.MustCompile("^(method|cors-check|expose|stream|cookies|redirect|vector)/")))
	if len(r.errors) < 300 || !strings.HasPrefix(r.errors[0], "unsafe ") {
		t.Errorf("%d errors, %.200s", len(r.errors), r.errors)
	}
	if last := r.logs[len(r.logs)-1]; !strings.Contains(last, " pass, ") || strings.Contains(last, " 0 unsupported") {
		t.Errorf("%s", last)
	}
	r = recorder{}
	clienttest.Run(&r, newClient(newTransport(t)), clienttest.WithCases(regexp.MustCompile("^method/")))
	if len(r.errors) > 0 || len(r.logs) != 1 {
		t.Errorf("%q, %q", r.errors, r.logs)
	}
	r = recorder{}
	clienttest.Run(&r, nil)
	if len(r.errors) != 1 || r.errors[0] != "clienttest: no client" {
		t.Errorf("%q", r.errors)
	}
}
