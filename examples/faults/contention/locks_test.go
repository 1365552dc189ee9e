package contention_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"gorm.io/gorm"

	"ic3.internal/innomaintsync/cmmsimport"
	"ic3.internal/innomaintsync/cmmsimport/innomaint"
	"ic3.internal/innomaintsync/examples/faults/stage"
	"ic3.internal/innomaintsync/internal/dbtest/wire"
)

const (
	lockWaitTimeout = 1205
	deadlock        = 1213
	interrupted     = 1317
)

// TestEachStatementWaitsForALockInVain locks the table that it writes until the server gives up, after a second.
func TestEachStatementWaitsForALockInVain(t *testing.T) {
	t.Parallel()
	for _, atomicLog := range []bool{false, true} {
		t.Run(fmt.Sprint("AtomicLog ", atomicLog), func(t *testing.T) {
			t.Parallel()
			s := stage.New(t, stage.Settings{Size: small, Flags: []string{"--innodb-lock-wait-timeout=1"}})
			for _, point := range writes(t, s, atomicLog) {
				t.Run(point.String(), func(t *testing.T) { //nolint:paralleltest // one world
					other := newRival(t, s)
					var leave sync.Once
					once := stage.At(point, func(wire.Statement) wire.Verdict {
						other.lock(tableOf(point))
						return wire.Pass
					})
					var met atomic.Int64
					summary, err := s.Run(t, wire.Taps{Request: once.Request, Response: func(_ wire.Statement, number uint16) wire.Verdict {
						if number == lockWaitTimeout {
							met.Add(1)
							leave.Do(other.leave)
						}
						return wire.Pass
					}}, s.Options(atomicLog))
					if met.Load() == 0 {
						t.Error("no lock wait was met")
						leave.Do(other.leave)
					}
					s.MustSucceed(t, summary, err)
					s.Check(t)
				})
			}
		})
	}
}

// TestEachStatementIsKilledWhileItWaits has somebody end the statement, or its connection, while it waits for a lock.
func TestEachStatementIsKilledWhileItWaits(t *testing.T) {
	t.Parallel()
	for _, kill := range []string{"KILL QUERY", "KILL CONNECTION"} {
		for _, atomicLog := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, AtomicLog %v", kill, atomicLog), func(t *testing.T) {
				t.Parallel()
				s := stage.New(t, stage.Settings{Size: small})
				for _, point := range writes(t, s, atomicLog) {
					t.Run(point.String(), func(t *testing.T) { //nolint:paralleltest // one world
						var killer sync.WaitGroup
						once := stage.At(point, func(sent wire.Statement) wire.Verdict {
							other := newRival(t, s)
							other.lock(tableOf(point))
							killer.Go(func() {
								awaitLockWait(t, s)
								s.Exec(t, fmt.Sprintf("%s %d", kill, sent.ThreadID))
								other.leave()
							})
							return wire.Pass
						})
						var met atomic.Int64
						summary, err := s.Run(t, wire.Taps{Request: once.Request, Response: func(_ wire.Statement, number uint16) wire.Verdict {
							if number == interrupted {
								met.Add(1)
							}
							return wire.Pass
						}}, s.Options(atomicLog))
						killer.Wait()
						once.MustHaveFired(t)
						marks := strings.HasSuffix(point.Kind, "(mark)") // which the run gives up by itself after some seconds
						if kill == "KILL QUERY" && met.Load() != 1 && !marks {
							t.Errorf("%d statements were interrupted", met.Load())
						}
						s.MustSucceed(t, summary, err)
						s.Check(t)
					})
				}
			})
		}
	}
}

// hostTable has the host's own enricher write first, so that each statement of the transaction behind it may deadlock.
func hostTable(t *testing.T, s *stage.Stage, opts *cmmsimport.Options) {
	t.Helper()
	opts.Enrich = func(ctx context.Context, tx *gorm.DB, masters cmmsimport.MasterResolver, a *cmmsimport.AssetMaster, detail *innomaint.Asset) error {
		if err := tx.WithContext(ctx).Exec("UPDATE host_table SET n = n + 1").Error; err != nil {
			return err
		}
		return cmmsimport.EnrichAssetFromAPI(ctx, tx, masters, a, detail)
	}
}

// TestEachStatementOfATransactionDeadlocks: the other session has what the statement wants and wants what the transaction
// has, and the server takes the transaction back.
func TestEachStatementOfATransactionDeadlocks(t *testing.T) {
	t.Parallel()
	for _, atomicLog := range []bool{false, true} {
		t.Run(fmt.Sprint("AtomicLog ", atomicLog), func(t *testing.T) {
			t.Parallel()
			s := stage.New(t, stage.Settings{Size: small})
			for _, text := range []string{
				"CREATE TABLE t1.host_table (n INT)", "INSERT INTO t1.host_table VALUES (0)",
				"CREATE TABLE t1.ballast (n INT)", "INSERT INTO t1.ballast SELECT seq FROM t1.seq_1_to_500",
			} {
				s.Exec(t, text)
			}
			for _, point := range writes(t, s, atomicLog) {
				inside := strings.HasSuffix(tableOf(point), "_master") && !strings.HasSuffix(point.Kind, "(mark)") ||
					atomicLog && point.Kind == "INSERT cmms_sync_log"
				if !inside {
					continue
				}
				t.Run(point.String(), func(t *testing.T) { //nolint:paralleltest // one world
					var embrace sync.WaitGroup
					once := stage.At(point, func(wire.Statement) wire.Verdict {
						other := newRival(t, s)
						other.exec("UPDATE ballast SET n = n + 1") // the server takes back who has done less
						other.lock(tableOf(point))
						embrace.Go(func() {
							other.lock("host_table")
							other.leave()
						})
						return wire.Pass
					})
					var met atomic.Int64
					opts := s.Options(atomicLog)
					hostTable(t, s, &opts)
					summary, err := s.Run(t, wire.Taps{Request: once.Request, Response: func(_ wire.Statement, number uint16) wire.Verdict {
						if number == deadlock {
							met.Add(1)
						}
						return wire.Pass
					}}, opts)
					embrace.Wait()
					if met.Load() != 1 {
						t.Errorf("%d deadlocks", met.Load())
					}
					s.MustSucceed(t, summary, err)
					s.Check(t)
				})
			}
			var n, attempts int
			if err := s.Host.QueryRowContext(t.Context(), "SELECT n, (SELECT COUNT(*) FROM cmms_sync_log WHERE status = 'Success') FROM host_table").Scan(&n, &attempts); err != nil {
				t.Fatal(err)
			}
			if n != attempts-(len(s.World.Assets)-1) { // the run that found the points had no such enricher
				t.Errorf("the enricher counted %d, and %d attempts succeeded", n, attempts)
			}
		})
	}
}
