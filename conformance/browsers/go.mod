module github.com/corspec/corspec/conformance/browsers

go 1.26.0

require github.com/corspec/corspec v0.0.0

require github.com/santhosh-tekuri/jsonschema/v6 v6.0.3

require (
	golang.org/x/net v0.62.0
	golang.org/x/text v0.43.0 // indirect
)

replace github.com/corspec/corspec => ../..
