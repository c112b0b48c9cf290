//go:build jub0bs

package main

import (
	"net/http"

	"github.com/jub0bs/cors"
)

func init() {
	peers = append(peers, peer{"jub0bs/cors", func(c config) (func(http.Handler) http.Handler, error) {
		m, err := cors.NewMiddleware(cors.Config{
			Origins: c.origins, Credentialed: c.credentials, Methods: c.methods, RequestHeaders: c.headers, MaxAgeInSeconds: c.maxAge,
		})
		if err != nil {
			return nil, err
		}
		return m.Wrap, nil
	}})
}
