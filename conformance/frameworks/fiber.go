package frameworks

import (
	"github.com/gofiber/fiber/v3"

	"github.com/corspec/corspec/policy"
)

// Fiber returns a middleware that answers preflights and leaves all other requests to the application, under the
// policy. It goes into app.Use, before everything else; see [FastHTTP], which it shares its two halves with.
func Fiber(p *policy.Policy) fiber.Handler {
	return func(c fiber.Ctx) error {
		cors := beginFastHTTP(p, c.RequestCtx())
		defer cors.end()
		if status := cors.decision.Status(); status != 0 {
			c.Status(status)
			return nil
		}
		return c.Next()
	}
}
