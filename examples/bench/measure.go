package main

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"net/http"
	"runtime"
	"runtime/metrics"
	"runtime/pprof"
	"syscall"
	"time"
)

// sample is what one pass of one contender cost.
type sample struct {
	Assets   int           `json:"assets"`
	Wall     time.Duration `json:"wall_ns"`
	CPU      time.Duration `json:"client_cpu_ns"` // user and system, of this process alone
	Mallocs  uint64        `json:"allocations"`
	Bytes    uint64        `json:"allocated_bytes"`
	PeakHeap uint64        `json:"peak_heap_bytes"` // heap in use, looked at every 100 assets
	Counters counters      `json:"server_counters"`
}

// bench is what every measurement needs.
type bench struct {
	dir    string // for files of its own
	server *server
	tenant *tenant
	fleet  fleet
}

// run makes one pass of a contender over a database. after, where it is not nil, is called after each asset with how
// many are done; w, where it is not nil, looks at what the pass spends its time on.
func (b *bench) run(ctx context.Context, c contender, database string, after func(done int), w *watch) (s sample, err error) {
	url, err := b.tenant.serve(b.fleet)
	if err != nil {
		return s, err
	}
	connector, err := b.server.connector(database, c.params)
	if err != nil {
		return s, err
	}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	defer transport.CloseIdleConnections()
	client := &http.Client{Transport: transport, Timeout: 30 * time.Second}
	if w != nil {
		client.Transport = w.transport(transport)
		connector = w.connector(connector)
	}
	done := func() {
		s.Assets++
		if s.Assets%100 == 0 {
			s.PeakHeap = max(s.PeakHeap, heapInUse())
		}
		if after != nil {
			after(s.Assets)
		}
	}
	// the label also marks the goroutines of the pool and the transport, in a profile
	pprof.Do(ctx, pprof.Labels("contender", c.name), func(ctx context.Context) {
		err = b.measure(ctx, c, connector, pass{url: url, http: client, done: done}, &s)
	})
	if err != nil {
		return s, fmt.Errorf("%s: %w", c.label, err)
	}
	if s.Assets != b.fleet.Assets {
		return s, fmt.Errorf("%s: it attempted %d of %d assets", c.label, s.Assets, b.fleet.Assets)
	}
	return s, nil
}

func (b *bench) measure(ctx context.Context, c contender, connector driver.Connector, p pass, s *sample) error {
	p.pool = sql.OpenDB(connector)
	defer p.pool.Close()
	if c.oneConn {
		p.pool.SetMaxOpenConns(1)
	}
	if err := p.pool.PingContext(ctx); err != nil {
		return err
	}
	sync, err := c.open(ctx, p)
	if err != nil {
		return err
	}

	countersBefore, err := b.server.counters(ctx)
	if err != nil {
		return err
	}
	runtime.GC()
	var memory, memoryBefore runtime.MemStats
	runtime.ReadMemStats(&memoryBefore)
	cpu, began := cpuTime(), time.Now()
	if err := sync(ctx); err != nil {
		return err
	}
	s.Wall, s.CPU = time.Since(began), cpuTime()-cpu
	runtime.ReadMemStats(&memory)
	s.Mallocs, s.Bytes = memory.Mallocs-memoryBefore.Mallocs, memory.TotalAlloc-memoryBefore.TotalAlloc

	counted, err := b.server.counters(ctx)
	s.Counters = counted.since(countersBefore)
	return err
}

// cpuTime is what this process has used of the processor.
func cpuTime() time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		panic(err) // only with arguments that are wrong
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// heapInUse is MemStats.HeapInuse, read without stopping the program.
func heapInUse() uint64 {
	samples := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}, {Name: "/memory/classes/heap/unused:bytes"}}
	metrics.Read(samples)
	return samples[0].Value.Uint64() + samples[1].Value.Uint64()
}
