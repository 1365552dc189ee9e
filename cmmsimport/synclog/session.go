package synclog

import (
	"context"
	"errors"
	"fmt"

	"github.com/go-sql-driver/mysql"
	"gorm.io/gorm"

	"ic3.internal/innomaintsync/internal/prepared"
)

// session returns a handle on db's pool or transaction that carries nothing of what the host has set or chained on db.
func session(ctx context.Context, db *gorm.DB) *gorm.DB {
	s := db.Session(&gorm.Session{NewDB: true, SkipDefaultTransaction: true, Context: ctx})
	s.Error = nil            // of an earlier statement; ours is another
	s.DryRun = false         // Session can only turn these two on; the configuration is s's own copy
	s.TranslateError = false // the error numbers decide below
	return s
}

// exec runs one statement. Unlike gorm's Create it adds no RETURNING on MariaDB, and it gives the last insert id.
func exec(s *gorm.DB, sql string, args ...any) (affected int64, insertID uint64, err error) {
	result := gorm.WithResult()
	tx := prepared.Exec(prepared.Statement(s.Clauses(result), sql, args...))
	if tx.Error != nil {
		return 0, 0, tx.Error
	}
	if result.Result != nil {
		if id, err := result.Result.LastInsertId(); err == nil {
			insertID = uint64(id)
		}
	}
	return tx.RowsAffected, insertID, nil
}

// Error numbers, alike in MySQL 8 and MariaDB 10.6 unless noted.
const (
	erDataTooLong        = 1406
	erPacketTooLarge     = 1153
	erTruncated          = 1265
	erCollationMix       = 1267
	erWrongValue         = 1366 // a character that the column's character set lacks
	erInvalidJSON        = 3140 // MySQL
	erJSONTooDeep        = 3157 // MySQL
	erCheckViolated      = 3819 // MySQL
	erCannotConvert      = 3854 // MySQL
	erImpossibleString   = 3988 // MySQL
	erConstraintViolated = 4025 // MariaDB, JSON_VALID of a JSON column included
	erNoSuchTable        = 1146
	erUnknownColumn      = 1054
)

func errorNumber(err error) uint16 {
	var server *mysql.MySQLError
	if errors.As(err, &server) {
		return server.Number
	}
	return 0
}

// explain adds what to do about a schema that is not ours.
func explain(err error) error {
	switch errorNumber(err) {
	case erNoSuchTable, erUnknownColumn:
		return fmt.Errorf("%w (cmmsimport.Migrate creates what is missing)", err)
	default:
		return err
	}
}
