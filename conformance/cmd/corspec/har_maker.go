package main

import (
	"fmt"
	"strings"

	"github.com/corspec/corspec/fetch"
)

// An engine is the family of a browser.
type engine string

const (
	chromium engine = "Chromium"
	gecko    engine = "Firefox"
	webKit   engine = "WebKit"
)

// profile returns the profile of the engine, which is the standard's if it is not known.
func (e engine) profile() fetch.Profile {
	switch e {
	case chromium:
		return fetch.ProfileChromium
	case gecko:
		return fetch.ProfileFirefox
	case webKit:
		return fetch.ProfileWebKitGTK
	}
	return fetch.ProfileStandard
}

// madeThis names the engine whose profile it is, for a sentence.
func (e engine) madeThis() string {
	if e == webKit {
		return "WebKitGTK, which has the engine of the browser that made this file,"
	}
	return string(e) + ", which made this file,"
}

// engineOfAgent tells the engine from a User-Agent.
func engineOfAgent(agent string) engine {
	switch {
	case strings.Contains(agent, "Firefox/"):
		return gecko
	case strings.Contains(agent, "Chrome/"), strings.Contains(agent, "Chromium/"):
		return chromium
	case strings.Contains(agent, "AppleWebKit/"):
		return webKit
	}
	return ""
}

// harEngine tells the browser by the program that wrote the file, or else by what its requests say. It also reports
// whether a browser, or what drives one, wrote the file, and not a proxy.
func harEngine(log *harLog) (e engine, name string, byBrowser bool) {
	byBrowser = log.browser.name != ""
	for _, p := range []harProgram{log.browser, log.creator} {
		switch n := strings.ToLower(p.name); {
		case strings.Contains(n, "firefox"):
			e = gecko
		case strings.Contains(n, "webkit"), strings.Contains(n, "safari"):
			e = webKit
		case strings.Contains(n, "webinspector"), strings.Contains(n, "chrom"), strings.Contains(n, "edge"), strings.Contains(n, "opera"), strings.Contains(n, "puppeteer"):
			e = chromium
		default:
			continue
		}
		return e, strings.TrimSpace(fmt.Sprintf("%s (%s)", e, p)), true
	}
	return log.reader.byAgent, string(log.reader.byAgent), byBrowser
}

// harClients are programs that make requests by themselves, by parts of their names, in small letters.
var harClients = []string{"postman", "insomnia", "curl", "httpie", "hoppscotch", "paw", "rapidapi", "bruno", "thunder client"}

// harClient returns the name of the program that made the file's requests, if that was not a browser.
func harClient(log *harLog) string {
	name := strings.ToLower(log.creator.name)
	for _, c := range harClients {
		if strings.HasPrefix(name, c) {
			return log.creator.name
		}
	}
	return ""
}

// client returns what made the request, if that was not a page: browsers say "Mozilla" in User-Agent, or have their own
// headers.
func (x *harEntry) client() string {
	if x.byTestProgram {
		return "the test program"
	}
	if x.request.headers.Contains("Postman-Token") {
		return "Postman"
	}
	agent := x.header("User-Agent")
	name, _, _ := strings.Cut(agent, " ")
	if agent == "" || name == "Mozilla" || strings.HasPrefix(name, "Mozilla/") || strings.HasPrefix(name, "Opera/") || x.request.headers.Contains("Sec-Fetch-Mode") {
		return ""
	}
	return agent
}
