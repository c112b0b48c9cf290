// Command servers holds other CORS middleware against package servertest, each configured as its own documentation
// says, and prints a table. See README.md of the folder above.
package main

import (
	"cmp"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log"
	"os"
	"runtime/debug"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/corspec/corspec/conformance/servertest"
	"github.com/corspec/corspec/policy"
	"github.com/corspec/corspec/policy/policyhttp"
)

// A scenario is what a server is meant to allow, and what the application behind it sends.
type scenario struct {
	name    string
	meant   policy.Config
	headers map[string]string
}

var (
	exact = policy.Config{Origins: []string{"https://app.example", "https://admin.example.net:8443"}, Credentials: true,
		Methods: []string{"PUT", "PATCH"}, RequestHeaders: []string{"Content-Type", "X-Api-Key"}, ExposeHeaders: []string{"X-Total"}}
	plain  = map[string]string{"X-Total": "3"}
	cached = map[string]string{"X-Total": "3", "Cache-Control": "public, max-age=60"}

	scenarios = []scenario{
		{"exact", exact, plain},
		{"subdomains", withOrigins(exact, true, "https://*.tenant.example.com"), plain},
		{"everybody", withOrigins(exact, false, "*"), plain},
		{"exact, cached", exact, cached},
		{"everybody, cached", withOrigins(exact, false, "*"), cached},
	}
)

func withOrigins(c policy.Config, credentials bool, origins ...string) policy.Config {
	c.Origins, c.Credentials = origins, credentials
	return c
}

// An app is the application behind a CORS middleware: run says that it was reached, and headers are what it sends.
type app struct {
	run     func()
	headers map[string]string
}

// methods are those of a scenario, with the ones that corspec need not be told.
func methods(c policy.Config) []string { return append([]string{"GET", "HEAD", "POST"}, c.Methods...) }

// A peer starts a server with the application: "/" answers GET, HEAD, POST and PUT, and everything else is not found.
// What it returns is what servertest takes, or nil for a scenario that it has no configuration for.
type peer struct {
	name, module string                            // module is the path of what go.mod has a version of
	version      string                            // of a program, which has none there
	meant        func(policy.Config) policy.Config // what it has lists of its own for; nil: nothing
	start        func(policy.Config, app) (server any, stop func(), err error)
}

// A result is what was found of a peer in a scenario.
type result struct {
	Peer     string             `json:"peer"`
	Version  string             `json:"version"`
	Scenario string             `json:"scenario"`
	Skipped  bool               `json:"skipped,omitempty"` // it has no configuration for that
	Error    string             `json:"error,omitempty"`   // it refuses the configuration
	Report   *servertest.Report `json:"report,omitempty"`
}

func main() { os.Exit(run()) }

func run() (status int) {
	asJSON := flag.Bool("json", false, "print all findings as JSON")
	only := flag.String("peer", "", "ask this `PEER` alone, and print its findings in full")
	onlyScenario := flag.String("scenario", "", "ask in this `SCENARIO` alone, such as exact")
	npm := flag.Bool("npm", false, "ask Express and Hono, too, which npm installs into a temporary folder")
	python := flag.String("python", "", "ask Starlette, too, with this `INTERPRETER` that has it and uvicorn, such as python3")
	caddy := flag.Bool("caddy", false, "ask Caddy, too, which go install builds into a temporary folder")
	caddyPath := flag.String("caddy-path", "", "ask this `CADDY`, and build none")
	flag.Parse()
	log.SetOutput(io.Discard)
	var results []result
	all := append(peers, nginxPeers()...)
	if *npm {
		more, remove, err := nodePeers()
		if remove != nil {
			defer remove()
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		all = append(all, more...)
	}
	if *python != "" {
		more, err := starlettePeers(*python)
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		all = append(all, more...)
	}
	if *caddy || *caddyPath != "" {
		more, remove, err := caddyPeers(*caddyPath)
		if remove != nil {
			defer remove()
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		all = append(all, more...)
	}
	for _, p := range all {
		for _, s := range scenarios {
			if *only != "" && p.name != *only || *onlyScenario != "" && s.name != *onlyScenario {
				continue
			}
			r, err := ask(p, s)
			if err != nil {
				fmt.Fprintf(os.Stderr, "%s, %s: %v\n", p.name, s.name, err)
				return 1
			}
			results = append(results, r)
		}
	}
	switch {
	case len(results) == 0:
		fmt.Fprintln(os.Stderr, "there is no such peer or scenario")
		return 2
	case *asJSON:
		enc := json.NewEncoder(os.Stdout)
		enc.SetIndent("", "  ")
		enc.SetEscapeHTML(false)
		enc.Encode(map[string]any{"date": time.Now().UTC().Format(time.DateOnly), "results": results})
	case *only != "":
		for _, r := range results {
			fmt.Printf("# %s %s, %s\n\n", r.Peer, r.Version, r.Scenario)
			if r.Error != "" {
				fmt.Println(r.Error)
			}
			if r.Report != nil {
				for _, f := range r.Report.Findings {
					fmt.Println(f)
				}
			}
			fmt.Println()
		}
	default:
		table(results)
	}
	return 0
}

// ask holds a peer against a scenario.
func ask(p peer, s scenario) (result, error) {
	r := result{Peer: p.name, Version: cmp.Or(p.version, version(p.module)), Scenario: s.name}
	if p.meant != nil {
		s.meant = p.meant(s.meant)
	}
	meant, err := policyhttp.NewPolicy(s.meant)
	if err != nil {
		return r, err
	}
	var reached atomic.Int64
	server, stop, err := p.start(s.meant, app{func() { reached.Add(1) }, s.headers})
	if stop != nil {
		defer stop()
	}
	switch {
	case err != nil:
		r.Error = err.Error()
		return r, nil
	case server == nil:
		r.Skipped = true
		return r, nil
	}
	options := []servertest.Option{servertest.WithTargets(servertest.Target{}, servertest.Target{Method: "POST"}), servertest.WithLimit(5000),
		servertest.WithReached(func() int { return int(reached.Load()) })}
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	report, err := servertest.Check(ctx, server, meant, options...)
	if err != nil {
		return r, err
	}
	if report.Inconclusive != "" {
		return r, fmt.Errorf("inconclusive: %s", report.Inconclusive)
	}
	r.Report = &report
	return r, nil
}

// version is that of a module in this program's go.mod.
func version(module string) string {
	if module == "" {
		return ""
	}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	for _, d := range info.Deps {
		if d.Path == module {
			if d.Replace != nil {
				return "of this tree"
			}
			return d.Version
		}
	}
	return ""
}

// table prints a line for each peer: the ids of what is worse than a note.
func table(results []result) {
	fmt.Printf("# What servers of other makes let pages read\n\nThis is what `go run ./servers -npm -caddy -python python3` prints; README.md says what it means.\n\n%s\n\n| peer | version |", time.Now().UTC().Format(time.DateOnly))
	for _, s := range scenarios {
		fmt.Printf(" %s |", s.name)
	}
	fmt.Printf("\n|---|---|%s\n", strings.Repeat("---|", len(scenarios)))
	last := ""
	for _, r := range results {
		if r.Peer != last {
			if last != "" {
				fmt.Println()
			}
			fmt.Printf("| %s | %s |", r.Peer, r.Version)
			last = r.Peer
		}
		fmt.Printf(" %s |", cell(r))
	}
	fmt.Println()
}

func cell(r result) string {
	switch {
	case r.Skipped:
		return "–"
	case r.Error != "":
		return "refused: " + strings.ReplaceAll(r.Error, "|", `\|`)
	}
	bySeverity := map[servertest.Severity][]string{}
	for _, f := range r.Report.Findings {
		if ids := bySeverity[f.Severity]; !slices.Contains(ids, f.ID) {
			bySeverity[f.Severity] = append(ids, f.ID)
		}
	}
	var texts []string
	for _, s := range []servertest.Severity{servertest.SeverityUnsafe, servertest.SeverityBroken, servertest.SeverityWasteful, servertest.SeverityNote} {
		if ids := bySeverity[s]; len(ids) > 0 {
			name := s.String()
			if s == servertest.SeverityUnsafe {
				name = "**" + name + "**"
			}
			texts = append(texts, name+": "+strings.Join(ids, ", "))
		}
	}
	if texts == nil {
		return "nothing found"
	}
	return strings.Join(texts, "; ")
}
