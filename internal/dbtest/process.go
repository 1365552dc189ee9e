package dbtest

import (
	"os/exec"
	"runtime"
)

// startBound starts cmd so that it is killed when this process ends. The returned channel is closed when cmd has ended.
//
// The kernel sends the death signal when the thread that forked ends. A goroutine therefore locks that thread until cmd ends.
func startBound(cmd *exec.Cmd) (exited chan struct{}, err error) {
	dieWithParent(cmd)
	exited = make(chan struct{})
	started := make(chan error)
	go func() {
		runtime.LockOSThread() // not unlocked: the thread ends with the goroutine
		err := cmd.Start()
		started <- err
		if err == nil {
			_ = cmd.Wait() // cmd.ProcessState says how it ended
		}
		close(exited)
	}()
	return exited, <-started
}
