//go:build !linux

package main

import (
	"os"
	"time"
)

func resident(*os.ProcessState) float64 { return 0 }

var started = time.Now()

// processorTime is the time on the wall here.
func processorTime() time.Duration { return time.Since(started) }
