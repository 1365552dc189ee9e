//go:build !linux

package dbtest

import (
	"errors"
	"os"
	"os/exec"
)

var errUnsupported = errors.New("a server can be frozen on Linux only")

func dieWithParent(*exec.Cmd) {}

func freeze(*os.Process) error { return errUnsupported }

func thaw(*os.Process) error { return errUnsupported }
