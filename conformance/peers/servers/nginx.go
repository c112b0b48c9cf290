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

// snippets are ways to do CORS in nginx that are copied from answer to answer. ROUTE stands for what the application
// answers.
var snippets = []struct {
	name      string
	everybody bool   // it is for everybody, else for the exact origins
	around    string // in the http block
	location  string
}{
	{"one line", true, "", `add_header Access-Control-Allow-Origin *; ROUTE`},
	{"OPTIONS, GET and POST by if, as enable-cors.org's", true, "", `
      if ($request_method = 'OPTIONS') {
        add_header 'Access-Control-Allow-Origin' '*';
        add_header 'Access-Control-Allow-Methods' 'GET, POST, OPTIONS';
        add_header 'Access-Control-Allow-Headers' 'DNT,User-Agent,X-Requested-With,If-Modified-Since,Cache-Control,Content-Type,Range';
        add_header 'Access-Control-Max-Age' 1728000;
        add_header 'Content-Type' 'text/plain; charset=utf-8';
        add_header 'Content-Length' 0;
        return 204;
      }
      add_header 'Access-Control-Allow-Origin' '*';
      add_header 'Access-Control-Expose-Headers' 'Content-Length,Content-Range';
      ROUTE`},
	{"always, with all that is meant", true, "", `
      add_header Access-Control-Allow-Origin * always;
      add_header Access-Control-Allow-Methods "PUT, PATCH" always;
      add_header Access-Control-Allow-Headers "Content-Type, X-Api-Key" always;
      add_header Access-Control-Expose-Headers X-Total always;
      if ($request_method = OPTIONS) { return 204; }
      ROUTE`},
	{"the origin echoed, with credentials", false, "", `
      add_header Access-Control-Allow-Origin $http_origin always;
      add_header Access-Control-Allow-Credentials true always;
      add_header Access-Control-Allow-Methods "GET, POST, PUT, PATCH, OPTIONS" always;
      add_header Access-Control-Allow-Headers "Content-Type, X-Api-Key" always;
      add_header Access-Control-Expose-Headers X-Total always;
      if ($request_method = OPTIONS) { return 204; }
      ROUTE`},
	{"a regular expression without anchors, by if", false, "", `
      set $cors "";
      if ($http_origin ~* "https?://(app.example|admin.example.net:8443)") { set $cors $http_origin; }
      add_header Access-Control-Allow-Origin $cors always;
      add_header Access-Control-Allow-Credentials true always;
      add_header Access-Control-Allow-Methods "PUT, PATCH" always;
      add_header Access-Control-Allow-Headers "Content-Type, X-Api-Key" always;
      add_header Access-Control-Expose-Headers X-Total always;
      if ($request_method = OPTIONS) { return 204; }
      ROUTE`},
	{"map, without Vary", false, exactMap, `
      add_header Access-Control-Allow-Origin $cors always;
      add_header Access-Control-Allow-Credentials true always;
      add_header Access-Control-Allow-Methods "PUT, PATCH" always;
      add_header Access-Control-Allow-Headers "Content-Type, X-Api-Key" always;
      add_header Access-Control-Expose-Headers X-Total always;
      if ($request_method = OPTIONS) { return 204; }
      ROUTE`},
	{"map, without always", false, exactMap, `
      add_header Access-Control-Allow-Origin $cors;
      add_header Access-Control-Allow-Credentials true;
      add_header Access-Control-Allow-Methods "PUT, PATCH";
      add_header Access-Control-Allow-Headers "Content-Type, X-Api-Key";
      add_header Access-Control-Expose-Headers X-Total;
      add_header Vary Origin;
      if ($request_method = OPTIONS) { return 204; }
      ROUTE`},
	{"map, and an add_header in the if, which drops the others", false, exactMap, `
      add_header Access-Control-Allow-Origin $cors always;
      add_header Access-Control-Allow-Credentials true always;
      add_header Access-Control-Allow-Methods "PUT, PATCH" always;
      add_header Access-Control-Allow-Headers "Content-Type, X-Api-Key" always;
      add_header Access-Control-Expose-Headers X-Total always;
      add_header Vary Origin always;
      if ($request_method = OPTIONS) { add_header Access-Control-Max-Age 600; return 204; }
      ROUTE`},
	{"two origins in one line", false, "", `
      add_header Access-Control-Allow-Origin "https://app.example https://admin.example.net:8443" always;
      add_header Access-Control-Allow-Credentials true always;
      ROUTE`},
	{"map, with always and Vary", false, exactMap, `
      add_header Access-Control-Allow-Origin $cors always;
      add_header Access-Control-Allow-Credentials true always;
      add_header Access-Control-Allow-Methods "PUT, PATCH" always;
      add_header Access-Control-Allow-Headers "Content-Type, X-Api-Key" always;
      add_header Access-Control-Expose-Headers X-Total always;
      add_header Vary Origin always;
      if ($request_method = OPTIONS) { return 204; }
      ROUTE`},
}

const exactMap = `map $http_origin $cors { https://app.example $http_origin; https://admin.example.net:8443 $http_origin; }`

// nginxPeers are the snippets, each in an nginx of its own; without nginx there are none.
func nginxPeers() (all []peer) {
	path, err := exec.LookPath("nginx")
	if err != nil {
		fmt.Fprintln(os.Stderr, "nginx is not installed; its snippets are left out")
		return nil
	}
	banner, err := exec.Command(path, "-v").CombinedOutput() // "nginx version: nginx/1.22.1"
	if err != nil {
		fmt.Fprintf(os.Stderr, "nginx -v: %v; its snippets are left out\n", err)
		return nil
	}
	_, version, _ := strings.Cut(strings.TrimSpace(string(banner)), "/")
	for _, s := range snippets {
		all = append(all, peer{name: "nginx: " + s.name, version: version, start: func(c policy.Config, a app) (any, func(), error) {
			if s.everybody != slices.Equal(c.Origins, []string{"*"}) || hasPattern(c) {
				return nil, nil, nil
			}
			route := ""
			for name, value := range a.headers {
				route += fmt.Sprintf("add_header %s %q always; ", name, value)
			}
			return startNginx(path, s.around, strings.ReplaceAll(s.location, "ROUTE", route+`if ($uri != "/") { return 404; } return 200 items;`))
		}})
	}
	return all
}

func startNginx(path, around, location string) (url any, stop func(), err error) {
	dir, err := os.MkdirTemp("", "corspec-nginx-")
	if err != nil {
		return nil, nil, err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, nil, err
	}
	address := l.Addr().String()
	l.Close()
	config := filepath.Join(dir, "nginx.conf")
	err = os.WriteFile(config, []byte(strings.ReplaceAll(`
daemon off; master_process off; pid DIR/pid; error_log stderr crit;
events { worker_connections 64; }
http {
  access_log off; client_body_temp_path DIR/b; proxy_temp_path DIR/p; fastcgi_temp_path DIR/f; uwsgi_temp_path DIR/u; scgi_temp_path DIR/s;
  `+around+`
  server {
    listen `+address+`;
    location / {`+location+`
    }
  }
}`, "DIR", dir)), 0o600)
	if err != nil {
		return nil, nil, err
	}
	cmd := exec.Command(path, "-c", config, "-p", dir)
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		return nil, nil, err
	}
	stop = func() { cmd.Process.Kill(); cmd.Wait(); os.RemoveAll(dir) }
	for range 100 {
		if c, err := net.Dial("tcp", address); err == nil {
			c.Close()
			return "http://" + address, stop, nil
		}
		time.Sleep(20 * time.Millisecond)
	}
	return nil, stop, errors.New("nginx does not listen")
}
