package webapi

import (
	"strconv"

	"github.com/corspec/corspec/fetch"
	"github.com/corspec/corspec/safelist"
)

// A Blob is a Blob object, which a blob: URL stands for.
type Blob struct {
	Type string // such as "image/png"; empty where it is not known
	Data []byte
}

// Respond answers a request for a blob: URL whose entry is the blob, with those headers: what a [fetch.Machine] is told
// by Receive where its action is [fetch.ActionFetchLocal]. The body is that part of the data which Range asks for, or
// all of it. ok is false where the answer is a network error, because of a Range that is malformed or beyond the data;
// the machine is then told by Fail, as it is where a URL has no entry. The method is GET: the machine lets no other one
// come here.
//
// https://fetch.spec.whatwg.org/#scheme-fetch
func (b Blob) Respond(headers fetch.HeaderList) (head fetch.ResponseHead, body []byte, ok bool) {
	full := uint64(len(b.Data))
	value, ok := headers.Get("Range")
	// Scheme fetch, step 3: without Range.
	if !ok {
		return fetch.ResponseHead{Status: 200, StatusMessage: "OK", Headers: fetch.HeaderList{
			{"Content-Length", strconv.FormatUint(full, 10)}, {"Content-Type", b.Type}}}, b.Data, true
	}
	// Scheme fetch, step 3: with it.
	r, err := safelist.ParseSingleRangeHeaderValue(value, true)
	if err != nil {
		return fetch.ResponseHead{}, nil, false
	}
	start, end := number(r.Start), number(r.End)
	if r.Start == "" {
		// AD-HOC: the text subtracts from the length, and gets numbers below zero where the last 9 bytes of 3 are asked
		// for, or the last 0. As in HTTP, those are all bytes, and a range that cannot be.
		start, end = full-min(end, full), full-1
	} else if r.End == "" || end >= full {
		end = full - 1
	}
	if start >= full {
		return fetch.ResponseHead{}, nil, false
	}
	body = b.Data[start : end+1 : end+1]
	return fetch.ResponseHead{Status: 206, StatusMessage: "Partial Content", Headers: fetch.HeaderList{
		{"Content-Length", strconv.Itoa(len(body))}, {"Content-Type", b.Type}, {"Content-Range", safelist.BuildContentRange(start, end, full)}}}, body, true
}

// number returns a decimal number, or the greatest that there is if it is greater.
func number(digits string) uint64 {
	n, _ := strconv.ParseUint(digits, 10, 64) // on overflow, the greatest; of "", 0
	return n
}
