package frameworks

import (
	"net/http"
	"testing"

	"github.com/go-chi/chi/v5"
	chimiddleware "github.com/go-chi/chi/v5/middleware"
	chicors "github.com/go-chi/cors"

	"github.com/corspec/corspec/conformance/frameworks/probes"
)

// newChi has the application in a router of chi.
func newChi(use, inner func(http.Handler) http.Handler) http.Handler {
	r := chi.NewRouter()
	if use != nil {
		r.Use(use)
	}
	r.Use(probes.Recovers, chimiddleware.GetHead, chimiddleware.RedirectSlashes)
	r.Get("/items", probes.Items)
	r.Options("/items", probes.Items)
	r.Put("/items", probes.Created)
	r.Route("/inner", func(r chi.Router) {
		r.Use(inner)
		r.Get("/items", probes.Items)
	})
	r.Get("/error", probes.Fail)
	r.Get("/panic", probes.Panics)
	r.Get("/dir", probes.Directory) // and a redirect from /dir/
	r.Get("/stream", probes.Stream)
	r.Get("/own", probes.Own(probes.Total))
	r.Get("/own/spelled", probes.Own(probes.Total))
	r.Get("/own/error", probes.Own(probes.Fail))
	r.Get("/own/panic", probes.Own(probes.Panics))
	return r
}

// otherChi is the framework's own middleware.
func otherChi(origins ...string) func(http.Handler) http.Handler {
	c := probes.Config(origins...)
	return chicors.Handler(chicors.Options{
		AllowedOrigins: c.Origins, AllowCredentials: true, AllowedMethods: append([]string{"GET", "HEAD", "POST"}, c.Methods...),
		AllowedHeaders: c.RequestHeaders, ExposedHeaders: c.ExposeHeaders,
	})
}

func chiMounts() []probes.Mount {
	none := func(next http.Handler) http.Handler { return next }
	return []probes.Mount{
		{Framework: "chi", Name: "cors.Wrap(r)", Kind: probes.KindPlain, Start: func(t *testing.T) string {
			return probes.Serve(t, probes.Middleware(t, probes.App, probes.Partner).Wrap(newChi(nil, probes.Middleware(t, probes.App).Wrap)))
		}},
		{Framework: "chi", Name: "r.Use(cors.Wrap)", Kind: probes.KindPlain, Start: func(t *testing.T) string {
			return probes.Serve(t, newChi(probes.Middleware(t, probes.App, probes.Partner).Wrap, probes.Middleware(t, probes.App).Wrap))
		}},
		{Framework: "chi", Name: "cors.WrapOver(r)", Kind: probes.KindOver, Chooses: true, Start: func(t *testing.T) string {
			return probes.Serve(t, probes.Chooser(t).WrapOver(newChi(nil, none)))
		}},
		{Framework: "chi", Name: "go-chi/cors", Kind: probes.KindOther, Start: func(t *testing.T) string {
			return probes.Serve(t, newChi(otherChi(probes.App, probes.Partner), otherChi(probes.App)))
		}},
	}
}
