package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os/exec"
	"slices"
	"time"

	"github.com/corspec/corspec/conformance"
)

// runAgainst puts vectors to a program that speaks exec's protocol, and prints those that it answers otherwise. The program
// may take timeout for an answer, and to end.
func runAgainst(vectors []conformance.Vector, program []string, by conformance.Comparison, timeout time.Duration, stdout, stderr io.Writer) int {
	fail := func(err error) int {
		fmt.Fprintf(stderr, "corspec vectors: %s: %v\n", program[0], err)
		return exitUsage
	}
	ctx, kill := context.WithCancel(context.Background())
	defer kill()
	child := exec.CommandContext(ctx, program[0], program[1:]...)
	child.Stderr = raw(stderr)
	child.WaitDelay = time.Second
	in, err := child.StdinPipe()
	if err != nil {
		return fail(err)
	}
	out, err := child.StdoutPipe()
	if err != nil {
		return fail(err)
	}
	if err := child.Start(); err != nil {
		return fail(err)
	}
	silent := fmt.Errorf("nothing came for %v, which -timeout sets", timeout)
	quiet := time.AfterFunc(timeout, func() {
		kill()
		out.Close() // Another process may hold the other end.
	})
	defer quiet.Stop()

	// Neither writing nor reading waits for the other.
	go func() {
		defer in.Close()
		w := bufio.NewWriter(in)
		for _, v := range vectors {
			line, err := encode(question{v.ID, v.Algorithm(), v.Input})
			if err != nil {
				return // cannot be: the vector was read from JSON
			}
			if _, err := w.Write(append(line, '\n')); err != nil {
				return // The program has ended, which its answers tell.
			}
		}
		w.Flush()
	}()

	p := newPrinter(stdout)
	passed, failed := 0, 0
	unsupported := map[string]int{}
	lines := lineReader{r: bufio.NewReaderSize(out, 64<<10)}
	next := func() ([]byte, error) {
		line, err := lines.next()
		if !quiet.Stop() {
			return nil, silent
		}
		quiet.Reset(timeout)
		return line, err
	}
	// broken ends the program, and with it what it writes to stderr.
	broken := func(err error) int {
		kill()
		if end := child.Wait(); errors.Is(err, errEnded) && end != nil {
			err = fmt.Errorf("%w: %v", err, end)
		}
		return fail(err)
	}
	watch := newProgress(stderr, "vectors", len(vectors))
	defer watch.done()
	for i, v := range vectors {
		watch.at(i)
		line, err := next()
		if err == io.EOF {
			err = errEnded
		}
		var a answer
		if err == nil {
			a, err = readAnswer(line, v.ID)
		}
		switch {
		case err != nil:
			return broken(fmt.Errorf("%s: %w", v.ID, err))
		case a.Unsupported:
			unsupported[v.Algorithm()]++
			continue
		case a.Error == nil && v.Accepts(a.Output, by):
			passed++
			continue
		}
		failed++
		step := ""
		if v.Step != "" {
			step = "  (" + v.Step + ")"
		}
		p.line("%s %s%s", p.style(red, "FAIL"), p.style(bold, v.ID), p.style(dim, step))
		p.line("     %s", v.Description)
		p.line("     input: %s", short(string(v.Input)))
		p.line("     want:  %s", short(string(v.Output)))
		for _, other := range v.Acceptable {
			p.line("     or:    %s", short(string(other)))
		}
		if a.Error != nil {
			p.line("     error: %s", short(*a.Error))
		} else {
			p.line("     got:   %s", short(string(a.Output)))
		}
	}
	if line, err := next(); err == nil {
		return broken(fmt.Errorf("there are more answers than lines: %s", short(string(line))))
	} else if err != io.EOF {
		return broken(fmt.Errorf("it does not end at the end of its input: %w", err))
	}
	if err := child.Wait(); err != nil {
		return fail(err)
	}
	p.line("%d vectors, compared by %s: %d pass, %d fail, %d unsupported", len(vectors), by, passed, failed, len(vectors)-passed-failed)
	for _, algorithm := range slices.Sorted(maps.Keys(unsupported)) {
		p.line("  unsupported: %s (%d)", algorithm, unsupported[algorithm])
	}
	if failed > 0 || passed == 0 {
		return exitBad
	}
	return exitOK
}

var errEnded = errors.New("the program ended before it answered")

// A question is a line of exec's input.
type question struct {
	ID        string          `json:"id"`
	Algorithm string          `json:"algorithm"`
	Input     json.RawMessage `json:"input"`
}

// An answer is a line of exec's output.
type answer struct {
	ID          json.RawMessage `json:"id"`
	Output      json.RawMessage `json:"output"`
	Error       *string         `json:"error"`
	Unsupported bool            `json:"unsupported"`
}

// readAnswer reads the answer to the line with that id.
func readAnswer(line []byte, id string) (a answer, err error) {
	if err := json.Unmarshal(line, &a); err != nil {
		return a, fmt.Errorf("the answer is none of the protocol: %w: %s", err, short(string(line)))
	}
	var got any
	if json.Unmarshal(a.ID, &got); got != id {
		return a, fmt.Errorf("the answer has the id %s; answers come in the order of the lines", short(string(a.ID)))
	}
	if (a.Output == nil) == (a.Error == nil) {
		return a, fmt.Errorf("the answer has to have either \"output\" or \"error\": %s", short(string(line)))
	}
	return a, nil
}
