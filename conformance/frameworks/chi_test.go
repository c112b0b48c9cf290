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

// otherChi is the framework's own middleware.
func otherChi(origins ...string) func(http.Handler) http.Handler {
	c := policyConfig(origins...)
	return chicors.Handler(chicors.Options{
		AllowedOrigins: c.Origins, AllowCredentials: true, AllowedMethods: append([]string{"GET", "HEAD", "POST"}, c.Methods...),
		AllowedHeaders: c.RequestHeaders, ExposedHeaders: c.ExposeHeaders,
	})
}

func chiMounts() []mount {
	none := func(next http.Handler) http.Handler { return next }
	return []mount{
		{"chi", "cors.Wrap(r)", kindPlain, false, nil, func(t *testing.T) string {
			return serve(t, middleware(t, appOrigin, partnerOrigin).Wrap(newChi(nil, middleware(t, appOrigin).Wrap)))
		}},
		{"chi", "r.Use(cors.Wrap)", kindPlain, false, nil, func(t *testing.T) string {
			return serve(t, newChi(middleware(t, appOrigin, partnerOrigin).Wrap, middleware(t, appOrigin).Wrap))
		}},
		{"chi", "cors.WrapOver(r)", kindOver, true, nil, func(t *testing.T) string {
			return serve(t, chooser(t).WrapOver(newChi(nil, none)))
		}},
		{"chi", "go-chi/cors", kindOther, false, nil, func(t *testing.T) string {
			return serve(t, newChi(otherChi(appOrigin, partnerOrigin), otherChi(appOrigin)))
		}},
	}
}
