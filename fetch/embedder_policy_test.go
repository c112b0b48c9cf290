package fetch_test

import (
	"strings"
	"testing"

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
