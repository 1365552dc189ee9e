// Command bench measures the sync beside the loop that an expert writes by hand, and beside what most would write with
// GORM, over the same assets with the same rows to show for it. It needs MariaDB's programs, and starts a server of its
// own with durable commits; the fake Innomaint runs in another process.
//
//	go -C examples run ./bench                                         # the comparison, some minutes
//	go -C examples run ./bench -svg /tmp/time.svg -json /tmp/all.json  # and where the time of an asset goes
//	go -C examples run ./bench -latency 20ms                           # with an API as far away as they are
//	go -C examples run ./bench -effects                                # what a host can set
//	go -C examples run ./bench -memory                                 # 10,000, 100,000 and 1,000,000 assets
//	go -C examples run ./bench -growth -logrows 10000000
//	go -C examples run ./bench -only library -cpuprofile /tmp/cpu.out
//
// What is measured is the steady state: every contender first syncs the assets untimed, then makes timed passes in which
// nothing changes in Innomaint, each over a fresh copy of the same rows. 2 % of the assets answer 404, 1 % answer 503
// once, 1 % have a date that cannot be read.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"runtime/pprof"
	"syscall"

	"golang.org/x/term"
)

func main() {
	if len(os.Args) > 1 && os.Args[1] == tenantCommand {
		signal.Ignore(os.Interrupt) // Ctrl-C goes to both processes; this one ends with its parent
		if err := serveTenant(os.Stdin, os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, "bench: the fake Innomaint:", err)
			os.Exit(1)
		}
		return
	}
	s := readSettings(os.Args[1:])
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends the program at once
	watching := io.Discard
	if term.IsTerminal(int(os.Stderr.Fd())) {
		watching = os.Stderr
	}
	if err := measureAll(ctx, s, os.Stdout, watching); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// figures are all that was measured, as -json writes them.
type figures struct {
	Machine    machine     `json:"machine"`
	Assets     int         `json:"assets,omitempty"`
	Results    []result    `json:"results,omitempty"`
	Changed    []result    `json:"results_first_sync,omitempty"`
	Targets    []target    `json:"targets,omitempty"`
	Breakdowns []breakdown `json:"breakdowns,omitempty"`
	Memory     []footprint `json:"memory,omitempty"`
	Growth     *growth     `json:"growth,omitempty"`
}

// measureAll starts what is needed, measures what is asked for, and prints it on out; progress goes to watching.
func measureAll(ctx context.Context, s settings, out, watching io.Writer) (err error) {
	dir, err := os.MkdirTemp(s.dir, "bench")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	b := &bench{dir: dir, fleet: fleet{Assets: s.assets, PerCustomer: perCustomer, Latency: s.latency}}
	if b.server, err = startServer(filepath.Join(dir, "mdb"), s.tcp); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, b.server.close()) }()
	if b.tenant, err = startTenant(); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, b.tenant.close()) }()

	var f figures
	if f.Machine, err = b.server.machine(ctx, dir); err != nil {
		return err
	}
	fmt.Fprintln(out, f.Machine)
	stopProfile, err := startProfiles(s)
	if err != nil {
		return err
	}
	switch {
	case s.memory.chosen != nil:
		err = b.measureMemory(ctx, s, &f, out, watching)
	case s.growth.chosen != nil:
		err = b.measureGrowth(ctx, s, &f, out, watching)
	case s.effects:
		err = b.measureEffects(ctx, s, &f, out, watching)
	default:
		err = b.compare(ctx, s, &f, out, watching)
	}
	if err = errors.Join(err, stopProfile()); err != nil || s.json == "" {
		return err
	}
	text, err := json.MarshalIndent(f, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(s.json, append(text, '\n'), 0o644)
}

// startProfiles begins the profiles that are asked for; what it returns writes them.
func startProfiles(s settings) (stop func() error, err error) {
	var cpuFile *os.File
	if s.cpuProfile != "" {
		if cpuFile, err = os.Create(s.cpuProfile); err != nil {
			return nil, err
		}
		if err := pprof.StartCPUProfile(cpuFile); err != nil {
			return nil, err
		}
	}
	return func() error {
		if cpuFile != nil {
			pprof.StopCPUProfile()
			if err := cpuFile.Close(); err != nil {
				return err
			}
		}
		if s.memProfile == "" {
			return nil
		}
		file, err := os.Create(s.memProfile)
		if err != nil {
			return err
		}
		return errors.Join(pprof.Lookup("allocs").WriteTo(file, 0), file.Close())
	}, nil
}
