package cmmsimporttest

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"gorm.io/gorm"

	"ic3.internal/innomaintsync/cmmsimport"
	"ic3.internal/innomaintsync/cmmsimport/synclog"
)

// Plan implements cmmsimport.AssetRepository.
func (r *Register) Plan(_ context.Context, _ *gorm.DB, q cmmsimport.AssetQuery) ([]cmmsimport.CustomerPlan, error) {
	assets := r.selected(q)
	if q.OldestFirst {
		slices.SortStableFunc(assets, byAttempt) // so that customers come by their oldest attempt
	} else {
		slices.SortStableFunc(assets, func(a, b cmmsimport.AssetMaster) int { return cmp.Compare(a.CustomerID, b.CustomerID) })
	}
	var plan []cmmsimport.CustomerPlan
	for _, a := range assets {
		i := slices.IndexFunc(plan, func(c cmmsimport.CustomerPlan) bool { return c.CustomerID == a.CustomerID })
		if i < 0 {
			i = len(plan)
			plan = append(plan, cmmsimport.CustomerPlan{CustomerID: a.CustomerID})
		}
		plan[i].Assets++
		plan[i].MaxID = max(plan[i].MaxID, a.ID)
		if a.CMMSAttemptedAt.After(plan[i].NewestAttempt) {
			plan[i].NewestAttempt = a.CMMSAttemptedAt
		}
	}
	return plan, nil
}

// Page implements cmmsimport.AssetRepository.
func (r *Register) Page(_ context.Context, _ *gorm.DB, q cmmsimport.AssetQuery, customer cmmsimport.CustomerPlan, after cmmsimport.Cursor, limit int) ([]cmmsimport.AssetMaster, error) {
	last := cmmsimport.AssetMaster{ID: after.ID, CMMSAttemptedAt: after.AttemptedAt}
	order := func(a, b cmmsimport.AssetMaster) int { return cmp.Compare(a.ID, b.ID) }
	if q.OldestFirst {
		order = byAttempt
	}
	page := slices.DeleteFunc(r.selected(q), func(a cmmsimport.AssetMaster) bool {
		return a.CustomerID != customer.CustomerID || a.ID > customer.MaxID || order(a, last) <= 0 ||
			q.OldestFirst && a.CMMSAttemptedAt.After(customer.NewestAttempt)
	})
	slices.SortFunc(page, order)
	return page[:min(limit, len(page))], nil
}

// byAttempt puts what was never attempted first.
func byAttempt(a, b cmmsimport.AssetMaster) int {
	return cmp.Or(a.CMMSAttemptedAt.Compare(b.CMMSAttemptedAt), cmp.Compare(a.CustomerID, b.CustomerID), cmp.Compare(a.ID, b.ID))
}

// selected returns the assets of a query.
func (r *Register) selected(q cmmsimport.AssetQuery) []cmmsimport.AssetMaster {
	return slices.DeleteFunc(r.Assets(), func(a cmmsimport.AssetMaster) bool {
		switch {
		case a.DeletedAt.Valid, strings.TrimSpace(a.CMMSAssetID) == "",
			q.CustomerID != nil && a.CustomerID != *q.CustomerID,
			q.CMMSAssetIDs != nil && !slices.Contains(q.CMMSAssetIDs, a.CMMSAssetID),
			q.OnlyFailed && a.CMMSSyncStatus != string(synclog.Failed),
			!q.NotSyncedSince.IsZero() && !a.CMMSSyncedAt.IsZero() && !a.CMMSSyncedAt.Before(q.NotSyncedSince):
			return true
		}
		return false
	})
}
