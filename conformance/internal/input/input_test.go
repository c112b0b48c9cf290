package input

import (
	"errors"
	"strings"
	"testing"

	"github.com/corspec/corspec/fetch"
)

// TestErrors holds that a mistake is shown where it is. What the mistakes are, the tests of package conformance hold.
func TestErrors(t *testing.T) {
	for _, tt := range []struct{ text, field, at string }{
		{`{"a": {"b": [1, "x"]}}`, "a.b[1]", `"x"`},
		{`{"a": {"b": [1]}, "c": 2}`, "c", `"c"`},
		{`{"a": {"b": [1], "B": 2}}`, "a.B", `"B"`},
		{`{"a": {"b": [1], "b": 2}}`, "a.b", `"b": 2`},
		{`{"a": {}}`, "a.b", `"a"`},
		{`{"a": [ ]}`, "a", `"a"`},
		{` [ ]`, "", ` [`},
		{`{"a": {"b": [1}}`, "", `}}`},
	} {
		o := Read([]byte(tt.text))
		a := o.Need("a").Object()
		for v := range a.Need("b").List() {
			v.Number(0, 9)
		}
		a.Close()
		err := o.End()
		var unread *Error
		if !errors.As(err, &unread) || unread.Field != tt.field || !strings.HasPrefix(tt.text[unread.Offset:], tt.at) {
			t.Errorf("%s: %v, want field %q at %s", tt.text, err, tt.field, tt.at)
		}
	}
}

func TestFetchAnswers(t *testing.T) {
	o := Read([]byte(`{"requests": [{"origin": "https://a.com", "url": "https://b.com/x#f"}],
		"serve": {"https://b.com/x": {"request": [{"status": 201}, {"status": 202}]}}}`))
	f := o.Fetch()
	if err := o.End(); err != nil || len(f.Requests) != 1 {
		t.Fatal(f, err)
	}
	request := fetch.Action{Kind: fetch.ActionSendRequest, URL: f.Requests[0].Request.CurrentURL()}
	for _, want := range []int{201, 202, 202} {
		if r, ok, _ := f.Answer(request); !ok || r.Status != want {
			t.Errorf("%d, %v, want %d", r.Status, ok, want)
		}
	}
	request.Kind = fetch.ActionSendPreflight
	if _, ok, field := f.Answer(request); ok || field != `serve["https://b.com/x"].preflight` {
		t.Errorf("%v, %q", ok, field)
	}
}
