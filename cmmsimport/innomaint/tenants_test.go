package innomaint_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"ic3.internal/innomaintsync/cmmsimport/innomaint"
	"ic3.internal/innomaintsync/cmmsimport/innomaint/innomainttest"
)

func TestPerCustomer(t *testing.T) {
	t.Parallel()
	t.Run("KeepsOneClientPerCustomer", func(t *testing.T) {
		t.Parallel()
		opened := map[uint64]int{}
		servers := map[uint64]*innomainttest.Server{}
		for customer := range uint64(3) {
			servers[customer] = newServer(t)
			body := innomainttest.SampleAsset("A")
			body["asset_name"] = fmt.Sprint("of customer ", customer)
			servers[customer].SetAsset("A", body)
		}
		tenants := innomaint.PerCustomer(func(_ context.Context, customer uint64) (*innomaint.Client, error) {
			opened[customer]++
			return newClient(t, servers[customer].URL(), nil), nil
		})
		for range 2 {
			for customer := range servers {
				asset, err := tenants.GetAsset(t.Context(), innomaint.AssetRef{CustomerID: customer, AssetID: "A"})
				if err != nil || asset.Name != fmt.Sprint("of customer ", customer) {
					t.Errorf("customer %d got %v, %v", customer, asset, err)
				}
			}
		}
		for customer, times := range opened {
			if times != 1 {
				t.Errorf("the client of customer %d was opened %d times", customer, times)
			}
		}
	})
	t.Run("KeepsFailedOpenForAMinute", func(t *testing.T) {
		t.Parallel()
		tests := []struct {
			name string
			open func() (*innomaint.Client, error)
			kind innomaint.Kind
		}{
			{"an error", func() (*innomaint.Client, error) { return nil, io.ErrClosedPipe }, innomaint.KindAuth},
			{"an error with a kind", func() (*innomaint.Client, error) {
				return nil, fmt.Errorf("vault: %w", &innomaint.Error{Kind: innomaint.KindUnavailable})
			}, innomaint.KindUnavailable},
			{"nothing", func() (*innomaint.Client, error) { return nil, nil }, innomaint.KindAuth},
		}
		for _, tt := range tests {
			t.Run(tt.name, func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					opened := 0
					tenants := innomaint.PerCustomer(func(context.Context, uint64) (*innomaint.Client, error) {
						opened++
						return tt.open()
					})
					for _, id := range []string{"A", "B"} {
						_, err := tenants.GetAsset(t.Context(), innomaint.AssetRef{CustomerID: 42, AssetID: id})
						failed := wantKind(t, err, tt.kind)
						if failed.AssetID != id || !strings.Contains(err.Error(), "customer 42") || opened != 1 {
							t.Errorf("error %v after %d opens", err, opened)
						}
					}
					<-time.After(time.Minute)
					_, err := tenants.GetAsset(t.Context(), innomaint.AssetRef{CustomerID: 42, AssetID: "C"})
					if wantKind(t, err, tt.kind); opened != 2 {
						t.Errorf("%d opens a minute later, want 2", opened)
					}
				})
			})
		}
	})
	t.Run("DoesNotKeepCancellation", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			answer := roundTrip(func(r *http.Request) (*http.Response, error) {
				return respond(r, 200, nil, `{"asset_id":"A"}`), nil
			})
			tenants := innomaint.PerCustomer(func(ctx context.Context, _ uint64) (*innomaint.Client, error) {
				select {
				case <-ctx.Done():
					return nil, ctx.Err()
				case <-time.After(time.Second):
					return withDefaultWaits(t, answer, nil), nil
				}
			})
			ctx, cancel := context.WithCancel(t.Context())
			time.AfterFunc(time.Millisecond, cancel)
			if _, err := tenants.GetAsset(ctx, innomaint.AssetRef{AssetID: "A"}); !errors.Is(err, context.Canceled) {
				t.Errorf("error %v", err)
			}
			if _, err := tenants.GetAsset(t.Context(), innomaint.AssetRef{AssetID: "A"}); err != nil {
				t.Errorf("a canceled open was remembered: %v", err)
			}
		})
	})
	t.Run("OpensOnceForConcurrentCalls", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			opened := 0
			answer := roundTrip(func(r *http.Request) (*http.Response, error) {
				return respond(r, 200, nil, `{"asset_id":"A"}`), nil
			})
			tenants := innomaint.PerCustomer(func(context.Context, uint64) (*innomaint.Client, error) {
				opened++
				<-time.After(time.Second)
				return withDefaultWaits(t, answer, nil), nil
			})
			for range 5 {
				go func() {
					if _, err := tenants.GetAsset(t.Context(), innomaint.AssetRef{CustomerID: 1, AssetID: "A"}); err != nil {
						t.Error(err)
					}
				}()
			}
			<-time.After(2 * time.Second)
			synctest.Wait()
			if opened != 1 {
				t.Errorf("opened %d times", opened)
			}
		})
	})
}
