// Package synclog keeps the audit of the sync: one row of cmms_sync_log for each attempt on an asset, one row of
// cmms_sync_run for each run.
//
// Writing:
//
//	err := synclog.Recorder{}.Record(ctx, db, &entry) // db: a handle or a transaction
//
// Reading, newest first, a page at a time:
//
//	filter := synclog.Filter{CustomerID: &customer, Status: synclog.Failed}
//	entries, err := synclog.Entries(ctx, db, filter)
//	…
//	filter.BeforeID = entries[len(entries)-1].ID // the next page
//
// Retention, from a job of the host's:
//
//	deleted, err := synclog.Purge(ctx, db, time.Now().AddDate(0, 0, -90))
//
// # Guarantees
//
// Times are UTC in the tables and in the structs, whatever parseTime and loc the connection string has. No error message is
// stored before [Redact] has been through it. An entry gets into the table even if the host's columns are narrower than
// ours or their character set lacks some characters; see [Recorder.Record] for what is given up then, and in which order.
// The session settings of the *gorm.DB (DryRun, TranslateError, NowFunc, NamingStrategy, SkipDefaultTransaction, scopes)
// change nothing here.
package synclog
