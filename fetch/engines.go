package fetch

import (
	"fmt"
	"slices"
	"strings"
)

// maxEffect is how much is told of how an engine differs.
const maxEffect = 500

// Engines says in a line in which engines the fetch would have gone otherwise, and how. It is empty where no engine is known
// to differ, and where that cannot be told: the fetch is not done or was given up, the cache made its preflight unnecessary,
// or there is a hook that may answer it. Engines does the fetch again with the other profiles, from an empty cache, with the
// responses that were received: what a server would answer to a request that was not sent is not known. Hooks that block or
// upgrade are called again.
func (t Trace) Engines() string {
	if !t.Result.Verdict.Evaluated() || t.Agent.Hooks.HandleFetch != nil || t.Agent.Hooks.OverrideFetch != nil || t.Result.Verdict.Code == CodeAborted {
		return ""
	}
	if slices.ContainsFunc(t.Events, func(e Event) bool { return e.Outcome == OutcomePreflightCached }) {
		return "" // from an empty cache, it would go otherwise everywhere
	}
	own := t.again(t.Agent.Profile)
	var effects []string
	engines := map[string][]string{}
	for _, p := range Profiles() {
		if p.String() == t.Agent.Profile.String() {
			continue
		}
		effect := own.effect(t.again(p))
		if effect == "" {
			continue
		}
		var why []string
		for _, d := range differences {
			d := d.name
			here, there := t.Agent.Profile.Without(d), p.Without(d)
			if here != t.Agent.Profile && t.again(here).effect(t.again(p)) == "" || there != p && own.effect(t.again(there)) != effect {
				why = append(why, string(d))
			}
		}
		if len(effect) > maxEffect { // URLs and headers in it may be long
			effect = strings.ToValidUTF8(effect[:maxEffect], "") + "…"
		}
		if why != nil {
			effect += " (" + strings.Join(why, ", ") + ")"
		}
		if engines[effect] == nil {
			effects = append(effects, effect)
		}
		engines[effect] = append(engines[effect], p.title())
	}
	for i, effect := range effects {
		effects[i] = conjunction(engines[effect]) + ": " + effect
	}
	if effects == nil {
		return ""
	}
	return strings.Join(effects, "; ") + "."
}

// Explain is the explanation of the fetch's verdict, with what Engines says. Its advice is complete as far as the responses
// that were received tell: with what it sends, the request gets through, and not only past the check that failed.
func (t Trace) Explain() Explanation {
	e := t.Result.Verdict.Explain()
	if engines := t.Engines(); engines != "" {
		e.Engines = engines
	}
	t.advise(&e)
	return e
}

// title returns the name of the profile's engine as people write it.
func (p Profile) title() string {
	switch p.String() {
	case "chromium":
		return "Chromium"
	case "firefox":
		return "Firefox"
	case "webkitgtk":
		return "WebKitGTK"
	}
	return "the standard"
}

func conjunction(names []string) string {
	if n := len(names); n > 1 {
		return strings.Join(names[:n-1], ", ") + " and " + names[n-1]
	}
	return names[0]
}

// A course is how a fetch goes with the responses of another one.
type course struct {
	sent    []Action
	unknown bool // the last of those was not answered in the other one
	result  Result
}

// again does the fetch once more for that profile.
func (t Trace) again(p Profile) course {
	a := &Agent{SuffixList: t.Agent.SuffixList, AcceptLanguage: t.Agent.AcceptLanguage, Hooks: t.Agent.Hooks, Profile: p}
	a.Cache.MaxAgeLimit = t.Agent.Cache.MaxAgeLimit
	a.Hooks.CORPViolation = nil
	var c course
	again, err := a.Start(t.Started, t.Request)
	if err != nil {
		return c // a Trace that no machine has made
	}
	left := t.Exchanges
	for action := again.Action(); action.Kind != ActionDone; action = again.Action() {
		c.sent = append(c.sent, action)
		i := slices.IndexFunc(left, func(e Exchange) bool {
			return e.Action.Kind == action.Kind && e.Action.URL == action.URL && e.Action.Method == action.Method
		})
		if i < 0 {
			c.unknown = true
			return c
		}
		e := left[i]
		left = left[i+1:]
		if e.Answered {
			again.Receive(e.Received, e.Response)
		} else {
			again.Fail(nil)
		}
	}
	c.result, _ = again.Result()
	return c
}

// effect says in words how another course differs, as far as a page or a server notices; "" where it does not.
func (c course) effect(other course) string {
	for i := range max(len(c.sent), len(other.sent)) {
		switch {
		case i >= len(other.sent) && other.unknown:
			return ""
		case i >= len(other.sent):
			return fmt.Sprintf("no %s is sent to %s", kindInWords(c.sent[i]), c.sent[i].URL.WithoutFragment())
		case i >= len(c.sent):
			return fmt.Sprintf("not blocked here, %s %s is sent", other.sent[i].Method, other.sent[i].URL.WithoutFragment())
		}
		a, b := c.sent[i], other.sent[i]
		switch {
		case a.Kind == ActionSendPreflight && b.Kind != ActionSendPreflight:
			return "no preflight is sent"
		case a.Kind != ActionSendPreflight && b.Kind == ActionSendPreflight:
			return "a preflight is sent first"
		case a.URL.WithoutFragment() != b.URL.WithoutFragment() || a.Method != b.Method:
			return fmt.Sprintf("%s %s is sent", b.Method, b.URL.WithoutFragment())
		case a.IncludeCredentials != b.IncludeCredentials:
			return fmt.Sprintf("credentials sent to %s: %v", b.URL.WithoutFragment(), b.IncludeCredentials)
		}
		for _, name := range []string{"Origin", "Access-Control-Request-Headers"} {
			av, aok := a.Headers.Get(name)
			if bv, bok := b.Headers.Get(name); aok != bok || av != bv {
				if !bok {
					return name + " is not sent"
				}
				return fmt.Sprintf("%s: %s is sent", name, bv)
			}
		}
	}
	switch {
	case other.unknown:
		return ""
	case c.result.Verdict.OK() && !other.result.Verdict.OK():
		return fmt.Sprintf("blocked, %s", other.result.Verdict.Code)
	case !c.result.Verdict.OK() && other.result.Verdict.OK():
		return "the page gets the response"
	case c.result.Response.Type != other.result.Response.Type:
		return fmt.Sprintf("the response's type is %q", other.result.Response.Type)
	}
	return ""
}

func kindInWords(a Action) string {
	if a.Kind == ActionSendPreflight {
		return "preflight"
	}
	return "request"
}
