package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/corspec/corspec/conformance"
	"github.com/corspec/corspec/internal/strictjson"
)

// A vectorRun puts vectors to a program that speaks exec's protocol.
type vectorRun struct {
	vectors []conformance.Vector
	program []string
	by      conformance.Comparison
	timeout time.Duration // for an answer, and for the program to end
	skip    []string      // algorithms, and ids
	strict  bool          // a row that the program does not support is a failure
	junit   string        // the name of a file, or empty
	browser string        // whose known differences are counted apart, or empty

	stdout, stderr io.Writer
}

// A rowOutcome is what became of one row.
type rowOutcome struct {
	kind   string // one of those below
	reason string // for a failure that is not told by the answer
	answer answer
}

// The kinds of outcomes.
const (
	rowPassed      = "pass"
	rowFailed      = "fail"
	rowUnsupported = "unsupported"
	rowSkipped     = "skipped"
	rowKnown       = "known" // answered otherwise, as that browser is known to
)

// After so many rows in a row at which the program broke off, the rest of their algorithm is not asked for; after so
// many without an answer in between, nothing is.
const (
	mostBreaks     = 3
	mostBreaksEver = 2 * mostBreaks
)

// run puts the vectors to the program, prints those that it answers otherwise, and returns the exit status.
func (r *vectorRun) run() int {
	fail := func(err error) int {
		fmt.Fprintf(r.stderr, "corspec vectors: %s: %v\n", r.program[0], err)
		return exitUsage
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	// A program ends with the thread that started it, if this one is killed.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()

	var asked []int // the rows that are put to the program
	outcomes := make([]rowOutcome, len(r.vectors))
	for i, v := range r.vectors {
		if slices.Contains(r.skip, v.ID) || slices.Contains(r.skip, v.Algorithm()) {
			outcomes[i] = rowOutcome{kind: rowSkipped}
		} else {
			asked = append(asked, i)
		}
	}
	p := newPrinter(r.stdout)
	watch := newProgress(r.stderr, "vectors", len(asked))
	defer watch.done()
	answered, breaks := 0, 0
	var ended error
	for next := 0; next < len(asked); {
		c, err := startChild(r.program, nil, r.stderr)
		if err != nil {
			return fail(err)
		}
		go c.write(r.vectors, asked[next:])
		broken := false
		for ; next < len(asked) && !broken; next++ {
			watch.at(next)
			v := &r.vectors[asked[next]]
			out := &outcomes[asked[next]]
			line, err := c.next(ctx, r.timeout)
			if err == nil {
				out.answer, err = readAnswer(line, v.ID)
			}
			var malformed *answerError
			switch {
			case ctx.Err() != nil:
				c.kill()
				return fail(errors.New("interrupted"))
			case errors.As(err, &malformed) && malformed.inStep:
				out.kind, out.reason, breaks = rowFailed, err.Error(), 0
				answered++
			case err != nil:
				out.kind, out.reason, broken = rowFailed, c.why(err), true
				ended = fmt.Errorf("%s: %s", v.ID, out.reason)
				breaks++
			case out.answer.Unsupported:
				out.kind, breaks = rowUnsupported, 0
				answered++
			default:
				out.kind, breaks = rowFailed, 0
				switch {
				case out.answer.Error == nil && v.Accepts(out.answer.Output, r.by):
					out.kind = rowPassed
				case out.answer.Error == nil && r.browser != "" && slices.Contains(v.Flags, r.browser+"-differs"):
					out.kind = rowKnown
				}
				answered++
			}
			if out.kind == rowFailed {
				watch.done()
				r.printFailure(p, v, out)
			}
		}
		switch {
		case broken && answered == 0 && (breaks >= mostBreaks || next == len(asked)), broken && breaks >= mostBreaksEver:
			c.kill()
			return fail(ended)
		case broken && breaks >= mostBreaks:
			algorithm := r.vectors[asked[next-1]].Algorithm()
			for ; next < len(asked) && r.vectors[asked[next]].Algorithm() == algorithm; next++ {
				outcomes[asked[next]] = rowOutcome{kind: rowFailed, reason: fmt.Sprintf("not asked: the program broke off at %d rows in a row", breaks)}
			}
			fallthrough
		case broken:
			c.kill()
		default:
			if err := c.end(ctx, r.timeout); err != nil {
				return fail(err)
			}
		}
	}
	watch.done()
	if r.junit != "" {
		if err := r.writeJUnit(outcomes); err != nil {
			return fail(err)
		}
	}
	return r.summary(p, outcomes)
}

// printFailure prints a row that the program did not answer as it should.
func (r *vectorRun) printFailure(p printer, v *conformance.Vector, out *rowOutcome) {
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
	label, text := out.got()
	p.line("     %-6s %s", label+":", short(text))
	flush(r.stdout)
}

// got says what came of a row that failed.
func (o *rowOutcome) got() (label, text string) {
	switch {
	case o.reason != "":
		return "fault", o.reason
	case o.answer.Error != nil:
		return "error", *o.answer.Error
	}
	return "got", string(o.answer.Output)
}

// summary prints the counts, and returns the exit status.
func (r *vectorRun) summary(p printer, outcomes []rowOutcome) int {
	counts := map[string]int{}
	unsupported := map[string]int{}
	for i, o := range outcomes {
		counts[o.kind]++
		if o.kind == rowUnsupported {
			unsupported[r.vectors[i].Algorithm()]++
		}
	}
	skipped := ""
	if counts[rowSkipped] > 0 {
		skipped = fmt.Sprintf(", %d skipped", counts[rowSkipped])
	}
	if r.browser != "" {
		skipped += fmt.Sprintf(", %d as %s is known to differ", counts[rowKnown], r.browser)
	}
	p.line("%d vectors, compared by %s: %d pass, %d fail, %d unsupported%s", len(outcomes), r.by, counts[rowPassed], counts[rowFailed], counts[rowUnsupported], skipped)
	for _, algorithm := range slices.Sorted(maps.Keys(unsupported)) {
		p.line("  unsupported: %s (%d)", algorithm, unsupported[algorithm])
	}
	switch {
	case counts[rowFailed] > 0 || counts[rowPassed] == 0:
		return exitBad
	case r.strict && counts[rowUnsupported] > 0:
		p.line("%s", "-strict: what is not supported has to be named by -skip")
		return exitBad
	}
	return exitOK
}

// A child is the program, running.
type child struct {
	cmd    *exec.Cmd
	in     io.WriteCloser
	out    io.ReadCloser
	lines  chan childLine
	gone   chan struct{} // closed when nobody reads lines any more
	killed bool
	grace  time.Duration // how long a program has that is asked to end
}

type childLine struct {
	text []byte
	err  error
}

// startChild starts a program. The environment is this one's and those further variables.
func startChild(program, environment []string, stderr io.Writer) (*child, error) {
	c := &child{cmd: exec.Command(program[0], program[1:]...), lines: make(chan childLine), gone: make(chan struct{}), grace: time.Second}
	c.cmd.Env = append(c.cmd.Environ(), environment...)
	c.cmd.Stderr = raw(stderr)
	c.cmd.WaitDelay = time.Second
	ownGroup(c.cmd)
	var err error
	if c.in, err = c.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	if c.out, err = c.cmd.StdoutPipe(); err != nil {
		return nil, err
	}
	if err := c.cmd.Start(); err != nil {
		return nil, err
	}
	go c.read()
	return c, nil
}

// write gives the program its input; reading does not wait for it.
func (c *child) write(vectors []conformance.Vector, rows []int) {
	defer c.in.Close()
	w := bufio.NewWriter(c.in)
	for _, i := range rows {
		v := &vectors[i]
		line, err := encode(question{v.ID, v.Algorithm(), v.Input})
		if err != nil {
			return // cannot be: the vector was read from JSON
		}
		if _, err := w.Write(append(line, '\n')); err != nil {
			return // The program has ended, which its answers tell.
		}
	}
	w.Flush()
}

func (c *child) read() {
	lines := lineReader{r: bufio.NewReaderSize(c.out, 64<<10)}
	for {
		text, err := lines.next()
		select {
		case c.lines <- childLine{bytes.Clone(text), err}:
		case <-c.gone:
			return
		}
		if err != nil && !errors.Is(err, errLongLine) {
			return
		}
	}
}

var errEnded = errors.New("the program ended before it answered")

// next returns the next line of the program.
func (c *child) next(ctx context.Context, timeout time.Duration) ([]byte, error) {
	timer := time.NewTimer(timeout)
	defer timer.Stop()
	select {
	case line := <-c.lines:
		if line.err == io.EOF {
			return nil, errEnded
		}
		return line.text, line.err
	case <-timer.C:
		return nil, fmt.Errorf("nothing came for %v, which -timeout sets", timeout)
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// why completes the reason for which a program broke off.
func (c *child) why(err error) string {
	if errors.Is(err, errEnded) {
		if end := c.kill(); end != nil {
			return fmt.Sprintf("%v: %v", err, end)
		}
	}
	return err.Error()
}

// kill ends the program, and what it has started, and waits for it. It is asked first, so that it may end what has left
// its group, as browsers do.
func (c *child) kill() error {
	if c.killed {
		return nil
	}
	c.killed = true
	close(c.gone)
	ended := make(chan error, 1)
	go func() { ended <- c.cmd.Wait() }()
	select {
	case err := <-ended: // by itself
		killGroup(c.cmd)
		return err
	case <-time.After(50 * time.Millisecond):
	}
	askGroup(c.cmd)
	select {
	case <-ended:
		killGroup(c.cmd)
		return nil
	case <-time.After(c.grace):
	}
	killGroup(c.cmd)
	c.out.Close()
	<-ended
	return nil
}

// end waits for the program at the end of its input.
func (c *child) end(ctx context.Context, timeout time.Duration) error {
	defer c.kill()
	line, err := c.next(ctx, timeout)
	switch {
	case err == nil:
		return fmt.Errorf("there are more answers than lines: %s", short(string(line)))
	case !errors.Is(err, errEnded):
		return fmt.Errorf("it does not end at the end of its input: %w", err)
	}
	c.killed = true
	close(c.gone)
	ended := make(chan error, 1)
	go func() { ended <- c.cmd.Wait() }()
	select {
	case err = <-ended:
	case <-time.After(timeout):
		err = fmt.Errorf("it does not end at the end of its input: nothing came for %v, which -timeout sets", timeout)
	}
	killGroup(c.cmd)
	return err
}

// A question is a line of exec's input.
type question struct {
	ID        string          `json:"id"`
	Algorithm string          `json:"algorithm"`
	Input     json.RawMessage `json:"input"`
}

// An answer is a line of exec's output.
type answer struct {
	ID          json.RawMessage
	Output      json.RawMessage
	Error       *string
	Unsupported bool
}

// An answerError says what is wrong with an answer.
type answerError struct {
	reason string
	inStep bool // the answer is to the line that it should be to
}

func (e *answerError) Error() string { return e.reason }

// readAnswer reads the answer to the line with that id, as strictly as exec reads its input: a field that is not known,
// or that is there twice, at any depth, is a mistake.
func readAnswer(line []byte, id string) (a answer, err error) {
	fail := func(inStep bool, format string, args ...any) (answer, error) {
		return answer{}, &answerError{fmt.Sprintf(format, args...), inStep}
	}
	if fault := strictjson.Check(line); fault != nil {
		return fail(false, "the answer is not of the protocol: %v: %s", fault, short(string(line)))
	}
	if kind := strictjson.Kind(line); kind != "an object" {
		return fail(false, "the answer is not of the protocol: it is %s: %s", kind, short(string(line)))
	}
	members, twice := strictjson.Members(line)
	inStep := false
	for _, m := range members {
		inStep = inStep || m.Name == "id" && isString(m.Value, id)
	}
	for _, m := range members {
		var wrong error
		switch m.Name {
		case "id":
			if !inStep {
				return fail(false, "the answer has the id %s; answers come in the order of the lines", short(string(m.Value)))
			}
		case "output":
			a.Output = m.Value
		case "error":
			wrong = json.Unmarshal(m.Value, &a.Error)
		case "unsupported":
			wrong = json.Unmarshal(m.Value, &a.Unsupported)
		default:
			wrong = fmt.Errorf("the field %.40q is not known", m.Name)
		}
		if wrong != nil {
			return fail(inStep, "the answer is not of the protocol: %v: %s", wrong, short(string(line)))
		}
	}
	if !inStep {
		return fail(false, "the answer has no id: %s", short(string(line)))
	}
	if field := repeatedField(line); twice != nil || field != "" {
		return fail(true, "the answer has the field %.40q twice: %s", field, short(string(line)))
	}
	if (a.Output == nil) == (a.Error == nil) || a.Unsupported && a.Error == nil {
		return fail(true, "the answer has to have either \"output\" or \"error\": %s", short(string(line)))
	}
	return a, nil
}

func isString(value json.RawMessage, want string) bool {
	s, fault := strictjson.String(value)
	return fault == nil && s == want
}

// repeatedField returns a name that stands twice in one of the objects of a JSON text, or "".
func repeatedField(valid []byte) string {
	type level struct {
		names map[string]bool // nil for a list
		key   bool            // a name comes next
	}
	var open []level
	decoder := json.NewDecoder(bytes.NewReader(valid))
	decoder.UseNumber()
	for {
		token, err := decoder.Token()
		if err != nil {
			return ""
		}
		top := len(open) - 1
		if name, ok := token.(string); ok && top >= 0 && open[top].key {
			if open[top].names[name] {
				return name
			}
			open[top].names[name], open[top].key = true, false
			continue
		}
		switch token {
		case json.Delim('{'):
			open = append(open, level{map[string]bool{}, true})
			continue
		case json.Delim('['):
			open = append(open, level{})
			continue
		case json.Delim('}'), json.Delim(']'):
			open = open[:top]
			top--
		}
		if top >= 0 {
			open[top].key = open[top].names != nil // a value is complete
		}
	}
}

// names splits values of -skip.
func names(list []string) (all []string) {
	for _, s := range list {
		all = append(all, strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == ' ' })...)
	}
	return all
}

// writeJUnit writes what became of the rows: a suite for each algorithm.
func (r *vectorRun) writeJUnit(outcomes []rowOutcome) error {
	report := junitReport{Name: "corspec vectors"}
	for i, o := range outcomes {
		v := &r.vectors[i]
		c := junitCase{Class: v.Algorithm(), Name: v.ID}
		switch o.kind {
		case rowFailed:
			label, text := o.got()
			c.Failure = &junitReason{v.Description, "input: " + string(v.Input) + "\nwant:  " + string(v.Output) + "\n" + label + ": " + text}
		case rowUnsupported, rowSkipped, rowKnown:
			c.Skipped = &junitReason{Message: o.kind}
			if r.strict && o.kind == rowUnsupported {
				c.Skipped, c.Failure = nil, &junitReason{Message: "unsupported, and -skip does not name it"}
			}
		}
		report.add(v.Algorithm(), c)
	}
	return report.write(r.junit)
}
