package frameworks

import (
	"github.com/labstack/echo/v5"

	"github.com/corspec/corspec/policy/policyhttp"
)

// Echo returns a middleware for e.Pre, before everything else, where the server cannot be cors.Wrap(e); and for a group
// of routes that has a policy of its own.
func Echo(cors *policyhttp.Middleware) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c *echo.Context) error {
			if cors.Handle(c.Response(), c.Request()) {
				return nil
			}
			return next(c)
		}
	}
}
