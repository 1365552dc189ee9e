package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"ic3.internal/innomaintsync/cmmsimport"
)

// plain is the sync as most would write it with GORM: FirstOrCreate for each master, Save for the asset, Create for the
// log, and GORM's defaults. It reads the API with the same code as the floor, and logs the same.
type plain struct {
	db    *gorm.DB
	api   *api
	runID string
}

func openPlain(p pass) (runner, error) {
	db, err := openGorm(p.pool)
	if err != nil {
		return nil, err
	}
	g := &plain{db: db, api: &api{base: p.url, http: p.http}, runID: rand.Text()}
	return func(ctx context.Context) error { return g.sync(ctx, p.done) }, nil
}

func (g *plain) sync(ctx context.Context, done func()) error {
	var page []plainAsset
	return g.db.WithContext(ctx).Where("cmms_asset_id <> ''").FindInBatches(&page, pageSize, func(*gorm.DB, int) error {
		for i := range page {
			if err := g.syncAsset(ctx, &page[i]); err != nil {
				return fmt.Errorf("%s: %w", *page[i].CMMSAssetID, err)
			}
			done()
		}
		return nil
	}).Error
}

func (g *plain) syncAsset(ctx context.Context, asset *plainAsset) error {
	began := time.Now()
	db := g.db.WithContext(ctx)
	before := asset.values()
	log := plainLog{RunID: g.runID, CustomerID: asset.CustomerID, CMMSAssetID: *asset.CMMSAssetID, Status: "Success"}
	log.AttemptKey = fmt.Sprintf("%s:%d", g.runID, asset.ID)

	answer, err := g.api.get(ctx, *asset.CMMSAssetID)
	if err == nil {
		err = db.Transaction(func(tx *gorm.DB) error {
			if err := plainMasters(tx, asset, answer); err != nil {
				return err
			}
			log.Warnings = optional(asset.merge(answer))
			at := time.Now().UTC()
			status := "Success"
			asset.CMMSSyncStatus, asset.CMMSSyncedAt, asset.CMMSAttemptedAt, asset.CMMSRunID = &status, &at, &at, &g.runID
			return tx.Save(asset).Error
		})
	}

	log.SyncedAt, log.DurationMS = time.Now().UTC(), time.Since(began).Milliseconds()
	var failed *apiError
	switch {
	case errors.As(err, &failed):
		log.Status, log.ErrorKind, log.ErrorMessage = "Failed", &failed.kind, &failed.message
		marks := map[string]any{"cmms_sync_status": "Failed", "cmms_attempted_at": log.SyncedAt, "cmms_run_id": g.runID}
		if err := db.Model(asset).Updates(marks).Error; err != nil {
			return err
		}
	case err != nil:
		return err
	default:
		after := asset.values()
		log.Changes = optional(changesJSON(&before, &after))
	}
	return db.Clauses(clause.OnConflict{UpdateAll: true}).Create(&log).Error
}

func plainMasters(tx *gorm.DB, asset *plainAsset, d *detail) error {
	customer := asset.CustomerID
	category := cmmsimport.CategoryMaster{CustomerID: customer, Level: "category", CMMSID: string(d.Category.ID)}
	if err := firstOrCreate(tx, &category, cmmsimport.CategoryMaster{Name: string(d.Category.Name), Code: string(d.Category.Code)}); err != nil {
		return err
	}
	subcategory := cmmsimport.CategoryMaster{CustomerID: customer, Level: "subcategory", CMMSID: string(d.Subcategory.ID)}
	if err := firstOrCreate(tx, &subcategory, cmmsimport.CategoryMaster{Name: string(d.Subcategory.Name), ParentID: category.ID}); err != nil {
		return err
	}
	manufacturer := cmmsimport.ManufacturerMaster{CustomerID: customer, CMMSID: string(d.Manufacturer.ID)}
	if err := firstOrCreate(tx, &manufacturer, cmmsimport.ManufacturerMaster{Name: string(d.Manufacturer.Name)}); err != nil {
		return err
	}
	model := cmmsimport.ModelMaster{CustomerID: customer, CMMSID: string(d.Model.ID)}
	if err := firstOrCreate(tx, &model, cmmsimport.ModelMaster{Name: string(d.Model.Name), ManufacturerID: manufacturer.ID}); err != nil {
		return err
	}
	vendor := cmmsimport.VendorMaster{CustomerID: customer, CMMSID: string(d.Vendor.ID)}
	if err := firstOrCreate(tx, &vendor, cmmsimport.VendorMaster{
		Name: string(d.Vendor.Name), Email: string(d.Vendor.Email), Phone: string(d.Vendor.Phone),
	}); err != nil {
		return err
	}
	var location cmmsimport.LocationMaster
	for _, at := range []struct {
		level string
		ref   master
	}{
		{"site", d.Location.Site}, {"building", d.Location.Building}, {"floor", d.Location.Floor}, {"room", d.Location.Room},
	} {
		parent := location.ID
		location = cmmsimport.LocationMaster{CustomerID: customer, Level: at.level, CMMSID: string(at.ref.ID)}
		if err := firstOrCreate(tx, &location, cmmsimport.LocationMaster{Name: string(at.ref.Name), ParentID: parent}); err != nil {
			return err
		}
	}
	department := cmmsimport.DepartmentMaster{CustomerID: customer, CMMSID: string(d.Department.ID)}
	if err := firstOrCreate(tx, &department, cmmsimport.DepartmentMaster{Name: string(d.Department.Name)}); err != nil {
		return err
	}
	status := cmmsimport.StatusMaster{CustomerID: customer, CMMSID: string(d.Status.ID)}
	if err := firstOrCreate(tx, &status, cmmsimport.StatusMaster{Name: string(d.Status.Name)}); err != nil {
		return err
	}
	asset.CategoryID, asset.SubcategoryID, asset.ManufacturerID, asset.ModelID = &category.ID, &subcategory.ID, &manufacturer.ID, &model.ID
	asset.VendorID, asset.LocationID, asset.DepartmentID, asset.StatusID = &vendor.ID, &location.ID, &department.ID, &status.ID
	return nil
}

// firstOrCreate finds the row that is like row, or creates it with more attributes.
func firstOrCreate[T any](tx *gorm.DB, row *T, attributes T) error {
	like := *row
	return tx.Where(&like).Attrs(attributes).FirstOrCreate(row).Error
}
