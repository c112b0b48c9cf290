package fetch

import "time"

// Start starts to fetch the request. The error says what of the request is malformed: no check of the standard fails
// here. The Agent keeps no part of r; now is the time at which the cache is asked.
//
// https://fetch.spec.whatwg.org/#concept-fetch
func (a *Agent) Start(now time.Time, r Request) (*Machine, error) {
	if err := r.validate(); err != nil {
		return nil, err
	}
	if i := indexUnsendable(a.AcceptLanguage); i >= 0 {
		return nil, malformed("Accept-Language of the agent", a.AcceptLanguage, i, unsendable)
	}
	m := &Machine{agent: a, engine: a.Profile.engine(), started: now}
	var both [2][2]string
	added := both[:0]
	// Fetch, step 12.
	if !r.Headers.Contains("Accept") {
		added = append(added, [2]string{"Accept", defaultAccept(&r)})
	}
	// Fetch, steps 13 and 14.
	if a.AcceptLanguage != "" && !r.Headers.Contains("Accept-Language") {
		added = append(added, [2]string{"Accept-Language", a.AcceptLanguage})
	}
	n, room := len(r.Headers)+len(added), HeaderList(m.headerBuffer[:])
	if need := n + roomFor(&r, n); need > len(room) {
		room = make(HeaderList, need)
	}
	r.Headers, m.room = append(append(room[:0:n], r.Headers...), added...), room[n:]
	r.URLList = append(m.urlBuffer[:0], r.URLList...)
	m.start, m.req, m.events = r, r, m.eventBuffer[:0]
	m.where = whereaboutsOf(&m.req, a.SuffixList)
	m.engine.populate(m)
	m.mainFetch()
	return m, nil
}

// documentAccept is the document `Accept` header value.
//
// https://fetch.spec.whatwg.org/#document-accept-header-value
const documentAccept = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"

// defaultAccept returns the Accept that fetch gives a request without one.
//
// https://fetch.spec.whatwg.org/#concept-fetch
func defaultAccept(r *Request) string {
	// Fetch, step 12.2.
	if r.Initiator == InitiatorPrefetch {
		return documentAccept
	}
	// Fetch, step 12.3.
	switch r.Destination {
	case DestinationDocument, DestinationFrame, DestinationIframe:
		return documentAccept
	case DestinationImage:
		return "image/png,image/svg+xml,image/*;q=0.8,*/*;q=0.5"
	case DestinationJSON:
		return "application/json,*/*;q=0.5"
	case DestinationStyle:
		return "text/css,*/*;q=0.1"
	case DestinationText:
		return "text/plain,*/*;q=0.5"
	}
	return "*/*"
}
