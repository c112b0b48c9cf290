package conformance

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/corspec/corspec/conformance/internal/input"
)

//go:embed vectors
var embedded embed.FS

// A Vector is one input of one algorithm with the output that the standard demands.
type Vector struct {
	// ID is stable and unique, the algorithm and a name: "cors-check/wildcard-with-credentials".
	ID string `json:"id"`
	// Description says in a sentence what the row is about.
	Description string `json:"description"`
	// Input and Output are JSON, in the shapes of Evaluate.
	Input  json.RawMessage `json:"input"`
	Output json.RawMessage `json:"output"`
	// Step is the step that decides, as "anchor:number", or empty where the row names none.
	Step string `json:"step,omitempty"`
	// Flags mark rows where implementations are known to differ from the standard: "chromium-differs".
	Flags []string `json:"flags,omitempty"`
	// Acceptable holds further outputs that pass, where the standard leaves a choice.
	Acceptable []json.RawMessage `json:"acceptable,omitempty"`
	// Traps numbers the known traps that the row is for: "T80". A test holds that no number is without a row or a test.
	Traps []string `json:"trap,omitempty"`
	// Note is for people.
	Note string `json:"note,omitempty"`
}

// Algorithm returns the name of the vector's algorithm, the part of its id before the slash.
func (v Vector) Algorithm() string {
	algorithm, _, _ := strings.Cut(v.ID, "/")
	return algorithm
}

// Vectors returns all vectors, those of one algorithm together. The caller may change the slice, but not what the
// vectors refer to.
func Vectors() []Vector { return slices.Clone(loadEmbedded()) }

// VectorsFS returns the files of vectors as they are embedded: <algorithm>.jsonl, and schema.json, which describes a
// row.
func VectorsFS() fs.FS {
	sub, err := fs.Sub(embedded, "vectors")
	if err != nil {
		panic(err) // cannot be: the name is valid
	}
	return sub
}

// loadEmbedded panics where a file cannot be read, which a test excludes for what is embedded.
var loadEmbedded = sync.OnceValue(func() []Vector {
	names, err := fs.Glob(VectorsFS(), "*.jsonl")
	if err != nil {
		panic(err)
	}
	var all []Vector
	for _, name := range names {
		data, err := fs.ReadFile(VectorsFS(), name)
		if err != nil {
			panic(err)
		}
		vectors, err := ReadVectors(bytes.NewReader(data))
		if err != nil {
			panic(fmt.Sprintf("conformance: embedded %s: %v", path.Join("vectors", name), err))
		}
		all = append(all, vectors...)
	}
	return all
})

// ReadVectors reads vectors from JSON lines. It demands the fields id, description, input and output, and knows no
// others than those of Vector; an error names the line. Empty lines are skipped.
func ReadVectors(r io.Reader) ([]Vector, error) {
	data, err := io.ReadAll(r)
	if err != nil {
		return nil, err
	}
	var vectors []Vector
	number := 0
	for line := range bytes.Lines(data) {
		number++
		line = bytes.TrimSpace(line)
		if len(line) == 0 {
			continue
		}
		v, err := readVector(line)
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", number, err)
		}
		vectors = append(vectors, v)
	}
	return vectors, nil
}

func readVector(line []byte) (Vector, error) {
	o := input.Read(line)
	v := Vector{
		ID:          o.Need("id").NonEmpty(),
		Description: o.Need("description").NonEmpty(),
		Input:       o.Need("input").Raw(),
		Output:      o.Need("output").Raw(),
		Step:        o.Take("step").Text(),
		Flags:       o.Take("flags").Texts(),
		Traps:       o.Take("trap").Texts(),
		Note:        o.Take("note").Text(),
	}
	for acceptable := range o.Take("acceptable").List() {
		v.Acceptable = append(v.Acceptable, acceptable.Raw())
	}
	return v, o.End()
}
