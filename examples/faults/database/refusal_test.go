package database_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"

	"ic3.internal/innomaintsync/cmmsimport"
	"ic3.internal/innomaintsync/cmmsimport/innomaint"
	"ic3.internal/innomaintsync/examples/faults/stage"
	"ic3.internal/innomaintsync/internal/dbtest/wire"
)

// duringFetch calls do while the asset with this number is fetched: no transaction is open then.
func duringFetch(s *stage.Stage, opts *cmmsimport.Options, number int, do func()) {
	client := opts.Client
	opts.Client = cmmsimport.APIClientFunc(func(ctx context.Context, ref innomaint.AssetRef) (*innomaint.Asset, error) {
		if ref.AssetID == s.World.Assets[number].CMMSAssetID {
			do()
		}
		return client.GetAsset(ctx, ref)
	})
}

// after counts events and calls do at the n-th.
func after(n int64, do func()) func() {
	var count atomic.Int64
	return func() {
		if count.Add(1) == n {
			do()
		}
	}
}

const readOnly = 1290

// TestTheServerIsReadOnlyForAWhile sets read_only, as a failover does, until the run has been refused some times.
func TestTheServerIsReadOnlyForAWhile(t *testing.T) {
	t.Parallel()
	for _, atomicLog := range []bool{false, true} {
		t.Run(fmt.Sprint("AtomicLog ", atomicLog), func(t *testing.T) {
			t.Parallel()
			s := stage.New(t, stage.Settings{Size: four})
			begin := func() { s.Exec(t, "SET GLOBAL read_only = 1") }
			mustComeThrough := func(opts cmmsimport.Options, taps wire.Taps) {
				end := after(3, func() { s.Exec(t, "SET GLOBAL read_only = 0") })
				taps.Response = func(_ wire.Statement, number uint16) wire.Verdict {
					if number == readOnly {
						end()
					}
					return wire.Pass
				}
				summary, err := s.Run(t, taps, opts)
				s.MustSucceed(t, summary, err)
				s.Check(t)
			}

			begin() // from the start
			mustComeThrough(s.Options(atomicLog), wire.Taps{})

			opts := s.Options(atomicLog)
			duringFetch(s, &opts, 2, begin)
			mustComeThrough(opts, wire.Taps{})

			if atomicLog {
				return // its log row is written while the transaction is open, and read_only would wait for that
			}
			beforeLog := stage.At(stage.Point{Kind: "INSERT cmms_sync_log", Nth: 3}, func(wire.Statement) wire.Verdict {
				begin()
				return wire.Pass
			})
			mustComeThrough(s.Options(false), wire.Taps{Request: beforeLog.Request})
			beforeLog.MustHaveFired(t)
		})
	}
}

// refuseLog has the log table refuse rows as a full disk does.
func refuseLog(t *testing.T, s *stage.Stage) {
	s.Exec(t, `CREATE TRIGGER t1.full BEFORE INSERT ON t1.cmms_sync_log FOR EACH ROW
		SIGNAL SQLSTATE 'HY000' SET MYSQL_ERRNO = 1114, MESSAGE_TEXT = 'The table ''cmms_sync_log'' is full'`)
}

func acceptLog(t *testing.T, s *stage.Stage) { s.Exec(t, "DROP TRIGGER t1.full") }

// TestTheLogIsFullForAWhile: the run goes on, and the rows that wait go out in order.
func TestTheLogIsFullForAWhile(t *testing.T) {
	t.Parallel()
	s := stage.New(t, stage.Settings{Size: four})
	for _, until := range []int{2, 3} {
		opts := s.Options(false)
		duringFetch(s, &opts, 0, func() { refuseLog(t, s) })
		duringFetch(s, &opts, until, func() { acceptLog(t, s) })
		summary, err := s.Run(t, wire.Taps{}, opts)
		s.MustSucceed(t, summary, err)
		s.Check(t)
	}
}

// TestTheLogIsFullForAWhileWithAtomicLog: what cannot be logged is not committed, and fails.
func TestTheLogIsFullForAWhileWithAtomicLog(t *testing.T) {
	t.Parallel()
	s := stage.New(t, stage.Settings{Size: four})
	opts := s.Options(true)
	duringFetch(s, &opts, 0, func() { refuseLog(t, s) })
	duringFetch(s, &opts, 3, func() { acceptLog(t, s) })
	summary, err := s.Run(t, wire.Taps{}, opts)
	if err != nil || summary.Successful != 1 || summary.FailedByKind["database"] != 2 || summary.FailedByKind["not_found"] != 1 {
		t.Errorf("error %v\n%v", err, summary)
	}
	s.Check(t)
}

// TestTheLogIsFullForGood: the assets are synced all the same, and what was not logged is in the error and the output.
func TestTheLogIsFullForGood(t *testing.T) {
	t.Parallel()
	for _, atomicLog := range []bool{false, true} {
		t.Run(fmt.Sprint("AtomicLog ", atomicLog), func(t *testing.T) {
			t.Parallel()
			s := stage.New(t, stage.Settings{Size: four})
			opts := s.Options(atomicLog)
			duringFetch(s, &opts, 2, func() { refuseLog(t, s) })
			summary, err := s.Run(t, wire.Taps{}, opts)
			mustBeIncomplete(t, err, "2 entries of cmms_sync_log", "is full")
			successful := 3
			if atomicLog {
				successful = 1
			}
			if summary.Successful != successful || summary.Skipped != 0 {
				t.Errorf("%v", summary)
			}
			s.Check(t)

			acceptLog(t, s)
			summary, err = s.Run(t, wire.Taps{}, s.Options(atomicLog))
			s.MustSucceed(t, summary, err)
		})
	}
}

// TestTheLogMeetsTheEndOfItsFile is a real full table: one whose data file may hold 64 KiB and no more. Rows that somebody
// deletes make room again.
func TestTheLogMeetsTheEndOfItsFile(t *testing.T) {
	t.Parallel()
	s := stage.New(t, stage.Settings{Size: four, Flags: []string{"--myisam-data-pointer-size=2"}})
	s.Exec(t, "ALTER TABLE t1.cmms_sync_log ENGINE = MyISAM ROW_FORMAT = DYNAMIC")
	const filler = "INSERT INTO t1.cmms_sync_log (run_id, customer_id, cmms_asset_id, status, error_message, synced_at, duration_ms) VALUES ('filler', 99, 'filler', 'Failed', REPEAT('x', ?), '2020-01-01', 0)"
	for size := 8000; size > 0; {
		if _, err := s.Admin.ExecContext(t.Context(), filler, size); err != nil {
			if !strings.Contains(err.Error(), "full") {
				t.Fatal(err)
			}
			size /= 2
		}
	}
	opts := s.Options(false)
	duringFetch(s, &opts, 3, func() { s.Exec(t, "DELETE FROM t1.cmms_sync_log WHERE customer_id = 99") })
	waited := false
	opts.OnAsset = func(r cmmsimport.AssetResult, _ cmmsimport.Progress) {
		waited = waited || r.AssetID == s.World.Assets[0].RowID && count(t, s, "customer_id <> 99") == 0
	}
	summary, err := s.Run(t, wire.Taps{}, opts)
	s.MustSucceed(t, summary, err)
	if !waited {
		t.Error("the table was not full")
	}
	s.Check(t)
}

func count(t *testing.T, s *stage.Stage, where string) (n int) {
	t.Helper()
	if err := s.Host.QueryRowContext(t.Context(), "SELECT COUNT(*) FROM cmms_sync_log WHERE "+where).Scan(&n); err != nil {
		t.Error(err)
	}
	return n
}

func mustBeIncomplete(t *testing.T, err error, says ...string) {
	t.Helper()
	if !errors.Is(err, cmmsimport.ErrAuditIncomplete) {
		t.Fatalf("error %v", err)
	}
	for _, text := range says {
		if !strings.Contains(err.Error(), text) {
			t.Errorf("the error does not say %q: %v", text, err)
		}
	}
}
