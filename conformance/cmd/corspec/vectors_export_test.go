package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/corspec/corspec/conformance"
	"github.com/corspec/corspec/internal/testshared"
)

// TestVectorsExport reads back what is exported, and holds each row to the schema of its algorithm.
func TestVectorsExport(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new", "vectors")
	status, stdout, stderr := corspec("vectors", "-export", dir)
	if status != exitOK || stderr != "" || !strings.HasPrefix(stdout, dir+": ") {
		t.Fatalf("status %d, %s%s", status, stdout, stderr)
	}
	read := func(name string) []byte {
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	var format struct {
		Format, Rows int
		Licence      string
		Standards    map[string]string
		Algorithms   map[string]int
	}
	if err := json.Unmarshal(read("format.json"), &format); err != nil || format.Format != exportFormat || format.Rows != len(conformance.Vectors()) || len(format.Standards) != len(conformance.Standards()) || len(format.Algorithms) != len(conformance.Algorithms()) {
		t.Errorf("%+v, %v", format, err)
	}
	if string(read("LICENSE")) != string(testshared.RootFile(t, "LICENSE")) {
		t.Error("the licence is another one than the repository's; copy it to conformance/vectors")
	}
	if !strings.Contains(string(read("CHANGELOG.md")), "Format 1") || !strings.Contains(string(read("README.md")), "schemas/ALGORITHM.json") {
		t.Error("README or CHANGELOG")
	}
	var row any
	if err := json.Unmarshal(read("schema.json"), &row); err != nil {
		t.Fatal(err)
	}
	total := 0
	for _, algorithm := range conformance.Algorithms() {
		f, err := os.Open(filepath.Join(dir, "vectors", algorithm+".jsonl"))
		if err != nil {
			t.Fatal(err)
		}
		vectors, err := conformance.ReadVectors(f)
		f.Close()
		if err != nil {
			t.Fatal(err)
		}
		var schema any
		if err := json.Unmarshal(read(filepath.Join("schemas", algorithm+".json")), &schema); err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(read(filepath.Join("vectors", algorithm+".jsonl")))) {
			var v any
			if err := json.Unmarshal([]byte(line), &v); err != nil {
				t.Fatal(err)
			}
			if at := breaks(schema, v, ""); at != "" {
				t.Errorf("%.200s\n%s is not as schemas/%s.json has it", line, at, algorithm)
			}
		}
		bad := map[string]any{"id": algorithm + "/x", "input": 5.0, "output": nil}
		if breaks(schema, bad, "") == "" {
			t.Errorf("the schema of %s takes anything", algorithm)
		}
		total += len(vectors)
	}
	if total != format.Rows {
		t.Errorf("%d rows in files, %d in format.json", total, format.Rows)
	}
	if status, _, stderr := corspec("vectors", "-export", dir); status != exitUsage || !strings.Contains(stderr, "is not empty") {
		t.Errorf("into a directory with files: status %d, %s", status, stderr)
	}
	if status, _, stderr := corspec("vectors", "-export", filepath.Join(dir, "README.md", "x")); status != exitUsage || stderr == "" {
		t.Errorf("into a file: status %d, %s", status, stderr)
	}
}

// TestVectorsChangelog holds that the rows that the list of changed expectations names are there.
func TestVectorsChangelog(t *testing.T) {
	all := conformance.Vectors()
	named := 0
	for _, part := range strings.Split(string(testshared.RootFile(t, "conformance/vectors/CHANGELOG.md")), "`") {
		algorithm, name, ok := strings.Cut(part, "/")
		if !ok || !slices.Contains(conformance.Algorithms(), algorithm) {
			continue
		}
		named++
		prefix, wild := strings.CutSuffix(name, "*")
		if !slices.ContainsFunc(all, func(v conformance.Vector) bool {
			return v.ID == part || wild && strings.HasPrefix(v.ID, algorithm+"/"+prefix)
		}) {
			t.Errorf("there is no %s", part)
		}
	}
	if named == 0 {
		t.Error("the list names nothing")
	}
}

// breaks returns where a value is not as a JSON Schema has it, or "". It knows the keywords that the schemas here use.
func breaks(schema, value any, at string) string {
	s, _ := schema.(map[string]any)
	kinds := map[string]bool{}
	switch k := s["type"].(type) {
	case string:
		kinds[k] = true
	case []any:
		for _, k := range k {
			kinds[k.(string)] = true
		}
	}
	kind := "null"
	switch v := value.(type) {
	case bool:
		kind = "boolean"
	case float64:
		kind = "number"
	case string:
		kind = "string"
		if p, ok := s["pattern"].(string); ok && !strings.HasPrefix(v, strings.TrimPrefix(p, "^")) {
			return at
		}
	case []any:
		kind = "array"
		for _, item := range v {
			if bad := breaks(s["items"], item, at+"[]"); s["items"] != nil && bad != "" {
				return bad
			}
		}
	case map[string]any:
		kind = "object"
		properties, _ := s["properties"].(map[string]any)
		for name, member := range v {
			sub := properties[name]
			if sub == nil {
				sub = s["additionalProperties"]
			}
			if bad := breaks(sub, member, at+"."+name); sub != nil && bad != "" {
				return bad
			}
		}
		required, _ := s["required"].([]any)
		for _, name := range required {
			if _, ok := v[name.(string)]; !ok {
				return at + "." + name.(string)
			}
		}
	}
	if len(kinds) > 0 && !kinds[kind] {
		return at + " (" + kind + ")"
	}
	return ""
}
