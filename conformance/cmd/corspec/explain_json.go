package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"golang.org/x/net/publicsuffix"

	"github.com/corspec/corspec/conformance"
	"github.com/corspec/corspec/fetch"
	"github.com/corspec/corspec/origin"
)

// A requestsFile is the input of exec's "fetch".
type requestsFile struct {
	Requests []fileRequest `json:"requests"`
	Serve    map[string]struct {
		Preflight []fileResponse `json:"preflight"`
		Request   []fileResponse `json:"request"`
	} `json:"serve"`
}

type fileRequest struct {
	At               float64               `json:"at"`
	Origin           string                `json:"origin"`
	URL              string                `json:"url"`
	URLs             []string              `json:"urls"`
	Method           string                `json:"method"`
	Headers          fetch.HeaderList      `json:"headers"`
	Mode             *fetch.Mode           `json:"mode"`
	Credentials      fetch.CredentialsMode `json:"credentials"`
	Redirect         fetch.RedirectMode    `json:"redirect"`
	ReferrerPolicy   fetch.ReferrerPolicy  `json:"referrerPolicy"`
	Destination      fetch.Destination     `json:"destination"`
	Body             *fetch.Body           `json:"body"`
	UnsafeRequest    *bool                 `json:"unsafeRequest"`
	UseCORSPreflight bool                  `json:"useCORSPreflight"`
	PartitionKey     string                `json:"partitionKey"`
}

type fileResponse struct {
	Status  int              `json:"status"`
	Headers fetch.HeaderList `json:"headers"`
}

func (r fileResponse) response() fetch.ResponseHead {
	return fetch.ResponseHead{Status: r.Status, Headers: bytesOf(r.Headers)}
}

// bytesOf turns each code point of names and values into a byte, as files of requests have them.
func bytesOf(l fetch.HeaderList) fetch.HeaderList {
	out := make(fetch.HeaderList, len(l))
	for i, h := range l {
		for j, s := range h {
			b := make([]byte, 0, len(s))
			for _, r := range s {
				b = append(b, byte(r))
			}
			out[i][j] = string(b)
		}
	}
	return out
}

// readRequests judges the requests of a file of the executor's kind.
func (e *explanations) readRequests(data []byte) error {
	// The executor reads the file strictly, and names what it does not understand.
	if _, err := conformance.Evaluate("fetch", data); err != nil {
		var input *conformance.InputError
		if errors.As(err, &input) {
			return fmt.Errorf("%s:%s: %s: %s", e.Source, place(data, locate(data, input.Field)), input.Field, input.Reason)
		}
		return fmt.Errorf("%s: %w", e.Source, err)
	}
	var file requestsFile
	if err := json.Unmarshal(data, &file); err != nil {
		return fileError(e.Source, data, err)
	}
	answers := map[string]map[fetch.ActionKind][]fileResponse{}
	for key, s := range file.Serve {
		u, err := origin.ParseURL(key, nil)
		if err != nil {
			return err
		}
		answers[u.String()] = map[fetch.ActionKind][]fileResponse{fetch.ActionSendPreflight: s.Preflight, fetch.ActionSendRequest: s.Request}
	}
	agent := &fetch.Agent{SuffixList: publicsuffix.List}
	pages := map[string]origin.Origin{}
	for _, fr := range file.Requests {
		a, err := fr.explain(agent, pages, answers)
		if err != nil {
			return fmt.Errorf("%s: %w", e.Source, err)
		}
		e.fetches = append(e.fetches, a)
	}
	return nil
}

func (fr *fileRequest) explain(agent *fetch.Agent, pages map[string]origin.Origin, answers map[string]map[fetch.ActionKind][]fileResponse) (*answered, error) {
	req := fetch.Request{Method: "GET", Headers: bytesOf(fr.Headers), Mode: fetch.ModeCORS, Credentials: fr.Credentials, Redirect: fr.Redirect,
		ReferrerPolicy: fr.ReferrerPolicy, Destination: fr.Destination, UnsafeRequest: true, UseCORSPreflight: fr.UseCORSPreflight, PartitionKey: fr.PartitionKey}
	if fr.Method != "" {
		req.Method = bytesOf(fetch.HeaderList{{fr.Method, ""}})[0][0]
	}
	if fr.Mode != nil {
		req.Mode = *fr.Mode
	}
	if fr.Body != nil {
		req.Body = *fr.Body
	}
	if fr.UnsafeRequest != nil {
		req.UnsafeRequest = *fr.UnsafeRequest
	}
	// "opaque:NAME" is one opaque origin in all the file, "null" another each time.
	page, known := pages[fr.Origin]
	if !known {
		if strings.HasPrefix(fr.Origin, "opaque:") {
			page = origin.NewOpaque()
			pages[fr.Origin] = page
		} else {
			var err error
			if page, err = origin.Parse(fr.Origin); err != nil {
				return nil, err
			}
		}
	}
	req.Origin = page
	urls := fr.URLs
	if len(urls) == 0 {
		urls = []string{fr.URL}
	}
	if len(urls) > 1 {
		return nil, fmt.Errorf("a request with several urls is one in the middle of its redirects; give the first as url")
	}
	u, err := origin.ParseURL(urls[0], nil)
	if err != nil {
		return nil, err
	}
	req.URLList = []origin.URL{u}
	a := &answered{url: urls[0], request: &checkRequest{origin: page, method: req.Method, mode: req.Mode, credentials: req.Credentials, redirect: req.Redirect}}
	at := time.Unix(0, 0).Add(time.Duration(fr.At * float64(time.Second)))
	return a, a.run(agent, at, req, func(action fetch.Action) (fetch.ResponseHead, string) {
		key := action.URL.WithoutFragment().String()
		list := answers[key][action.Kind]
		if len(list) == 0 {
			return fetch.ResponseHead{}, fmt.Sprintf("the file has no answer to this: give one in serve[%q].%s", key, action.Kind)
		}
		if len(list) > 1 {
			answers[key][action.Kind] = list[1:]
		}
		return list[0].response(), ""
	})
}

// locate returns the offset of a field like requests[0].headers[2][1] or serve["https://a/"].request in a JSON text, or of the
// last part of it that is there.
func locate(data []byte, path string) int64 {
	dec := json.NewDecoder(bytes.NewReader(data))
	var at int64
	for path != "" {
		name, index, rest := nextPart(path)
		token, err := dec.Token()
		if err != nil {
			return at
		}
		switch token {
		case json.Delim('{'):
			found := false
			for dec.More() && !found {
				start := dec.InputOffset()
				key, err := dec.Token()
				if err != nil {
					return at
				}
				if key == name && index < 0 {
					at, found = skipSpace(data, start), true
				} else if err := dec.Decode(new(json.RawMessage)); err != nil {
					return at
				}
			}
			if !found {
				return at
			}
		case json.Delim('['):
			if index < 0 {
				return at
			}
			for i := 0; i < index && dec.More(); i++ {
				if err := dec.Decode(new(json.RawMessage)); err != nil {
					return at
				}
			}
			if !dec.More() {
				return at
			}
			at = skipSpace(data, dec.InputOffset())
		default:
			return at
		}
		path = rest
	}
	return at
}

// skipSpace goes on to the next byte of a JSON text that is no white space or separator.
func skipSpace(data []byte, at int64) int64 {
	for at < int64(len(data)) && strings.IndexByte(" \t\r\n,:", data[at]) >= 0 {
		at++
	}
	return at
}

// nextPart cuts the first part off a path: a name, or an index from 0.
func nextPart(path string) (name string, index int, rest string) {
	path = strings.TrimPrefix(path, ".")
	if strings.HasPrefix(path, `["`) {
		if quoted, err := strconv.QuotedPrefix(path[1:]); err == nil {
			name, _ = strconv.Unquote(quoted)
			return name, -1, strings.TrimPrefix(path[1+len(quoted):], "]")
		}
	}
	if inside, ok := strings.CutPrefix(path, "["); ok {
		digits, rest, _ := strings.Cut(inside, "]")
		n, err := strconv.Atoi(digits)
		if err != nil {
			return "", 0, ""
		}
		return "", n, rest
	}
	end := strings.IndexAny(path, ".[")
	if end < 0 {
		end = len(path)
	}
	return path[:end], -1, path[end:]
}
