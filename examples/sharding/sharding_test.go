package sharding_test

import (
	"context"
	"log/slog"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/hibiken/asynq"
	"gorm.io/gorm"

	"ic3.internal/innomaintsync/cmmsimport"
	"ic3.internal/innomaintsync/cmmsimport/innomaint"
	"ic3.internal/innomaintsync/cmmsimport/synclog"
	"ic3.internal/innomaintsync/examples/faults/invariant"
	"ic3.internal/innomaintsync/examples/sharding"
	"ic3.internal/innomaintsync/internal/dbtest"
)

func TestMain(m *testing.M) { os.Exit(dbtest.Main(m)) }

const customers = 6

func TestTwoMachinesShareTheCustomers(t *testing.T) {
	t.Parallel()
	dsn := dbtest.Database(t)
	w := invariant.NewWorld(t, dbtest.Open(t, dsn), invariant.Size{Customers: customers, Assets: 3})
	redis := asynq.RedisClientOpt{Addr: miniredis.RunT(t).Addr()}
	queue := asynq.NewClient(redis)
	t.Cleanup(func() { _ = queue.Close() })

	added, err := sharding.Enqueue(t.Context(), w.DB, queue)
	must(t, err)
	again, err := sharding.Enqueue(t.Context(), w.DB, queue) // by another machine
	must(t, err)
	if added != customers || again != 0 {
		t.Errorf("%d jobs, and %d more at the second call; want %d and none", added, again, customers)
	}

	// A manual run has the last customer until a job has met its lease.
	manual := newGate()
	last := uint64(customers)
	var manualRun sync.WaitGroup
	manualRun.Go(func() {
		opts := w.Options()
		opts.Client, opts.CustomerID = manual.before(opts.Client), &last
		if _, err := w.Run(t.Context(), opts); err != nil {
			t.Error(err)
		}
	})
	<-manual.reached

	// Two machines. Neither goes on with its first customer before the other has one.
	first, second := newGate(), newGate()
	start(t, w, redis, dbtest.Open(t, dsn), first)
	start(t, w, redis, dbtest.Open(t, dsn), second)
	<-first.reached
	<-second.reached
	first.open()
	second.open()

	inspector := asynq.NewInspector(redis)
	t.Cleanup(func() { _ = inspector.Close() })
	await(t, inspector, func(q *asynq.QueueInfo) bool { return q.Processed == customers-1 && q.Retry == 1 })
	manual.open()
	manualRun.Wait()
	await(t, inspector, func(q *asynq.QueueInfo) bool { return q.Size == 0 })

	info, err := inspector.GetQueueInfo("default")
	must(t, err)
	if info.Failed != 0 || info.Archived != 0 {
		t.Errorf("%d failures, %d archived jobs; a customer that is busy is none", info.Failed, info.Archived)
	}
	if n := w.CountNew(t); n != len(w.Assets) {
		t.Errorf("%d of %d assets are new", n, len(w.Assets))
	}
	runsAreApart(t, w.DB)
	w.Check(t)
}

// runsAreApart checks in the log that each asset was synced once, and those of the last customer, which had a manual run
// besides its job, twice; and that each customer's runs came one after the other.
func runsAreApart(t *testing.T, db *gorm.DB) {
	t.Helper()
	for customer := uint64(1); customer <= customers; customer++ {
		entries, err := synclog.Entries(t.Context(), db, synclog.Filter{CustomerID: &customer})
		must(t, err)
		attempts, runs, changes := map[string]int{}, map[string]bool{}, 0
		for i, e := range entries {
			attempts[e.CMMSAssetID]++
			runs[e.RunID] = true
			if i > 0 && e.RunID != entries[i-1].RunID {
				changes++
			}
		}
		want := 1
		if customer == customers {
			want = 2
		}
		if len(runs) != want || changes != want-1 {
			t.Errorf("customer %d: %d runs that take turns %d times, want %d, one after the other", customer, len(runs), changes, want)
		}
		for asset, n := range attempts {
			if n != want {
				t.Errorf("asset %s was synced %d times, want %d", asset, n, want)
			}
		}
	}
}

// start runs a worker on a machine of its own until the test ends.
func start(t *testing.T, w *invariant.World, redis asynq.RedisClientOpt, db *gorm.DB, g *gate) {
	t.Helper()
	worker := &sharding.Worker{
		DB: db, Client: g.before(w.Options().Client), TimeBox: time.Minute, Busy: 50 * time.Millisecond,
		Logger: slog.New(slog.DiscardHandler),
	}
	config := worker.Config(t.Context())
	config.LogLevel = asynq.FatalLevel
	config.TaskCheckInterval, config.DelayedTaskCheckInterval = 10*time.Millisecond, 20*time.Millisecond
	server := asynq.NewServer(redis, config)
	must(t, server.Start(worker))
	t.Cleanup(server.Shutdown)
}

// await asks the queue until it is as wanted.
func await(t *testing.T, inspector *asynq.Inspector, wanted func(*asynq.QueueInfo) bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	again := time.NewTicker(10 * time.Millisecond)
	defer again.Stop()
	for {
		info, err := inspector.GetQueueInfo("default")
		must(t, err)
		if wanted(info) {
			return
		}
		select {
		case <-ctx.Done():
			t.Fatalf("the queue is not as wanted: %+v", info)
		case <-again.C:
		}
	}
}

// gate holds the calls of a client until it is opened.
type gate struct {
	reached, opened chan struct{}
	once            sync.Once
}

func newGate() *gate { return &gate{reached: make(chan struct{}), opened: make(chan struct{})} }

func (g *gate) open() { close(g.opened) }

func (g *gate) before(client cmmsimport.APIClient) cmmsimport.APIClient {
	return cmmsimport.APIClientFunc(func(ctx context.Context, ref innomaint.AssetRef) (*innomaint.Asset, error) {
		g.once.Do(func() { close(g.reached) })
		select {
		case <-g.opened:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
		return client.GetAsset(ctx, ref)
	})
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
