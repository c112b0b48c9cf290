package frameworks

import (
	"context"
	"io"
	"net/http"
	"testing"

	hertzapp "github.com/cloudwego/hertz/pkg/app"
	"github.com/cloudwego/hertz/pkg/app/server"
	"github.com/cloudwego/hertz/pkg/common/hlog"
	"github.com/gin-gonic/gin"
	"github.com/gofiber/fiber/v3"
	"github.com/labstack/echo/v5"
	"github.com/valyala/fasthttp"

	"github.com/corspec/corspec/conformance/frameworks/probes"
)

// A workload is a request that is served again and again.
type workload struct {
	name   string
	method string
	header http.Header

	allowsOrigin string // what is to be answered
}

var workloads = []workload{
	{"allowed", "GET", probes.Headers("Origin", probes.App), probes.App},
	{"a subdomain", "GET", probes.Headers("Origin", "https://pr-7.preview.example"), "https://pr-7.preview.example"},
	{"refused", "GET", probes.Headers("Origin", probes.Evil), ""},
	{"no Origin", "GET", nil, ""},
	{"preflight", "OPTIONS", probes.Headers("Origin", probes.App, "Access-Control-Request-Method", "PUT", "Access-Control-Request-Headers", "content-type,x-token"), probes.App},
	{"preflight refused", "OPTIONS", probes.Headers("Origin", probes.Evil, "Access-Control-Request-Method", "PUT", "Access-Control-Request-Headers", "content-type,x-token"), ""},
}

// workloadOrigins are what workloads are served with.
var workloadOrigins = []string{probes.App, probes.Partner, "https://*.preview.example"}

// fastContext returns a context of fasthttp with that request.
func fastContext(w workload) *fasthttp.RequestCtx {
	var request fasthttp.Request
	request.Header.SetMethod(w.method)
	request.SetRequestURI("/items")
	for name, lines := range w.header {
		request.Header.Set(name, lines[0])
	}
	ctx := &fasthttp.RequestCtx{}
	ctx.Init(&request, nil, probes.Discard)
	return ctx
}

// A loop serves one request again and again, without a network, and with an empty response each time.
type loop struct {
	serve        func()
	allowsOrigin func() string // the last response's
}

func fastLoop(handler fasthttp.RequestHandler, w workload) loop {
	ctx := fastContext(w)
	return loop{
		func() {
			ctx.Response.Reset()
			ctx.ResetUserValues()
			handler(ctx)
		},
		func() string { return string(ctx.Response.Header.Peek("Access-Control-Allow-Origin")) },
	}
}

// sink is a ResponseWriter that costs nothing.
type sink struct{ header http.Header }

func (s *sink) Header() http.Header         { return s.header }
func (s *sink) Write(b []byte) (int, error) { return len(b), nil }
func (s *sink) WriteHeader(int)             {}

func httpLoop(t testing.TB, h http.Handler, w workload) loop {
	r, err := http.NewRequest(w.method, "http://127.0.0.1/items", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header = w.header
	s := &sink{http.Header{}}
	return loop{
		func() {
			clear(s.header)
			h.ServeHTTP(s, r)
		},
		func() string { return s.header.Get("Access-Control-Allow-Origin") },
	}
}

// What follows makes, for each framework, a loop with something in front of an application that does nothing.

func fiberLoop(use fiber.Handler, w workload) loop {
	f := fiber.New()
	if use != nil {
		f.Use(use)
	}
	f.Get("/items", func(fiber.Ctx) error { return nil })
	f.Options("/items", func(fiber.Ctx) error { return nil })
	return fastLoop(f.Handler(), w)
}

func hertzLoop(t testing.TB, use hertzapp.HandlerFunc, w workload) loop {
	hlog.SetOutput(io.Discard)
	h := server.New(server.WithDisablePrintRoute(true))
	if use != nil {
		h.Use(use)
	}
	h.GET("/items", func(context.Context, *hertzapp.RequestContext) {})
	h.OPTIONS("/items", func(context.Context, *hertzapp.RequestContext) {})
	if err := h.Engine.Init(); err != nil {
		t.Fatal(err)
	}
	ctx := h.Engine.NewContext()
	background := context.Background()
	ctx.Request.Header.SetMethod(w.method)
	ctx.Request.SetRequestURI("http://127.0.0.1/items")
	for name, lines := range w.header {
		ctx.Request.Header.Set(name, lines[0])
	}
	return loop{
		func() {
			ctx.Response.Reset()
			ctx.Keys = nil
			ctx.SetIndex(-1)
			h.Engine.ServeHTTP(background, ctx)
		},
		func() string { return string(ctx.Response.Header.Peek("Access-Control-Allow-Origin")) },
	}
}

func ginLoop(t testing.TB, use gin.HandlerFunc, wrap func(http.Handler) http.Handler, w workload) loop {
	gin.SetMode(gin.ReleaseMode)
	engine := gin.New()
	if use != nil {
		engine.Use(use)
	}
	engine.GET("/items", func(*gin.Context) {})
	engine.OPTIONS("/items", func(*gin.Context) {})
	return httpLoop(t, wrap(engine), w)
}

func echoLoop(t testing.TB, use echo.MiddlewareFunc, wrap func(http.Handler) http.Handler, w workload) loop {
	e := echo.New()
	if use != nil {
		e.Use(use)
	}
	e.GET("/items", func(*echo.Context) error { return nil })
	e.OPTIONS("/items", func(*echo.Context) error { return nil })
	return httpLoop(t, wrap(e), w)
}

func unwrapped(h http.Handler) http.Handler { return h }
