package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

// send writes bytes to a listener and returns all that comes back.
func send(t *testing.T, o, request string) string {
	t.Helper()
	c, err := net.Dial("tcp", "127.0.0.1"+o[strings.LastIndex(o, ":"):])
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	c.SetDeadline(time.Now().Add(5 * time.Second))
	if _, err := io.WriteString(c, request); err != nil {
		t.Fatal(err)
	}
	answer, err := io.ReadAll(c)
	if err != nil {
		t.Fatal(err)
	}
	return string(answer)
}

func TestServersKeepAndSendBytes(t *testing.T) {
	s, err := Listen()
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	sc := &Scenario{ID: "x", Serve: map[string]*Served{"{b/}x": {
		Preflight: []Answer{answer(204, acao, "*", acao, "*")},
		Request:   []Answer{answer(200, "X-Odd", "\u00ff\t;"), {Status: 302, Headers: [][2]string{{"location", "{b/}y"}}}},
	}}}
	e := sc.expand(s.Origins, "/s/r/1/", "token")
	s.Serve("/s/r/1/", e)
	b := s.Origins['b']
	preflight := "OPTIONS /s/r/1/x HTTP/1.1\r\nhost: x\r\nOrigin: a\r\nOrigin: b\r\nAccess-Control-Request-Method: \xff\r\n\r\n"
	request := "POST /s/r/1/x HTTP/1.1\r\nHost:x\r\nx-odd:  \xe4 \r\nContent-Length: 2\r\n\r\n{}"
	for i, want := range []string{
		"HTTP/1.1 204 X\r\nAccess-Control-Allow-Origin: *\r\nAccess-Control-Allow-Origin: *\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n",
		"HTTP/1.1 200 X\r\nX-Odd: \xff\t;\r\nCache-Control: no-store\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
		"HTTP/1.1 302 X\r\nlocation: " + b + "/s/r/1/y\r\nCache-Control: no-store\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
		"HTTP/1.1 302 X\r\nlocation: " + b + "/s/r/1/y\r\nCache-Control: no-store\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
	} {
		sent := request
		if i == 0 {
			sent = preflight
		}
		if got := send(t, b, sent); got != want {
			t.Errorf("answer %d is\n%q, want\n%q", i, got, want)
		}
	}
	if got := send(t, b, "GET /s/r/1/none HTTP/1.1\r\nHost: x\r\n\r\n"); got != "" {
		t.Errorf("a URL that is not served is answered: %q", got)
	}
	if got := send(t, b, "GET /favicon.ico HTTP/1.1\r\nHost: x\r\n\r\n"); !strings.HasPrefix(got, "HTTP/1.1 404 ") {
		t.Errorf("another path is answered with %q", got)
	}
	heads := s.Stop("/s/r/1/")
	if len(heads) != 5 {
		t.Fatalf("%d requests arrived", len(heads))
	}
	if got := string(heads[0].head); got != preflight {
		t.Errorf("what arrived is kept as %q", got)
	}
	if got, want := string(heads[1].head), strings.TrimSuffix(request, "{}"); got != want {
		t.Errorf("what arrived is kept as %q", got)
	}
	if !heads[4].closed || heads[1].closed {
		t.Error("it does not say which request got no answer")
	}
	network := observed(heads)
	if !network[0].Preflight || network[1].Preflight || network[0].Headers["origin"] != "a\nb" || network[1].Headers["x-odd"] != "\xe4" || network[0].URL != b+"/s/r/1/x" {
		t.Errorf("what arrived is read as %+v", network)
	}
}

// TestHTTPS asks an https server for its page as a browser does that was told of the certificate, and as one that was
// not.
func TestHTTPS(t *testing.T) {
	s, err := Listen()
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	p := Page{At: "e", Embedder: []string{"require-corp", "x"}}
	u := p.url(s.Origins, "token")
	roots := x509.NewCertPool()
	roots.AddCert(s.certificate.Leaf)
	dial := func(ctx context.Context, network, address string) (net.Conn, error) {
		return net.Dial(network, "127.0.0.1"+address[strings.LastIndex(address, ":"):])
	}
	client := &http.Client{Transport: &http.Transport{DialContext: dial, TLSClientConfig: &tls.Config{RootCAs: roots}}}
	resp, err := client.Get(u)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if got := resp.Header[coep]; resp.StatusCode != 200 || len(got) != 2 || got[0] != "require-corp" || got[1] != "x" {
		t.Errorf("%s is answered with status %d and the policies %q", u, resp.StatusCode, got)
	}
	for _, o := range s.Origins {
		host := strings.TrimPrefix(o, "https://")
		if host == o {
			continue
		}
		if resp, err := client.Get(o + "/favicon.ico"); err != nil {
			t.Errorf("%s: %v", o, err)
		} else {
			resp.Body.Close()
		}
		if !strings.Contains(s.overrides(), host+":\tOID.2.16.840.1.101.3.4.2.1\t") {
			t.Errorf("there is no override for %s in %q", host, s.overrides())
		}
	}
	other, err := Listen()
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	if resp, err := client.Get(other.Origins['e'] + "/favicon.ico"); err == nil {
		resp.Body.Close()
		t.Error("the servers of two runs have one certificate")
	}
	if s.keyHash() == other.keyHash() || len(s.keyHash()) != 44 {
		t.Errorf("the hash of the key is %q", s.keyHash())
	}
}

func TestReadHeadEnds(t *testing.T) {
	endless := bufio.NewReader(io.MultiReader(strings.NewReader("GET / HTTP/1.1\r\n"), &repeated{}))
	if _, err := readHead(endless); err == nil {
		t.Error("a head without an end is read")
	}
	if _, err := readHead(bufio.NewReader(strings.NewReader("GET / HTTP/1.1\r\nHost"))); err == nil {
		t.Error("half a head is read")
	}
	long := "GET / HTTP/1.1\r\nX: " + strings.Repeat("y", 10000) + "\r\n\r\n"
	if got, err := readHead(bufio.NewReader(strings.NewReader(long + "body"))); err != nil || string(got) != long {
		t.Errorf("a long line: %d bytes, %v", len(got), err)
	}
}

type repeated struct{}

func (*repeated) Read(b []byte) (int, error) {
	return copy(b, bytes.Repeat([]byte("X: y\r\n"), 1+len(b)/6)), nil
}
