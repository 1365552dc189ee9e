package database_test

import (
	"context"
	"database/sql"
	"fmt"
	"testing"
	"time"

	"ic3.internal/innomaintsync/examples/faults/stage"
	"ic3.internal/innomaintsync/internal/dbtest/wire"
)

// hog takes every connection that an account without privileges can have, and returns how to give them back.
func hog(t *testing.T, s *stage.Stage) (release func()) {
	t.Helper()
	pool, err := sql.Open("mysql", "host@unix("+s.Server.Socket()+")/t1")
	if err != nil {
		t.Fatal(err)
	}
	var taken []*sql.Conn
	release = func() {
		for _, conn := range taken {
			_ = conn.Close() // into the pool,
		}
		_ = pool.Close() // which is closed; there is nothing else to say of either
	}
	t.Cleanup(release)
	for {
		conn, err := pool.Conn(t.Context())
		if err != nil {
			return release
		}
		taken = append(taken, conn)
	}
}

// TestNoConnectionIsLeftForAWhile takes the run's connection away while an asset is fetched, and then every other, until
// the run has been turned away some times.
func TestNoConnectionIsLeftForAWhile(t *testing.T) {
	t.Parallel()
	for _, atomicLog := range []bool{false, true} {
		t.Run(fmt.Sprint("AtomicLog ", atomicLog), func(t *testing.T) {
			t.Parallel()
			s := stage.New(t, stage.Settings{Size: four, Flags: []string{"--max-connections=10"}})
			opts := s.Options(atomicLog)
			var release func()
			duringFetch(s, &opts, 2, func() { release = takeAll(t, s) })
			summary, err := s.Run(t, wire.Taps{Refused: after(3, func() { release() })}, opts)
			s.MustSucceed(t, summary, err)
			s.Check(t)
		})
	}
}

// takeAll breaks the run's connections and takes them all.
func takeAll(t *testing.T, s *stage.Stage) (release func()) {
	t.Helper()
	s.Proxy.CutAll()
	awaitNone(t, s, "user = 'host'")
	return hog(t, s)
}

// awaitNone waits until the server has no such connection any more.
func awaitNone(t *testing.T, s *stage.Stage, where string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for n := -1; n != 0; {
		if err := s.Admin.QueryRowContext(ctx, "SELECT COUNT(*) FROM information_schema.processlist WHERE "+where).Scan(&n); err != nil {
			t.Fatal(err)
		}
	}
}
