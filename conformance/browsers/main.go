// Command browsers measures browsers: it has each one that is installed do scenarios of the CORS protocol, does the
// same with the machine of package fetch, and compares what was sent, byte for byte, and what the page learnt.
//
// It installs nothing and drives browsers by no protocol: it starts servers on loopback, with a certificate that it
// makes for the run, opens a page of theirs in each browser, and the page asks for scenarios. Where the system allows
// it, all of this happens in a network namespace and a process namespace of its own. A browser that is missing, hangs
// or crashes is reported and does not keep the others from being measured.
//
//	go run . [-browsers chromium,firefox,webkitgtk] [-run REGEXP] [-v] [-out FILE] [-data FILE] [-again FILE] [-write]
//	go run . -render
package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/corspec/corspec/conformance"
)

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

// The exit statuses.
const (
	exitOK          = 0
	exitUnexplained = 1 // a difference has no explanation, or a browser was not measured to the end
	exitUsage       = 2
)

// insideVariable marks the process that runs in namespaces of its own.
const insideVariable = "CORSPEC_BROWSERS_INSIDE"

func inside() bool { return os.Getenv(insideVariable) != "" }

func run(args []string, stdout, stderr io.Writer) int {
	flags := flag.NewFlagSet("browsers", flag.ContinueOnError)
	flags.SetOutput(stderr)
	names := flags.String("browsers", "chromium,firefox,webkitgtk", "the `BROWSERS` to measure")
	only := flags.String("run", "", "only the scenarios whose id matches `REGEXP`")
	verbose := flags.Bool("v", false, "print each difference")
	out := flags.String("out", "", "write the results to `FILE`")
	dataFile := flags.String("data", "", "write each scenario and what came of it to `FILE`, a line of JSON for each browser")
	write := flags.Bool("write", false, "write results.json and RESULTS.md in this folder")
	again := flags.String("again", "", "compare the results with those in `FILE`")
	render := flags.Bool("render", false, "measure nothing: make RESULTS.md of results.json, and print its first table")
	list := flags.Bool("list", false, "print the scenarios and the vectors that make none, and end")
	limit := flags.Duration("timeout", 20*time.Minute, "give up after `DURATION`")
	here := flags.Bool("here", false, "make no namespaces")
	if err := flags.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return exitOK
		}
		return exitUsage
	}
	usage := func(format string, args ...any) int {
		fmt.Fprintf(stderr, "browsers: "+format+"\n", args...)
		return exitUsage
	}
	if flags.NArg() > 0 {
		return usage("there are only flags, and this is not a flag: %q", flags.Arg(0))
	}
	if *write && *only != "" {
		return usage("-write with -run would write only a part")
	}
	if *render {
		var r Results
		data, err := os.ReadFile("results.json")
		if err == nil {
			err = json.Unmarshal(data, &r)
		}
		if err == nil {
			err = os.WriteFile("RESULTS.md", r.markdown(), 0o644)
		}
		if err != nil {
			return usage("-render: %v", err)
		}
		fmt.Fprint(stdout, r.evidence())
		return exitOK
	}
	pattern, err := regexp.Compile(*only)
	if err != nil {
		return usage("-run: %v", err)
	}
	var chosen []*Browser
	for _, name := range strings.Split(*names, ",") {
		i := slices.IndexFunc(browsers, func(b *Browser) bool { return b.Name == name })
		if i < 0 {
			return usage("-browsers: there is no %q; there are chromium, firefox and webkitgtk", name)
		}
		chosen = append(chosen, browsers[i])
	}
	scenarios := slices.DeleteFunc(Scenarios(), func(s *Scenario) bool { return !pattern.MatchString(s.ID) })
	if *list {
		return printList(stdout, scenarios)
	}
	if len(scenarios) == 0 {
		return usage("-run: no scenario matches %q", *only)
	}
	if !inside() && !*here {
		status, err := runInside(args, *limit, stdout, stderr)
		if err == nil {
			return status
		}
		fmt.Fprintf(stderr, "browsers: no namespaces, so the browsers see this machine's network: %v\n", err)
	}

	data := io.Discard
	if *dataFile != "" {
		f, err := os.Create(*dataFile)
		if err != nil {
			return usage("-data: %v", err)
		}
		defer f.Close()
		data = f
	}
	deadline := time.Now().Add(*limit)
	results := Results{Date: time.Now().UTC().Format(time.DateOnly), Standard: conformance.Standard, Scenarios: len(scenarios), Pairs: coveredPairs()}
	status := exitOK
	for _, b := range chosen {
		r := measure(b, scenarios, deadline, func(format string, args ...any) {
			if *verbose {
				fmt.Fprintf(stdout, format+"\n", args...)
			}
		})
		results.Browsers = append(results.Browsers, r)
		if err := writeData(data, r); err != nil {
			return usage("-data: %v", err)
		}
		fmt.Fprintln(stdout, r.line())
		for _, u := range r.Unexplained {
			fmt.Fprintf(stdout, "  unexplained: %s: %s\n", u.Scenario, strings.Join(u.Differences, "; "))
		}
		if !r.ok() {
			status = exitUnexplained
		}
	}
	if *again != "" {
		before, err := os.ReadFile(*again)
		if err != nil {
			return usage("-again: %v", err)
		}
		if diff := results.compare(before); diff != "" {
			fmt.Fprintf(stdout, "not the same as in %s: %s\n", *again, diff)
			status = exitUnexplained
		} else {
			fmt.Fprintf(stdout, "the same as in %s\n", *again)
		}
	}
	files := map[string][]byte{}
	if *out != "" {
		files[*out] = results.json()
	}
	if *write {
		files["results.json"], files["RESULTS.md"] = results.json(), results.markdown()
	}
	for name, data := range files {
		if err := os.WriteFile(name, data, 0o644); err != nil {
			return usage("%v", err)
		}
	}
	return status
}

func printList(w io.Writer, scenarios []*Scenario) int {
	for _, s := range scenarios {
		fmt.Fprintln(w, s.ID)
	}
	_, skipped := vectorScenarios()
	var lines []string
	for reason, n := range skipped {
		lines = append(lines, fmt.Sprintf("no scenario: %4d of %s", n, reason))
	}
	slices.Sort(lines)
	fmt.Fprintln(w, strings.Join(lines, "\n"))
	return exitOK
}

// runInside runs this program again in namespaces of its own: only loopback is there, and whatever it started ends with
// it. The error says why that is not possible here.
func runInside(args []string, limit time.Duration, stdout, stderr io.Writer) (int, error) {
	if runtime.GOOS != "linux" {
		return 0, errors.New("they are for Linux")
	}
	self, err := os.Executable()
	if err != nil {
		return 0, err
	}
	namespaces := []string{"--net", "--pid", "--fork", "--kill-child", "--mount-proc"}
	names, err := os.CreateTemp("", "corspec-hosts-")
	if err != nil {
		return 0, err
	}
	defer os.Remove(names.Name())
	fmt.Fprintf(names, "127.0.0.1 localhost %s\n", plainHost)
	if err := names.Close(); err != nil {
		return 0, err
	}
	script := "ip link set lo up && ip address add " + plainAddress + "/32 dev lo && mount --bind " + names.Name() + " /etc/hosts && exec \"$0\" \"$@\""
	probe := exec.Command("unshare", append(slices.Clone(namespaces), "sh", "-c", script, "true")...)
	if out, err := probe.CombinedOutput(); err != nil {
		return 0, fmt.Errorf("unshare: %w: %s", err, bytes.TrimSpace(out))
	}
	cmd := exec.Command("unshare", append(append(namespaces, "sh", "-c", script, self), args...)...)
	cmd.Env = append(os.Environ(), insideVariable+"=1")
	cmd.Stdout, cmd.Stderr = stdout, stderr
	if err := cmd.Start(); err != nil {
		return 0, err
	}
	// The program inside has a limit of its own. This one is for where that fails.
	timer := time.AfterFunc(limit+2*time.Minute, func() { cmd.Process.Kill() })
	defer timer.Stop()
	err = cmd.Wait()
	var exit *exec.ExitError
	if errors.As(err, &exit) && exit.ExitCode() < 0 {
		return 0, err
	}
	return cmd.ProcessState.ExitCode(), nil
}

func (r *Results) json() []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	if err := e.Encode(r); err != nil {
		panic(err) // cannot be: it is made of strings and numbers
	}
	return b.Bytes()
}
