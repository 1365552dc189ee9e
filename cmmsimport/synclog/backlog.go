package synclog

import "context"

// Backlog keeps, in memory and in order, the entries that could not be written, and writes them before any later one.
// It takes everything it is given: what waits is bounded by the attempts of one run. It is not safe for concurrent use.
type Backlog struct {
	write   func(ctx context.Context, e *Entry) error
	waiting []*Entry
}

// NewBacklog returns an empty Backlog that writes with write, which is called for one entry at a time.
func NewBacklog(write func(ctx context.Context, e *Entry) error) *Backlog {
	return &Backlog{write: write}
}

// Write writes what waits, in order, and then e. An entry whose write fails (or panics) waits, marked Uncertain, and so
// does everything after it. The error is that of the write that failed; nil when nothing waits any more.
func (b *Backlog) Write(ctx context.Context, e *Entry) error {
	b.waiting = append(b.waiting, e)
	return b.Flush(ctx)
}

// Flush writes what waits, in order, up to the first failure, whose error it returns.
func (b *Backlog) Flush(ctx context.Context) error {
	for len(b.waiting) > 0 {
		if err := b.writeFirst(ctx); err != nil {
			return err
		}
		b.waiting[0] = nil // the array behind the slice must not keep it alive
		b.waiting = b.waiting[1:]
	}
	b.waiting = nil
	return nil
}

func (b *Backlog) writeFirst(ctx context.Context) error {
	e := b.waiting[0]
	written := false
	defer func() { // also on a panic of the host's recorder
		if !written {
			e.Uncertain = true
		}
	}()
	err := b.write(ctx, e)
	written = err == nil
	return err
}

// Len says how many entries wait.
func (b *Backlog) Len() int { return len(b.waiting) }

// Pending returns the waiting entries, oldest first. The slice is the caller's own, the entries are not.
func (b *Backlog) Pending() []*Entry {
	return append([]*Entry(nil), b.waiting...)
}
