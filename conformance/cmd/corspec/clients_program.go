package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/corspec/corspec/conformance/clienttest"
	"github.com/corspec/corspec/internal/strictjson"
)

// A clientProgram is a program that speaks the protocol of corspec clients, as a client of package clienttest. It is
// started again where it hangs or breaks off.
type clientProgram struct {
	command     []string
	environment []string
	authority   string // the name of the file that has the authority of https, or empty
	stderr      io.Writer

	starts chan func() // for the thread that all children are started by

	mu         sync.Mutex
	running    *clientChild
	started    int            // how often it was started
	sessions   map[string]int // the start in which a session was first named
	lastID     int
	answered   bool  // anything at all
	breaks     int   // in a row, without an answer between them
	breaksEver int   // in all
	stopped    error // why it is not asked any more
	complaints []string
	complained int // of which the first are kept
}

// A program that breaks off so often in a row, or so often at all, is not asked any more. So many complaints are kept.
const (
	mostClientBreaks     = 10
	mostClientBreaksEver = 25
	mostComplaints       = 20
)

// A clientChild is the program, running.
type clientChild struct {
	*child
	queue   chan []byte             // of lines to be written
	finish  chan struct{}           // closed when nothing more is asked
	done    chan struct{}           // closed when its output has ended
	pending map[int]chan clientLine // by id

	abandoned map[int]bool // ids whose answer may have been one that could not be read
	ended     bool         // it is, or will be, killed
}

// A clientLine is an answer, or why there is none.
type clientLine struct {
	text []byte
	err  error
}

func newClientProgram(command []string, stderr io.Writer) *clientProgram {
	p := &clientProgram{command: command, stderr: stderr, sessions: map[string]int{}, starts: make(chan func())}
	go func() {
		// A program ends with the thread that started it, if this one is killed.
		runtime.LockOSThread()
		for start := range p.starts {
			start()
		}
	}()
	return p
}

// close ends the program at the end of its input, or if it does not end by itself.
func (p *clientProgram) close() {
	p.mu.Lock()
	c := p.running
	p.running = nil
	if p.stopped == nil {
		p.stopped = errors.New("the run is over")
	}
	if c != nil {
		c.ended = true
	}
	p.mu.Unlock()
	if c != nil {
		close(c.finish)
		select {
		case <-c.done:
		case <-time.After(2 * time.Second):
		}
		c.kill()
	}
	close(p.starts)
}

// Hello asks the program what it is.
func (p *clientProgram) Hello(ctx context.Context) (hello clienttest.Hello, err error) {
	line, err := p.ask(ctx, "", "hello", struct {
		Authority string `json:"authority,omitempty"`
	}{p.authority})
	if err == nil {
		err = hello.UnmarshalJSON(line)
	}
	return hello, err
}

// Fetch asks the program to do what a page does.
func (p *clientProgram) Fetch(ctx context.Context, r *clienttest.Request) (a clienttest.Answer, err error) {
	line, err := p.ask(ctx, r.Session, "fetch", r)
	if err == nil {
		err = a.UnmarshalJSON(line)
	}
	return a, err
}

// Advance asks the program to let time go by.
func (p *clientProgram) Advance(ctx context.Context, session string, d time.Duration) error {
	return p.tell(ctx, session, "advance", struct {
		Session string  `json:"session"`
		Seconds float64 `json:"seconds"`
	}{session, d.Seconds()})
}

// CloseSession tells the program that a session is over.
func (p *clientProgram) CloseSession(ctx context.Context, session string) error {
	p.mu.Lock()
	_, known := p.sessions[session]
	p.mu.Unlock()
	if !known {
		return nil
	}
	err := p.tell(ctx, session, "close", struct {
		Session string `json:"session"`
	}{session})
	p.mu.Lock()
	delete(p.sessions, session)
	p.mu.Unlock()
	return err
}

// tell asks what has no answer but that it is done.
func (p *clientProgram) tell(ctx context.Context, session, op string, fields any) error {
	line, err := p.ask(ctx, session, op, fields)
	if err != nil {
		return err
	}
	var answer struct {
		Unsupported bool    `json:"unsupported"`
		Error       *string `json:"error"`
	}
	switch err := json.Unmarshal(line, &answer); {
	case err != nil:
		return fmt.Errorf("the answer to %q: %w", op, err)
	case answer.Unsupported:
		return clienttest.ErrUnsupported
	case answer.Error != nil:
		return errors.New(*answer.Error)
	}
	return nil
}

// ask sends a line and waits for its answer.
func (p *clientProgram) ask(ctx context.Context, session, op string, fields any) ([]byte, error) {
	body, err := encode(fields)
	if err != nil {
		return nil, err
	}
	c, id, answer, err := p.begin(session)
	if err != nil {
		return nil, err
	}
	before := p.countFaults()
	line := fmt.Appendf(nil, `{"id":%d,"op":%q`, id, op)
	if len(body) > len("{}") {
		line = append(line, ',')
	}
	line = append(append(line, body[1:]...), '\n')
	queue := c.queue
	for {
		select {
		case queue <- line:
			queue = nil
		case got := <-answer:
			return got.text, got.err
		case <-ctx.Done():
			p.mu.Lock()
			_, waiting := c.pending[id]
			p.mu.Unlock()
			if !waiting { // the answer has just come
				got := <-answer
				return got.text, got.err
			}
			p.broke(c, id, context.Cause(ctx))
			if p.countFaults() > before { // one of them may be the answer
				return nil, clienttest.ErrLost
			}
			return nil, context.Cause(ctx)
		}
	}
}

// begin notes a question, for a session or for none, and starts the program if it does not run.
func (p *clientProgram) begin(session string) (c *clientChild, id int, answer chan clientLine, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.stopped != nil {
		return nil, 0, nil, p.stopped
	}
	if p.running == nil {
		started := make(chan error)
		p.starts <- func() {
			process, err := startChild(p.command, p.environment, p.stderr)
			c = &clientChild{child: process, queue: make(chan []byte), finish: make(chan struct{}), done: make(chan struct{}), pending: map[int]chan clientLine{}, abandoned: map[int]bool{}}
			started <- err
		}
		if err := <-started; err != nil {
			p.stopped = err
			return nil, 0, nil, err
		}
		p.running = c
		p.started++
		go c.write()
		go p.listen(c)
	}
	c = p.running
	if session != "" {
		switch start, known := p.sessions[session]; {
		case !known:
			p.sessions[session] = p.started
		case start != p.started:
			return nil, 0, nil, clienttest.ErrLost
		}
	}
	p.lastID++
	answer = make(chan clientLine, 1)
	c.pending[p.lastID] = answer
	return c, p.lastID, answer, nil
}

// write gives the program its lines. What it does not read it gets no more of, which others notice by its answers.
func (c *clientChild) write() {
	defer c.in.Close()
	for {
		select {
		case line := <-c.queue:
			if _, err := c.in.Write(line); err != nil {
				return
			}
		case <-c.finish:
			return
		case <-c.done:
			return
		}
	}
}

// listen hands the program's lines to those who wait for them, until it ends.
func (p *clientProgram) listen(c *clientChild) {
	defer close(c.done)
	for {
		line, ok := c.line()
		if !ok {
			p.broke(c, 0, line.err)
			return
		}
		p.mu.Lock()
		id, fault := idOf(line)
		waiting, known := c.pending[id]
		switch {
		case fault != nil && known: // as much as that can be read
			waiting <- clientLine{err: fault}
			delete(c.pending, id)
		case fault != nil && len(c.pending) == 1: // there is one to which it can be the answer
			for only, waiting := range c.pending {
				waiting <- clientLine{err: fault}
				delete(c.pending, only)
			}
		case fault != nil:
			p.complain(fault)
			c.abandonOldest()
		case !known && c.abandoned[id]:
			delete(c.abandoned, id)
		case !known:
			p.complain(fmt.Errorf("an answer to the id %d, to which none is awaited: %s", id, short(string(line.text))))
		default:
			delete(c.pending, id)
			p.answered, p.breaks = true, 0
			waiting <- clientLine{text: line.text}
		}
		p.mu.Unlock()
	}
}

// abandonOldest gives up the question that waits longest, which most programs would have answered by a line that cannot
// be read. Its case is done again, by itself.
func (c *clientChild) abandonOldest() {
	if len(c.pending) == 0 {
		return
	}
	oldest := slices.Min(slices.Collect(maps.Keys(c.pending)))
	c.pending[oldest] <- clientLine{err: clienttest.ErrLost}
	delete(c.pending, oldest)
	c.abandoned[oldest] = true
}

// line returns the next line; ok is false at the end of all.
func (c *clientChild) line() (line childLine, ok bool) {
	select {
	case line = <-c.lines:
	case <-c.gone:
		return childLine{err: errEnded}, false
	}
	switch {
	case line.err == io.EOF:
		return childLine{err: errEnded}, false
	case line.err != nil && !errors.Is(line.err, errLongLine):
		return line, false
	}
	return line, true
}

// complain keeps what is wrong with a line to which no question belongs.
func (p *clientProgram) complain(fault error) {
	if p.complained++; len(p.complaints) < mostComplaints {
		p.complaints = append(p.complaints, fault.Error())
	}
}

// firstID is what a line begins with that may go on with anything.
var firstID = regexp.MustCompile(`^\s*\{\s*"id"\s*:\s*([0-9]{1,9})\s*[,}]`)

// idOf returns the id of an answer, and what is wrong with it.
func idOf(line childLine) (id int, fault error) {
	if line.err != nil {
		return 0, line.err
	}
	if fault := strictjson.Check(line.text); fault != nil {
		if m := firstID.FindSubmatch(line.text); m != nil {
			id, _ = strconv.Atoi(string(m[1]))
		}
		return id, fmt.Errorf("an answer is not of the protocol: %v at byte %d: %s", fault, fault.Offset, short(string(line.text)))
	}
	if kind := strictjson.Kind(line.text); kind != "an object" {
		return 0, fmt.Errorf("an answer is not of the protocol: it is %s: %s", kind, short(string(line.text)))
	}
	members, twice := strictjson.Members(line.text)
	at := slices.IndexFunc(members, func(m strictjson.Member) bool { return m.Name == "id" })
	switch {
	case twice != nil:
		return 0, fmt.Errorf("an answer is not of the protocol: %v at byte %d: %s", twice, twice.Offset, short(string(line.text)))
	case at < 0:
		return 0, fmt.Errorf("an answer has no id: %s", short(string(line.text)))
	case json.Unmarshal(members[at].Value, &id) != nil:
		return 0, fmt.Errorf("an answer has the id %s, which is not one of those that were asked: %s", short(string(members[at].Value)), short(string(line.text)))
	}
	return id, nil
}

// broke ends a program that hung at a question, or, where the id is 0, has ended by itself. In that case it is the
// fault of the question that waited, if it was one alone. All others are lost.
func (p *clientProgram) broke(c *clientChild, id int, why error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if c.ended {
		return
	}
	c.ended = true
	if p.running == c {
		p.running = nil
	}
	delete(c.pending, id)
	text := why.Error()
	if end := c.kill(); end != nil && errors.Is(why, errEnded) {
		text += ": " + end.Error()
	}
	p.breaks++
	p.breaksEver++
	switch {
	case p.breaks >= mostClientBreaks:
		p.stopped = fmt.Errorf("the program broke off %d times in a row, the last time so: %s", p.breaks, text)
	case p.breaksEver >= mostClientBreaksEver:
		p.stopped = fmt.Errorf("the program broke off %d times, the last time so: %s", p.breaksEver, text)
	}
	fault := clienttest.ErrLost
	if len(c.pending) == 1 && id == 0 {
		fault = fmt.Errorf("%w: %s", clienttest.ErrNoAnswer, text)
	}
	for _, waiting := range c.pending {
		waiting <- clientLine{err: fault}
	}
	clear(c.pending)
}

// countFaults counts them.
func (p *clientProgram) countFaults() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.complained
}

// faults are the program's lines that are not of the protocol and to which no question belongs.
func (p *clientProgram) faults() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	if more := p.complained - len(p.complaints); more > 0 {
		return append(slices.Clip(p.complaints), fmt.Sprintf("and %d more", more))
	}
	return p.complaints
}

// broken is why the program cannot be asked at all, if it was not answered once.
func (p *clientProgram) broken() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.answered {
		return nil
	}
	return p.stopped
}
