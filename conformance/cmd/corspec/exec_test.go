package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/corspec/corspec/conformance"
	"github.com/corspec/corspec/internal/lineartest"
)

// execute runs corspec exec on an input and returns its lines.
func execute(t testing.TB, input string) []string {
	t.Helper()
	var stdout, stderr bytes.Buffer
	if status := run([]string{"exec"}, strings.NewReader(input), &stdout, &stderr); status != exitOK || stderr.Len() > 0 {
		t.Fatalf("corspec exec: status %d, standard error %q", status, stderr.String())
	}
	return strings.SplitAfter(stdout.String(), "\n")[:strings.Count(stdout.String(), "\n")]
}

func TestExecAnswers(t *testing.T) {
	const same = `"algorithm":"same-origin","input":{"a":"https://a.com","b":"https://a.com"}`
	tests := []struct{ name, line, want string }{
		{"number", `{"id":1,` + same + `}`, `{"id":1,"output":true}`},
		{"id verbatim", `{"id": {"b" : [1.50, "<\u00e9&>"], "a":null} ,` + same + `}`, `{"id":{"b" : [1.50, "<\u00e9&>"], "a":null},"output":true}`},
		{"no id", `{` + same + `}`, `{"id":null,"output":true}`},
		{"null id", `{"id":null,` + same + `}`, `{"id":null,"output":true}`},
		{"carriage return", `{"id":1,` + same + "}\r", `{"id":1,"output":true}`},
		{"output is not escaped for HTML", `{"id":1,"algorithm":"normalize-header-value","input":{"value":" <&>\u0080\u00ff "}}`, `{"id":1,"output":"<&>` + "\u0080\u00ff" + `"}`},
		{"output is one line to everybody", `{"id":1,"algorithm":"get-decode-and-split","input":{"headers":[["A","\u0085\u000b\u000c\u001c\u007f"]],"name":"a"}}`, `{"id":1,"output":["\u0085\u000b\f\u001c` + "\u007f" + `"]}`},
		{"opaque, unlike itself", `{"id":1,"algorithm":"same-origin","input":{"a":"null","b":"null"}}`, `{"id":1,"output":false}`},
		{"opaque, like itself", `{"id":1,"algorithm":"same-origin","input":{"a":"opaque:x","b":"opaque:x"}}`, `{"id":1,"output":true}`},
		{"opaque, of two names", `{"id":1,"algorithm":"same-origin","input":{"a":"opaque:x","b":"opaque:y"}}`, `{"id":1,"output":false}`},
		{"extension", `{"id":1,"algorithm":"same-origin","input":{"a":"chrome-extension://abc","b":"chrome-extension://abc"}}`, `{"id":1,"output":true}`},
		{"failure", `{"id":1,"algorithm":"host","input":{"input":"a b"}}`, `{"id":1,"output":{"failure":true}}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff([]string{tt.want + "\n"}, execute(t, tt.line)); diff != "" {
				t.Errorf("%s: (-want +got)\n%s", tt.line, diff)
			}
		})
	}
}

func TestExecErrors(t *testing.T) {
	tests := []struct{ name, line, id, want string }{
		{"no JSON", `{"id":1,"algorithm"`, `null`, "line: is not JSON"},
		{"no object", `[1]`, `null`, "line: is a list, want an object"},
		{"two values", `{"id":1} {"id":2}`, `null`, "line: is not JSON"},
		{"invalid UTF-8", "{\"id\":1,\"algorithm\":\"\xff\"}", `null`, "UTF-8"},
		{"no algorithm", `{"id":"x","input":{}}`, `"x"`, "line: algorithm: missing field"},
		{"no input", `{"id":"x","algorithm":"host"}`, `"x"`, "line: input: missing field"},
		{"algorithm no string", `{"id":2,"algorithm":null,"input":{}}`, `2`, "line: algorithm: is null, want a string"},
		{"field of the line unknown", `{"id":2,"algorithm":"host","input":{"input":"a"},"flags":[]}`, `2`, "line: flags: unknown field"},
		{"field of the line twice", `{"id":2,"id":3,"algorithm":"host","input":{"input":"a"}}`, `2`, "line: id: stands there twice"},
		{"input no object", `{"id":2,"algorithm":"host","input":"a"}`, `2`, "input: is a string, want an object"},
		{"field unknown", `{"id":2,"algorithm":"host","input":{"input":"a","base":"b"}}`, `2`, "input.base: unknown field"},
		{"field in another case", `{"id":2,"algorithm":"host","input":{"Input":"a"}}`, `2`, "input.input: missing field"},
		{"field missing", `{"id":2,"algorithm":"host","input":{}}`, `2`, "input.input: missing field"},
		{"field null", `{"id":2,"algorithm":"host","input":{"input":null}}`, `2`, "input.input: is null, want a string"},
		{"field twice", `{"id":2,"algorithm":"host","input":{"input":"a","input":"b"}}`, `2`, "input.input: stands there twice"},
		{"boolean as a number", `{"id":2,"algorithm":"domain-to-ascii","input":{"domain":"a","beStrict":1}}`, `2`, "input.beStrict: is a number, want a boolean"},
		{"byte too large", `{"id":2,"algorithm":"method","input":{"method":"é\u0100"}}`, `2`, "input.method: code point U+0100 at index 1"},
		{"surrogate", `{"id":2,"algorithm":"method","input":{"method":"\ud800"}}`, `2`, "input.method: code point U+FFFD at index 0"},
		{"origin bad", `{"id":2,"algorithm":"same-origin","input":{"a":"https://a.com/","b":"null"}}`, `2`, "input.a: "},
		{"origin without a name", `{"id":2,"algorithm":"same-origin","input":{"a":"opaque:","b":"null"}}`, `2`, "input.a: "},
		{"header of three", `{"id":2,"algorithm":"extract-length","input":{"headers":[["a","b"],["a","b","c"]]}}`, `2`, "input.headers[1]: has 3 elements"},
		{"header value no string", `{"id":2,"algorithm":"extract-length","input":{"headers":[["a",1]]}}`, `2`, "input.headers[0][1]: is a number, want a string"},
		{"line feed in a header", `{"id":2,"algorithm":"extract-length","input":{"headers":[["a","b\nc: d"]]}}`, `2`, `input.headers[0][1]: holds '\n' at byte 1, which no header can`},
		{"carriage return in a response", `{"id":2,"algorithm":"fetch","input":{"requests":[],"serve":{"https://b.example/":{"request":[{"status":200,"headers":[["a\r","b"]]}]}}}}`, `2`, `.request[0].headers[0][0]: holds '\r' at byte 1`},
		{"headers no list", `{"id":2,"algorithm":"extract-length","input":{"headers":{}}}`, `2`, "input.headers: is an object, want a list"},
		{"header name not read so", `{"id":2,"algorithm":"extract-header-list-values","input":{"headers":[],"name":"Accept"}}`, `2`, "input.name: "},
		{"field unknown and long", `{"id":2,"algorithm":"host","input":{"input":"a","` + strings.Repeat("b", 5000) + `":"b"}}`, `2`, "bbb… (5000 bytes): unknown field"},
		{"hello with a field", `{"id":2,"algorithm":"hello","input":{"x":1}}`, `2`, "input: x: unknown field"},
		{"hello without an object", `{"id":2,"algorithm":"hello","input":[]}`, `2`, "input: is a list, want an object"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			// The lines around it show that it costs itself only.
			const around = `{"id":0,"algorithm":"host","input":{"input":"a"}}`
			lines := execute(t, around+"\n"+tt.line+"\n"+around)
			const answer = `{"id":0,"output":"a"}` + "\n"
			if len(lines) != 3 || lines[0] != answer || lines[2] != answer {
				t.Fatalf("%s: %q", tt.line, lines)
			}
			var got struct {
				ID          json.RawMessage
				Output      *json.RawMessage
				Error       string
				Unsupported *bool
			}
			if err := json.Unmarshal([]byte(lines[1]), &got); err != nil {
				t.Fatal(err)
			}
			if string(got.ID) != tt.id || got.Output != nil || !strings.Contains(got.Error, tt.want) || got.Unsupported != nil {
				t.Errorf("%s:\ngot  %swant id %s and an error with %q", tt.line, lines[1], tt.id, tt.want)
			}
		})
	}
}

// TestExecUnsupported holds that a gap, an algorithm that is not known here, can be told from a mistake.
func TestExecUnsupported(t *testing.T) {
	for _, algorithm := range append(conformance.Algorithms(), "element-request", "cors-same-origin") {
		line := execute(t, `{"id":1,"algorithm":"`+algorithm+`","input":{"anything":true}}`)[0]
		if !strings.Contains(line, `"error"`) || strings.Contains(line, `"unsupported"`) {
			t.Errorf("%s: %s", algorithm, line)
		}
	}
	for _, algorithm := range []string{"hosts", "URL", ""} {
		if line := execute(t, `{"id":1,"algorithm":"`+algorithm+`","input":{}}`)[0]; !strings.Contains(line, `"error":"unknown algorithm: `) || !strings.Contains(line, `"unsupported":true`) {
			t.Errorf("%q: %s", algorithm, line)
		}
	}
}

func TestExecHello(t *testing.T) {
	var got struct {
		ID     int
		Output struct {
			Name, Version, Standard string
			Protocol                int
			Algorithms              []string
		}
	}
	line := execute(t, `{"id":7,"algorithm":"hello","input":{}}`)[0]
	if err := json.Unmarshal([]byte(line), &got); err != nil {
		t.Fatal(err)
	}
	o := got.Output
	if got.ID != 7 || o.Name != "corspec" || o.Version == "" || o.Protocol != 1 || o.Standard != conformance.Standard {
		t.Errorf("hello: %s", line)
	}
	if !slices.Equal(o.Algorithms, conformance.Algorithms()) || !slices.Contains(o.Algorithms, "element-request") {
		t.Errorf("hello: algorithms %q", o.Algorithms)
	}
}

// TestExecIsInteractive asks, waits for the answer, and asks again.
func TestExecIsInteractive(t *testing.T) {
	in, stdin := io.Pipe()
	stdout, out := io.Pipe()
	done := make(chan int, 1)
	go func() {
		done <- run([]string{"exec"}, in, out, io.Discard)
		out.Close()
	}()
	answers := json.NewDecoder(stdout)
	for id := range 3 {
		fmt.Fprintf(stdin, `{"id":%d,"algorithm":"method","input":{"method":"GET"}}`+"\n", id)
		var answer struct {
			ID     int
			Output bool
		}
		if err := answers.Decode(&answer); err != nil || answer.ID != id || !answer.Output {
			t.Fatalf("line %d: %+v, %v", id, answer, err)
		}
	}
	stdin.Close()
	if status := <-done; status != exitOK {
		t.Errorf("status %d at the end of the input", status)
	}
}

func TestExecLineLengths(t *testing.T) {
	// pad returns a line of n bytes whose value is a long method.
	pad := func(n int) string {
		const before, after = `{"id":1,"algorithm":"method","input":{"method":"`, `"}}`
		return before + strings.Repeat("a", n-len(before)-len(after)) + after
	}
	const short, shortAnswer = `{"id":2,"algorithm":"method","input":{"method":"GET"}}`, `{"id":2,"output":true}` + "\n"
	lines := execute(t, strings.Join([]string{pad(maxLine), short, pad(maxLine + 1), short, pad(3 * maxLine), short}, "\n"))
	if len(lines) != 6 {
		t.Fatalf("%d answers to 6 lines", len(lines))
	}
	if want := `{"id":1,"output":true}` + "\n"; lines[0] != want {
		t.Errorf("a line of %d bytes: %.200s", maxLine, lines[0])
	}
	for i := 1; i < 6; i += 2 {
		if lines[i] != shortAnswer {
			t.Errorf("answer %d: %.200s", i, lines[i])
		}
	}
	for _, i := range []int{2, 4} {
		if !strings.HasPrefix(lines[i], `{"id":null,"error":"line: is longer than`) {
			t.Errorf("answer %d: %.200s", i, lines[i])
		}
	}
}

func TestExecStatus(t *testing.T) {
	unreadable := io.MultiReader(strings.NewReader(`{"id":1,`), iotestErrReader{})
	tests := []struct {
		name   string
		args   []string
		stdin  io.Reader
		status int
	}{
		{"empty input", nil, strings.NewReader(""), exitOK},
		{"only errors", nil, strings.NewReader("x\ny\n"), exitOK},
		{"bad flag", []string{"-x"}, strings.NewReader(""), exitUsage},
		{"argument", []string{"file"}, strings.NewReader(""), exitUsage},
		{"unreadable input", nil, unreadable, exitUsage},
		{"help", []string{"-h"}, strings.NewReader(""), exitOK},
	}
	for _, tt := range tests {
		var stdout, stderr bytes.Buffer
		if status := run(append([]string{"exec"}, tt.args...), tt.stdin, &stdout, &stderr); status != tt.status {
			t.Errorf("%s: status %d, want %d", tt.name, status, tt.status)
		}
		if (stderr.Len() > 0) != (tt.status == exitUsage) {
			t.Errorf("%s: standard error %q", tt.name, stderr.String())
		}
	}
}

type iotestErrReader struct{}

func (iotestErrReader) Read([]byte) (int, error) { return 0, errors.New("the disk is on fire") }

// TestExecLargeInputs puts a string of a MiB into the strings of a vector of each algorithm, one after another, each
// time with some of the fillings: whatever the answer is, it comes, and soon.
func TestExecLargeInputs(t *testing.T) {
	fillings := []string{"a", ",", `"`, ".a", "/..", " ", "9", ",a;b="}
	const perString, most = 2, 6
	seen := map[string]bool{}
	for _, v := range conformance.Vectors() {
		if seen[v.Algorithm()] {
			continue
		}
		shift := len(seen)
		seen[v.Algorithm()] = true
		t.Run(v.Algorithm(), func(t *testing.T) {
			t.Parallel()
			var input any
			if err := json.Unmarshal(v.Input, &input); err != nil {
				t.Fatal(err)
			}
			count := 0
			replaceStrings(input, func(old string) string { count++; return old })
			for n := range min(count, most) {
				for k := range perString {
					filling := fillings[(shift+n+k)%len(fillings)]
					i := 0
					large := replaceStrings(input, func(old string) string {
						if i++; i-1 == n {
							return old + strings.Repeat(filling, largeInput/len(filling))
						}
						return old
					})
					soon(t, fmt.Sprintf("%q in string %d", filling, n), v.Algorithm(), large)
				}
			}
		})
	}
	if len(seen) == 0 {
		t.Error("there are no vectors")
	}
}

// TestExecLargeLists gives every algorithm that takes a header list one of a MiB.
func TestExecLargeLists(t *testing.T) {
	lists := map[string][][2]string{"one name": nil, "many names": nil, "safelisted": nil}
	for i := range largeInput / 64 {
		lists["one name"] = append(lists["one name"], [2]string{"Access-Control-Allow-Origin", "https://a.com"})
		lists["many names"] = append(lists["many names"], [2]string{fmt.Sprintf("x-%d", i), "v"})
		lists["safelisted"] = append(lists["safelisted"], [2]string{"Accept", "*/*"})
	}
	seen := map[string]bool{}
	for _, v := range conformance.Vectors() {
		if seen[v.Algorithm()] {
			continue
		}
		var input map[string]any
		if err := json.Unmarshal(v.Input, &input); err != nil {
			t.Fatal(err)
		}
		for _, object := range []any{input, input["request"], input["response"]} {
			fields, _ := object.(map[string]any)
			if fields["headers"] == nil {
				continue
			}
			seen[v.Algorithm()] = true
			for name, headers := range lists {
				fields["headers"] = headers
				soon(t, name, v.Algorithm(), input)
			}
		}
	}
	if len(seen) == 0 {
		t.Error("no algorithm takes a header list")
	}
}

// soon evaluates an input and fails if that takes long. The bound is far above what any input of a MiB takes, and far
// below what one takes that costs more than linear time.
func soon(t *testing.T, what, algorithm string, input any) {
	t.Helper()
	line, err := encode(map[string]any{"id": 1, "algorithm": algorithm, "input": input})
	if err != nil {
		t.Fatal(err)
	}
	t.Run(algorithm+", "+what, func(t *testing.T) {
		lineartest.Within(t, 20*time.Second, func() { checkAnswer(t, line, answerLine(line)) })
	})
}

// replaceStrings returns v with every string in it replaced, in a stable order.
func replaceStrings(v any, replace func(string) string) any {
	switch v := v.(type) {
	case string:
		return replace(v)
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = replaceStrings(v[i], replace)
		}
		return out
	case map[string]any:
		out := map[string]any{}
		names := []string{}
		for name := range v {
			names = append(names, name)
		}
		slices.Sort(names)
		for _, name := range names {
			out[name] = replaceStrings(v[name], replace)
		}
		return out
	}
	return v
}

// checkAnswer holds an answer to the protocol: one line, an object with the id and either an output or an error.
func checkAnswer(t testing.TB, line, answer []byte) {
	t.Helper()
	if bytes.Count(answer, []byte("\n")) != 1 || answer[len(answer)-1] != '\n' {
		t.Fatalf("%.200q: the answer %.200q is not one line", line, answer)
	}
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(answer, &fields); err != nil {
		t.Fatalf("%.200q: the answer %.200q: %v", line, answer, err)
	}
	_, hasOutput := fields["output"]
	var message string
	hasError := json.Unmarshal(fields["error"], &message) == nil && message != ""
	_, hasUnsupported := fields["unsupported"]
	if fields["id"] == nil || hasOutput == hasError || hasUnsupported && !hasError {
		t.Fatalf("%.200q: the answer %.200q is not one of the protocol's", line, answer)
	}
}

// FuzzExecLine feeds any bytes as one line, and expects exactly one answer, the same one each time except for opaque
// origins, or none for a line of white space.
func FuzzExecLine(f *testing.F) {
	seen := map[string]int{}
	for _, v := range conformance.Vectors() {
		if seen[v.Algorithm()]++; seen[v.Algorithm()] == 1 {
			f.Add(fmt.Appendf(nil, `{"id":1,"algorithm":%q,"input":%s}`, v.Algorithm(), v.Input))
		}
	}
	f.Add([]byte(`{"id":1,"algorithm":"hello","input":{}}`))
	f.Add([]byte(`{"id":1,"algorithm":"element-request","input":{}}`))
	f.Add([]byte("\xff"))
	f.Add([]byte(""))
	f.Add([]byte(" \t\r"))
	f.Add([]byte("\v"))
	f.Add([]byte(`{"b":1,"a":2}`))
	f.Fuzz(func(t *testing.T, line []byte) {
		if bytes.IndexByte(line, '\n') >= 0 {
			return
		}
		answers := execute(t, string(line)+"\n")
		if blank := len(bytes.Trim(line, " \t\r")) == 0; blank && len(answers) == 0 {
			return // a line of white space gets no answer
		}
		if len(answers) != 1 {
			t.Fatalf("%q: %d answers", line, len(answers))
		}
		checkAnswer(t, line, []byte(answers[0]))
		if again := answerLine(line); string(again) != answers[0] {
			t.Fatalf("%q:\n%sand then\n%s", line, answers[0], again)
		}
	})
}
