package policy

import (
	"slices"
	"strings"
	"testing"

	"github.com/corspec/corspec/origin"
)

// What a policy keeps, and what each request costs, is no more than it has to say: no header that is never set, no
// Timing-Allow-Origin to look for where nobody is named for it, and of the patterns only those that public suffixes cut
// short.
func TestNothingIdle(t *testing.T) {
	set := origin.MustParseSet("https://b.example", "https://*.c.example:*")
	p, err := New(Config{Origins: []string{"https://a.example", "https://*.d.example", "https://e.example:*"}, Credentials: true}, WithSuffixList(oneLabel{}), WithOrigins(set))
	if err != nil {
		t.Fatal(err)
	}
	if got := namesOf(p.actual); !slices.Equal(got, []string{headerAllowOrigin, headerAllowCredentials}) {
		t.Errorf("responses have %q", got)
	}
	if got := namesOf(p.preflight); !slices.Equal(got, []string{headerAllowOrigin, headerAllowCredentials, headerAllowMethods}) {
		t.Errorf("answers to preflights have %q", got)
	}
	if want := verdict(KindNone) | variesWithOrigin; p.none != want || p.timing.used {
		t.Errorf("without Origin, %b is sent, want %b; timing is used: %v", p.none, want, p.timing.used)
	}
	everybody, err := New(Config{Origins: []string{wildcard}})
	if err != nil {
		t.Fatal(err)
	}
	if got := everybody.Evaluate(Request{Method: "GET", Origin: "https://a.example"}).verdict; got != verdict(KindActual)|sendsCORS {
		t.Errorf("to everybody, %b is sent", got)
	}
	var wildcards []string
	for _, pattern := range p.wildcards.Patterns() {
		wildcards = append(wildcards, pattern.String())
	}
	if slices.Sort(wildcards); !slices.Equal(wildcards, []string{"https://*.c.example:*", "https://*.d.example"}) {
		t.Errorf("cut short are %q", wildcards)
	}
}

func namesOf(fields []field) (names []string) {
	for _, f := range fields {
		names = append(names, f.name)
	}
	return names
}

// oneLabel is a list on which all that have one label are public suffixes.
type oneLabel struct{}

func (oneLabel) PublicSuffix(domain string) string {
	return domain[strings.LastIndexByte(domain, '.')+1:]
}

// What a client asked for must not become the value of a header that nothing is to be echoed in.
func TestEchoesHaveTheirOwnHeaders(t *testing.T) {
	for _, f := range []field{{headerAllowOrigin, "https://app.example", noPart}, {headerAllowOrigin, "", partOrigin}} {
		if got := f.valueIn("https://app.example", "https://evil.example", "https://evil.example"); got != "https://app.example" {
			t.Errorf("Access-Control-Allow-Origin is %q", got)
		}
	}
}
