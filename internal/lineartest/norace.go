//go:build !race

package lineartest

const race = false
