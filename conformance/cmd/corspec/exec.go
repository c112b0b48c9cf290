package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/corspec/corspec/conformance"
	"github.com/corspec/corspec/conformance/internal/input"
)

// maxLine is the longest line that exec reads, without its line feed. A longer one costs that line only.
const maxLine = 16 << 20

// protocol is the version of exec's protocol.
const protocol = 1

const execAbout = `
Exec reads one JSON object a line from standard input and answers each with one on standard output, in the same order, at
the latest when it waits for the next. A line of white space has no answer.

  {"id": 1, "algorithm": "same-site", "input": {"a": "https://a.example", "b": "https://b.a.example"}}
  {"id":1,"output":true}

The answer to a line that cannot be evaluated has "error" instead of "output", and "unsupported": true where this program
does not know the algorithm. {"algorithm": "hello", "input": {}} lists the algorithms, and corspec vectors -shapes ALGORITHM
says what one takes and gives. The exit status is 0 at the end of the input, 2 for bad flags and an input that cannot be read.
`

func runExec(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	flags := newFlags("exec", stderr, execAbout)
	arguments, status, ok := parseArguments(flags, args, nil, stdout)
	if !ok {
		return status
	}
	if len(arguments) > 0 {
		fmt.Fprintf(stderr, "corspec exec: it takes no arguments, got %q\n", arguments)
		return exitUsage
	}
	lines := lineReader{r: bufio.NewReaderSize(flushingReader{stdin, stdout}, 64<<10)}
	for {
		line, err := lines.next()
		var answer []byte
		switch {
		case err == io.EOF:
			return exitOK
		case err == nil && len(bytes.Trim(line, " \t\r")) == 0:
			continue
		case errors.Is(err, errLongLine):
			answer = errorAnswer(nil, err)
		case err != nil:
			fmt.Fprintf(stderr, "corspec exec: standard input: %v\n", err)
			return exitUsage
		default:
			answer = answerLine(line)
		}
		if _, err := stdout.Write(answer); err != nil {
			return exitUsage // run tells why
		}
	}
}

// A flushingReader writes what standard output keeps before it waits for input.
type flushingReader struct {
	r      io.Reader
	stdout io.Writer
}

func (f flushingReader) Read(p []byte) (int, error) {
	flush(f.stdout)
	return f.r.Read(p)
}

// answerLine returns the answer to a line, with the line feed.
func answerLine(line []byte) []byte {
	id, output, err := evaluateLine(line)
	if err == nil {
		var encoded []byte
		if encoded, err = encode(output); err == nil {
			return frame(id, `"output":`, encoded)
		}
	}
	return errorAnswer(id, err)
}

func evaluateLine(line []byte) (id json.RawMessage, output any, err error) {
	o := input.Read(line)
	id = o.Take("id").Raw()
	algorithm, in := o.Need("algorithm").Text(), o.Need("input").Raw()
	if err := o.End(); err != nil {
		return id, nil, fmt.Errorf("line: %w", err)
	}
	if algorithm == "hello" {
		output, err = hello(in)
	} else {
		output, err = conformance.Evaluate(algorithm, in)
	}
	return id, output, err
}

func hello(in json.RawMessage) (any, error) {
	if err := input.Read(in).End(); err != nil {
		return nil, fmt.Errorf("input: %w", err)
	}
	return struct {
		Name       string   `json:"name"`
		Version    string   `json:"version"`
		Protocol   int      `json:"protocol"`
		Standard   string   `json:"standard"`
		Algorithms []string `json:"algorithms"`
	}{"corspec", version(), protocol, conformance.Standard, conformance.Algorithms()}, nil
}

func errorAnswer(id json.RawMessage, err error) []byte {
	message, encodingErr := encode(err.Error())
	if encodingErr != nil {
		message = []byte(`"error"`) // cannot be: a string always encodes
	}
	if errors.Is(err, conformance.ErrUnsupported) {
		message = append(message, `,"unsupported":true`...)
	}
	return frame(id, `"error":`, message)
}

// frame puts an answer together; the id stands in it byte for byte as it stood in the line.
func frame(id json.RawMessage, name string, value []byte) []byte {
	if id == nil {
		id = json.RawMessage("null")
	}
	answer := make([]byte, 0, len(id)+len(name)+len(value)+len(`{"id":,}`)+1)
	answer = append(answer, `{"id":`...)
	answer = append(answer, id...)
	answer = append(answer, ',')
	answer = append(answer, name...)
	answer = append(answer, value...)
	return append(answer, "}\n"...)
}

// encode is json.Marshal without its escapes for HTML. It escapes U+0085 too, and so all that Python's splitlines() and
// others take for the end of a line.
func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(v); err != nil {
		return nil, err
	}
	return bytes.ReplaceAll(bytes.TrimSuffix(b.Bytes(), []byte("\n")), []byte("\u0085"), []byte(`\u0085`)), nil
}

var errLongLine = fmt.Errorf("line: is longer than %d bytes", maxLine)

// A lineReader reads lines up to maxLine.
type lineReader struct {
	r      *bufio.Reader
	buffer []byte
}

// next returns the next line without its line feed, valid until the next call. It returns errLongLine for a line that
// is too long, all of which it has read, and io.EOF at the end; an empty last line is not a line.
func (l *lineReader) next() ([]byte, error) {
	const keep = 1 << 20
	if cap(l.buffer) > keep {
		l.buffer = nil // one long line is not a reason to hold its memory
	}
	l.buffer = l.buffer[:0]
	length, long := 0, false
	for {
		part, err := l.r.ReadSlice('\n')
		length += len(part)
		if err == nil {
			part, length = part[:len(part)-1], length-1
		}
		long = long || length > maxLine
		if !long {
			l.buffer = append(l.buffer, part...)
		}
		switch {
		case err == bufio.ErrBufferFull:
			continue
		case err == io.EOF && length == 0:
			return nil, io.EOF
		case err != nil && err != io.EOF:
			return nil, err
		case long:
			return nil, errLongLine
		}
		return l.buffer, nil
	}
}
