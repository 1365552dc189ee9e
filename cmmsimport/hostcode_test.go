package cmmsimport_test

import (
	"context"
	"errors"

	"gorm.io/gorm"

	"ic3.internal/innomaintsync/cmmsimport"
	"ic3.internal/innomaintsync/cmmsimport/innomaint"
	"ic3.internal/innomaintsync/cmmsimport/synclog"
)

// clientFunc is a client of one function.
type clientFunc = cmmsimport.APIClientFunc

// bareClient knows every asset, and nothing about it but the id.
var bareClient = clientFunc(func(_ context.Context, ref innomaint.AssetRef) (*innomaint.Asset, error) {
	return &innomaint.Asset{ID: ref.AssetID}, nil
})

// before returns the world's client, with a function that is called before each request.
func (w *world) before(do func(ref innomaint.AssetRef)) clientFunc {
	return func(ctx context.Context, ref innomaint.AssetRef) (*innomaint.Asset, error) {
		do(ref)
		return w.client.GetAsset(ctx, ref)
	}
}

// recorderFunc is a LogRecorder of one function.
type recorderFunc func(ctx context.Context, db *gorm.DB, e *synclog.Entry) error

var _ cmmsimport.LogRecorder = recorderFunc(nil)

func (f recorderFunc) Record(ctx context.Context, db *gorm.DB, e *synclog.Entry) error {
	return f(ctx, db, e)
}

// refusing is a recorder that fails if refuse returns true. Calls are counted from 1.
func refusing(refuse func(call int, e *synclog.Entry) bool) cmmsimport.LogRecorder {
	calls := 0
	return recorderFunc(func(ctx context.Context, db *gorm.DB, e *synclog.Entry) error {
		if calls++; refuse(calls, e) {
			return errors.New("the log's tablespace is full")
		}
		return synclog.Recorder{}.Record(ctx, db, e)
	})
}

// enrichment is what an EnrichFunc is given.
type enrichment struct {
	ctx     context.Context
	tx      *gorm.DB
	masters cmmsimport.MasterResolver
	asset   *cmmsimport.AssetMaster
	detail  *innomaint.Asset
}

// enrichWith is an EnrichFunc that calls the library's own, and then a test's part.
func enrichWith(then func(enrichment) error) cmmsimport.EnrichFunc {
	return func(ctx context.Context, tx *gorm.DB, masters cmmsimport.MasterResolver, asset *cmmsimport.AssetMaster, detail *innomaint.Asset) error {
		if err := cmmsimport.EnrichAssetFromAPI(ctx, tx, masters, asset, detail); err != nil {
			return err
		}
		return then(enrichment{ctx, tx, masters, asset, detail})
	}
}
