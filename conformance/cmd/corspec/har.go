package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/corspec/corspec/fetch"
	"github.com/corspec/corspec/internal/isomorphic"
	"github.com/corspec/corspec/safelist"
)

// A harFile is what explain reads of a HAR file, version 1.2, whatever program wrote it. Names that start with "_" are those
// programs' own, and all programs take liberties with the others. So a field of an unknown shape is a field that is absent:
// the types here take any JSON.
type harFile struct {
	Log *harLog `json:"log"`
}

type harLog struct {
	Creator harProgram `json:"creator"`
	Browser harProgram `json:"browser"`
	Pages   []harPage  `json:"pages"`
	Entries []harEntry `json:"entries"`
}

type harProgram struct {
	Name    harText `json:"name"`
	Version harText `json:"version"`
}

type harPage struct {
	ID    harText `json:"id"`
	Title harText `json:"title"` // in Chromium and Safari the URL
}

type harEntry struct {
	PageRef       harText      `json:"pageref"`
	Started       harText      `json:"startedDateTime"`
	Request       harRequest   `json:"request"`
	Response      harResponse  `json:"response"`
	ResourceType  harText      `json:"_resourceType"`
	RequestType   harText      `json:"_request_type"`   // WebPagetest's name for it
	DocumentURL   harText      `json:"_documentURL"`    // WebPagetest's: of the document that the request was made for
	FromCache     harText      `json:"_fromCache"`      // Chromium's "disk" and "memory"
	FetchType     harText      `json:"_fetchType"`      // Safari's "Network Load", "Memory Cache", "Disk Cache", "Service Worker"
	APIRequest    harFlag      `json:"_apiRequest"`     // Playwright's, of requests that the test program made by itself
	BlockedReason harText      `json:"_blocked_reason"` // of other tools
	BlockedCode   harText      `json:"_blockedReason"`  // a text or a number
	Error         harText      `json:"_error"`
	Initiator     harInitiator `json:"_initiator"`
}

type harInitiator struct {
	Type harText `json:"type"`
	URL  harText `json:"url"`
}

type harRequest struct {
	Method   harText     `json:"method"`
	URL      harText     `json:"url"`
	Headers  harHeaders  `json:"headers"`
	Cookies  harFilled   `json:"cookies"`
	PostData harPostData `json:"postData"`
}

type harPostData struct {
	Text   harFilled `json:"text"`
	Params harFilled `json:"params"`
}

type harResponse struct {
	Status        harText    `json:"status"`
	StatusText    harText    `json:"statusText"`
	Headers       harHeaders `json:"headers"`
	RedirectURL   harText    `json:"redirectURL"`
	Error         harText    `json:"_error"`
	FailureText   harText    `json:"_failureText"` // Playwright's
	BlockedReason harText    `json:"_blocked_reason"`
	ServiceWorker harFlag    `json:"_fetchedViaServiceWorker"`
}

// A harText is a text, or the spelling of a number. Anything else is as "".
type harText string

func (t *harText) UnmarshalJSON(data []byte) error {
	*t = ""
	switch {
	case data[0] == '"' && !bytes.ContainsFunc(data, func(r rune) bool { return r == '\\' || r >= utf8.RuneSelf }):
		*t = harText(data[1 : len(data)-1]) // the most, and faster
	case data[0] == '"':
		return json.Unmarshal(data, (*string)(t))
	case isJSONNumber(data):
		*t = harText(data)
	}
	return nil
}

func isJSONNumber(data []byte) bool { return data[0] == '-' || data[0] >= '0' && data[0] <= '9' }

// A harFlag is set by true.
type harFlag bool

func (f *harFlag) UnmarshalJSON(data []byte) error {
	*f = data[0] == 't' || string(data) == `"true"` || string(data) == "1"
	return nil
}

// A harFilled tells whether a text, a list or an object has anything in it.
type harFilled bool

func (f *harFilled) UnmarshalJSON(data []byte) error {
	switch data[0] {
	case '"', '[', '{':
		*f = len(bytes.TrimLeft(data[1:], " \t\r\n")) > 1
	default:
		*f = false
	}
	return nil
}

// harHeaders are headers as they stood on the wire, as far as the file tells, without the pseudo-headers of HTTP/2 and what
// is not a header.
type harHeaders struct {
	fetch.HeaderList
	given  bool // there is a list in the file, though it may be empty
	pseudo bool // pseudo-headers are in it
}

// A harValue is the value of a header: a text, or a number, which is the value that it spells. Null and the like are none.
type harValue struct {
	text  harText
	given bool
}

func (v *harValue) UnmarshalJSON(data []byte) error {
	v.given = data[0] == '"' || isJSONNumber(data)
	return v.text.UnmarshalJSON(data)
}

func (h *harHeaders) UnmarshalJSON(data []byte) error {
	*h = harHeaders{}
	switch data[0] {
	case '[':
		var list []struct {
			Name  harText  `json:"name"`
			Value harValue `json:"value"`
		}
		json.Unmarshal(data, &list) // what is not an object in it stays empty
		h.given = true
		for i := range list {
			if list[i].Value.given {
				h.add(string(list[i].Name), string(list[i].Value.text))
			}
		}
	case '{': // names and values
		h.given = true
		dec := json.NewDecoder(strings.NewReader(string(data)))
		dec.Token()
		for dec.More() {
			name, _ := dec.Token()
			var values []harValue
			var raw json.RawMessage
			if dec.Decode(&raw) != nil {
				break
			}
			if raw[0] != '[' {
				values = make([]harValue, 1)
				values[0].UnmarshalJSON(raw)
			} else {
				json.Unmarshal(raw, &values)
			}
			for _, v := range values {
				if v.given {
					h.add(name.(string), string(v.text))
				}
			}
		}
	}
	return nil
}

func (h *harHeaders) add(name, value string) {
	if !safelist.IsHeaderName(name) {
		h.pseudo = h.pseudo || strings.HasPrefix(name, ":")
		return
	}
	if encoded, bad := isomorphic.Encode(value); bad < 0 { // else somebody has decoded it as UTF-8
		value = encoded
	}
	// Chromium writes several headers of one name as lines of one value.
	for line := range strings.SplitSeq(value, "\n") {
		if line = safelist.NormalizeHeaderValue(line); safelist.IsHeaderValue(line) {
			h.HeaderList = append(h.HeaderList, [2]string{name, line})
		}
	}
}

// status returns the status, or 0 if there is none. It may be written as 200.0 or "200".
func (r *harResponse) status() int {
	f, err := strconv.ParseFloat(string(r.Status), 64)
	if n := int(f); err == nil && float64(n) == f && n >= 100 && n <= 999 {
		return n
	}
	return 0
}

// startTimes are the forms that programs write times in. RFC 3339 is that of HAR.
var startTimes = []string{time.RFC3339, "2006-01-02T15:04:05Z0700", "2006-01-02T15:04:05", "2006-01-02 15:04:05Z07:00", "2006-01-02 15:04:05"}

// started returns when the request was made, or the zero time.
func (e *harEntry) started() time.Time {
	for _, layout := range startTimes {
		if t, err := time.Parse(layout, string(e.Started)); err == nil {
			return t
		}
	}
	return time.Time{}
}

// resourceType returns what kind of thing the program says was requested, in Chromium's words, or "".
func (e *harEntry) resourceType() string {
	if e.ResourceType != "" {
		return strings.ToLower(string(e.ResourceType))
	}
	return strings.ToLower(string(e.RequestType))
}

func (p harProgram) String() string {
	return strings.TrimSpace(fmt.Sprintf("%s %s", strings.TrimSpace(string(p.Name)), strings.TrimSpace(string(p.Version))))
}
