package frameworks

import (
	"io"
	"log"
	"log/slog"
	"net/http"
	"testing"
	"time"

	"github.com/corspec/corspec/policy"
	"github.com/corspec/corspec/policy/policyhttp"
)

var (
	discard = log.New(io.Discard, "", 0)
	quiet   = slog.New(slog.DiscardHandler)
)

// ownHeaders are CORS headers that allow everybody, in the usual spelling or in another.
func ownHeaders(from string, spelled bool) [][2]string {
	if from == "" {
		from = "*"
	}
	if spelled {
		return [][2]string{{"access-control-allow-origin", from}, {"ACCESS-CONTROL-ALLOW-CREDENTIALS", "true"}, {"access-control-expose-headers", "x-total"}, {"vary", "Accept-Encoding"}}
	}
	return [][2]string{{"Access-Control-Allow-Origin", from}, {"Access-Control-Allow-Credentials", "true"}, {"Access-Control-Expose-Headers", "X-Total"}, {"Vary", "Accept-Encoding"}}
}

func items(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("X-Total", "3")
	if r.Method == "OPTIONS" {
		return
	}
	w.Header().Add("Vary", "Accept-Encoding")
	if r.Method != "HEAD" {
		io.WriteString(w, "items")
	}
}

func created(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusCreated) }

func fail(w http.ResponseWriter, r *http.Request) { http.Error(w, "a teapot", teapot) }

func panics(w http.ResponseWriter, r *http.Request) { panic("the handler") }

func directory(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "directory") }

func stream(w http.ResponseWriter, r *http.Request) {
	io.WriteString(w, "one")
	http.NewResponseController(w).Flush()
	io.WriteString(w, "two")
}

// own sets CORS headers of its own, and then does what next does.
func own(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		for _, h := range ownHeaders(r.Header.Get("Origin"), r.URL.Path == "/own/spelled") {
			delete(w.Header(), "Vary")
			w.Header()[h[0]] = []string{h[1]}
		}
		next(w, r)
	}
}

// total is what own does where it does not fail.
func total(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("X-Total", "3")
	io.WriteString(w, "own")
}

// recovers answers panics with status 500.
func recovers(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			if recover() != nil {
				w.WriteHeader(http.StatusInternalServerError)
			}
		}()
		next.ServeHTTP(w, r)
	})
}

// newMux has the application in a mux of net/http.
func newMux(inner func(http.Handler) http.Handler) *http.ServeMux {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /items", items) // HEAD too
	mux.HandleFunc("OPTIONS /items", items)
	mux.HandleFunc("PUT /items", created)
	mux.Handle("GET /inner/items", inner(http.HandlerFunc(items)))
	mux.HandleFunc("GET /error", fail)
	mux.HandleFunc("GET /panic", panics)
	mux.HandleFunc("GET /dir/", directory) // and a redirect from /dir
	mux.HandleFunc("GET /stream", stream)
	mux.HandleFunc("GET /own", own(total))
	mux.HandleFunc("GET /own/spelled", own(total))
	mux.HandleFunc("GET /own/error", own(fail))
	mux.HandleFunc("GET /own/panic", own(panics))
	return mux
}

func netHTTPMounts() []mount {
	none := func(next http.Handler) http.Handler { return next }
	return []mount{
		{"net/http", "cors.Wrap(mux)", kindPlain, false, nil, func(t *testing.T) string {
			return serve(t, middleware(t, appOrigin, partnerOrigin).Wrap(recovers(newMux(middleware(t, appOrigin).Wrap))))
		}},
		{"net/http", "cors.WrapOver(mux)", kindOver, true, nil, func(t *testing.T) string {
			mux := newMux(none)
			whole := newPolicy(t, appOrigin, partnerOrigin)
			policies := map[string]*policy.Policy{"": whole, "GET /inner/items": newPolicy(t, appOrigin)}
			for _, pattern := range []string{
				"GET /items", "OPTIONS /items", "PUT /items", "GET /error", "GET /panic", "GET /dir/", "GET /stream", "GET /own", "GET /own/spelled", "GET /own/error", "GET /own/panic",
			} {
				policies[pattern] = whole
			}
			return serve(t, recovers(policyhttp.NewSelect(policyhttp.ByPattern(mux, policies)).WrapOver(mux)))
		}},
		{"net/http", "http.TimeoutHandler inside", kindOver, true, nil, func(t *testing.T) string {
			return serve(t, chooser(t).WrapOver(http.TimeoutHandler(recovers(newMux(none)), time.Minute, "")))
		}},
	}
}
