package register

import (
	"maps"

	"ic3.internal/innomaintsync/cmmsimport/innomaint"
	"ic3.internal/innomaintsync/cmmsimport/synclog"
)

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
