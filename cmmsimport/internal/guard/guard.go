// Package guard runs a host's code and turns a panic in it into an error, so that it fails the current asset only.
package guard

import (
	"errors"
	"fmt"
	"runtime/debug"
)

// Call runs a host's code. in names it for the error's text.
func Call(in string, call func() error) (err error) {
	defer func() {
		if value := recover(); value != nil {
			err = &PanicError{in: in, value: value, Stack: debug.Stack()}
		}
	}()
	return call()
}

// PanicError is a panic of a host's code.
type PanicError struct {
	in    string
	value any
	Stack []byte // for the log output only
}

// Error names the code and the panic's value.
func (p *PanicError) Error() string { return fmt.Sprintf("%s panicked: %v", p.in, p.value) }

// Unwrap returns the panic's value if that is an error.
func (p *PanicError) Unwrap() error {
	err, _ := p.value.(error)
	return err
}

// Panicked returns the panic in err's chain, nil if there is none.
func Panicked(err error) *PanicError {
	var p *PanicError
	errors.As(err, &p)
	return p
}
