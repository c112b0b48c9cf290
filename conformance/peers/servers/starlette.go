package main

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"os/exec"
	"strings"

	"github.com/corspec/corspec/policy"
)

//go:embed starlette.py
var starletteServer string

// starlettePeers is Starlette with its own middleware, if that Python has it.
func starlettePeers(python string) ([]peer, error) {
	out, err := exec.Command(python, "-c", "import starlette, uvicorn; print(starlette.__version__)").Output()
	if err != nil {
		return nil, fmt.Errorf("%s has not got starlette and uvicorn: %w", python, err)
	}
	return []peer{{name: "Starlette", version: strings.TrimSpace(string(out)), start: func(c policy.Config, a app) (any, func(), error) {
		if hasPattern(c) {
			return nil, nil, nil // a regular expression of one's own is what it has
		}
		config, err := json.Marshal(c)
		if err != nil {
			return nil, nil, err
		}
		headers, err := json.Marshal(a.headers)
		if err != nil {
			return nil, nil, err
		}
		return startOther(exec.Command(python, "-c", starletteServer, string(config), string(headers)))
	}}}, nil
}
