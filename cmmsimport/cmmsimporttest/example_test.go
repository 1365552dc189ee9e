package cmmsimporttest_test

import (
	"context"
	"fmt"

	"gorm.io/gorm"

	"ic3.internal/innomaintsync/cmmsimport"
	"ic3.internal/innomaintsync/cmmsimport/cmmsimporttest"
	"ic3.internal/innomaintsync/cmmsimport/innomaint"
	"ic3.internal/innomaintsync/cmmsimport/innomaint/innomainttest"
)

// syncCustomer is the host's own code: it sets the options and handles the result.
func syncCustomer(ctx context.Context, db *gorm.DB, opts cmmsimport.Options, customerID uint64) (string, error) {
	opts.CustomerID = &customerID
	opts.Policies = map[string]cmmsimport.FieldPolicy{"description": cmmsimport.Ignore}
	summary, err := cmmsimport.SyncAllAssetsFromInnomaint(ctx, db, opts)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%d up to date, %d to look at", summary.Successful, summary.Failed), nil
}

// A host tests its job with a fake Innomaint, and with the register instead of a database.
func ExampleRegister() {
	server := innomainttest.NewServer()
	defer server.Close()
	server.SetAsset("AST-1", innomainttest.SampleAsset("AST-1")) // and nothing for AST-2
	client, err := innomaint.New(innomaint.Config{BaseURL: server.URL(), Auth: innomaint.BearerToken("any")})
	if err != nil {
		fmt.Println(err)
		return
	}
	register := cmmsimporttest.NewRegister(
		cmmsimport.AssetMaster{CustomerID: 42, CMMSAssetID: "AST-1", Description: "ours"},
		cmmsimport.AssetMaster{CustomerID: 42, CMMSAssetID: "AST-2"},
		cmmsimport.AssetMaster{CustomerID: 43, CMMSAssetID: "AST-3"},
	)

	message, err := syncCustomer(context.Background(), register.DB(),
		cmmsimport.Options{Client: client, Repository: register, Recorder: register}, 42)
	fmt.Println(message, err)
	fmt.Println(register.Asset("AST-1").AssetName, "/", register.Asset("AST-1").Description)
	for _, e := range register.Entries() {
		fmt.Println(e.CMMSAssetID, e.Status)
	}
	// Output:
	// 1 up to date, 1 to look at <nil>
	// Chilled water pump 7 / ours
	// AST-1 Success
	// AST-2 Failed
}
