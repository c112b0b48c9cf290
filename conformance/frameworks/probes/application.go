package probes

import (
	"io"
	"net/http"
)

// OwnHeaders are CORS headers that allow everybody, in the usual spelling or in another.
func OwnHeaders(from string, spelled bool) [][2]string {
	if from == "" {
		from = "*"
	}
	if spelled {
		return [][2]string{{"access-control-allow-origin", from}, {"ACCESS-CONTROL-ALLOW-CREDENTIALS", "true"}, {"access-control-expose-headers", "x-total"}, {"vary", "Accept-Encoding"}}
	}
	return [][2]string{{"Access-Control-Allow-Origin", from}, {"Access-Control-Allow-Credentials", "true"}, {"Access-Control-Expose-Headers", "X-Total"}, {"Vary", "Accept-Encoding"}}
}

// Items answers requests for /items.
func Items(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("X-Total", "3")
	if r.Method == "OPTIONS" {
		return
	}
	w.Header().Add("Vary", "Accept-Encoding")
	if r.Method != "HEAD" {
		io.WriteString(w, "items")
	}
}

// Created answers with status 201.
func Created(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusCreated) }

// Fail answers with an error.
func Fail(w http.ResponseWriter, r *http.Request) { http.Error(w, "a teapot", Teapot) }

// Panics panics.
func Panics(w http.ResponseWriter, r *http.Request) { panic("the handler") }

// Directory answers where redirects lead.
func Directory(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "directory") }

// Stream answers in two parts.
func Stream(w http.ResponseWriter, r *http.Request) {
	io.WriteString(w, "one")
	http.NewResponseController(w).Flush()
	io.WriteString(w, "two")
}

// Own sets CORS headers of its own, and then does what next does.
func Own(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		for _, h := range OwnHeaders(r.Header.Get("Origin"), r.URL.Path == "/own/spelled") {
			delete(w.Header(), "Vary")
			w.Header()[h[0]] = []string{h[1]}
		}
		next(w, r)
	}
}

// Total is what own does where it does not fail.
func Total(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("X-Total", "3")
	io.WriteString(w, "own")
}

// Recovers answers panics with status 500.
func Recovers(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			if recover() != nil {
				w.WriteHeader(http.StatusInternalServerError)
			}
		}()
		next.ServeHTTP(w, r)
	})
}

// Mux has the application in a mux of net/http.
func Mux(inner func(http.Handler) http.Handler) *http.ServeMux {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /items", Items) // HEAD too
	mux.HandleFunc("OPTIONS /items", Items)
	mux.HandleFunc("PUT /items", Created)
	mux.Handle("GET /inner/items", inner(http.HandlerFunc(Items)))
	mux.HandleFunc("GET /error", Fail)
	mux.HandleFunc("GET /panic", Panics)
	mux.HandleFunc("GET /dir/", Directory) // and a redirect from /dir
	mux.HandleFunc("GET /stream", Stream)
	mux.HandleFunc("GET /own", Own(Total))
	mux.HandleFunc("GET /own/spelled", Own(Total))
	mux.HandleFunc("GET /own/error", Own(Fail))
	mux.HandleFunc("GET /own/panic", Own(Panics))
	return mux
}

// Upstream has the application in a mux, and allows every origin everything, with credentials, in all responses and
// also to preflights; it sends early hints.
func Upstream() http.Handler {
	mux := Recovers(Mux(func(next http.Handler) http.Handler { return next }))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for _, h := range OwnHeaders(r.Header.Get("Origin"), false) {
			if h[0] != "Vary" {
				w.Header().Set(h[0], h[1])
			}
		}
		if r.Method == "OPTIONS" && r.Header.Get("Access-Control-Request-Method") != "" && r.Header.Get("Origin") != "" {
			w.Header().Set("Access-Control-Allow-Methods", "*")
			w.WriteHeader(http.StatusNoContent)
			return
		}
		w.Header().Set("Link", "</style.css>; rel=preload")
		w.WriteHeader(http.StatusEarlyHints)
		mux.ServeHTTP(w, r)
	})
}
