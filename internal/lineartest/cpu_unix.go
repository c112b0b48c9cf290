//go:build unix

package lineartest

import (
	"syscall"
	"time"
)

// used returns the processor time that this process has had. What others do on the machine is not in it.
func used() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
