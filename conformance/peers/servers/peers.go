package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"

	connectcors "connectrpc.com/cors"
	hertz "github.com/cloudwego/hertz/pkg/app"
	"github.com/cloudwego/hertz/pkg/app/server"
	"github.com/cloudwego/hertz/pkg/common/hlog"
	"github.com/cloudwego/hertz/pkg/network/standard"
	gincors "github.com/gin-contrib/cors"
	"github.com/gin-gonic/gin"
	chicors "github.com/go-chi/cors"
	"github.com/gofiber/fiber/v3"
	fibercors "github.com/gofiber/fiber/v3/middleware/cors"
	"github.com/gorilla/handlers"
	hertzcors "github.com/hertz-contrib/cors"
	jub0bscors "github.com/jub0bs/cors"
	"github.com/labstack/echo/v5"
	"github.com/labstack/echo/v5/middleware"
	rscors "github.com/rs/cors"

	"github.com/corspec/corspec/policy"
	"github.com/corspec/corspec/policy/policyhttp"
)

// application is what all servers have behind their CORS middleware, for net/http.
func application(a app) http.Handler {
	mux := http.NewServeMux()
	items := func(w http.ResponseWriter, _ *http.Request) {
		a.run()
		for name, value := range a.headers {
			w.Header().Set(name, value)
		}
		io.WriteString(w, "items")
	}
	for _, method := range []string{"GET", "POST", "PUT"} { // GET is HEAD, too
		mux.HandleFunc(method+" /{$}", items)
	}
	return mux
}

// over is a peer for net/http: a function that wraps a handler.
func over(wrap func(policy.Config) (func(http.Handler) http.Handler, error)) func(policy.Config, app) (any, func(), error) {
	return func(c policy.Config, a app) (any, func(), error) {
		w, err := wrap(c)
		if err != nil || w == nil {
			return nil, nil, err
		}
		return w(application(a)), nil, nil
	}
}

// rsOptions are those of rs/cors's README.
func rsOptions(c policy.Config) rscors.Options {
	return rscors.Options{AllowedOrigins: c.Origins, AllowCredentials: c.Credentials, AllowedMethods: methods(c), AllowedHeaders: c.RequestHeaders, ExposedHeaders: c.ExposeHeaders}
}

// peers are asked in this order.
var peers = []peer{
	{name: "corspec", module: "github.com/corspec/corspec", start: over(func(c policy.Config) (func(http.Handler) http.Handler, error) {
		m, err := policyhttp.New(c)
		if err != nil {
			return nil, err
		}
		return m.Wrap, nil
	})},
	{name: "rs/cors", module: "github.com/rs/cors", start: over(func(c policy.Config) (func(http.Handler) http.Handler, error) {
		return rscors.New(rsOptions(c)).Handler, nil
	})},
	{name: "jub0bs/cors", module: "github.com/jub0bs/cors", start: over(func(c policy.Config) (func(http.Handler) http.Handler, error) {
		m, err := jub0bscors.NewMiddleware(jub0bscors.Config{Origins: c.Origins, Credentialed: c.Credentials, Methods: c.Methods, RequestHeaders: c.RequestHeaders, ResponseHeaders: c.ExposeHeaders})
		if err != nil {
			return nil, err
		}
		return m.Wrap, nil
	})},
	// The lists are Connect's, which is what it is for; the scenario's are added as its documentation says.
	{name: "connectrpc.com/cors, with rs/cors", module: "connectrpc.com/cors", meant: func(c policy.Config) policy.Config {
		c.RequestHeaders = append(connectcors.AllowedHeaders(), c.RequestHeaders...)
		c.ExposeHeaders = append(connectcors.ExposedHeaders(), c.ExposeHeaders...)
		return c
	}, start: over(func(c policy.Config) (func(http.Handler) http.Handler, error) {
		o := rsOptions(c)
		o.AllowedMethods = append(connectcors.AllowedMethods(), o.AllowedMethods...)
		return rscors.New(o).Handler, nil
	})},
	{name: "go-chi/cors", module: "github.com/go-chi/cors", start: over(func(c policy.Config) (func(http.Handler) http.Handler, error) {
		return chicors.Handler(chicors.Options{AllowedOrigins: c.Origins, AllowCredentials: c.Credentials, AllowedMethods: methods(c), AllowedHeaders: c.RequestHeaders, ExposedHeaders: c.ExposeHeaders}), nil
	})},
	{name: "gorilla/handlers", module: "github.com/gorilla/handlers", start: over(func(c policy.Config) (func(http.Handler) http.Handler, error) {
		if hasPattern(c) {
			return nil, nil // a function of one's own is what it has
		}
		options := []handlers.CORSOption{handlers.AllowedOrigins(c.Origins), handlers.AllowedMethods(methods(c)), handlers.AllowedHeaders(c.RequestHeaders), handlers.ExposedHeaders(c.ExposeHeaders)}
		if c.Credentials {
			options = append(options, handlers.AllowCredentials())
		}
		return handlers.CORS(options...), nil
	})},
	{name: "gin-contrib/cors", module: "github.com/gin-contrib/cors", start: startGin},
	{name: "echo", module: "github.com/labstack/echo/v5", start: startEcho},
	{name: "fiber", module: "github.com/gofiber/fiber/v3", start: startFiber},
	{name: "hertz-contrib/cors", module: "github.com/hertz-contrib/cors", start: startHertz},
}

func hasPattern(c policy.Config) bool {
	return len(c.Origins) == 1 && c.Origins[0] == "https://*.tenant.example.com"
}

// refused makes an error of a panic, which is how some peers refuse a configuration.
func refused(err *error) {
	if p := recover(); p != nil {
		*err = fmt.Errorf("%v", p)
	}
}

func startGin(c policy.Config, a app) (handler any, stop func(), err error) {
	defer refused(&err)
	gin.SetMode(gin.ReleaseMode)
	g := gin.New()
	g.HandleMethodNotAllowed = true
	g.Use(gincors.New(gincors.Config{AllowOrigins: c.Origins, AllowWildcard: hasPattern(c), AllowCredentials: c.Credentials, AllowMethods: methods(c), AllowHeaders: c.RequestHeaders, ExposeHeaders: c.ExposeHeaders}))
	for _, method := range []string{"GET", "HEAD", "POST", "PUT"} {
		g.Handle(method, "/", func(c *gin.Context) {
			a.run()
			for name, value := range a.headers {
				c.Header(name, value)
			}
			c.String(http.StatusOK, "items")
		})
	}
	return g, nil, nil
}

func startEcho(c policy.Config, a app) (handler any, stop func(), err error) {
	if hasPattern(c) {
		return nil, nil, nil // a function of one's own is what it has
	}
	defer refused(&err)
	e := echo.New()
	e.Use(middleware.CORSWithConfig(middleware.CORSConfig{AllowOrigins: c.Origins, AllowCredentials: c.Credentials, AllowMethods: methods(c), AllowHeaders: c.RequestHeaders, ExposeHeaders: c.ExposeHeaders}))
	for _, method := range []string{"GET", "HEAD", "POST", "PUT"} {
		e.Add(method, "/", func(c *echo.Context) error {
			a.run()
			for name, value := range a.headers {
				c.Response().Header().Set(name, value)
			}
			return c.String(http.StatusOK, "items")
		})
	}
	return e, nil, nil
}

func startFiber(c policy.Config, a app) (url any, stop func(), err error) {
	defer refused(&err)
	f := fiber.New()
	f.Use(fibercors.New(fibercors.Config{AllowOrigins: c.Origins, AllowCredentials: c.Credentials, AllowMethods: methods(c), AllowHeaders: c.RequestHeaders, ExposeHeaders: c.ExposeHeaders}))
	items := func(c fiber.Ctx) error {
		a.run()
		for name, value := range a.headers {
			c.Set(name, value)
		}
		return c.SendString("items")
	}
	f.Get("/", items) // HEAD too
	f.Post("/", items)
	f.Put("/", items)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, nil, err
	}
	go f.Listener(l, fiber.ListenConfig{DisableStartupMessage: true})
	return "http://" + l.Addr().String(), func() { f.Shutdown() }, nil
}

func startHertz(c policy.Config, a app) (url any, stop func(), err error) {
	defer refused(&err)
	hlog.SetOutput(io.Discard)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, nil, err
	}
	h := server.New(server.WithListener(l), server.WithTransport(standard.NewTransporter), server.WithDisablePrintRoute(true), server.WithHandleMethodNotAllowed(true), server.WithExitWaitTime(0))
	h.Use(hertzcors.New(hertzcors.Config{AllowOrigins: c.Origins, AllowWildcard: hasPattern(c), AllowCredentials: c.Credentials, AllowMethods: methods(c), AllowHeaders: c.RequestHeaders, ExposeHeaders: c.ExposeHeaders}))
	for _, method := range []string{"GET", "HEAD", "POST", "PUT"} {
		h.Handle(method, "/", func(_ context.Context, c *hertz.RequestContext) {
			a.run()
			for name, value := range a.headers {
				c.Response.Header.Set(name, value)
			}
			c.String(http.StatusOK, "items")
		})
	}
	go h.Run()
	return "http://" + l.Addr().String(), func() { h.Close() }, nil
}
