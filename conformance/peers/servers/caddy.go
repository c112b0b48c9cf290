package main

import (
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/corspec/corspec/policy"
)

// caddyVersion is that of github.com/caddyserver/caddy/v2, as in the module of the gateways.
const caddyVersion = "v2.11.9"

// caddyPeers builds Caddy in a folder of its own, unless the path of one is given.
func caddyPeers(path string) (all []peer, remove func(), err error) {
	version := caddyVersion
	if path == "" {
		dir, err := os.MkdirTemp("", "corspec-caddy-")
		if err != nil {
			return nil, nil, err
		}
		remove = func() { os.RemoveAll(dir) }
		install := exec.Command("go", "install", "github.com/caddyserver/caddy/v2/cmd/caddy@"+caddyVersion)
		install.Env = append(os.Environ(), "GOBIN="+dir, "GOWORK=off")
		if out, err := install.CombinedOutput(); err != nil {
			return nil, remove, fmt.Errorf("go install caddy: %w\n%s", err, out)
		}
		path = filepath.Join(dir, "caddy")
	} else {
		out, err := exec.Command("go", "version", "-m", path).Output()
		if err != nil {
			return nil, nil, fmt.Errorf("go version -m %s: %w", path, err)
		}
		_, rest, _ := strings.Cut(string(out), "\tgithub.com/caddyserver/caddy/v2\t")
		version, _, _ = strings.Cut(rest, "\t")
	}
	return []peer{{name: "Caddy, header", version: version, start: func(c policy.Config, a app) (any, func(), error) {
		if hasPattern(c) {
			return nil, nil, nil // a regular expression of one's own is what it has
		}
		return startCaddy(path, caddySite(c, a))
	}}}, remove, nil
}

// caddySite is a site that sets headers by the origin. Caddy has no directive of its own for CORS.
func caddySite(c policy.Config, a app) string {
	var b strings.Builder
	fixed := fmt.Sprintf("Access-Control-Allow-Methods %q\nAccess-Control-Allow-Headers %q\nAccess-Control-Expose-Headers %q\n", strings.Join(c.Methods, ", "), strings.Join(c.RequestHeaders, ", "), strings.Join(c.ExposeHeaders, ", "))
	if c.Credentials {
		fixed += "Access-Control-Allow-Credentials true\n"
	}
	if slices.Equal(c.Origins, []string{"*"}) {
		fmt.Fprintf(&b, "header {\nAccess-Control-Allow-Origin *\n%s}\n", fixed)
	} else {
		b.WriteString("header Vary Origin\n")
		for i, o := range c.Origins {
			fmt.Fprintf(&b, "@origin%d header Origin %s\nheader @origin%d {\nAccess-Control-Allow-Origin %s\n%s}\n", i, o, i, o, fixed)
		}
	}
	b.WriteString("@preflight {\nmethod OPTIONS\nheader Origin *\nheader Access-Control-Request-Method *\n}\nhandle @preflight {\nrespond 204\n}\nhandle / {\n")
	for name, value := range a.headers {
		fmt.Fprintf(&b, "header %s %q\n", name, value)
	}
	b.WriteString("respond items\n}\nhandle {\nrespond 404\n}\n")
	return b.String()
}

func startCaddy(path, site string) (url any, stop func(), err error) {
	dir, err := os.MkdirTemp("", "corspec-caddy-")
	if err != nil {
		return nil, nil, err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, nil, err
	}
	address := l.Addr().String()
	l.Close()
	config := filepath.Join(dir, "Caddyfile")
	err = os.WriteFile(config, []byte("{\nadmin off\nauto_https off\ndefault_bind 127.0.0.1\npersist_config off\n}\nhttp://"+address+" {\n"+site+"}\n"), 0o600)
	if err != nil {
		return nil, nil, err
	}
	cmd := exec.Command(path, "run", "--config", config)
	cmd.Env = append(os.Environ(), "XDG_DATA_HOME="+dir, "XDG_CONFIG_HOME="+dir)
	if err := cmd.Start(); err != nil {
		return nil, nil, err
	}
	stop = func() { cmd.Process.Kill(); cmd.Wait(); os.RemoveAll(dir) }
	for range 500 {
		if c, err := net.Dial("tcp", address); err == nil {
			c.Close()
			return "http://" + address, stop, nil
		}
		time.Sleep(20 * time.Millisecond)
	}
	return nil, stop, errors.New("Caddy does not listen")
}
