package safelist

import (
	"regexp"
	"strings"
	"testing"
)

func TestReason(t *testing.T) {
	for _, c := range []struct {
		reason Reason
		ok     bool
		want   string
	}{
		{Reason{}, false, "not checked"},
		{CheckCORSSafelistedRequestHeader("Accept", "*/*"), true, "ok"},
		{CheckCORSSafelistedRequestHeader("Accept", "a(b"), false, "value-unsafe-byte at byte 1 of the value"},
		{CheckHeaderName("a b"), false, "name-not-token at byte 1 of the name"},
		{CheckMethod("a b"), false, "method-not-token at byte 1 of the method"},
		{CheckCORSSafelistedRequestHeader("X-A", ""), false, "name-not-safelisted"},
		{CheckMethod(""), false, "method-empty"},
		{Reason{RuleOK, 3}, true, "ok"},
		{Reason{"no-such-rule", -1}, false, "no-such-rule"},
	} {
		if c.reason.OK() != c.ok || c.reason.String() != c.want {
			t.Errorf("got %v, %q, want %v, %q", c.reason.OK(), c.reason, c.ok, c.want)
		}
		want := c.want
		if text := c.reason.Rule.Explain(); text != "" {
			want += ": " + text
		}
		if got := c.reason.Explain(); got != want {
			t.Errorf("Explain: got %q, want %q", got, want)
		}
	}
}

// Every rule has a name of its own in one form, a part and a text.
func TestRules(t *testing.T) {
	seen := map[Rule]bool{}
	kebab := regexp.MustCompile(`^[a-z]+(-[a-z]+)*$`)
	for i, e := range rules {
		if seen[e.rule] || !kebab.MatchString(string(e.rule)) {
			t.Errorf("rule %d: %q", i, e.rule)
		}
		seen[e.rule] = true
		part, _, _ := strings.Cut(string(e.rule), "-")
		switch part {
		case "ok":
			part = ""
		case "content", "range": // headers
			part = "value"
		}
		if e.rule.Part() != part {
			t.Errorf("%q: part %q, want %q", e.rule, e.rule.Part(), part)
		}
		if text := e.rule.Explain(); text == "" || !strings.HasSuffix(text, ".") {
			t.Errorf("%q: text %q", e.rule, text)
		}
	}
	if len(rules) != 22 {
		t.Errorf("%d rules, want 22", len(rules))
	}
	if r := Rule("no-such-rule"); r.Part() != "" || r.Explain() != "" {
		t.Error("an unknown rule has a text")
	}
}

func TestParseError(t *testing.T) {
	_, err := ParseMIMEType("text")
	if want := `safelist: "text": content-type-malformed at byte 4 of the value: `; err == nil || !strings.HasPrefix(err.Error(), want) {
		t.Errorf("got %v, want %s…", err, want)
	}
	_, err = ParseMIMEType(strings.Repeat("a", 1<<20))
	if n := len(err.Error()); n > 400 {
		t.Errorf("the error has %d bytes", n)
	}
}
