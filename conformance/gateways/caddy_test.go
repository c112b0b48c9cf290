package gateways

import (
	"fmt"
	"net"
	"strings"
	"testing"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/caddyconfig"
	_ "github.com/caddyserver/caddy/v2/modules/caddyhttp/reverseproxy"
	_ "github.com/caddyserver/caddy/v2/modules/caddyhttp/standard"
	_ "github.com/caddyserver/caddy/v2/modules/logging"

	_ "github.com/corspec/corspec/conformance/gateways/caddy"

	"github.com/corspec/corspec/conformance/frameworks/probes"
)

// caddyfile has three servers: with corspec, with the headers that are often copied, and with corspec and nothing
// upstream.
const caddyfile = `
{
	admin off
	auto_https off
	persist_config off
	log {
		output discard
	}
	servers {
		protocols h1
	}
}

(policy) {
	corspec {
		origins {args[:]}
		credentials
		methods PUT DELETE OPTIONS
		request_headers Content-Type X-Token
		expose_headers X-Total
	}
}

http://127.0.0.1:PORT0 {
	handle /inner/* {
		import policy https://app.example
		reverse_proxy UPSTREAM
	}
	handle {
		import policy https://app.example https://partner.example
		reverse_proxy UPSTREAM
	}
}

(headers) {
	@preflight{args[1]} {
		method OPTIONS
		header Origin {args[0]}
		header Access-Control-Request-Method *
	}
	@origin{args[1]} header Origin {args[0]}
	header @origin{args[1]} {
		Access-Control-Allow-Origin {args[0]}
		Access-Control-Allow-Credentials true
		Access-Control-Expose-Headers X-Total
		Access-Control-Allow-Methods "GET, HEAD, POST, PUT, DELETE, OPTIONS"
		Access-Control-Allow-Headers "Content-Type, X-Token"
		Vary Origin
	}
	respond @preflight{args[1]} 204
}

http://127.0.0.1:PORT1 {
	import headers https://app.example 0
	import headers https://partner.example 1
	reverse_proxy UPSTREAM
}

http://127.0.0.1:PORT2 {
	import policy https://app.example
	reverse_proxy 127.0.0.1:1
}

http://127.0.0.1:PORT3 {
	import policy https://app.example
	basic_auth {
		user $2a$10$PQg3JvbHEiMZfVm0T8xr9.kqgyBcMDkcPnkUmwxA2E1eUY2ZMFmuu
	}
	respond "secret"
}
`

// startCaddy starts Caddy, of which a process has one, and returns the URLs of its servers.
func startCaddy(t *testing.T) (urls [4]string) {
	t.Helper()
	t.Setenv("XDG_DATA_HOME", t.TempDir())
	text := strings.ReplaceAll(caddyfile, "UPSTREAM", strings.TrimPrefix(probes.Serve(t, probes.Upstream()), "http://"))
	for i := range urls {
		l := probes.Listen(t)
		address := l.Addr().String()
		l.Close()
		_, port, _ := net.SplitHostPort(address)
		text = strings.ReplaceAll(text, fmt.Sprintf("PORT%d", i), port)
		urls[i] = "http://" + address
	}
	config, warnings, err := caddyconfig.GetAdapter("caddyfile").Adapt([]byte(text), map[string]any{"filename": "Caddyfile"})
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range warnings {
		if !strings.Contains(w.Message, "not formatted") {
			t.Log(w)
		}
	}
	if err := caddy.Load(config, true); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := caddy.Stop(); err != nil {
			t.Error(err)
		}
	})
	return urls
}

// caddyOf is what Caddy was started for last.
var caddyOf struct {
	t    *testing.T
	urls [4]string
}

func caddyMounts() []probes.Mount {
	start := func(i int) func(t *testing.T) string {
		return func(t *testing.T) string {
			if caddyOf.t != t {
				caddyOf.t, caddyOf.urls = t, startCaddy(t)
			}
			return caddyOf.urls[i]
		}
	}
	return []probes.Mount{
		{Framework: "Caddy", Name: "corspec", Kind: probes.KindOver, Chooses: true, Start: start(0)},
		{Framework: "Caddy", Name: "header, respond", Kind: probes.KindOther, Start: start(1)},
	}
}

// TestCaddyErrors lets an allowed page read what Caddy itself answers.
func TestCaddyErrors(t *testing.T) {
	urls := startCaddy(t)
	for _, c := range []struct {
		url, page, want string
	}{
		{urls[2], probes.App, "502; Vary: Origin"},
		{urls[2], probes.Evil, "missing-allow-origin; Vary: Origin"},
		{urls[3], probes.App, "401; Vary: Origin"},
		{urls[3], probes.Evil, "missing-allow-origin; Vary: Origin"},
	} {
		if got := (probes.Probe{Page: c.page}).Run(t, probes.Mount{}, c.url); got != c.want {
			t.Errorf("%s, %s: %s, want %s", c.url, c.page, got, c.want)
		}
	}
}

// TestCaddyfile holds what the directive takes.
func TestCaddyfile(t *testing.T) {
	for directive, want := range map[string]string{
		"corspec {\norigins https://a.example\nmax_age 600\ntiming_allow_origin *\n}": "",
		"corspec {\norigins https://*.com\ncredentials\n}":                            "",
		"corspec https://a.example":                                                   "wrong argument count",
		"corspec {\norigin https://a.example\n}":                                      `no option "origin"`,
		"corspec {\norigins *\nmax_age 10m\n}":                                        "number of seconds",
		"corspec {\norigins *\ncredentials yes\n}":                                    "wrong argument count",
		"corspec {\norigins *\nmax_age\n}":                                            "wrong argument count",
		"corspec {\norigins https://a.example\nother 1\n}":                            `no option "other"`,
	} {
		_, _, err := caddyconfig.GetAdapter("caddyfile").Adapt([]byte("http://127.0.0.1:1 {\n"+directive+"\n}"), nil)
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: %v, want %q", directive, err, want)
		}
	}
	// A policy that is not safe is an error when it is loaded.
	t.Setenv("XDG_DATA_HOME", t.TempDir())
	err := caddy.Load([]byte(`{"admin": {"disabled": true}, "apps": {"http": {"servers": {"a": {"listen": ["127.0.0.1:0"], "routes": [
		{"handle": [{"handler": "corspec", "policy": {"origins": ["https://*.com"], "credentials": true}}]}]}}}}}`), true)
	if err == nil || !strings.Contains(err.Error(), "public-suffix") {
		t.Errorf("a wildcard over a public suffix: %v", err)
	}
}
