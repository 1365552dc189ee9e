// Probe is the first contact with a tenant of Innomaint: it fetches one asset and shows, value by value, where the client
// found it, what is missing and what nobody reads, and prints the field map for the host's configuration.
//
//	INNOMAINT_TOKEN=… go -C examples run ./probe -base-url https://tenant.example.com -asset AST-1
//
// Further flags show what a sync would change in a database (-against-db) and record the answer for tests (-record).
package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"ic3.internal/innomaintsync/cmmsimport/innomaint"
)

// The exit codes: the asset was shown; it was not, or not all of it; the command was not understood.
const (
	exitShown = iota
	exitFailed
	exitUsage
)

func main() {
	slog.SetDefault(slog.New(slog.DiscardHandler)) // errors come back from the calls
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Getenv, os.Stdout, os.Stderr))
}

// run is the program.
func run(ctx context.Context, args []string, getenv func(string) string, stdout, stderr io.Writer) int {
	s, err := parse(args, stderr)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return exitShown
	case err != nil:
		fmt.Fprintln(stderr, "probe:", err)
		return exitUsage
	}
	auth, err := s.credentials(getenv)
	if err != nil {
		fmt.Fprintln(stderr, "probe:", err)
		return exitUsage
	}
	if s.dsn, err = database(s.dsn, getenv); err != nil {
		fmt.Fprintln(stderr, "probe:", err)
		return exitUsage
	}
	wire := newRecorder()
	client, err := s.client(auth, wire)
	if err != nil {
		fmt.Fprintln(stderr, "probe:", err)
		return exitUsage
	}
	var out bytes.Buffer // whole, since a secret might be cut in two by single writes
	err = probe(ctx, s, client, wire, &out)
	fmt.Fprint(stdout, printable(wire.redact(out.String())))
	if err != nil {
		fmt.Fprintln(stderr, "probe:", printable(wire.redact(err.Error())))
		return exitFailed
	}
	return exitShown
}

// probe fetches the asset and shows what came.
func probe(ctx context.Context, s settings, client *innomaint.Client, wire *recorder, out io.Writer) error {
	asset, err := client.GetAsset(ctx, s.ref())
	status, body := wire.answer()
	fmt.Fprintf(out, "Asset %s from %s", s.asset, s.baseURL)
	if body == nil { // no answer at all, or a login that was turned down
		fmt.Fprintln(out)
		return failure(err)
	}
	fmt.Fprintf(out, ": HTTP %d, %d bytes\n", status, len(body))
	if s.record != "" {
		if err := recordCassette(s, wire, out); err != nil {
			return err
		}
	}

	var explanation *innomaint.Explanation
	if err == nil || errors.Is(err, innomaint.ErrInvalidData) || errors.Is(err, innomaint.ErrBadResponse) {
		explanation, _ = client.Explain(s.ref(), body) // its error is err
	}
	if explanation != nil {
		printExplanation(out, s, explanation)
	}
	if err != nil {
		return failure(err)
	}
	if s.dsn != "" {
		return showChanges(ctx, s, asset, out)
	}
	return nil
}
