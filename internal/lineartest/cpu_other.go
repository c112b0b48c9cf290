//go:build !unix

package lineartest

import "time"

var started = time.Now()

// used returns the time since the program started, which stands for the processor time.
func used() time.Duration { return time.Since(started) }
