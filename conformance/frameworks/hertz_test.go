package frameworks

import (
	"context"
	"io"
	"testing"
	"time"

	hertzapp "github.com/cloudwego/hertz/pkg/app"
	"github.com/cloudwego/hertz/pkg/app/middlewares/server/recovery"
	"github.com/cloudwego/hertz/pkg/app/server"
	"github.com/cloudwego/hertz/pkg/common/hlog"
	"github.com/cloudwego/hertz/pkg/network/standard"
	"github.com/cloudwego/hertz/pkg/protocol/http1/resp"
	hertzcors "github.com/hertz-contrib/cors"

	"github.com/corspec/corspec/conformance/frameworks/probes"
)

// newHertz has the application in hertz.
func newHertz(t *testing.T, redirects bool, use, inner hertzapp.HandlerFunc) string {
	t.Helper()
	hlog.SetOutput(io.Discard)
	l := probes.Listen(t)
	h := server.New(
		server.WithListener(l), server.WithTransport(standard.NewTransporter), server.WithDisablePrintRoute(true),
		server.WithHandleMethodNotAllowed(true), server.WithExitWaitTime(0),
		server.WithRedirectTrailingSlash(redirects),
	)
	h.Use(use)
	h.Use(recovery.Recovery())
	items := func(_ context.Context, c *hertzapp.RequestContext) {
		c.Response.Header.Set("X-Total", "3")
		if string(c.Method()) != "OPTIONS" {
			c.Response.Header.Add("Vary", "Accept-Encoding")
		}
		c.String(200, "items")
	}
	h.GET("/items", items)
	h.HEAD("/items", items)
	h.OPTIONS("/items", items)
	h.PUT("/items", func(_ context.Context, c *hertzapp.RequestContext) { c.SetStatusCode(201) })
	h.Group("/inner", inner).GET("/items", items)
	fail := func(_ context.Context, c *hertzapp.RequestContext) { c.AbortWithMsg("a teapot", probes.Teapot) }
	panics := func(context.Context, *hertzapp.RequestContext) { panic("the handler") }
	directory := func(_ context.Context, c *hertzapp.RequestContext) { c.String(200, "directory") }
	h.GET("/error", fail)
	h.GET("/panic", panics)
	h.GET("/dir/", directory) // and a redirect from /dir, if the options say so
	if !redirects {
		h.GET("/dir", directory)
	}
	h.GET("/stream", func(_ context.Context, c *hertzapp.RequestContext) {
		c.Response.HijackWriter(resp.NewChunkedBodyWriter(&c.Response, c.GetWriter()))
		c.WriteString("one")
		c.Flush()
		c.WriteString("two")
	})
	own := func(_ context.Context, c *hertzapp.RequestContext) {
		c.Response.Header.Del("Vary")
		for _, h := range probes.OwnHeaders(string(c.GetHeader("Origin")), string(c.Path()) == "/own/spelled") {
			c.Response.Header.SetCanonical([]byte(h[0]), []byte(h[1])) // as it is spelled
		}
	}
	total := func(_ context.Context, c *hertzapp.RequestContext) {
		c.Response.Header.Set("X-Total", "3")
		c.String(200, "own")
	}
	h.GET("/own", own, total)
	h.GET("/own/spelled", own, total)
	h.GET("/own/error", own, func(_ context.Context, c *hertzapp.RequestContext) { c.AbortWithStatus(probes.Teapot) })
	h.GET("/own/panic", own, panics)

	done := make(chan error)
	go func() { done <- h.Engine.Run() }()
	for !h.Engine.IsRunning() {
		time.Sleep(time.Millisecond)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		if err := h.Shutdown(ctx); err != nil {
			t.Error(err)
		}
		<-done
	})
	return "http://" + l.Addr().String()
}

// otherHertz is the framework's own middleware.
func otherHertz(origins ...string) hertzapp.HandlerFunc {
	c := probes.Config(origins...)
	return hertzcors.New(hertzcors.Config{
		AllowOrigins: c.Origins, AllowCredentials: true, AllowMethods: append([]string{"GET", "HEAD", "POST"}, c.Methods...),
		AllowHeaders: c.RequestHeaders, ExposeHeaders: c.ExposeHeaders,
	})
}

func hertzMounts() []probes.Mount {
	return []probes.Mount{
		{Framework: "hertz", Name: "h.Use(Hertz(p))", Kind: probes.KindOver, Start: func(t *testing.T) string {
			return newHertz(t, false, Hertz(probes.NewPolicy(t, probes.App, probes.Partner)), Hertz(probes.NewPolicy(t, probes.App)))
		}},
		{Framework: "hertz", Name: "h.Use(Hertz(p)), with redirects", Kind: probes.KindOther, Start: func(t *testing.T) string {
			return newHertz(t, true, Hertz(probes.NewPolicy(t, probes.App, probes.Partner)), Hertz(probes.NewPolicy(t, probes.App)))
		}},
		{Framework: "hertz", Name: "hertz-contrib/cors", Kind: probes.KindOther, Start: func(t *testing.T) string {
			return newHertz(t, true, otherHertz(probes.App, probes.Partner), otherHertz(probes.App))
		}},
	}
}
