package frameworks

import (
	"bufio"
	"io"
	"testing"

	"github.com/gofiber/fiber/v3"
	fibercors "github.com/gofiber/fiber/v3/middleware/cors"
	fiberrecover "github.com/gofiber/fiber/v3/middleware/recover"
	"github.com/gofiber/fiber/v3/middleware/static"

	"github.com/corspec/corspec/conformance/frameworks/probes"
)

// newFiber has the application in fiber.
func newFiber(use, inner fiber.Handler) *fiber.App {
	f := fiber.New(fiber.Config{ErrorHandler: func(c fiber.Ctx, err error) error { return fiber.DefaultErrorHandler(c, err) }})
	f.Use(use)
	f.Use(fiberrecover.New())
	items := func(c fiber.Ctx) error {
		c.Set("X-Total", "3")
		if c.Method() != "OPTIONS" {
			c.Vary("Accept-Encoding")
		}
		return c.SendString("items")
	}
	f.Get("/items", items) // HEAD too
	f.Options("/items", items)
	f.Put("/items", func(c fiber.Ctx) error { return c.SendStatus(fiber.StatusCreated) })
	f.Group("/inner", inner).Get("/items", items)
	fail := func(c fiber.Ctx) error { return fiber.NewError(probes.Teapot, "a teapot") }
	panics := func(c fiber.Ctx) error { panic("the handler") }
	f.Get("/error", fail)
	f.Get("/panic", panics)
	f.Get("/dir/", func(c fiber.Ctx) error { return c.SendString("directory") }) // and /dir, without a redirect
	f.Get("/stream", func(c fiber.Ctx) error {
		return c.SendStreamWriter(func(w *bufio.Writer) {
			io.WriteString(w, "one")
			w.Flush()
			io.WriteString(w, "two")
		})
	})
	own := func(c fiber.Ctx) error {
		header := &c.Response().Header
		header.Del("Vary")
		for _, h := range probes.OwnHeaders(c.Get("Origin"), c.Path() == "/own/spelled") {
			header.SetCanonical([]byte(h[0]), []byte(h[1])) // as it is spelled
		}
		return c.Next()
	}
	total := func(c fiber.Ctx) error {
		c.Set("X-Total", "3")
		return c.SendString("own")
	}
	f.Use(static.New("testdata")) // which has nothing; it starts the response anew
	f.Get("/own", own, total)
	f.Get("/own/spelled", own, total)
	f.Get("/own/error", own, fail)
	f.Get("/own/panic", own, panics)
	return f
}

// serveFiber starts a server for f, until the test ends.
func serveFiber(t *testing.T, f *fiber.App) string {
	t.Helper()
	l := probes.Listen(t)
	done := make(chan error)
	go func() { done <- f.Listener(l, fiber.ListenConfig{DisableStartupMessage: true}) }()
	t.Cleanup(func() {
		if err := f.Shutdown(); err != nil {
			t.Error(err)
		}
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return "http://" + l.Addr().String()
}

// otherFiber is the framework's own middleware.
func otherFiber(origins ...string) fiber.Handler {
	c := probes.Config(origins...)
	return fibercors.New(fibercors.Config{
		AllowOrigins: c.Origins, AllowCredentials: true, AllowMethods: append([]string{"GET", "HEAD", "POST"}, c.Methods...),
		AllowHeaders: c.RequestHeaders, ExposeHeaders: c.ExposeHeaders,
	})
}

func fiberMounts() []probes.Mount {
	return []probes.Mount{
		{Framework: "fiber", Name: "app.Use(Fiber(p))", Kind: probes.KindOver, Start: func(t *testing.T) string {
			return serveFiber(t, newFiber(Fiber(probes.NewPolicy(t, probes.App, probes.Partner)), Fiber(probes.NewPolicy(t, probes.App))))
		}},
		{Framework: "fiber", Name: "app.Use(cors.New(…))", Kind: probes.KindOther, Start: func(t *testing.T) string {
			return serveFiber(t, newFiber(otherFiber(probes.App, probes.Partner), otherFiber(probes.App)))
		}},
	}
}
