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
	if m.Essence() != "text/html" || m.String() != `text/html;charset=utf-8;x="a b"` {
		t.Errorf("got %q, %q", m.Essence(), m)
	}
	if v, ok := m.Parameter("x"); v != "a b" || !ok {
		t.Errorf("x: got %q, %v", v, ok)
	}

	_, err = ParseMIMEType("text/ html")
	var perr *ParseError
	if !errors.As(err, &perr) || perr.Reason != (Reason{RuleContentTypeMalformed, 5}) {
		t.Errorf("got %v", err)
	}
	if m, err := ExtractMIMEType([][2]string{{"Content-Type", "*/*"}}); err == nil || m.Essence() != "" || m.String() != "(not a MIME type)" {
		t.Errorf("*/* is extracted as %q", m)
	}
}
