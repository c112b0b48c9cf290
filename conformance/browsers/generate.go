package main

// Scenarios returns all scenarios, in a stable order.
func Scenarios() []*Scenario {
	var all []*Scenario
	ok := Answer{Status: 200, Headers: [][2]string{{"Access-Control-Allow-Origin", "*"}, {"X-Secret", "1"}}}
	all = append(all, &Scenario{ID: "hand/simple", Steps: []Step{{Via: "fetch", URL: "{b/}x"}}, Serve: map[string]*Served{"{b/}x": {Request: []Answer{ok}}}})
	all = append(all, &Scenario{ID: "hand/opaque", Opaque: true, Steps: []Step{{Via: "fetch", URL: "{b/}x"}}, Serve: map[string]*Served{"{b/}x": {Request: []Answer{ok}}}})
	all = append(all, &Scenario{ID: "hand/noacao", Steps: []Step{{Via: "fetch", URL: "{b/}x"}}, Serve: map[string]*Served{"{b/}x": {Request: []Answer{{Status: 200}}}}})
	all = append(all, &Scenario{ID: "hand/preflight", Steps: []Step{{Via: "fetch", URL: "{c/}x", Method: "PUT", Headers: [][2]string{{"X-B", "1"}, {"x-a", "2"}}}}, Serve: map[string]*Served{"{c/}x": {
		Preflight: []Answer{{Status: 204, Headers: [][2]string{{"Access-Control-Allow-Origin", "*"}, {"Access-Control-Allow-Headers", "*"}, {"Access-Control-Allow-Methods", "PUT"}}}}, Request: []Answer{ok}}}})
	all = append(all, &Scenario{ID: "hand/d", Steps: []Step{{Via: "fetch", URL: "{d/}x"}}, Serve: map[string]*Served{"{d/}x": {Request: []Answer{ok}}}})
	all = append(all, &Scenario{ID: "hand/creds", Steps: []Step{{Via: "fetch", URL: "{b/}x", Credentials: "include"}}, Serve: map[string]*Served{"{b/}x": {Request: []Answer{{Status: 200, Headers: [][2]string{{"Access-Control-Allow-Origin", "{page}"}, {"Access-Control-Allow-Credentials", "true"}}}}}}})
	all = append(all, &Scenario{ID: "hand/img", Steps: []Step{{Via: "img", URL: "{b/}x"}}, Serve: map[string]*Served{"{b/}x": {Request: []Answer{{Status: 200, Headers: [][2]string{{"Content-Type", "image/svg+xml"}}, Body: "svg"}}}}})
	return all
}
