package main

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"
)

// floor is the sync as an expert writes it by hand for one host: database/sql with statements prepared once on the pool,
// net/http, encoding/json, master ids in a map. It does for each asset what the library does, in the same order and with
// the same rows to show for it. It lacks what makes a library of it: leases, policies, an API of another shape, retries
// of the database, masters that are renamed.
type floor struct {
	db         *sql.DB
	api        *api
	runID      string
	statements floorStatements
	masters    *floorMasters // of the customer at hand
}

// floorAsset is a row of the page at hand.
type floorAsset struct {
	id, cmmsID string
	values     values
}

func openFloor(ctx context.Context, p pass) (runner, error) {
	f := &floor{db: p.pool, api: &api{base: p.url, http: p.http}, runID: rand.Text()}
	if err := f.statements.prepare(ctx, f.db); err != nil {
		return nil, err
	}
	return func(ctx context.Context) error { return f.sync(ctx, p.done) }, nil
}

func (f *floor) sync(ctx context.Context, done func()) error {
	customers, err := f.statements.customers(ctx, f.db)
	if err != nil {
		return err
	}
	for _, customer := range customers {
		f.masters = newFloorMasters(&f.statements, customer.id)
		after := "0"
		for {
			page, err := f.statements.readPage(ctx, customer, after)
			if err != nil {
				return err
			}
			for i := range page {
				if err := f.syncAsset(ctx, customer.id, &page[i]); err != nil {
					return fmt.Errorf("%s: %w", page[i].cmmsID, err)
				}
				done()
			}
			if len(page) < pageSize {
				break
			}
			after = page[len(page)-1].id
		}
	}
	return nil
}

func (f *floor) syncAsset(ctx context.Context, customer string, row *floorAsset) error {
	began := time.Now()
	var warnings []string
	var changes any
	answer, err := f.api.get(ctx, row.cmmsID)
	if err == nil {
		warnings, changes, err = f.commit(ctx, row, answer)
	}
	took := time.Since(began)

	var failed *apiError
	at := now()
	status, kind, message := "Success", any(nil), any(nil)
	switch {
	case errors.As(err, &failed):
		status, kind, message = "Failed", failed.kind, failed.message
		if _, err := f.statements.markFailed.ExecContext(ctx, at, f.runID, row.id, row.cmmsID); err != nil {
			return err
		}
	case err != nil:
		return err
	}
	_, err = f.statements.insertLog.ExecContext(ctx, f.runID, customer, row.cmmsID, f.runID+":"+row.id, status, kind, message,
		warningsJSON(warnings), changes, at, took.Milliseconds())
	return err
}

// commit writes masters and the asset in a transaction of their own.
func (f *floor) commit(ctx context.Context, row *floorAsset, answer *detail) (warnings []string, changes any, err error) {
	tx, err := f.db.BeginTx(ctx, nil)
	if err != nil {
		return nil, nil, err
	}
	defer tx.Rollback() //nolint:errcheck // after a commit it does nothing, else the first error is the one to tell

	after := row.values
	warnings = after.merge(answer)
	if err := f.masters.resolve(ctx, tx, answer, &after); err != nil {
		return nil, nil, err
	}
	changes = changesJSON(&row.values, &after)
	if err := f.update(ctx, tx, row, &after); err != nil {
		return nil, nil, err
	}
	return warnings, changes, tx.Commit()
}

func (f *floor) update(ctx context.Context, tx *sql.Tx, row *floorAsset, after *values) error {
	at := now()
	var result sql.Result
	var err error
	if row.values == *after {
		//nolint:sqlclosecheck // the transaction closes it
		result, err = tx.StmtContext(ctx, f.statements.markSynced).ExecContext(ctx, at, at, f.runID, row.id, row.cmmsID)
	} else {
		text, args := updateChanged(&row.values, after, at)
		result, err = tx.ExecContext(ctx, text, append(args, f.runID, row.id, row.cmmsID)...)
	}
	if err != nil {
		return err
	}
	if affected, err := result.RowsAffected(); err != nil || affected == 0 {
		return errors.Join(err, errors.New("the asset is gone"))
	}
	return nil
}

func updateChanged(before, after *values, at string) (text string, args []any) {
	var b strings.Builder
	b.WriteString("UPDATE ic3_asset_master SET ")
	for i := range after {
		if before[i] != after[i] {
			b.WriteString(columns[i] + " = ?, ")
			args = append(args, nullable(after[i]))
		}
	}
	b.WriteString("updated_at = ?, " + synced)
	return b.String(), append(args, at, at, at)
}
