package galera_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/go-sql-driver/mysql"
	"gorm.io/gorm"
)

// editor is a host's user who edits assets through a node.
type editor struct {
	db   *gorm.DB
	rows []uint64

	edits, conflicts int
	last             map[uint64]string // by row: what was committed
	err              error
}

// work edits one row after the other until ctx ends.
func (e *editor) work(ctx context.Context) {
	for n := 0; ctx.Err() == nil; n++ {
		row := e.rows[n%len(e.rows)]
		text := fmt.Sprintf("edit %d of row %d", n, row)
		switch err := e.edit(row, text); {
		case err == nil:
			e.edits++
			e.last[row] = text
		case isConflict(err):
			e.conflicts++
		default:
			e.err = err
			return
		}
	}
}

// edit is a transaction that holds the row for a moment, as a host's own code would.
func (e *editor) edit(row uint64, text string) error {
	return e.db.Transaction(func(tx *gorm.DB) error {
		if err := tx.Exec("SELECT id FROM ic3_asset_master WHERE id = ? FOR UPDATE", row).Error; err != nil {
			return err
		}
		return tx.Exec("UPDATE ic3_asset_master SET description = ? WHERE id = ?", text, row).Error
	})
}

func isConflict(err error) bool {
	var server *mysql.MySQLError
	return errors.As(err, &server) && server.Number == 1213
}
