package frameworks

import (
	"net/http"
	"testing"

	"github.com/labstack/echo/v5"
	echomiddleware "github.com/labstack/echo/v5/middleware"
)

// newEcho has the application in echo.
func newEcho(pre, use, inner echo.MiddlewareFunc) *echo.Echo {
	e := echo.New()
	e.Logger = quiet
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
	items := echo.WrapHandler(http.HandlerFunc(items))
	e.GET("/items", items)
	e.HEAD("/items", items)
	e.OPTIONS("/items", items)
	e.PUT("/items", func(c *echo.Context) error { return c.NoContent(http.StatusCreated) })
	e.Group("/inner", inner).GET("/items", items)
	fail := func(c *echo.Context) error { return echo.NewHTTPError(teapot, "a teapot") }
	panics := func(c *echo.Context) error { panic("the handler") }
	e.GET("/error", fail)
	e.GET("/panic", panics)
	e.GET("/dir/", func(c *echo.Context) error { return c.String(http.StatusOK, "directory") })
	e.GET("/stream", echo.WrapHandler(http.HandlerFunc(stream)))
	own := func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c *echo.Context) error {
			for _, h := range ownHeaders(c.Request().Header.Get("Origin"), c.Request().URL.Path == "/own/spelled") {
				delete(c.Response().Header(), "Vary")
				c.Response().Header()[h[0]] = []string{h[1]}
			}
			return next(c)
		}
	}
	total := echo.WrapHandler(http.HandlerFunc(total))
	e.GET("/own", total, own)
	e.GET("/own/spelled", total, own)
	e.GET("/own/error", fail, own)
	e.GET("/own/panic", panics, own)
	return e
}

// otherEcho is the framework's own middleware.
func otherEcho(origins ...string) echo.MiddlewareFunc {
	c := policyConfig(origins...)
	return echomiddleware.CORSWithConfig(echomiddleware.CORSConfig{
		AllowOrigins: c.Origins, AllowCredentials: true, AllowMethods: append([]string{"GET", "HEAD", "POST"}, c.Methods...),
		AllowHeaders: c.RequestHeaders, ExposeHeaders: c.ExposeHeaders,
	})
}

func echoMounts() []mount {
	none := func(next echo.HandlerFunc) echo.HandlerFunc { return next }
	return []mount{
		{"echo", "cors.Wrap(e)", kindPlain, false, nil, func(t *testing.T) string {
			return serve(t, middleware(t, appOrigin, partnerOrigin).Wrap(newEcho(nil, nil, Echo(middleware(t, appOrigin)))))
		}},
		{"echo", "e.Pre(Echo(cors))", kindPlain, false, nil, func(t *testing.T) string {
			return serve(t, newEcho(Echo(middleware(t, appOrigin, partnerOrigin)), nil, Echo(middleware(t, appOrigin))))
		}},
		{"echo", "cors.WrapOver(e)", kindOver, true, nil, func(t *testing.T) string {
			return serve(t, chooser(t).WrapOver(newEcho(nil, nil, none)))
		}},
		{"echo", "e.Pre(echo.WrapMiddleware(cors.WrapOver))", kindOver, true, nil, func(t *testing.T) string {
			return serve(t, newEcho(echo.WrapMiddleware(chooser(t).WrapOver), nil, none))
		}},
		{"echo", "e.Use(Echo(cors))", kindOther, false, nil, func(t *testing.T) string {
			return serve(t, newEcho(nil, Echo(middleware(t, appOrigin, partnerOrigin)), Echo(middleware(t, appOrigin))))
		}},
		{"echo", "e.Use(middleware.CORS)", kindOther, false, nil, func(t *testing.T) string {
			return serve(t, newEcho(nil, otherEcho(appOrigin, partnerOrigin), otherEcho(appOrigin)))
		}},
	}
}
