package webapi

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/corspec/corspec/fetch"
	"github.com/corspec/corspec/origin"
)

func TestBlobRespond(t *testing.T) {
	const text = "A simple Hello, World! example"
	for _, tt := range []struct{ ranged, data, want, contentRange string }{ // want "-": a network error
		{"bytes=9-21", text, "Hello, World!", "bytes 9-21/30"},
		{"bytes=0-0", text, "A", "bytes 0-0/30"},
		{"bytes = 9 - 21", text, "Hello, World!", "bytes 9-21/30"},
		{"bytes=23-", text, "example", "bytes 23-29/30"},
		{"bytes=23-30", text, "example", "bytes 23-29/30"},
		{"bytes=23-99999999999999999999999999", text, "example", "bytes 23-29/30"},
		{"bytes=-7", text, "example", "bytes 23-29/30"},
		{"bytes=-30", text, text, "bytes 0-29/30"},
		{"bytes=-31", text, text, "bytes 0-29/30"},
		{"bytes=-99999999999999999999999999", text, text, "bytes 0-29/30"},
		{"bytes=-0", text, "-", ""},
		{"bytes=-5", "", "-", ""},
		{"bytes=0-", "", "-", ""},
		{"bytes=0-0", "", "-", ""},
		{"bytes=30-", text, "-", ""},
		{"bytes=30-31", text, "-", ""},
		{"bytes=18446744073709551615-", text, "-", ""},
		{"bytes=18446744073709551616-99999999999999999999999999", text, "-", ""},
		{"bytes=9-21 ", text, "-", ""},
		{"", text, "-", ""},
		{"byte=0-", text, "-", ""},
		{"bytes", text, "-", ""},
		{"bytes\t \t", text, "-", ""},
		{"bytes=0-5,15-", text, "-", ""},
		{"bytes=0-5, 15-", text, "-", ""},
		{"bytes=0-5,", text, "-", ""},
		{"bytes=-", text, "-", ""},
		{"bytes=10-5", text, "-", ""},
		{"bytes=x-5", text, "-", ""},
		{"bytes=5", text, "-", ""},
		{"bytes 5-", text, "-", ""},
	} {
		head, body, ok := Blob{"text/plain", []byte(tt.data)}.Respond(fetch.HeaderList{{"range", tt.ranged}})
		if !ok || tt.want == "-" {
			if ok != (tt.want != "-") || head.Status != 0 || body != nil {
				t.Errorf("%q of %d bytes: %+v, %q, %v; want %q", tt.ranged, len(tt.data), head, body, ok, tt.want)
			}
			continue
		}
		want := fetch.ResponseHead{Status: 206, StatusMessage: "Partial Content", Headers: fetch.HeaderList{
			{"Content-Length", strconv.Itoa(len(tt.want))}, {"Content-Type", "text/plain"}, {"Content-Range", tt.contentRange}}}
		if diff := cmp.Diff(want, head); diff != "" || string(body) != tt.want {
			t.Errorf("%q: %q; -want +got\n%s", tt.ranged, body, diff)
		}
	}
	head, body, ok := Blob{"", []byte(text)}.Respond(fetch.HeaderList{{"X", "1"}})
	want := fetch.ResponseHead{Status: 200, StatusMessage: "OK", Headers: fetch.HeaderList{{"Content-Length", "30"}, {"Content-Type", ""}}}
	if diff := cmp.Diff(want, head); diff != "" || string(body) != text || !ok {
		t.Errorf("without Range: %q, %v; -want +got\n%s", body, ok, diff)
	}
	if _, _, ok := (Blob{}).Respond(fetch.HeaderList{{"Range", "bytes=0-1"}, {"Range", "bytes=0-1"}}); ok {
		t.Error("two ranges are one")
	}
}

// TestBlobRespondCopiesNothing holds that what is appended to a part does not write into the blob.
func TestBlobRespondCopiesNothing(t *testing.T) {
	data := []byte("abc")
	_, body, _ := Blob{Data: data}.Respond(fetch.HeaderList{{"Range", "bytes=0-0"}})
	if _ = append(body, 'x'); string(data) != "abc" {
		t.Errorf("%q", data)
	}
	if n := testing.AllocsPerRun(10, func() { Blob{Data: data}.Respond(nil) }); n > 2 {
		t.Errorf("%v allocations", n)
	}
}

// TestBlobMethods holds what the comment says: a machine asks for a blob with GET alone.
func TestBlobMethods(t *testing.T) {
	for _, method := range []string{"GET", "HEAD", "POST", "get", strings.Repeat("A", 9)} {
		r := fetch.Request{Method: method, URLList: []origin.URL{origin.MustParseURL("blob:https://a.example/1")}, Origin: origin.MustParse("https://a.example")}
		m, err := new(fetch.Agent).Start(time.Time{}, r)
		if err != nil {
			t.Fatal(err)
		}
		if got, want := m.Action().Kind == fetch.ActionFetchLocal, method == "GET"; got != want {
			t.Errorf("%s: asked for it: %v", method, got)
		}
	}
}
