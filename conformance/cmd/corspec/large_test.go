//go:build !race

package main

// largeInput is how many bytes tests put into one field.
const largeInput = 1 << 20
