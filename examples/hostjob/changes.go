package main

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"

	"ic3.internal/innomaintsync/cmmsimport"
)

// changeTable shows what a dry run found, a line a field, while it goes on: it holds one asset at a time.
type changeTable struct {
	lines *tabwriter.Writer
}

const (
	columnWidth = 18 // at least; a wider value moves its own asset's lines only
	longestText = 60
)

func newChangeTable(out io.Writer) *changeTable {
	t := &changeTable{tabwriter.NewWriter(out, columnWidth, 0, 2, ' ', 0)}
	t.line("CUSTOMER", "ASSET", "FIELD", "LOCAL", "INNOMAINT")
	return t
}

// watch implements watcher.
func (t *changeTable) watch(opts cmmsimport.Options) cmmsimport.Options {
	return onAsset(opts, func(res cmmsimport.AssetResult, _ cmmsimport.Progress) {
		id, asset := strconv.FormatUint(res.CustomerID, 10), printable(res.CMMSAssetID)
		for _, field := range slices.Sorted(maps.Keys(res.Changes)) {
			change := res.Changes[field]
			t.line(id, asset, field, shown(change.From), shown(change.To))
		}
		for _, warning := range res.Warnings {
			t.line(id, asset, "(warning)", "", printable(warning))
		}
		if res.Err != nil {
			t.line(id, asset, "(failed)", string(res.Kind), printable(res.Err.Error()))
		}
		_ = t.lines.Flush() // for people to see
	})
}

func (t *changeTable) line(cells ...string) { fmt.Fprintln(t.lines, strings.Join(cells, "\t")) }

// shown is a value as a cell: short, and with nothing in it that a terminal would obey.
func shown(value any) string {
	if value == nil {
		return "-"
	}
	text := []rune(printable(fmt.Sprint(value)))
	if len(text) > longestText {
		return string(text[:longestText]) + "…"
	}
	return string(text)
}

func printable(text string) string {
	quoted := strconv.QuoteToGraphic(text)
	return strings.ReplaceAll(quoted[1:len(quoted)-1], `\"`, `"`)
}
