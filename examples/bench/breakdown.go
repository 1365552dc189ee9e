package main

import (
	"context"
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"ic3.internal/innomaintsync/cmmsimport/innomaint"
)

// breakdown is where the time of one asset goes, on average over a pass.
type breakdown struct {
	Label    string             `json:"label"`
	Parts    [partCount]float64 `json:"parts_us"` // in the order of partNames
	Total    float64            `json:"total_us"`
	Prepared int                `json:"prepared_most_often"` // how often one connection prepared one statement
	Text     string             `json:"prepared_most_often_text"`
}

// breakdowns watches each contender through one more pass. Decoding, which nothing can look at from outside, is timed by
// itself over the same answers, and taken from the rest.
func (b *bench) breakdowns(ctx context.Context, all []contender, out io.Writer) ([]breakdown, error) {
	byHand, byLibrary, err := b.decoding()
	if err != nil {
		return nil, err
	}
	var found []breakdown
	for _, c := range all {
		progress(out, "where the time goes: %s", c.label)
		if err := b.server.copyState(ctx, syncedState, workingCopy); err != nil {
			return nil, err
		}
		w := newWatch()
		s, err := b.run(ctx, c, workingCopy, nil, w)
		if err != nil {
			return nil, err
		}
		if err := b.server.drop(ctx, workingCopy); err != nil {
			return nil, err
		}
		one := breakdown{Label: c.label, Total: microseconds(s.Wall) / float64(s.Assets)}
		one.Text, one.Prepared = w.preparedMost()
		for part, spent := range w.spent {
			one.Parts[part] = microseconds(spent) / float64(s.Assets)
		}
		one.Parts[partDecode] = byHand
		if c.name == "library" || c.name == "atomic" {
			one.Parts[partDecode] = byLibrary
		}
		rest := one.Total
		for _, spent := range one.Parts {
			rest -= spent
		}
		one.Parts[partRest] = max(rest, 0)
		found = append(found, one)
	}
	progress(out, "")
	return found, nil
}

// decoding returns the µs that one answer takes to decode, by hand and in the library.
func (b *bench) decoding() (byHand, byLibrary float64, err error) {
	client, err := newClient(pass{url: "http://127.0.0.1"}) // it makes no request
	if err != nil {
		return 0, 0, err
	}
	answers := min(b.fleet.Assets, 2000)
	bodies := make([][]byte, answers)
	for i := range bodies {
		bodies[i] = b.fleet.body(i + 1)
	}
	began := time.Now()
	for i, body := range bodies {
		if _, err := decode(b.fleet.id(i+1), body); err != nil {
			return 0, 0, err
		}
	}
	byHand = microseconds(time.Since(began)) / float64(answers)
	began = time.Now()
	for i, body := range bodies {
		if _, err := client.Decode(innomaint.AssetRef{AssetID: b.fleet.id(i + 1)}, body); err != nil {
			return 0, 0, err
		}
	}
	return byHand, microseconds(time.Since(began)) / float64(answers), nil
}

func printBreakdowns(out io.Writer, found []breakdown) {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(w, "one asset, mean µs\t")
	for _, name := range partNames {
		fmt.Fprintf(w, "%s\t", name)
	}
	fmt.Fprintln(w, "all\t")
	for _, b := range found {
		fmt.Fprintf(w, "%s\t", b.Label)
		for _, spent := range b.Parts {
			fmt.Fprintf(w, "%.1f\t", spent)
		}
		fmt.Fprintf(w, "%.1f\t\n", b.Total)
	}
	_ = w.Flush()
	for _, b := range found {
		if b.Prepared > 1 {
			fmt.Fprintf(out, "%s: one connection prepared this %d times: %s\n", b.Label, b.Prepared, b.Text)
		}
	}
}
