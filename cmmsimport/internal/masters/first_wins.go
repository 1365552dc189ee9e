package masters

import (
	"hash/maphash"
	"maps"
)

// firstWins remembers the first value that a run's responses gave to each column of a master row. Where responses
// contradict each other (the same model under two manufacturers) the first one wins: otherwise the row would flip between
// two values in every run. Hashes keep it small, since nothing may be forgotten before the customer's end.
type firstWins struct {
	seed    maphash.Seed
	known   map[uint64]uint64 // by the hash of a cell, the hash of its value
	pending map[uint64]uint64 // of the transaction at hand
}

// cell is one column of one row.
type cell struct {
	table  string
	id     uint64
	column string
}

// accept reports whether the value is the first one for the column in this run, or equal to it.
func (f firstWins) accept(table Table, id uint64, column string, value any) bool {
	key, hash := maphash.Comparable(f.seed, cell{table.Name, id, column}), maphash.Comparable(f.seed, value)
	first, ok := f.known[key]
	if !ok {
		first, ok = f.pending[key]
	}
	if !ok {
		f.pending[key] = hash
	}
	return !ok || first == hash
}

func (f firstWins) commit() {
	maps.Copy(f.known, f.pending)
	clear(f.pending)
}
