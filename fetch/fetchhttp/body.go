package fetchhttp

import (
	"bytes"
	"fmt"
	"io"
	"net/http"

	"github.com/corspec/corspec/fetch"
)

// A body is that of a request, as the page gives it.
type body struct {
	kind   fetch.Body
	first  io.ReadCloser                 // nil once somebody else closes it
	again  func() (io.ReadCloser, error) // nil where it can be had only once
	length int64                         // as that of an http.Request
}

// newBody returns the body of req, as bytes or as a stream; [fetch.BodyNull] leaves that to whether it can be had
// again.
func newBody(req *http.Request, kind fetch.Body) *body {
	if req.Body == nil || req.Body == http.NoBody {
		return &body{}
	}
	b := &body{kind, req.Body, req.GetBody, req.ContentLength}
	if b.kind == fetch.BodyNull {
		b.kind = fetch.BodyStream
		if b.again != nil {
			b.kind = fetch.BodyBytes
		}
	}
	return b
}

// bodyFrom returns a body of that kind; r may be nil.
func bodyFrom(r io.Reader, kind fetch.Body) *body {
	if r == nil {
		return &body{}
	}
	closer, ok := r.(io.ReadCloser)
	if !ok {
		closer = io.NopCloser(r)
	}
	return &body{kind: kind, first: closer, length: -1}
}

// read makes bytes that can be had again of those that cannot.
func (b *body) read() error {
	if b.kind != fetch.BodyBytes || b.again != nil {
		return nil
	}
	data, err := io.ReadAll(b.first)
	b.close()
	if err != nil {
		return fmt.Errorf("fetchhttp: reading the request's body: %w", err)
	}
	b.length = int64(len(data))
	b.again = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(data)), nil }
	b.first, _ = b.again()
	return nil
}

// send gives the body to a request that goes out, whose transport closes it.
func (b *body) send(out *http.Request) {
	out.Body, out.ContentLength = b.first, b.length
	if b.kind == fetch.BodyBytes {
		out.GetBody = b.again
	}
	b.first = nil
}

// replay gives it to another one.
func (b *body) replay(out *http.Request) (err error) {
	if out.Body, err = b.again(); err != nil {
		return fmt.Errorf("body for a redirect: %w", err)
	}
	out.GetBody, out.ContentLength = b.again, b.length
	return nil
}

// close ends a body that is not sent.
func (b *body) close() {
	if b.first != nil {
		b.first.Close()
		b.first = nil
	}
}
