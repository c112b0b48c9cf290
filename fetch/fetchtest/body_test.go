package fetchtest

import (
	"io"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/corspec/corspec/fetch"
	"github.com/corspec/corspec/fetch/fetchhttp"
)

// TestNobodyWaitsForAnothersBody holds that a test with a GET does not wait for the body of another test's POST.
func TestNobodyWaitsForAnothersBody(t *testing.T) {
	body, pen := io.Pipe()
	posted := make(chan struct{})
	go func() {
		defer close(posted)
		MayRead(t, app, cors(forApp, ok), httptest.NewRequest("POST", "/x", body))
	}()
	if _, err := pen.Write([]byte("it is being read")); err != nil { // and goes on to be, until the pen is closed
		t.Fatal(err)
	}
	got := make(chan struct{})
	go func() {
		defer close(got)
		MayRead(t, app, cors(forApp, ok), httptest.NewRequest("GET", "/x", nil))
		if Preflight(app, httptest.NewRequest("PUT", "/x", strings.NewReader("a"))) == nil {
			t.Error("no preflight")
		}
	}()
	select {
	case <-got:
	case <-time.After(10 * time.Second):
		t.Error("a GET waits for the body of another request")
	}
	pen.Close()
	<-got
	<-posted
}

// TestRequestStaysAsItWas holds that a test finds its request as it made it.
func TestRequestStaysAsItWas(t *testing.T) {
	client, err := http.NewRequest("PUT", "https://api.example/x", strings.NewReader("body"))
	if err != nil {
		t.Fatal(err)
	}
	stream := httptest.NewRequest("PUT", "/x", io.MultiReader(strings.NewReader("body")))
	for _, req := range []*http.Request{httptest.NewRequest("GET", "/x", nil), httptest.NewRequest("PUT", "/x", strings.NewReader("body")), stream, client} {
		req.Header.Set("Cookie", "a=b")
		body, getBody, length, header := req.Body, req.GetBody != nil, req.ContentLength, req.Header.Clone()
		Preflight(app, req)
		Blocked(t, app, cors(nil, ok), req, blockedCode(req))
		if req.Body != body || (req.GetBody != nil) != getBody || req.ContentLength != length || !reflect.DeepEqual(req.Header, header) {
			t.Errorf("%s: body %v, GetBody %v, length %d, headers %v", req.Method, req.Body, req.GetBody != nil, req.ContentLength, req.Header)
		}
	}
}

func blockedCode(req *http.Request) fetch.Code {
	if req.Method == "GET" {
		return fetch.CodeMissingAllowOrigin
	}
	return fetch.CodePreflightMissingAllowOrigin
}

// TestStreamIsRead holds that a stream arrives while it is being written, and that its writer is not left alone where
// it is not.
func TestStreamIsRead(t *testing.T) {
	body, pen := io.Pipe()
	first := make(chan string)
	h := cors(header("Access-Control-Allow-Origin", app), func(w http.ResponseWriter, r *http.Request) {
		b := make([]byte, 5)
		io.ReadFull(r.Body, b)
		first <- string(b)
		rest, _ := io.ReadAll(r.Body)
		w.Write(rest)
	})
	go func() {
		pen.Write([]byte("first"))
		if got := <-first; got != "first" {
			t.Errorf("%q", got)
		}
		pen.Write([]byte("then"))
		pen.Close()
	}()
	resp := MayRead(t, app, h, httptest.NewRequest("POST", "/x", body), fetchhttp.WithBody(fetch.BodyStream))
	if b, err := io.ReadAll(resp.Body); string(b) != "then" || err != nil {
		t.Errorf("%q, %v", b, err)
	}

	body, pen = io.Pipe()
	Blocked(t, app, cors(nil, ok), httptest.NewRequest("POST", "/x", body), fetch.CodePreflightMissingAllowOrigin, fetchhttp.WithBody(fetch.BodyStream))
	if _, err := pen.Write([]byte("x")); err == nil {
		t.Error("somebody reads the body of a request that is not sent")
	}
}

// TestNewBody holds that a request is asked for its body, not for what its body was.
func TestNewBody(t *testing.T) {
	h := cors(header("Access-Control-Allow-Origin", app), func(w http.ResponseWriter, r *http.Request) { io.Copy(w, r.Body) })
	req := httptest.NewRequest("POST", "/x", nil)
	for want, body := range map[string]io.Reader{"one": io.MultiReader(strings.NewReader("one")), "two": uncomparable{strings.NewReader("two")}} {
		req.Body, req.ContentLength = io.NopCloser(body), -1
		if b, err := io.ReadAll(MayRead(t, app, h, req).Body); string(b) != want || err != nil {
			t.Errorf("%q, %v, want %q", b, err, want)
		}
	}
}

// An uncomparable is a reader that == panics for.
type uncomparable []io.Reader

func (u uncomparable) Read(p []byte) (int, error) { return u[0].Read(p) }
