package cmmsimport

import (
	"context"
	"log/slog"

	"ic3.internal/innomaintsync/cmmsimport/internal/guard"
	"ic3.internal/innomaintsync/cmmsimport/internal/mysqlerr"
	"ic3.internal/innomaintsync/cmmsimport/internal/retry"
	"ic3.internal/innomaintsync/cmmsimport/synclog"
)

// markTimeout is how long a mark may wait for a lock that somebody else holds on the asset row.
const markTimeout = retry.WriteTimeout / 3

// failureMark marks the asset row of a failure before its log row is written. A row that the database refuses to write (a
// lock that somebody holds, a trigger, a constraint) must not hold up the log: its mark is tried once more when the run leaves the
// customer. nil is the mark of a success: nothing to do.
type failureMark struct {
	*customer
	entry          *synclog.Entry
	tried, written bool
}

func (c *customer) newFailureMark(e *synclog.Entry) *failureMark {
	if e.Status != synclog.Failed {
		return nil
	}
	return &failureMark{customer: c, entry: e}
}

// keep remembers a mark that is not written yet, for the end of the customer.
func (c *customer) keep(m *failureMark) {
	if m != nil && !m.written && len(c.marks) < maxWaiting {
		c.marks = append(c.marks, m)
	}
}

// write tries to mark the row, once. An error is one that the log row would meet, too.
func (m *failureMark) write(ctx context.Context) error {
	if m == nil || m.tried {
		return nil
	}
	limited, cancel := context.WithTimeout(ctx, markTimeout)
	defer cancel()
	err := m.writeNow(limited)
	if err != nil && (ctx.Err() != nil || limited.Err() == nil && retry.Transient(err) && !mysqlerr.LockWaitTimeout(err)) {
		return err
	}
	m.tried, m.written = true, err == nil
	if err != nil {
		m.log.LogAttrs(ctx, slog.LevelWarn, "asset not marked as failed yet", m.asset(), errorText(err))
	}
	return nil
}

// writeNow writes the mark, unless the customer is another run's by now.
func (m *failureMark) writeNow(ctx context.Context) error {
	if err := m.leases.Fence(ctx, m.db); err != nil && !m.leases.Lost() {
		return err
	}
	if m.leases.Lost() {
		return nil
	}
	return guard.Call("Repository", func() error {
		return m.opts.Repository.MarkFailed(ctx, m.db, m.entry.AssetID, m.entry.CMMSAssetID, Mark{RunID: m.entry.RunID, At: m.entry.SyncedAt})
	})
}

func (m *failureMark) asset() slog.Attr {
	return slog.Group("", slog.Uint64("customer_id", m.entry.CustomerID), slog.String("cmms_asset_id", m.entry.CMMSAssetID))
}

// markRest tries once more to mark what could not be marked before, also of failures whose log rows still wait.
func (c *customer) markRest(ctx context.Context) {
	if len(c.marks) == 0 {
		return
	}
	ctx, cancel := retry.Detached(ctx)
	defer cancel()
	for _, m := range c.marks {
		if m.written {
			continue
		}
		limited, cancel := context.WithTimeout(ctx, markTimeout)
		err := m.writeNow(limited)
		cancel()
		m.tried, m.written = true, true
		if err != nil {
			c.log.LogAttrs(ctx, slog.LevelError, "asset not marked as failed although its log row says so; OnlyFailed will not find it",
				m.asset(), errorText(err))
		}
	}
}
