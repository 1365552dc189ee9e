package masters

import "hash/maphash"

// firstWins remembers the first value that a run's responses gave to each column of a master row. Where responses
// contradict each other (the same model under two manufacturers) the first one wins: otherwise the row would flip between
// two values in every run. Hashes of cell and value keep it small, since nothing may be forgotten before the customer's end.
type firstWins struct {
	overlay[uint64, uint64]
	seed maphash.Seed
}

// cell is one column of one row.
type cell struct {
	table  string
	id     uint64
	column string
}

func newFirstWins() firstWins { return firstWins{newOverlay[uint64, uint64](), maphash.MakeSeed()} }

// accept reports whether the value is the first one for the column in this run, or equal to it.
func (f firstWins) accept(table Table, id uint64, column string, value any) bool {
	key, hash := maphash.Comparable(f.seed, cell{table.Name, id, column}), maphash.Comparable(f.seed, value)
	first, ok := f.get(key)
	if !ok {
		f.put(key, hash)
	}
	return !ok || first == hash
}
