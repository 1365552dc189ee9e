package guard_test

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"ic3.internal/innomaintsync/cmmsimport/internal/guard"
)

func TestCall(t *testing.T) {
	t.Parallel()
	t.Run("ReturnsTheCodesError", func(t *testing.T) {
		t.Parallel()
		for _, want := range []error{nil, io.EOF} {
			err := guard.Call("Enrich", func() error { return want })
			if !errors.Is(err, want) || guard.Panicked(err) != nil {
				t.Errorf("error %v, want %v", err, want)
			}
		}
	})
	t.Run("TurnsAPanicIntoAnError", func(t *testing.T) {
		t.Parallel()
		err := guard.Call("Enrich", func() error { panic("no such pump") })
		if err == nil || err.Error() != "Enrich panicked: no such pump" {
			t.Errorf("error %v", err)
		}
		p := guard.Panicked(fmt.Errorf("wrapped: %w", err))
		if p == nil || !strings.Contains(string(p.Stack), "guard_test.TestCall") {
			t.Errorf("panic %+v, want one with the stack of the code", p)
		}
	})
	t.Run("UnwrapsAPanicWithAnError", func(t *testing.T) {
		t.Parallel()
		if err := guard.Call("OnAsset", func() error { panic(io.ErrUnexpectedEOF) }); !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("error %v", err)
		}
	})
}
