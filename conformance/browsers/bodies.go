package main

// bodies are what servers answer with, by name.
var bodies = map[string]string{
	"":    "",
	"js":  "void 0;\n",
	"css": "x { color: red }\n",
	"svg": `<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>`,
}
