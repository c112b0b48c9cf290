package frameworks

import (
	"github.com/gin-gonic/gin"

	"github.com/corspec/corspec/policy/policyhttp"
)

// Gin returns a middleware for a group of routes that has a policy of its own. The policy of a whole server belongs
// around the engine, as cors.Wrap(engine): redirects for slashes go past all of gin's middleware, and so do preflights
// for routes of a group, since gin has no route for OPTIONS.
func Gin(cors *policyhttp.Middleware) gin.HandlerFunc {
	return func(c *gin.Context) {
		if cors.Handle(c.Writer, c.Request) {
			c.Abort()
		}
	}
}
