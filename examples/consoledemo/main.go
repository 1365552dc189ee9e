// Demo shows the console on a machine that has Go and nothing else: a database in this process with six weeks of nightly
// runs, and a fake Innomaint that takes its time, so that there is something to watch.
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

// prefix is where the pages are mounted, as a host would.
const prefix = "/admin/innomaint"

// shutdownLimit is how long runs may take to settle the assets at hand.
const shutdownLimit = 15 * time.Second

func main() {
	flags := flag.NewFlagSet("demo", flag.ExitOnError) // the engine's packages add flags of their own to the common set
	listen := flags.String("listen", "127.0.0.1:0", "`address` of the pages; there is no login before them, so leave it on this machine")
	s := settings{assets: 240, nights: 42}
	flags.StringVar(&s.dsn, "dsn", "", "use this MySQL or MariaDB, `user:password@tcp(host:port)/database`, which must be empty (default: a database in this process)")
	flags.DurationVar(&s.pace, "pace", 150*time.Millisecond, "how long the fake Innomaint takes to answer")
	_ = flags.Parse(os.Args[1:]) // exits on an error

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := demo(ctx, *listen, s, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "demo:", err)
		os.Exit(1)
	}
}

// demo serves until ctx ends.
func demo(ctx context.Context, listen string, s settings, out io.Writer) error {
	fmt.Fprintln(out, "Preparing six weeks of runs, which takes some seconds…")
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
	mux.Handle(prefix+"/", http.StripPrefix(prefix, pages)) // a host puts its login before it
	mux.Handle("GET /{$}", http.RedirectHandler(prefix+"/", http.StatusFound))
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second}
	server.RegisterOnShutdown(pages.Stop)

	listener, err := net.Listen("tcp", listen)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "Look at http://%s%s/ and end it with Ctrl-C.\n", listener.Addr(), prefix)
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()

	select {
	case err := <-served:
		return err
	case <-ctx.Done():
	}
	fmt.Fprintln(out, "Ending: runs settle the asset at hand.")
	limited, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownLimit)
	defer cancel()
	return errors.Join(server.Shutdown(limited), pages.Shutdown(limited))
}
