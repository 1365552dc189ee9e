package cmmsimport

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"ic3.internal/innomaintsync/cmmsimport/innomaint"
	"ic3.internal/innomaintsync/cmmsimport/synclog"
)

// Summary is the result of a run. Total == Successful + Failed + Skipped, and Successful == Changed + Unchanged, always.
type Summary struct {
	RunID      string  `json:"run_id"`      // cmms_sync_run.id, a ULID; empty if the run could not start
	CustomerID *uint64 `json:"customer_id"` // nil: every customer
	DryRun     bool    `json:"dry_run"`

	Total      int `json:"total"`
	Successful int `json:"successful"`
	Failed     int `json:"failed"`
	Skipped    int `json:"skipped"` // not attempted: the run ended before, another run holds the customer, or the row was unlinked meanwhile

	Changed   int `json:"changed"`
	Unchanged int `json:"unchanged"`

	MastersCreated int                    `json:"masters_created"`
	Warnings       int                    `json:"warnings"` // values that could not be stored; each is in cmms_sync_log.warnings
	FailedByKind   map[innomaint.Kind]int `json:"failed_by_kind"`
	Causes         []Cause                `json:"causes,omitempty"` // the failures grouped, the most frequent first, at most ten

	StartedAt  time.Time     `json:"started_at"` // UTC
	FinishedAt time.Time     `json:"finished_at"`
	Duration   time.Duration `json:"duration"` // in JSON: nanoseconds
}

// String lays the summary out as a small table for people.
func (s Summary) String() string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	row := func(name, format string, args ...any) {
		_, _ = fmt.Fprintf(w, "%s\t%s\n", name, fmt.Sprintf(format, args...))
	}

	scope := "all customers"
	if s.CustomerID != nil {
		scope = fmt.Sprintf("customer %d", *s.CustomerID)
	}
	if s.DryRun {
		scope += ", dry run: nothing was written"
	}
	row("run", "%s (%s)", s.RunID, scope)
	row("total assets", "%d", s.Total)
	row("successful", "%d (%d changed, %d unchanged)", s.Successful, s.Changed, s.Unchanged)
	row("failed", "%d%s", s.Failed, s.kinds())
	row("skipped", "%d", s.Skipped)
	row("masters created", "%d", s.MastersCreated)
	row("warnings", "%d", s.Warnings)
	row("duration", "%s", s.Duration.Round(time.Millisecond))
	for _, c := range s.Causes {
		message := c.Message
		if !strings.HasPrefix(message, string(c.Kind)) { // the client's own errors begin with it
			message = string(c.Kind) + ": " + message
		}
		row(fmt.Sprintf("%d failed", c.Count), "%s (for example asset %q of customer %d)", message, c.CMMSAssetID, c.CustomerID)
	}
	_ = w.Flush() // a strings.Builder does not fail
	return b.String()
}

// kinds renders FailedByKind in a fixed order: " (auth 2, not_found 3)".
func (s Summary) kinds() string {
	if len(s.FailedByKind) == 0 {
		return ""
	}
	parts := make([]string, 0, len(s.FailedByKind))
	for _, kind := range slices.Sorted(maps.Keys(s.FailedByKind)) {
		parts = append(parts, fmt.Sprintf("%s %d", kind, s.FailedByKind[kind]))
	}
	return " (" + strings.Join(parts, ", ") + ")"
}

// count adds an attempt n times: once, or -1 to take it back.
func (s *Summary) count(a AssetResult, mastersCreated, n int) {
	s.Warnings += n * len(a.Warnings)
	s.MastersCreated += n * mastersCreated
	switch {
	case a.Status == synclog.Failed:
		s.Failed += n
		s.FailedByKind[a.Kind] += n
	case len(a.Changes) > 0:
		s.Successful += n
		s.Changed += n
	default:
		s.Successful += n
		s.Unchanged += n
	}
}

// Cause is a group of failures of one kind with one message.
type Cause struct {
	Kind        innomaint.Kind `json:"kind"`
	Message     string         `json:"message"` // without ids: they are replaced by "…"
	Count       int            `json:"count"`
	CustomerID  uint64         `json:"customer_id"` // of one example
	CMMSAssetID string         `json:"cmms_asset_id"`
}

// maxCauses is how many causes a Summary has, the most frequent first.
const maxCauses = 10

// AssetResult is the result of one attempt, as OnAsset receives it.
type AssetResult struct {
	AssetID, CustomerID uint64 // id and customer_id of ic3_asset_master
	CMMSAssetID         string
	Status              synclog.Status
	Err                 error           // nil on success
	Kind                innomaint.Kind  // the failure's kind, as in cmms_sync_log.error_kind; empty on success
	Changes             synclog.Changes // what was written, as in cmms_sync_log; with DryRun what would be
	Warnings            []string        // values that could not be stored, with the reason
	Duration            time.Duration   // API call to commit or rollback
}

// Progress is how far a run has come.
type Progress struct {
	Done, Total, Failed int           // Done counts Skipped assets too
	Elapsed, Remaining  time.Duration // Remaining is an estimate from the pace so far
}
