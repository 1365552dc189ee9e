package cmmsimport

import "runtime/debug"

// guard runs a host's code and turns a panic in it into an error, so that it stays with the asset at hand.
func guard(in string, call func() error) (err error) {
	defer func() {
		if value := recover(); value != nil {
			err = &panicError{in: in, value: value, stack: debug.Stack()}
		}
	}()
	return call()
}
