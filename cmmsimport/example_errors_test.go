package cmmsimport_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"ic3.internal/innomaintsync/cmmsimport"
	"ic3.internal/innomaintsync/cmmsimport/cmmsimporttest"
	"ic3.internal/innomaintsync/cmmsimport/innomaint"
)

// brokenTenant is a client whose tenant is down, and does not have AST-2.
func brokenTenant(_ context.Context, ref innomaint.AssetRef) (*innomaint.Asset, error) {
	if ref.AssetID == "AST-2" {
		return nil, &innomaint.Error{Kind: innomaint.KindNotFound, AssetID: ref.AssetID, Message: "no such asset"}
	}
	return nil, &innomaint.Error{Kind: innomaint.KindUnavailable, AssetID: ref.AssetID, Message: "maintenance until 6 a.m."}
}

// Another run holds the lease. The error names that run, and the time when its lease expires unless it is renewed.
func ExampleInProgressError() {
	db := busyDB() // the host's own *gorm.DB
	_, err := cmmsimport.SyncAllAssetsFromInnomaint(context.Background(), db, cmmsimport.Options{
		Client: cmmsimport.APIClientFunc(brokenTenant), Logger: slog.New(slog.DiscardHandler),
	})
	var held *cmmsimport.InProgressError
	if errors.As(err, &held) {
		fmt.Printf("run %s of %s holds %q until %s\n", held.RunID, held.Holder, held.Name, held.Until.Format(time.TimeOnly))
	}
	// Output: run 01JB0000000000000000000001 of worker-2, process 77 holds "all" until 08:32:00
}

// The run stopped itself: the rest of the assets would have failed, too.
func ExampleAbortedError() {
	register := cmmsimporttest.NewRegister(
		cmmsimport.AssetMaster{CustomerID: 42, CMMSAssetID: "AST-1"},
		cmmsimport.AssetMaster{CustomerID: 42, CMMSAssetID: "AST-3"},
		cmmsimport.AssetMaster{CustomerID: 42, CMMSAssetID: "AST-4"},
	)
	summary, err := cmmsimport.SyncAllAssetsFromInnomaint(context.Background(), register.DB(), cmmsimport.Options{
		Client: cmmsimport.APIClientFunc(brokenTenant), MaxConsecutiveFailures: 2,
		Repository: register, Recorder: register, Logger: slog.New(slog.DiscardHandler),
	})
	var aborted *cmmsimport.AbortedError
	if errors.As(err, &aborted) {
		fmt.Printf("%d failures of kind %s, the last one of %s; %d skipped\n", aborted.Failures, aborted.Kind, aborted.CMMSAssetID, summary.Skipped)
	}
	// Output: 2 failures of kind unavailable, the last one of AST-3; 1 skipped
}

// The failures of a run, grouped.
func ExampleSummary_causes() {
	register := cmmsimporttest.NewRegister(
		cmmsimport.AssetMaster{CustomerID: 42, CMMSAssetID: "AST-1"},
		cmmsimport.AssetMaster{CustomerID: 42, CMMSAssetID: "AST-2"},
		cmmsimport.AssetMaster{CustomerID: 42, CMMSAssetID: "AST-3"},
	)
	summary, err := cmmsimport.SyncAllAssetsFromInnomaint(context.Background(), register.DB(), cmmsimport.Options{
		Client:     cmmsimport.APIClientFunc(brokenTenant),
		Repository: register, Recorder: register, Logger: slog.New(slog.DiscardHandler),
	})
	exitOn(err)
	for _, cause := range summary.Causes {
		fmt.Printf("%d × %s, for example %s\n", cause.Count, cause.Message, cause.CMMSAssetID)
	}
	// Output:
	// 2 × unavailable: maintenance until 6 a.m., for example AST-1
	// 1 × not_found: no such asset, for example AST-2
}

// A summary as a table for people.
func ExampleSummary_String() {
	fmt.Print(cmmsimport.Summary{
		RunID: "01JB0000000000000000000001", Total: 4, Successful: 1, Changed: 1, Failed: 2, Skipped: 1, Warnings: 3, MastersCreated: 2,
		FailedByKind: map[innomaint.Kind]int{innomaint.KindUnavailable: 1, innomaint.KindNotFound: 1},
		Causes:       []cmmsimport.Cause{{Kind: innomaint.KindNotFound, Message: "no such asset", Count: 1, CustomerID: 42, CMMSAssetID: "AST-2"}},
		Duration:     1500 * time.Millisecond,
	})
	// Output:
	// run              01JB0000000000000000000001 (all customers)
	// total assets     4
	// successful       1 (1 changed, 0 unchanged)
	// failed           2 (not_found 1, unavailable 1)
	// skipped          1
	// masters created  2
	// warnings         3
	// duration         1.5s
	// 1 failed         not_found: no such asset (for example asset "AST-2" of customer 42)
}
