package frameworks

import (
	"net/http"
	"testing"

	"github.com/go-chi/chi/v5"
	chimiddleware "github.com/go-chi/chi/v5/middleware"
	chicors "github.com/go-chi/cors"
)

// newChi has the application in a router of chi.
func newChi(use, inner func(http.Handler) http.Handler) http.Handler {
	r := chi.NewRouter()
	if use != nil {
		r.Use(use)
	}
	r.Use(recovers, chimiddleware.GetHead, chimiddleware.RedirectSlashes)
	r.Get("/items", items)
	r.Options("/items", items)
	r.Put("/items", created)
	r.Route("/inner", func(r chi.Router) {
		r.Use(inner)
		r.Get("/items", items)
	})
	r.Get("/error", fail)
	r.Get("/panic", panics)
	r.Get("/dir", directory) // and a redirect from /dir/
	r.Get("/stream", stream)
	r.Get("/own", own(total))
	r.Get("/own/spelled", own(total))
	r.Get("/own/error", own(fail))
	r.Get("/own/panic", own(panics))
	return r
}

func chiMounts() []mount {
	other := func(origins ...string) func(http.Handler) http.Handler {
		c := policyConfig(origins...)
		return chicors.Handler(chicors.Options{
			AllowedOrigins: c.Origins, AllowCredentials: true, AllowedMethods: append([]string{"GET", "HEAD", "POST"}, c.Methods...),
			AllowedHeaders: c.RequestHeaders, ExposedHeaders: c.ExposeHeaders,
		})
	}
	return []mount{
		mount{"chi", "cors.Wrap(r)", kindPlain, func(t *testing.T) string {
			return serve(t, middleware(t, app, partner).Wrap(newChi(nil, middleware(t, app).Wrap)))
		}},
		mount{"chi", "r.Use(cors.Wrap)", kindPlain, func(t *testing.T) string {
			return serve(t, newChi(middleware(t, app, partner).Wrap, middleware(t, app).Wrap))
		}},
		mount{"chi", "go-chi/cors", kindOther, func(t *testing.T) string {
			return serve(t, newChi(other(app, partner), other(app)))
		}},
	}
}
