package register

import (
	"fmt"
	"maps"

	"ic3.internal/innomaintsync/cmmsimport/innomaint"
	"ic3.internal/innomaintsync/cmmsimport/internal/dbschema"
	"ic3.internal/innomaintsync/cmmsimport/synclog"
)

// Policy decides which value of a column wins: Innomaint's or the local one.
type Policy string

// The policies.
const (
	Overwrite   Policy = "overwrite"     // Innomaint's; the local one if Innomaint's is empty
	Mirror      Policy = "mirror"        // Innomaint's, empty or not
	FillIfEmpty Policy = "fill_if_empty" // the local one, unless it is empty
	Ignore      Policy = "ignore"        // the local one
)

// keepsLocal reports whether the local value stays, given which of the two values are empty.
func (p Policy) keepsLocal(localEmpty, remoteEmpty bool) bool {
	switch p {
	case Mirror:
		return false
	case FillIfEmpty:
		return !localEmpty || remoteEmpty
	case Ignore:
		return true
	default:
		return remoteEmpty
	}
}

// Change is one column that an UPDATE sets.
type Change struct {
	Column   string
	From, To any // SQL arguments, nil for NULL
	// OnlyIfEmpty sets the column only while it is still empty: FillIfEmpty must not overwrite what somebody filled in since the row
	// was read.
	OnlyIfEmpty bool
}

// Diff compares every column of enriched with local and applies its policy. Afterwards enriched holds what the row will hold.
// The columns that differ from local are returned. A value that does not fit its column is a warning, and the local one stays.
func (t *Table[A]) Diff(local, enriched *A, policyOf func(column string) Policy,
	defined map[string]dbschema.Column, warn func(innomaint.Warning)) []Change {
	var changes []Change
	for i := range t.columns {
		c := &t.columns[i]
		if c.equal(local, enriched) {
			continue
		}
		policy := policyOf(c.Name)
		if policy.keepsLocal(c.empty(local), c.empty(enriched)) {
			c.copy(enriched, local)
			continue
		}
		if c.problem != nil && !c.empty(enriched) {
			if problem := c.problem(enriched, defined[c.Name]); problem != "" {
				warn(innomaint.Warning{Field: c.Name, Value: fmt.Sprint(c.value(enriched)), Reason: problem})
				c.copy(enriched, local)
				continue
			}
		}
		changes = append(changes, Change{c.Name, c.value(local), c.value(enriched), policy == FillIfEmpty})
	}
	return changes
}

// Kept says, for a warning about a column, what the column keeps; "" if it is no column or has a new value.
func (t *Table[A]) Kept(column string, local, result *A) string {
	for i := range t.columns {
		c := &t.columns[i]
		if c.Name != column || !c.equal(local, result) {
			continue
		}
		if c.empty(local) {
			return "; stays empty"
		}
		return fmt.Sprintf("; kept %v", c.value(local))
	}
	return ""
}

// Logged renders what an attempt changed, in the asset and in its masters, for cmms_sync_log; nil if nothing changed.
func Logged(changes []Change, ofMasters synclog.Changes) synclog.Changes {
	if len(changes) == 0 {
		return ofMasters
	}
	all := make(synclog.Changes, len(changes)+len(ofMasters))
	for _, c := range changes {
		all[c.Column] = synclog.Change{From: c.From, To: c.To}
	}
	maps.Copy(all, ofMasters)
	return all
}

// Texts renders warnings for cmms_sync_log. A warning about a column says what the column keeps.
func (t *Table[A]) Texts(warnings []innomaint.Warning, local, result *A) []string {
	if len(warnings) == 0 {
		return nil
	}
	texts := make([]string, len(warnings))
	for i, w := range warnings {
		texts[i] = w.String() + t.Kept(w.Field, local, result)
	}
	return texts
}
