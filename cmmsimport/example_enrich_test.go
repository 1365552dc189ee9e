package cmmsimport_test

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/DATA-DOG/go-sqlmock"
	"gorm.io/driver/mysql"
	"gorm.io/gorm"

	"ic3.internal/innomaintsync/cmmsimport"
	"ic3.internal/innomaintsync/cmmsimport/innomaint"
)

// enrichWithCostCenter is a host's EnrichFunc: it calls the library's, and then handles what only the host knows.
func enrichWithCostCenter(ctx context.Context, tx *gorm.DB, masters cmmsimport.MasterResolver, asset *cmmsimport.AssetMaster, detail *innomaint.Asset) error {
	if err := cmmsimport.EnrichAssetFromAPI(ctx, tx, masters, asset, detail); err != nil {
		return err
	}
	center, ok := detail.Text("cost_center")
	if !ok {
		return nil
	}
	return tx.WithContext(ctx).Exec("UPDATE host_assets SET cost_center = ? WHERE asset_id = ?", center, asset.ID).Error
}

// everyMaster is a MasterResolver for tests: every reference gets this id.
type everyMaster uint64

func (id everyMaster) EnsureMaster(context.Context, cmmsimport.Master) (uint64, error) {
	return uint64(id), nil
}

// A host tests its own enricher: without a run or a server. The mock expects only what the enricher itself writes.
func ExampleEnrichFunc() {
	pool, mock, err := sqlmock.New()
	exitOn(err)
	tx, err := gorm.Open(mysql.New(mysql.Config{Conn: pool, SkipInitializeWithVersion: true}))
	exitOn(err)
	mock.ExpectExec("UPDATE host_assets").WithArgs("CC-9", 17).WillReturnResult(sqlmock.NewResult(0, 1))

	asset := cmmsimport.AssetMaster{ID: 17, CustomerID: 42, CMMSAssetID: "AST-1"}
	detail := &innomaint.Asset{
		ID: "AST-1", Name: "Pump", Vendor: innomaint.Reference{Name: "Acme"},
		Raw: json.RawMessage(`{"cost_center": "CC-9"}`), // what detail.Text reads
	}
	err = enrichWithCostCenter(context.Background(), tx, everyMaster(5), &asset, detail)
	fmt.Println(asset.AssetName, asset.VendorID, err, mock.ExpectationsWereMet())
	// Output: Pump 5 <nil> <nil>
}
