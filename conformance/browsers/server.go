package main

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	_ "embed"
)

// A Servers is one raw listener for each origin. What arrives is kept byte for byte; what is answered is written byte
// for byte, so that duplicate lines and odd bytes get through.
type Servers struct {
	Origins map[byte]string // "http://localhost:1234" by letter

	certificate tls.Certificate
	listeners   []net.Listener
	mu          sync.Mutex
	running     map[string]*running // by folder
	also        map[uint16]bool     // ports
	control     func(path string, body []byte) (answer []byte, ok bool)
}

// A running scenario is one that a page does at the moment, and what has arrived of it so far.
type running struct {
	serve map[string]*Served // by URL
	heads []arrived
}

// An arrived request is what a browser sent, up to the end of its headers.
type arrived struct {
	origin string // of the listener
	head   []byte
	closed bool // it got no answer
}

// Listen opens the listeners.
func Listen() (*Servers, error) {
	s := &Servers{Origins: map[byte]string{}, running: map[string]*running{}}
	var err error
	if s.certificate, err = newCertificate(); err != nil {
		return nil, err
	}
	for letter, host := range hosts {
		if letter == 'o' {
			continue // n's
		}
		address := "127.0.0.1:0"
		if letter == 'm' && inside() {
			address = plainAddress + ":0"
		}
		l, err := net.Listen("tcp", address)
		if err != nil {
			s.Close()
			return nil, err
		}
		_, port, _ := net.SplitHostPort(l.Addr().String())
		o := host + ":" + port
		s.Origins[letter] = o
		if letter == 'n' {
			s.Origins['o'] = "https" + strings.TrimPrefix(o, "http")
		}
		accept := s.accept
		if letter == 'j' {
			accept = s.acceptHTTP2
		}
		s.listeners = append(s.listeners, l)
		go accept(l, o)
		// Browsers may try the other localhost first. Where there is no IPv6, they do without.
		if l6, err := net.Listen("tcp", "[::1]:"+port); err == nil {
			s.listeners = append(s.listeners, l6)
			go accept(l6, o)
		}
	}
	return s, nil
}

// Also listens at a port of 127.0.0.1, if it is not yet listened at.
func (s *Servers) Also(port uint16) error {
	if port == 0 {
		return nil // nothing can listen there
	}
	o := "http://127.0.0.1:" + strconv.Itoa(int(port))
	if port == 80 {
		o = "http://127.0.0.1"
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.also[port] {
		return nil
	}
	l, err := net.Listen("tcp", "127.0.0.1:"+strconv.Itoa(int(port)))
	if err != nil {
		return err
	}
	if s.also == nil {
		s.also = map[uint16]bool{}
	}
	s.also[port] = true
	s.listeners = append(s.listeners, l)
	go s.accept(l, o)
	return nil
}

// Close closes the listeners.
func (s *Servers) Close() {
	for _, l := range s.listeners {
		l.Close()
	}
}

// Serve answers the URLs of an expanded scenario until Stop.
func (s *Servers) Serve(folder string, e *Scenario) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := &running{serve: map[string]*Served{}}
	for url, served := range e.Serve {
		c := *served
		r.serve[url] = &c
	}
	s.running[folder] = r
}

// Stop ends a scenario and returns what arrived.
func (s *Servers) Stop(folder string) []arrived {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.running[folder]
	delete(s.running, folder)
	if r == nil {
		return nil
	}
	return r.heads
}

func (s *Servers) accept(l net.Listener, origin string) {
	for {
		c, err := l.Accept()
		if err != nil {
			return
		}
		go func() {
			defer c.Close()
			c.SetDeadline(time.Now().Add(60 * time.Second))
			origin := origin
			if strings.HasPrefix(origin, "http://"+plainHost) {
				var tls bool
				if c, tls = startsTLS(c); tls {
					origin = "https" + strings.TrimPrefix(origin, "http")
				}
			}
			if strings.HasPrefix(origin, "https:") {
				c = tls.Server(c, &tls.Config{Certificates: []tls.Certificate{s.certificate}})
			}
			s.answer(c, origin)
			// Closing while bytes are unread resets the connection, and what was written may be lost.
			if w, ok := c.(interface{ CloseWrite() error }); ok {
				w.CloseWrite()
			}
			c.SetReadDeadline(time.Now().Add(time.Second))
			io.Copy(io.Discard, c)
		}()
	}
}

// startsTLS looks at the first byte of a connection, and says whether it is one of TLS.
func startsTLS(c net.Conn) (net.Conn, bool) {
	r := bufio.NewReader(c)
	first, err := r.Peek(1)
	return peeked{c, r}, err == nil && first[0] == 0x16
}

// A peeked connection is one of which a part has been read.
type peeked struct {
	net.Conn
	r *bufio.Reader
}

func (p peeked) Read(b []byte) (int, error) { return p.r.Read(b) }

// CloseWrite says that nothing more will be written.
func (p peeked) CloseWrite() error {
	if w, ok := p.Conn.(interface{ CloseWrite() error }); ok {
		return w.CloseWrite()
	}
	return nil
}

// acceptHTTP2 serves an origin by HTTP/2, which has no bytes to keep: heads are written as they would be in HTTP/1.
func (s *Servers) acceptHTTP2(l net.Listener, origin string) {
	h := func(w http.ResponseWriter, r *http.Request) {
		head := r.Method + " " + r.URL.RequestURI() + " " + r.Proto + "\r\n"
		var headers [][2]string
		for name, values := range r.Header {
			for _, v := range values {
				headers = append(headers, [2]string{name, v})
				head += name + ": " + v + "\r\n"
			}
		}
		io.Copy(io.Discard, io.LimitReader(r.Body, maxBody))
		answer, ok := s.take(origin, r.Method, r.URL.RequestURI(), headers, []byte(head+"\r\n"))
		if !ok {
			panic(http.ErrAbortHandler) // which closes the stream
		}
		w.Header()["Date"], w.Header()["Content-Type"] = nil, nil // none of its own
		for _, line := range answer.sent() {
			if name := http.CanonicalHeaderKey(line[0]); name != "Connection" {
				w.Header()[name] = append(w.Header()[name], line[1])
			}
		}
		w.WriteHeader(answer.Status)
		if !nullBody(answer.Status) && r.Method != "HEAD" {
			io.WriteString(w, bodies[answer.Body])
		}
	}
	server := &http.Server{Handler: http.HandlerFunc(h), ErrorLog: log.New(io.Discard, "", 0), ReadTimeout: time.Minute,
		TLSConfig: &tls.Config{Certificates: []tls.Certificate{s.certificate}}}
	server.ServeTLS(l, "", "") // until the listener is closed
}

const maxHead, maxBody = 256 << 10, 64 << 20

// readHead reads up to and including the empty line.
func readHead(r *bufio.Reader) ([]byte, error) {
	var head []byte
	for len(head) < maxHead {
		line, err := r.ReadSlice('\n')
		head = append(head, line...)
		if err != nil && !errors.Is(err, bufio.ErrBufferFull) {
			return nil, err
		}
		if bytes.HasSuffix(head, []byte("\r\n\r\n")) {
			return head, nil
		}
	}
	return nil, fmt.Errorf("a head of more than %d bytes", maxHead)
}

// parseHead splits a request's head. Values are as they were between white space.
func parseHead(head []byte) (method, target string, headers [][2]string) {
	lines := strings.Split(strings.TrimSuffix(string(head), "\r\n\r\n"), "\r\n")
	method, rest, _ := strings.Cut(lines[0], " ")
	target, _, _ = strings.Cut(rest, " ")
	for _, line := range lines[1:] {
		name, value, _ := strings.Cut(line, ":")
		headers = append(headers, [2]string{name, strings.Trim(value, " \t")})
	}
	return method, target, headers
}

func valueOf(headers [][2]string, name string) (string, bool) {
	for _, h := range headers {
		if strings.EqualFold(h[0], name) {
			return h[1], true
		}
	}
	return "", false
}

func (s *Servers) answer(c net.Conn, origin string) {
	r := bufio.NewReader(c)
	head, err := readHead(r)
	if err != nil {
		return
	}
	method, target, headers := parseHead(head)
	var body []byte
	if v, ok := valueOf(headers, "Content-Length"); ok {
		n, err := strconv.ParseInt(v, 10, 64)
		if err != nil || n < 0 || n > maxBody {
			return
		}
		body = make([]byte, n)
		if _, err := io.ReadFull(r, body); err != nil {
			return
		}
	}
	if !strings.HasPrefix(target, "/s/") {
		s.answerControl(c, target, body)
		return
	}
	answer, ok := s.take(origin, method, target, headers, head)
	if answer.Hold {
		c.SetReadDeadline(time.Now().Add(20 * time.Second))
		io.Copy(io.Discard, r)
		return
	}
	if key, asked := valueOf(headers, "Sec-WebSocket-Key"); ok && asked && answer.Status == 101 {
		answer = answer.with("Upgrade", "websocket", "Sec-WebSocket-Accept", acceptOf(key))
		c.Write(wire(answer, method))
		io.Copy(io.Discard, io.LimitReader(r, 6)) // a Close frame
		return
	}
	if ok {
		c.Write(wire(answer, method))
	}
}

// take records a request and chooses its answer.
func (s *Servers) take(origin, method, target string, headers [][2]string, head []byte) (Answer, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	// The folder is /s/RUN/NUMBER/.
	parts := strings.SplitN(target, "/", 5)
	if len(parts) < 5 || parts[1] != "s" {
		return Answer{Status: 404}, true // such as /favicon.ico
	}
	running := s.running[strings.Join(parts[:4], "/")+"/"]
	if running == nil {
		return Answer{}, false
	}
	served := running.serve[origin+target]
	if served == nil {
		served = &Served{}
	}
	answer, ok := next(served.list(isPreflight(method, headers), method))
	running.heads = append(running.heads, arrived{origin, head, !ok})
	return answer, ok
}

func isPreflight(method string, headers [][2]string) bool {
	_, asks := valueOf(headers, "Access-Control-Request-Method")
	return method == "OPTIONS" && asks
}

// sent returns the headers with which the answer goes out: what the oracle gets to see as well.
func (a Answer) sent() [][2]string {
	l := a.Headers[:len(a.Headers):len(a.Headers)]
	// Nothing is to come from an HTTP cache.
	if _, ok := valueOf(l, "Cache-Control"); !ok {
		l = append(l, [2]string{"Cache-Control", "no-store"})
	}
	if _, ok := valueOf(l, "Content-Length"); !ok && !nullBody(a.Status) {
		l = append(l, [2]string{"Content-Length", strconv.Itoa(len(bodies[a.Body]))})
	}
	connection := "close"
	if a.Status == 101 {
		connection = "Upgrade"
	}
	return append(l, [2]string{"Connection", connection})
}

func nullBody(status int) bool { return status == 204 || status == 304 || status < 200 }

// wire is the answer as bytes.
func wire(a Answer, method string) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "HTTP/1.1 %03d X\r\n", a.Status)
	for _, h := range a.sent() {
		b.WriteString(h[0] + ": " + h[1] + "\r\n")
	}
	b.WriteString("\r\n")
	if !nullBody(a.Status) && method != "HEAD" {
		b.WriteString(bodies[a.Body])
	}
	return b.Bytes()
}

//go:embed page.html
var pageHTML []byte

//go:embed page.js
var pageJS string

//go:embed initiators.js
var initiatorsJS string

// answerControl answers the page itself: its files, and what it asks of this program.
func (s *Servers) answerControl(c net.Conn, target string, body []byte) {
	path, _, _ := strings.Cut(target, "?")
	status, headers, answer := 200, "Content-Type: application/json\r\n", []byte(nil)
	embedder, isPage := strings.CutPrefix(path, "/page/")
	visited, isVisit := strings.CutPrefix(path, "/visit/")
	switch {
	case isVisit:
		headers, answer = "Content-Type: text/html;charset=utf-8\r\n", pageHTML
		if cookiePath, err := base64.RawURLEncoding.DecodeString(visited); err == nil {
			for _, h := range visitCookies(string(cookiePath)) {
				headers += h[0] + ": " + h[1] + "\r\n"
			}
		}
	case isPage:
		headers, answer = "Content-Type: text/html;charset=utf-8\r\n", pageHTML
		for _, line := range embedderOf(embedder) {
			headers += coep + ": " + line + "\r\n"
		}
	case path == "/page.js":
		headers, answer = "Content-Type: text/javascript;charset=utf-8\r\n", []byte(initiatorsJS+pageJS)
	case path == "/importing.js":
		headers, answer = "Content-Type: text/javascript;charset=utf-8\r\n", []byte(importingJS)
	case strings.HasPrefix(path, "/arrived/"):
		answer = mustJSON(s.arrivedIn(strings.TrimPrefix(path, "/arrived")))
	default:
		var ok bool
		s.mu.Lock()
		control := s.control
		s.mu.Unlock()
		if control != nil {
			answer, ok = control(target, body)
		}
		if !ok {
			status = 404
		}
	}
	fmt.Fprintf(c, "HTTP/1.1 %d X\r\n%sContent-Length: %d\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n", status, headers, len(answer))
	c.Write(answer)
}

// embedderOf returns the lines of Cross-Origin-Embedder-Policy that a page's URL has in its path.
func embedderOf(encoded string) []string {
	b, err := base64.RawURLEncoding.DecodeString(encoded)
	if err != nil || len(b) == 0 {
		return nil
	}
	return strings.Split(string(b), "\n")
}

// setControl says who answers the page.
func (s *Servers) setControl(f func(target string, body []byte) ([]byte, bool)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.control = f
}

func mustJSON(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err) // cannot be: what is marshalled here is made of strings and numbers
	}
	return b
}
