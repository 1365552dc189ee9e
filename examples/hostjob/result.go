package main

import (
	"errors"
	"fmt"
	"strings"
	"text/tabwriter"

	"ic3.internal/innomaintsync/cmmsimport"
)

// The exit codes. 1 and 2 are also what Go's runtime and most tools use for trouble; 75 and 78 are those of sysexits.h.
const (
	exitOK           = 0
	exitAssetsFailed = 1
	exitBroken       = 2
	exitInProgress   = 75
	exitConfig       = 78
	exitInterrupted  = 130
)

var exitCodes = []struct {
	code    int
	meaning string
}{
	{exitOK, "all well; the time box may have been full, then the next run goes on"},
	{exitAssetsFailed, "some assets failed; the run itself is whole, and cmms_sync_log has the reasons"},
	{exitBroken, "the run could not start or finish: database, schema, too many systemic failures in a row, or an incomplete audit"},
	{exitInProgress, "another run holds the lease; try again later"},
	{exitConfig, "bad configuration: flags or variables; trying again is of no use"},
	{exitInterrupted, "interrupted by SIGTERM or SIGINT; the current asset was finished, the next run continues"},
}

func describeExitCodes() string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	for _, c := range exitCodes {
		fmt.Fprintf(w, "  %d\t%s\n", c.code, c.meaning)
	}
	_ = w.Flush() // a strings.Builder does not fail
	return b.String()
}

// result is how a run ended, as metrics, traces and the log name it.
type result string

const (
	resultCompleted       result = "completed"
	resultTimeBox         result = "time_box" // full, the rest is the next run's
	resultAssetsFailed    result = "assets_failed"
	resultInterrupted     result = "interrupted"
	resultInProgress      result = "in_progress"
	resultAborted         result = "aborted"
	resultAuditIncomplete result = "audit_incomplete"
	resultBroken          result = "broken"
)

var results = []result{
	resultCompleted, resultTimeBox, resultAssetsFailed, resultInterrupted, resultInProgress, resultAborted,
	resultAuditIncomplete, resultBroken,
}

// resultOf looks at the error first, and at its most serious part before the others.
func resultOf(summary cmmsimport.Summary, err error) result {
	switch {
	case errors.Is(err, cmmsimport.ErrAuditIncomplete):
		return resultAuditIncomplete
	case errors.Is(err, cmmsimport.ErrAborted):
		return resultAborted
	case errors.Is(err, cmmsimport.ErrSyncInProgress):
		return resultInProgress
	case errors.Is(err, errStopped):
		return resultInterrupted
	case err != nil && !errors.Is(err, errTimeBox):
		return resultBroken
	case summary.Failed > 0:
		return resultAssetsFailed
	case err != nil:
		return resultTimeBox
	}
	return resultCompleted
}

func exitCode(r result) int {
	switch r {
	case resultCompleted, resultTimeBox:
		return exitOK
	case resultAssetsFailed:
		return exitAssetsFailed
	case resultInProgress:
		return exitInProgress
	case resultInterrupted:
		return exitInterrupted
	}
	return exitBroken
}
