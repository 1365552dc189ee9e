// Hostjob is the job that a host builds around the sync: started every night by a scheduler, or by itself with -schedule,
// and by hand for one customer. README.md says how to wire it in; cmms_import.go has the call of the library.
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
	"strconv"
	"syscall"
	_ "time/tzdata" // CRON_TZ= in SYNC_SCHEDULE, also on images without a zone database

	"github.com/caarlos0/env/v11"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends the process at once
	os.Exit(hostjob(ctx, os.Args[1:], env.ToMap(os.Environ()), os.Stdout, os.Stderr))
}

// hostjob is the whole program. It returns the exit code.
func hostjob(ctx context.Context, args []string, environ map[string]string, stdout, stderr io.Writer) int {
	todo, err := parseFlags(args, stdout)
	if errors.Is(err, flag.ErrHelp) {
		return exitOK
	}
	cfg, cfgErr := readConfig(environ)
	if err := errors.Join(err, cfgErr); err != nil {
		fmt.Fprintf(stderr, "hostjob: cannot start; %s -help lists flags and variables\n%v\n", os.Args[0], err)
		return exitConfig
	}

	bar := newBar(stderr, todo)
	log := newLog(bar.around(stderr), cfg.LogLevel)
	log.LogAttrs(ctx, slog.LevelInfo, "starting", slog.Any("config", cfg))
	defer context.AfterFunc(ctx, func() {
		log.LogAttrs(ctx, slog.LevelInfo, "asked to stop: the current asset is finished first; a second signal ends the process at once")
	})()
	traces, endTraces, err := newTraces(ctx, environ, log)
	if err != nil {
		log.LogAttrs(ctx, slog.LevelError, "tracing could not be set up", slog.String("error", err.Error()))
		return exitConfig
	}
	defer endTraces()
	db, closeDB, err := openDatabase(cfg.DatabaseDSN, traces, log)
	if err != nil {
		log.LogAttrs(ctx, slog.LevelError, "the database could not be opened", slog.String("error", err.Error()))
		return exitBroken
	}
	defer closeDB()
	if todo.migrate {
		return migrate(ctx, db, log)
	}

	metrics := newMetrics(db, log)
	client, err := cfg.client(metrics, traces, log)
	if err != nil { // readConfig has tried it
		log.LogAttrs(ctx, slog.LevelError, "the API client could not be made", slog.String("error", err.Error()))
		return exitConfig
	}
	j := &job{
		db: db, client: client, log: log, metrics: metrics, traces: traces,
		timeBox: cfg.TimeBox, maxConsecutiveFailures: cfg.MaxConsecutiveFailures,
	}
	if todo.schedule {
		return j.serve(ctx, cfg)
	}
	return j.once(ctx, todo.scope, cfg.MetricsFile, bar, stdout)
}

// once makes one run, with its results for people on out.
func (j *job) once(ctx context.Context, s scope, metricsFile string, bar *bar, out io.Writer) int {
	watchers := []watcher{bar}
	if s.dryRun {
		watchers = append(watchers, newChangeTable(out))
	}
	summary, err := j.run(ctx, s, watchers...)
	if summary.RunID != "" {
		fmt.Fprint(out, summary)
	}
	if metricsFile != "" && s.nightly() && !s.dryRun {
		if err := j.metrics.writeFile(metricsFile); err != nil {
			j.log.LogAttrs(ctx, slog.LevelWarn, "METRICS_FILE could not be written", slog.String("error", err.Error()))
		}
	}
	return exitCode(resultOf(summary, err))
}

// task is what the flags ask for.
type task struct {
	scope
	schedule, migrate bool
}

func parseFlags(args []string, help io.Writer) (task, error) {
	var t task
	flags := flag.NewFlagSet("hostjob", flag.ContinueOnError)
	flags.SetOutput(io.Discard) // the caller prints errors
	flags.Func("customer", "a manual run for the customer with this `id`", func(text string) (err error) {
		t.customerID, err = parseCustomer(text)
		return err
	})
	flags.BoolVar(&t.onlyFailed, "only-failed", false, "a manual run for the assets whose last attempt failed")
	flags.BoolVar(&t.dryRun, "dry-run", false, "write nothing, show what would change as a table")
	flags.BoolVar(&t.schedule, "schedule", false, "stay, make a nightly run at SYNC_SCHEDULE and serve metrics")
	flags.BoolVar(&t.migrate, "migrate", false, "create the tables and columns that are missing, and end")
	err := flags.Parse(args)
	switch {
	case errors.Is(err, flag.ErrHelp):
		printHelp(help, flags)
		return t, err
	case err != nil:
		return t, err
	case flags.NArg() > 0:
		return t, fmt.Errorf("unexpected argument %q: everything is a flag", flags.Arg(0))
	case (t.schedule || t.migrate) && flags.NFlag() > 1:
		return t, errors.New("-schedule and -migrate go with no other flag")
	}
	return t, nil
}

func parseCustomer(text string) (*uint64, error) {
	id, err := strconv.ParseUint(text, 10, 64)
	if err != nil || id == 0 {
		return nil, fmt.Errorf("%q is no customer's id: it is a number from 1", text)
	}
	return &id, nil
}

func printHelp(out io.Writer, flags *flag.FlagSet) {
	fmt.Fprint(out, "Usage: hostjob [flags]\n\nWithout flags: tonight's run, for every customer.\n\n")
	flags.SetOutput(out)
	flags.PrintDefaults()
	fmt.Fprintf(out, "\nEnvironment:\n%s\nExit codes:\n%s", describeVariables(), describeExitCodes())
}

// newLog writes JSON, a line an event, with the ids of the trace that it belongs to.
func newLog(out io.Writer, level slog.Level) *slog.Logger {
	return slog.New(traceIDs{slog.NewJSONHandler(out, &slog.HandlerOptions{Level: level})})
}
