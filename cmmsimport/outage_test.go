package cmmsimport_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"strings"
	"testing"

	"ic3.internal/innomaintsync/cmmsimport"
	"ic3.internal/innomaintsync/cmmsimport/innomaint"
	"ic3.internal/innomaintsync/internal/dbtest"
)

// TestOutage has one outage of each kind. The suite examples/faults/database interrupts every statement.
func TestOutage(t *testing.T) {
	t.Parallel()
	t.Run("ServerIsKilledAndRestarts", func(t *testing.T) {
		t.Parallel()
		for _, atomic := range []bool{false, true} {
			t.Run(fmt.Sprint("AtomicLog=", atomic), func(t *testing.T) {
				t.Parallel()
				server := dbtest.Start(t)
				w := setupOn(t, server.Database(t))
				w.add(numbered(5)...)
				opts := w.options()
				opts.AtomicLog = atomic
				opts.Client = w.before(func(ref innomaint.AssetRef) {
					if ref.AssetID == "A-2" {
						server.Kill(t)
						server.Restart(t)
					}
				})
				summary := w.sync(opts)
				equal(t, "successful", summary.Successful, 5)
				w.checkAudit(summary)
			})
		}
	})
	t.Run("ConnectionsAreKilledBetweenAssets", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		w.add(numbered(5)...)
		killer := dbtest.Open(t, w.dsn)
		opts, killed := w.options(), 0
		opts.Client = w.before(func(innomaint.AssetRef) {
			var ids []int
			must(t, killer.Raw("SELECT id FROM information_schema.processlist WHERE db = DATABASE() AND id <> CONNECTION_ID()").Scan(&ids).Error)
			for _, id := range ids {
				if killer.Exec(fmt.Sprintf("KILL %d", id)).Error == nil { // it may have ended already
					killed++
				}
			}
		})
		summary := w.sync(opts)
		equal(t, "successful", summary.Successful, 5)
		equal(t, "every asset lost its connection", killed >= 5, true)
		w.checkAudit(summary)
	})
}

// Errors of host code that look like an outage fail the asset at once.
func TestOutage_IsNot(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		enrich func() error
		kind   innomaint.Kind
	}{
		"PanicWithANetworkError": {func() error { panic(&net.OpError{Op: "dial", Err: errors.New("refused")}) }, cmmsimport.KindPanic},
		"EOFOfAReader":           {func() error { return json.NewDecoder(strings.NewReader("")).Decode(new(any)) }, cmmsimport.KindInternal},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := setup(t)
			w.add("A-1")
			opts, calls := w.options(), 0
			opts.Enrich = enrichWith(func(enrichment) error {
				calls++
				return tc.enrich()
			})
			equal(t, "failed", w.sync(opts).FailedByKind[tc.kind], 1)
			equal(t, "calls", calls, 1)
		})
	}
}
