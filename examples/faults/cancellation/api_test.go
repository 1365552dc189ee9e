package cancellation_test

import (
	"context"
	"net"
	"net/http"
	"testing"

	"ic3.internal/innomaintsync/cmmsimport/innomaint"
)

// TestCancelledInTheAPI cancels wherever the client stands and waits, at the second asset.
func TestCancelledInTheAPI(t *testing.T) { //nolint:paralleltest // goleak looks at every goroutine of the process
	answers := func(with http.HandlerFunc) func(*scene) {
		return func(s *scene) { s.tenant.serve[second] = with }
	}
	loginAgain := func(with http.HandlerFunc) func(*scene) {
		return func(s *scene) {
			s.config.Auth = innomaint.Login("sync", "pa55word-of-the-tests")
			s.tenant.serve["login"] = loginThen(with)
			s.tenant.serve[second] = status(http.StatusUnauthorized)
		}
	}
	tests := []struct {
		name string
		set  func(s *scene)
	}{
		{"while it connects", func(s *scene) {
			s.transport.DisableKeepAlives = true
			dials := 0
			s.transport.DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
				if dials++; dials > 1 {
					<-ctx.Done()
				}
				return s.tenant.dial(ctx, network, address)
			}
		}},
		{"while no answer comes", answers(hold)},
		{"while the body is read", answers(halfABody)},
		{"in the backoff", answers(status(http.StatusServiceUnavailable))},
		{"while it waits as Retry-After says", answers(status(http.StatusTooManyRequests, "Retry-After", "29"))},
		{"while it waits for the rate limit", func(s *scene) { s.config.RatePerSecond = 1.0 / 60 }},
		{"in a login", loginAgain(hold)},
		{"while a login's answer is read", loginAgain(halfABody)},
		{"in the backoff of a login", loginAgain(status(http.StatusBadGateway))},
	}
	w := newWorld(t)
	for _, tt := range tests { //nolint:paralleltest // as above
		t.Run(tt.name, func(t *testing.T) {
			w.round(t, connector{}, func(s *scene) {
				tt.set(s)
				s.atAPI[second] = func() { onceItWaits(s.cancel) }
			}, want{successful: 1, failed: 1})
		})
	}
}
