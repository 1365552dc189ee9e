package masters

import "maps"

// firstWins remembers the first value that a run's responses gave to each column of a master row. Where responses
// contradict each other (the same model under two manufacturers) the first one wins: otherwise the row would flip between
// two values in every run.
type firstWins struct {
	known   map[cell]any
	pending map[cell]any // of the transaction at hand
}

// cell is one column of one row.
type cell struct {
	table  string
	id     uint64
	column string
}

func newFirstWins() firstWins {
	return firstWins{known: map[cell]any{}, pending: map[cell]any{}}
}

// accept reports whether the value is the first one for the column in this run, or equal to it.
func (f firstWins) accept(table Table, id uint64, column string, value any) bool {
	key := cell{table.Name, id, column}
	first, ok := f.known[key]
	if !ok {
		first, ok = f.pending[key]
	}
	if !ok {
		f.pending[key] = value
	}
	return !ok || first == value
}

func (f firstWins) commit() {
	maps.Copy(f.known, f.pending)
	clear(f.pending)
}
