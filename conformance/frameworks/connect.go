package frameworks

import (
	connectcors "connectrpc.com/cors"

	"github.com/corspec/corspec/policy"
)

// ConnectConfig is the configuration of a policy for pages that call services with the protocols of Connect and
// gRPC-Web. Add the headers of your own, and Credentials if calls have cookies. Response headers that are trailers have
// "Trailer-" before their name in Connect. Its policy goes around the mux that has the services: a call of a procedure
// that needs POST is preflighted, and Connect answers OPTIONS with 405.
func ConnectConfig(origins ...string) policy.Config {
	return policy.Config{
		Origins:        origins,
		Methods:        connectcors.AllowedMethods(),
		RequestHeaders: connectcors.AllowedHeaders(),
		ExposeHeaders:  connectcors.ExposedHeaders(),
	}
}
