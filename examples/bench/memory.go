package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
	"text/tabwriter"
)

// footprint is how much memory a run over so many assets takes.
type footprint struct {
	Assets   int    `json:"assets"`
	Live     uint64 `json:"live_heap_bytes"` // in use after a collection, near the end of the run
	PeakHeap uint64 `json:"peak_heap_bytes"` // in use, garbage included
	PeakRSS  uint64 `json:"peak_rss_bytes"`  // VmHWM; 0 where the system does not tell
}

// memory runs the library over fleets of these sizes. It is their first sync, so that masters, changes and log rows are
// all written; commits do not wait for the disk, which makes no difference to memory.
func (b *bench) memory(ctx context.Context, c contender, sizes []int, out io.Writer) (found []footprint, err error) {
	err = b.server.relaxed(ctx, func() error {
		for _, size := range sizes {
			b.fleet.Assets = size
			progress(out, "memory: linking %d assets", size)
			if err := b.server.link(ctx, linkedState, b.fleet); err != nil {
				return err
			}
			one := footprint{Assets: size}
			resetPeakRSS()
			_, err := b.run(ctx, c, linkedState, func(done int) {
				if done%10_000 == 0 {
					progress(out, "memory: %d of %d", done, size)
				}
				one.PeakHeap = max(one.PeakHeap, heapInUse())
				if done == size-size/100 {
					one.PeakRSS = peakRSS()
					runtime.GC()
					one.Live = heapInUse()
				}
			}, nil)
			if err != nil {
				return err
			}
			found = append(found, one)
			if err := b.server.drop(ctx, linkedState); err != nil {
				return err
			}
		}
		return nil
	})
	progress(out, "")
	return found, err
}

// resetPeakRSS makes VmHWM begin anew (proc(5), clear_refs), from what is resident now.
func resetPeakRSS() {
	runtime.GC()
	_ = os.WriteFile("/proc/self/clear_refs", []byte("5"), 0) // elsewhere than on Linux, there is none to reset
}

func peakRSS() uint64 {
	text, _ := os.ReadFile("/proc/self/status") // elsewhere than on Linux there is none
	for line := range strings.Lines(string(text)) {
		var kib uint64
		if n, _ := fmt.Sscanf(line, "VmHWM: %d kB", &kib); n == 1 {
			return kib << 10
		}
	}
	return 0
}

// memorySlack is how much more memory the most assets may take than the fewest.
const memorySlack = 5 << 20

func printMemory(out io.Writer, found []footprint) {
	mib := func(bytes uint64) float64 { return float64(bytes) / (1 << 20) }
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "assets\theap in use after GC MiB\tpeak heap in use MiB\tpeak RSS MiB\t")
	for _, f := range found {
		fmt.Fprintf(w, "%d\t%.1f\t%.1f\t%.1f\t\n", f.Assets, mib(f.Live), mib(f.PeakHeap), mib(f.PeakRSS))
	}
	_ = w.Flush()
	first, last := found[0], found[len(found)-1]
	verdict := "reached"
	if last.Live > first.Live+memorySlack || last.PeakHeap > first.PeakHeap+memorySlack {
		verdict = "not reached"
	}
	fmt.Fprintf(out, "target: heap in use at %d assets within %.0f MiB of that at %d: %s\n", last.Assets, mib(memorySlack), first.Assets, verdict)
}
