package frameworks

import (
	"net/http"
	"testing"

	"github.com/labstack/echo/v5"
	echomiddleware "github.com/labstack/echo/v5/middleware"

	"github.com/corspec/corspec/conformance/frameworks/probes"
)

// newEcho has the application in echo.
func newEcho(pre, use, inner echo.MiddlewareFunc) *echo.Echo {
	e := echo.New()
	e.Logger = probes.Quiet
	if pre != nil {
		e.Pre(pre)
	}
	e.Pre(echomiddleware.AddTrailingSlashWithConfig(echomiddleware.AddTrailingSlashConfig{
		RedirectCode: http.StatusMovedPermanently,
		Skipper:      func(c *echo.Context) bool { return c.Request().URL.Path != "/dir" },
	}))
	if use != nil {
		e.Use(use)
	}
	e.Use(echomiddleware.Recover())
	items := echo.WrapHandler(http.HandlerFunc(probes.Items))
	e.GET("/items", items)
	e.HEAD("/items", items)
	e.OPTIONS("/items", items)
	e.PUT("/items", func(c *echo.Context) error { return c.NoContent(http.StatusCreated) })
	e.Group("/inner", inner).GET("/items", items)
	fail := func(c *echo.Context) error { return echo.NewHTTPError(probes.Teapot, "a teapot") }
	panics := func(c *echo.Context) error { panic("the handler") }
	e.GET("/error", fail)
	e.GET("/panic", panics)
	e.GET("/dir/", func(c *echo.Context) error { return c.String(http.StatusOK, "directory") })
	e.GET("/stream", echo.WrapHandler(http.HandlerFunc(probes.Stream)))
	own := func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c *echo.Context) error {
			for _, h := range probes.OwnHeaders(c.Request().Header.Get("Origin"), c.Request().URL.Path == "/own/spelled") {
				delete(c.Response().Header(), "Vary")
				c.Response().Header()[h[0]] = []string{h[1]}
			}
			return next(c)
		}
	}
	total := echo.WrapHandler(http.HandlerFunc(probes.Total))
	e.GET("/own", total, own)
	e.GET("/own/spelled", total, own)
	e.GET("/own/error", fail, own)
	e.GET("/own/panic", panics, own)
	return e
}

// otherEcho is the framework's own middleware.
func otherEcho(origins ...string) echo.MiddlewareFunc {
	c := probes.Config(origins...)
	return echomiddleware.CORSWithConfig(echomiddleware.CORSConfig{
		AllowOrigins: c.Origins, AllowCredentials: true, AllowMethods: append([]string{"GET", "HEAD", "POST"}, c.Methods...),
		AllowHeaders: c.RequestHeaders, ExposeHeaders: c.ExposeHeaders,
	})
}

func echoMounts() []probes.Mount {
	none := func(next echo.HandlerFunc) echo.HandlerFunc { return next }
	return []probes.Mount{
		{Framework: "echo", Name: "cors.Wrap(e)", Kind: probes.KindPlain, Start: func(t *testing.T) string {
			return probes.Serve(t, probes.Middleware(t, probes.App, probes.Partner).Wrap(newEcho(nil, nil, Echo(probes.Middleware(t, probes.App)))))
		}},
		{Framework: "echo", Name: "e.Pre(Echo(cors))", Kind: probes.KindPlain, Start: func(t *testing.T) string {
			return probes.Serve(t, newEcho(Echo(probes.Middleware(t, probes.App, probes.Partner)), nil, Echo(probes.Middleware(t, probes.App))))
		}},
		{Framework: "echo", Name: "cors.WrapOver(e)", Kind: probes.KindOver, Chooses: true, Start: func(t *testing.T) string {
			return probes.Serve(t, probes.Chooser(t).WrapOver(newEcho(nil, nil, none)))
		}},
		{Framework: "echo", Name: "e.Pre(echo.WrapMiddleware(cors.WrapOver))", Kind: probes.KindOver, Chooses: true, Start: func(t *testing.T) string {
			return probes.Serve(t, newEcho(echo.WrapMiddleware(probes.Chooser(t).WrapOver), nil, none))
		}},
		{Framework: "echo", Name: "e.Use(Echo(cors))", Kind: probes.KindOther, Start: func(t *testing.T) string {
			return probes.Serve(t, newEcho(nil, Echo(probes.Middleware(t, probes.App, probes.Partner)), Echo(probes.Middleware(t, probes.App))))
		}},
		{Framework: "echo", Name: "e.Use(middleware.CORS)", Kind: probes.KindOther, Start: func(t *testing.T) string {
			return probes.Serve(t, newEcho(nil, otherEcho(probes.App, probes.Partner), otherEcho(probes.App)))
		}},
	}
}
