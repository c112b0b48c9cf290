package main

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/corspec/corspec/fetch"
)

// A harLog is what explain reads of a HAR file, version 1.2, whatever program wrote it. Names that start with "_" are
// those programs' own, and all programs take liberties with the others: so a field of an unknown shape is a field that
// is absent.
type harLog struct {
	creator, browser harProgram
	pages            []harPage
	entries          int
	hasEntries       bool // there is a list, though it may be empty
	reader           *harReader
}

type harProgram struct{ name, version string }

type harPage struct {
	id    string
	title string // in Chromium and Safari the URL
}

// A harEntry is an entry, while somebody looks at it.
type harEntry struct {
	*harExchange // what is kept of it; nil if it is not a request of HTTP

	page          string // the pageref
	started       string
	request       harRequest
	response      harResponse
	resourceType  string // in Chromium's words, in small letters
	documentURL   string // WebPagetest's, of the document that the request was made for
	fromCache     string // Chromium's "disk" and "memory"
	fetchType     string // Safari's "Network Load", "Memory Cache", "Disk Cache", "Service Worker"
	byTestProgram bool   // Playwright's, of requests that no page made
	initiatorType string
	initiatorURL  string
	hasAddress    bool   // it tells the server's
	failure       string // what the program says of a request that it got or showed nothing of

	freshened fetch.HeaderList // of a 304: the stored headers with its own, once they have been asked for
	stored    int              // the index of the entry that has the former
}

type harRequest struct {
	method, url string
	headers     harHeaders
	hasCookies  bool
	hasBody     bool
}

type harResponse struct {
	status        int    // 0: none
	toldStatus    string // as the file has it
	statusText    string
	headers       harHeaders
	redirectURL   string
	serviceWorker bool // a service worker made it
}

func (p harProgram) String() string {
	return strings.TrimSpace(fmt.Sprintf("%s %s", strings.TrimSpace(p.name), strings.TrimSpace(p.version)))
}

// A harDecoder reads a log.
type harDecoder struct{ jsonScanner }

func (d *harDecoder) text() string {
	text, _ := d.scalar()
	return text
}

func (d *harDecoder) log() *harLog {
	l := &harLog{reader: newHARReader(d.data)}
	d.members(func(name string) {
		switch name {
		case "creator":
			l.creator = d.program()
		case "browser":
			l.browser = d.program()
		case "pages":
			d.elements(func() { l.pages = append(l.pages, d.page()) })
		case "entries":
			l.hasEntries = d.kind() == '['
			d.elements(func() {
				offset := d.pos
				e := d.entry()
				l.reader.read(l.entries, offset, d.pos-offset, e)
				l.entries++
			})
		default:
			d.skip()
		}
	})
	return l
}

func (d *harDecoder) program() (p harProgram) {
	d.members(func(name string) {
		switch name {
		case "name":
			p.name = d.text()
		case "version":
			p.version = d.text()
		default:
			d.skip()
		}
	})
	return p
}

func (d *harDecoder) page() (p harPage) {
	d.members(func(name string) {
		switch name {
		case "id":
			p.id = d.text()
		case "title":
			p.title = d.text()
		default:
			d.skip()
		}
	})
	return p
}

func (d *harDecoder) entry() *harEntry {
	e := new(harEntry)
	var failures harFailures
	d.members(func(name string) {
		switch name {
		case "pageref":
			e.page = d.text()
		case "startedDateTime":
			e.started = d.text()
		case "request":
			e.request = d.request()
		case "response":
			e.response = d.response(&failures)
		case "_resourceType":
			e.resourceType = strings.ToLower(d.text())
		case "_request_type": // WebPagetest's
			if kind := d.text(); e.resourceType == "" {
				e.resourceType = strings.ToLower(kind)
			}
		case "_documentURL":
			e.documentURL = d.text()
		case "_fromCache":
			e.fromCache = d.text()
		case "_fetchType":
			e.fetchType = d.text()
		case "serverIPAddress":
			e.hasAddress = d.text() != ""
		case "_apiRequest":
			e.byTestProgram = d.isTrue()
		case "_initiator":
			d.members(func(name string) {
				switch name {
				case "type":
					e.initiatorType = d.text()
				case "url":
					e.initiatorURL = d.text()
				default:
					d.skip()
				}
			})
		case "_error":
			failures[2] = d.text()
		case "_blocked_reason":
			failures[4] = d.text()
		case "_blockedReason": // a text or a number
			if failures[5] = d.text(); failures[5] != "" {
				failures[5] = "blocked, reason " + failures[5]
			}
		default:
			d.skip()
		}
	})
	e.failure = failures.first()
	return e
}

// harFailures are the places where programs say why a request came to nothing, those that say most first.
type harFailures [6]string

func (f *harFailures) first() string {
	for _, s := range f {
		if s != "" {
			return s
		}
	}
	return ""
}

func (d *harDecoder) request() (r harRequest) {
	d.members(func(name string) {
		switch name {
		case "method":
			r.method = d.text()
		case "url":
			r.url = d.text()
		case "headers":
			r.headers = d.headers()
		case "cookies": // a list; in IE an object
			r.hasCookies = d.filled()
		case "postData":
			d.members(func(name string) {
				if filled := d.filled(); name == "text" || name == "params" {
					r.hasBody = r.hasBody || filled
				}
			})
		default:
			d.skip()
		}
	})
	return r
}

func (d *harDecoder) response(failures *harFailures) (r harResponse) {
	d.members(func(name string) {
		switch name {
		case "status":
			r.toldStatus = d.text()
			r.status = statusOf(r.toldStatus)
		case "statusText":
			r.statusText = d.text()
		case "headers":
			r.headers = d.headers()
		case "redirectURL":
			r.redirectURL = d.text()
		case "_error":
			failures[0] = d.text()
		case "_failureText": // Playwright's
			failures[1] = d.text()
		case "_blocked_reason":
			failures[3] = d.text()
		case "_fetchedViaServiceWorker":
			r.serviceWorker = d.isTrue()
		default:
			d.skip()
		}
	})
	return r
}

// statusOf returns the status that a text or a number spells, as 200.0 does, or 0.
func statusOf(text string) int {
	f, err := strconv.ParseFloat(text, 64)
	if n := int(f); err == nil && float64(n) == f && 100 <= n && n <= 999 {
		return n
	}
	return 0
}

// startTimes are the forms that programs write times in. RFC 3339 is that of HAR.
var startTimes = []string{time.RFC3339, "2006-01-02T15:04:05Z0700", "2006-01-02T15:04:05", "2006-01-02 15:04:05Z07:00", "2006-01-02 15:04:05"}

// startTime returns when the request was made, or the zero time.
func (e *harEntry) startTime() time.Time {
	if e.started == "" {
		return time.Time{}
	}
	for _, layout := range startTimes {
		if t, err := time.Parse(layout, e.started); err == nil {
			return t.UTC()
		}
	}
	return time.Time{}
}
