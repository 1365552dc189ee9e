package main

import (
	"context"
	"errors"
	"time"

	"ic3.internal/innomaintsync/cmmsimport"
)

const (
	noTimeBox = time.Duration(0)
	// defaultGrace is how long the asset at hand may take after a signal. Kubernetes and systemd kill after 30 s and 90 s.
	defaultGrace = 15 * time.Second
)

// Why a run's context ended; the library's error and the run's row carry the text.
var (
	errTimeBox = errors.New("the time box is full, the next run goes on from here")
	errStopped = errors.New("the process was asked to stop")
)

// stopper ends a run's context between two assets, so that none fails for it.
type stopper struct {
	asked    context.Context // the process's
	deadline time.Time       // zero: none
	cancel   context.CancelCauseFunc
	forget   func() bool
}

// stopBetweenAssets returns a context for a run. It ends after the asset at which the time box was found full, or at which
// ctx had ended; and where that asset takes longer than grace after ctx, in the middle of it.
func stopBetweenAssets(ctx context.Context, timeBox, grace time.Duration) (context.Context, *stopper) {
	run, cancel := context.WithCancelCause(context.WithoutCancel(ctx))
	s := &stopper{asked: ctx, cancel: cancel}
	if timeBox != noTimeBox {
		s.deadline = time.Now().Add(timeBox)
	}
	if ctx.Err() != nil {
		cancel(errStopped)
	}
	if grace == 0 {
		grace = defaultGrace
	}
	s.forget = context.AfterFunc(ctx, func() {
		select {
		case <-time.After(grace):
			cancel(errStopped)
		case <-run.Done():
		}
	})
	return run, s
}

// watch implements watcher.
func (s *stopper) watch(opts cmmsimport.Options) cmmsimport.Options {
	return onAsset(opts, func(_ cmmsimport.AssetResult, p cmmsimport.Progress) {
		switch {
		case p.Done == p.Total: // complete, whatever the clock says
		case s.asked.Err() != nil:
			s.cancel(errStopped)
		case !s.deadline.IsZero() && !time.Now().Before(s.deadline):
			s.cancel(errTimeBox)
		}
	})
}

// end releases what the context holds, once the run is over.
func (s *stopper) end() {
	s.forget()
	s.cancel(nil)
}
