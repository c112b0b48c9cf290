package main

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
)

// scanned is what the scanner makes of a text, as encoding/json would with numbers as they are spelled.
func scanned(data string) (v any, ok bool) {
	s := &jsonScanner{data: data}
	var value func() any
	value = func() (v any) {
		switch c := s.kind(); {
		case c == '{':
			m := map[string]any{}
			s.object(func(name string) { m[name] = value() })
			return m
		case c == '[':
			l := []any{}
			s.array(func() { l = append(l, value()) })
			return l
		case c == '"':
			return s.text()
		case c == '-' || '0' <= c && c <= '9':
			return json.Number(s.number())
		default:
			s.skip()
			return map[byte]any{'t': true, 'f': false}[c]
		}
	}
	v = value()
	s.end()
	return v, !s.failed
}

// checkScanner compares the scanner with encoding/json.
func checkScanner(t *testing.T, data string) {
	t.Helper()
	dec := json.NewDecoder(strings.NewReader(data))
	dec.UseNumber()
	var want any
	valid := json.Valid([]byte(data))
	if valid {
		if err := dec.Decode(&want); err != nil {
			t.Fatal(err)
		}
	}
	got, ok := scanned(data)
	if ok != valid {
		t.Fatalf("%q: valid %v, want %v", data, ok, valid)
	}
	if ok && !reflect.DeepEqual(got, want) { // go-cmp takes very long for what is nested deeply
		t.Fatalf("%q: %v, want %v", data, got, want)
	}
	s := &jsonScanner{data: data}
	s.skip()
	s.end()
	if s.failed == valid {
		t.Fatalf("%q: skip: failed %v, want %v", data, s.failed, !valid)
	}
}

var scannerTexts = []string{
	``, ` `, `{}`, `[]`, ` [ ] `, `{ }`, `null`, `nul`, `nulll`, `true`, `truefalse`, `false `, `fals`, `"a"`, `"`, `"a`, `"\"`, `"\\"`, `"\x"`, `"\u12"`, `"\u00e9\uD83D\uDE00"`, `"\uD83D"`, `"\uDE00\uD83D"`, `"\uD83D\u0041"`, `"\uD83Dx"`,
	`"\b\f\n\r\t\/\""`, "\"\n\"", "\"\x7f\"", "\"\xff\"", "\"\xc3\xa9\"", "\"\xed\xa0\x80\"", "\"a\x00\"", "\x00", "[\x00]", "{\"a\":\x00}", "1\x00",
	`0`, `-0`, `01`, `-`, `-a`, `1.`, `1.5`, `.5`, `1e5`, `1E+5`, `1e-`, `1e`, `1e5.5`, `1-`, `+1`, `NaN`, `1 2`, `[1,2`, `[1,]`, `[,1]`, `[1 2]`, `{"a":1,}`, `{"a"}`, `{"a":}`, `{a:1}`, `{"a":1 "b":2}`, `{"a":1,"a":2}`, `{1:2}`, `[}`, `{]`, `]`, `}`, `,`, `:`,
	`{"a":{"b":[1,"c",null,true,{"d":[]}]}}`, "\ufeff{}", "{}\n", "\v1", `[[[[]]]]`, strings.Repeat("[", 200) + strings.Repeat("]", 200),
	strings.Repeat("[", 10_000) + strings.Repeat("]", 10_000), strings.Repeat("[", 10_001) + strings.Repeat("]", 10_001), strings.Repeat(`{"a":`, 10_001) + "1" + strings.Repeat("}", 10_001),
}

func TestJSONScannerTwin(t *testing.T) {
	for _, text := range scannerTexts {
		checkScanner(t, text)
	}
}

func FuzzJSONScanner(f *testing.F) {
	for _, text := range scannerTexts {
		f.Add(text)
	}
	f.Fuzz(checkScanner)
}

// TestJSONScannerAgain skips texts that have been read before.
func TestJSONScannerAgain(t *testing.T) {
	for _, text := range []string{`""`, `"a"`, `"\""`, `"\\"`, `"\\\""`, `"\\\\"`, `"a\\\"b\\"`, `{"a\"":["\\",{"b":"\\\"c"}],"d":1}`} {
		s := jsonScanner{data: text + `,"x"`, again: true}
		if s.skip(); s.failed || s.pos != len(text) {
			t.Errorf("%s: skips %d bytes, want %d", text, s.pos, len(text))
		}
	}
}
