package main

import (
	"context"
	"fmt"
	"io"
	"os"
)

// compare is the comparison of the contenders.
func (b *bench) compare(ctx context.Context, s settings, f *figures, out, watching io.Writer) error {
	all, err := only(contenders, s.only)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "%d assets of %d customers, %d of them missing in Innomaint; nothing changes; API latency %s; medians of %d rounds\n\n",
		b.fleet.Assets, (b.fleet.Assets+b.fleet.PerCustomer-1)/b.fleet.PerCustomer, b.fleet.failed(), b.fleet.Latency, s.rounds)
	if err := b.prepare(ctx, all, watching); err != nil {
		return err
	}
	if f.Results, err = b.rounds(ctx, all, syncedState, s.rounds, watching); err != nil {
		return err
	}
	f.Assets = b.fleet.Assets
	if s.latency == 0 { // what is to be reached is reached without waiting for an API
		f.Targets = targets(f.Results, b.fleet)
	}
	printTable(out, f.Results)
	fmt.Fprintln(out)
	if len(all) > 1 {
		printRatios(out, f.Results)
		fmt.Fprintln(out)
	}
	if f.Targets != nil {
		printTargets(out, f.Targets)
		fmt.Fprintln(out)
	}
	if len(all) > 1 {
		fmt.Fprintln(out, "All left the same rows behind, in the first sync and in every round: assets, masters and log.")
	}
	if s.svg == "" {
		return nil
	}

	if f.Breakdowns, err = b.breakdowns(ctx, all, watching); err != nil {
		return err
	}
	fmt.Fprintln(out)
	printBreakdowns(out, f.Breakdowns)
	title := fmt.Sprintf("The time of one asset, µs: %d assets, nothing changes, API latency %s, database %s", b.fleet.Assets, b.fleet.Latency, b.server.transport())
	return os.WriteFile(s.svg, []byte(drawSVG(title, f.Breakdowns)), 0o644)
}

// measureEffects shows what a host's settings change.
func (b *bench) measureEffects(ctx context.Context, s settings, f *figures, out, watching io.Writer) error {
	all, err := only(effects, s.only)
	if err != nil {
		return err
	}
	if err := b.prepare(ctx, all, watching); err != nil {
		return err
	}
	for _, state := range []struct {
		name, what string
		into       *[]result
	}{
		{syncedState, "Nothing changes", &f.Results},
		{linkedState, "The first sync: every asset changes, every master is new", &f.Changed},
	} {
		if *state.into, err = b.rounds(ctx, all, state.name, s.rounds, watching); err != nil {
			return err
		}
		fmt.Fprintf(out, "\n%s; %d assets, medians of %d rounds\n\n", state.what, b.fleet.Assets, s.rounds)
		printTable(out, *state.into)
		fmt.Fprintln(out)
		printRatios(out, *state.into)
	}
	f.Assets = b.fleet.Assets
	return nil
}

// measured is whom the runs over many assets measure: the library, unless -only names somebody else.
func (s settings) measured() (contender, error) {
	if s.only == "" {
		s.only = "library"
	}
	chosen, err := only(contenders, s.only)
	if err != nil {
		return contender{}, err
	}
	return chosen[0], nil
}

func (b *bench) measureMemory(ctx context.Context, s settings, f *figures, out, watching io.Writer) error {
	c, err := s.measured()
	if err != nil {
		return err
	}
	if f.Memory, err = b.memory(ctx, c, s.memory.chosen, watching); err != nil {
		return err
	}
	fmt.Fprintf(out, "%s, first sync\n", c.label)
	printMemory(out, f.Memory)
	return nil
}

func (b *bench) measureGrowth(ctx context.Context, s settings, f *figures, out, watching io.Writer) error {
	c, err := s.measured()
	if err != nil {
		return err
	}
	g, err := b.grow(ctx, c, s.growth.chosen, s.rounds, s.logRows, watching)
	if err != nil {
		return err
	}
	progress(watching, "")
	fmt.Fprintf(out, "%s, nothing changes\n", c.label)
	printGrowth(out, g)
	f.Growth = &g
	return nil
}
