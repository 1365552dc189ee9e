package main

import (
	"context"
	"database/sql"
	"errors"
	"strings"
)

const (
	pageSize = 200

	synced     = "cmms_sync_status = 'Success', cmms_synced_at = ?, cmms_attempted_at = ?, cmms_run_id = ? " + findAsset
	findAsset  = "WHERE id = ? AND cmms_asset_id = ? AND deleted_at IS NULL"
	linkedOnly = "deleted_at IS NULL AND cmms_asset_id <> ''"
)

// floorStatements are prepared once, on the pool.
type floorStatements struct {
	page, markSynced, markFailed, insertLog *sql.Stmt
	findMaster                              [masterKinds]*sql.Stmt

	rows []floorAsset // the page's, used again for the next one
}

func (s *floorStatements) prepare(ctx context.Context, db *sql.DB) error {
	var problems []error
	prepare := func(text string) *sql.Stmt {
		statement, err := db.PrepareContext(ctx, text)
		problems = append(problems, err)
		return statement
	}
	s.page = prepare("SELECT id, cmms_asset_id, " + strings.Join(columns[:], ", ") + " FROM ic3_asset_master WHERE " + linkedOnly +
		" AND customer_id = ? AND id > ? AND id <= ? ORDER BY id LIMIT ?")
	s.markSynced = prepare("UPDATE ic3_asset_master SET " + synced)
	s.markFailed = prepare("UPDATE ic3_asset_master SET cmms_sync_status = 'Failed', cmms_attempted_at = ?, cmms_run_id = ? " + findAsset)
	s.insertLog = prepare("INSERT INTO cmms_sync_log (run_id, customer_id, cmms_asset_id, attempt_key, status, error_kind, error_message, " +
		"warnings, changes, synced_at, duration_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON DUPLICATE KEY UPDATE id = LAST_INSERT_ID(id), " +
		"status = VALUES(status), error_kind = VALUES(error_kind), error_message = VALUES(error_message), warnings = VALUES(warnings), " +
		"changes = VALUES(changes), synced_at = VALUES(synced_at), duration_ms = VALUES(duration_ms)")
	for kind := range s.findMaster {
		s.findMaster[kind] = prepare(masterKind(kind).find())
	}
	return errors.Join(problems...)
}

type floorCustomer struct{ id, maxID string }

func (s *floorStatements) customers(ctx context.Context, db *sql.DB) (customers []floorCustomer, err error) {
	rows, err := db.QueryContext(ctx, "SELECT customer_id, MAX(id) FROM ic3_asset_master WHERE "+linkedOnly+
		" GROUP BY customer_id ORDER BY customer_id")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var c floorCustomer
		if err := rows.Scan(&c.id, &c.maxID); err != nil {
			return nil, err
		}
		customers = append(customers, c)
	}
	return customers, rows.Err()
}

// readPage reads the next assets behind an id. They are valid until the next call.
func (s *floorStatements) readPage(ctx context.Context, customer floorCustomer, after string) ([]floorAsset, error) {
	rows, err := s.page.QueryContext(ctx, customer.id, after, customer.maxID, pageSize)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	s.rows = s.rows[:0]
	var row floorAsset
	var found [columnCount]sql.NullString
	into := []any{&row.id, &row.cmmsID}
	for i := range found {
		into = append(into, &found[i])
	}
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return nil, err
		}
		for i := range found {
			row.values[i] = found[i].String
		}
		if row.values[purchaseCost], err = readMoney(row.values[purchaseCost]); err != nil {
			return nil, err
		}
		s.rows = append(s.rows, row)
	}
	return s.rows, rows.Err()
}
