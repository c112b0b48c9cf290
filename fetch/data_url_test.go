package fetch_test

import (
	"testing"

	"github.com/corspec/corspec/fetch"
	"github.com/corspec/corspec/origin"
)

func TestProcessDataURL(t *testing.T) {
	for in, want := range map[string][2]string{ // a type of "" for failure
		"data:,":                               {"text/plain;charset=US-ASCII", ""},
		"data:,X":                              {"text/plain;charset=US-ASCII", "X"},
		"DATA:,a%20b%zz%C3%A9%00%FF":           {"text/plain;charset=US-ASCII", "a b%zz\u00e9\x00\xff"},
		"data:,a,b":                            {"text/plain;charset=US-ASCII", "a,b"},
		"data:,x?y#z":                          {"text/plain;charset=US-ASCII", "x?y"},
		"data:%2C,x":                           {"text/plain;charset=US-ASCII", "x"},
		"data:text/html;charset=utf-8,<p>#f":   {"text/html;charset=utf-8", "<p>"},
		"data: TEXT/plain ; Charset=UTF-8 ,x":  {"text/plain;charset=UTF-8", "x"},
		"data:;charset=utf-8,x":                {"text/plain;charset=utf-8", "x"},
		"data:;x,y":                            {"text/plain", "y"},
		"data:text,x":                          {"text/plain;charset=US-ASCII", "x"},
		"data:text/plain;base64,aGk%3D":        {"text/plain", "hi"},
		"data:image/png;  BASE64,aGk=":         {"image/png", "hi"},
		"data:;base64,a%20G%0Ak":               {"text/plain;charset=US-ASCII", "hi"},
		"data:base64,aGk":                      {"text/plain;charset=US-ASCII", "aGk"},
		"data:text/plain;base64 ,aGk":          {"text/plain", "hi"},
		"data:text/plain;base64;x,aGk":         {"text/plain", "aGk"},
		"data:text/plain;x=base64,aGk":         {"text/plain;x=base64", "aGk"},
		"data:text/plain;base64%20,aGk":        {"text/plain", "aGk"},
		"data:;base64,":                        {"text/plain;charset=US-ASCII", ""},
		"data:;base64,aGl=":                    {"text/plain;charset=US-ASCII", "hi"}, // the last bits are dropped
		"data:;base64,/+8=":                    {"text/plain;charset=US-ASCII", "\xff\xef"},
		"data:;base64,a=":                      {},
		"data:;base64,_-8=":                    {},
		"data:;base64,%FF%FF%FF%FF":            {},
		"data:;base64,A":                       {},
		"data:;base64,AA=":                     {},
		"data:;base64,AAA==":                   {},
		"data:;base64,AA==A":                   {},
		"data:;base64,AA===":                   {},
		"data:;base64,=":                       {},
		"data:;base64,====":                    {},
		"data:;base64,A%":                      {},
		"data:;base64,QQ%00==":                 {},
		"data:;base64,AAAA\u00a0":              {},
		"data:application/json;base64,e30=,,,": {},
		"data:text/plain":                      {},
		"https://a.example/,x":                 {},
		"blob:data:,x":                         {},
	} {
		mimeType, body, ok := fetch.ProcessDataURL(origin.MustParseURL(in))
		if got := [2]string{mimeType, string(body)}; got != want || ok != (want[0] != "") {
			t.Errorf("%s: %q, %v, want %q", in, got, ok, want)
		}
	}
	if _, _, ok := fetch.ProcessDataURL(origin.URL{}); ok {
		t.Error("the zero URL is a data: URL")
	}
}
