// Consoledemo shows the console on a machine that only has Go. It uses an in-process database with six weeks of nightly runs and
// a fake Innomaint that responds slowly, so that progress is visible.
//
//	go -C examples run ./consoledemo
//	go -C examples run ./consoledemo -listen 127.0.0.1:8080 -dsn 'user:password@tcp(127.0.0.1:3306)/an_empty_database'
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"ic3.internal/innomaintsync/examples/console"
	"ic3.internal/innomaintsync/examples/internal/showcase"
)

// prefix is the path under which the pages are mounted.
const prefix = "/admin/innomaint"

// shutdownLimit is the time in which runs must finish their current asset.
const shutdownLimit = 15 * time.Second

func main() {
	flags := flag.NewFlagSet("consoledemo", flag.ExitOnError) // packages of the database engine add flags to flag.CommandLine
	listen := flags.String("listen", "127.0.0.1:0", "`address` of the pages; they have no login, so use a loopback address")
	s := settings{assets: 240, nights: 42}
	flags.StringVar(&s.dsn, "dsn", "", "use this empty MySQL or MariaDB database, `user:password@tcp(host:port)/database` (default: an in-process database)")
	flags.DurationVar(&s.pace, "pace", 150*time.Millisecond, "response time of the fake Innomaint")
	_ = flags.Parse(os.Args[1:]) // exits on an error

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := demo(ctx, *listen, s, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "consoledemo:", err)
		os.Exit(1)
	}
}

// demo serves until ctx ends.
func demo(ctx context.Context, listen string, s settings, out io.Writer) error {
	fmt.Fprintln(out, "Creating six weeks of runs. This takes some seconds…")
	world, err := newWorld(ctx, s)
	if err != nil {
		return err
	}
	defer world.close()
	pages, err := console.New(console.Config{DB: world.db, Options: world.options(), CustomerName: showcase.CustomerName})
	if err != nil {
		return err
	}

	mux := http.NewServeMux()
	mux.Handle(prefix+"/", http.StripPrefix(prefix, pages)) // a host adds its login here
	mux.Handle("GET /{$}", http.RedirectHandler(prefix+"/", http.StatusFound))
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second}
	server.RegisterOnShutdown(pages.Stop)

	listener, err := net.Listen("tcp", listen)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "Open http://%s%s/ and press Ctrl-C to end.\n", listener.Addr(), prefix)
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()

	select {
	case err := <-served:
		return err
	case <-ctx.Done():
	}
	fmt.Fprintln(out, "Shutting down. Runs finish their current asset.")
	limited, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownLimit)
	defer cancel()
	return errors.Join(server.Shutdown(limited), pages.Shutdown(limited))
}
