package frameworks

import (
	"io"
	"net/http"
	"testing"

	gincors "github.com/gin-contrib/cors"
	"github.com/gin-gonic/gin"
)

// newGin has the application in an engine of gin.
func newGin(use, inner gin.HandlerFunc) *gin.Engine {
	gin.SetMode(gin.ReleaseMode)
	engine := gin.New()
	engine.HandleMethodNotAllowed = true
	if use != nil {
		engine.Use(use)
	}
	engine.Use(gin.RecoveryWithWriter(io.Discard))
	items := gin.WrapF(items)
	engine.GET("/items", items)
	engine.HEAD("/items", items)
	engine.OPTIONS("/items", items)
	engine.PUT("/items", func(c *gin.Context) { c.Status(http.StatusCreated) })
	engine.Group("/inner", inner).GET("/items", items)
	fail := func(c *gin.Context) { c.AbortWithError(teapot, io.ErrUnexpectedEOF) }
	panics := func(c *gin.Context) { panic("the handler") }
	engine.GET("/error", fail)
	engine.GET("/panic", panics)
	engine.GET("/dir/", func(c *gin.Context) { c.String(http.StatusOK, "directory") })
	engine.GET("/stream", gin.WrapF(stream))
	own := func(c *gin.Context) {
		for _, h := range ownHeaders(c.GetHeader("Origin"), c.Request.URL.Path == "/own/spelled") {
			delete(c.Writer.Header(), "Vary")
			c.Writer.Header()[h[0]] = []string{h[1]}
		}
	}
	total := gin.WrapF(total)
	engine.GET("/own", own, total)
	engine.GET("/own/spelled", own, total)
	engine.GET("/own/error", own, fail)
	engine.GET("/own/panic", own, panics)
	return engine
}

// otherGin is the framework's own middleware.
func otherGin(origins ...string) gin.HandlerFunc {
	c := policyConfig(origins...)
	return gincors.New(gincors.Config{
		AllowOrigins: c.Origins, AllowCredentials: true, AllowMethods: append([]string{"GET", "HEAD", "POST"}, c.Methods...),
		AllowHeaders: c.RequestHeaders, ExposeHeaders: c.ExposeHeaders,
	})
}

func ginMounts() []mount {
	none := func(*gin.Context) {}
	return []mount{
		{"gin", "cors.Wrap(engine)", kindPlain, false, nil, func(t *testing.T) string {
			return serve(t, middleware(t, appOrigin, partnerOrigin).Wrap(newGin(nil, Gin(middleware(t, appOrigin)))))
		}},
		{"gin", "cors.WrapOver(engine)", kindOver, true, nil, func(t *testing.T) string {
			return serve(t, chooser(t).WrapOver(newGin(nil, none)))
		}},
		{"gin", "engine.Use(Gin(cors))", kindOther, false, nil, func(t *testing.T) string {
			return serve(t, newGin(Gin(middleware(t, appOrigin, partnerOrigin)), Gin(middleware(t, appOrigin))))
		}},
		{"gin", "gin-contrib/cors", kindOther, false, nil, func(t *testing.T) string {
			return serve(t, newGin(otherGin(appOrigin, partnerOrigin), otherGin(appOrigin)))
		}},
	}
}
