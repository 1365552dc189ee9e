package mysqlerr

import (
	"errors"

	"github.com/go-sql-driver/mysql"
)

// RefusedValue reports whether the server refused a value of this row, so that the next row may succeed.
func RefusedValue(err error) bool {
	return Duplicate(err) || BadCharacter(err) || Is(err, // a unique key of the host's own is a duplicate, too
		1048,       // column cannot be null
		1264,       // out of range
		1292,       // incorrect value
		1406,       // too long
		1451, 1452, // foreign key
	)
}

// TooLarge reports whether a value is too long for its column, or the row for a packet.
func TooLarge(err error) bool {
	return Is(err, 1406, 1153) || errors.Is(err, mysql.ErrPktTooLarge)
}

// BadCharacter reports whether the text of a row does not suit a column: its character set lacks a character, or a JSON
// column or a constraint refuses it.
func BadCharacter(err error) bool {
	return Is(err,
		1265,       // data truncated
		1267,       // illegal mix of collations
		1366,       // incorrect number, or a character that the column's character set lacks
		3140,       // MySQL: invalid JSON
		3157,       // MySQL: JSON is nested too deep
		3819, 4025, // a check constraint of MySQL, of MariaDB (JSON_VALID of a JSON column included)
		3854, 3988, // MySQL: the character cannot be converted
	)
}
