package frameworks

import (
	"bufio"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/gofiber/fiber/v3"
	fibertimeout "github.com/gofiber/fiber/v3/middleware/timeout"

	"github.com/valyala/fasthttp"

	"github.com/corspec/corspec/conformance/frameworks/probes"
)

// newFastHTTP has the application in a handler of fasthttp.
func newFastHTTP(inner func(fasthttp.RequestHandler) fasthttp.RequestHandler) fasthttp.RequestHandler {
	items := func(ctx *fasthttp.RequestCtx) {
		ctx.Response.Header.Set("X-Total", "3")
		if !ctx.IsOptions() {
			ctx.Response.Header.Add("Vary", "Accept-Encoding")
		}
		ctx.WriteString("items")
	}
	innerItems := inner(items)
	total := func(ctx *fasthttp.RequestCtx) {
		ctx.Response.Header.Set("X-Total", "3")
		ctx.WriteString("own")
	}
	return func(ctx *fasthttp.RequestCtx) {
		path := string(ctx.Path())
		if strings.HasPrefix(path, "/own") {
			ctx.Response.Header.Del("Vary")
			for _, h := range probes.OwnHeaders(string(ctx.Request.Header.Peek("Origin")), path == "/own/spelled") {
				ctx.Response.Header.SetCanonical([]byte(h[0]), []byte(h[1])) // as it is spelled
			}
		}
		// Nobody else probes.Recovers.
		defer func() {
			if recover() != nil {
				ctx.SetStatusCode(fasthttp.StatusInternalServerError)
			}
		}()
		switch path {
		case "/items":
			switch string(ctx.Method()) {
			case "GET", "HEAD", "OPTIONS":
				items(ctx)
			case "PUT":
				ctx.SetStatusCode(fasthttp.StatusCreated)
			default:
				ctx.Error("", fasthttp.StatusMethodNotAllowed)
			}
		case "/inner/items":
			innerItems(ctx)
		case "/error":
			ctx.Error("a teapot", probes.Teapot)
		case "/own/error":
			ctx.SetStatusCode(probes.Teapot)
		case "/panic", "/own/panic":
			panic("the handler")
		case "/dir":
			ctx.Redirect("/dir/", fasthttp.StatusMovedPermanently)
		case "/dir/":
			ctx.WriteString("directory")
		case "/stream":
			ctx.SetBodyStreamWriter(func(w *bufio.Writer) {
				io.WriteString(w, "one")
				w.Flush()
				io.WriteString(w, "two")
			})
		case "/own", "/own/spelled":
			total(ctx)
		default:
			ctx.NotFound()
		}
	}
}

// serveFastHTTP starts a server for h, until the test ends.
func serveFastHTTP(t *testing.T, s *fasthttp.Server) string {
	t.Helper()
	l := probes.Listen(t)
	done := make(chan error)
	go func() { done <- s.Serve(l) }()
	t.Cleanup(func() {
		if err := s.Shutdown(); err != nil {
			t.Error(err)
		}
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return "http://" + l.Addr().String()
}

func fastHTTPMounts() []probes.Mount {
	return []probes.Mount{
		{Framework: "fasthttp", Name: "FastHTTP(p, handler)", Kind: probes.KindOver, Start: func(t *testing.T) string {
			inner := probes.NewPolicy(t, probes.App)
			handler := newFastHTTP(func(next fasthttp.RequestHandler) fasthttp.RequestHandler { return FastHTTP(inner, next) })
			return serveFastHTTP(t, &fasthttp.Server{Handler: FastHTTP(probes.NewPolicy(t, probes.App, probes.Partner), handler), Logger: probes.Discard})
		}},
	}
}

// TestFastHTTPTimeout lets an allowed page read that a handler took too long. The handler of fasthttp goes on writing
// headers, which that of fiber must not: its middleware copies them meanwhile.
func TestFastHTTPTimeout(t *testing.T) {
	p := probes.NewPolicy(t, probes.App)
	slow := func(ctx *fasthttp.RequestCtx) {
		for range 200 {
			ctx.Response.Header.Set("Access-Control-Allow-Origin", "*")
			ctx.Response.Header.Del("Access-Control-Allow-Origin")
			time.Sleep(time.Millisecond)
		}
	}
	f := fiber.New()
	f.Use(Fiber(p))
	f.Get("/items", fibertimeout.New(func(fiber.Ctx) error { time.Sleep(200 * time.Millisecond); return nil }, fibertimeout.Config{Timeout: 20 * time.Millisecond}))
	for name, url := range map[string]string{
		"fasthttp": serveFastHTTP(t, &fasthttp.Server{Handler: FastHTTP(p, fasthttp.TimeoutHandler(slow, 20*time.Millisecond, "too late")), Logger: probes.Discard}),
		"fiber":    serveFiber(t, f),
	} {
		for page, want := range map[string]string{probes.App: "408; Vary: Origin", probes.Evil: "missing-allow-origin; Vary: Origin"} {
			if got := (probes.Probe{Page: page}).Run(t, probes.Mount{}, url); got != want {
				t.Errorf("%s, %s: %s, want %s", name, page, got, want)
			}
		}
	}
}
