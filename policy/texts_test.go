package policy_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/publicsuffix"

	"github.com/corspec/corspec/internal/golden"
	"github.com/corspec/corspec/origin"
	"github.com/corspec/corspec/policy"
)

// configurations have something to be said about them: errors, warnings, or what is brought into normal form.
func configurations() []string {
	origins := func(patterns ...string) string {
		return fmt.Sprintf(`{"origins":["%s"]}`, strings.Join(patterns, `","`))
	}
	credentials := func(patterns ...string) string {
		return fmt.Sprintf(`{"origins":["%s"],"credentials":true}`, strings.Join(patterns, `","`))
	}
	with := func(fields string) string { return `{"origins":["https://a.example"],` + fields + `}` }
	label := strings.Repeat("a", 63)
	domain := strings.Repeat(label+".", 3)
	configs := []string{
		`{}`, `[]`, `{"origins":[]}`, `{"origins":["*"],"origins":["*"]}`, `{"origins":["*"]} x`,
		// Origins.
		origins("https://a.example:443", "http://a.example:80", "https://a.example:[443,8443]", "https://b.example:[8443,80]"),
		origins("https://a.example/", "a.example", "HTTPS://A.example", "https://a.example/path", "https://a.example:0443", "https://bücher.example", "https://a.example."),
		origins("https://a.example, https://b.example", "https://a.example https://b.example", "https://a.example;https://b.example", "https://a,b", "a b", "x;y.z"),
		origins("https://a*.example", "^https://a", "/a.example/", "https://.*", "https://(a|b).example", "https://a+b/c", `https://a\\.example/`, "https://$x/", "https://{x}", "https://ex_ample/x", "://", ""),
		origins("*", "https://a.example", "https://*.a.example", "https://b.*.a.example"),
		origins("https://a.example", "https://a.example", "https://x.a.example", "https://*.a.example", "https://*.b.a.example", "https://c.example:*", "https://c.example:1"),
		origins("htp://a.example", "httpss://a.example", "htps://a.example", "hxxpx://a.example", "hxxps://a.example", "httpsxx://a.example", "httpsxxx://a.example", "app://a", "ws://a.example", "wss://a.example", "ftp://a.example"),
		origins("https://a..example", "https://a+b.example", "https://a_b-c.example", "https://"+label+"a.example", "https://"+label+".example", "https://[::1]", "https://a.example.."),
		origins("https://"+domain+strings.Repeat("b", 61), "https://"+domain+strings.Repeat("b", 62), "https://"+domain+strings.Repeat("b", 61)+".", "https://.a.example"),
		origins("moz-extension://AB", "chrome-extension://AB", "safari-web-extension://AB", "moz-extension://{uuid}", "chrome-extension://{uuid}"),
		origins("ws://a..example", "wss://a..example", "chromeextension://a", "http"+strings.Repeat("s", 100)+"://a"),
		origins("http://192.168.0.0/16", "http://[fd00::]/8", "https://a.example@evil.example/x", `https://a.example\u0000`, "https://a,https://b"),
		origins("null", "https://a.example"), origins("*", "null"),
		`{"origins":["null","null","*"],"dangerouslyAllowNull":true}`, `{"origins":["null","null","https://a.example"],"dangerouslyAllowNull":true}`,
		credentials("*", "null", "http://a.example", "http://a.example:[1,2]", "http://*.a.example", "ws://a.example", "ws://*.com", "ftp://a.example"),
		credentials("http://localhost", "http://a.localhost:1", "http://[::1]:*", "http://127.0.0.1", "http://127.x", "http://127.0.0.1.example", "http://localhost.", "http://[::2]", "https://*.localhost", "http://*.localhost"),
		credentials("https://*.com", "https://*.github.io", "https://*.render.com", "https://*.a.example", "https://*.a.example:443", "http://a.example/", "http://*.b.example/"),
		`{"origins":["https://a.example"],"credentials":true,"timingAllowOrigin":["http://a.example/","http://b.example:80","htp://c.example"]}`,
		credentials("moz-extension://{uuid}", "moz-extension://ab", "app://a", "https://a.example/", "*.a.example", "*.com", "httpp://a.example:80"),
		`{"origins":["http://a.example","https://*.com","moz-extension://{uuid}"],"credentials":true,` +
			`"dangerouslyAllowInsecureOrigins":true,"dangerouslyAllowPublicSuffixes":true,"dangerouslyAllowAnyExtensions":true}`,
		// Lists of methods and names.
		with(`"methods":["put","Delete","patch","PATCH","GET","head","x","X","z","Zz","{","a_b"]`),
		with(`"methods":["all","ALL","any","Any","*"]`),
		with(`"methods":["a|b","a*","^a","a$","a+b","a&b","PUT, PATCH"," put\t","put,","\r\nput","a b","","trace "," GET","é","CONNECT","PUT\u0000","pu\u0131t"]`),
		with(`"methods":["ALL","Any","PUT|DELETE"]`),
		with(`"requestHeaders":["X-B","x-a","x-b","Authorization","Accept","x-*","Access-Control-Allow-Origin","access-control-x"]`),
		with(`"requestHeaders":["X-A","*","*"]`), with(`"requestHeaders":["*","authorization","X-A"]`),
		with(`"requestHeaders":["x a"," x-a","x-a:","x-a,","\tX-A\r\n","Host:"," cookie","","é","Host","Set-Cookie ","Set-Cookie2:","x-a\u0000"]`),
		with(`"exposeHeaders":["X-B","x-a","x-b","Content-Type","Cache-Control","Access-Control-Max-Age","x-*","Set-Cookie","Set-Cookie2:","Host:","x-c:","a b"]`),
		with(`"exposeHeaders":["X-B","*"]`), with(`"exposeHeaders":["X-B","*"],"credentials":true`),
		with(`"timingAllowOrigin":["null","https://a.example:443","http://*.com","a.example","https://b.example/","*.c.example","htp://a"]`),
		with(`"timingAllowOrigin":["*","https://b.example","null"],"dangerouslyAllowNull":true`),
		with(`"timingAllowOrigin":["null","null"],"dangerouslyAllowNull":true`),
		// Static.
		with(`"static":true,"timingAllowOrigin":["https://b.example","*"]`), with(`"static":true,"timingAllowOrigin":["*","https://*.b.example"]`),
		with(`"static":true,"timingAllowOrigin":["https://*.b.example"]`), with(`"static":true,"timingAllowOrigin":["https://b.example","https://*.b.example:*"]`),
		with(`"static":true,"timingAllowOrigin":["*.b.example","https://b.example/","*/"]`),
		with(`"static":true,"timingAllowOrigin":["\"*\""]`), `{"origins":["\"*\""],"static":true}`, `{"origins":["https://a.example/",""],"static":true}`,
		with(`"static":true,"timingAllowOrigin":["null"],"dangerouslyAllowNull":true`),
		`{"origins":["*"],"static":true,"timingAllowOrigin":["null"],"dangerouslyAllowNull":true}`, `{"origins":["*","https://a.example"],"static":true}`,
		`{"origins":["https://a.example","*"],"static":true}`, `{"origins":["https://*.a.example"],"static":true}`, `{"origins":["*.a.example","https://b.example/"],"static":true}`,
		`{"origins":["https://a.example","https://a.example:443"],"static":true}`, `{"origins":["https://a.example","https://b.example","https://c.example"],"static":true}`,
		with(`"static":true,"credentials":true,"methods":["*"],"requestHeaders":["x-a","*","Authorization"]`), with(`"static":true,"methods":["*"],"requestHeaders":["*"]`),
		// Types and fields.
		`{"origins":"https://a.example"}`, `{"origins":["https://a.example",1,null,"b c"]}`, with(`"credentials":"true"`), with(`"credentials":1,"static":[],"maxAge":{},"methods":{}`),
		with(`"dangerouslyAllowInsecureOrigins":false,"dangerouslyAllowPublicSuffixes":false,"dangerouslyAllowAnyExtensions":false`), with(`"dangerouslyAllowInsecureOrigins":true`), with(`"dangerouslyAllowPublicSuffixes":true`), with(`"dangerouslyAllowAnyExtensions":true`),
		with(`"credentials":null,"maxAge":null,"preflightStatus":null,"methods":null,"static":false`),
	}
	for _, name := range []string{
		"allowedOrigins", "allow_origins", "allow-origin", "origin", "allowed-origin", "allowedMethods", "allowMethods", "method", "allowedHeaders", "allow_headers", "exposedHeaders",
		"response-headers", "exposeHeader", "exposeheaderss", "timingalloworigin", "timing_allow_origin", "headers", "requestheader", "requestHeaderses", "method s", "mthods", "mhtods",
		"metho", "meth", "met", "originss", "xorigins", "xxorigins", "xxorigi", "xxorigin", "orig", "abcdef", "x", "",
		strings.Repeat("_", 57) + "origins", strings.Repeat("_", 58) + "origins", strings.Repeat("methods", 12),
	} {
		configs = append(configs, fmt.Sprintf(`{"%s":["https://a.example"]}`, name))
	}
	for _, name := range []string{"allowCredentials", "credentialed", "supports_credentials", "credential", "static_", "statics", "statix", "sttaic", "ttaticcc", "sta", "dangerouslyAllow", "dangerouslyAllowInsecureOrigin", "dangerouslyallownull", "Credentials"} {
		configs = append(configs, with(fmt.Sprintf(`"%s":true`, name)))
	}
	for _, name := range []string{"maxAgeInSeconds", "max_age_seconds", "max-age", "maxag", "maxxage", "optionsSuccessStatus", "options_response_status_code", "preflightSuccessStatus", "preflightstatus"} {
		configs = append(configs, with(fmt.Sprintf(`"%s":200`, name)), with(fmt.Sprintf(`"%s":true`, name)))
	}
	for _, value := range []string{
		"0", "1", "-1", "86400", "86401", "2147483647", "2147483648", "1e3", "1.5", `""`, `"10m"`, `"1h"`, `"1d"`, `"2d"`, `"1.5h"`, `"0.7s"`, `"5s"`, `"-1m"`, `"-0"`, `"m"`, `"1w"`, `"inf"`,
		`"nan"`, `"0x10"`, `"1_0"`, `"+5"`, `"1e999"`, `"-1e999"`, `"1e400d"`, `"` + strings.Repeat("0", 62) + `10"`, `"` + strings.Repeat("0", 63) + `10"`, `"1..5"`, `"86400"`, `"1440m"`, "true",
	} {
		configs = append(configs, with(`"maxAge":`+value))
	}
	for _, value := range []string{"0", "199", "200", "201", "204", "299", "300", `"200"`, `"ok"`, `"299"`, "-1"} {
		configs = append(configs, with(`"preflightStatus":`+value))
	}
	// How long a list may be: to the byte.
	long := func(field string, size int) string {
		return with(`"` + field + `":["x-a","` + strings.Repeat("y", size) + `"]`)
	}
	for _, size := range []int{8<<10 - 5, 8<<10 - 4, 8<<10 - 3} {
		configs = append(configs, long("requestHeaders", size), long("exposeHeaders", size), long("methods", size-len("GET,HEAD,POST,")))
	}
	for size := 4<<10 - 1; size <= 4<<10+1; size++ { // of Timing-Allow-Origin
		origins := manyOrigins(140)
		host := strings.Repeat("a.", 4<<10)[:size-len(strings.Join(origins, ", ")+", https://")-1] + "b"
		list := strings.Join(append(origins, "https://"+host), `","`)
		configs = append(configs, with(`"static":true,"timingAllowOrigin":["`+list+`"]`), with(`"static":true,"dangerouslyAllowNull":true,"timingAllowOrigin":["null","`+list+`"]`))
	}
	return configs
}

// shown shortens what is long in a text.
func shown(text string) string {
	if len(text) > 400 {
		return fmt.Sprintf("%s … (%d bytes) … %s", text[:120], len(text), text[len(text)-60:])
	}
	return text
}

// allText is all that the package says of its corpora.
func allText() string {
	var b strings.Builder
	say := func(found []policy.Finding, what string) {
		for _, f := range found {
			fmt.Fprintf(&b, "  %s %s\n", what, shown(f.String()))
		}
	}
	for _, text := range configurations() {
		fmt.Fprintf(&b, "%s\n", shown(strings.TrimSpace(text)))
		p, err := policy.Parse([]byte(text), policy.WithSuffixList(publicsuffix.List))
		if e, ok := errors.AsType[*policy.ConfigError](err); ok {
			say(e.Errors, "error")
			say(e.Warnings, "warning")
		} else if err != nil {
			fmt.Fprintf(&b, "  %v\n", err)
		} else {
			say(p.Warnings(), "warning")
			normal, _ := json.Marshal(p.Config())
			fmt.Fprintf(&b, "  is %s\n", shown(string(normal)))
		}
	}

	set := func(patterns ...string) policy.Option {
		var parsed []origin.Pattern
		for _, text := range patterns {
			p, err := origin.ParsePattern(text)
			if err != nil {
				panic(err)
			}
			parsed = append(parsed, p)
		}
		return policy.WithOrigins(origin.NewSet(parsed...))
	}
	everything := policy.WithOrigins(policy.OriginsFunc(func(o origin.Origin) bool { return o.Host() != "evil.example" }))
	for _, c := range []struct {
		config  string
		options []policy.Option
	}{
		{`{"origins":["https://a.example","https://*.b.example:[443,8443]","http://localhost:1","https://www.c.example","moz-extension://{uuid}"],"methods":["PUT","patch"],"requestHeaders":["x-a","X-B"],"maxAge":0,"exposeHeaders":["x-c"]}`, nil},
		{`{"origins":["https://a.example","https://*.render.com"],"credentials":true,"methods":["*"],"requestHeaders":["*"],"timingAllowOrigin":["null","https://a.example","https://*.b.example"],"dangerouslyAllowNull":true}`, nil},
		{`{"origins":["https://a.example"],"credentials":true,"requestHeaders":["*","authorization"],"preflightStatus":200}`, []policy.Option{set("https://set.example", "https://*.b.example", "https://*.render.com")}},
		{`{"origins":["https://a.example"]}`, []policy.Option{set("http://set.example", "http://*.set.example:*")}},
		{`{"origins":["*"],"methods":["*"],"requestHeaders":["*"],"timingAllowOrigin":["*"]}`, nil},
		{`{"origins":["https://a.example"],"static":true,"credentials":true,"methods":["PUT"],"timingAllowOrigin":["https://a.example","https://b.example"]}`, nil},
		{`{"origins":["https://a.example"],"credentials":true,"dangerouslyAllowInsecureOrigins":true}`, []policy.Option{everything}},
		{`{"origins":["https://a.example"],"credentials":true}`, []policy.Option{everything}},
	} {
		fmt.Fprintf(&b, "\n%s, %d options\n", c.config, len(c.options))
		p, err := policy.Parse([]byte(c.config), append(slices.Clone(c.options), policy.WithSuffixList(publicsuffix.List))...)
		if err != nil {
			panic(err)
		}
		say(p.Warnings(), "warning")
		for _, r := range requests() {
			d := p.Evaluate(r)
			if d.Policy() != p {
				panic("a decision of another policy")
			}
			fmt.Fprintf(&b, "  %s\n    %s %v %q %d", shown(fmt.Sprintf("%q", []string{r.Method, r.Origin, r.RequestMethod, r.RequestHeaders})), d.Kind(), d.Allowed(), d.Code(), d.Status())
			for name, value := range d.All() {
				fmt.Fprintf(&b, "; %s: %s", name, shown(value))
			}
			fmt.Fprintf(&b, "; Vary: %s\n    %s\n", d.Vary(), p.Explain(r))
		}
	}
	fmt.Fprintf(&b, "\nno policy\n  %s\n", (*policy.Policy)(nil).Explain(policy.Request{Method: "GET", Origin: "https://a.example"}))
	return b.String()
}

func requests() (list []policy.Request) {
	for _, o := range []string{
		"", "https://a.example", "https://x.b.example", "null", "http://a.example", "https://a.example:8443", "https://a.example.", "https://www.a.example", "https://b.example", "https://c.example",
		"http://127.0.0.1:1", "http://[::1]:2", "https://x.y.app.render.com", "https://x.render.com", "http://set.example", "http://x.set.example", "https://evil.example", "file://",
		"https://a.example, https://b.example", "https://a.example/", "HTTPS://a.example", "https://A.example", "a.example", "x y", "https://www.a.example.", "https://www.x.b.example.:8443", "https://b.example:9", "http://www.x.b.example:8443", "app://A.example",
		"https://" + strings.Repeat("a", policy.MaxRequestHeadersSize-len("https://")), "https://" + strings.Repeat("a", policy.MaxRequestHeadersSize),
	} {
		list = append(list, policy.Request{Method: "GET", Origin: o})
	}
	list = append(list, policy.Request{Method: "OPTIONS"}, policy.Request{Method: "OPTIONS", RequestMethod: "PUT"}, policy.Request{Method: "GET", RequestMethod: "PUT"},
		policy.Request{Method: "OPTIONS", Origin: "https://a.example"}, policy.Request{Method: "OPTIONS", Origin: "https://evil.example"},
		policy.Request{Method: "GET", Origin: "https://a.example", RequestMethod: "PUT"}, policy.Request{Method: "OPTIONS", Origin: "null", RequestMethod: "PUT"},
		policy.Request{Method: "OPTIONS", Origin: "https://evil.example", RequestMethod: "PUT"}, policy.Request{Method: "OPTIONS", Origin: "x y", RequestMethod: "PUT"})
	for _, method := range []string{"GET", "PUT", "put", "patch", "PATCH", "DELETE", "*", "TRACE", "a b", "zZ"} {
		list = append(list, policy.Request{Method: "OPTIONS", Origin: "https://a.example", RequestMethod: method})
	}
	for _, headers := range []string{
		"x-a", "x-a,x-b", "X-B , x-A", "x-c,x-d", "x-c,authorization,x-d", "authorization", "Authorization", "authorizatiom", "authorization,x-c", "*", "host", "x a", "x-a;x-b", "é", "x-a,\x00", ",", "x-a,,",
		"x-{", "x-@", "x-[", "x-[,x-a", "x-Z", "X-A!", "x-a-x-b",
		strings.Repeat(",", policy.MaxEmptyElements-1), strings.Repeat(",", policy.MaxEmptyElements), strings.Repeat("x", policy.MaxRequestHeadersSize), strings.Repeat("x", policy.MaxRequestHeadersSize+1),
	} {
		list = append(list, policy.Request{Method: "OPTIONS", Origin: "https://a.example", RequestMethod: "PUT", RequestHeaders: headers})
	}
	return list
}

// What the package says of configurations and requests, to the byte. Other tests say what is right; this one shows in a
// change what else it changes.
func TestTexts(t *testing.T) {
	golden.Text(t, "testdata/texts.txt", allText())
}
