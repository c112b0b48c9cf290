module github.com/corspec/corspec/conformance/emulators

go 1.26.0

require github.com/corspec/corspec v0.0.0

require (
	golang.org/x/net v0.62.0 // indirect
	golang.org/x/text v0.43.0 // indirect
)

// Packages of npm may have Go in them.
ignore ./drivers/node_modules

replace github.com/corspec/corspec => ../..
