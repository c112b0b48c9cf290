package header

import "testing"

// The readers must not allocate on the paths of every response.
func TestAllocs(t *testing.T) {
	one := [][2]string{{"Vary", "Origin"}, {"Access-Control-Allow-Origin", "https://a.example"}}
	two := append(one[:2:2], [2]string{"access-control-allow-origin", "https://b.example"})
	for name, f := range map[string]func(){
		"Get of one line":  func() { Get(one, "access-control-allow-origin") },
		"Get of nothing":   func() { Get(one, "x") },
		"Index":            func() { Index(two, "access-control-allow-origin", 2) },
		"DetermineNosniff": func() { DetermineNosniff([][2]string{{"x-content-type-options", "NoSniff, x"}}) },
		"Split": func() {
			for s := Split(`"a,b", c,`); s.Next(); {
			}
		},
		"Elements": func() {
			e := Elements("x-a, x-b, ,")
			for e.Next() {
			}
		},
		"extract nothing": func() { ExtractListValues(one, "Access-Control-Expose-Headers") },
		"extract failure": func() { ExtractListValues([][2]string{{"Access-Control-Max-Age", "x"}}, "Access-Control-Max-Age") },
		"Lower":           func() { Lower("x-a") },
	} {
		if n := testing.AllocsPerRun(100, f); n != 0 {
			t.Errorf("%s allocates %v times", name, n)
		}
	}
}
