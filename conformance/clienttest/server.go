package clienttest

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httputil"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/corspec/corspec/internal/header"
)

// Bounds of what a client may send in one request, and of how many requests of one case are kept.
const (
	mostHead    = 256 << 10
	mostBody    = 1 << 20
	mostArrived = 100
	idle        = 2 * time.Minute // longer than clients keep connections
)

// servers are one listener for each origin. What arrives is kept byte for byte; what is answered is written byte for
// byte, so that several lines of one name and odd bytes get through.
type servers struct {
	origins map[byte]string // "http://localhost:1234", by letter
	badPort uint16          // a blocked port that is listened at all the same, if one of them is free

	mu        sync.Mutex
	closed    bool
	listeners []net.Listener
	conns     map[net.Conn]bool
	running   map[string]*running // by token
	done      sync.WaitGroup
}

// A running case is one that is being done, and what has arrived of it.
type running struct {
	serve   map[string]*served
	method  string // of the step that is being done
	arrived []*arrived
}

// An arrived request is what a client sent.
type arrived struct {
	preflight   bool
	method, url string
	headers     [][2]string // names as they were, values without white space around them
	body        []byte
	answer      answer
}

// listen starts the servers. The certificate is for those with TLS; nil: there are none.
func listen(certificate *tls.Certificate) (*servers, error) {
	s := &servers{origins: map[byte]string{}, conns: map[net.Conn]bool{}, running: map[string]*running{}}
	for letter, host := range hosts {
		secure := strings.HasPrefix(host, "https:")
		if secure && certificate == nil {
			continue
		}
		address := "127.0.0.1"
		if letter == 'd' {
			address = "127.0.0.2"
		}
		l, l6, err := listenBoth(address, strings.HasSuffix(host, "localhost"))
		if err != nil && letter == 'd' { // not every system has the address
			host = hosts['c']
			l, _, err = listenBoth("127.0.0.1", false)
		}
		if err != nil {
			s.close()
			return nil, fmt.Errorf("clienttest: no server: %w", err)
		}
		_, port, _ := net.SplitHostPort(l.Addr().String())
		s.origins[letter] = host + ":" + port
		for _, l := range []net.Listener{l, l6} {
			if l == nil {
				continue
			}
			if secure {
				l = tls.NewListener(l, &tls.Config{Certificates: []tls.Certificate{*certificate}, NextProtos: []string{"http/1.1"}})
			}
			s.serve(l, s.origins[letter])
		}
	}
	s.badPort = 6667
	for _, port := range []uint16{6667, 6668, 6669, 6697, 6000, 10080, 5060, 5061, 6566, 2049, 4045, 3659, 1720, 1723, 1719} {
		if l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port)); err == nil {
			s.badPort = port
			s.serve(l, fmt.Sprintf("http://127.0.0.1:%d", port))
			break
		}
	}
	return s, nil
}

// listenBoth listens at a port of an address, and, if both is set, at the same one of ::1: clients may try that first.
// Where there is no IPv6, they do without.
func listenBoth(address string, both bool) (l, l6 net.Listener, err error) {
	for range 20 {
		if l, err = net.Listen("tcp", address+":0"); err != nil || !both {
			return l, nil, err
		}
		_, port, _ := net.SplitHostPort(l.Addr().String())
		l6, err = net.Listen("tcp", "[::1]:"+port)
		if err == nil {
			return l, l6, nil
		}
		if probe, err := net.Listen("tcp", "[::1]:0"); err != nil {
			return l, nil, nil
		} else {
			probe.Close()
		}
		l.Close() // somebody else has the port there
	}
	return nil, nil, err
}

func (s *servers) serve(l net.Listener, origin string) {
	s.listeners = append(s.listeners, l)
	s.done.Add(1)
	go func() {
		defer s.done.Done()
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			s.mu.Lock()
			if s.closed {
				s.mu.Unlock()
				c.Close()
				return
			}
			s.conns[c] = true
			s.done.Add(1)
			s.mu.Unlock()
			go func() {
				defer s.done.Done()
				s.converse(c, origin)
				c.Close()
				s.mu.Lock()
				delete(s.conns, c)
				s.mu.Unlock()
			}()
		}
	}()
}

// close ends all, and waits until it has.
func (s *servers) close() {
	s.mu.Lock()
	s.closed = true
	for _, l := range s.listeners {
		l.Close()
	}
	for c := range s.conns {
		c.Close()
	}
	s.mu.Unlock()
	s.done.Wait()
}

// start begins a case.
func (s *servers) start(token string, serve map[string]*served) *running {
	r := &running{serve: cloneServe(serve)}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.running[token] = r
	return r
}

// stop ends a case: what comes later is not of it.
func (s *servers) stop(token string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.running, token)
}

// step says which method the next requests have, if they are not preflights.
func (s *servers) step(r *running, method string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r.method = method
}

// since returns what has arrived of a case behind the first n.
func (s *servers) since(r *running, n int) []arrived {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []arrived
	for _, a := range r.arrived[n:] {
		all = append(all, *a)
	}
	return all
}

// converse answers the requests of a connection.
func (s *servers) converse(c net.Conn, origin string) {
	r := bufio.NewReaderSize(c, 8<<10)
	for {
		c.SetDeadline(time.Now().Add(idle))
		head, err := readHead(r)
		if err != nil {
			return
		}
		method, target, headers := parseHead(head)
		token, rest := cutToken(target)
		s.mu.Lock()
		run := s.running[token]
		var a *arrived
		if run != nil && rest != pagePath && len(run.arrived) < mostArrived {
			_, asks := get(headers, "Access-Control-Request-Method")
			a = &arrived{method: method, url: origin + target, headers: headers}
			a.preflight = method == "OPTIONS" && (asks || run.method != "OPTIONS")
			run.arrived = append(run.arrived, a)
		}
		s.mu.Unlock()
		if value, _ := get(headers, "Expect"); header.EqualFold(value, "100-continue") {
			io.WriteString(c, "HTTP/1.1 100 Continue\r\n\r\n")
		}
		body, err := readBody(r, headers)
		if err != nil {
			return
		}
		answer := answer{Status: 404}
		s.mu.Lock()
		switch {
		case a != nil:
			a.body = body
			answer = take(run.serve, a.preflight, a.url, method, headers)
			a.answer = answer
		case run != nil && rest == pagePath:
			answer.Status, answer.Body, answer.Headers = 200, "<!DOCTYPE html><title>page</title>\n", [][2]string{{"Content-Type", "text/html;charset=utf-8"}}
		}
		preflight := a != nil && a.preflight
		s.mu.Unlock()
		if answer.Hold {
			io.Copy(io.Discard, r) // until the client gives up, or the time is over
			return
		}
		if answer.Status == 0 {
			return
		}
		if _, err := c.Write(answer.wire(method, target, preflight)); err != nil {
			return
		}
		if value, _ := get(headers, "Connection"); header.EqualFold(value, "close") {
			return
		}
	}
}

// pagePath is where the page is, in the folder of a case.
const pagePath = "page"

// cutToken takes the token from a target, and what stands behind it.
func cutToken(target string) (token, rest string) {
	target, _, _ = strings.Cut(target, "?")
	token, rest, _ = strings.Cut(strings.TrimPrefix(target, "/"), "/")
	return token, rest
}

var errLong = errors.New("clienttest: a request that is too long")

// readHead reads up to and including the empty line.
func readHead(r *bufio.Reader) ([]byte, error) {
	var head []byte
	for len(head) < mostHead {
		line, err := r.ReadSlice('\n')
		head = append(head, line...)
		switch {
		case err != nil && !errors.Is(err, bufio.ErrBufferFull):
			return nil, err
		case bytes.HasSuffix(head, []byte("\r\n\r\n")):
			return head, nil
		case string(head) == "\r\n": // behind a body, which is allowed
			head = nil
		}
	}
	return nil, errLong
}

// parseHead splits a request's head.
func parseHead(head []byte) (method, target string, headers [][2]string) {
	lines := strings.Split(strings.TrimSuffix(string(head), "\r\n\r\n"), "\r\n")
	method, rest, _ := strings.Cut(lines[0], " ")
	target, _, _ = strings.Cut(rest, " ")
	for _, line := range lines[1:] {
		name, value, _ := strings.Cut(line, ":")
		headers = append(headers, [2]string{name, header.TrimTabOrSpace(value)})
	}
	return method, target, headers
}

// readBody reads a request's body, as its length or the chunked coding has it.
func readBody(r *bufio.Reader, headers [][2]string) ([]byte, error) {
	if coding, ok := get(headers, "Transfer-Encoding"); ok && header.EqualFold(coding, "chunked") {
		body, err := io.ReadAll(io.LimitReader(httputil.NewChunkedReader(r), mostBody+1))
		if err == nil && len(body) > mostBody {
			err = errLong
		}
		for err == nil { // the trailer, and the line behind it
			var line []byte
			if line, err = r.ReadSlice('\n'); len(line) <= 2 {
				break
			}
		}
		return body, err
	}
	value, ok := get(headers, "Content-Length")
	if !ok {
		return nil, nil
	}
	n, err := strconv.ParseInt(value, 10, 64)
	if err != nil || n < 0 || n > mostBody {
		return nil, errLong
	}
	body := make([]byte, n)
	_, err = io.ReadFull(r, body)
	return body, err
}

// nullBody reports whether a response of that status ends with its head.
func nullBody(status int) bool { return status == 204 || status == 304 }

// text returns the body of an answer to a request for that target.
func (a answer) text(target string, preflight bool) string {
	switch {
	case nullBody(a.Status) || a.Status == 205 || preflight && a.Body == "":
		return ""
	case a.Body == "":
		_, rest := cutToken(target)
		return "the secret of " + rest
	}
	return a.Body
}

// sent returns the headers with which an answer goes out.
func (a answer) sent(target string, preflight bool) [][2]string {
	l := slices.Clip(a.Headers)
	if _, ok := get(l, "Cache-Control"); !ok {
		l = append(l, [2]string{"Cache-Control", "no-store"}) // nothing is to come from an HTTP cache
	}
	if _, ok := get(l, "Content-Type"); !ok && a.Body == "" && !preflight && !nullBody(a.Status) {
		l = append(l, [2]string{"Content-Type", "text/plain"})
	}
	if !nullBody(a.Status) {
		l = append(l, [2]string{"Content-Length", strconv.Itoa(len(a.text(target, preflight)))})
	}
	return l
}

// wire is an answer as bytes.
func (a answer) wire(method, target string, preflight bool) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "HTTP/1.1 %03d %s\r\n", a.Status, http.StatusText(a.Status))
	for _, h := range a.sent(target, preflight) {
		b.WriteString(h[0] + ": " + h[1] + "\r\n")
	}
	b.WriteString("\r\n")
	if method != "HEAD" {
		b.WriteString(a.text(target, preflight))
	}
	return b.Bytes()
}
