package frameworks

import (
	"io"
	"net/http"
	"testing"

	gincors "github.com/gin-contrib/cors"
	"github.com/gin-gonic/gin"

	"github.com/corspec/corspec/conformance/frameworks/probes"
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
	items := gin.WrapF(probes.Items)
	engine.GET("/items", items)
	engine.HEAD("/items", items)
	engine.OPTIONS("/items", items)
	engine.PUT("/items", func(c *gin.Context) { c.Status(http.StatusCreated) })
	engine.Group("/inner", inner).GET("/items", items)
	fail := func(c *gin.Context) { c.AbortWithError(probes.Teapot, io.ErrUnexpectedEOF) }
	panics := func(c *gin.Context) { panic("the handler") }
	engine.GET("/error", fail)
	engine.GET("/panic", panics)
	engine.GET("/dir/", func(c *gin.Context) { c.String(http.StatusOK, "directory") })
	engine.GET("/stream", func(c *gin.Context) {
		parts := []string{"one", "two"}
		c.Stream(func(w io.Writer) bool {
			io.WriteString(w, parts[0])
			parts = parts[1:]
			return len(parts) > 0
		})
	})
	own := func(c *gin.Context) {
		for _, h := range probes.OwnHeaders(c.GetHeader("Origin"), c.Request.URL.Path == "/own/spelled") {
			delete(c.Writer.Header(), "Vary")
			c.Writer.Header()[h[0]] = []string{h[1]}
		}
	}
	total := gin.WrapF(probes.Total)
	engine.GET("/own", own, total)
	engine.GET("/own/spelled", own, total)
	engine.GET("/own/error", own, fail)
	engine.GET("/own/panic", own, panics)
	return engine
}

// otherGin is the framework's own middleware.
func otherGin(origins ...string) gin.HandlerFunc {
	c := probes.Config(origins...)
	return gincors.New(gincors.Config{
		AllowOrigins: c.Origins, AllowCredentials: true, AllowMethods: append([]string{"GET", "HEAD", "POST"}, c.Methods...),
		AllowHeaders: c.RequestHeaders, ExposeHeaders: c.ExposeHeaders,
	})
}

func ginMounts() []probes.Mount {
	none := func(*gin.Context) {}
	return []probes.Mount{
		{Framework: "gin", Name: "cors.Wrap(engine)", Kind: probes.KindPlain, Start: func(t *testing.T) string {
			return probes.Serve(t, probes.Middleware(t, probes.App, probes.Partner).Wrap(newGin(nil, Gin(probes.Middleware(t, probes.App)))))
		}},
		{Framework: "gin", Name: "cors.WrapOver(engine)", Kind: probes.KindOver, Chooses: true, Start: func(t *testing.T) string {
			return probes.Serve(t, probes.Chooser(t).WrapOver(newGin(nil, none)))
		}},
		{Framework: "gin", Name: "engine.Use(Gin(cors))", Kind: probes.KindOther, Start: func(t *testing.T) string {
			return probes.Serve(t, newGin(Gin(probes.Middleware(t, probes.App, probes.Partner)), Gin(probes.Middleware(t, probes.App))))
		}},
		{Framework: "gin", Name: "gin-contrib/cors", Kind: probes.KindOther, Start: func(t *testing.T) string {
			return probes.Serve(t, newGin(otherGin(probes.App, probes.Partner), otherGin(probes.App)))
		}},
	}
}
