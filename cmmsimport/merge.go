package cmmsimport

import (
	"fmt"

	"ic3.internal/innomaintsync/cmmsimport/innomaint"
	"ic3.internal/innomaintsync/cmmsimport/internal/dbschema"
	"ic3.internal/innomaintsync/cmmsimport/synclog"
)

// ColumnChange is one column that an UPDATE of ic3_asset_master sets.
type ColumnChange struct {
	Column   string
	From, To any // SQL arguments, nil for NULL
	// OnlyIfEmpty sets the column only while it is still empty: the policy FillIfEmpty must not overwrite what somebody
	// filled in since the row was read.
	OnlyIfEmpty bool
}

// merge settles every synced column of enriched by its policy against local. Afterwards enriched holds what the row will
// hold; the columns that differ from local are returned. A value that its column cannot hold is a warning, and the local
// one stays.
func merge(local, enriched *AssetMaster, policies map[string]FieldPolicy, sizes map[string]dbschema.Column, warn func(innomaint.Warning)) []ColumnChange {
	var changes []ColumnChange
	for _, c := range assetColumns {
		if c.equal(local, enriched) {
			continue
		}
		policy := policyOf(policies, c.name)
		if policy.keepsLocal(c.empty(local), c.empty(enriched)) {
			c.copy(enriched, local)
			continue
		}
		if c.problem != nil && !c.empty(enriched) {
			if problem := c.problem(enriched, sizes[c.name]); problem != "" {
				warn(innomaint.Warning{Field: c.name, Value: fmt.Sprint(c.value(enriched)), Reason: problem})
				c.copy(enriched, local)
				continue
			}
		}
		changes = append(changes, ColumnChange{
			Column: c.name, From: c.value(local), To: c.value(enriched), OnlyIfEmpty: policy == FillIfEmpty,
		})
	}
	return changes
}

// logged renders changes for cmms_sync_log; nil where there are none.
func logged(changes []ColumnChange) synclog.Changes {
	if len(changes) == 0 {
		return nil
	}
	entry := make(synclog.Changes, len(changes))
	for _, c := range changes {
		entry[c.Column] = synclog.Change{From: c.From, To: c.To}
	}
	return entry
}
