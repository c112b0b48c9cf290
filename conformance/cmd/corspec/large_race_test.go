//go:build race

package main

// largeInput is how many bytes tests put into one field; the race detector makes each of them dear.
const largeInput = 1 << 16
