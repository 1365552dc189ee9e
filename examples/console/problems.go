package console

import (
	"cmp"
	"context"
	"slices"
	"time"

	"ic3.internal/innomaintsync/cmmsimport/innomaint"
	"ic3.internal/innomaintsync/cmmsimport/synclog"
)

// maxCauses is the number of causes on a page. A page shows the largest.
const maxCauses = 40

// problem is a cause with the assets whose last attempt it affected.
type problem struct {
	cause
	Title, Advice string
	Assets        []affectedAsset // newest attempt first
	Since         time.Time       // when it began; see date
	LastSuccess   time.Time       // the latest success of any of these assets; zero: none
	NeverSynced   int
}

// affectedAsset is one asset of a problem.
type affectedAsset struct {
	assetKey
	Name        string
	EntryID     uint64
	Message     string
	Attempt     time.Time
	LastSuccess time.Time
}

// problems is the result of a search.
type problems struct {
	List       []problem
	Assets     int       // of all causes, including those not in List
	Causes     int       // including those not in List
	OldestSeen time.Time // older attempts were not searched; zero: all were
	Window     int       // the number of attempts that were searched, at most
	Truncated  bool      // there are more matches than maxEntries
}

// problemType describes how failures and warnings differ.
type problemType struct {
	where    condition
	messages func(synclog.Entry) []message
	current  func(synclog.Entry, assetState) bool // the entry belongs to the asset's last attempt
	title    func(cause) string
	advice   func(cause) string
}

// message is a text with its cause.
type message struct {
	cause
	text string
}

var failing = problemType{
	where: whereFailed,
	messages: func(e synclog.Entry) []message {
		return []message{{failureCause(e.ErrorKind, e.ErrorMessage, e.CMMSAssetID), e.ErrorMessage}}
	},
	current: func(_ synclog.Entry, a assetState) bool { return a.Status == string(synclog.Failed) },
	title:   func(c cause) string { return kindTitle(innomaint.Kind(c.Kind)) },
	advice:  func(c cause) string { return failureAdvice(innomaint.Kind(c.Kind)) },
}

var warning = problemType{
	where: whereWarned,
	messages: func(e synclog.Entry) (all []message) {
		for _, text := range e.Warnings {
			all = append(all, message{warningCause(text), text})
		}
		return all
	},
	// A success is logged after cmms_attempted_at of its asset is set, and before the next attempt sets it again.
	current: func(e synclog.Entry, a assetState) bool { return !e.SyncedAt.Before(a.AttemptedAt) },
	title:   func(c cause) string { return "Not applied: " + columnName(c.Kind) },
	advice:  warningAdvice,
}

// problems groups the failures or warnings of the assets' last attempts, the largest group first. only limits it to one cause.
func (c *Console) problems(ctx context.Context, customerID *uint64, typ problemType, only string) (problems, error) {
	entries, oldestSeen, err := c.recentEntries(ctx, customerID, typ.where)
	if err != nil {
		return problems{}, err
	}
	found := problems{OldestSeen: oldestSeen, Window: windowRows, Truncated: len(entries) == maxEntries}
	if customerID != nil {
		found.Window = customerWindowRows
	}
	entries = newestByAsset(entries)
	states, err := c.assetStates(ctx, keysOf(entries))
	if err != nil {
		return problems{}, err
	}

	byCause, seen := map[cause]*problem{}, map[assetKey]bool{}
	for _, e := range entries {
		key := keyOf(e)
		state, linked := states[key]
		if !linked || !typ.current(e, state) {
			continue
		}
		for _, t := range typ.messages(e) {
			if only != "" && t.Key() != only {
				continue
			}
			p := byCause[t.cause]
			if p == nil {
				p = &problem{cause: t.cause, Title: typ.title(t.cause), Advice: typ.advice(t.cause)}
				byCause[t.cause] = p
			}
			seen[key] = true
			p.add(affectedAsset{assetKey: key, Name: state.Name, EntryID: e.ID, Message: t.text, Attempt: e.SyncedAt, LastSuccess: state.SyncedAt})
		}
	}
	found.Assets, found.Causes = len(seen), len(byCause)
	for _, p := range byCause {
		found.List = append(found.List, *p)
	}
	slices.SortFunc(found.List, func(a, b problem) int {
		return cmp.Or(cmp.Compare(len(b.Assets), len(a.Assets)), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Text, b.Text))
	})
	found.List = found.List[:min(maxCauses, len(found.List))]
	return found, c.date(ctx, found.List, typ)
}

// add adds an asset, once.
func (p *problem) add(a affectedAsset) {
	if n := len(p.Assets); n > 0 && p.Assets[n-1].assetKey == a.assetKey {
		return // two warnings with one cause on one asset
	}
	p.Assets = append(p.Assets, a)
	if a.LastSuccess.IsZero() {
		p.NeverSynced++
	} else if a.LastSuccess.After(p.LastSuccess) {
		p.LastSuccess = a.LastSuccess
	}
}

// date finds the time at which each problem began, from the asset whose last success is the oldest.
func (c *Console) date(ctx context.Context, list []problem, typ problemType) (err error) {
	for i := range list {
		p := &list[i]
		oldest := slices.MinFunc(p.Assets, func(a, b affectedAsset) int { return a.LastSuccess.Compare(b.LastSuccess) })
		good := oldest.LastSuccess
		if typ.where == whereWarned { // a success with this warning does not count
			if good, err = c.lastCleanSuccess(ctx, oldest.assetKey); err != nil {
				return err
			}
			p.LastSuccess = good
		}
		if p.Since, err = c.firstAfter(ctx, oldest.assetKey, typ.where, good); err != nil {
			return err
		}
	}
	return nil
}

// newestByAsset keeps the first entry of each asset.
func newestByAsset(entries []synclog.Entry) []synclog.Entry {
	seen := map[assetKey]bool{}
	return slices.DeleteFunc(entries, func(e synclog.Entry) bool {
		key := keyOf(e)
		before := seen[key]
		seen[key] = true
		return before
	})
}

func keysOf(entries []synclog.Entry) []assetKey {
	keys := make([]assetKey, len(entries))
	for i, e := range entries {
		keys[i] = keyOf(e)
	}
	return keys
}
