package cmmsimport

import (
	"cmp"
	"slices"

	"ic3.internal/innomaintsync/cmmsimport/internal/register"
)

// FieldPolicy decides which value of a column wins: Innomaint's or the local one.
type FieldPolicy string

const (
	// Overwrite takes Innomaint's value, and keeps the local one if Innomaint's is empty. The default.
	Overwrite FieldPolicy = "overwrite"
	// Mirror takes Innomaint's value and clears the column if Innomaint's is empty. A value that cannot be read clears nothing.
	Mirror FieldPolicy = "mirror"
	// FillIfEmpty takes Innomaint's value only if the local one is empty. If somebody fills the column after it was read, their
	// value stays, although the log row names Innomaint's.
	FillIfEmpty FieldPolicy = "fill_if_empty"
	// Ignore never changes the column.
	Ignore FieldPolicy = "ignore"
)

// anyColumn is the key of Options.Policies for every column without an entry of its own.
const anyColumn = "*"

func (p FieldPolicy) valid() bool {
	return slices.Contains([]FieldPolicy{Overwrite, Mirror, FillIfEmpty, Ignore}, p)
}

// policyOf returns the policy of a column; without an entry of its own, the one of "*", else Overwrite.
func (o Options) policyOf(column string) register.Policy {
	return register.Policy(cmp.Or(o.Policies[column], o.Policies[anyColumn], Overwrite))
}
