// Package cmmsimport synchronizes a host's asset register with Innomaint, one asset after the other.
//
// # Usage
//
// Once, at deployment ([Migrate], or what [MigrationSQL] prints):
//
//	err := cmmsimport.Migrate(ctx, db)
//
// Then, from the host's own jobs, with the host's *gorm.DB ([Options] says what else can be set):
//
//	client, err := innomaint.New(innomaint.Config{
//		BaseURL: "https://tenant.example.com",
//		Auth:    innomaint.BearerToken(os.Getenv("INNOMAINT_TOKEN")),
//	})
//	…
//	summary, err := cmmsimport.SyncAllAssetsFromInnomaint(ctx, db, cmmsimport.Options{Client: client})
//
// # One asset, in twelve steps
//
// The code is in this order, downwards:
//
//  1. sync.go: the options and the handle are validated.
//  2. The run starts: schema, lease, rescue of dead runs, plan, the run's row of cmms_sync_run.
//  3. customer.go: the next customer, under that customer's lease.
//  4. The next page of the customer's assets.
//  5. Between two assets: the context, log rows that wait, leases, heartbeat.
//  6. attempt.go: the [APIClient] fetches the asset.
//  7. A transaction begins. The [EnrichFunc] maps the response, and master rows are found or created.
//  8. The column policies decide; the columns that differ remain.
//  9. One UPDATE writes them with the marks of the attempt, fenced by the lease.
//  10. COMMIT.
//  11. audit.go: the attempt is counted, and one statement writes its row of cmms_sync_log; with AtomicLog already before 10.
//  12. The attempt is passed to OnAsset; the breaker decides whether the run continues.
//
// A failure between 6 and 10 rolls back and marks the asset row as Failed, unless the lease was lost; then 11 follows.
//
// # Guarantees
//
//   - One asset at a time: no goroutine, never two calls or transactions in flight, nothing held open during a call. A pool
//     of one connection is enough.
//   - An asset row is written completely or not at all, and only while it is linked and not deleted. An UPDATE names only the
//     columns that changed, so a person's edit of another column survives.
//   - If Innomaint's value is missing, unreadable or too long, the local value stays, unless the policy of the column is Mirror
//     and the value is missing. Nothing is cut.
//   - Every attempt has exactly one row in cmms_sync_log: its attempt_key is unique, and writing it again changes the same row. A
//     row that cannot be written is buffered, in order; what is unwritten at the end is ErrAuditIncomplete and is logged in full.
//   - If responses of one run contradict each other about a master (a vendor's phone, a model's manufacturer), the first one
//     wins, so that rows do not flip between two values.
//   - No two runs work on one customer at once, on any node. Leases in cmms_sync_lock see to it, and expire when a process dies.
//   - A process that dies leaves no gap in the audit. The next run closes the dead run as Interrupted and adds its missing log
//     rows: the marks on the asset rows name the run, status and time of each attempt. Such a row says that it was added; what
//     changed and why a failure happened stays unknown. If the process was only stalled, its own row replaces the added one.
//     This needs a Recorder that is or embeds synclog.Recorder.
//   - Memory does not grow with the number of assets. Times are UTC whatever the connection string says. Money is never a
//     float.
//
// # Errors
//
// One asset's failure is never an error of the run: it is counted in [Summary].FailedByKind, grouped in Causes, and logged. The
// error of [SyncAllAssetsFromInnomaint] is about the run:
//
//	errors.Is(err, cmmsimport.ErrOptions)         // options or handle: nothing was done
//	errors.Is(err, cmmsimport.ErrSchema)          // call Migrate: nothing was done
//	errors.Is(err, cmmsimport.ErrSyncInProgress)  // another run holds the lease: try again later
//	errors.Is(err, cmmsimport.ErrAborted)         // MaxConsecutiveFailures was reached
//	errors.Is(err, cmmsimport.ErrAuditIncomplete) // log rows are in the log output instead of the table
//	errors.Is(err, context.Canceled)              // or DeadlineExceeded: the context ended, the rest was Skipped
//
// Any other is the database's, and names the step.
//
// # What is retried
//
// The client retries a call as its own documentation says. A transaction or a single write has nine attempts, within some six
// seconds, with exponential backoff and full jitter, after:
//
//   - a deadlock (1213, also Galera's conflict at COMMIT), a lock that is not granted (1205, 3572), a row or a table that
//     changed after the transaction's snapshot (1020, 1412);
//   - a connection that died or was closed (1152, 1927, 4031), a statement that was interrupted (1317, 1969, 3024);
//   - a COMMIT that failed in a cluster: 1180 (Galera), 3100 and 3101 (Group Replication), and TiDB's conflicts (8002, 8005,
//     8022, 8028, 9004, 9007).
//
// A run that is under way waits for a database that is unavailable as a whole, up to two minutes within AssetTimeout: no
// connection can be opened, too many connections (1040, 1203), a server that is not ready (1047), shuts down (1053, 3168) or is
// read-only (1290, 1836), TiDB without its storage (9001, 9002, 9003, 9005), ProxySQL without a server (9001), Vitess without a
// primary. Every repeated statement is idempotent. Nothing else is retried.
//
// # Testing
//
// Package innomainttest serves a fake tenant over HTTP. Package cmmsimporttest is an asset register in memory. [APIClientFunc]
// makes a client of a function.
package cmmsimport
