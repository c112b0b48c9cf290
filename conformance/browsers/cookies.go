package main

import (
	"fmt"
	"slices"
	"strings"

	"golang.org/x/net/publicsuffix"

	"github.com/corspec/corspec/origin"
)

// A jar is as much of a browser's cookies as scenarios need: by host, the names of those that the scenario has set, and
// whether each is for cross-site requests too. All are for the scenario's folder.
type jar map[string]map[string]bool

// store stores the cookies of a response to a page's request.
func (j jar) store(page origin.Origin, u origin.URL, headers [][2]string) {
	for _, h := range headers {
		if !strings.EqualFold(h[0], "Set-Cookie") {
			continue
		}
		attributes := strings.Split(h[1], "; ")
		name, _, _ := strings.Cut(attributes[0], "=")
		if slices.Contains(attributes, "Max-Age=0") {
			delete(j[u.Hostname()], name)
			continue
		}
		crossSite := slices.Contains(attributes, "SameSite=None")
		if !crossSite && !sameSite(page, u) {
			panic(fmt.Sprintf("whether a cross-site response may set %q is not for this program to say", h[1]))
		}
		if j[u.Hostname()] == nil {
			j[u.Hostname()] = map[string]bool{}
		}
		j[u.Hostname()][name] = crossSite
	}
}

// sent returns the names of the cookies that go with a request of a page.
func (j jar) sent(page origin.Origin, u origin.URL) string {
	var names []string
	for name, crossSite := range j[u.Hostname()] {
		if crossSite || sameSite(page, u) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return strings.Join(names, " ")
}

func sameSite(page origin.Origin, u origin.URL) bool {
	return origin.SameSite(page, u.Origin(), publicsuffix.List)
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
