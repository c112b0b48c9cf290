package main

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/corspec/corspec/fetch"
	"github.com/corspec/corspec/internal/header"
)

// A headerBlock is the head of a message as people paste it: header lines, with or without the line before them.
type headerBlock struct {
	status  int    // of a status line or :status; 0 if there is none
	reason  string // of a status line
	method  string // of a request line; target is its second word
	target  string
	headers fetch.HeaderList
}

// parseHeaderBlock reads lines "Name: value" up to a blank line. The first may be a status line or a request line; the
// pseudo-headers of HTTP/2 are not headers. Names are taken as they stand.
func parseHeaderBlock(text string) (b headerBlock, err error) {
	if strings.Count(text, "\n") > mostParts {
		text = text[:endOfHead(text)]
		if strings.Count(text, "\n") > mostParts {
			return b, errManyParts
		}
	}
	lines := strings.Split(strings.Trim(text, "\r\n"), "\n")
	for i, line := range lines {
		lines[i] = strings.TrimSuffix(line, "\r")
		if strings.Trim(lines[i], " \t") == "" && i > 0 {
			lines = lines[:i]
			break
		}
	}
	lines = joinPairs(lines)
	var values []string // of the last header; more than one where its value goes on in the lines behind it
	end := func() {
		if len(values) > 1 {
			b.headers[len(b.headers)-1][1] = strings.Join(values, " ") // recipients put a space in place of the line break
		}
	}
	for i, line := range lines {
		at := ""
		if len(lines) > 1 {
			at = fmt.Sprintf("line %d, %.80q: ", i+1, line)
		}
		if i == 0 && b.firstLine(line) {
			continue
		}
		name, value, colon := strings.Cut(strings.TrimPrefix(line, ":"), ":")
		goesOn := len(values) > 0 && line != "" && header.IsTabOrSpace(line[0])
		switch {
		case goesOn:
			value = line
		case !colon:
			return b, errors.New(at + "there is no colon; write 'Name: value'")
		}
		value = strings.Trim(value, " \t")
		if bad := strings.IndexAny(value, "\x00\r\n"); bad >= 0 {
			return b, fmt.Errorf("%sthe value %.80q holds %q at byte %d, which no header can; a line break only separates headers", at, value, value[bad], bad)
		}
		switch {
		case goesOn:
			if value != "" {
				values = append(values, value)
			}
		case line[0] == ':':
			if name == "status" {
				if b.status, err = strconv.Atoi(value); err != nil {
					return b, fmt.Errorf("%s:status %q is not a number", at, value)
				}
			}
		default:
			end()
			b.headers, values = append(b.headers, [2]string{name, value}), []string{value}
		}
	}
	end()
	return b, nil
}

// endOfHead returns where the blank line is that ends a head, or the length of the text.
func endOfHead(text string) int {
	at := 0
	for line := range strings.Lines(text) {
		if at > 0 && strings.Trim(line, " \t\r\n") == "" {
			return at
		}
		at += len(line)
	}
	return at
}

// firstLine takes in a status line or a request line.
func (b *headerBlock) firstLine(line string) bool {
	if status, reason, ok := statusLine(line); ok {
		b.status, b.reason = status, reason
		return true
	}
	method, rest, _ := strings.Cut(line, " ")
	target, version, ok := strings.Cut(rest, " ")
	if ok && header.IsToken(method) && strings.HasPrefix(version, "HTTP/") {
		b.method, b.target = method, target
		return true
	}
	return false
}

// statusLine reads a status line of any version of HTTP.
func statusLine(line string) (status int, reason string, ok bool) {
	rest, ok := strings.CutPrefix(line, "HTTP/")
	if !ok {
		return 0, "", false
	}
	version, rest, ok := strings.Cut(rest, " ")
	if !ok || strings.Trim(version, "0123456789.") != "" {
		return 0, "", false
	}
	digits, reason, _ := strings.Cut(strings.TrimLeft(rest, " "), " ")
	status, err := strconv.Atoi(digits)
	return status, strings.TrimSpace(reason), err == nil && len(digits) == 3 && status >= 100
}

// joinPairs joins lines of which every other is a name with its colon and the next its value, as the developer tools of
// Chromium give them to the clipboard.
func joinPairs(lines []string) []string {
	if len(lines) < 2 || len(lines)%2 != 0 {
		return lines
	}
	joined := make([]string, 0, len(lines)/2)
	for i := 0; i < len(lines); i += 2 {
		if !isNameAlone(lines[i]) || isNameAlone(lines[i+1]) {
			return lines
		}
		joined = append(joined, lines[i]+" "+lines[i+1])
	}
	return joined
}

func isNameAlone(line string) bool {
	name, ok := strings.CutSuffix(line, ":")
	return ok && header.IsToken(strings.TrimPrefix(name, ":"))
}
