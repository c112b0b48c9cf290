package mime

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/corspec/corspec/internal/header"
	"github.com/corspec/corspec/internal/lineartest"
)

func TestParse(t *testing.T) {
	for _, c := range []struct {
		in    string
		want  string // serialized
		fault Fault
	}{
		{in: "text/plain", want: "text/plain"},
		{in: "TEXT/Plain", want: "text/plain"},
		{in: "\r\n\t text/plain \t\n;x=y \n", want: "text/plain;x=y"},
		{in: "text/plain;", want: "text/plain"},
		{in: "text/plain;garbage", want: "text/plain"},
		{in: "text/plain;a;b=c;", want: "text/plain;b=c"},
		{in: "text/plain;a=", want: "text/plain"},
		{in: "text/plain;A=b;a=c", want: "text/plain;a=b"},
		{in: "text/plain;=b", want: "text/plain"},
		{in: "text/plain;a=b c", want: `text/plain;a="b c"`},
		{in: `text/plain;a="b`, want: "text/plain;a=b"},
		{in: `text/plain;a="b"c;d=e`, want: "text/plain;a=b;d=e"},
		{in: `text/plain;a="\"\\"`, want: `text/plain;a="\"\\"`},
		{in: `text/plain;a="b;c";d=e`, want: `text/plain;a="b;c";d=e`},
		{in: "text/plain;a=\x00;b=\x7f;c=\xff", want: "text/plain;c=\"\xff\""},
		{in: "text/plain;a\xff=b", want: "text/plain"},
		{in: "*/*", want: "*/*"},
		// T170
		{in: "text/html;charset=", want: "text/html"},
		{in: `text/html;charset=""`, want: `text/html;charset=""`},
		{in: "text/html;charset =gbk", want: "text/html"},
		{in: "text/html;charset= gbk", want: `text/html;charset=" gbk"`},
		{in: "text/html;charset=gbk;charset=utf-8", want: "text/html;charset=gbk"},
		// Failures, with the byte at fault.
		{in: "", fault: Fault{EmptyType, 0}},
		{in: " \t", fault: Fault{EmptyType, 0}},
		{in: "/", fault: Fault{EmptyType, 0}},
		{in: "  /x", fault: Fault{EmptyType, 2}},
		{in: "text", fault: Fault{NoSubtype, 4}},
		{in: "text ", fault: Fault{NoSubtype, 4}},
		{in: "text;a=b/c", fault: Fault{BadTypeByte, 4}},
		{in: "text /plain", fault: Fault{BadTypeByte, 4}},
		{in: "\x0btext/plain", fault: Fault{BadTypeByte, 0}},
		{in: "text/", fault: Fault{EmptySubtype, 5}},
		{in: "text/ ;a=b", fault: Fault{EmptySubtype, 5}},
		{in: "text/;a=b", fault: Fault{EmptySubtype, 5}},
		{in: "text/ plain", fault: Fault{BadSubtypeByte, 5}},
		{in: "text/plain,text/plain", fault: Fault{BadSubtypeByte, 10}},
		{in: "text/plain/x", fault: Fault{BadSubtypeByte, 10}},
		{in: "text/plain\x0b", fault: Fault{BadSubtypeByte, 10}},
		{in: "text/\xff", fault: Fault{BadSubtypeByte, 5}},
	} {
		got, fault := Parse(c.in)
		if got.String() != c.want || fault != c.fault {
			t.Errorf("%q: got %q, %+v, want %q, %+v", c.in, got, fault, c.want, c.fault)
		}
	}
}

func TestType(t *testing.T) {
	m, _ := Parse("Text/HTML;Charset=UTF-8;x=y")
	if m.Essence() != "text/html" {
		t.Errorf("got %q", m.Essence())
	}
	if v, ok := m.Param("charset"); v != "UTF-8" || !ok {
		t.Errorf("charset: got %q, %v", v, ok)
	}
	if v, ok := m.Param("y"); v != "" || ok {
		t.Errorf("y: got %q, %v", v, ok)
	}
	if diff := cmp.Diff([]Param{{"charset", "UTF-8"}, {"x", "y"}}, m.params()); diff != "" {
		t.Error(diff)
	}
	var none Type
	if none.String() != "" || none.Essence() != "" {
		t.Error("the zero value is something")
	}
}

func TestExtract(t *testing.T) {
	for _, c := range []struct {
		lines []string
		want  string // empty: failure
	}{
		{nil, ""},
		{[]string{""}, ""},
		{[]string{"*/*"}, ""},
		{[]string{"x"}, ""},
		// T169
		{[]string{"text/plain;charset=gbk, text/html"}, "text/html"},
		{[]string{"text/html;charset=gbk;a=b, text/html;x=y"}, "text/html;x=y;charset=gbk"},
		{[]string{"text/html", "*/*"}, "text/html"},
		// The examples of the standard.
		{[]string{"text/html;charset=gbk;a=b", "text/html;x=y"}, "text/html;x=y;charset=gbk"},
		{[]string{"text/html;charset=gbk", "x/x", "text/html;x=y"}, "text/html;x=y"},
		{[]string{"text/html", "cannot-parse"}, "text/html"},
		{[]string{"text/html", ""}, "text/html"},
		{[]string{"text/html;charset=gbk", "*/*;charset=x", "TEXT/HTML"}, "text/html;charset=gbk"},
		{[]string{"text/html", "text/html;charset=a", "text/html"}, "text/html"},
		{[]string{"text/html;charset=a", "text/html;charset=b", "text/html"}, "text/html;charset=a"},
	} {
		var l [][2]string
		for _, line := range c.lines {
			l = append(l, [2]string{"content-type", line})
		}
		got, ok := Extract(l)
		if got.String() != c.want || ok != (c.want != "") {
			t.Errorf("%q: got %q, %v, want %q", c.lines, got, ok, c.want)
		}
	}
}

// parseTwin is "parse a MIME type", word by word. It returns the serialization
// that the standard's own algorithm gives, and its essence.
func parseTwin(input string) (essence, serialized string, ok bool) {
	const (
		whitespace = "\t\n\r "
		token      = "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	)
	solelyToken := func(s string) bool {
		return strings.Trim(s, token) == "" && !strings.ContainsFunc(s, func(r rune) bool { return !strings.ContainsRune(token, r) })
	}
	solelyQuoted := func(s string) bool {
		for _, c := range []byte(s) {
			if !(c == 0x09 || 0x20 <= c && c <= 0x7E || 0x80 <= c) {
				return false
			}
		}
		return true
	}
	lowercase := func(s string) string {
		return strings.Map(func(r rune) rune {
			if 'A' <= r && r <= 'Z' {
				return r + 0x20
			}
			return r
		}, s)
	}
	// 1, 2
	input = strings.Trim(input, whitespace)
	position := 0
	collectNot := func(stop string) string {
		start := position
		for position < len(input) && strings.IndexByte(stop, input[position]) < 0 {
			position++
		}
		return input[start:position]
	}
	// 3, 4, 5, 6
	typ := collectNot("/")
	if typ == "" || !solelyToken(typ) {
		return "", "", false
	}
	if position >= len(input) {
		return "", "", false
	}
	position++
	// 7, 8, 9
	subtype := strings.TrimRight(collectNot(";"), whitespace)
	if subtype == "" || !solelyToken(subtype) {
		return "", "", false
	}
	// 10
	essence = lowercase(typ) + "/" + lowercase(subtype)
	parameters := map[string]string{}
	var order []string
	// 11
	for position < len(input) {
		position++
		for position < len(input) && strings.IndexByte(whitespace, input[position]) >= 0 {
			position++
		}
		parameterName := collectNot(";=")
		if position < len(input) {
			if input[position] == ';' {
				continue
			}
			position++
		}
		if position >= len(input) {
			break
		}
		var parameterValue string
		if input[position] == '"' {
			parameterValue, position = header.CollectHTTPQuotedString(input, position, true)
			collectNot(";")
		} else {
			parameterValue = strings.TrimRight(collectNot(";"), whitespace)
			if parameterValue == "" {
				continue
			}
		}
		if parameterName == "" || !solelyToken(parameterName) || !solelyQuoted(parameterValue) {
			continue
		}
		parameterName = lowercase(parameterName)
		if _, exists := parameters[parameterName]; !exists {
			parameters[parameterName] = parameterValue
			order = append(order, parameterName)
		}
	}
	serialized = essence
	for _, name := range order {
		value := parameters[name]
		if value == "" || !solelyToken(value) {
			value = `"` + strings.NewReplacer(`"`, `\"`, `\`, `\\`).Replace(value) + `"`
		}
		serialized += ";" + name + "=" + value
	}
	return essence, serialized, true
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"", "text/plain", " Text/HTML ;a=b;A=c", `x/x;a="\"b";c=d"`, "x/x;=;;a=\xff", "x/\xc3\xa9", "x / x"} {
		f.Add(s)
	}
	f.Add("x/x" + strings.Repeat(";a=b;c=d", 20) + ";e1=;e2=1;e3=1;e4=1;e5=1;e6=1;e7=1;e8=1;e9=1;f1=1;f2=1;f3=1;f4=1;f5=1;f6=1;f7=1;f8=1;f7=2;g=1")
	f.Fuzz(func(t *testing.T, value string) {
		essence, serialized, ok := parseTwin(value)
		m, fault := Parse(value)
		if (fault.Kind == NoFault) != ok || m.Essence() != essence || m.String() != serialized {
			t.Fatalf("%q: got %q, %+v, want %q, %v", value, m, fault, serialized, ok)
		}
		typ, subtype, scanFault := Scan(value)
		if scanFault != fault {
			t.Errorf("%q: Scan says %+v, Parse %+v", value, scanFault, fault)
		}
		if !ok {
			if fault.Byte < 0 || fault.Byte > len(value) {
				t.Errorf("%q: no byte %d", value, fault.Byte)
			}
			return
		}
		if header.Lower(typ)+"/"+header.Lower(subtype) != m.Essence() {
			t.Errorf("%q: Scan says %q, %q, Parse %q", value, typ, subtype, m.Essence())
		}
		for _, p := range m.params() {
			if got, ok := m.Param(p.Name); !ok || got != p.Value {
				t.Errorf("%q: of %q, Param says %q, %v, the record %q", value, p.Name, got, ok, p.Value)
			}
		}
		again, fault := Parse(m.String())
		if diff := cmp.Diff(m.params(), again.params()); fault.Kind != NoFault || again.Essence() != m.Essence() || diff != "" {
			t.Errorf("%q: its serialization parses to something else: %+v\n%s", value, fault, diff)
		}
	})
}

func FuzzExtract(f *testing.F) {
	f.Add("text/html;charset=gbk", "text/html;x=y, */*")
	f.Add(`text/html;"`, `\"`)
	f.Fuzz(func(t *testing.T, a, b string) {
		l := [][2]string{{"Content-Type", a}, {"X", "text/plain"}, {"content-type", b}}
		got, ok := Extract(l)
		// The essence is that of the last value that counts.
		last := ""
		for _, v := range header.GetDecodeAndSplit(l, "content-type") {
			if e, _, ok := parseTwin(v); ok && e != "*/*" {
				last = e
			}
		}
		if got.Essence() != last || ok != (last != "") {
			t.Errorf("%q: got %q, %v, want %q", l, got, ok, last)
		}
	})
}

func TestLinear(t *testing.T) {
	distinct := func(size int) string {
		const digits = "abcdefghijklmnopqrstuvwxyz012345"
		var b strings.Builder
		for i := 0; b.Len() < size; i++ {
			b.WriteByte(';')
			for j := i; j > 0; j /= len(digits) {
				b.WriteByte(digits[j%len(digits)])
			}
			b.WriteString("=x")
		}
		return b.String()[:size]
	}
	for name, make := range map[string]func(size int) string{
		"white space":         func(size int) string { return strings.Repeat(" ", size) },
		"type":                func(size int) string { return strings.Repeat("a", size) },
		"type and spaces":     func(size int) string { return strings.Repeat("a ", size/2) },
		"subtype":             func(size int) string { return "a/" + strings.Repeat("a", size) },
		"semicolons":          func(size int) string { return "a/a" + strings.Repeat(";", size) },
		"semicolons, spaces":  func(size int) string { return "a/a" + strings.Repeat("; ", size/2) },
		"same parameter":      func(size int) string { return "a/a" + strings.Repeat(";a=b", size/4) },
		"distinct parameters": func(size int) string { return "a/a" + distinct(size) },
		"quoted":              func(size int) string { return `a/a;a="` + strings.Repeat(`\`, size) },
		"quotes":              func(size int) string { return "a/a" + strings.Repeat(`;a="`, size/4) },
		"values":              func(size int) string { return strings.Repeat("a/a,", size/4) },
		"values with charset": func(size int) string { return strings.Repeat("a/a;charset=b,a/a,", size/18) },
	} {
		t.Run(name, func(t *testing.T) {
			lineartest.Check(t, func(size int) func() {
				value := make(size)
				return func() { m, _ := Parse(value); _ = m.String() }
			})
			lineartest.Check(t, func(size int) func() {
				l := [][2]string{{"Content-Type", make(size)}}
				return func() { Extract(l) }
			})
		})
	}
}

func TestAllocs(t *testing.T) {
	for name, f := range map[string]func(){
		"Scan":                     func() { Scan("Text/Plain;charset=utf-8") },
		"Scan, fault":              func() { Scan("text") },
		"Parse without parameters": func() { Parse("text/plain") },
	} {
		if n := testing.AllocsPerRun(100, f); n != 0 {
			t.Errorf("%s allocates %v times", name, n)
		}
	}
}

// The standard's list of JavaScript MIME types, to the last.
func TestIsJavaScriptList(t *testing.T) {
	for _, essence := range strings.Fields(`application/ecmascript application/javascript application/x-ecmascript application/x-javascript text/ecmascript text/javascript
		text/javascript1.0 text/javascript1.1 text/javascript1.2 text/javascript1.3 text/javascript1.4 text/javascript1.5 text/jscript text/livescript text/x-ecmascript text/x-javascript`) {
		if record, _ := Parse(strings.ToUpper(essence) + ";a=b"); !record.IsJavaScript() {
			t.Errorf("%s is not", essence)
		}
	}
	for _, essence := range []string{"text/javascript1.6", "application/json", "text/plain", "application/x-jscript", "application/livescript"} {
		if record, _ := Parse(essence); record.IsJavaScript() {
			t.Errorf("%s is", essence)
		}
	}
}
