package cmmsimport

import (
	"log/slog"

	"ic3.internal/innomaintsync/cmmsimport/internal/guard"
	"ic3.internal/innomaintsync/cmmsimport/synclog"
)

// errorText is an error for the log output, without secrets.
func errorText(err error) slog.Attr { return slog.String("error", synclog.ErrorMessage(err)) }

// stackOf is the stack of a panic, for the log output only.
func stackOf(err error) []slog.Attr {
	if panicked := guard.Panicked(err); panicked != nil {
		return []slog.Attr{slog.String("stack", string(panicked.Stack))}
	}
	return nil
}
