package main

import (
	"context"
	"fmt"
	"io"
	"time"
)

// The databases: the linked assets, the same after a first sync, and the copy that a contender works on.
const (
	linkedState = "linked"
	syncedState = "synced"
	workingCopy = "working"
)

// result is what a contender's passes cost, round by round.
type result struct {
	Name    string   `json:"name"`
	Label   string   `json:"label"`
	Samples []sample `json:"rounds"`
}

// prepare makes the two states. Every contender makes the first sync, untimed, and all must leave the same behind.
func (b *bench) prepare(ctx context.Context, all []contender, out io.Writer) error {
	return b.server.relaxed(ctx, func() error {
		if err := b.server.link(ctx, linkedState, b.fleet); err != nil {
			return err
		}
		var first leftBehind
		for i, c := range all {
			progress(out, "first sync, untimed: %s", c.label)
			c.name = "first-sync-" + c.name // a label of its own in a profile
			_, left, err := b.pass(ctx, c, linkedState)
			if err != nil {
				return err
			}
			if i == 0 {
				first = left
				if err := b.server.copyState(ctx, workingCopy, syncedState); err != nil {
					return err
				}
			}
			if err := left.compare(c.label, first, all[0].label); err != nil {
				return err
			}
			if err := b.server.drop(ctx, workingCopy); err != nil {
				return err
			}
		}
		return nil
	})
}

// rounds lets each contender make so many passes over copies of a state, in an order that rotates from round to round,
// and compares what they leave behind.
func (b *bench) rounds(ctx context.Context, all []contender, state string, rounds int, out io.Writer) ([]result, error) {
	results := make([]result, len(all))
	for i, c := range all {
		results[i] = result{Name: c.name, Label: c.label}
	}
	for round := range rounds {
		var first leftBehind
		var firstLabel string
		for turn := range all {
			i := (round + turn) % len(all)
			progress(out, "round %d of %d: %s", round+1, rounds, all[i].label)
			s, left, err := b.pass(ctx, all[i], state)
			if err != nil {
				return nil, err
			}
			if turn == 0 {
				first, firstLabel = left, all[i].label
			}
			if err := left.compare(all[i].label, first, firstLabel); err != nil {
				return nil, err
			}
			results[i].Samples = append(results[i].Samples, s)
			if err := b.server.drop(ctx, workingCopy); err != nil {
				return nil, err
			}
		}
	}
	progress(out, "")
	return results, nil
}

// pass makes one pass over a copy of a state, and leaves the copy.
func (b *bench) pass(ctx context.Context, c contender, state string) (sample, leftBehind, error) {
	if err := b.server.copyState(ctx, state, workingCopy); err != nil {
		return sample{}, "", err
	}
	began := time.Now()
	s, err := b.run(ctx, c, workingCopy, nil, nil)
	if err != nil {
		return s, "", err
	}
	left, err := b.snapshot(ctx, workingCopy, c.name, began)
	if err == nil {
		err = left.check(b.fleet)
	}
	if err != nil {
		err = fmt.Errorf("%s: %w", c.label, err)
	}
	return s, left, err
}

// progress shows, on a line of its own that is written over, what goes on.
func progress(out io.Writer, format string, args ...any) {
	fmt.Fprintf(out, "\r\x1b[K"+format, args...)
}
