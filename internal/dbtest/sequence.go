package dbtest

import "fmt"

// Sequence returns a table expression with the rows 1 to n of a column seq, in this order, on every engine:
//
//	"INSERT INTO t (n) SELECT seq FROM " + dbtest.Sequence(20_000)
func Sequence(n int) string {
	return fmt.Sprintf("JSON_TABLE(CONCAT('[0', REPEAT(',0', %d), ']'), '$[*]' COLUMNS (seq FOR ORDINALITY)) AS numbers", n-1)
}

// SessionStatus is the table of the session's status counters, with the columns variable_name and variable_value.
func SessionStatus() string { return statusSchema() + ".session_status" }

// GlobalStatus is the table of the server's status counters, with the columns variable_name and variable_value.
func GlobalStatus() string { return statusSchema() + ".global_status" }

func statusSchema() string {
	if Engine() == MySQL {
		return "performance_schema"
	}
	return "information_schema"
}
