//go:build race

package lineartest

const race = true
