package frameworks

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	goccy "github.com/goccy/go-yaml"
	yamlv2 "gopkg.in/yaml.v2"
	yamlv3 "gopkg.in/yaml.v3"

	"github.com/corspec/corspec/policy"
)

var yamls = map[string]struct {
	marshal   func(any) ([]byte, error)
	unmarshal func([]byte, any) error
}{
	"yaml.v2": {yamlv2.Marshal, yamlv2.Unmarshal},
	"yaml.v3": {yamlv3.Marshal, yamlv3.Unmarshal},
	"goccy":   {goccy.Marshal, func(data []byte, v any) error { return goccy.Unmarshal(data, v) }},
}

// A server's file, in which the policy is a part.
type serverFile struct {
	Addr string        `yaml:"addr"`
	CORS policy.Config `yaml:"cors"`
}

const goodYAML = `
addr: :8080
cors:
  origins:
    - https://app.example.com
    - http://localhost:*
  credentials: true
  methods: [PUT, PATCH]
  requestHeaders: [Content-Type]
  exposeHeaders: [X-Total]
  maxAge: 600
`

// Each package for YAML reads all fields, and writes what it reads.
func TestYAML(t *testing.T) {
	for name, yaml := range yamls {
		t.Run(name, func(t *testing.T) {
			var file serverFile
			if err := yaml.unmarshal([]byte(goodYAML), &file); err != nil {
				t.Fatal(err)
			}
			for range 2 {
				c := file.CORS
				if file.Addr != ":8080" || len(c.Origins) != 2 || !c.Credentials || !slices.Equal(c.Methods, []string{"PUT", "PATCH"}) ||
					!slices.Equal(c.RequestHeaders, []string{"Content-Type"}) || !slices.Equal(c.ExposeHeaders, []string{"X-Total"}) || c.MaxAge == nil || *c.MaxAge != 600 {
					t.Fatalf("%+v", file)
				}
				text, err := yaml.marshal(file)
				if err != nil || !strings.Contains(string(text), "requestHeaders:") || strings.Contains(string(text), "dangerously") {
					t.Fatalf("%s, %v", text, err)
				}
				file = serverFile{}
				if err := yaml.unmarshal(text, &file); err != nil {
					t.Fatalf("%s: %v", text, err)
				}
			}
		})
	}
}

// Each is as strict as JSON, and tells all mistakes at once.
func TestYAMLIsStrict(t *testing.T) {
	for name, yaml := range yamls {
		for text, want := range map[string][]string{
			"cors:\n  origins: ['*']\n  requestheaders: [X-A]\n":               {"unknown-field requestheaders → requestHeaders"},
			"cors:\n  origins: '*'\n  maxAge: 10m\n  allowed_methods: [PUT]\n": {"unknown-field allowed_methods → methods", "invalid-max-age maxAge → 600", "invalid-type origins → "},
			"cors:\n  origins: [null]\n":                                       {"invalid-type origins[0] → "},
			"cors:\n  origins: [{https: //a.example}]\n":                       {"invalid-type origins[0] → "},
			"cors:\n  origins: ['*']\n  credentials: 1\n  maxAge: .inf\n":      {"invalid-type credentials → ", "invalid-max-age maxAge → "},
			"cors:\n  origins: ['*']\n  methods: {PUT: true}\n":                {"invalid-type methods → "},
		} {
			var file serverFile
			err := yaml.unmarshal([]byte(text), &file)
			e, ok := errors.AsType[*policy.ConfigError](err)
			if !ok {
				t.Errorf("%s: %q: %v", name, text, err)
				continue
			}
			var got []string
			for _, f := range e.Errors {
				place := f.Field
				if f.Index >= 0 {
					place = fmt.Sprintf("%s[%d]", f.Field, f.Index)
				}
				got = append(got, fmt.Sprintf("%s %s → %s", f.Code, place, f.Suggestion))
			}
			slices.Sort(got)
			slices.Sort(want)
			if !slices.Equal(got, want) {
				t.Errorf("%s: %q: %q, want %q", name, text, got, want)
			}
		}
		for _, text := range []string{"cors:\n", "cors: null\n", "addr: x\n"} {
			var file serverFile
			if err := yaml.unmarshal([]byte(text), &file); err != nil || file.CORS.Origins != nil {
				t.Errorf("%s: %q: %+v, %v", name, text, file, err)
			}
		}
		var c policy.Config
		if err := yaml.unmarshal([]byte("cors: 1"), &c); err == nil {
			t.Errorf("%s: no field of a configuration is read", name)
		}
	}
}

// Embedded, a configuration reads all of the larger struct. What comes of that
// is told, not lost.
func TestYAMLEmbedded(t *testing.T) {
	type embedded struct {
		policy.Config `yaml:",inline"`
		Addr          string `yaml:"addr"`
	}
	for name, yaml := range yamls {
		var file embedded
		err := yaml.unmarshal([]byte("addr: :8080\norigins: ['*']\n"), &file)
		if err == nil && (file.Addr != ":8080" || len(file.Origins) != 1) || err != nil && !strings.Contains(err.Error(), "addr") {
			t.Errorf("%s: %+v, %v", name, file, err)
		}
	}
}
