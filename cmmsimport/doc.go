// Package cmmsimport brings the asset register of a host true to Innomaint, one asset after the other.
//
// # Usage
//
// Once, at deployment ([Migrate], or what [MigrationSQL] prints):
//
//	err := cmmsimport.Migrate(ctx, db)
//
// Then, from the host's own jobs, with the host's *gorm.DB, as [Options] say:
//
//	client, err := innomaint.New(innomaint.Config{
//		BaseURL: "https://tenant.example.com",
//		Auth:    innomaint.BearerToken(os.Getenv("INNOMAINT_TOKEN")),
//	})
//	…
//	summary, err := cmmsimport.SyncAllAssetsFromInnomaint(ctx, db, cmmsimport.Options{Client: client})
//
// # The way of one asset
//
// Rows of ic3_asset_master that have a cmms_asset_id are read page by page. For each: the client fetches the asset; in a
// transaction of its own the master rows are found or created, the [EnrichFunc] maps the answer, the column policies
// decide, and one UPDATE writes the columns that changed; after its COMMIT the attempt's row goes into cmms_sync_log; then
// OnAsset is called. A failure rolls back, marks the asset row Failed and is logged in the same way, and the run goes on.
//
// # Guarantees
//
//   - One asset at a time: no goroutine, never two calls or transactions in flight, nothing held open during a call. A pool
//     of one connection is enough.
//   - An asset row is written as a whole or not at all, and only while it is still linked and not deleted. An UPDATE names
//     only what changed, so a person's edit of another column survives.
//   - What Innomaint does not have, or what cannot be read, wipes nothing, unless the column's policy is Mirror. A value that
//     does not fit its column is left out with a warning; nothing is cut.
//   - Every attempt has one row in cmms_sync_log. A row that cannot be written waits, in order; what is unwritten at the end
//     is ErrAuditIncomplete and stands whole in the log output.
//   - Where answers of one run contradict each other about a master (a vendor's phone, a model's manufacturer), the first one
//     counts, so that rows do not change to and fro.
//   - No two runs work on one customer at once, on any node. Leases in cmms_sync_lock see to it, and end by themselves when
//     a process dies.
//   - A process that dies leaves no gap in the audit. The next run whose start finds its leases ended closes its row of
//     cmms_sync_run as Interrupted and writes the log rows that it still owed: with AtomicLog those of a failure at most, else
//     that of the one asset in flight, and what waited in memory. Such a row carries the dead run's id and what the marks on
//     the asset row tell, status and time, and says in warnings or error_message that it was reconstructed; its error_kind is
//     NULL, its duration 0. Should the process have been stalled only, its own row replaces that one. A Recorder that does not
//     embed synclog.Recorder may keep its log elsewhere: then only the run's row is closed.
//   - Memory does not grow with the number of assets. Times are UTC whatever the connection string says. Money is never a
//     float.
//
// # Errors
//
// One asset's failure is never an error of the run: it is counted in [Summary].FailedByKind and logged with its kind. What
// [SyncAllAssetsFromInnomaint] returns is about the run:
//
//	errors.Is(err, cmmsimport.ErrOptions)         // options or handle: nothing was done
//	errors.Is(err, cmmsimport.ErrSchema)          // call Migrate: nothing was done
//	errors.Is(err, cmmsimport.ErrSyncInProgress)  // another run holds the lease: try again later
//	errors.Is(err, cmmsimport.ErrAborted)         // MaxConsecutiveFailures was reached
//	errors.Is(err, cmmsimport.ErrAuditIncomplete) // log rows are in the log output instead of the table
//	errors.Is(err, context.Canceled)              // or DeadlineExceeded: the context ended, the rest was Skipped
//
// Any other is the database's, and says at which step.
//
// # What is tried again
//
// The client repeats a call as its own documentation says. A transaction or single write is tried nine times, within some six
// seconds, with exponential backoff and full jitter, on:
//
//   - a deadlock (1213, also Galera's conflict at COMMIT), a lock that is not to be had (1205, 3572), a row or a table that
//     changed after the transaction's snapshot (1020, 1412);
//   - a connection that died or was ended (1152, 1927, 4031), a statement that was interrupted (1317, 1969, 3024);
//   - a COMMIT that failed in a cluster: 1180 (Galera), 3100 and 3101 (Group Replication), and TiDB's conflicts (8002, 8005,
//     8022, 8028, 9004, 9007).
//
// A run that is under way waits for a database that is away as a whole, up to two minutes within AssetTimeout: no connection
// to be had, too many of them (1040, 1203), a server that is not ready (1047), shuts down (1053, 3168) or is read-only (1290,
// 1836), TiDB without its storage (9001, 9002, 9003, 9005), ProxySQL without a server (9001), Vitess without a primary.
//
// Repeating after an unknown outcome is safe: the same values are written, and a log row is looked for before it is inserted
// again. Nothing else is repeated.
//
// # Testing
//
// Package innomainttest serves a fake tenant over HTTP. Package cmmsimporttest is an asset register in memory. [APIClientFunc]
// makes a client of a function.
package cmmsimport
