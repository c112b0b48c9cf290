package explain

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/corspec/corspec/fetch"
)

// engines says in a line in which engines the fetch would have gone otherwise, and how. It is empty where no engine is
// known to differ, and where that cannot be told: the fetch is not done, or a hook answered in place of the network.
func engines(t *fetch.Trace) string {
	if !t.Result.Verdict.Evaluated() {
		return ""
	}
	type other struct{ effect, differences string }
	var others []other
	var names map[other][]string
	own, here := t.Agent.Profile, courseOf(t)
	for _, p := range fetch.Profiles() {
		if p.String() == own.String() {
			continue
		}
		there := replay(t, p)
		effect := effectOf(&here, &there)
		if effect == "" {
			continue
		}
		if names == nil {
			if again := replay(t, own).result; !again.Verdict.Evaluated() || again.Hop != t.Result.Hop {
				return "" // a hook has answered
			}
			names = map[other][]string{}
		}
		// What p has and own has not, and the other way round.
		why := responsible(without(p.Differences(), own.Differences()), func(removed []string) bool {
			c := replay(t, p.Without(removed...))
			return effectOf(&here, &c) != effect
		})
		why = append(why, responsible(without(own.Differences(), p.Differences()), func(removed []string) bool {
			c := replay(t, own.Without(removed...))
			return effectOf(&c, &there) == ""
		})...)
		slices.Sort(why)
		o := other{effect, conjunction(why)}
		if names[o] == nil {
			others = append(others, o)
		}
		names[o] = append(names[o], cmp.Or(titles[p.String()], p.String()))
	}
	var sentences []string
	for _, o := range others {
		sentences = append(sentences, fmt.Sprintf("%s: %s (%s)", conjunction(names[o]), o.effect, o.differences))
	}
	if sentences == nil {
		return ""
	}
	return strings.Join(sentences, "; ") + "."
}

// titles are the names of the profiles' engines as people write them.
var titles = map[string]string{"standard": "the standard", "chromium": "Chromium", "firefox": "Firefox", "webkitgtk": "WebKitGTK"}

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

// effectOf says how a course of a fetch differs from another, as far as a page or a server notices: what there is first
// that the other does not do. It is empty where nothing is known to.
func effectOf(here, there *course) string {
	for i := range max(len(here.sent), len(there.sent)) {
		switch {
		case i >= len(there.sent) && !there.result.Verdict.Evaluated(), i >= len(here.sent) && !here.result.Verdict.Evaluated():
			return "" // what comes then is not known
		case i >= len(there.sent):
			return fmt.Sprintf("no %s is sent to %s", here.sent[i].Kind, urlOf(&here.sent[i]))
		case i >= len(here.sent):
			return "not blocked here, " + sent(&there.sent[i])
		}
		if effect := effectOfAction(&here.sent[i], &there.sent[i]); effect != "" {
			return effect
		}
	}
	switch here, there := &here.result, &there.result; {
	case !here.Verdict.Evaluated() || !there.Verdict.Evaluated(): // one is not known to its end
		return ""
	case here.Verdict.OK() && !there.Verdict.OK():
		return fmt.Sprintf("blocked, %s", there.Verdict.Code)
	case !here.Verdict.OK() && there.Verdict.OK():
		return "the page gets the response"
	case here.Response.Type != there.Response.Type:
		return fmt.Sprintf("the response's type is %q", there.Response.Type)
	}
	return ""
}

func effectOfAction(here, there *fetch.Action) string {
	switch preflight := there.Kind == fetch.ActionSendPreflight; {
	case preflight && here.Kind != fetch.ActionSendPreflight:
		return "a preflight is sent first"
	case !preflight && here.Kind == fetch.ActionSendPreflight:
		return "no preflight is sent"
	case here.URL.WithoutFragment() != there.URL.WithoutFragment() || here.Method != there.Method:
		return sent(there)
	case there.IncludeCredentials && !here.IncludeCredentials:
		return "credentials are sent to " + urlOf(there)
	case here.IncludeCredentials && !there.IncludeCredentials:
		return "credentials are not sent to " + urlOf(there)
	}
	for _, name := range []string{"Origin", "Access-Control-Request-Headers"} {
		had, ok := here.Headers.Get(name)
		if value, has := there.Headers.Get(name); !has && ok {
			return name + " is not sent"
		} else if value != had {
			return fmt.Sprintf("%s: %s is sent", name, long(value))
		}
	}
	return ""
}

func sent(a *fetch.Action) string { return fmt.Sprintf("%s %s is sent", long(a.Method), urlOf(a)) }

func urlOf(a *fetch.Action) string { return long(a.URL.WithoutFragment().String()) }
