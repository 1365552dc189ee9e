package synclog

import (
	"context"

	"gorm.io/gorm"

	"ic3.internal/innomaintsync/internal/prepared"
)

// Prepare readies the INSERT of Record on db's pool, for a caller whose Record calls all come inside transactions, on
// handles with PrepareStmt: a statement that is first prepared inside one would be prepared again in each.
func (Recorder) Prepare(ctx context.Context, db *gorm.DB) error {
	return prepared.OnPool(ctx, db, insertEntry)
}
