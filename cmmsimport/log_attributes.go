package cmmsimport

import (
	"errors"
	"log/slog"

	"ic3.internal/innomaintsync/cmmsimport/synclog"
)

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
