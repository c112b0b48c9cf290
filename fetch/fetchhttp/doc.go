// Package fetchhttp lets pages fetch over net/http as a browser would.
package fetchhttp
