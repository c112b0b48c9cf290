package policy

// Names in the form that keys of header maps have.
const (
	headerOrigin         = "Origin"
	headerRequestMethod  = "Access-Control-Request-Method"
	headerRequestHeaders = "Access-Control-Request-Headers"
)

// Apply is [Policy.Evaluate], [Decision.ApplyToMap] and [Decision.Status] in one, for headers that are maps as
// [net/http.Header] is: canonical keys in the request's, any in the response's. It takes less time than the three.
func (p *Policy) Apply(method string, request, response map[string][]string) (status int) {
	if p == nil {
		return 0
	}
	value := Join(request[headerOrigin])
	if method == "OPTIONS" {
		return p.applyToOptions(value, request, response)
	}
	origin, v := p.evaluateActual(value)
	p.apply(response, v.vary(), origin, "", "", v)
	return 0
}

// applyToOptions is Apply for OPTIONS with this value of Origin. It looks up no more of the request than it needs.
func (p *Policy) applyToOptions(value string, request, response map[string][]string) (status int) {
	var origin, requestMethod, method, headers string
	var v verdict
	if value != "" {
		requestMethod = Join(request[headerRequestMethod])
	}
	if requestMethod == "" {
		origin, v = p.evaluateActual(value)
		v = v.asOptions()
	} else if origin, v = p.judgeOrigin(value); v&sendsCORS == 0 {
		v |= preflight
	} else {
		method, headers, v = p.evaluateAsked(v, requestMethod, Join(request[headerRequestHeaders]))
	}
	p.apply(response, v.vary(), origin, method, headers, v)
	return p.statusOf(v)
}

// ApplyToMap is [Decision.ApplyTo] for headers that are maps, as [net/http.Header] is: it removes the policy's headers
// however their keys are spelled, sets those of the decision, and appends vary, unless it is "", to the lines of Vary.
// That is [Decision.Vary], or a line with more names where the policy was chosen by other headers of the request.
//
// It makes one allocation. Of the new array, each name has its own part: no append to one reaches another, and nothing
// is shared with the request or with another response.
func (d *Decision) ApplyToMap(h map[string][]string, vary string) {
	d.policy.apply(h, vary, d.origin, d.method, d.headers, d.verdict)
}

// apply is ApplyToMap with what a decision has.
func (p *Policy) apply(h map[string][]string, vary, origin, method, headers string, v verdict) {
	var before []string
	if len(h) > 0 {
		for name := range h {
			if p.removes(name) {
				delete(h, name)
			}
		}
		before = h[headerVary]
	}
	if v&(sendsCORS|sendsTimingList|sendsTimingOrigin) == 0 && len(before) == 0 {
		if vary != "" {
			h[headerVary] = []string{vary}
		}
		return
	}
	fields, timing := p.fields(v), p.timingAllowOrigin(origin, v)
	n := len(fields)
	if timing != "" {
		n++
	}
	if vary != "" {
		n += len(before) + 1
	}
	values := make([]string, n)
	for i := range fields {
		f := &fields[i]
		if value := f.valueIn(origin, method, headers); value != "" {
			values[i] = value
			h[f.name] = values[i : i+1 : i+1]
		}
	}
	values = values[len(fields):]
	if timing != "" {
		values[0] = timing
		h[headerTimingAllowOrigin] = values[:1:1]
		values = values[1:]
	}
	if vary != "" {
		values[copy(values, before)] = vary
		h[headerVary] = values
	}
}
