package main

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"unicode"
	"unicode/utf8"

	"ic3.internal/innomaintsync/cmmsimport/innomaint"
)

const (
	maxShown = 60 // characters of a value
	maxPaths = 4  // of a master's
)

func heading(out io.Writer, text string) {
	fmt.Fprintf(out, "\n== %s\n\n", text)
}

// printExplanation shows how the answer was read, and the field map that comes of it.
func printExplanation(out io.Writer, s settings, e *innomaint.Explanation) {
	if e.Envelope == "" {
		fmt.Fprintln(out, "The answer is the asset object itself.")
	} else {
		fmt.Fprintf(out, "The asset object stands at %q in the answer.\n", e.Envelope)
	}
	heading(out, "What was read")
	printFields(out, e)
	if len(e.Asset.Warnings) > 0 {
		heading(out, "Warnings: what could not be read. A sync leaves these columns as they are")
		for _, w := range e.Asset.Warnings {
			fmt.Fprintln(out, " ", w)
		}
	}
	missing := missingFields(e)
	if len(missing) > 0 {
		heading(out, "Missing: no path leads to these")
		printMissing(out, missing, s.fields)
	}
	if len(e.Unread) > 0 {
		heading(out, "In the answer, and read by nobody")
		table := tabwriter.NewWriter(out, 2, 0, 2, ' ', 0)
		for _, u := range e.Unread {
			fmt.Fprintf(table, "  %s\t%s\n", u.Path, shown(string(u.Raw)))
		}
		_ = table.Flush() // into memory
	}
	heading(out, "The field map, for innomaint.Config.Fields")
	fmt.Fprint(out, goCode(s, e, suggest(s, e, missing)))
}

// printFields lists every value that is there, and where.
func printFields(out io.Writer, e *innomaint.Explanation) {
	if !slices.ContainsFunc(e.Fields, func(f innomaint.FieldSource) bool { return f.Path != "" }) {
		fmt.Fprintln(out, "  nothing")
		return
	}
	table := tabwriter.NewWriter(out, 2, 0, 2, ' ', 0)
	fmt.Fprintln(table, "  FIELD\tVALUE\tFROM\tCOLUMN")
	for _, f := range e.Fields {
		if f.Path == "" {
			continue
		}
		value := shown(strconv.Quote(f.Value))
		switch {
		case f.Field == "CustomFields" && f.Value != "":
			value = shown(f.Value)
		case f.Value == "" && e.Asset.Unreadable(f.Column):
			value = "unreadable: " + shown(string(f.Raw))
		case f.Value == "":
			value = "empty: " + shown(string(f.Raw)) + " stands for nothing"
		}
		from := f.At
		if from == "" {
			from = f.Path
		}
		fmt.Fprintf(table, "  %s\t%s\t%s\t%s\n", f.Field, value, from, f.Column)
	}
	_ = table.Flush() // into memory
}

// missingFields lists the fields that no path leads to, a master as one: "Name", "Vendor".
func missingFields(e *innomaint.Explanation) (missing []string) {
	found := map[string]bool{}
	for _, f := range e.Fields {
		if master, _, ok := strings.Cut(f.Field, "."); ok && f.Path != "" {
			found[master] = true
		}
	}
	for _, f := range e.Fields {
		master, _, ok := strings.Cut(f.Field, ".")
		if f.Path == "" && (!ok || !found[master]) {
			missing = append(missing, master)
			found[master] = true
		}
	}
	return missing
}

func printMissing(out io.Writer, missing []string, own innomaint.FieldMap) {
	defaults := innomaint.DefaultFieldMap()
	table := tabwriter.NewWriter(out, 2, 0, 2, ' ', 0)
	for _, field := range missing {
		paths := pathsOf(&own, field)
		if paths == nil {
			paths = pathsOf(&defaults, field)
		}
		switch {
		case len(paths) == 0:
			fmt.Fprintf(table, "  %s\tswitched off\n", field)
		case len(paths) > maxPaths+1:
			fmt.Fprintf(table, "  %s\tlooked for at %s and %d more\n", field, strings.Join(paths[:maxPaths], ", "), len(paths)-maxPaths)
		default:
			fmt.Fprintf(table, "  %s\tlooked for at %s\n", field, strings.Join(paths, ", "))
		}
	}
	_ = table.Flush() // into memory
}

// shown shortens a value for the screen, on one line.
func shown(value string) string {
	value = strings.Join(strings.Fields(value), " ")
	if utf8.RuneCountInString(value) <= maxShown {
		return value
	}
	return string([]rune(value)[:maxShown-1]) + "…"
}

// printable takes away what a terminal would obey: the tenant's keys and the database's texts may hold anything.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if r != '\n' && r != '\t' && !unicode.IsPrint(r) {
			return unicode.ReplacementChar
		}
		return r
	}, text)
}
