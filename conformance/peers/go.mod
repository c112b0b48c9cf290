module github.com/corspec/corspec/conformance/peers

go 1.26.0

require github.com/corspec/corspec v0.0.0

require (
	github.com/rs/cors v1.11.1
	golang.org/x/net v0.62.0 // indirect
	golang.org/x/text v0.43.0 // indirect
)

replace github.com/corspec/corspec => ../..
