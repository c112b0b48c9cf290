package main

import (
	"net/http"
	"time"

	"github.com/gin-contrib/cors"
	"github.com/gin-gonic/gin"
	chicors "github.com/go-chi/cors"
	jub0bscors "github.com/jub0bs/cors"
	rscors "github.com/rs/cors"

	"github.com/corspec/corspec/policy"
	"github.com/corspec/corspec/policy/policyhttp"
)

// config is what all peers are configured with.
type config struct {
	origins     []string
	credentials bool
	methods     []string // besides GET, HEAD and POST
	headers     []string
	maxAge      int // seconds; 0 leaves it to the browser
}

// safelistedMethods are what a page may always do, and what some peers allow only if they are listed.
var safelistedMethods = []string{"GET", "HEAD", "POST"}

// A peer puts its middleware around an application.
type peer struct {
	name string
	wrap func(config, http.Handler) (http.Handler, error)

	// host puts an application without CORS where the peer's middleware would stand, if that is not net/http.
	host func(http.Handler) http.Handler
}

// peers are measured in this order. The first is corspec.
var peers = []peer{
	{name: "corspec", wrap: func(c config, next http.Handler) (http.Handler, error) {
		m, err := policyhttp.New(policyConfig(c))
		if err != nil {
			return nil, err
		}
		return m.Wrap(next), nil
	}},
	{name: "rs/cors", wrap: func(c config, next http.Handler) (http.Handler, error) {
		return rscors.New(rscors.Options{
			AllowedOrigins: c.origins, AllowCredentials: c.credentials, AllowedMethods: append(safelistedMethods[:3:3], c.methods...), AllowedHeaders: c.headers, MaxAge: c.maxAge,
		}).Handler(next), nil
	}},
	{name: "jub0bs/cors", wrap: func(c config, next http.Handler) (http.Handler, error) {
		m, err := jub0bscors.NewMiddleware(jub0bscors.Config{
			Origins: c.origins, Credentialed: c.credentials, Methods: c.methods, RequestHeaders: c.headers, MaxAgeInSeconds: c.maxAge,
		})
		if err != nil {
			return nil, err
		}
		return m.Wrap(next), nil
	}},
	{name: "go-chi/cors", wrap: func(c config, next http.Handler) (http.Handler, error) {
		return chicors.Handler(chicors.Options{
			AllowedOrigins: c.origins, AllowCredentials: c.credentials, AllowedMethods: append(safelistedMethods[:3:3], c.methods...), AllowedHeaders: c.headers, MaxAge: c.maxAge,
		})(next), nil
	}},
	{name: "gin-contrib/cors", host: func(next http.Handler) http.Handler { return engine(nil, next) }, wrap: func(c config, next http.Handler) (http.Handler, error) {
		o := cors.Config{
			AllowOrigins: c.origins, AllowWildcard: true, AllowCredentials: c.credentials, AllowMethods: append(safelistedMethods[:3:3], c.methods...), AllowHeaders: c.headers,
			MaxAge: time.Duration(c.maxAge) * time.Second,
		}
		if err := o.Validate(); err != nil {
			return nil, err
		}
		return engine(cors.New(o), next), nil
	}},
}

// engine makes a gin engine that has the middleware, if any, before the application.
func engine(middleware gin.HandlerFunc, next http.Handler) http.Handler {
	gin.SetMode(gin.ReleaseMode)
	e := gin.New()
	if middleware != nil {
		e.Use(middleware)
	}
	e.Any("/*path", gin.WrapH(next))
	return e
}

func policyConfig(c config) policy.Config {
	out := policy.Config{Origins: c.origins, Credentials: c.credentials, Methods: c.methods, RequestHeaders: c.headers}
	if c.maxAge > 0 {
		out.MaxAge = &c.maxAge
	}
	return out
}
