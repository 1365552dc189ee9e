package synclog_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ic3.internal/innomaintsync/cmmsimport/synclog"
)

var errDown = errors.New("server is down")

// However writes fail, what is written is always a beginning of what was given, in order, and what is not written waits.
func TestBacklogKeepsOrder(t *testing.T) {
	t.Parallel()
	for seed := range uint64(300) {
		random := rand.New(rand.NewPCG(seed, 1))
		failing := 0 // attempts that will still fail
		var given, written []uint64
		tried := map[uint64]bool{}
		backlog := synclog.NewBacklog(func(_ context.Context, e *synclog.Entry) error {
			if e.Uncertain != tried[e.AssetID] {
				t.Errorf("seed %d: entry %d: uncertain = %v, tried before = %v", seed, e.AssetID, e.Uncertain, tried[e.AssetID])
			}
			tried[e.AssetID] = true
			if failing > 0 {
				failing--
				return fmt.Errorf("%w: %d", errDown, e.AssetID)
			}
			e.Uncertain = false
			written = append(written, e.AssetID)
			return nil
		})
		for n := range uint64(30) {
			if random.IntN(5) == 0 {
				failing = random.IntN(6)
			}
			var err error
			if random.IntN(8) == 0 {
				err = backlog.Flush(t.Context())
			} else {
				given = append(given, n)
				err = backlog.Write(t.Context(), &synclog.Entry{AssetID: n})
			}
			var waiting []uint64
			for _, e := range backlog.Pending() {
				waiting = append(waiting, e.AssetID)
			}
			if diff := cmp.Diff(given, append(append([]uint64(nil), written...), waiting...)); diff != "" {
				t.Fatalf("seed %d: given and (written, then waiting):\n%s", seed, diff)
			}
			if (err != nil) != (len(waiting) > 0) || len(waiting) != backlog.Len() {
				t.Fatalf("seed %d: err = %v with %d waiting, Len %d", seed, err, len(waiting), backlog.Len())
			}
			if err != nil && err.Error() != fmt.Sprintf("server is down: %d", waiting[0]) {
				t.Fatalf("seed %d: err = %v, want that of entry %d", seed, err, waiting[0])
			}
		}
	}
}

func TestBacklogSurvivesAPanickingWrite(t *testing.T) {
	t.Parallel()
	panics := true
	backlog := synclog.NewBacklog(func(context.Context, *synclog.Entry) error {
		if panics {
			panic("a host's recorder")
		}
		return nil
	})
	e := failedEntry()
	func() {
		defer func() {
			if recover() == nil {
				t.Error("the panic was swallowed")
			}
		}()
		_ = backlog.Write(t.Context(), e)
	}()
	if backlog.Len() != 1 || !e.Uncertain {
		t.Fatalf("%d waiting, uncertain %v", backlog.Len(), e.Uncertain)
	}
	panics = false
	if err := backlog.Flush(t.Context()); err != nil || backlog.Len() != 0 {
		t.Errorf("%v, %d waiting", err, backlog.Len())
	}
}

func TestBacklogPendingIsACopy(t *testing.T) {
	t.Parallel()
	backlog := synclog.NewBacklog(func(context.Context, *synclog.Entry) error { return errDown })
	if err := backlog.Write(t.Context(), failedEntry()); !errors.Is(err, errDown) {
		t.Fatal(err)
	}
	backlog.Pending()[0] = nil
	if backlog.Pending()[0] == nil {
		t.Error("the caller's slice is the backlog's own")
	}
}
