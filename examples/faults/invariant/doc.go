// Package invariant is what every fault test of the sync ends with: a small world of assets, and one check that nothing of
// it is lost, doubled or half written.
//
//	w := invariant.NewWorld(t, db, invariant.Size{}) // db: an empty database
//	summary, err := w.Run(ctx, w.Options())          // while something breaks
//	w.Check(t)
//
// The world seeds ic3_asset_master and its masters with an old state, and has a fake Innomaint serve a new one.
// [World.Advance] makes what is there now the old state and has Innomaint change every asset once more, so that a test may
// have any number of rounds.
//
// # The invariant
//
//   - An asset row equals its whole old or its whole new state, masters compared by name; which of them, its marks
//     (cmms_sync_status, cmms_attempted_at) decide where they can. cmms_run_id names a run that is in cmms_sync_run.
//   - Master rows have no duplicates, by Innomaint's id or by name, and nothing refers to a row that is not there.
//   - Every attempt that was recorded has exactly one row of cmms_sync_log with its status, and with the attempt_key of its run and
//     asset row: compared with what OnAsset was told, and with the marks on the asset rows.
//   - Summary, cmms_sync_run and cmms_sync_log agree on every run that has finished, skipped assets included.
//   - No lease outlives its time: a finished run holds none, and none ends later than its duration allows.
//   - No secret stands in the database, in the log output or in an error.
//
// What a run itself reported as undone (ErrAuditIncomplete with the rows in the log output, a lease that could not be
// released, a mark that could not be written) is no violation.
//
// # Other processes
//
// A child process runs the sync against [World.API] with a client of [NewClient]; the check needs nothing of it but the
// database. Its output goes to [World.Note], its Summary, if it lived to print one, to [World.NoteRun]. A run that died is
// checked once a later run has repaired its audit.
package invariant
