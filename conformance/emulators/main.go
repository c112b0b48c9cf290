// Command emulators holds user agents of other makes against what a browser does, and writes down what came of it.
//
//	go run .             all of them: makes results.json, and RESULTS.md of that
//	go run . -run jsdom  one of them; what is written of the others stays
//	go run . -render     asks none: makes RESULTS.md of results.json
//
// It installs the packages that drivers/package-lock.json pins, without running their scripts, builds corspec, and has
// corspec clients -run drive each user agent by its driver.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	flags := flag.NewFlagSet("emulators", flag.ContinueOnError)
	flags.SetOutput(stderr)
	names := flags.String("run", "", "only the user agents of those `NAMES`, with commas between them")
	render := flags.Bool("render", false, "ask none: make RESULTS.md of results.json")
	if err := flags.Parse(args); errors.Is(err, flag.ErrHelp) {
		return 0
	} else if err != nil {
		return 2
	}
	fail := func(status int, err error) int {
		fmt.Fprintf(stderr, "emulators: %v\n", err)
		return status
	}
	if flags.NArg() > 0 {
		return fail(2, fmt.Errorf("there are only flags, and this is not one: %q", flags.Arg(0)))
	}
	chosen, err := choose(*names)
	if err != nil {
		return fail(2, err)
	}
	if !*render {
		kit, err := prepare(ctx, chosen, stderr)
		if err != nil {
			return fail(1, err)
		}
		defer kit.remove()
		for _, a := range chosen {
			from := time.Now()
			m, err := kit.measure(ctx, a)
			if err != nil {
				return fail(1, fmt.Errorf("%s: %w", a.name, err))
			}
			// Written down each time: nothing is lost by what comes later, nor by another run at the same time.
			if err := update(func(r *results) { r.agents[a.name] = m }); err != nil {
				return fail(1, err)
			}
			fmt.Fprintf(stdout, "%s: %d s\n", a.name, int(time.Since(from).Seconds()))
		}
	}
	err = update(func(r *results) { fmt.Fprint(stdout, r.table()) })
	if err != nil {
		return fail(1, err)
	}
	return 0
}

// choose returns the user agents of those names; all of them for "".
func choose(names string) (chosen []*agent, err error) {
	if names == "" {
		return agents, nil
	}
	for _, name := range strings.Split(names, ",") {
		i := slices.IndexFunc(agents, func(a *agent) bool { return a.name == name })
		if i < 0 {
			var known []string
			for _, a := range agents {
				known = append(known, a.name)
			}
			return nil, fmt.Errorf("-run: there is no %q; there are %s", name, strings.Join(known, ", "))
		}
		chosen = append(chosen, agents[i])
	}
	return chosen, nil
}
