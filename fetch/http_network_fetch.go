package fetch

// httpNetworkFetch is HTTP-network fetch, which the caller carries out: it is told the action, and Receive or Fail what
// came of it.
//
// https://fetch.spec.whatwg.org/#http-network-fetch
func (m *Machine) httpNetworkFetch(a *Action) {
	a.Hop = m.result.Hop
	m.waiting = a.Kind
	// What the caller does to the headers does not change what the trace tells of them.
	n := len(a.Headers)
	both := append(a.Headers, a.Headers...)
	m.headers, a.Headers = both[:n:n], both[n:len(both):len(both)]
	e := &m.firstExchange
	if m.last != nil {
		e = &exchange{before: m.last}
	}
	e.Action = *a
	m.last = e
}
