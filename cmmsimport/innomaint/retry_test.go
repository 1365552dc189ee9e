package innomaint_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"ic3.internal/innomaintsync/cmmsimport/innomaint"
)

// scripted responds with one status and header after another, and from then on with the last one. It notes when.
type scripted struct {
	responses []http.Header // "Status" has the status
	at        []time.Time
}

func (s *scripted) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	response := s.responses[min(len(s.at), len(s.responses)-1)]
	s.at = append(s.at, time.Now())
	status, err := strconv.Atoi(response.Get("Status"))
	if err != nil {
		return nil, err
	}
	return respond(r, status, response, `{"asset_id":"AST-1042"}`), nil
}

// waits returns the times between the requests.
func (s *scripted) waits() (waits []time.Duration) {
	for i := 1; i < len(s.at); i++ {
		waits = append(waits, s.at[i].Sub(s.at[i-1]))
	}
	return waits
}

func status(code int, header ...string) http.Header {
	h := http.Header{"Status": {strconv.Itoa(code)}}
	for i := 0; i < len(header); i += 2 {
		h.Set(header[i], header[i+1])
	}
	return h
}

// withDefaultWaits returns a client with the default waits that talks to transport.
func withDefaultWaits(t *testing.T, transport http.RoundTripper, change func(*innomaint.Config)) *innomaint.Client {
	return newClient(t, "https://tenant.example.com", func(cfg *innomaint.Config) {
		cfg.RetryWait, cfg.RetryMaxWait = 0, 0
		cfg.HTTPClient = &http.Client{Transport: transport}
		if change != nil {
			change(cfg)
		}
	})
}

func TestRetry(t *testing.T) {
	t.Parallel()
	t.Run("HonorsRetryAfter", func(t *testing.T) {
		t.Parallel()
		tests := []struct {
			name     string
			header   func(now time.Time) []string
			want     time.Duration // 0: backoff
			attempts int
		}{
			{"seconds", func(time.Time) []string { return []string{"Retry-After", "7"} }, 7 * time.Second, 2},
			{"as long as the longest wait", func(time.Time) []string { return []string{"Retry-After", "30"} }, 30 * time.Second, 2},
			{"HTTP date", func(now time.Time) []string {
				return []string{"Retry-After", now.Add(9 * time.Second).UTC().Format(http.TimeFormat)}
			}, 9 * time.Second, 2},
			{"HTTP date by a clock that is years ahead", func(now time.Time) []string {
				theirs := now.AddDate(3, 0, 0).UTC()
				return []string{"Date", theirs.Format(http.TimeFormat), "Retry-After", theirs.Add(9 * time.Second).Format(http.TimeFormat)}
			}, 9 * time.Second, 2},
			{"HTTP date by a clock that is years behind", func(now time.Time) []string {
				theirs := now.AddDate(-3, 0, 0).UTC()
				return []string{"Date", theirs.Format(http.TimeFormat), "Retry-After", theirs.Add(9 * time.Second).Format(http.TimeFormat)}
			}, 9 * time.Second, 2},
			{"X-RateLimit-Reset by a clock that is a day ahead", func(now time.Time) []string {
				theirs := now.AddDate(0, 0, 1).UTC()
				return []string{"Date", theirs.Format(http.TimeFormat), "X-RateLimit-Reset", strconv.FormatInt(theirs.Unix()+6, 10)}
			}, 6 * time.Second, 2},
			{"HTTP date beside a Date that is garbage", func(now time.Time) []string {
				return []string{"Date", "yesterday", "Retry-After", now.Add(9 * time.Second).UTC().Format(http.TimeFormat)}
			}, 9 * time.Second, 2},
			{"longer than the longest wait", func(time.Time) []string { return []string{"Retry-After", "31"} }, 0, 1},
			{"a year away", func(now time.Time) []string {
				return []string{"Retry-After", now.AddDate(1, 0, 0).UTC().Format(http.TimeFormat)}
			}, 0, 1},
			{"beyond every number", func(time.Time) []string { return []string{"Retry-After", "99999999999999999999"} }, 0, 1},
			{"negative", func(time.Time) []string { return []string{"Retry-After", "-5"} }, 0, 2},
			{"garbage", func(time.Time) []string { return []string{"Retry-After", "soon"} }, 0, 2},
			{"past date", func(now time.Time) []string {
				return []string{"Retry-After", now.Add(-time.Hour).UTC().Format(http.TimeFormat)}
			}, 0, 2},
			{"X-RateLimit-Reset in seconds", func(time.Time) []string { return []string{"X-RateLimit-Reset", "5"} }, 5 * time.Second, 2},
			{"X-RateLimit-Reset as an epoch", func(now time.Time) []string {
				return []string{"X-RateLimit-Reset", strconv.FormatInt(now.Unix()+6, 10)}
			}, 6 * time.Second, 2},
			{"X-RateLimit-Reset behind garbage", func(time.Time) []string {
				return []string{"Retry-After", "x", "X-RateLimit-Reset", "4"}
			}, 4 * time.Second, 2},
			{"X-RateLimit-Reset in the past", func(now time.Time) []string {
				return []string{"X-RateLimit-Reset", strconv.FormatInt(now.Unix()-60, 10)}
			}, 0, 2},
		}
		for _, tt := range tests {
			t.Run(tt.name, func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					now := time.Now().Add(1_100_000_000 * time.Second) // past the first ten-digit epoch
					<-time.After(time.Until(now))
					transport := &scripted{responses: []http.Header{status(429, tt.header(now)...), status(200)}}
					_, err := withDefaultWaits(t, transport, nil).GetAsset(t.Context(), ref)
					if len(transport.at) != tt.attempts {
						t.Fatalf("%d attempts, want %d; error %v", len(transport.at), tt.attempts, err)
					}
					if tt.attempts == 1 {
						wantKind(t, err, innomaint.KindRateLimited)
						return
					}
					if err != nil {
						t.Fatal(err)
					}
					wait := transport.waits()[0]
					if tt.want != 0 && wait != tt.want || tt.want == 0 && wait > 500*time.Millisecond {
						t.Errorf("waited %v, want %v (0: a backoff of up to 500ms)", wait, tt.want)
					}
				})
			})
		}
	})
	t.Run("BacksOffWithFullJitter", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			var longest [9]time.Duration
			shortest := longest
			for range 60 {
				transport := &scripted{responses: []http.Header{status(503)}}
				client := withDefaultWaits(t, transport, func(cfg *innomaint.Config) { cfg.MaxTries = 10 })
				_, err := client.GetAsset(t.Context(), ref)
				if failed := wantKind(t, err, innomaint.KindUnavailable); failed.Tries != 10 {
					t.Fatalf("%d attempts, want 10", failed.Tries)
				}
				for i, wait := range transport.waits() {
					longest[i] = max(longest[i], wait)
					if shortest[i] == 0 || wait < shortest[i] {
						shortest[i] = wait
					}
				}
			}
			bound := 500 * time.Millisecond
			for i := range longest {
				if longest[i] > bound || longest[i] < bound/2 || shortest[i] > bound/3 {
					t.Errorf("waits before attempt %d lie between %v and %v, want a spread over 0 to %v", i+2, shortest[i], longest[i], bound)
				}
				bound = min(2*bound, 30*time.Second)
			}
		})
	})
	t.Run("StopsWithContext", func(t *testing.T) {
		t.Parallel()
		t.Run("canceled while it waits", func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				transport := &scripted{responses: []http.Header{status(503, "Retry-After", "20")}}
				ctx, cancel := context.WithCancel(t.Context())
				time.AfterFunc(3*time.Second, cancel)
				start := time.Now()
				_, err := withDefaultWaits(t, transport, nil).GetAsset(ctx, ref)
				if !errors.Is(err, context.Canceled) || time.Since(start) != 3*time.Second || len(transport.at) != 1 {
					t.Errorf("error %v after %v and %d attempts", err, time.Since(start), len(transport.at))
				}
			})
		})
		t.Run("deadline while it waits", func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				transport := &scripted{responses: []http.Header{status(503, "Retry-After", "20")}}
				ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
				defer cancel()
				_, err := withDefaultWaits(t, transport, nil).GetAsset(ctx, ref)
				failed := wantKind(t, err, innomaint.KindTimeout)
				if !errors.Is(err, context.DeadlineExceeded) || failed.StatusCode != 503 || failed.Tries != 1 {
					t.Errorf("error %v", err)
				}
			})
		})
		for _, tt := range []struct {
			name   string
			status int
			want   error
		}{
			{"canceled as the asset comes", 200, nil},
			{"canceled as a 404 comes", 404, innomaint.ErrNotFound},
			{"canceled as a 503 comes", 503, context.Canceled},
		} {
			t.Run(tt.name, func(t *testing.T) {
				t.Parallel()
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				attempts := 0
				transport := roundTrip(func(r *http.Request) (*http.Response, error) {
					attempts++
					response := respond(r, tt.status, nil, `{"asset_id":"AST-1042"}`)
					response.Body = cancelOnClose{response.Body, cancel}
					return response, nil
				})
				client := withDefaultWaits(t, transport, func(cfg *innomaint.Config) { cfg.MaxTries = 1 })
				if _, err := client.GetAsset(ctx, ref); !errors.Is(err, tt.want) || attempts != 1 {
					t.Errorf("error %v after %d attempts, want %v after 1", err, attempts, tt.want)
				}
			})
		}
		t.Run("canceled during a request", func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				attempts := 0
				transport := roundTrip(func(r *http.Request) (*http.Response, error) {
					attempts++
					<-r.Context().Done()
					return nil, r.Context().Err()
				})
				ctx, cancel := context.WithCancel(t.Context())
				time.AfterFunc(3*time.Second, cancel)
				_, err := withDefaultWaits(t, transport, nil).GetAsset(ctx, ref)
				if !errors.Is(err, context.Canceled) || attempts != 1 {
					t.Errorf("error %v after %d attempts", err, attempts)
				}
			})
		})
	})
	t.Run("RetriesRequestTimeout", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			attempts := 0
			transport := roundTrip(func(r *http.Request) (*http.Response, error) {
				if attempts++; attempts == 2 {
					return respond(r, 200, nil, `{"asset_id":"AST-1042"}`), nil
				}
				<-r.Context().Done()
				return nil, r.Context().Err()
			})
			start := time.Now()
			if _, err := withDefaultWaits(t, transport, nil).GetAsset(t.Context(), ref); err != nil {
				t.Fatal(err)
			}
			if took := time.Since(start); attempts != 2 || took < 30*time.Second || took > 30500*time.Millisecond {
				t.Errorf("%d attempts took %v, want the default request timeout of 30s and a wait", attempts, took)
			}
		})
	})
}

// cancelOnClose is a response body that cancels the context when it has been read.
type cancelOnClose struct {
	io.ReadCloser
	cancel func()
}

func (c cancelOnClose) Close() error {
	c.cancel()
	return c.ReadCloser.Close()
}

// TestRetryLog checks that each retry is logged with what a reader needs: which asset, why, and the wait.
func TestRetryLog(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		transport := &scripted{responses: []http.Header{status(503, "Retry-After", "2"), status(429, "Retry-After", "31")}}
		_, err := withDefaultWaits(t, transport, func(cfg *innomaint.Config) {
			cfg.Logger = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
		}).GetAsset(t.Context(), ref)
		wantKind(t, err, innomaint.KindRateLimited)
		for _, part := range []string{"level=DEBUG", "innomaint: retrying", "asset_id=AST-1042", "customer_id=7", "unavailable (HTTP 503)", "attempts=1", "wait=2s"} {
			if !strings.Contains(log.String(), part) {
				t.Errorf("the log does not contain %q: %s", part, log.String())
			}
		}
		if lines := strings.Count(log.String(), "\n"); lines != 1 {
			t.Errorf("%d log lines, want one for the one retry:\n%s", lines, log.String())
		}
	})
}

func TestRateLimit(t *testing.T) {
	t.Parallel()
	t.Run("PacesRequests", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			transport := &scripted{responses: []http.Header{status(200)}}
			client := withDefaultWaits(t, transport, func(cfg *innomaint.Config) { cfg.RatePerSecond = 4 })
			start := time.Now()
			for range 9 {
				if _, err := client.GetAsset(t.Context(), ref); err != nil {
					t.Fatal(err)
				}
			}
			if took := time.Since(start); took != 2*time.Second {
				t.Errorf("9 requests at 4 a second took %v, want 2s", took)
			}
			ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
			defer cancel()
			_, err := client.GetAsset(ctx, ref)
			wantKind(t, err, innomaint.KindTimeout)
			if !errors.Is(err, context.DeadlineExceeded) || len(transport.at) != 9 {
				t.Errorf("error %v after %d requests", err, len(transport.at))
			}
		})
	})
	t.Run("PacesRetries", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			transport := &scripted{responses: []http.Header{status(503, "Retry-After", "0"), status(503, "Retry-After", "3"), status(200)}}
			client := withDefaultWaits(t, transport, func(cfg *innomaint.Config) { cfg.RatePerSecond = 0.5 })
			if _, err := client.GetAsset(t.Context(), ref); err != nil {
				t.Fatal(err)
			}
			if waits := transport.waits(); !slices.Equal(waits, []time.Duration{2 * time.Second, 3 * time.Second}) {
				t.Errorf("waits %v, want 2s by the rate and 3s by Retry-After", waits)
			}
		})
	})
}
