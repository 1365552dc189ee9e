package main

import (
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"

	"ic3.internal/innomaintsync/cmmsimport"
)

// bar is a progress bar on a terminal, and nothing elsewhere.
type bar struct {
	out io.Writer // nil: no terminal

	mu    sync.Mutex // log lines come from other goroutines, too
	shown *progressbar.ProgressBar
}

// newBar shows nothing of runs that nobody waits for, and nothing beside a table.
func newBar(out io.Writer, t task) *bar {
	file, ok := out.(*os.File)
	if !ok || t.schedule || t.migrate || t.dryRun || !term.IsTerminal(int(file.Fd())) {
		return &bar{}
	}
	return &bar{out: out}
}

// watch implements watcher.
func (b *bar) watch(opts cmmsimport.Options) cmmsimport.Options {
	if b.out == nil {
		return opts
	}
	return onAsset(opts, func(_ cmmsimport.AssetResult, p cmmsimport.Progress) { b.show(p) })
}

func (b *bar) show(p cmmsimport.Progress) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.shown == nil { // only now the total is known
		b.shown = progressbar.NewOptions(p.Total,
			progressbar.OptionSetWriter(b.out),
			progressbar.OptionSetWidth(40),
			progressbar.OptionShowCount(),
			progressbar.OptionThrottle(50*time.Millisecond),
			progressbar.OptionOnCompletion(func() { fmt.Fprintln(b.out) }),
		)
	}
	b.shown.Describe(fmt.Sprintf("syncing, %d failed", p.Failed))
	_ = b.shown.Set(p.Done) // for people to see; nothing depends on it
}

// around returns out for log lines, which take the bar's place; the bar comes back with the next asset.
func (b *bar) around(out io.Writer) io.Writer {
	if b.out == nil {
		return out
	}
	return lines{b, out}
}

type lines struct {
	bar *bar
	out io.Writer
}

// Write implements io.Writer.
func (l lines) Write(line []byte) (int, error) {
	l.bar.mu.Lock()
	defer l.bar.mu.Unlock()
	if l.bar.shown != nil && !l.bar.shown.IsFinished() {
		_ = l.bar.shown.Clear() // for people to see; nothing depends on it
	}
	return l.out.Write(line)
}
