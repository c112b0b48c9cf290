package explain_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/corspec/corspec/conformance"
	"github.com/corspec/corspec/fetch"
	"github.com/corspec/corspec/fetch/explain"
)

// A known fetch is an input of the algorithm "fetch" with a name.
type known struct {
	Name  string          `json:"name"`
	Input json.RawMessage `json:"input"`
}

// knownFetches returns the fetches that are explained in testdata/vectors.txt: those of the vectors, of whole fetches as of
// the two checks that most fetches fail by, and those of testdata/cases.jsonl.
func knownFetches(t *testing.T) (all []known) {
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
		all = append(all, known{v.ID, input})
	}
	data, err := os.ReadFile("testdata/cases.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	for line := range bytes.Lines(data) {
		var k known
		if err := json.Unmarshal(line, &k); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		all = append(all, k)
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
	e := explain.Trace(t)
	b.WriteString("  (" + [...]string{"nothing to change", "on the response", "on the response to the preflight", "on both responses", "on the client", "on the server"}[e.Where])
	if e.Status != 0 {
		fmt.Fprintf(b, ", status %d", e.Status)
	}
	if e.URL != "" {
		fmt.Fprintf(b, ", ask for %s", e.URL)
	}
	if e.Omit {
		b.WriteString(", omit credentials")
	}
	b.WriteString(")\n")
}

// TestExplainVectors holds every word that is said of the vectors' fetches against testdata/vectors.txt.
func TestExplainVectors(t *testing.T) {
	const file = "testdata/vectors.txt"
	want := map[string]string{}
	if !*update {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for part := range strings.SplitSeq(strings.TrimPrefix(string(data), "## "), "\n## ") {
			name, text, _ := strings.Cut(part, "\n")
			want[name] = strings.TrimSuffix(text, "\n")
		}
	}
	var all strings.Builder
	shorter := strings.NewReplacer(strings.TrimSuffix(fetch.Step("fetch:1").URL(), "fetch"), "#")
	for _, k := range knownFetches(t) {
		traces, err := conformance.Traces(fetch.ProfileStandard, k.Input)
		if err != nil {
			t.Errorf("%s: %v", k.Name, err)
			continue
		}
		var b strings.Builder
		for _, trace := range traces {
			show(&b, trace)
		}
		got := strings.TrimSuffix(shorter.Replace(b.String()), "\n")
		if diff := cmp.Diff(want[k.Name], got); diff != "" && !*update {
			t.Errorf("%s: with -update %s is written anew (-want +got)\n%s", k.Name, file, diff)
		}
		delete(want, k.Name)
		all.WriteString("## " + k.Name + "\n" + got + "\n")
	}
	for name := range want {
		t.Errorf("%s is in %s and nowhere else", name, file)
	}
	if *update {
		if err := os.WriteFile(file, []byte(all.String()), 0o666); err != nil {
			t.Fatal(err)
		}
	}
}
