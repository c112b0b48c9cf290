package conformance

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

// files returns the embedded files of vectors, by algorithm.
func files(t *testing.T) map[string][]byte {
	t.Helper()
	names, err := fs.Glob(VectorsFS(), "*.jsonl")
	if err != nil || len(names) == 0 {
		t.Fatalf("no files of vectors: %v", err)
	}
	all := map[string][]byte{}
	for _, name := range names {
		data, err := fs.ReadFile(VectorsFS(), name)
		if err != nil {
			t.Fatal(err)
		}
		all[strings.TrimSuffix(name, path.Ext(name))] = data
	}
	return all
}

// TestVectors holds Evaluate against every vector.
func TestVectors(t *testing.T) {
	byAlgorithm := map[string][]Vector{}
	for _, v := range Vectors() {
		byAlgorithm[v.Algorithm()] = append(byAlgorithm[v.Algorithm()], v)
	}
	for algorithm, vectors := range byAlgorithm {
		t.Run(algorithm, func(t *testing.T) {
			for _, v := range vectors {
				output, err := Evaluate(algorithm, v.Input)
				if err != nil {
					t.Errorf("%s: %v", v.ID, err)
					continue
				}
				encoded := mustMarshal(t, output)
				if !v.Accepts(encoded, ByStep) {
					diff := cmp.Diff(plain(t, v.Output), plain(t, encoded))
					t.Errorf("%s: %s\ninput: %s\n(-want +got)\n%s", v.ID, v.Description, v.Input, diff)
				}
			}
		})
	}
}

// TestEveryAlgorithmHasVectors names the algorithms whose file of vectors is missing.
func TestEveryAlgorithmHasVectors(t *testing.T) {
	all := files(t)
	for _, algorithm := range Algorithms() {
		if len(bytes.TrimSpace(all[algorithm])) == 0 {
			t.Errorf("vectors/%s.jsonl is missing or empty", algorithm)
		}
	}
	for algorithm := range all {
		if !slices.Contains(Algorithms(), algorithm) {
			t.Errorf("vectors/%s.jsonl is of no algorithm that Evaluate knows", algorithm)
		}
	}
}

// TestVectorRows holds every row against schema.json and what a schema cannot say.
func TestVectorRows(t *testing.T) {
	data, err := fs.ReadFile(VectorsFS(), "schema.json")
	if err != nil {
		t.Fatal(err)
	}
	s, ok := plain(t, data).(map[string]any)
	if !ok {
		t.Fatal("schema.json is not an object")
	}
	seen := map[string]string{}
	inputs := map[string]string{}
	for algorithm, data := range files(t) {
		if !utf8.Valid(data) {
			t.Errorf("%s.jsonl is not valid UTF-8", algorithm)
		}
		if len(data) > 0 && data[len(data)-1] != '\n' {
			t.Errorf("%s.jsonl does not end with a line feed", algorithm)
		}
		number := 0
		for line := range bytes.Lines(data) {
			number++
			place := fmt.Sprintf("%s.jsonl:%d", algorithm, number)
			row := plain(t, line)
			for _, problem := range schemaProblems(s, row, "") {
				t.Errorf("%s: %s", place, problem)
			}
			var v Vector
			if err := json.Unmarshal(line, &v); err != nil {
				t.Errorf("%s: %v", place, err)
				continue
			}
			if v.Algorithm() != algorithm {
				t.Errorf("%s: id %q is not of this file's algorithm", place, v.ID)
			}
			if other := seen[v.ID]; other != "" {
				t.Errorf("%s: id %q stands also at %s", place, v.ID, other)
			}
			seen[v.ID] = place
			input := algorithm + string(mustMarshal(t, plain(t, v.Input)))
			if other := inputs[input]; other != "" {
				t.Errorf("%s: %q has the input of %s", place, v.ID, other)
			}
			inputs[input] = place
		}
	}
}

// TestVectorSteps holds the step that a verdict names against the row's own, where both are there.
func TestVectorSteps(t *testing.T) {
	for _, v := range Vectors() {
		output, ok := plain(t, v.Output).(map[string]any)
		if !ok || v.Step == "" {
			continue
		}
		if step, ok := output["step"].(string); ok && step != v.Step {
			t.Errorf("%s: its output says step %q, the row says %q", v.ID, step, v.Step)
		}
	}
}

func TestReadVectorsRejects(t *testing.T) {
	const good = `{"id":"a/b","description":"d","input":{},"output":null}`
	if vectors, err := ReadVectors(strings.NewReader(good + "\n\n" + good)); err != nil || len(vectors) != 2 {
		t.Fatalf("two good lines: %v, %v", vectors, err)
	}
	for _, tt := range []struct{ line, want string }{
		{`{"id":"a/b"`, "line 2"},
		{`{"id":"a/b","description":"d","input":{},"output":null,"outptu":1}`, "outptu"},
		{`{"description":"d","input":{},"output":null}`, "id"},
		{`{"id":"a/b","input":{},"output":null}`, "description"},
		{`{"id":"a/b","description":"d","output":null}`, "input"},
		{`{"id":"a/b","description":"d","input":{}}`, "output"},
		{`{"ID":"a/b","description":"d","input":{},"output":null}`, "id: missing field"},
		{`{"id":"a/b","description":"d","input":{},"output":null,"id":"a/c"}`, "id: stands there twice"},
		{`{"id":"a/b","description":"","input":{},"output":null}`, "description: is empty"},
		{good + "{}", "after top-level value"},
	} {
		_, err := ReadVectors(strings.NewReader(good + "\n" + tt.line))
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: error %v, want one with %q", tt.line, err, tt.want)
		}
	}
}

// schemaProblems checks a value against the part of JSON Schema that schema.json uses. A keyword that it does not know
// is a problem too.
func schemaProblems(schema map[string]any, value any, path string) (problems []string) {
	report := func(format string, args ...any) {
		problems = append(problems, strings.TrimSpace(path+" "+fmt.Sprintf(format, args...)))
	}
	for _, keyword := range slices.Sorted(maps.Keys(schema)) {
		want := schema[keyword]
		switch keyword {
		case "$schema", "title", "description":
		case "type":
			types := map[string]bool{"object": false, "array": false, "string": false}
			if _, known := types[want.(string)]; !known {
				report("the schema's type %v is not known to this test", want)
			}
			_, types["object"] = value.(map[string]any)
			_, types["array"] = value.([]any)
			_, types["string"] = value.(string)
			if !types[want.(string)] {
				report("is no %v", want)
			}
		case "required":
			if object, ok := value.(map[string]any); ok {
				for _, name := range want.([]any) {
					if _, ok := object[name.(string)]; !ok {
						report("lacks %q", name)
					}
				}
			}
		case "additionalProperties":
			if object, ok := value.(map[string]any); ok && want == false {
				for name := range object {
					if _, ok := schema["properties"].(map[string]any)[name]; !ok {
						report("has the unknown field %q", name)
					}
				}
			}
		case "properties":
			if object, ok := value.(map[string]any); ok {
				for name, sub := range want.(map[string]any) {
					if v, ok := object[name]; ok {
						problems = append(problems, schemaProblems(sub.(map[string]any), v, path+"."+name)...)
					}
				}
			}
		case "items":
			if list, ok := value.([]any); ok {
				for i, v := range list {
					problems = append(problems, schemaProblems(want.(map[string]any), v, fmt.Sprintf("%s[%d]", path, i))...)
				}
			}
		case "uniqueItems":
			if list, ok := value.([]any); ok && want == true {
				for i := range list {
					for j := range i {
						if reflect.DeepEqual(list[i], list[j]) {
							report("holds %v twice", list[i])
						}
					}
				}
			}
		case "pattern":
			if s, ok := value.(string); ok && !regexp.MustCompile(want.(string)).MatchString(s) {
				report("%q does not match %s", s, want)
			}
		case "minLength":
			if s, ok := value.(string); ok && float64(utf8.RuneCountInString(s)) < want.(float64) {
				report("%q is too short", s)
			}
		default:
			report("the schema's keyword %q is not known to this test", keyword)
		}
	}
	return problems
}

func TestSchemaProblems(t *testing.T) {
	var schema map[string]any
	if err := json.Unmarshal([]byte(`{"type":"object","required":["a"],"additionalProperties":false,"properties":{
		"a":{"type":"string","pattern":"^x","minLength":2},"l":{"type":"array","uniqueItems":true,"items":{"type":"string"}}}}`), &schema); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		value    string
		problems int
	}{
		{`{"a":"xy","l":["p","q"]}`, 0},
		{`[]`, 1},
		{`{}`, 1},
		{`{"a":"xy","b":1}`, 1},
		{`{"a":1}`, 1},
		{`{"a":"y"}`, 2},
		{`{"a":"xy","l":["p","p",1]}`, 2},
	} {
		if got := schemaProblems(schema, plain(t, []byte(tt.value)), ""); len(got) != tt.problems {
			t.Errorf("%s: %q, want %d problems", tt.value, got, tt.problems)
		}
	}
}

// plain returns JSON as maps, lists, strings, float64, bool and nil.
func plain(t testing.TB, data []byte) (v any) {
	t.Helper()
	if err := json.Unmarshal(data, &v); err != nil {
		t.Fatalf("%.200s: %v", data, err)
	}
	return v
}

func mustMarshal(t testing.TB, v any) []byte {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// roundTrip returns what a reader of v's JSON gets.
func roundTrip(t testing.TB, v any) any {
	t.Helper()
	return plain(t, mustMarshal(t, v))
}
