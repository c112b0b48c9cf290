//go:build !(linux || darwin || freebsd)

package main

import "time"

var started = time.Now()

// processorTime stands in for a clock of processor time.
func processorTime() time.Duration { return time.Since(started) }
