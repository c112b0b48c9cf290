package main

import (
	"fmt"
	"slices"
	"strings"
)

// httpsFamilies are scenarios of https pages, where cookies go across sites.
func httpsFamilies() (all []*Scenario) {
	for _, f := range []func() []*Scenario{cookiesOfRequests, cookiesOfBlocked, cookiesOfRedirects, cookiesOfElements, cookiesOfFrames, sameSiteCookies, visitedCookies, embedderPolicies, embedderRedirects, embedderCookies, embedderValues, streams} {
		all = append(all, f()...)
	}
	for _, s := range all {
		s.At = "e"
	}
	return all
}

// setCookie is a cookie for all requests to the scenario's folder.
func setCookie(name string) []string {
	return []string{"Set-Cookie", name + "=1; Path={path}; Secure; SameSite=None"}
}

// openTo lets an origin read with credentials, and use the methods and headers that are asked for here.
func openTo(origin string, status int) Answer {
	return answer(status, acao, origin, acac, "true", acam, "PUT, DELETE", acah, "X-A, Content-Type")
}

// baking is a scenario that sets a cookie at each of the origins, does the steps, and looks at what cookies each origin
// has then. A cookie's name starts with the letter of its origin, which removes it in the end: browsers keep only so
// many.
func baking(id string, page Page, origins string, steps []Step, served map[string]*Served) *Scenario {
	s := &Scenario{ID: id, Page: page, Serve: served}
	reader := "{page}"
	seen := ""
	var looks []Step
	for _, letter := range origins {
		if strings.ContainsRune(seen, letter) {
			continue
		}
		seen += string(letter)
		set, look := fmt.Sprintf("{%c/}set", letter), fmt.Sprintf("{%c/}look", letter)
		s.Serve[set] = serve(answer(204), openTo(reader, 200).with(setCookie(string(letter)+"0")...))
		last := openTo(reader, 200)
		for _, name := range cookiesIn(s.Serve) {
			if rune(name[0]) == letter {
				last = last.with("Set-Cookie", name+"=; Path={path}; Max-Age=0; Secure; SameSite=None")
			}
		}
		s.Serve[look] = serve(answer(204), last)
		s.Steps = append(s.Steps, Step{Via: "fetch", URL: set, Credentials: "include"})
		looks = append(looks, Step{Via: "fetch", URL: look, Credentials: "include"})
	}
	s.Steps = append(append(s.Steps, steps...), looks...)
	return s
}

// cookiesIn returns the names of the cookies that answers set.
func cookiesIn(serve map[string]*Served) (names []string) {
	for _, served := range serve {
		for _, a := range slices.Concat(served.Preflight, served.Request) {
			for _, h := range a.Headers {
				if h[0] == "Set-Cookie" {
					name, _, _ := strings.Cut(h[1], "=")
					names = append(names, name)
				}
			}
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

var credentialsModes = []string{"omit", "same-origin", "include"}

// kinds are requests that differ in whether they need a preflight.
var kinds = []Step{{Method: "GET"}, {Method: "HEAD"}, {Method: "POST", Body: true}, {Method: "PUT", Body: true}, {Method: "GET", Headers: [][2]string{{"X-A", "1"}}}}

func (s Step) kind() string {
	if s.Headers != nil {
		return s.Method + "-with-header"
	}
	return s.Method
}

// cookiesOfRequests are about what goes with a request, and whether its response, or its preflight's, sets cookies.
func cookiesOfRequests() (all []*Scenario) {
	for _, to := range "efghi"[:4] {
		for _, mode := range credentialsModes {
			for _, kind := range kinds {
				step := kind
				step.Via, step.URL, step.Credentials = "fetch", fmt.Sprintf("{%c/}x", to), mode
				all = append(all, baking(fmt.Sprintf("cookies/%c-%s-%s", to, step.kind(), mode), Page{}, string(to), []Step{step}, map[string]*Served{
					step.URL: serve(openTo("{page}", 204).with(setCookie(string(to)+"-preflight")...), openTo("{page}", 200).with(setCookie(string(to)+"1")...))}))
			}
			for _, method := range []string{"GET", "POST"} {
				step := Step{Via: "fetch", URL: fmt.Sprintf("{%c/}x", to), Method: method, Mode: "no-cors", Credentials: mode}
				all = append(all, baking(fmt.Sprintf("cookies/no-cors-%c-%s-%s", to, method, mode), Page{}, string(to), []Step{step}, map[string]*Served{
					step.URL: serve(answer(204), answer(200, setCookie(string(to)+"1")...))}))
			}
		}
		for _, mode := range []string{"", "include"} {
			for _, method := range []string{"GET", "PUT"} {
				step := Step{Via: "xhr", URL: fmt.Sprintf("{%c/}x", to), Method: method, Credentials: mode}
				all = append(all, baking(fmt.Sprintf("cookies/xhr-%c-%s-%s", to, method, mode), Page{}, string(to), []Step{step}, map[string]*Served{
					step.URL: serve(openTo("{page}", 204).with(setCookie(string(to)+"-preflight")...), openTo("{page}", 200).with(setCookie(string(to)+"1")...))}))
			}
		}
	}
	return all
}

// cookiesOfBlocked are about responses that the page may not read: their cookies are stored.
func cookiesOfBlocked() (all []*Scenario) {
	for i, a := range []Answer{answer(200), answer(200, acao, "*"), answer(200, acao, "{page}"), answer(200, acao, "*", acac, "true"), answer(200, acao, "{i}", acac, "true"), answer(200, acao, "null", acac, "true"),
		answer(200, acao, "{page}", acac, "TRUE"), answer(200, acao, "{page}", acao, "{page}", acac, "true"), openTo("{page}", 401), openTo("{page}", 500)} {
		for _, to := range "gh" {
			for _, mode := range credentialsModes {
				for _, method := range []string{"GET", "PUT"} {
					step := Step{Via: "fetch", URL: fmt.Sprintf("{%c/}x", to), Method: method, Credentials: mode}
					all = append(all, baking(fmt.Sprintf("cookies-of-blocked/%02d-%c-%s-%s", i, to, method, mode), Page{}, string(to), []Step{step}, map[string]*Served{
						step.URL: serve(openTo("{page}", 204), a.with(setCookie(string(to)+"1")...))}))
				}
			}
		}
	}
	// Preflights that fail: neither they nor what was not sent set cookies.
	for i, a := range []Answer{answer(204), openTo("{page}", 403), answer(204, acao, "{page}", acac, "true")} {
		for _, mode := range credentialsModes {
			step := Step{Via: "fetch", URL: "{h/}x", Method: "PUT", Credentials: mode}
			all = append(all, baking(fmt.Sprintf("cookies-of-blocked/preflight-%d-%s", i, mode), Page{}, "h", []Step{step}, map[string]*Served{
				step.URL: serve(a.with(setCookie("h-preflight")...), openTo("{page}", 200).with(setCookie("h1")...))}))
		}
	}
	// What other checks block.
	for _, mode := range credentialsModes {
		for i, policy := range []string{"same-origin", "same-site", "cross-origin"} {
			for _, to := range "gh" {
				step := Step{Via: "fetch", URL: fmt.Sprintf("{%c/}x", to), Mode: "no-cors", Credentials: mode}
				all = append(all, baking(fmt.Sprintf("cookies-of-blocked/corp-%d-%c-%s", i, to, mode), Page{}, string(to), []Step{step}, map[string]*Served{
					step.URL: serve(answer(204), answer(200, corp, policy).with(setCookie(string(to)+"1")...))}))
			}
		}
		for _, redirect := range []string{"error", "manual"} {
			for _, to := range "eh" {
				step := Step{Via: "fetch", URL: fmt.Sprintf("{%c/}x", to), Redirect: redirect, Credentials: mode}
				all = append(all, baking(fmt.Sprintf("cookies-of-blocked/redirect-%s-%c-%s", redirect, to, mode), Page{}, string(to), []Step{step}, map[string]*Served{
					step.URL: serve(answer(204), openTo("{page}", 302).with("Location", "{i/}y").with(setCookie(string(to)+"1")...))}))
			}
		}
	}
	return all
}

// cookiesOfRedirects are about redirects from origin to origin: each has its cookies or none.
func cookiesOfRedirects() (all []*Scenario) {
	for _, hops := range []string{"ee", "ef", "eg", "eh", "fe", "ge", "he", "gh", "hg", "hh", "hi", "ehe", "heh", "efe", "hie", "egh", "hih"} {
		for _, mode := range credentialsModes {
			for _, allow := range []string{"page", "null", "*", ""} {
				for _, method := range []string{"GET", "PUT"} {
					if allow != "page" && method == "PUT" {
						continue // nothing new
					}
					all = append(all, redirecting(fmt.Sprintf("cookies-redirect/%s-%s-%s-%s", hops, method, mode, strings.Trim(allow, "*")), hops, allow, Step{Via: "fetch", Method: method, Credentials: mode, Body: method != "GET"}))
				}
			}
			all = append(all, redirecting("cookies-redirect/no-cors-"+hops+"-"+mode, hops, "", Step{Via: "fetch", Mode: "no-cors", Credentials: mode}))
		}
	}
	return all
}

// redirecting is a step that is redirected from origin to origin, where each of the responses sets a cookie and allows
// an origin: "page", "null", "*" or none.
func redirecting(id, hops, allow string, step Step) *Scenario {
	served := map[string]*Served{}
	for i, letter := range hops {
		a := answer(200, acac, "true")
		if allow != "" {
			a = openTo(strings.Replace(allow, "page", "{page}", 1), 200)
		}
		a = a.with(setCookie(fmt.Sprintf("%c%d", letter, i+1))...)
		if i+1 < len(hops) {
			a = a.with("Location", fmt.Sprintf("{%c/}%d", hops[i+1], i+1))
			a.Status = 307
		}
		served[fmt.Sprintf("{%c/}%d", letter, i)] = serve(openTo("{page}", 204), a)
	}
	step.URL = fmt.Sprintf("{%c/}0", hops[0])
	return baking(id, Page{}, hops, []Step{step}, served)
}

func cookiesOfElements() (all []*Scenario) {
	for _, e := range allElements() {
		for _, to := range "efgh" {
			for i, l := range [][]string{{}, {acao, "*"}, {acao, "{page}", acac, "true"}} {
				step := e.step(fmt.Sprintf("{%c/}x", to))
				all = append(all, baking(fmt.Sprintf("cookies-element/%s-%c-%d", e.name, to, i), Page{}, string(to), []Step{step}, map[string]*Served{
					step.URL: serve(answer(204), e.answer(200, l...).with(setCookie(string(to)+"1")...))}))
			}
		}
		for _, hops := range []string{"eh", "he", "gh", "hi"} {
			served := map[string]*Served{}
			for i, letter := range hops {
				allow := "{page}"
				if i > 0 && hops[0] != 'e' {
					allow = "null"
				}
				a := e.answer(200, acao, allow, acac, "true")
				if i == 0 {
					a = answer(302, acao, allow, acac, "true", "Location", fmt.Sprintf("{%c/}1", hops[1]))
				}
				served[fmt.Sprintf("{%c/}%d", letter, i)] = serve(answer(204), a.with(setCookie(fmt.Sprintf("%c1", letter))...))
			}
			all = append(all, baking(fmt.Sprintf("cookies-element/%s-%s", e.name, hops), Page{}, hops, []Step{e.step(fmt.Sprintf("{%c/}0", hops[0]))}, served))
		}
	}
	return all
}

// cookiesOfFrames are about pages with an opaque origin, to which every URL is cross-site.
func cookiesOfFrames() (all []*Scenario) {
	for _, frame := range []string{"sandbox", "data"} {
		for _, to := range "eh" {
			for _, mode := range credentialsModes {
				for _, method := range []string{"GET", "PUT"} {
					step := Step{Via: "fetch", URL: fmt.Sprintf("{%c/}x", to), Method: method, Credentials: mode}
					all = append(all, baking(fmt.Sprintf("cookies-frame/%s-%c-%s-%s", frame, to, method, mode), Page{Frame: frame}, string(to), []Step{step}, map[string]*Served{
						step.URL: serve(openTo("null", 204), openTo("null", 200).with(setCookie(string(to)+"1")...))}))
				}
				step := Step{Via: "fetch", URL: fmt.Sprintf("{%c/}x", to), Mode: "no-cors", Credentials: mode}
				all = append(all, baking(fmt.Sprintf("cookies-frame/%s-%c-no-cors-%s", frame, to, mode), Page{Frame: frame}, string(to), []Step{step}, map[string]*Served{
					step.URL: serve(answer(204), answer(200).with(setCookie(string(to)+"1")...))}))
			}
			all = append(all, baking(fmt.Sprintf("cookies-frame/%s-%c-img", frame, to), Page{Frame: frame}, string(to), []Step{{Via: "img", URL: fmt.Sprintf("{%c/}x", to)}}, map[string]*Served{
				fmt.Sprintf("{%c/}x", to): serve(answer(204), Answer{Status: 200, Body: "svg", Headers: [][2]string{{"Content-Type", "image/svg+xml"}}}.with(setCookie(string(to)+"1")...))}))
		}
	}
	return all
}

// visitedCookies are about the cookies that documents of other sites have set when they were shown, and about those
// that cross-site responses set: one of each SameSite, and one without.
func visitedCookies() (all []*Scenario) {
	attributes := []string{"", "None", "Lax", "Strict"}
	setting := func(a Answer, letter rune) Answer {
		for _, attribute := range attributes {
			name, attribute := strings.ToLower(attribute), "; SameSite="+attribute
			if name == "" {
				name, attribute = "absent", ""
			}
			a = a.with("Set-Cookie", fmt.Sprintf("%c-%s=1; Path={path}; Secure%s", letter, name, attribute))
		}
		return a
	}
	for _, to := range "egh" {
		page := Page{Visited: string(to)}
		steps := []Step{{Via: "fetch", Mode: "no-cors", Credentials: "include"}, {Via: "fetch", Mode: "no-cors", Method: "POST", Body: true, Credentials: "include"}, {Via: "fetch", Credentials: "include"}, {Via: "fetch"}, {Via: "fetch", Credentials: "omit"},
			{Via: "fetch", Method: "PUT", Credentials: "include"}, {Via: "xhr", Credentials: "include"}}
		for i, step := range steps {
			step.URL = fmt.Sprintf("{%c/}x", to)
			all = append(all, &Scenario{ID: fmt.Sprintf("cookies-visited/%c-%d", to, i), Page: page, Steps: []Step{step, step}, Serve: map[string]*Served{step.URL: {Preflight: []Answer{openTo("{page}", 204)}, Request: []Answer{setting(openTo("{page}", 200), to), openTo("{page}", 200)}}}})
		}
		for _, e := range allElements() {
			step := e.step(fmt.Sprintf("{%c/}x", to))
			all = append(all, &Scenario{ID: fmt.Sprintf("cookies-visited/%c-%s", to, e.name), Page: page, Steps: []Step{step}, Serve: map[string]*Served{step.URL: serve(answer(204), e.answer(200, acao, "{page}", acac, "true"))}})
		}
	}
	for _, hops := range []string{"eh", "he", "heh", "ehe", "gh", "hih"} {
		for _, mode := range []string{"cors", "no-cors"} {
			served := map[string]*Served{}
			for i, letter := range hops {
				a := openTo("{page}", 200)
				if i > 0 && hops[0] != 'e' {
					a = openTo("null", 200)
				}
				if i+1 < len(hops) {
					a = a.with("Location", fmt.Sprintf("{%c/}%d", hops[i+1], i+1))
					a.Status = 307
				}
				served[fmt.Sprintf("{%c/}%d", letter, i)] = serve(answer(204), setting(a, letter))
			}
			step := Step{Via: "fetch", URL: fmt.Sprintf("{%c/}0", hops[0]), Mode: mode, Credentials: "include"}
			all = append(all, &Scenario{ID: "cookies-visited/redirect-" + hops + "-" + mode, Page: Page{Visited: "eh"}, Steps: []Step{step, step}, Serve: served})
		}
	}
	for _, frame := range []string{"sandbox", "data"} {
		for _, to := range "eh" {
			step := Step{Via: "fetch", URL: fmt.Sprintf("{%c/}x", to), Credentials: "include"}
			all = append(all, &Scenario{ID: fmt.Sprintf("cookies-visited/%s-%c", frame, to), Page: Page{Frame: frame, Visited: "eh"}, Steps: []Step{step, step}, Serve: map[string]*Served{step.URL: {Preflight: []Answer{openTo("null", 204)}, Request: []Answer{setting(openTo("null", 200), to), openTo("null", 200)}}}})
		}
	}
	return all
}

// sameSiteCookies are about cookies that are for the page's site alone.
func sameSiteCookies() (all []*Scenario) {
	for _, to := range "efg" {
		for i, attributes := range []string{"", "; Secure", "; SameSite=Lax", "; SameSite=Strict", "; Secure; SameSite=Strict; HttpOnly"} {
			for _, mode := range credentialsModes {
				step := Step{Via: "fetch", URL: fmt.Sprintf("{%c/}x", to), Credentials: mode}
				all = append(all, baking(fmt.Sprintf("cookies-same-site/%c-%d-%s", to, i, mode), Page{}, string(to), []Step{step, step}, map[string]*Served{
					step.URL: serve(answer(204), openTo("{page}", 200).with("Set-Cookie", string(to)+"1=1; Path={path}"+attributes))}))
			}
		}
	}
	return all
}
