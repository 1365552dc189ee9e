package cmmsimport

import (
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"

	"ic3.internal/innomaintsync/cmmsimport/synclog"
)

// guard runs a host's code and turns a panic in it into an error, so that it fails the current asset only.
func guard(in string, call func() error) (err error) {
	defer func() {
		if value := recover(); value != nil {
			err = &panicError{in: in, value: value, stack: debug.Stack()}
		}
	}()
	return call()
}

// panicError is a panic of a host's code.
type panicError struct {
	in    string
	value any
	stack []byte
}

func (p *panicError) Error() string { return fmt.Sprintf("%s panicked: %v", p.in, p.value) }

// Unwrap returns the panic's value if that is an error.
func (p *panicError) Unwrap() error {
	err, _ := p.value.(error)
	return err
}

// errorText is an error for the log output, without secrets.
func errorText(err error) slog.Attr { return slog.String("error", synclog.ErrorMessage(err)) }

// stackOf is the stack of a panic, for the log output only.
func stackOf(err error) []slog.Attr {
	var panicked *panicError
	if !errors.As(err, &panicked) {
		return nil
	}
	return []slog.Attr{slog.String("stack", string(panicked.stack))}
}
