// Command mutation changes the code that decides, one small place at a time, and looks whether a test notices. See
// README.md.
package main

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"
)

// decisions are the packages whose code decides.
var decisions = []string{"origin", "safelist", "fetch", "fetch/webapi", "fetch/initiator", "fetch/explain", "policy", "policy/policyhttp"}

// below are packages that those read headers, media types and URLs with.
var below = []string{"internal/header", "internal/mime", "internal/structured", "internal/weburl"}

func main() {
	var (
		packages = flag.String("packages", strings.Join(append(slices.Clone(decisions), below...), ","), "folders of packages, with commas between")
		seed     = flag.String("seed", "1", "with the name of a function, says whether it is in the sample")
		percent  = flag.Float64("percent", 100, "how many of 100 functions are in the sample")
		match    = flag.String("func", "", "only functions whose name matches this regular expression")
		out      = flag.String("o", "", "append a line of JSON for each mutant to this file")
		again    = flag.String("again", "", "only the mutants that no test noticed in the run whose -o this file is")
		workers  = flag.Int("workers", runtime.NumCPU(), "how many are tested at a time")
		listOnly = flag.Bool("list", false, "list the mutants and test none")
		keep     = flag.Bool("record", false, "put the counts into measured.jsonl, of which EVIDENCE.md has the table")
	)
	flag.Parse()
	if err := run(strings.Split(*packages, ","), *seed, *percent, *match, *again, *out, *workers, *listOnly, *keep); err != nil {
		fmt.Fprintln(os.Stderr, "mutation:", err)
		os.Exit(1)
	}
}

// sampled reports whether a function is in the sample.
func sampled(seed, function string, percent float64) bool {
	sum := sha256.Sum256([]byte(seed + " " + function))
	return float64(binary.BigEndian.Uint64(sum[:8]))/(1<<64)*100 < percent
}

func run(folders []string, seed string, percent float64, match, againFile, outFile string, workers int, listOnly, keep bool) error {
	matching, err := regexp.Compile(match)
	if err != nil {
		return err
	}
	mod, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}").Output()
	if err != nil {
		return err
	}
	root := strings.TrimSpace(string(mod))
	known, err := readKnown(filepath.Join(root, "conformance", "mutation", "equivalent.jsonl"))
	if err != nil {
		return err
	}
	loadedPackages, err := load(root, folders)
	if err != nil {
		return err
	}
	work, err := os.MkdirTemp("", "mutation")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)

	survived, err := readSurvivors(againFile)
	if err != nil {
		return err
	}
	chosen := func(m *Mutant) bool {
		return sampled(seed, m.Func, percent) && matching.MatchString(m.Func) && (survived == nil || survived[m.key()])
	}
	skip := map[int]bool{}
	mutants, err := instrument(root, work, loadedPackages, skip)
	if err != nil {
		return err
	}
	if listOnly {
		for _, m := range mutants {
			if chosen(m) {
				fmt.Println(m)
			}
		}
		return nil
	}
	folders = slices.DeleteFunc(slices.Clone(folders), func(p string) bool {
		return !slices.ContainsFunc(mutants, func(m *Mutant) bool { return m.pkg == p && chosen(m) })
	})
	last := mutants[len(mutants)-1].id
	binaries, err := buildAll(root, work, append(slices.Clone(folders), vectorsPackage), func() (err error) {
		mutants, err = instrument(root, work, loadedPackages, skip)
		return err
	}, skip)
	if err != nil {
		return err
	}
	fmt.Fprintf(os.Stderr, "%d of %d mutants do not compile and are left out\n", len(skip), len(skip)+len(mutants))
	mutants = slices.DeleteFunc(mutants, func(m *Mutant) bool { return !chosen(m) })
	slices.SortStableFunc(mutants, func(a, b *Mutant) int { return slices.Index(folders, a.pkg) - slices.Index(folders, b.pkg) })
	judges := map[string][]*judge{}
	for p, b := range binaries {
		if judges[p], err = b.judges(last); err != nil {
			return err
		}
	}

	var file *os.File
	if outFile != "" {
		if file, err = os.OpenFile(outFile, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o666); err != nil {
			return err
		}
		defer file.Close()
	}
	began := time.Now()
	queue := make(chan *Mutant)
	var (
		wait     sync.WaitGroup
		mu       sync.Mutex
		verdicts []verdict
		errs     []error
	)
	for range workers {
		wait.Go(func() {
			for m := range queue {
				v, err := try(m, slices.Concat(judges[m.pkg], judges[vectorsPackage]))
				mu.Lock()
				if err != nil {
					errs = append(errs, err)
					mu.Unlock()
					continue
				}
				verdicts = append(verdicts, v)
				if file != nil {
					if err := json.NewEncoder(file).Encode(v); err != nil {
						errs = append(errs, err)
					}
				}
				if v.By == "" && known[m.key()] == "" {
					fmt.Printf("survives %d judges: %s\n    %s\n", v.Judges, m, m.Line)
				}
				mu.Unlock()
			}
		})
	}
	for _, m := range mutants {
		queue <- m
	}
	close(queue)
	wait.Wait()
	measured := measure(verdicts, known)
	for i := range measured {
		m := &measured[i]
		m.Date, m.Percent, m.Seed = time.Now().UTC().Format(time.DateOnly), percent, seed
	}
	report(verdicts, known, measured, time.Since(began))
	if keep {
		errs = append(errs, record(filepath.Join(root, "conformance", "mutation", "measured.jsonl"), measured))
	}
	return errors.Join(errs...)
}

// buildAll builds the tests of packages. What does not compile is put into skip, and all is instrumented again.
func buildAll(root, work string, packages []string, again func() error, skip map[int]bool) (map[string]*testBinary, error) {
	binaries := map[string]*testBinary{}
	for i := 0; i < len(packages); {
		b, output, err := build(root, work, packages[i])
		if err == nil {
			binaries[packages[i]] = b
			i++
			continue
		}
		before := len(skip)
		for _, id := range culprits(work, output) {
			skip[id] = true
		}
		if len(skip) == before {
			return nil, fmt.Errorf("%s does not compile: %w\n%s", packages[i], err, output)
		}
		if err := again(); err != nil {
			return nil, err
		}
		i = 0
	}
	return binaries, nil
}

// report prints the table, and which mutants are not what they are said to be.
func report(verdicts []verdict, known map[Mutant]string, measured []measurement, took time.Duration) {
	for _, v := range verdicts {
		if v.By != "" && known[v.Mutant.key()] != "" {
			fmt.Printf("is killed by %s, but said to be equivalent: %s\n", v.By, v.Mutant)
		}
	}
	fmt.Printf("\n%s\n%s\n", table(measured), took.Round(time.Second))
}

// readSurvivors reads from the file of a run which mutants no test noticed. Without a name it returns nil.
func readSurvivors(name string) (map[Mutant]bool, error) {
	if name == "" {
		return nil, nil
	}
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	survived := map[Mutant]bool{}
	for line := range strings.Lines(string(data)) {
		var v verdict
		if err := json.Unmarshal([]byte(line), &v); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		survived[v.Mutant.key()] = v.By == "" // the last line of a mutant counts
	}
	return survived, nil
}

// readKnown reads the mutants that change nothing, each with the reason.
func readKnown(name string) (map[Mutant]string, error) {
	known := map[Mutant]string{}
	data, err := os.ReadFile(name)
	if errors.Is(err, os.ErrNotExist) {
		return known, nil
	} else if err != nil {
		return nil, err
	}
	number := 0
	for line := range strings.Lines(string(data)) {
		number++
		var entry struct {
			Mutant
			Why string `json:"why"`
		}
		if err := json.Unmarshal([]byte(line), &entry); err != nil {
			return nil, fmt.Errorf("%s:%d: %w", name, number, err)
		}
		if entry.Why == "" {
			return nil, fmt.Errorf("%s:%d: no reason", name, number)
		}
		known[entry.Mutant] = entry.Why
	}
	return known, nil
}
