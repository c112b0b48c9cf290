package main

import (
	"bufio"
	"embed"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/corspec/corspec/policy"
)

//go:embed node/package.json node/server.mjs
var nodeFiles embed.FS

// nodePeers installs the packages of node/package.json into a folder of its own, and returns Express's and Hono's
// middleware.
func nodePeers() (all []peer, remove func(), err error) {
	dir, err := os.MkdirTemp("", "corspec-node-")
	if err != nil {
		return nil, nil, err
	}
	remove = func() { os.RemoveAll(dir) }
	var pinned struct{ Dependencies map[string]string }
	for _, name := range []string{"package.json", "server.mjs"} {
		data, err := nodeFiles.ReadFile("node/" + name)
		if err != nil {
			return nil, remove, err
		}
		if name == "package.json" {
			if err := json.Unmarshal(data, &pinned); err != nil {
				return nil, remove, err
			}
		}
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			return nil, remove, err
		}
	}
	install := exec.Command("npm", "install", "--no-audit", "--no-fund", "--ignore-scripts")
	install.Dir = dir
	if out, err := install.CombinedOutput(); err != nil {
		return nil, remove, fmt.Errorf("npm install: %w\n%s", err, out)
	}
	for _, p := range []struct{ name, framework, module string }{{"Express, cors", "express", "cors"}, {"Hono", "hono", "hono"}} {
		all = append(all, peer{name: p.name, version: pinned.Dependencies[p.module], start: func(c policy.Config, a app) (any, func(), error) {
			if hasPattern(c) {
				return nil, nil, nil // a regular expression, or a function, of one's own is what it has
			}
			return startNode(dir, p.framework, c, a)
		}})
	}
	return all, remove, nil
}

func startNode(dir, framework string, c policy.Config, a app) (url any, stop func(), err error) {
	config, err := json.Marshal(c)
	if err != nil {
		return nil, nil, err
	}
	headers, err := json.Marshal(a.headers)
	if err != nil {
		return nil, nil, err
	}
	cmd := exec.Command("node", "server.mjs", framework, string(config), string(headers))
	cmd.Dir = dir
	return startOther(cmd)
}

// startOther starts a server that prints its port.
func startOther(cmd *exec.Cmd) (url any, stop func(), err error) {
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, nil, err
	}
	stop = func() { cmd.Process.Kill(); cmd.Wait() }
	port, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		return nil, stop, fmt.Errorf("%s does not say its port: %w", cmd.Path, err)
	}
	return "http://127.0.0.1:" + strings.TrimSpace(port), stop, nil
}
