package dbtest

import (
	"os/exec"
	"runtime"
)

// startBound starts cmd so that it dies with this process, and returns a channel that is closed when it has ended.
//
// The kernel binds the death signal to the thread that forked. So a goroutine keeps that thread to itself until cmd ends.
func startBound(cmd *exec.Cmd) (exited chan struct{}, err error) {
	dieWithParent(cmd)
	exited = make(chan struct{})
	started := make(chan error)
	go func() {
		runtime.LockOSThread() // never unlocked: the thread ends with the goroutine
		err := cmd.Start()
		started <- err
		if err == nil {
			_ = cmd.Wait() // how it ended is in cmd.ProcessState
		}
		close(exited)
	}()
	return exited, <-started
}
