package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"
)

// A session is a page in a browser that does scenarios.
type session struct {
	servers *Servers
	browser *process
	display *process
	dir     string
	token   string
	env     []string // of the browser

	asked chan []pageAnswer // what the page brought when it asked for more
	jobs  chan []byte       // what it gets
	quit  chan struct{}

	Version   string
	UserAgent string
	document  string // that the browser shows
	runs      int
	closed    bool
	printed   string // by the browser, once it is closed
}

// A pageAnswer is what a page says of one scenario.
type pageAnswer struct {
	ID      string    `json:"id"`
	Results []Outcome `json:"results"`
}

// A job is what a page gets to do.
type job struct {
	Go        string          `json:"go,omitempty"` // the URL of another document, which is to ask for more
	Parallel  int             `json:"parallel,omitempty"`
	Scenarios []*pageScenario `json:"scenarios,omitempty"`
}

// A pageScenario is as much of a scenario as a page needs.
type pageScenario struct {
	ID    string `json:"id"`
	Frame string `json:"frame,omitempty"`
	Steps []Step `json:"steps"`
}

// startTimeout is how long a browser may take until its page asks for work. Tests shorten it.
var startTimeout = 60 * time.Second

// open starts a browser and waits until its page asks for work.
func open(b *Browser, program string, servers *Servers) (s *session, err error) {
	s = &session{servers: servers, token: strconv.FormatInt(time.Now().UnixNano(), 36),
		asked: make(chan []pageAnswer, 1), jobs: make(chan []byte), quit: make(chan struct{})}
	defer func() {
		if err != nil {
			s.close()
			s = nil
		}
	}()
	if s.dir, err = os.MkdirTemp("", "corspec-"+b.Name+"-"); err != nil {
		return s, err
	}
	cmd, err := b.command(program, s.dir, Page{}.url(servers.Origins, s.token), servers)
	if err != nil {
		return s, err
	}
	if b.display {
		var display string
		if s.display, display, err = startDisplay(); err != nil {
			return s, err
		}
		cmd.Env = append(cmd.Env, display)
	}
	s.env = cmd.Env
	if s.Version, err = b.versionOf(program, s.env); err != nil {
		return s, err
	}
	servers.setControl(s.control)
	if s.browser, err = start(cmd); err != nil {
		return s, err
	}
	_, err = s.wait(startTimeout)
	return s, err
}

// close ends the browser.
func (s *session) close() {
	if s == nil || s.closed {
		return
	}
	s.closed = true
	s.servers.setControl(nil)
	close(s.quit)
	if s.browser != nil {
		s.browser.stop()
		s.printed = s.browser.printed()
	}
	if s.display != nil {
		s.display.stop()
	}
	s.browser, s.display = nil, nil
	if s.dir != "" {
		os.RemoveAll(s.dir)
	}
}

// control answers the page: it brings results and gets work.
func (s *session) control(target string, body []byte) ([]byte, bool) {
	path, token, _ := strings.Cut(target, "?")
	if token != s.token { // of a browser before this one
		return nil, false
	}
	var answers []pageAnswer
	switch path {
	case "/hello":
		var hello struct {
			UserAgent string `json:"userAgent"`
		}
		if json.Unmarshal(body, &hello) != nil {
			return nil, false
		}
		s.UserAgent = hello.UserAgent
	case "/results":
		if json.Unmarshal(body, &answers) != nil {
			return nil, false
		}
	default:
		return nil, false
	}
	select {
	case s.asked <- answers:
	case <-s.quit:
		return nil, false
	}
	select {
	case job := <-s.jobs:
		return job, true
	case <-s.quit:
		return []byte("{}"), true
	}
}

var errHangs = errors.New("it hangs: the page did not answer in time")

// wait waits until the page asks for work and returns what it brings.
func (s *session) wait(limit time.Duration) ([]pageAnswer, error) {
	select {
	case answers := <-s.asked:
		return answers, nil
	case <-s.browser.done:
		return nil, fmt.Errorf("it has ended by itself (%v): %s", s.browser.err, tail(s.browser.printed()))
	case <-time.After(limit):
		return nil, errHangs
	}
}

func tail(s string) string {
	s = strings.TrimSpace(s)
	if len(s) > 600 {
		s = "…" + s[len(s)-600:]
	}
	return s
}

// A performed scenario is one as it was done, with the URLs of that run.
type performed struct {
	expanded *Scenario
	folder   string
	observed Observation
}

// give gives the page a job, unless it is gone.
func (s *session) give(j job) {
	select {
	case s.jobs <- mustJSON(j):
	case <-s.browser.done:
	case <-time.After(startTimeout):
	}
}

// run has the page do scenarios, all of which are of one document, and returns those that it did, by id. An error ends
// the session; it comes after the deadline at the latest.
func (s *session) run(scenarios []*Scenario, parallel int, deadline time.Time) (map[string]performed, error) {
	s.runs++
	j := job{Parallel: parallel, Scenarios: []*pageScenario{}}
	folders, done := map[string]string{}, map[string]performed{}
	limit := 30 * time.Second
	for i, sc := range scenarios {
		folder := fmt.Sprintf("/s/%s%d/%d/", s.token, s.runs, i)
		e := sc.expand(s.servers.Origins, folder, s.token)
		folders[sc.ID] = folder
		done[sc.ID] = performed{expanded: e, folder: folder}
		s.servers.Serve(folder, e)
		j.Scenarios = append(j.Scenarios, &pageScenario{e.ID, e.Frame, e.Steps})
		limit += time.Duration(len(e.Steps)) * 2 * time.Second / time.Duration(parallel)
	}
	p := scenarios[0].Page
	var documents []string // to go to
	for _, letter := range []byte(p.Visited) {
		documents = append(documents, visitURL(s.servers.Origins[letter], fmt.Sprintf("/s/%s%d/", s.token, s.runs), s.token))
	}
	if documents != nil || p.document() != s.document {
		documents = append(documents, p.url(s.servers.Origins, s.token))
	}
	s.document = p.document()
	for _, url := range documents {
		s.give(job{Go: url})
		if _, err := s.wait(startTimeout); err != nil {
			return nil, fmt.Errorf("for a page of {%s}: %w", strings.TrimSpace(s.document), err)
		}
	}
	s.give(j)
	answers, err := s.wait(min(limit, time.Until(deadline)))
	for _, a := range answers {
		p, ok := done[a.ID]
		if !ok {
			continue
		}
		for i := range a.Results {
			for k, h := range a.Results[i].Headers {
				a.Results[i].Headers[k][1] = bytesOf(h[1])
			}
		}
		p.observed = Observation{observed(s.servers.Stop(folders[a.ID])), a.Results}
		done[a.ID] = p
	}
	for id, p := range done {
		if p.observed.Results == nil {
			s.servers.Stop(folders[id])
			delete(done, id)
		}
	}
	return done, err
}
