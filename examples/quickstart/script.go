package main

import (
	"errors"
	"fmt"
	"maps"

	"ic3.internal/innomaintsync/cmmsimport"
	"ic3.internal/innomaintsync/cmmsimport/innomaint"
	"ic3.internal/innomaintsync/examples/internal/showcase"
)

// counts is what a run must come to.
type counts struct {
	total, changed, warnings int
	failed                   map[innomaint.Kind]int
}

func (t *tenant) afterFirstRun() counts {
	failed := map[innomaint.Kind]int{innomaint.KindNotFound: 1 + len(t.back), innomaint.KindBadResponse: 2}
	return counts{total: len(t.assets), changed: len(t.assets) - 3 - len(t.back), warnings: 1, failed: failed}
}

// afterManualRun: what came back, what is under repair, and the first asset of the renamed vendor, which renames the
// vendor's row for all of them.
func (t *tenant) afterManualRun() counts {
	total := 0
	for _, a := range t.assets {
		if a.CustomerID == t.manual {
			total++
		}
	}
	return counts{total: total, changed: len(t.back) + 2}
}

func (t *tenant) afterSecondRun() counts {
	failed := map[innomaint.Kind]int{innomaint.KindNotFound: 1, innomaint.KindBadResponse: 2}
	return counts{total: len(t.assets), warnings: 1, failed: failed}
}

// check refuses settings that cannot work.
func (s settings) check() error {
	switch {
	case s.assets < minAssets:
		return fmt.Errorf("-assets is %d: the story needs %d at least", s.assets, minAssets)
	case s.dsn == "" && s.assets > showcase.MaxEngineAssets:
		return fmt.Errorf("-assets is %d: the database in this process gets slow beyond %d; name another with -dsn", s.assets, showcase.MaxEngineAssets)
	case s.dsn == "" && s.force:
		return errors.New("-force goes with -dsn")
	}
	return nil
}

// compare reports a run that came to something else than the script has. Where somebody's rows were there before, there
// is no telling.
func (q *demo) compare(got cmmsimport.Summary, want counts) error {
	if q.force {
		return nil
	}
	if got.Total == want.total && got.Skipped == 0 && got.Changed == want.changed && got.Warnings == want.warnings && maps.Equal(got.FailedByKind, want.failed) {
		return nil
	}
	return fmt.Errorf("this is not as scripted: there should be %d assets, %d changed, %d warnings and %v failed", want.total, want.changed, want.warnings, want.failed)
}
