package fetch_test

import (
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/corspec/corspec/fetch"
)

const coep = "Cross-Origin-Embedder-Policy"

func TestObtainEmbedderPolicy(t *testing.T) {
	for _, tt := range []struct {
		value    string
		want     fetch.EmbedderPolicyValue
		reportTo string
	}{
		{"require-corp", fetch.EmbedderPolicyRequireCORP, ""},
		{"credentialless", fetch.EmbedderPolicyCredentialless, ""},
		{"unsafe-none", fetch.EmbedderPolicyUnsafeNone, ""},
		{"  require-corp  ", fetch.EmbedderPolicyRequireCORP, ""},
		{"\trequire-corp", fetch.EmbedderPolicyUnsafeNone, ""},
		{"", fetch.EmbedderPolicyUnsafeNone, ""},
		{"Require-Corp", fetch.EmbedderPolicyUnsafeNone, ""},
		{`"require-corp"`, fetch.EmbedderPolicyUnsafeNone, ""}, // a string, not a token
		{"require-corp,", fetch.EmbedderPolicyUnsafeNone, ""},
		{"require-corp, require-corp", fetch.EmbedderPolicyUnsafeNone, ""},
		{"(require-corp)", fetch.EmbedderPolicyUnsafeNone, ""},
		{"require-corp x", fetch.EmbedderPolicyUnsafeNone, ""},
		{"1", fetch.EmbedderPolicyUnsafeNone, ""},
		{`require-corp; report-to="ep"`, fetch.EmbedderPolicyRequireCORP, "ep"},
		{`require-corp;report-to="a\"b\\c"`, fetch.EmbedderPolicyRequireCORP, `a"b\c`},
		{`require-corp;report-to="a";report-to="b"`, fetch.EmbedderPolicyRequireCORP, "b"},
		{`require-corp;report-to="a";report-to`, fetch.EmbedderPolicyRequireCORP, ""},
		{"require-corp;report-to=ep", fetch.EmbedderPolicyRequireCORP, ""},
		{"require-corp;report-to", fetch.EmbedderPolicyRequireCORP, ""},
		{`require-corp;x="y";*z`, fetch.EmbedderPolicyRequireCORP, ""},
		{`require-corp ;x`, fetch.EmbedderPolicyUnsafeNone, ""},
		{`require-corp;  x`, fetch.EmbedderPolicyRequireCORP, ""},
		{`require-corp;`, fetch.EmbedderPolicyUnsafeNone, ""},
		{`require-corp;X`, fetch.EmbedderPolicyUnsafeNone, ""},
		{`require-corp;x =1`, fetch.EmbedderPolicyUnsafeNone, ""},
		{`require-corp;x=`, fetch.EmbedderPolicyUnsafeNone, ""},
		{`require-corp;x="a`, fetch.EmbedderPolicyUnsafeNone, ""},
		{`require-corp;x="a\n"`, fetch.EmbedderPolicyUnsafeNone, ""},
		{"require-corp;x=\"a\xe9\"", fetch.EmbedderPolicyUnsafeNone, ""},
		{"require-corp;x=\"a\x01\"", fetch.EmbedderPolicyUnsafeNone, ""},
		{"require-corp;x=?1;y=?0", fetch.EmbedderPolicyRequireCORP, ""},
		{"require-corp;x=?2", fetch.EmbedderPolicyUnsafeNone, ""},
		{"require-corp;x=?", fetch.EmbedderPolicyUnsafeNone, ""},
		{"require-corp;x=1;y=-1;z=0.5;w=-0", fetch.EmbedderPolicyRequireCORP, ""},
		{"require-corp;x=999999999999999", fetch.EmbedderPolicyRequireCORP, ""},
		{"require-corp;x=1234567890123456", fetch.EmbedderPolicyUnsafeNone, ""},
		{"require-corp;x=123456789012.123", fetch.EmbedderPolicyRequireCORP, ""},
		{"require-corp;x=1234567890123.1", fetch.EmbedderPolicyUnsafeNone, ""},
		{"require-corp;x=1.1234", fetch.EmbedderPolicyUnsafeNone, ""},
		{"require-corp;x=1.", fetch.EmbedderPolicyUnsafeNone, ""},
		{"require-corp;x=1.2.3", fetch.EmbedderPolicyUnsafeNone, ""},
		{"require-corp;x=-", fetch.EmbedderPolicyUnsafeNone, ""},
		{"require-corp;x=--1", fetch.EmbedderPolicyUnsafeNone, ""},
		{"require-corp;x=:aGk=:", fetch.EmbedderPolicyRequireCORP, ""},
		{"require-corp;x=::", fetch.EmbedderPolicyRequireCORP, ""},
		{"require-corp;x=:a b:", fetch.EmbedderPolicyUnsafeNone, ""},
		{"require-corp;x=:aGk=", fetch.EmbedderPolicyUnsafeNone, ""},
		{"require-corp;x=@1659578233", fetch.EmbedderPolicyRequireCORP, ""},
		{"require-corp;x=@-1", fetch.EmbedderPolicyRequireCORP, ""},
		{"require-corp;x=@1.5", fetch.EmbedderPolicyUnsafeNone, ""},
		{`require-corp;x=%"a%c3%a9"`, fetch.EmbedderPolicyRequireCORP, ""},
		{`require-corp;x=%"a%C3%A9"`, fetch.EmbedderPolicyUnsafeNone, ""},
		{`require-corp;x=%"%e9"`, fetch.EmbedderPolicyUnsafeNone, ""}, // not UTF-8
		{`require-corp;x=%"%e"`, fetch.EmbedderPolicyUnsafeNone, ""},
		{"require-corp;x=%\"a\x01\"", fetch.EmbedderPolicyUnsafeNone, ""},
		{"require-corp;x=%\"\xc3\xa9\"", fetch.EmbedderPolicyUnsafeNone, ""},
		{`require-corp;x=%"`, fetch.EmbedderPolicyUnsafeNone, ""},
		{`require-corp;x=%a`, fetch.EmbedderPolicyUnsafeNone, ""},
		{"require-corp;x=*tok:/en", fetch.EmbedderPolicyRequireCORP, ""},
		{"require-corp;x=(1)", fetch.EmbedderPolicyUnsafeNone, ""},
		{"require-corp/x", fetch.EmbedderPolicyUnsafeNone, ""},
		{"require-corp\x00", fetch.EmbedderPolicyUnsafeNone, ""},
	} {
		p := fetch.ObtainEmbedderPolicy(headers(strings.ToLower(coep), tt.value), true)
		if p != (fetch.EmbedderPolicy{Value: tt.want, ReportingEndpoint: tt.reportTo}) {
			t.Errorf("%q: %+v, want %s, %q", tt.value, p, tt.want, tt.reportTo)
		}
		p = fetch.ObtainEmbedderPolicy(headers(coep+"-Report-Only", tt.value), true)
		if p != (fetch.EmbedderPolicy{ReportOnly: tt.want, ReportOnlyReportEndpoint: tt.reportTo}) {
			t.Errorf("report-only %q: %+v, want %s, %q", tt.value, p, tt.want, tt.reportTo)
		}
		if p = fetch.ObtainEmbedderPolicy(headers(coep, tt.value), false); p != (fetch.EmbedderPolicy{}) {
			t.Errorf("%q in a context that is not secure: %+v", tt.value, p)
		}
	}
	t.Run("T158 two headers are malformed", func(t *testing.T) {
		if p := fetch.ObtainEmbedderPolicy(headers(coep, "require-corp", coep, "require-corp"), true); p != (fetch.EmbedderPolicy{}) {
			t.Errorf("%+v", p)
		}
	})
	if p := fetch.ObtainEmbedderPolicy(nil, true); p != (fetch.EmbedderPolicy{}) {
		t.Errorf("%+v", p)
	}
	both := fetch.ObtainEmbedderPolicy(headers(coep, "credentialless", coep+"-Report-Only", `require-corp;report-to="r"`), true)
	if both != (fetch.EmbedderPolicy{Value: fetch.EmbedderPolicyCredentialless, ReportOnly: fetch.EmbedderPolicyRequireCORP, ReportOnlyReportEndpoint: "r"}) {
		t.Errorf("%+v", both)
	}
}

// The grammar of RFC 9651 as a regular expression. It is stricter than the parsing algorithm about Base64 alone, and looser
// about display strings, which coepTwin decodes.
var sfItem = func() *regexp.Regexp {
	const (
		token   = "[A-Za-z*][!#$%&'*+\\-.^_`|~0-9A-Za-z:/]*"
		str     = `"(?:[ !#-\[\]-~]|\\["\\])*"`
		number  = `-?(?:[0-9]{1,12}\.[0-9]{1,3}|[0-9]{1,15})`
		binary  = `:[A-Za-z0-9+/=]*:`
		boolean = `\?[01]`
		date    = `@-?[0-9]{1,15}`
		display = `%"(?:[ !#$&-~]|%[0-9a-f]{2})*"`
		key     = `[a-z*][a-z0-9_\-.*]*`
	)
	return regexp.MustCompile(`^ *(` + token + `)((?:; *` + key + `(?:=(?:` + strings.Join([]string{token, str, number, binary, boolean, date, display}, "|") + `))?)*) *$`)
}()

var (
	sfDisplay = regexp.MustCompile(`=(%"[^"]*")`)
	sfQuoted  = regexp.MustCompile(`=("(?:[^"\\]|\\.)*")`)
)

func coepTwin(value string) (token, reportTo string, ok bool) {
	m := sfItem.FindStringSubmatch(value)
	if m == nil {
		return "", "", false
	}
	// Strings become harmless, so that what is in them is not taken for parameters.
	var literals []string
	keep := func(re *regexp.Regexp, s string) string {
		return re.ReplaceAllStringFunc(s, func(l string) string {
			literals = append(literals, l[1:])
			return `="` + strconv.Itoa(len(literals)-1) + `"`
		})
	}
	parameters := m[2]
	for rest := parameters; ; {
		// Display strings and strings in the order in which they come, since each may hold what looks like the other.
		d, q := sfDisplay.FindStringIndex(rest), sfQuoted.FindStringIndex(rest)
		if d == nil || q != nil && q[0] < d[0] {
			if q == nil {
				break
			}
			rest = rest[q[1]:]
			continue
		}
		var decoded []byte
		for s := rest[d[0]+3 : d[1]-1]; s != ""; {
			if s[0] == '%' {
				n, _ := strconv.ParseUint(s[1:3], 16, 8)
				decoded, s = append(decoded, byte(n)), s[3:]
			} else {
				decoded, s = append(decoded, s[0]), s[1:]
			}
		}
		if !utf8.Valid(decoded) {
			return "", "", false
		}
		rest = rest[d[1]:]
	}
	parameters = keep(regexp.MustCompile(`=(%"[^"]*"|"(?:[^"\\]|\\.)*")`), parameters)
	for _, p := range strings.Split(parameters, ";")[1:] {
		key, v, _ := strings.Cut(strings.TrimLeft(p, " "), "=")
		if key != "report-to" {
			continue
		}
		reportTo = ""
		if i, err := strconv.Atoi(strings.Trim(v, `"`)); err == nil && strings.HasPrefix(v, `"`) && literals[i][0] == '"' {
			l := literals[i][1 : len(literals[i])-1]
			reportTo = strings.NewReplacer(`\\`, `\`, `\"`, `"`).Replace(l)
		}
	}
	return m[1], reportTo, true
}

func FuzzCOEP(f *testing.F) {
	for _, s := range []string{"require-corp", ` credentialless;report-to="a\"b" `, `require-corp;x=%"%c3%a9;report-to=1";report-to="=\"%";y=:aa=:`,
		"require-corp;a=1.5;b=@3;c=?1;d=*;e", `require-corp;report-to="%\"";x=%"%ff"`, "require-corp;", `require-corp;report-to="x" `} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, value string) {
		token, reportTo, ok := coepTwin(value)
		want := fetch.EmbedderPolicy{}
		switch {
		case ok && token == "require-corp":
			want = fetch.EmbedderPolicy{Value: fetch.EmbedderPolicyRequireCORP, ReportingEndpoint: reportTo}
		case ok && token == "credentialless":
			want = fetch.EmbedderPolicy{Value: fetch.EmbedderPolicyCredentialless, ReportingEndpoint: reportTo}
		}
		if got := fetch.ObtainEmbedderPolicy(fetch.HeaderList{{coep, value}}, true); got != want {
			t.Errorf("%q: %+v, want %+v", value, got, want)
		}
	})
}
