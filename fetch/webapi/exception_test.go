package webapi

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/corspec/corspec/fetch"
	"github.com/corspec/corspec/safelist"
)

func TestExceptionText(t *testing.T) {
	newRequest := func(u string, init RequestInit) error {
		_, err := NewRequest(page, RequestInfo{URL: u}, init)
		return err
	}
	var opened, sent, fresh XMLHttpRequest
	if err := errors.Join(opened.Open(page, "GET", url, UserInfo{}), sent.Open(page, "GET", url, UserInfo{})); err != nil {
		t.Fatal(err)
	}
	if _, err := sent.Send(nil); err != nil {
		t.Fatal(err)
	}
	set := func(x *XMLHttpRequest, name, value string) error {
		kept, err := x.SetRequestHeader(name, value)
		if kept {
			t.Errorf("%q: %q was kept", name, value)
		}
		return err
	}
	var h Headers
	value, found, getErr := h.Get("a b")
	has, hasErr := h.Has("")
	if value != "" || found || has {
		t.Errorf("got %q, %v, and has %v", value, found, has)
	}
	var got []string
	for _, err := range []error{
		newRequest("https://", RequestInit{}), newRequest("https://a b", RequestInit{}), newRequest("/x", RequestInit{}), newRequest(url, RequestInit{Window: new(any(1))}),
		newRequest(url, RequestInit{Method: new("")}), newRequest(url, RequestInit{Method: new("tRaCe")}), newRequest(url, RequestInit{Method: new(" GET")}),
		newRequest(url, RequestInit{Headers: &fetch.HeaderList{{"X-A", "\x00"}}}),
		getErr, hasErr, set(&fresh, "X-A", "1"), set(&sent, "X-A", "1"), set(&opened, "a b", "1"), set(&opened, "X-A", "a\nb"), opened.Open(page, "GET", "https://", UserInfo{}),
	} {
		got = append(got, fmt.Sprint(err))
		var e *Exception
		if errors.As(err, &e) && e.Offset < -1 {
			t.Errorf("%v is at %d", err, e.Offset)
		}
	}
	want := []string{
		`webapi: TypeError: URL "https://", byte 8: host is missing (write a host after the scheme, such as https://example.com/)`,
		`webapi: TypeError: URL "https://a b", byte 9: forbidden code point in a domain (remove the code point)`,
		`webapi: TypeError: URL "/x", byte 0: relative URL without a base URL (write an absolute URL, such as https://example.com/)`,
		`webapi: TypeError: window "": can only be null`,
		`webapi: TypeError: method "": a method has at least one byte.`,
		`webapi: TypeError: method "tRaCe": is forbidden; pages cannot send it`,
		"webapi: TypeError: method \" GET\", byte 0: a method is a token: letters, digits and !#$%&'*+-.^_`|~ only. Remove the byte.",
		`webapi: TypeError: value of header "X-A" "\x00", byte 0: a header value must not contain a NUL byte. Remove it.`,
		"webapi: TypeError: header name \"a b\", byte 1: a header name is a token: letters, digits and !#$%&'*+-.^_`|~ only. Remove the byte.",
		`webapi: TypeError: header name "": a header name has at least one byte.`,
		`webapi: InvalidStateError: state "": call open() first`,
		`webapi: InvalidStateError: state "": the request has been sent; call open() anew`,
		"webapi: SyntaxError: header name \"a b\", byte 1: a header name is a token: letters, digits and !#$%&'*+-.^_`|~ only. Remove the byte.",
		`webapi: SyntaxError: value of header "X-A" "a\nb", byte 1: a header value must not contain a line feed or a carriage return. Remove it.`,
		`webapi: SyntaxError: URL "https://", byte 8: host is missing (write a host after the scheme, such as https://example.com/)`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// Fill is Append, again and again.
func TestFillTwin(t *testing.T) {
	long := strings.Repeat("a", safelist.MaxSafelistedValueLength-len("b, "))
	for _, guard := range []Guard{GuardNone, GuardRequest, GuardRequestNoCORS, GuardResponse} {
		for _, before := range []fetch.HeaderList{nil, {{"accept", "b"}}, {{"Range", "bytes=0-"}, {"aCCEPT", "c"}, {"x-a", "1"}, {"X-A", "2"}}} {
			for _, list := range []fetch.HeaderList{
				{{"Accept", long}, {"X-A", "3"}}, {{"Accept", long + "a"}, {"Accept", ""}}, {{"Accept", "b"}, {"Accept", long}, {"ACCEPT", "x"}}, {{"Accept", "b"}, {"Accept", long + "a"}, {"ACCEPT", "x"}},
				{{"Accept", "("}, {"Accept", "b"}}, {{"Range", "bytes=0-"}, {"Range", "bytes=1-"}}, {{"Host", "x"}, {"x-A", " y "}, {"Set-Cookie", "z"}}, {{"X-B", "1"}, {"x-b", "2"}, {"X-b", "3"}}, {{"Accept", "b"}, {"X A", "1"}},
			} {
				all, each := slices.Clone(before), slices.Clone(before)
				a, b := Headers{Guard: guard, List: &all}, Headers{Guard: guard, List: &each}
				gotDropped, gotErr := a.Fill(list)
				var dropped fetch.HeaderList
				var err error
				for _, e := range list {
					var kept bool
					if kept, err = b.Append(e[0], e[1]); err != nil {
						break
					} else if !kept {
						dropped = append(dropped, [2]string{e[0], safelist.NormalizeHeaderValue(e[1])})
					}
				}
				if diff := cmp.Diff(each, all) + cmp.Diff(dropped, gotDropped); diff != "" || fmt.Sprint(err) != fmt.Sprint(gotErr) {
					t.Errorf("%v, %q, then %q: %v, want %v (-want +got)\n%s", guard, before, list, gotErr, err, diff)
				}
			}
		}
	}
}

// User names and passwords are percent-encoded as the URL standard's set of userinfo says.
func TestUserInfoBytes(t *testing.T) {
	for i := range 0x100 {
		text := "x" + string([]byte{byte(i)})
		want := text
		if i <= ' ' || i > '~' || strings.IndexByte("\"#<>?^`{}/:;=@[\\]|", byte(i)) >= 0 {
			want = fmt.Sprintf("x%%%02X", i)
		}
		var x XMLHttpRequest
		if err := x.Open(page, "GET", "https://a.example/", UserInfo{Username: &text}); err != nil {
			t.Fatal(err)
		}
		r, err := x.Send(nil)
		if err != nil {
			t.Fatal(err)
		}
		if u := r.URLList[0]; u.Username() != want || u.Password() != "" || u.String() != "https://"+want+"@a.example/" {
			t.Errorf("%#02x: %v, want %q", i, u, want)
		}
	}
}
