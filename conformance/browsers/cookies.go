package main

import (
	"slices"
	"strings"

	"golang.org/x/net/publicsuffix"

	"github.com/corspec/corspec/fetch"
	"github.com/corspec/corspec/origin"
)

// A jar is as much of a browser's cookies as scenarios need: by host, what SameSite says of those that the scenario has
// set, by name, "" where it is absent. All are for the scenario's folder.
type jar struct {
	byHost  map[string]map[string]string
	profile fetch.Profile
}

// newJar returns the cookies that there are at first: those of documents that were shown before.
func newJar(e *Scenario, p fetch.Profile) jar {
	j := jar{map[string]map[string]string{}, p}
	for _, o := range e.visited {
		j.set(o.Hostname(), visitCookies(""))
	}
	return j
}

// set stores the cookies of a response that may set all of them.
func (j jar) set(host string, headers [][2]string) {
	for _, h := range headers {
		if !strings.EqualFold(h[0], "Set-Cookie") {
			continue
		}
		attributes := strings.Split(h[1], "; ")
		name, _, _ := strings.Cut(attributes[0], "=")
		if slices.Contains(attributes, "Max-Age=0") {
			delete(j.byHost[host], name)
			continue
		}
		if j.byHost[host] == nil {
			j.byHost[host] = map[string]string{}
		}
		j.byHost[host][name] = sameSiteOf(attributes)
	}
}

func sameSiteOf(attributes []string) string {
	for _, a := range attributes {
		if value, ok := strings.CutPrefix(a, "SameSite="); ok {
			return value
		}
	}
	return ""
}

// crossSite reports whether a cookie with that SameSite is for cross-site requests too.
func (j jar) crossSite(attribute string) bool {
	return attribute == "None" || attribute == "" && j.profile.Has("cookies-cross-site-by-default")
}

// store stores the cookies of a response to a page's request that went to those URLs.
func (j jar) store(page origin.Origin, urls []origin.URL, headers [][2]string) {
	sameSite := j.sameSite(page, urls)
	j.set(urls[len(urls)-1].Hostname(), slices.DeleteFunc(slices.Clone(headers), func(h [2]string) bool {
		return !sameSite && !j.crossSite(sameSiteOf(strings.Split(h[1], "; ")))
	}))
}

// sent returns the names of the cookies that go with a page's request that went to those URLs.
func (j jar) sent(page origin.Origin, urls []origin.URL) string {
	sameSite := j.sameSite(page, urls)
	var names []string
	for name, attribute := range j.byHost[urls[len(urls)-1].Hostname()] {
		if sameSite || j.crossSite(attribute) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return strings.Join(names, " ")
}

// sameSite reports whether a request of a page is one within the site.
func (j jar) sameSite(page origin.Origin, urls []origin.URL) bool {
	r := fetch.Request{Origin: page, URLList: urls}
	return origin.SameSite(page, r.CurrentURL().Origin(), publicsuffix.List) &&
		(j.profile.Has("same-site-ignores-redirects") || r.RedirectTaint(publicsuffix.List) != fetch.RedirectTaintCrossSite)
}

// cookieNames returns the names in a Cookie header, in order.
func cookieNames(value string) string {
	var names []string
	for _, c := range strings.Split(value, ";") {
		name, _, _ := strings.Cut(strings.TrimSpace(c), "=")
		names = append(names, name)
	}
	slices.Sort(names)
	return strings.Join(names, " ")
}
