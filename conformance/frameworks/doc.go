// Package frameworks has adapters of a policy to frameworks and gateways that are not net/http, to be copied, and tests
// that hold them, and the places where they are mounted, against what browsers do. See README.md.
package frameworks
