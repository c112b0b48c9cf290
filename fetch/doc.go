// Package fetch is the browser's half of the CORS protocol, as the Fetch Standard has it and without any I/O.
package fetch
