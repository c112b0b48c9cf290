package main

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/corspec/corspec/fetch"
)

// Reasons counts the reasons that Chromium writes to its console for what it blocks.
type Reasons struct {
	Compared  int      `json:"compared"`
	Different int      `json:"different"`
	Examples  []string `json:"examples,omitempty"` // of those that differ
}

var consoleLine = regexp.MustCompile(`Access to [a-zA-Z ]+ at '([^']*)'(?: \(redirected from '[^']*'\))? from origin '[^']*' has been blocked by CORS policy: ([^\n]*)`)

var folderIn = regexp.MustCompile(`/s/[^/]*/[0-9]*/`)

// consoleReasons returns the codes that a browser's console gives, in order, by the folder of the scenario.
func consoleReasons(printed string) map[string][]string {
	codes := map[string][]string{}
	for _, m := range consoleLine.FindAllStringSubmatch(printed, -1) {
		if folder := folderIn.FindString(m[1]); folder != "" {
			codes[folder] = append(codes[folder], string(codeOf(m[2])))
		}
	}
	return codes
}

// hasMessage says whether Chromium's console gives a reason where ours is that code.
func hasMessage(code string) bool {
	return slices.ContainsFunc(messages, func(m message) bool {
		return string(m.code) == strings.TrimPrefix(code, "preflight-") || string(m.code) == code
	})
}

// stepName returns the code, but one name for the three of CORS check, step 4, where the values differ: what of them is
// invalid, a list or another origin is not for the standard to say.
func stepName(code string) string {
	prefix, name := "", code
	if rest, ok := strings.CutPrefix(code, "preflight-"); ok {
		prefix, name = "preflight-", rest
	}
	switch fetch.Code(name) {
	case fetch.CodeInvalidAllowOriginValue, fetch.CodeMultipleAllowOriginValues, fetch.CodeAllowOriginMismatch:
		return prefix + "allow-origin"
	}
	return code
}

// compare counts how the console's reasons agree with ours.
func (r *Reasons) compare(id string, ours []Outcome, theirs []string) {
	var want []string
	for _, o := range ours {
		if hasMessage(o.Code) { // whether or not the page learns of it
			want = append(want, stepName(o.Code))
		}
	}
	theirs = slices.DeleteFunc(slices.Clone(theirs), func(code string) bool { return !hasMessage(code) })
	for i := range theirs {
		theirs[i] = stepName(theirs[i])
	}
	if len(want) == 0 && len(theirs) == 0 {
		return
	}
	r.Compared++
	if !slices.Equal(want, theirs) {
		r.Different++
		r.Examples = append(r.Examples, fmt.Sprintf("%s: %q, not %q", id, theirs, want))
	}
}

type message struct {
	part string
	code fetch.Code
}

// messages are parts of Chromium's messages and what they stand for. The first that fits counts.
var messages = []message{
	{"No 'Access-Control-Allow-Origin' header is present", fetch.CodeMissingAllowOrigin},
	{"contains multiple values", fetch.CodeMultipleAllowOriginValues},
	{"must not be the wildcard '*' when the request's credentials mode", fetch.CodeWildcardOriginNotAllowed},
	{"contains the invalid value", fetch.CodeInvalidAllowOriginValue},
	{"that is not equal to the supplied origin", fetch.CodeAllowOriginMismatch},
	{"has a value", fetch.CodeAllowOriginMismatch},
	{"'Access-Control-Allow-Credentials' header in the response", fetch.CodeInvalidAllowCredentials},
	{"It does not have HTTP ok status", fetch.CodePreflightInvalidStatus},
	{"Redirect is not allowed for a preflight request", fetch.CodePreflightDisallowedRedirect},
	{"Cannot parse Access-Control-Allow-Methods", fetch.CodePreflightInvalidAllowMethods},
	{"Cannot parse Access-Control-Allow-Headers", fetch.CodePreflightInvalidAllowHeaders},
	{"is not allowed by Access-Control-Allow-Methods", fetch.CodeMethodDisallowedByPreflight},
	{"is not allowed by Access-Control-Allow-Headers", fetch.CodeHeaderDisallowedByPreflight},
}

func codeOf(message string) fetch.Code {
	for _, m := range messages {
		if !strings.Contains(message, m.part) {
			continue
		}
		if strings.Contains(message, "Response to preflight request doesn't pass") && !strings.HasPrefix(string(m.code), "preflight-") {
			return "preflight-" + m.code
		}
		return m.code
	}
	return fetch.Code("unknown: " + message)
}
