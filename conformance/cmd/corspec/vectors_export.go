package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/corspec/corspec/conformance"
)

// exportFormat is the version of the directory's format. It changes when what reads it would have to.
const exportFormat = 1

const exportReadme = `# Vectors of the CORS protocol

Inputs of the algorithms of the Fetch Standard and its neighbours, each with the output that the standard demands.

* vectors/ALGORITHM.jsonl: one JSON object a line, "id", "description", "input", "output" and more; schema.json describes it.
* schemas/ALGORITHM.json: a JSON Schema for the rows of one algorithm, with the shapes of input and output.
* format.json: the version of this format, the commits of the standards, and how many rows there are.
* CHANGELOG.md: rows whose output is another one than it was, with the reason.
* LICENSE: the licence of all of this.

A row passes if the output equals "output", or one of "acceptable" where the standard leaves a choice. Objects are compared as
sets of members, lists in order. Bytes of headers and methods are code points from U+0000 to U+00FF. "flags" name
implementations that are known to differ. "step" names the step that decides; an implementation need not know it, nor the codes.
`

// exportVectors writes vectors for people without Go to a directory, which is made, or is empty.
func exportVectors(dir string, vectors []conformance.Vector) error {
	if entries, err := os.ReadDir(dir); err == nil && len(entries) > 0 {
		return fmt.Errorf("-export %s: the directory is not empty", dir)
	}
	for _, sub := range []string{"vectors", "schemas"} {
		if err := os.MkdirAll(filepath.Join(dir, sub), 0o777); err != nil {
			return err
		}
	}
	rows := map[string][]conformance.Vector{}
	for _, v := range vectors {
		rows[v.Algorithm()] = append(rows[v.Algorithm()], v)
	}
	files := map[string][]byte{"README.md": []byte(exportReadme)}
	for _, name := range []string{"schema.json", "LICENSE", "CHANGELOG.md"} {
		data, err := fs.ReadFile(conformance.VectorsFS(), name)
		if err != nil {
			return err
		}
		files[name] = data
	}
	counts := map[string]int{}
	for algorithm, list := range rows {
		counts[algorithm] = len(list)
		var lines bytes.Buffer
		for _, v := range list {
			line, err := encode(v)
			if err != nil {
				return fmt.Errorf("%s: %w", v.ID, err)
			}
			lines.Write(append(line, '\n'))
		}
		files["vectors/"+algorithm+".jsonl"] = lines.Bytes()
		schema, err := rowSchema(algorithm, list)
		if err != nil {
			return err
		}
		files["schemas/"+algorithm+".json"] = indentedJSON(schema, "")
	}
	files["format.json"] = indentedJSON(map[string]any{
		"format": exportFormat, "corspec": version(), "licence": "BSD-3-Clause", "protocol": protocol, "rows": len(vectors), "algorithms": counts,
		"standards": conformance.Standards(),
	}, "")
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if err := os.WriteFile(filepath.Join(dir, filepath.FromSlash(name)), files[name], 0o666); err != nil {
			return err
		}
	}
	return nil
}

// rowSchema describes the rows of one algorithm: what stands around input and output as schema.json says, those two as
// the protocol's words and the rows themselves have them.
func rowSchema(algorithm string, list []conformance.Vector) (map[string]any, error) {
	in, out, notes, _ := conformance.Shape(algorithm)
	var input, output jsonShape
	for _, v := range list {
		for _, part := range []struct {
			text  json.RawMessage
			shape *jsonShape
		}{{v.Input, &input}, {v.Output, &output}} {
			var value any
			if err := json.Unmarshal(part.text, &value); err != nil {
				return nil, fmt.Errorf("%s: %w", v.ID, err)
			}
			part.shape.add(value)
		}
		for _, other := range v.Acceptable {
			var value any
			if err := json.Unmarshal(other, &value); err != nil {
				return nil, fmt.Errorf("%s: %w", v.ID, err)
			}
			output.add(value)
		}
	}
	inputSchema, outputSchema := input.schema(in), output.schema("")
	inputSchema["description"], outputSchema["description"] = in, out
	return map[string]any{
		"$schema":     "https://json-schema.org/draft/2020-12/schema",
		"title":       "A vector of " + algorithm,
		"description": strings.Join(append([]string{"Input: " + in, "Output: " + out}, notes...), "\n\n"),
		"allOf":       []any{map[string]any{"$ref": "../schema.json"}},
		"type":        "object",
		"properties": map[string]any{
			"id":         map[string]any{"type": "string", "pattern": "^" + algorithm + "/"},
			"input":      inputSchema,
			"output":     outputSchema,
			"acceptable": map[string]any{"type": "array", "items": outputSchema},
		},
	}, nil
}

// A jsonShape is what several JSON values have in common.
type jsonShape struct {
	types   map[string]bool
	objects int
	members map[string]*jsonShape // of objects
	times   map[string]int        // how many of the objects have the member
	values  *jsonShape            // of objects that are maps by URL
	items   *jsonShape            // of lists
}

// add takes in a value.
func (s *jsonShape) add(value any) {
	if s.types == nil {
		s.types, s.members, s.times = map[string]bool{}, map[string]*jsonShape{}, map[string]int{}
	}
	switch v := value.(type) {
	case nil:
		s.types["null"] = true
	case bool:
		s.types["boolean"] = true
	case float64:
		s.types["number"] = true
	case string:
		s.types["string"] = true
	case []any:
		s.types["array"] = true
		if s.items == nil {
			s.items = &jsonShape{}
		}
		for _, item := range v {
			s.items.add(item)
		}
	case map[string]any:
		s.types["object"] = true
		s.objects++
		for name, member := range v {
			if strings.Contains(name, ":") {
				if s.values == nil {
					s.values = &jsonShape{}
				}
				s.values.add(member)
				continue
			}
			if s.members[name] == nil {
				s.members[name] = &jsonShape{}
			}
			s.members[name].add(member)
			s.times[name]++
		}
	}
}

// schema returns the shape as JSON Schema. Members that all the objects have are required, except those that the words
// mark as optional.
func (s *jsonShape) schema(words string) map[string]any {
	schema := map[string]any{}
	switch types := slices.Sorted(maps.Keys(s.types)); len(types) {
	case 0: // of a list that is always empty
	case 1:
		schema["type"] = types[0]
	default:
		schema["type"] = types
	}
	if s.items != nil {
		schema["items"] = s.items.schema("")
	}
	if s.values != nil {
		schema["additionalProperties"] = s.values.schema("")
	}
	if len(s.members) == 0 {
		return schema
	}
	properties, required := map[string]any{}, []string{}
	for _, name := range slices.Sorted(maps.Keys(s.members)) {
		properties[name] = s.members[name].schema("")
		if s.times[name] == s.objects && !strings.Contains(words, "`"+name+"`?") {
			required = append(required, name)
		}
	}
	schema["properties"] = properties
	if len(required) > 0 {
		schema["required"] = required
	}
	return schema
}
