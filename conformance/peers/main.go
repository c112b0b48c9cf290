// Command peers measures corspec beside other CORS middleware, and what else the budgets promise. It writes
// results.json, and of that the tables in conformance/EVIDENCE.md, RESULTS.md and the picture. See README.md.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"runtime/debug"
	"strings"
	"time"
)

// Results are what was measured, and of what.
type Results struct {
	Date     string            `json:"date"`
	Machine  string            `json:"machine"`
	Go       string            `json:"go"`
	Versions map[string]string `json:"versions"`
	Seed     uint64            `json:"seed"`
	Rounds   int               `json:"rounds"`
	Lines    int               `json:"lines"` // of origin, safelist, fetch and policy, without tests
	Cases    []Case            `json:"cases"`
	Groups   []Group           `json:"groups"`
	Lives    []Life            `json:"lives"`
	Servings []Serving         `json:"servings"`
}

const (
	resultsFile = "results.json"
	minRounds   = 31
)

func main() {
	check := flag.Bool("check", false, "measure the code beside that which "+resultsFile+" has measured, and end with 1 if something became slower; write nothing")
	since := flag.String("since", "", "with -check, the `COMMIT` whose code to measure beside (default the one that has written "+resultsFile+")")
	inRows := flag.Bool("rows", false, "measure the rows that standard input asks for, as -check does; write nothing")
	tables := flag.Bool("tables", false, "write the tables and the picture of the "+resultsFile+" that there is; measure nothing")
	only := flag.String("run", "", "measure requests and groups whose names match this regular expression alone, and print what came of it; write nothing. With -check, check those alone")
	rounds := flag.Int("rounds", minRounds, "rounds, at least 31")
	seed := flag.Uint64("seed", uint64(time.Now().UnixNano()), "what the order in the rounds is made of")
	flag.Parse()
	if *inRows {
		if err := measureRows(os.Stdin, os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, "peers:", err)
			os.Exit(1)
		}
		return
	}
	if err := run(*check, *tables, *only, *rounds, *seed, *since); err != nil {
		fmt.Fprintln(os.Stderr, "peers:", err)
		os.Exit(1)
	}
}

func run(check, tables bool, only string, rounds int, seed uint64, since string) error {
	if rounds < minRounds {
		return fmt.Errorf("%d rounds say nothing; at least %d do", rounds, minRounds)
	}
	re, err := regexp.Compile(only)
	if err != nil {
		return err
	}
	switch {
	case tables:
	case check:
		return checkAll(os.Stdout, re, rounds, seed, since)
	case only != "":
		return measureOnly(os.Stdout, re, rounds, seed)
	default:
		r, err := measureAll(rounds, seed)
		if err != nil {
			return err
		}
		text, err := json.MarshalIndent(r, "", "\t")
		if err != nil {
			return err
		}
		if err := os.WriteFile(resultsFile, append(compact(text), '\n'), 0o644); err != nil {
			return err
		}
	}
	r, err := readResults()
	if err != nil {
		return err
	}
	files, err := generated(r)
	for name, text := range files {
		if err := os.WriteFile(name, text, 0o644); err != nil {
			return err
		}
	}
	return err
}

func readResults() (r Results, err error) {
	text, err := os.ReadFile(resultsFile)
	if err == nil {
		err = json.Unmarshal(text, &r)
	}
	return r, err
}

func measureAll(rounds int, seed uint64) (r Results, err error) {
	fmt.Fprintln(os.Stderr, "seed", seed)
	r = Results{Date: time.Now().UTC().Format(time.DateOnly), Machine: machine(), Go: runtime.Version(), Versions: versions(), Seed: seed, Rounds: rounds}
	if r.Lines, err = coreLines(); err != nil {
		return r, err
	}
	random := rand.New(rand.NewPCG(seed, 0))
	for _, c := range cases() {
		m, err := measureCase(random, rounds, c)
		if err != nil {
			return r, err
		}
		fmt.Fprintln(os.Stderr, c.name, m.Times[0].CPU)
		r.Cases = append(r.Cases, m)
	}
	for _, g := range groups() {
		m := Group{g.budget, g.name, measure(random, rounds, g.contenders())}
		fmt.Fprintln(os.Stderr, g.budget, g.name, m.Times[0].CPU)
		r.Groups = append(r.Groups, m)
	}
	if r.Lives, err = lives(); err != nil {
		return r, err
	}
	r.Servings, err = servings(random)
	return r, err
}

// measureOnly measures what re matches, and says what each contender takes, and the first by it.
func measureOnly(w io.Writer, re *regexp.Regexp, rounds int, seed uint64) error {
	random := rand.New(rand.NewPCG(seed, 0))
	say := func(name string, times []Times) {
		fmt.Fprintln(w, name)
		for _, t := range times {
			fmt.Fprintf(w, "\t%-26s %10.4g ns, %.0f allocations, %.2f (%.2f to %.2f)\n", t.Name, t.CPU.Median(), t.Allocs, t.Ratio.Median(), t.Ratio[0], t.Ratio[2])
		}
	}
	for _, c := range cases() {
		if !re.MatchString(c.name) {
			continue
		}
		m, err := measureCase(random, rounds, c)
		if err != nil {
			return err
		}
		say(c.name, m.Times)
	}
	for _, g := range groups() {
		if name := g.budget + ", " + g.name; re.MatchString(name) {
			say(name, measure(random, rounds, g.contenders()))
		}
	}
	return nil
}

// machine says on what it runs, as far as the system tells.
func machine() string {
	kind := "processor unknown"
	text, _ := os.ReadFile("/proc/cpuinfo") // Linux alone has it
	for line := range strings.Lines(string(text)) {
		if name, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == "model name" {
			kind = strings.TrimSpace(value)
			break
		}
	}
	return fmt.Sprintf("%s, %d cores, %s/%s", kind, runtime.NumCPU(), runtime.GOOS, runtime.GOARCH)
}

// versions are those of the peers.
func versions() map[string]string {
	out := map[string]string{}
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, m := range info.Deps {
			for _, p := range peers[1:] {
				if m.Path == "github.com/"+p.name {
					out[p.name] = m.Version
				}
			}
		}
	}
	return out
}

// coreLines counts the lines of the core and its bindings to net/http, without tests.
func coreLines() (n int, err error) {
	for _, dir := range []string{"origin", "safelist", "fetch", "policy"} {
		err = filepath.WalkDir(filepath.Join("../..", dir), func(path string, d fs.DirEntry, err error) error {
			switch {
			case err != nil:
				return err
			case d.IsDir() && d.Name() == "testdata":
				return fs.SkipDir
			case d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go"):
				return nil
			}
			text, err := os.ReadFile(path)
			n += strings.Count(string(text), "\n")
			return err
		})
		if err != nil {
			return 0, err
		}
	}
	return n, nil
}

// compact puts a list of numbers on one line.
func compact(text []byte) []byte {
	return innermost.ReplaceAllFunc(text, func(list []byte) []byte {
		return []byte("[" + strings.Join(strings.Fields(string(list[1:len(list)-1])), " ") + "]")
	})
}

var innermost = regexp.MustCompile(`\[[^\[\]{}"]*\]`)
