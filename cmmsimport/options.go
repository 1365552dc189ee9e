package cmmsimport

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"reflect"
	"slices"
	"time"

	"gorm.io/gorm"

	"ic3.internal/innomaintsync/cmmsimport/innomaint"
	"ic3.internal/innomaintsync/cmmsimport/internal/handle"
	"ic3.internal/innomaintsync/cmmsimport/synclog"
)

// Options says what a run covers and how it works. Only Client is required; each other field has a default for its zero value.
type Options struct {
	// Client fetches one asset; usually an *innomaint.Client, or the *innomaint.Tenants of innomaint.PerCustomer if each customer
	// has its own tenant. Required.
	Client APIClient

	// CustomerID limits the run to one customer (a manual run). Nil: every customer.
	CustomerID *uint64
	// CMMSAssetIDs limits the run to these values of cmms_asset_id, at most 10,000. Nil: all; empty but not nil: none.
	CMMSAssetIDs []string
	// OnlyFailed limits the run to assets whose last attempt failed.
	OnlyFailed bool
	// NotSyncedSince limits the run to assets that were never synced, or last before this time. Zero: all.
	NotSyncedSince time.Time
	// OldestFirst takes the least recently attempted asset of a customer first, and first the customer that has the least
	// recently attempted asset, so that runs with a time limit reach every asset in turn. Default: by customer, then id.
	OldestFirst bool
	// Limit ends the run after so many assets. 0: all.
	Limit int

	// DryRun fetches and compares, and writes nothing: no asset, master, log row, run row or lease. What a custom Enrich writes
	// in its transaction is rolled back.
	DryRun bool

	// Enrich maps a response onto the asset. Default: EnrichAssetFromAPI.
	Enrich EnrichFunc
	// Repository reads and writes ic3_asset_master. Default: GormRepository{}.
	Repository AssetRepository
	// Recorder writes cmms_sync_log. Default: synclog.Recorder{}. The missing log rows of a run whose process died are added only
	// if the Recorder is or embeds that one (see synclog.Recorder.InTable).
	Recorder LogRecorder

	// AtomicLog writes the row of a success inside the asset's transaction instead of after its commit: one commit fewer
	// an asset, and no crash can separate the two.
	AtomicLog bool
	// Policies decides, by column of ic3_asset_master, which value wins: Innomaint's or the local one. "*" is for the columns
	// that are not named. Default: Overwrite.
	Policies map[string]FieldPolicy
	// AssetTimeout limits one attempt on an asset, retries included. Default: 2 minutes.
	AssetTimeout time.Duration
	// MaxConsecutiveFailures ends the run with ErrAborted after so many systemic failures (auth, rate_limited,
	// unavailable, timeout, database) in a row; the rest is Skipped. 0: never.
	MaxConsecutiveFailures int

	// OnStart is called once, on the caller's goroutine, before the first asset, when the run has its lease and its row in
	// cmms_sync_run (a dry run has neither). The Summary has RunID, CustomerID, DryRun, Total and StartedAt. A panic in
	// it ends the run.
	OnStart func(Summary)
	// BeforeAsset is called before each attempt on an asset, on the caller's goroutine. It returns ctx or a context derived from
	// it, which the Client, Enrich, every statement and the asset's log row then get, for example with a trace's span. OnAsset
	// is called after each call of it. A panic in it is the asset's failure. The time it takes adds to the run.
	BeforeAsset func(ctx context.Context, ref innomaint.AssetRef) context.Context
	// OnAsset is called after each asset, on the caller's goroutine. The time it takes adds to the run. A panic in it makes the
	// asset Failed, although its data stay committed.
	OnAsset func(AssetResult, Progress)
	// Logger receives the run's start and end (Info), warnings and failures (Warn, Error) and each success (Debug).
	// Default: slog.Default().
	Logger *slog.Logger
}

// APIClient fetches the complete details of one asset.
type APIClient interface {
	// GetAsset returns the asset that ref names. A failure should be an *innomaint.Error, whose Kind is logged; any other error
	// is logged with the kind "timeout" after a deadline, "unavailable" after a network error, else "internal". It is never
	// called concurrently.
	GetAsset(ctx context.Context, ref innomaint.AssetRef) (*innomaint.Asset, error)
}

// APIClientFunc makes an APIClient of a function, as http.HandlerFunc makes a handler.
type APIClientFunc func(ctx context.Context, ref innomaint.AssetRef) (*innomaint.Asset, error)

// GetAsset calls f.
func (f APIClientFunc) GetAsset(ctx context.Context, ref innomaint.AssetRef) (*innomaint.Asset, error) {
	return f(ctx, ref)
}

// LogRecorder writes the audit log.
type LogRecorder interface {
	// Record writes e through db, which is the run's handle or, with Options.AtomicLog, the asset's transaction. It may be called
	// again for the same attempt, after an error or with another outcome: e.AttemptKey is the same then, and the last call counts.
	Record(ctx context.Context, db *gorm.DB, e *synclog.Entry) error
}

// EnrichFunc maps detail onto *asset in memory, empty values included; the sync then applies the column policies, finds
// what changed and writes it. It may write to the host's own tables in tx; it must not call the network, commit
// or roll back, and it returns every error of tx. It is called again, with a fresh copy of the asset, if the transaction has
// to be repeated. A host's own function calls EnrichAssetFromAPI first and then does its part.
type EnrichFunc func(ctx context.Context, tx *gorm.DB, masters MasterResolver, asset *AssetMaster, detail *innomaint.Asset) error

const (
	defaultAssetTimeout = 2 * time.Minute
	maxAssetIDs         = 10_000 // each is an argument of every page's query, and MySQL takes 65,535
)

// withDefaults returns the options with every unset field filled.
func (o Options) withDefaults() Options {
	if o.Enrich == nil {
		o.Enrich = EnrichAssetFromAPI
	}
	if o.Repository == nil {
		o.Repository = GormRepository{}
	}
	if o.Recorder == nil {
		o.Recorder = synclog.Recorder{}
	}
	if o.AssetTimeout == 0 {
		o.AssetTimeout = defaultAssetTimeout
	}
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	return o
}

// withoutClient also finds the nil pointer that is left of a client whose error was ignored.
func (o Options) withoutClient() bool {
	client := reflect.ValueOf(o.Client)
	return !client.IsValid() || (client.Kind() == reflect.Pointer || client.Kind() == reflect.Func) && client.IsNil()
}

// validate reports every problem of the handle and the options in one error that is ErrOptions.
func (o Options) validate(db *gorm.DB) error {
	var problems []error
	problem := func(format string, args ...any) { problems = append(problems, fmt.Errorf(format, args...)) }

	problems = append(problems, handle.Check(db))
	if o.withoutClient() {
		problem("Client is nil: set an *innomaint.Client, or innomaint.PerCustomer for many tenants")
	}
	if o.CustomerID != nil && *o.CustomerID == 0 {
		problem("CustomerID is 0: leave it nil for every customer, or name one")
	}
	if n := len(o.CMMSAssetIDs); n > maxAssetIDs {
		problem("CMMSAssetIDs names %d assets: a run takes at most %d, so make several runs", n, maxAssetIDs)
	}
	if o.Limit < 0 {
		problem("Limit is %d: use 0 for no limit", o.Limit)
	}
	if o.AssetTimeout < 0 {
		problem("AssetTimeout is %s: use 0 for %s", o.AssetTimeout, defaultAssetTimeout)
	}
	if o.MaxConsecutiveFailures < 0 {
		problem("MaxConsecutiveFailures is %d: use 0 for never", o.MaxConsecutiveFailures)
	}
	for _, name := range slices.Sorted(maps.Keys(o.Policies)) {
		if name != anyColumn && !assets.Has(name) {
			problem("Policies names %q, which is no synced column of ic3_asset_master", name)
		}
		if policy := o.Policies[name]; !policy.valid() {
			problem("Policies[%q] is %q: use Overwrite, Mirror, FillIfEmpty or Ignore", name, policy)
		}
	}

	if err := errors.Join(problems...); err != nil {
		return fmt.Errorf("%w: %w", ErrOptions, err)
	}
	return nil
}
