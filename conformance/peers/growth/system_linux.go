package main

import (
	"os"
	"syscall"
	"time"
)

// resident returns how many bytes of memory the process had at most.
func resident(p *os.ProcessState) float64 {
	return float64(p.SysUsage().(*syscall.Rusage).Maxrss) * 1024
}

// processorTime returns what this process has had so far, the collector's included.
func processorTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
