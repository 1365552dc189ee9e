package database_test

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"

	"ic3.internal/innomaintsync/cmmsimport"
	"ic3.internal/innomaintsync/cmmsimport/innomaint"
	"ic3.internal/innomaintsync/examples/faults/stage"
	"ic3.internal/innomaintsync/internal/dbtest/wire"
)

// TestTheServerStandsStillAtEachStatement stops it with SIGSTOP, connections open, until the driver has given up waiting
// twice. What it was sent meanwhile it carries out late, when the run has long begun to repeat it.
func TestTheServerStandsStillAtEachStatement(t *testing.T) {
	t.Parallel()
	for _, atomicLog := range []bool{false, true} {
		t.Run(fmt.Sprint("AtomicLog ", atomicLog), func(t *testing.T) {
			t.Parallel()
			s := stage.New(t, stage.Settings{Size: small, Params: "?timeout=400ms&readTimeout=400ms&writeTimeout=400ms"})
			points := stage.Usual(stage.Executions(s.Points(t, s.Options(atomicLog))))
			for _, point := range points {
				t.Run(point.String(), func(t *testing.T) { //nolint:paralleltest // one world
					once := stage.At(point, func(wire.Statement) wire.Verdict {
						s.Server.Freeze(t)
						return wire.Pass
					})
					var givenUp atomic.Int64
					summary, err := s.Run(t, wire.Taps{Request: once.Request, Closed: func() {
						if givenUp.Add(1) == 2 {
							s.Server.Thaw(t)
						}
					}}, s.Options(atomicLog))
					once.MustHaveFired(t)
					s.MustSucceed(t, summary, err)
					s.Check(t)
				})
			}
		})
	}
}

// TestIdleConnectionsAreClosedBetweenAssets has each API call outlast the server's wait_timeout.
func TestIdleConnectionsAreClosedBetweenAssets(t *testing.T) {
	t.Parallel()
	for _, atomicLog := range []bool{false, true} {
		t.Run(fmt.Sprint("AtomicLog ", atomicLog), func(t *testing.T) {
			t.Parallel()
			s := stage.New(t, stage.Settings{Size: small})
			s.Exec(t, "SET GLOBAL wait_timeout = 1")
			left := make(chan struct{}, 100)
			opts := s.Options(atomicLog)
			client := opts.Client
			opts.Client = cmmsimport.APIClientFunc(func(ctx context.Context, ref innomaint.AssetRef) (*innomaint.Asset, error) {
				<-left
				return client.GetAsset(ctx, ref)
			})
			summary, err := s.Run(t, wire.Taps{Closed: func() { left <- struct{}{} }}, opts)
			s.MustSucceed(t, summary, err)
			s.Check(t)
		})
	}
}
