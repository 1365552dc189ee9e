// Package causes groups the failures of a run by kind and message.
package causes

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"ic3.internal/innomaintsync/cmmsimport/innomaint"
	"ic3.internal/innomaintsync/cmmsimport/synclog"
)

// Cause is a group of failures of one kind with one message, with one example.
type Cause struct {
	Kind        innomaint.Kind
	Message     string // without ids: they are replaced by "…"
	Count       int
	CustomerID  uint64
	CMMSAssetID string
}

// maxTracked bounds the memory: a message that is met later is not counted.
const maxTracked = 200

// Tally counts failures. The zero value is ready.
type Tally struct{ all []*Cause }

// Add counts a failure.
func (t *Tally) Add(kind innomaint.Kind, err error, customerID uint64, cmmsAssetID string) {
	message := withoutIDs(err)
	at := slices.IndexFunc(t.all, func(known *Cause) bool { return known.Kind == kind && known.Message == message })
	switch {
	case at >= 0:
		t.all[at].Count++
	case len(t.all) < maxTracked:
		t.all = append(t.all, &Cause{Kind: kind, Message: message, Count: 1, CustomerID: customerID, CMMSAssetID: cmmsAssetID})
	}
}

// Top returns the most frequent causes, at most n, the first met first among equals.
func (t *Tally) Top(n int) []*Cause {
	slices.SortStableFunc(t.all, func(a, b *Cause) int { return cmp.Compare(b.Count, a.Count) })
	return t.all[:min(len(t.all), n)]
}

// valuePattern finds what differs from asset to asset: quoted values, and long numbers.
var valuePattern = regexp.MustCompile(`"(?:[^"\\]|\\.)*"|'[^']*'|\d{5,}`)

// withoutIDs is a failure's message without what names its asset.
func withoutIDs(err error) string {
	message := valuePattern.ReplaceAllString(synclog.ErrorMessage(err), "…")
	message = strings.TrimPrefix(message, "innomaint: ")
	return strings.TrimPrefix(message, "asset …: ")
}
