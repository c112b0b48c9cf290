// Package caddy is a handler of Caddy's that has a policy:
//
//	api.example.com {
//		corspec {
//			origins https://app.example.com https://*.example.org
//			credentials
//			methods PUT DELETE
//			request_headers Content-Type X-Token
//			expose_headers X-Total
//			max_age 600
//		}
//		reverse_proxy localhost:8080
//	}
//
// It comes before header, reverse_proxy and all others that answer; what these do to CORS headers is of no effect, and
// their errors have CORS headers, too. A part of a site has a policy of its own in a handle block of its own.
package caddy

import (
	"net/http"
	"strconv"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/caddyconfig/caddyfile"
	"github.com/caddyserver/caddy/v2/caddyconfig/httpcaddyfile"
	"github.com/caddyserver/caddy/v2/modules/caddyhttp"

	"github.com/corspec/corspec/policy"
	"github.com/corspec/corspec/policy/policyhttp"
)

func init() {
	caddy.RegisterModule(new(Handler))
	httpcaddyfile.RegisterHandlerDirective("corspec", func(h httpcaddyfile.Helper) (caddyhttp.MiddlewareHandler, error) {
		handler := new(Handler)
		return handler, handler.UnmarshalCaddyfile(h.Dispenser)
	})
	httpcaddyfile.RegisterDirectiveOrder("corspec", httpcaddyfile.Before, "header")
}

// A Handler is the module http.handlers.corspec. In JSON, its policy is a policy.Config.
type Handler struct {
	Policy policy.Config `json:"policy"`

	cors *policyhttp.Middleware
}

// CaddyModule says what it is.
func (*Handler) CaddyModule() caddy.ModuleInfo {
	return caddy.ModuleInfo{ID: "http.handlers.corspec", New: func() caddy.Module { return new(Handler) }}
}

// Provision makes the policy, and logs its warnings.
func (h *Handler) Provision(ctx caddy.Context) (err error) {
	if h.cors, err = policyhttp.New(h.Policy); err != nil {
		return err
	}
	for _, warning := range h.cors.Load().Warnings() {
		ctx.Logger().Warn(warning.String())
	}
	return nil
}

// ServeHTTP answers preflights, and leaves other requests to next.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request, next caddyhttp.Handler) (err error) {
	h.cors.WrapOver(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { err = next.ServeHTTP(w, r) })).ServeHTTP(w, r)
	return err
}

// UnmarshalCaddyfile reads the directive.
func (h *Handler) UnmarshalCaddyfile(d *caddyfile.Dispenser) error {
	d.Next() // the directive's name
	if d.NextArg() {
		return d.ArgErr()
	}
	c := &h.Policy
	for d.NextBlock(0) {
		switch name := d.Val(); name {
		case "origins":
			c.Origins = append(c.Origins, d.RemainingArgs()...)
		case "methods":
			c.Methods = append(c.Methods, d.RemainingArgs()...)
		case "request_headers":
			c.RequestHeaders = append(c.RequestHeaders, d.RemainingArgs()...)
		case "expose_headers":
			c.ExposeHeaders = append(c.ExposeHeaders, d.RemainingArgs()...)
		case "timing_allow_origin":
			c.TimingAllowOrigin = append(c.TimingAllowOrigin, d.RemainingArgs()...)
		case "credentials":
			if d.NextArg() {
				return d.ArgErr()
			}
			c.Credentials = true
		case "max_age":
			if !d.NextArg() {
				return d.ArgErr()
			}
			seconds, err := strconv.Atoi(d.Val())
			if err != nil || d.NextArg() {
				return d.Errf("max_age is a number of seconds")
			}
			c.MaxAge = &seconds
		default:
			return d.Errf("corspec has no option %q", name)
		}
	}
	return nil
}
