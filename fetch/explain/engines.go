package explain

import (
	"fmt"
	"slices"
	"strings"

	"github.com/corspec/corspec/fetch"
)

// engines says in a line in which engines the fetch would have gone otherwise, and how. It is empty where no engine is
// known to differ, and where that cannot be told: the fetch is not done, or a hook answered in place of the network.
func engines(t *fetch.Trace) string {
	if !t.Result.Verdict.Evaluated() || slices.ContainsFunc(t.Events, byHook) {
		return ""
	}
	type other struct {
		effect      effect
		differences string
	}
	var others []other
	names := map[other][]string{}
	own, here := t.Agent.Profile, courseOf(t)
	for _, p := range fetch.Profiles() {
		if p.String() == own.String() {
			continue
		}
		there := replay(t, p)
		e := effectOf(&here, &there)
		if e.kind == effectNone {
			continue
		}
		// What p has and own has not, and the other way round.
		why := responsible(without(p.Differences(), own.Differences()), func(removed []string) bool {
			c := replay(t, p.Without(removed...))
			return effectOf(&here, &c) != e
		})
		why = append(why, responsible(without(own.Differences(), p.Differences()), func(removed []string) bool {
			c := replay(t, own.Without(removed...))
			return effectOf(&c, &there).kind == effectNone
		})...)
		slices.Sort(why)
		o := other{e, conjunction(why)}
		if names[o] == nil {
			others = append(others, o)
		}
		names[o] = append(names[o], title(p))
	}
	if others == nil {
		return ""
	}
	var b strings.Builder
	for i, o := range others {
		if i > 0 {
			b.WriteString("; ")
		}
		fmt.Fprintf(&b, "%s: %s (%s)", conjunction(names[o]), o.effect, o.differences)
	}
	return b.String() + "."
}

func byHook(e fetch.Event) bool {
	return e.Outcome == fetch.OutcomeOverridden || e.Outcome == fetch.OutcomeServiceWorker || e.Outcome == fetch.OutcomeStoredResponse
}

// without returns those of all that are not among the others.
func without(all, others []string) []string {
	return slices.DeleteFunc(slices.Clone(all), func(d string) bool { return slices.Contains(others, d) })
}

// responsible returns those of the differences that matter, where matters reports whether what happens is otherwise
// without some. As a rule that is one. Where each of several suffices, they matter together; where several are needed,
// each matters.
func responsible(all []string, matters func(removed []string) bool) []string {
	if len(all) == 0 || !matters(all) {
		return nil
	}
	some := together(nil, all, matters)
	return slices.Concat(some, responsible(without(all, some), matters))
}

// together returns as few of all as matter together, and with the others.
func together(others, all []string, matters func(removed []string) bool) []string {
	if len(all) == 1 {
		return all
	}
	within := func(first, second []string) []string { // those of second that matter with first
		if first = slices.Concat(others, first); matters(first) {
			return nil
		}
		return together(first, second, matters)
	}
	first, second := all[:len(all)/2], all[len(all)/2:]
	needed := within(first, second)
	return slices.Concat(within(needed, first), needed)
}

// title is the name of a profile's engine as people write it.
func title(p fetch.Profile) string {
	return map[string]string{"standard": "the standard", "chromium": "Chromium", "firefox": "Firefox", "webkitgtk": "WebKitGTK"}[p.String()]
}

// An effect is how one course differs from another, as far as a page or a server notices.
type effect struct {
	kind        effectKind
	action      fetch.ActionKind
	method, url string
	header      string
	value       string
	code        fetch.Code
	response    fetch.ResponseType
}

type effectKind uint8

const (
	effectNone          effectKind = iota
	effectNotSent                  // an action that was
	effectSent                     // to method, url, where nothing was sent any more
	effectNoPreflight              // before the request
	effectPreflight                // before the request
	effectElsewhere                // to method, url
	effectCredentials              // go along to url
	effectNoCredentials            // go along to url
	effectHeader                   // header has value
	effectNoHeader                 // header
	effectBlocked                  // with code
	effectRead                     // by the page
	effectResponseType             // of the response
)

// String says what is otherwise.
func (e effect) String() string {
	url := long(e.url)
	switch e.kind {
	case effectNotSent:
		return fmt.Sprintf("no %s is sent to %s", e.action, url)
	case effectSent:
		return fmt.Sprintf("not blocked here, %s %s is sent", long(e.method), url)
	case effectNoPreflight:
		return "no preflight is sent"
	case effectPreflight:
		return "a preflight is sent first"
	case effectElsewhere:
		return fmt.Sprintf("%s %s is sent", long(e.method), url)
	case effectCredentials:
		return "credentials are sent to " + url
	case effectNoCredentials:
		return "credentials are not sent to " + url
	case effectHeader:
		return fmt.Sprintf("%s: %s is sent", e.header, long(e.value))
	case effectNoHeader:
		return e.header + " is not sent"
	case effectBlocked:
		return fmt.Sprintf("blocked, %s", e.code)
	case effectRead:
		return "the page gets the response"
	case effectResponseType:
		return fmt.Sprintf("the response's type is %q", e.response)
	}
	return "the same"
}

// effectOf compares two courses of one fetch: what there is first that the other does not do.
func effectOf(here, there *course) effect {
	for i := range max(len(here.sent), len(there.sent)) {
		switch {
		case i >= len(there.sent) && !there.result.Verdict.Evaluated(), i >= len(here.sent) && !here.result.Verdict.Evaluated():
			return effect{} // what comes then is not known
		case i >= len(there.sent):
			a := &here.sent[i]
			return effect{kind: effectNotSent, action: a.Kind, url: urlOf(a)}
		case i >= len(here.sent):
			a := &there.sent[i]
			return effect{kind: effectSent, method: a.Method, url: urlOf(a)}
		}
		if e := effectOfAction(&here.sent[i], &there.sent[i]); e.kind != effectNone {
			return e
		}
	}
	switch here, there := &here.result, &there.result; {
	case !here.Verdict.Evaluated() || !there.Verdict.Evaluated(): // one is not known to its end
		return effect{}
	case here.Verdict.OK() && !there.Verdict.OK():
		return effect{kind: effectBlocked, code: there.Verdict.Code}
	case !here.Verdict.OK() && there.Verdict.OK():
		return effect{kind: effectRead}
	case here.Response.Type != there.Response.Type:
		return effect{kind: effectResponseType, response: there.Response.Type}
	}
	return effect{}
}

func effectOfAction(here, there *fetch.Action) effect {
	preflight := there.Kind == fetch.ActionSendPreflight
	switch url := urlOf(there); {
	case (here.Kind == fetch.ActionSendPreflight) != preflight && preflight:
		return effect{kind: effectPreflight}
	case (here.Kind == fetch.ActionSendPreflight) != preflight:
		return effect{kind: effectNoPreflight}
	case urlOf(here) != url || here.Method != there.Method:
		return effect{kind: effectElsewhere, method: there.Method, url: url}
	case there.IncludeCredentials && !here.IncludeCredentials:
		return effect{kind: effectCredentials, url: url}
	case here.IncludeCredentials && !there.IncludeCredentials:
		return effect{kind: effectNoCredentials, url: url}
	}
	for _, name := range []string{"Origin", "Access-Control-Request-Headers"} {
		had, ok := here.Headers.Get(name)
		if value, has := there.Headers.Get(name); !has && ok {
			return effect{kind: effectNoHeader, header: name}
		} else if value != had {
			return effect{kind: effectHeader, header: name, value: value}
		}
	}
	return effect{}
}

func urlOf(a *fetch.Action) string { return a.URL.WithoutFragment().String() }
