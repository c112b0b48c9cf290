package webapi

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/corspec/corspec/fetch"
	"github.com/corspec/corspec/origin"
)

func TestXMLHttpRequestContentType(t *testing.T) {
	text := &Payload{Type: "text/plain;charset=UTF-8", Text: true}
	form := &Payload{Type: "application/x-www-form-urlencoded;charset=UTF-8", Text: true}
	blob := &Payload{Type: "image/png"}
	for _, tt := range []struct {
		name, method, author string // author: what setRequestHeader was told, or "-"
		body                 *Payload
		want                 string // "-": no header
		wantBody             fetch.Body
	}{
		{"none", "POST", "-", nil, "-", fetch.BodyNull},
		{"none, with a type of the author's", "POST", "text/plain;charset=latin1", nil, "text/plain;charset=latin1", fetch.BodyNull},
		{"a string", "POST", "-", text, "text/plain;charset=UTF-8", fetch.BodyBytes},
		{"a string that GET does not send", "GET", "-", text, "-", fetch.BodyNull},
		{"a string that HEAD does not send", "head", "text/plain;charset=latin1", text, "text/plain;charset=latin1", fetch.BodyNull},
		{"an ArrayBuffer", "POST", "-", &Payload{}, "-", fetch.BodyBytes},
		{"a Blob", "PUT", "-", blob, "image/png", fetch.BodyBytes},
		{"a Blob, whose charset stays", "PUT", "text/plain; charset=latin1", blob, "text/plain; charset=latin1", fetch.BodyBytes},
		{"a charset", "POST", "text/plain; charset=latin1", text, "text/plain;charset=UTF-8", fetch.BodyBytes},
		{"a charset of URLSearchParams", "POST", "a/b;charset=x", form, "a/b;charset=UTF-8", fetch.BodyBytes},
		{"a charset of a document", "POST", "a/b;charset=x", &Payload{Type: "text/html;charset=UTF-8", Text: true}, "a/b;charset=UTF-8", fetch.BodyBytes},
		{"UTF-8 in any case stays, byte for byte", "POST", "Text/Plain ;Charset=\"utf-8\"", text, "Text/Plain ;Charset=\"utf-8\"", fetch.BodyBytes},
		{"no charset", "POST", "Text/Plain ; a=b", text, "Text/Plain ; a=b", fetch.BodyBytes},
		{"a charset among others keeps its place", "POST", "Text/X;a=b;charset=x;c=\"d e\"", text, "text/x;a=b;charset=UTF-8;c=\"d e\"", fetch.BodyBytes},
		{"the first charset counts", "POST", "text/x;charset=utf-8;charset=x", text, "text/x;charset=utf-8;charset=x", fetch.BodyBytes},
		{"what is not a MIME type stays", "POST", "charset=x", text, "charset=x", fetch.BodyBytes},
		{"the empty value is there", "POST", "", text, "", fetch.BodyBytes},
		{"an empty charset is not UTF-8", "POST", "text/x;charset=\"\"", text, "text/x;charset=UTF-8", fetch.BodyBytes},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var x XMLHttpRequest
			if err := x.Open(page, tt.method, url, UserInfo{}); err != nil {
				t.Fatal(err)
			}
			if tt.author != "-" {
				if kept, err := x.SetRequestHeader("content-TYPE", tt.author); !kept || err != nil {
					t.Fatal(kept, err)
				}
			}
			r, err := x.Send(tt.body)
			if err != nil {
				t.Fatal(err)
			}
			got, ok := r.Headers.Get("Content-Type")
			if !ok {
				got = "-"
			}
			if got != tt.want || r.Body != tt.wantBody {
				t.Errorf("Content-Type %q, body %v; want %q, %v", got, r.Body, tt.want, tt.wantBody)
			}
		})
	}
}

func TestXMLHttpRequestHeaders(t *testing.T) {
	var x XMLHttpRequest
	x.WithCredentials, x.UploadListener = true, true
	base := origin.MustParseURL("https://a.example/dir/")
	if err := x.Open(Client{Origin: page.Origin, BaseURL: &base}, "pOST", "../y", UserInfo{}); err != nil {
		t.Fatal(err)
	}
	for _, h := range []struct {
		name, value string
		kept        bool
	}{{"X-a", " 1\t", true}, {"x-A", "", true}, {"Cookie", "c=d", false}, {"Sec-X", "1", false}, {"X-HTTP-Method", "TRACE", false}, {"b", "\xe9", true}} {
		if kept, err := x.SetRequestHeader(h.name, h.value); kept != h.kept || err != nil {
			t.Errorf("%q: %q: kept %v, %v", h.name, h.value, kept, err)
		}
	}
	got, err := x.Send(nil)
	want := fetch.Request{Method: "POST", URLList: []origin.URL{origin.MustParseURL("https://a.example/y")}, Headers: fetch.HeaderList{{"X-a", "1, "}, {"b", "\xe9"}},
		Origin: page.Origin, Mode: fetch.ModeCORS, Credentials: fetch.CredentialsInclude, UnsafeRequest: true, UseCORSPreflight: true}
	if diff := cmp.Diff(want, got, values); diff != "" || err != nil {
		t.Errorf("%v: -want +got\n%s", err, diff)
	}
	// No script can set a value that ends with a space, and it goes out as it was made.
	m, err := new(fetch.Agent).Start(time.Time{}, got)
	if err != nil {
		t.Fatal(err)
	}
	if sent, _ := m.Action().Headers.Get("x-a"); sent != "1, " {
		t.Errorf("X-a: %q is sent", sent)
	}
}

func TestXMLHttpRequestThrows(t *testing.T) {
	var x XMLHttpRequest
	check := func(what string, err error, want string) {
		t.Helper()
		var e *Exception
		if !errors.As(err, &e) || e.Name != want {
			t.Errorf("%s: %v, want a %s", what, err, want)
		}
	}
	_, err := x.SetRequestHeader("a", "1")
	check("setRequestHeader() before open()", err, "InvalidStateError")
	_, err = x.Send(nil)
	check("send() before open()", err, "InvalidStateError")
	check("a method that is not a token", x.Open(page, "G T", url, UserInfo{}), "SyntaxError")
	check("a forbidden method", x.Open(page, "trace", url, UserInfo{}), "SecurityError")
	check("a URL that does not parse", x.Open(page, "GET", "https://", UserInfo{}), "SyntaxError")
	_, err = x.Send(nil)
	check("send() after an open() that threw", err, "InvalidStateError")
	if err := x.Open(page, "GET", url, UserInfo{}); err != nil {
		t.Fatal(err)
	}
	_, err = x.SetRequestHeader("a b", "1")
	check("a name that is not a token", err, "SyntaxError")
	_, err = x.SetRequestHeader("a", "1\n2")
	check("a value with a line feed", err, "SyntaxError")
	if _, err := x.SetRequestHeader("a", "1"); err != nil {
		t.Fatal(err)
	}
	if _, err := x.Send(nil); err != nil {
		t.Fatal(err)
	}
	_, err = x.SetRequestHeader("a", "1")
	check("setRequestHeader() after send()", err, "InvalidStateError")
	_, err = x.Send(nil)
	check("send() twice", err, "InvalidStateError")
	if err := x.Open(page, "GET", url, UserInfo{}); err != nil {
		t.Fatal(err)
	}
	if r, err := x.Send(nil); err != nil || len(r.Headers) != 0 || r.UseCORSPreflight || r.Credentials != fetch.CredentialsSameOrigin {
		t.Errorf("open() leaves headers, or the request has a flag: %+v, %v", r, err)
	}
}

func TestXMLHttpRequestUserInfo(t *testing.T) {
	for _, tt := range []struct {
		url, want          string
		username, password *string
	}{
		{"https://b.example/", "https://b.example/", nil, nil},
		{"https://u:p@b.example/", "https://u:p@b.example/", nil, nil},
		{"https://b.example:8443/x?y#z", "https://me@b.example:8443/x?y#z", new("me"), nil},
		{"https://b.example/", "https://:secret@b.example/", nil, new("secret")},
		{"https://u:p@b.example/", "https://u:q@b.example/", nil, new("q")},
		{"https://u:p@b.example/", "https://v:p@b.example/", new("v"), nil},
		{"https://u:p@b.example/", "https://b.example/", new(""), new("")},
		{"https://u:p@b.example/", "https://u@b.example/", nil, new("")},
		{"https://b.example/", "https://a%20b%40%3A%2F%3F%23:%5B%5D%C3%A9%%7C@b.example/", new("a b@:/?#"), new("[]é%|")}, // a percent sign is not in the set
		{"data:,x", "data:,x", new("u"), new("p")},
		{"file://host/x", "file://host/x", new("u"), new("p")},
	} {
		var x XMLHttpRequest
		if err := x.Open(page, "GET", tt.url, UserInfo{tt.username, tt.password}); err != nil {
			t.Fatal(err)
		}
		r, err := x.Send(nil)
		if err != nil || r.CurrentURL().String() != tt.want {
			t.Errorf("%s: %s, %v; want %s", tt.url, r.CurrentURL(), err, tt.want)
		}
		if r.UseURLCredentials != strings.Contains(tt.want, "@") {
			t.Errorf("%s: use-URL-credentials: %t", tt.want, r.UseURLCredentials)
		}
	}
}
