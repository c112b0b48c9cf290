package explain_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/corspec/corspec/conformance"
	"github.com/corspec/corspec/fetch"
	"github.com/corspec/corspec/fetch/explain"
	"github.com/corspec/corspec/internal/golden"
)

// A named fetch has its text in a golden file.
type named struct {
	name   string
	traces []fetch.Trace
}

// vectorFetches returns the fetches of the vectors: whole ones, and such as make the two checks that most fetches fail
// by.
func vectorFetches(t *testing.T) (all []named) {
	t.Helper()
	type object map[string]any
	for _, v := range conformance.Vectors() {
		var in struct {
			URLs              []string
			Headers, Response json.RawMessage
			Request           object
			Origin            string
			Credentials       string
		}
		input := v.Input
		switch v.Algorithm() {
		case "fetch":
		case "cors-check":
			if err := json.Unmarshal(v.Input, &in); err != nil {
				t.Fatal(err)
			}
			if in.URLs != nil {
				continue // it is about redirects before
			}
			const url = "https://api.example/"
			input = marshal(t, object{"requests": []object{{"origin": in.Origin, "credentials": in.Credentials, "url": url}},
				"serve": object{url: object{"request": []object{{"status": 200, "headers": in.Headers}}}}})
		case "cors-preflight-check":
			if err := json.Unmarshal(v.Input, &in); err != nil {
				t.Fatal(err)
			}
			url, one := in.Request["url"].(string)
			if !one {
				continue // as above
			}
			allowed := object{"status": 200, "headers": [][2]any{{acao, in.Request["origin"]}, {acac, "true"}}}
			input = marshal(t, object{"requests": []object{in.Request}, "serve": object{url: object{"preflight": []json.RawMessage{in.Response}, "request": []object{allowed}}}})
		default:
			continue
		}
		traces, err := conformance.Traces(fetch.ProfileStandard, input)
		if err != nil {
			t.Fatalf("%s: %v", v.ID, err)
		}
		all = append(all, named{v.ID, traces})
	}
	return all
}

func marshal(t *testing.T, v any) []byte {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// show prints all that is said of a fetch.
func show(b *strings.Builder, t fetch.Trace) {
	explain.Printer{W: b}.Trace(t, nil)
	b.WriteString(besides(explain.Trace(t)))
}

// besides is what an explanation holds besides its texts, on a line.
func besides(e explain.Explanation) string {
	var b strings.Builder
	b.WriteString("  (" + [...]string{"nothing to change", "on the response", "on the response to the preflight", "on both responses", "on the client", "on the server"}[e.Where])
	if e.Status != 0 {
		fmt.Fprintf(&b, ", status %d", e.Status)
	}
	if e.URL != "" {
		fmt.Fprintf(&b, ", ask for %s", e.URL)
	}
	if e.Omit {
		b.WriteString(", omit credentials")
	}
	b.WriteString(")\n")
	return b.String()
}

// TestExplainVectors holds every word that is said of the vectors' fetches against testdata/vectors.txt, and of the
// cases against testdata/cases.txt.
func TestExplainVectors(t *testing.T) {
	for file, fetches := range map[string][]named{"testdata/vectors.txt": vectorFetches(t), "testdata/cases.txt": caseFetches(t)} {
		holdTexts(t, file, fetches)
	}
}

func holdTexts(t *testing.T, file string, fetches []named) {
	shorter := strings.NewReplacer(strings.TrimSuffix(fetch.Step("fetch:1").URL(), "fetch"), "#")
	parts := make([]golden.Part, len(fetches))
	for i, f := range fetches {
		var b strings.Builder
		for _, trace := range f.traces {
			show(&b, trace)
		}
		parts[i] = golden.Part{Name: f.name, Text: shorter.Replace(b.String())}
	}
	golden.Parts(t, file, parts)
}
