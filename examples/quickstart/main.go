// Quickstart shows the sync from beginning to end on a machine that has Go and nothing else: a database in this process,
// a fake Innomaint with some hundred assets, two full runs and a manual one, and what they leave in the tables.
//
//	go -C examples run ./quickstart
//	go -C examples run ./quickstart -dsn 'user:password@tcp(127.0.0.1:3306)/an_empty_database'
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"golang.org/x/term"
	"gorm.io/gorm"

	"ic3.internal/innomaintsync/cmmsimport"
	"ic3.internal/innomaintsync/cmmsimport/innomaint"
)

type settings struct {
	dsn    string
	force  bool
	assets int
	bar    bool // else plain lines
}

func main() {
	// Not flag.CommandLine: the engine's packages add flags of their own to it.
	flags := flag.NewFlagSet("quickstart", flag.ExitOnError)
	var s settings
	flags.StringVar(&s.dsn, "dsn", "", "run on this MySQL or MariaDB, `user:password@tcp(host:port)/database` (default: a database in this process)")
	flags.BoolVar(&s.force, "force", false, "with -dsn: go on where the tables hold rows already; only this program's own assets are synced")
	flags.IntVar(&s.assets, "assets", 300, "how many assets Innomaint has")
	plain := flags.Bool("plain", false, "print lines instead of a progress bar (default where the output is no terminal)")
	verbose := flags.Bool("v", false, "show the library's log output, on standard error")
	_ = flags.Parse(os.Args[1:]) // exits on an error
	s.bar = !*plain && !*verbose && term.IsTerminal(int(os.Stdout.Fd()))

	slog.SetDefault(slog.New(slog.DiscardHandler))
	if *verbose {
		slog.SetDefault(slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelDebug})))
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends the program at once

	switch err := quickstart(ctx, s, os.Stdout); {
	case errors.Is(err, context.Canceled):
		fmt.Fprintln(os.Stderr, "quickstart: interrupted")
		os.Exit(130)
	case err != nil:
		fmt.Fprintln(os.Stderr, "quickstart:", err)
		os.Exit(1)
	}
}

// quickstart tells the story on out. Its error is nil when everything went as scripted.
func quickstart(ctx context.Context, s settings, out io.Writer) error {
	if err := s.check(); err != nil {
		return err
	}
	heading(out, "Preparing: a database, and a fake Innomaint with %d assets of three customers", s.assets)
	db, closeDB, err := openDatabase(ctx, s, out)
	if err != nil {
		return err
	}
	defer closeDB()
	tenant := newTenant(s.assets)
	defer tenant.api.Close()
	if err := linkAssets(ctx, db, tenant); err != nil {
		return err
	}

	client, err := innomaint.New(innomaint.Config{
		BaseURL: tenant.api.URL(),
		Auth:    innomaint.BearerToken(tenantToken),
	})
	if err != nil {
		return err
	}
	q := &demo{settings: s, out: out, db: db, client: client, tenant: tenant}
	for _, step := range []func(context.Context) error{q.firstRun, q.manualRun, q.secondRun} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	if s.force {
		heading(out, "Done; not compared with the script, since rows were there before")
	} else {
		heading(out, "Done: everything went as scripted")
	}
	return nil
}

type demo struct {
	settings
	out    io.Writer
	db     *gorm.DB
	client *innomaint.Client
	tenant *tenant
}

// sync is one call of the library, as a host makes it, with its results on the screen. Without a customer it is a full
// run, else a manual one.
func (q *demo) sync(ctx context.Context, customerID *uint64) (results, error) {
	var seen results
	progress := newProgress(q.out, q.bar)
	opts := cmmsimport.Options{
		Client:     q.client,
		CustomerID: customerID,
		OnAsset: func(result cmmsimport.AssetResult, p cmmsimport.Progress) {
			seen.add(result)
			progress(p)
		},
	}
	if q.force {
		opts.CMMSAssetIDs = q.tenant.ids() // leave the user's own assets alone
	}

	summary, err := cmmsimport.SyncAllAssetsFromInnomaint(ctx, q.db, opts)
	seen.summary = summary
	if err != nil {
		fmt.Fprintf(q.out, "\n%s\nThe run ended early. What it did until then is committed and logged; the next run goes on.\n", summary)
	}
	return seen, err
}

func (q *demo) firstRun(ctx context.Context) error {
	heading(q.out, "1. A full run: every asset, one after the other, each in a transaction of its own")
	run, err := q.sync(ctx, nil)
	if err != nil {
		return err
	}
	heading(q.out, "2. The Summary that the call returns, with the causes of failures. One asset's failure never stops the run")
	fmt.Fprint(q.out, run.summary)
	if err := q.compare(run.summary, q.tenant.afterFirstRun()); err != nil {
		return err
	}

	heading(q.out, "3. What else there is to know: warnings and retries")
	fmt.Fprintln(q.out, "Synced with a warning, the rest of the asset is up to date:")
	printWarnings(q.out, run.warned)
	fmt.Fprintf(q.out, "\nAsked for more than once: %s, in %d requests, since Innomaint answered 503 at first\n",
		q.tenant.flaky.ID, q.tenant.api.CallsFor(q.tenant.flaky.ID))

	heading(q.out, "4. What stands in the database: cmms_sync_run, cmms_sync_log, and one asset's changes")
	return printAudit(ctx, q.out, q.db, run.summary.RunID, q.tenant.repaired.ID)
}

func (q *demo) manualRun(ctx context.Context) error {
	heading(q.out, "5. Innomaint changes, and a manual run for customer %d brings it over", q.tenant.manual)
	for _, change := range q.tenant.change() {
		fmt.Fprintln(q.out, "-", change)
	}
	run, err := q.sync(ctx, &q.tenant.manual)
	if err != nil {
		return err
	}
	fmt.Fprintf(q.out, "\n%s\n", run.summary)
	printChanges(q.out, run.changed)
	return q.compare(run.summary, q.tenant.afterManualRun())
}

func (q *demo) secondRun(ctx context.Context) error {
	heading(q.out, "6. A full run again: nothing changed in Innomaint, so nothing changes here")
	run, err := q.sync(ctx, nil)
	if err != nil {
		return err
	}
	fmt.Fprintf(q.out, "\n%s", run.summary)
	return q.compare(run.summary, q.tenant.afterSecondRun())
}
