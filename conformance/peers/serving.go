package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// A Serving is how many requests a second a server of net/http answers on loopback, with each peer in it.
type Serving struct {
	Name    string `json:"name"`
	Clients int    `json:"clients"`
	Peers   []Rate `json:"peers"` // without CORS is the first
}

// A Rate is a peer's requests a second, and those by what the server without CORS answered in the same round.
type Rate struct {
	Name      string    `json:"name"`
	PerSecond Quartiles `json:"perSecond"`
	Ratio     Quartiles `json:"ratio"`
}

const (
	servingClients = 8
	servingTime    = 100 * time.Millisecond // of each peer in each round
	servingRounds  = 15
)

// servings starts a server for each peer and lets clients ask them in turn, over connections that stay open.
func servings(random *rand.Rand) (list []Serving, err error) {
	for _, c := range ours() {
		if c.name != "10 exact: GET" && c.name != "10 exact: preflight" {
			continue
		}
		s := Serving{Name: c.name, Clients: servingClients}
		app := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "Hello, World!") })
		var handlers []http.Handler
		add := func(name string, h http.Handler) {
			s.Peers, handlers = append(s.Peers, Rate{Name: name}), append(handlers, h)
		}
		add(nameNone, app)
		for i, p := range peers {
			h, err := p.wrap(c.config, app)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", p.name, err)
			}
			if add(p.name, h); i == 0 {
				var passed bool
				a, err := c.ask(h, &passed)
				if err != nil {
					return nil, err
				}
				a.passed = c.request.Method == "GET"
				add("hard-coded", hardCoded(a, app))
			}
		}
		if err := serve(random, c.request, handlers, s.Peers); err != nil {
			return nil, err
		}
		list = append(list, s)
	}
	return list, nil
}

func serve(random *rand.Rand, request *http.Request, handlers []http.Handler, rates []Rate) error {
	var text bytes.Buffer
	if err := request.Write(&text); err != nil {
		return err
	}
	clients := make([][]*client, len(handlers))
	for i, h := range handlers {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return err
		}
		server := &http.Server{Handler: h}
		go server.Serve(listener)
		defer server.Close()
		for range servingClients {
			c, err := dial(listener.Addr().String(), text.Bytes())
			if err != nil {
				return err
			}
			defer c.connection.Close()
			clients[i] = append(clients[i], c)
		}
	}
	counted := make([][]float64, len(handlers))
	for round := -1; round < servingRounds; round++ { // the first warms up
		for _, i := range random.Perm(len(handlers)) {
			perSecond, err := rate(clients[i])
			if err != nil {
				return err
			}
			if round >= 0 {
				counted[i] = append(counted[i], perSecond)
			}
		}
	}
	none := append([]float64(nil), counted[0]...)
	for i := range rates {
		rates[i].Ratio = ratios(counted[i], none)
		rates[i].PerSecond = quartiles(counted[i])
	}
	return nil
}

// A client asks the same again and again, and reads as many bytes as the first answer had: only what its date says
// changes.
type client struct {
	connection net.Conn
	request    []byte
	answer     []byte
}

func dial(address string, request []byte) (*client, error) {
	connection, err := net.Dial("tcp", address)
	if err != nil {
		return nil, err
	}
	c := &client{connection: connection, request: request}
	var seen bytes.Buffer
	if _, err := connection.Write(request); err != nil {
		return nil, err
	}
	method, _, _ := bytes.Cut(request, []byte(" "))
	response, err := http.ReadResponse(bufio.NewReader(io.TeeReader(connection, &seen)), &http.Request{Method: string(method)})
	if err != nil {
		return nil, err
	}
	if _, err := io.Copy(io.Discard, response.Body); err != nil {
		return nil, err
	}
	c.answer = make([]byte, seen.Len())
	return c, nil
}

// rate lets the clients ask for a while.
func rate(clients []*client) (perSecond float64, err error) {
	var asked atomic.Int64
	var failed atomic.Value
	var wait sync.WaitGroup
	start := time.Now()
	for _, c := range clients {
		wait.Go(func() {
			n := int64(0)
			for time.Since(start) < servingTime {
				c.connection.SetDeadline(time.Now().Add(10 * time.Second))
				_, err := c.connection.Write(c.request)
				if err == nil {
					_, err = io.ReadFull(c.connection, c.answer)
				}
				if err == nil && !bytes.HasPrefix(c.answer, []byte("HTTP/1.1 2")) {
					err = fmt.Errorf("the answer begins with %.20q", c.answer)
				}
				if err != nil {
					failed.Store(err)
					return
				}
				n++
			}
			asked.Add(n)
		})
	}
	wait.Wait()
	if err, ok := failed.Load().(error); ok {
		return 0, err
	}
	return float64(asked.Load()) / time.Since(start).Seconds(), nil
}
