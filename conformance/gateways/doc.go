// Package gateways holds policies in Caddy, behind Envoy's external processing and around grpc-gateway against what
// browsers do. See README.md.
package gateways
