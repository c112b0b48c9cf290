package safelist

import (
	"errors"
	"testing"
)

func TestMIMEType(t *testing.T) {
	m, err := ParseMIMEType(`Text/HTML; Charset="utf-8"; x="a b"`)
	if err != nil {
		t.Fatal(err)
	}
	if m.Type() != "text" || m.Subtype() != "html" || m.Essence() != "text/html" ||
		m.String() != `text/html;charset=utf-8;x="a b"` {
		t.Errorf("got %q, %q, %q, %q", m.Type(), m.Subtype(), m.Essence(), m)
	}
	var got []string
	for name, value := range m.Parameters() {
		got = append(got, name, value)
		if name == "charset" {
			continue
		}
		break
	}
	if len(got) != 4 || got[3] != "a b" {
		t.Errorf("parameters: got %q", got)
	}
	if v, ok := m.Parameter("x"); v != "a b" || !ok {
		t.Errorf("x: got %q, %v", v, ok)
	}

	_, err = ParseMIMEType("text/ html")
	var perr *ParseError
	if !errors.As(err, &perr) || perr.Reason != (Reason{ContentTypeMalformed, 5}) {
		t.Errorf("got %v", err)
	}
	if _, found := ExtractMIMEType([][2]string{{"Content-Type", "*/*"}}); found {
		t.Error("*/* is found")
	}
}
