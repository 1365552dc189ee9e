package main

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"

	"ic3.internal/innomaintsync/cmmsimport"
	"ic3.internal/innomaintsync/cmmsimport/synclog"
)

// results is what the reports need of a run: never all of it.
type results struct {
	summary         cmmsimport.Summary
	warned, changed []cmmsimport.AssetResult
}

const maxKept = 20 // results of one sort

func (r *results) add(result cmmsimport.AssetResult) {
	keep := func(list *[]cmmsimport.AssetResult, wanted bool) {
		if wanted && len(*list) < maxKept {
			*list = append(*list, result)
		}
	}
	keep(&r.warned, len(result.Warnings) > 0)
	keep(&r.changed, len(result.Changes) > 0)
}

func heading(out io.Writer, format string, args ...any) {
	fmt.Fprintf(out, "\n== "+format+"\n\n", args...)
}

// table prints rows in columns. A tab stands between two cells.
func table(out io.Writer, header string, rows []string) {
	w := tabwriter.NewWriter(out, 0, 0, 3, ' ', 0)
	fmt.Fprintln(w, strings.ToUpper(header))
	for _, row := range rows {
		fmt.Fprintln(w, row)
	}
	_ = w.Flush() // an output that is gone is no reason to stop
}

func row(cells ...any) string {
	return strings.TrimSuffix(fmt.Sprintf(strings.Repeat("%v\t", len(cells)), cells...), "\t")
}

// printStatements says what Migrate is about to do.
func printStatements(out io.Writer, statements []string) {
	var tables []string
	for _, s := range statements {
		if name, ok := strings.CutPrefix(s, "CREATE TABLE `"); ok {
			name, _, _ = strings.Cut(name, "`")
			tables = append(tables, name)
			continue
		}
		fmt.Fprintf(out, "Migrate runs: %s\n", s)
	}
	if len(tables) > 0 {
		fmt.Fprintf(out, "Migrate creates: %s\n", strings.Join(tables, ", "))
	}
}

func printWarnings(out io.Writer, warned []cmmsimport.AssetResult) {
	for _, w := range warned {
		for _, text := range w.Warnings {
			fmt.Fprintf(out, "  %s  %s\n", w.CMMSAssetID, text)
		}
	}
}

// printChanges lists what changed: whole for a few columns, else the first ones.
func printChanges(out io.Writer, changed []cmmsimport.AssetResult) {
	const most = 4
	var rows []string
	for _, c := range changed {
		rows = append(rows, changeRows(c.CMMSAssetID, c.Changes, most)...)
	}
	table(out, "asset\tcolumn\tfrom\tto", rows)
}

// changeRows lists the changes of one asset, at most so many.
func changeRows(asset string, changes synclog.Changes, most int) []string {
	var rows []string
	columns := slices.Sorted(maps.Keys(changes))
	for _, column := range columns[:min(most, len(columns))] {
		rows = append(rows, row(asset, column, orNull(changes[column].From), orNull(changes[column].To)))
	}
	if more := len(columns) - len(rows); more > 0 {
		rows = append(rows, row(asset, fmt.Sprintf("and %d more", more), "", ""))
	}
	return rows
}

func orNull(v any) any { return cmp.Or[any](v, "NULL") }
