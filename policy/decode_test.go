package policy_test

import (
	"encoding/json"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"golang.org/x/net/publicsuffix"

	"github.com/corspec/corspec/policy"
)

// yamlOf is what packages for YAML give to UnmarshalYAML: a function that
// decodes one value. (conformance/frameworks does the same with real ones.)
func yamlOf(fields map[string]any) func(any) error {
	return func(v any) error {
		m, ok := v.(*map[string]any)
		if !ok {
			return errors.New("into what?")
		}
		*m = fields
		return nil
	}
}

// In YAML, a configuration is as strict as in JSON, and the same.
func TestUnmarshalYAML(t *testing.T) {
	var c policy.Config
	err := c.UnmarshalYAML(yamlOf(map[string]any{
		"origins": []any{"https://a.example", "https://*.b.example"}, "credentials": true, "methods": []any{"PUT"}, "requestHeaders": []any{"X-A"}, "exposeHeaders": []any{"X-B"},
		"maxAge": 600, "timingAllowOrigin": nil, "preflightStatus": 200,
	}))
	want := policy.Config{
		Origins: []string{"https://a.example", "https://*.b.example"}, Credentials: true, Methods: []string{"PUT"}, RequestHeaders: []string{"X-A"}, ExposeHeaders: []string{"X-B"},
		MaxAge: new(600), PreflightStatus: 200,
	}
	if diff := cmp.Diff(want, c); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}

	for name, fields := range map[string]map[string]any{
		"unknown field":    {"origins": []any{"*"}, "requestheaders": []any{"X-A"}},
		"string":           {"origins": "*"},
		"null in a list":   {"origins": []any{nil}},
		"map in a list":    {"origins": []any{map[any]any{"https": "//a.example"}}},
		"map":              {"origins": map[string]any{"a": 1}},
		"duration":         {"origins": []any{"*"}, "maxAge": "10m"},
		"fraction":         {"origins": []any{"*"}, "maxAge": 0.5},
		"infinity":         {"origins": []any{"*"}, "maxAge": math.Inf(1)},
		"minus infinity":   {"origins": []any{"*"}, "maxAge": math.Inf(-1)},
		"not a number":     {"origins": []any{"*"}, "maxAge": math.NaN()},
		"yes":              {"origins": []any{"*"}, "credentials": "yes"},
		"a list of a list": {"origins": []any{[]any{"*", map[any]any{1: 2}}}},
	} {
		c := policy.Config{Methods: []string{"PUT"}}
		err := c.UnmarshalYAML(yamlOf(fields))
		if e, ok := errors.AsType[*policy.ConfigError](err); !ok || len(e.Errors) != 1 {
			t.Errorf("%s: %v", name, err)
		}
		if !cmp.Equal(c, policy.Config{Methods: []string{"PUT"}}) {
			t.Errorf("%s: the configuration has become %+v", name, c)
		}
	}
	if err := c.UnmarshalYAML(yamlOf(map[string]any{"origins": make(chan int)})); !errors.As(err, new(*policy.DecodeError)) || !strings.Contains(err.Error(), "has a value that JSON does not have: ") {
		t.Errorf("what JSON does not have: %v", err)
	}
	if err := c.UnmarshalYAML(yamlOf(nil)); err != nil || !cmp.Equal(c, want) {
		t.Errorf("nothing: %v, %+v", err, c)
	}
	broken := errors.New("broken")
	for _, fields := range []map[string]any{nil, {"origins": []any{"*"}}} {
		if err := c.UnmarshalYAML(func(v any) error { return errors.Join(yamlOf(fields)(v), broken) }); !errors.Is(err, broken) {
			t.Errorf("an error of the package's: %v", err)
		}
	}
	if err := c.UnmarshalYAML(yamlOf(map[string]any{"origins": []any{"*"}, "maxAge": 60.0})); err != nil || *c.MaxAge != 60 {
		t.Errorf("a whole number with a point: %v, %+v", err, c)
	}
}

// A Config that is embedded takes over the larger struct, and says so; a field
// does not.
func TestConfigInLargerStructs(t *testing.T) {
	const text = `{"addr": ":8080", "cors": {"origins": ["*"]}}`
	var good struct {
		Addr string
		CORS policy.Config
	}
	if err := json.Unmarshal([]byte(text), &good); err != nil || good.Addr != ":8080" || !slices.Equal(good.CORS.Origins, []string{"*"}) {
		t.Errorf("%+v, %v", good, err)
	}
	var embedded struct {
		policy.Config
		Addr string
	}
	err := json.Unmarshal([]byte(`{"addr": ":8080", "origins": ["*"]}`), &embedded)
	if err == nil || !strings.Contains(err.Error(), `addr`) {
		t.Errorf("%+v, %v", embedded, err)
	}
}

// FuzzParse holds what is found in any text to what suggestions promise: those
// that are followed, one by one, are of use.
func FuzzParse(f *testing.F) {
	for _, text := range []string{
		`{"origins":["https://a.example/","https://*.b.example","null","http://c.example:80"],"credentials":true}`,
		`{"origins":["*"],"methods":["put","PUT ","ALL"],"requestHeaders":["X-A:","*"],"exposeHeaders":["Expires"],"maxAge":"10m"}`,
		`{"origins":["a.example:1-3"],"method":["PUT"],"static":true,"preflightStatus":201,"timingAllowOrigin":["HTTPS://A.example"]}`,
		`{"origins":["moz-extension://*","htttps://a","https://a,b"],"dangerouslyAllowNull":true}`, `{"origins":"x"}`, `[]`, `{"a":1,"a":2}`,
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		p, err := policy.Parse([]byte(text), policy.WithSuffixList(publicsuffix.List))
		if p == nil == (err == nil) {
			t.Fatalf("%q: %v, %v", text, p, err)
		}
		if err != nil && (len(err.Error()) > 1<<16 || !strings.HasPrefix(err.Error(), "policy: ")) {
			t.Fatalf("%q: an error of %d bytes, %.100q", text, len(err.Error()), err)
		}
		found := p.Warnings()
		if e, ok := errors.AsType[*policy.ConfigError](err); ok {
			found = append(e.Errors, e.Warnings...)
		} else if err != nil {
			return
		} else if again, err := policy.New(p.Config(), policy.WithSuffixList(publicsuffix.List)); err != nil || !cmp.Equal(again.Config(), p.Config()) {
			t.Fatalf("%q: the normal form %+v makes %+v, %v", text, p.Config(), again.Config(), err)
		}
		for _, finding := range found {
			if finding.Code == "" || finding.Detail == "" || finding.String() == "" {
				t.Fatalf("%q: %#v", text, finding)
			}
			if finding.Suggestion == "" || finding.Field == "WithOrigins" {
				continue
			}
			var config map[string]any
			if err := json.Unmarshal([]byte(text), &config); err != nil {
				t.Fatal(err)
			}
			follow(t, config, finding)
			_, errs, _ := findingsOf(t, config)
			for _, e := range errs {
				if finding.Suggestion != "remove it" && e.Field == finding.Field && e.Index == finding.Index {
					t.Fatalf("%q: %v, followed, is %v", text, finding, e)
				}
			}
		}
	})
}
