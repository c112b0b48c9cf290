package clienttest

import (
	"bufio"
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/corspec/corspec/conformance/internal/input"
	"github.com/corspec/corspec/internal/isomorphic"
)

// MostLine is how long a line of the protocol may be, in bytes.
const MostLine = 16 << 20

// Protocol is the number of the protocol's version.
const Protocol = 1

// The forms in JSON, as they are written.
type (
	jsonRequest struct {
		Session      string   `json:"session"`
		PageURL      string   `json:"pageURL"`
		URL          string   `json:"url"`
		Via          any      `json:"via"`
		AbortAfterMS int64    `json:"abortAfterMs,omitempty"`
		Init         jsonInit `json:"init"`
	}
	jsonElement struct {
		Element     string  `json:"element"`
		CrossOrigin *string `json:"crossorigin"`
	}
	jsonInit struct {
		Method         string      `json:"method"`
		Headers        [][2]string `json:"headers"`
		Body           any         `json:"body"`
		Mode           string      `json:"mode"`
		Credentials    string      `json:"credentials"`
		Redirect       string      `json:"redirect"`
		Referrer       string      `json:"referrer"`
		ReferrerPolicy string      `json:"referrerPolicy"`
		Cache          string      `json:"cache"`
		Keepalive      bool        `json:"keepalive"`
	}
	jsonBytes struct {
		Base64 []byte `json:"base64"`
	}
	jsonStream struct {
		Stream [][]byte `json:"stream"`
	}
	jsonAnswer struct {
		Response *jsonResponse `json:"response,omitempty"`
		Rejected string        `json:"rejected,omitempty"`
	}
	jsonResponse struct {
		Type       string      `json:"type"`
		Status     int         `json:"status"`
		StatusText string      `json:"statusText"`
		Headers    [][2]string `json:"headers"`
		Body       []byte      `json:"bodyBase64"`
		URL        string      `json:"url"`
		Redirected bool        `json:"redirected"`
	}
)

// MarshalJSON returns the form in JSON: the fields of a line with "op": "fetch", without "op" and "id".
func (r *Request) MarshalJSON() ([]byte, error) {
	i := &r.Init
	q := jsonRequest{Session: r.Session, PageURL: r.PageURL, URL: r.URL, Via: r.Via, AbortAfterMS: r.AbortAfter.Milliseconds(),
		Init: jsonInit{isomorphic.Decode(i.Method), isomorphic.DecodeHeaders(i.Headers), nil, i.Mode, i.Credentials, i.Redirect, i.Referrer, i.ReferrerPolicy, i.Cache, i.Keepalive}}
	if r.Via != "fetch" && r.Via != "xhr" {
		q.Via = jsonElement{r.Via, r.CrossOrigin}
	}
	switch b := i.Body; {
	case b != nil && b.Stream != nil:
		q.Init.Body = jsonStream{b.Stream}
	case b != nil:
		q.Init.Body = jsonBytes{append([]byte{}, b.Bytes...)}
	}
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(q)
	return text.Bytes(), err
}

// UnmarshalJSON takes the form in JSON. What is absent has its default; fields that are not known do not count.
func (r *Request) UnmarshalJSON(text []byte) error {
	o := input.Read(text)
	*r = Request{Session: o.Take("session").Text(), PageURL: o.Take("pageURL").Text(), URL: o.Take("url").Text(), Via: "fetch"}
	r.AbortAfter = time.Duration(o.Take("abortAfterMs").Number(0, 1<<31)) * time.Millisecond
	switch via := o.Take("via"); {
	case via.Null():
	case via.Kind() == "an object":
		e := via.Object()
		r.Via = e.Need("element").NonEmpty()
		if v := e.Take("crossorigin"); !v.Null() {
			value := v.Text()
			r.CrossOrigin = &value
		}
	default:
		r.Via = via.NonEmpty()
	}
	var i *input.Object
	if v := o.Take("init"); !v.Null() {
		i = v.Object()
	} else {
		i = input.Read([]byte("{}"))
	}
	text2 := func(name, absent string) string {
		if v := i.Take(name); !v.Null() {
			return v.Text()
		}
		return absent
	}
	r.Init = Init{Method: "GET", Mode: text2("mode", "cors"), Credentials: text2("credentials", "same-origin"), Redirect: text2("redirect", "follow"), Referrer: text2("referrer", "about:client"),
		ReferrerPolicy: text2("referrerPolicy", ""), Cache: text2("cache", "default")}
	if v := i.Take("method"); !v.Null() {
		r.Init.Method = v.Bytes()
	}
	if v := i.Take("headers"); !v.Null() {
		r.Init.Headers = v.Headers()
	}
	if v := i.Take("keepalive"); !v.Null() {
		r.Init.Keepalive = v.Bool()
	}
	if v := i.Take("body"); !v.Null() {
		b := v.Object()
		r.Init.Body = &Body{}
		if parts := b.Take("stream"); parts.Present() {
			r.Init.Body.Stream = [][]byte{}
			for part := range parts.List() {
				r.Init.Body.Stream = append(r.Init.Body.Stream, bytesOf(part))
			}
		} else {
			r.Init.Body.Bytes = bytesOf(b.Need("base64"))
		}
	}
	return o.Err()
}

// bytesOf reads bytes in base64.
func bytesOf(v input.Value) []byte {
	b, err := base64.StdEncoding.DecodeString(v.Text())
	if err != nil {
		v.Fail("is not base64: %v", err)
	}
	return b
}

// MarshalJSON returns the form in JSON.
func (a Answer) MarshalJSON() ([]byte, error) {
	out := jsonAnswer{Rejected: a.Rejected}
	if r := a.Response; r != nil {
		out.Response = &jsonResponse{r.Type, r.Status, r.StatusText, isomorphic.DecodeHeaders(r.Headers), append([]byte{}, r.Body...), r.URL, r.Redirected}
	}
	return json.Marshal(out)
}

// UnmarshalJSON takes the form in JSON, which may stand among other fields. The error is [ErrUnsupported] if it says
// that, what it says of the driver, or what is wrong with it and where.
func (a *Answer) UnmarshalJSON(text []byte) error {
	o := input.Read(text)
	*a = Answer{}
	if v := o.Take("unsupported"); v.Present() && v.Bool() {
		return ErrUnsupported
	}
	if v := o.Take("error"); !v.Null() {
		if text := v.Text(); o.Err() == nil {
			return errors.New(text)
		}
	}
	rejected := o.Take("rejected")
	if !rejected.Null() {
		a.Rejected = rejected.NonEmpty()
	}
	response := o.Take("response")
	if !response.Null() {
		a.Response = readResponse(response.Object())
	}
	if err := o.Err(); err != nil {
		return err
	}
	if (a.Response == nil) == (a.Rejected == "") {
		return errors.New(`want either "response" or "rejected"`)
	}
	return nil
}

func readResponse(o *input.Object) *Response {
	r := &Response{}
	text := func(name string) string {
		if v := o.Take(name); !v.Null() {
			return v.Text()
		}
		return ""
	}
	r.Type, r.URL = text("type"), text("url")
	if v := o.Take("statusText"); !v.Null() {
		r.StatusText = v.Bytes()
	}
	if v := o.Take("status"); !v.Null() {
		r.Status = v.Status()
	}
	if v := o.Take("headers"); !v.Null() {
		r.Headers = v.Headers()
	}
	if v := o.Take("redirected"); !v.Null() {
		r.Redirected = v.Bool()
	}
	if v := o.Take("bodyBase64"); !v.Null() {
		r.Body = bytesOf(v)
	}
	return r
}

// MarshalJSON returns the form in JSON.
func (h Hello) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Name        string    `json:"name"`
		Version     string    `json:"version"`
		Protocol    int       `json:"protocol"`
		Supports    []Ability `json:"supports,omitempty"`
		Concurrency int       `json:"concurrency"`
	}{h.Name, h.Version, Protocol, h.Supports, max(h.Concurrency, 1)})
}

// UnmarshalJSON takes the form in JSON, which may stand among other fields. Abilities that are not known do not count.
func (h *Hello) UnmarshalJSON(text []byte) error {
	o := input.Read(text)
	*h = Hello{}
	if v := o.Take("error"); !v.Null() {
		if text := v.Text(); o.Err() == nil {
			return errors.New(text)
		}
	}
	for name, to := range map[string]*string{"name": &h.Name, "version": &h.Version} {
		if v := o.Take(name); !v.Null() {
			*to = v.Text()
		}
	}
	if v := o.Take("protocol"); !v.Null() && v.Number(0, 1<<31) != Protocol {
		v.Fail("want %d, the protocol that is spoken here", Protocol)
	}
	if v := o.Take("supports"); !v.Null() {
		h.Supports = []Ability{}
		for _, name := range v.Texts() {
			h.Supports = append(h.Supports, Ability(name))
		}
	}
	if v := o.Take("concurrency"); !v.Null() {
		h.Concurrency = int(v.Number(0, 1<<31))
	}
	return o.Err()
}

// Serve speaks the protocol of corspec clients for a client: a line from in is a question, and a line to out the answer
// to one. It returns at the end of in, once all is answered, or if out cannot be written to.
func Serve(ctx context.Context, in io.Reader, out io.Writer, client Client) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	hello := Hello{Concurrency: 1}
	if g, ok := client.(Greeter); ok {
		var err error
		if hello, err = g.Hello(ctx); err != nil {
			return err
		}
	}
	var mu sync.Mutex
	var failure error
	write := func(line []byte) {
		mu.Lock()
		defer mu.Unlock()
		if _, err := out.Write(line); err != nil && failure == nil {
			failure = fmt.Errorf("clienttest: %w", err)
			cancel()
		}
	}
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, MostLine)
	slots := make(chan struct{}, max(hello.Concurrency, 1))
	var all sync.WaitGroup
	for lines.Scan() {
		line := bytes.Clone(lines.Bytes())
		if len(bytes.TrimSpace(line)) == 0 {
			continue
		}
		slots <- struct{}{}
		all.Go(func() {
			defer func() { <-slots }()
			write(serveLine(ctx, line, client, hello))
		})
	}
	all.Wait()
	if failure == nil && lines.Err() != nil {
		failure = fmt.Errorf("clienttest: %w", lines.Err())
	}
	return failure
}

// serveLine returns the answer to a line, with its line feed.
func serveLine(ctx context.Context, line []byte, client Client, hello Hello) []byte {
	o := input.Read(line)
	id := o.Take("id").Raw()
	if id == nil {
		id = json.RawMessage("null")
	}
	op, err := o.Need("op").Text(), o.Err()
	var answer any = struct{}{}
	switch {
	case err != nil:
	case op == "hello":
		answer = hello
	case op == "fetch":
		var r Request
		if err = r.UnmarshalJSON(line); err == nil {
			answer, err = client.Fetch(ctx, &r)
		}
	case op == "advance" || op == "close":
		session := o.Need("session").Text()
		seconds := o.Take("seconds").Seconds()
		a, advances := client.(Advancer)
		c, closes := client.(SessionCloser)
		switch err = o.Err(); {
		case err != nil:
		case op == "close" && closes:
			err = c.CloseSession(ctx, session)
		case op == "close":
		case advances:
			err = a.Advance(ctx, session, seconds)
		default:
			err = ErrUnsupported
		}
	default:
		err = fmt.Errorf("op: %.40q is not known", op)
	}
	switch {
	case errors.Is(err, ErrUnsupported):
		answer = map[string]bool{"unsupported": true}
	case err != nil:
		answer = map[string]string{"error": err.Error()}
	}
	body, err := json.Marshal(answer)
	if err != nil {
		body = []byte(`{"error":"the answer has no form in JSON"}`)
	}
	text := append([]byte(`{"id":`), id...)
	if len(body) > len("{}") {
		text = append(text, ',')
	}
	return append(append(text, body[1:]...), '\n')
}
