package dbschema

import (
	"context"
	"fmt"

	"gorm.io/gorm"

	"ic3.internal/innomaintsync/cmmsimport/internal/mysqlerr"
)

// Apply executes DDL. lost is the error of a statement whose table, or a part of it, another process has created meanwhile: what is
// missing has to be read anew.
func Apply(ctx context.Context, db *gorm.DB, statements []string) (lost, err error) {
	for _, statement := range statements {
		err := db.WithContext(ctx).Exec(statement).Error
		switch {
		case err == nil:
		case mysqlerr.AlreadyExists(err):
			lost = fmt.Errorf("%s: %w", statement, err)
		case mysqlerr.Duplicate(err):
			return nil, fmt.Errorf("a unique index cannot be created because of duplicate rows: merge them, then migrate again: %s: %w", statement, err)
		default:
			return nil, fmt.Errorf("%s: %w", statement, err)
		}
	}
	return lost, nil
}
