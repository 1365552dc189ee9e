package cmmsimport

import "maps"

// decidedColumns are the values that the answers of this run have given to columns of master rows. Where answers
// contradict each other (the same model under two manufacturers), the first one counts: otherwise the row would change
// to and fro in every run.
type decidedColumns struct {
	known   map[masterColumn]any
	pending map[masterColumn]any // of the transaction at hand
}

type masterColumn struct {
	table  string
	id     uint64
	column string
}

func newDecidedColumns() decidedColumns {
	return decidedColumns{known: map[masterColumn]any{}, pending: map[masterColumn]any{}}
}

// decide reports whether the value is this run's for the column: the first to be named, or the same again.
func (d decidedColumns) decide(table masterTable, id uint64, column string, value any) bool {
	key := masterColumn{table.name, id, column}
	decided, ok := d.known[key]
	if !ok {
		decided, ok = d.pending[key]
	}
	if !ok {
		d.pending[key] = value
	}
	return !ok || decided == value
}

func (d decidedColumns) commit() {
	maps.Copy(d.known, d.pending)
	clear(d.pending)
}
