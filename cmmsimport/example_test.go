package cmmsimport_test

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"gorm.io/gorm"

	"ic3.internal/innomaintsync/cmmsimport"
	"ic3.internal/innomaintsync/cmmsimport/innomaint"
)

// A job of the host: every customer, with a line for each asset and the numbers at the end.
func ExampleSyncAllAssetsFromInnomaint() {
	db := hostDB() // the host's own *gorm.DB
	server := tenant("the-token")
	defer server.Close()

	client, err := innomaint.New(innomaint.Config{BaseURL: server.URL(), Auth: innomaint.BearerToken("the-token")})
	exitOn(err)

	summary, err := cmmsimport.SyncAllAssetsFromInnomaint(context.Background(), db, cmmsimport.Options{
		Client: client,
		OnAsset: func(res cmmsimport.AssetResult, p cmmsimport.Progress) {
			fmt.Printf("%d/%d %s: %s\n", p.Done, p.Total, res.CMMSAssetID, res.Status)
		},
	})
	exitOn(err)
	fmt.Printf("%d assets, %d successful, %d failed\n", summary.Total, summary.Successful, summary.Failed)
	// Output:
	// 1/1 AST-1042: Success
	// 1 assets, 1 successful, 0 failed
}

// A dry run shows what a sync would change.
func ExampleSyncAllAssetsFromInnomaint_dryRun() {
	db := dryHostDB()
	server := tenant("the-token")
	defer server.Close()
	client, err := innomaint.New(innomaint.Config{BaseURL: server.URL(), Auth: innomaint.BearerToken("the-token")})
	exitOn(err)

	customer := uint64(42)
	_, err = cmmsimport.SyncAllAssetsFromInnomaint(context.Background(), db, cmmsimport.Options{
		Client:     client,
		CustomerID: &customer,
		DryRun:     true,
		OnAsset: func(res cmmsimport.AssetResult, _ cmmsimport.Progress) {
			for _, column := range slices.Sorted(maps.Keys(res.Changes)) {
				change := res.Changes[column]
				fmt.Printf("%s: %v -> %v\n", column, change.From, change.To)
			}
		},
	})
	exitOn(err)
	// Output:
	// asset_name: Pump -> Chilled water pump 7
	// purchase_cost: <nil> -> 125000.5
	// purchase_date: <nil> -> 2021-04-01
}

// A host's own enricher calls the library's first. Then it handles what the library does not know, in the same transaction.
func ExampleEnrichAssetFromAPI() {
	enrich := func(ctx context.Context, tx *gorm.DB, masters cmmsimport.MasterResolver, asset *cmmsimport.AssetMaster, detail *innomaint.Asset) error {
		if err := cmmsimport.EnrichAssetFromAPI(ctx, tx, masters, asset, detail); err != nil {
			return err
		}
		if center, ok := detail.Text("cost_center"); ok {
			fmt.Println("cost center of", asset.CMMSAssetID, "is", center)
			// return tx.Exec("UPDATE host_cost_centers SET …").Error
		}
		return nil
	}

	db := hostDB()
	server := tenant("the-token")
	defer server.Close()
	client, err := innomaint.New(innomaint.Config{BaseURL: server.URL(), Auth: innomaint.BearerToken("the-token")})
	exitOn(err)
	_, err = cmmsimport.SyncAllAssetsFromInnomaint(context.Background(), db, cmmsimport.Options{Client: client, Enrich: enrich})
	exitOn(err)
	// Output:
	// cost center of AST-1042 is CC-9
}

// A function as the client, for a test.
func ExampleAPIClientFunc() {
	client := cmmsimport.APIClientFunc(func(_ context.Context, ref innomaint.AssetRef) (*innomaint.Asset, error) {
		return &innomaint.Asset{ID: ref.AssetID, Name: "Pump"}, nil
	})
	detail, err := client.GetAsset(context.Background(), innomaint.AssetRef{CustomerID: 42, AssetID: "AST-1042"})
	fmt.Println(detail.Name, err)
	// Output: Pump <nil>
}

// Innomaint's warranty wins even if it is empty. Descriptions are never changed.
func ExampleFieldPolicy() {
	opts := cmmsimport.Options{Policies: map[string]cmmsimport.FieldPolicy{
		"warranty_start": cmmsimport.Mirror,
		"warranty_end":   cmmsimport.Mirror,
		"description":    cmmsimport.Ignore,
		"barcode":        cmmsimport.FillIfEmpty,
		"*":              cmmsimport.Overwrite,
	}}
	fmt.Println(opts.Policies["warranty_end"], opts.Policies["*"])
	// Output: mirror overwrite
}

// A repository that leaves out the assets that the host has retired. It overrides two methods.
func ExampleGormRepository() {
	opts := cmmsimport.Options{Repository: activeOnly{}}
	fmt.Printf("%T\n", opts.Repository)
	// Output: cmmsimport_test.activeOnly
}

type activeOnly struct{ cmmsimport.GormRepository }

func (r activeOnly) Plan(ctx context.Context, db *gorm.DB, q cmmsimport.AssetQuery) ([]cmmsimport.CustomerPlan, error) {
	return r.GormRepository.Plan(ctx, db.Where("description IS NULL OR description <> 'retired'"), q)
}

func (r activeOnly) Page(ctx context.Context, db *gorm.DB, q cmmsimport.AssetQuery, c cmmsimport.CustomerPlan, after cmmsimport.Cursor, limit int) ([]cmmsimport.AssetMaster, error) {
	return r.GormRepository.Page(ctx, db.Where("description IS NULL OR description <> 'retired'"), q, c, after, limit)
}

func ExampleMigrate() {
	db := migratedDB(true)
	fmt.Println(cmmsimport.Migrate(context.Background(), db))
	// Output: <nil>
}

// The statements for a database administrator.
func ExampleMigrationSQL() {
	db := migratedDB(false)
	statements, err := cmmsimport.MigrationSQL(context.Background(), db)
	exitOn(err)
	for _, s := range statements {
		fmt.Println(s + ";")
	}
	// Output:
	// CREATE TABLE `cmms_sync_lock` (`name` varchar(64) NOT NULL, `run_id` char(26) NOT NULL, `holder` varchar(255) NOT NULL, `expires_at` datetime(6) NOT NULL, PRIMARY KEY (`name`));
}

func ExampleCheckSchema() {
	db := migratedDB(false)
	fmt.Println(cmmsimport.CheckSchema(context.Background(), db))
	// Output:
	// database schema is not ready for the sync: call cmmsimport.Migrate, or apply what MigrationSQL returns:
	// table cmms_sync_lock is missing
}
