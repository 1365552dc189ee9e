package console

import (
	"cmp"
	"context"
	"slices"
	"time"

	"ic3.internal/innomaintsync/cmmsimport/synclog"
)

// maxCauses is how many causes a page tells of; the largest.
const maxCauses = 40

// problem is a cause with the assets whose last attempt it met.
type problem struct {
	cause
	Title, Advice string
	Assets        []affected // newest attempt first
	Since         time.Time  // the first attempt that it met, of the asset that was last good longest ago
	LastGood      time.Time  // when the first of these assets was last good; zero: none ever was
	NeverGood     int
}

// affected is one asset of a problem.
type affected struct {
	assetKey
	Name     string
	EntryID  uint64
	Message  string
	Attempt  time.Time
	LastGood time.Time
}

// problems is what was found, and how far it was looked for.
type problems struct {
	List    []problem
	Assets  int       // of all causes, those beyond List included
	Causes  int       // likewise
	Reach   time.Time // attempts before it were not looked at; zero: all were
	Looked  int       // at so many attempts, at most
	Clipped bool      // there are more than were taken
}

// sortOfTrouble is what tells failures and warnings apart.
type sortOfTrouble struct {
	wanted  wanted
	causes  func(synclog.Entry) []told
	current func(synclog.Entry, assetState) bool // the entry is of the asset's last attempt
	title   func(cause) string
	advice  func(cause) string
}

// told is a cause and the text that it was found in.
type told struct {
	cause
	message string
}

var failing = sortOfTrouble{
	wanted: wantedFailed,
	causes: func(e synclog.Entry) []told {
		return []told{{failureCause(e.ErrorKind, e.ErrorMessage, e.CMMSAssetID), e.ErrorMessage}}
	},
	current: func(_ synclog.Entry, a assetState) bool { return a.Status == string(synclog.Failed) },
	title:   func(c cause) string { return kindTitle(c.Kind) },
	advice:  func(c cause) string { return failureAdvice(c.Kind) },
}

var warning = sortOfTrouble{
	wanted: wantedWarned,
	causes: func(e synclog.Entry) (all []told) {
		for _, text := range e.Warnings {
			all = append(all, told{warningCause(text), text})
		}
		return all
	},
	// A success is logged behind the time that it puts on its asset, and before that of the next attempt.
	current: func(e synclog.Entry, a assetState) bool { return !e.SyncedAt.Before(a.AttemptedAt) },
	title:   func(c cause) string { return "Not taken over: " + columnName(c.Kind) },
	advice:  warningAdvice,
}

// problems groups what the last attempts of assets met, the largest group first. only limits it to one cause.
func (c *Console) problems(ctx context.Context, customerID *uint64, sort sortOfTrouble, only string) (problems, error) {
	entries, reach, err := c.troubled(ctx, customerID, sort.wanted)
	if err != nil {
		return problems{}, err
	}
	found := problems{Reach: reach, Looked: windowRows, Clipped: len(entries) == maxTroubled}
	if customerID != nil {
		found.Looked = customerWindowRows
	}
	entries = newestOfEach(entries)
	states, err := c.assetStates(ctx, keysOf(entries))
	if err != nil {
		return problems{}, err
	}

	byCause, seen := map[cause]*problem{}, map[assetKey]bool{}
	for _, e := range entries {
		key := keyOf(e)
		state, linked := states[key]
		if !linked || !sort.current(e, state) {
			continue
		}
		for _, t := range sort.causes(e) {
			if only != "" && t.Key() != only {
				continue
			}
			p := byCause[t.cause]
			if p == nil {
				p = &problem{cause: t.cause, Title: sort.title(t.cause), Advice: sort.advice(t.cause)}
				byCause[t.cause] = p
			}
			seen[key] = true
			p.add(affected{assetKey: key, Name: state.Name, EntryID: e.ID, Message: t.message, Attempt: e.SyncedAt, LastGood: state.SyncedAt})
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
	return found, c.date(ctx, found.List, sort)
}

// add counts an asset in, once.
func (p *problem) add(a affected) {
	if n := len(p.Assets); n > 0 && p.Assets[n-1].assetKey == a.assetKey {
		return // two warnings of one cause on one asset
	}
	p.Assets = append(p.Assets, a)
	if a.LastGood.IsZero() {
		p.NeverGood++
	} else if a.LastGood.After(p.LastGood) {
		p.LastGood = a.LastGood
	}
}

// date finds out since when each problem is there, by the asset of it that was last good longest ago.
func (c *Console) date(ctx context.Context, list []problem, sort sortOfTrouble) (err error) {
	for i := range list {
		p := &list[i]
		oldest := slices.MinFunc(p.Assets, func(a, b affected) int { return a.LastGood.Compare(b.LastGood) })
		good := oldest.LastGood
		if sort.wanted == wantedWarned { // a success with a warning is not what is meant here
			if good, err = c.lastWithout(ctx, oldest.assetKey); err != nil {
				return err
			}
			p.LastGood = good
		}
		if p.Since, err = c.firstAfter(ctx, oldest.assetKey, sort.wanted, good); err != nil {
			return err
		}
	}
	return nil
}

// newestOfEach keeps the first entry of each asset.
func newestOfEach(entries []synclog.Entry) []synclog.Entry {
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
