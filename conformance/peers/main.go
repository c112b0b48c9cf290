// Command peers measures corspec's policy and middleware against those of
// others, side by side in one process, and prints ratios of medians. See
// README.md.
package main

import (
	"flag"
	"fmt"
	"maps"
	"math"
	"net/http"
	"os"
	"runtime"
	"slices"
	"strings"
	"time"

	jub0bscors "github.com/jub0bs/cors"
	"github.com/rs/cors"

	"github.com/corspec/corspec/policy"
	"github.com/corspec/corspec/policy/policyhttp"
)

// config is what all peers are configured with.
type config struct {
	origins     []string
	credentials bool
	methods     []string
	headers     []string
	maxAge      int
}

// A peer makes a middleware of a configuration.
type peer struct {
	name string
	wrap func(config) (func(http.Handler) http.Handler, error)
}

// peers are measured in this order.
var peers = []peer{
	{"corspec", func(c config) (func(http.Handler) http.Handler, error) {
		m, err := policyhttp.New(policyConfig(c))
		if err != nil {
			return nil, err
		}
		return m.Wrap, nil
	}},
	{"rs/cors", func(c config) (func(http.Handler) http.Handler, error) {
		return cors.New(cors.Options{
			AllowedOrigins: c.origins, AllowCredentials: c.credentials, AllowedMethods: append([]string{"GET", "HEAD", "POST"}, c.methods...), AllowedHeaders: c.headers, MaxAge: c.maxAge,
		}).Handler, nil
	}},
	{"jub0bs/cors", func(c config) (func(http.Handler) http.Handler, error) {
		m, err := jub0bscors.NewMiddleware(jub0bscors.Config{
			Origins: c.origins, Credentialed: c.credentials, Methods: c.methods, RequestHeaders: c.headers, MaxAgeInSeconds: c.maxAge,
		})
		if err != nil {
			return nil, err
		}
		return m.Wrap, nil
	}},
}

func policyConfig(c config) policy.Config {
	return policy.Config{Origins: c.origins, Credentials: c.credentials, Methods: c.methods, RequestHeaders: c.headers, MaxAge: &c.maxAge}
}

// A workload is one request under one configuration.
type workload struct {
	name    string
	config  config
	request *http.Request
}

func workloads() []workload {
	many := func(n int) (origins []string) {
		for i := range n {
			origins = append(origins, fmt.Sprintf("https://tenant-%06d.example.com", i))
		}
		return origins
	}
	// Two long origins that differ in their first label only.
	long := strings.Repeat("a.", 115) + "example.com"
	sets := []struct {
		name    string
		origins []string
		allowed string
		refused string
	}{
		{"one", []string{"https://app.example.com"}, "https://app.example.com", "https://evil.example.org"},
		{"two long", []string{"https://x." + long, "https://y." + long}, "https://y." + long, "https://z." + long},
		{"ten", many(10), "https://tenant-000007.example.com", "https://evil.example.org"},
		{"subdomains", []string{"https://*.example.com"}, "https://app.example.com", "https://evil.example.org"},
		{"1,000", many(1000), "https://tenant-000777.example.com", "https://evil.example.org"},
		{"100,000", many(100_000), "https://tenant-077777.example.com", "https://evil.example.org"},
		{"all", []string{"*"}, "https://app.example.com", ""},
	}
	var list []workload
	for _, s := range sets {
		c := config{origins: s.origins, credentials: s.name != "all", methods: []string{"PUT"}, headers: []string{"Content-Type", "X-Foo"}, maxAge: 600}
		add := func(name string, method string, headers http.Header) {
			r, err := http.NewRequest(method, "https://api.example.com/", nil)
			if err != nil {
				panic(err)
			}
			r.Header = headers
			list = append(list, workload{s.name + ", " + name, c, r})
		}
		preflight := func(o, names string) http.Header {
			return http.Header{"Origin": {o}, "Access-Control-Request-Method": {"PUT"}, "Access-Control-Request-Headers": {names}}
		}
		add("GET allowed", "GET", http.Header{"Origin": {s.allowed}})
		add("preflight allowed", "OPTIONS", preflight(s.allowed, "content-type,x-foo"))
		if s.refused != "" {
			add("GET refused", "GET", http.Header{"Origin": {s.refused}})
			add("preflight refused", "OPTIONS", preflight(s.refused, "content-type,x-foo"))
		}
		if s.name == "one" || s.name == "all" {
			add("GET without Origin", "GET", http.Header{})
			add("preflight with 1,024 commas", "OPTIONS", preflight(s.allowed, strings.Repeat(",", 1024)))
		}
	}
	return list
}

// writer is a ResponseWriter that costs nothing.
type writer struct{ header http.Header }

func (w *writer) Header() http.Header         { return w.header }
func (w *writer) Write(b []byte) (int, error) { return len(b), nil }
func (w *writer) WriteHeader(int)             {}

var nothing = http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})

// hardCoded returns a handler that sets what h answers to r, whatever it gets:
// the floor under every middleware with the same answer.
func hardCoded(h http.Handler, r *http.Request) http.Handler {
	w := &writer{http.Header{}}
	h.ServeHTTP(w, r)
	names := slices.Sorted(maps.Keys(w.header))
	values := make([]string, 0, 8)
	for _, name := range names {
		values = append(values, w.header[name][0])
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		header := w.Header()
		fresh := make([]string, len(values))
		for i, name := range names {
			fresh[i] = values[i]
			header[name] = fresh[i : i+1 : i+1]
		}
	})
}

// nsPer returns the time that f takes, from a loop of about 0.3 ms: shorter
// than what other processes are given at a time, so that most are undisturbed.
func nsPer(f func()) float64 {
	n := 1
	for {
		start := time.Now()
		for range n {
			f()
		}
		took := time.Since(start)
		if took > 250*time.Microsecond {
			return float64(took.Nanoseconds()) / float64(n)
		}
		n = max(n*2, int(float64(n)*3e5/float64(max(took.Nanoseconds(), 1))))
	}
}

func median(list []float64) float64 {
	slices.Sort(list)
	return list[len(list)/2]
}

// measure runs all of fs in turn, as often as said, and returns their medians.
func measure(runs int, fs []func()) []float64 {
	times := make([][]float64, len(fs))
	for range runs {
		for i, f := range fs {
			times[i] = append(times[i], nsPer(f))
		}
	}
	out := make([]float64, len(fs))
	for i, list := range times {
		out[i] = median(list)
	}
	return out
}

type mean struct {
	logs float64
	n    int
}

func (m *mean) add(ratio float64) { m.logs += math.Log(ratio); m.n++ }
func (m *mean) value() float64    { return math.Exp(m.logs / float64(m.n)) }

func main() {
	runs := flag.Int("runs", 101, "how often everything is measured; medians are printed")
	flag.Parse()
	fmt.Printf("%s %s/%s, %d runs, ns an operation\n\n", runtime.Version(), runtime.GOOS, runtime.GOARCH, *runs)
	if err := middleware(*runs); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	if err := construction(*runs); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func middleware(runs int) error {
	fmt.Printf("%-40s %10s %10s", "request", "hard-coded", "Evaluate")
	for _, p := range peers {
		fmt.Printf(" %12s", p.name)
	}
	fmt.Println()
	evaluate := make([]mean, len(peers)) // Evaluate, to the whole middleware of a peer
	above := make([]mean, len(peers))    // the middleware above the floor, to a peer's
	for _, c := range workloads() {
		var fs []func()
		p, err := policyhttp.NewPolicy(policyConfig(c.config))
		if err != nil {
			return err
		}
		var handlers []http.Handler
		for _, peer := range peers {
			wrap, err := peer.wrap(c.config)
			if err != nil {
				return fmt.Errorf("%s: %s: %w", peer.name, c.name, err)
			}
			handlers = append(handlers, wrap(nothing))
		}
		serve := func(h http.Handler) func() {
			w := &writer{http.Header{}}
			return func() {
				clear(w.header)
				h.ServeHTTP(w, c.request)
			}
		}
		request := policy.Request{
			Method: c.request.Method, Origin: c.request.Header.Get("Origin"),
			RequestMethod: c.request.Header.Get("Access-Control-Request-Method"), RequestHeaders: c.request.Header.Get("Access-Control-Request-Headers"),
		}
		fs = append(fs, func() {
			d := p.Evaluate(request)
			if d.Kind() == policy.KindUnevaluated {
				panic("not evaluated")
			}
		})
		for _, h := range handlers {
			fs = append(fs, serve(hardCoded(h, c.request)), serve(h))
		}
		times := measure(runs, fs)
		fmt.Printf("%-40s %10.0f %10.1f", c.name, times[1], times[0])
		for i := range peers {
			own, floor := times[2+2*i], times[1+2*i]
			fmt.Printf(" %12.0f", own)
			evaluate[i].add(times[0] / own)
			// Each against the floor of its own answer.
			above[i].add(max(times[2]-times[1], 1) / max(own-floor, 1))
		}
		fmt.Println()
	}
	fmt.Println()
	for i, p := range peers[1:] {
		fmt.Printf("Evaluate to all of %s, geometric mean: %.2f\n", p.name, evaluate[i+1].value())
		fmt.Printf("time above a hard-coded handler, to that of %s, geometric mean: %.2f\n", p.name, above[i+1].value())
	}
	fmt.Println()
	return nil
}

func construction(runs int) error {
	c := config{credentials: true, methods: []string{"PUT"}, headers: []string{"Content-Type", "X-Foo"}, maxAge: 600}
	for i := range 1000 {
		c.origins = append(c.origins, fmt.Sprintf("https://tenant-%06d.example.com", i))
	}
	var fs []func()
	for _, p := range peers {
		fs = append(fs, func() {
			if _, err := p.wrap(c); err != nil {
				panic(err)
			}
		})
	}
	for i, t := range measure(runs, fs) {
		fmt.Printf("a policy of 1,000 origins, %s: %.0f µs\n", peers[i].name, t/1000)
	}
	return nil
}
