package fetchtest

import (
	"fmt"
	"io"
	"net/http"
	"reflect"
	"runtime"
	"sync"
	"weak"
)

// A readBody keeps what was read of a body that can be had only once, so that a request can be used again, also by
// tests that run in parallel.
type readBody struct {
	source io.ReadCloser

	mu   sync.Mutex // held while the source is read, which only those wait for who share the request
	data []byte
	err  error // that of the source's end
}

// readBodies holds them, for as long as their requests live.
var (
	readBodiesMu sync.Mutex
	readBodies   = map[weak.Pointer[http.Request]]*readBody{}
)

// copyRequest returns a copy of req with a body of its own, and leaves req as it was.
func copyRequest(req *http.Request) (*http.Request, error) {
	out := req.Clone(req.Context())
	switch {
	case req.Body == nil || req.Body == http.NoBody:
	case req.GetBody != nil:
		var err error
		if out.Body, err = req.GetBody(); err != nil {
			return nil, fmt.Errorf("the request's body: %w", err)
		}
	default:
		out.Body = &bodyReader{body: bodyOf(req)}
	}
	return out, nil
}

// bodyOf returns what is kept of the body of a request.
func bodyOf(req *http.Request) *readBody {
	if !reflect.ValueOf(req.Body).Comparable() { // nobody could tell whether it is the same body the next time
		return &readBody{source: req.Body}
	}
	readBodiesMu.Lock()
	defer readBodiesMu.Unlock()
	key := weak.Make(req)
	known := readBodies[key]
	if known == nil {
		runtime.AddCleanup(req, forget, key)
	}
	if known == nil || known.source != req.Body {
		known = &readBody{source: req.Body}
		readBodies[key] = known
	}
	return known
}

func forget(key weak.Pointer[http.Request]) {
	readBodiesMu.Lock()
	defer readBodiesMu.Unlock()
	delete(readBodies, key)
}

// at copies into p what stands from that place on, and reads on where nobody has before.
func (b *readBody) at(p []byte, place int) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if place == len(b.data) && b.err == nil {
		n, err := b.source.Read(p)
		b.data, b.err = append(b.data, p[:n]...), err
	}
	n := copy(p, b.data[place:])
	if place+n == len(b.data) {
		return n, b.err
	}
	return n, nil
}

// A bodyReader reads a readBody from its beginning.
type bodyReader struct {
	body  *readBody
	place int
}

func (r *bodyReader) Read(p []byte) (int, error) {
	n, err := r.body.at(p, r.place)
	r.place += n
	return n, err
}

// Close closes the source, for whose end somebody may wait. What was read of it is kept.
func (r *bodyReader) Close() error { return r.body.source.Close() }
