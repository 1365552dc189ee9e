package cmmsimport

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"ic3.internal/innomaintsync/cmmsimport/innomaint"
	"ic3.internal/innomaintsync/cmmsimport/synclog"
)

// Cause is a group of failures of one kind with one message.
type Cause struct {
	Kind        innomaint.Kind `json:"kind"`
	Message     string         `json:"message"` // without ids: they are replaced by "…"
	Count       int            `json:"count"`
	CustomerID  uint64         `json:"customer_id"` // one example
	CMMSAssetID string         `json:"cmms_asset_id"`
}

const (
	maxCauses        = 10  // in a Summary
	maxTrackedCauses = 200 // in memory
)

// causes groups the failures of a run.
type causes struct{ all []*Cause }

// add counts a failure; a success is none.
func (c *causes) add(result AssetResult) {
	if result.Err == nil {
		return
	}
	message := withoutIDs(result)
	at := slices.IndexFunc(c.all, func(known *Cause) bool { return known.Kind == result.Kind && known.Message == message })
	switch {
	case at >= 0:
		c.all[at].Count++
	case len(c.all) < maxTrackedCauses:
		c.all = append(c.all, &Cause{Kind: result.Kind, Message: message, Count: 1, CustomerID: result.CustomerID, CMMSAssetID: result.CMMSAssetID})
	}
}

// top returns the most frequent causes, the first met first among equals.
func (c *causes) top() []Cause {
	slices.SortStableFunc(c.all, func(a, b *Cause) int { return cmp.Compare(b.Count, a.Count) })
	var top []Cause
	for _, cause := range c.all[:min(len(c.all), maxCauses)] {
		top = append(top, *cause)
	}
	return top
}

// valuePattern finds what differs from asset to asset: quoted values, and long numbers.
var valuePattern = regexp.MustCompile(`"(?:[^"\\]|\\.)*"|'[^']*'|\d{5,}`)

// withoutIDs is a failure's message without what names its asset.
func withoutIDs(result AssetResult) string {
	message := valuePattern.ReplaceAllString(synclog.ErrorMessage(result.Err), "…")
	message = strings.TrimPrefix(message, "innomaint: ")
	return strings.TrimPrefix(message, "asset …: ")
}
