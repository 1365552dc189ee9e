package cmmsimport

// FieldPolicy says how Innomaint's value of a column and the local one become one.
type FieldPolicy string

const (
	// Overwrite takes Innomaint's value, and keeps the local one where Innomaint's is empty. The default.
	Overwrite FieldPolicy = "overwrite"
	// Mirror takes Innomaint's value and clears the column where Innomaint's is empty. A value that is there but cannot
	// be read clears nothing.
	Mirror FieldPolicy = "mirror"
	// FillIfEmpty takes Innomaint's value only where the local one is empty.
	FillIfEmpty FieldPolicy = "fill_if_empty"
	// Ignore never touches the column.
	Ignore FieldPolicy = "ignore"
)

// anyColumn is the key of Options.Policies that stands for every column without an entry of its own.
const anyColumn = "*"

func (p FieldPolicy) valid() bool {
	switch p {
	case Overwrite, Mirror, FillIfEmpty, Ignore:
		return true
	}
	return false
}

// keepsLocal reports whether the local value stays, given which of the two values are empty.
func (p FieldPolicy) keepsLocal(localEmpty, remoteEmpty bool) bool {
	switch p {
	case Mirror:
		return false
	case FillIfEmpty:
		return !localEmpty || remoteEmpty
	case Ignore:
		return true
	default:
		return remoteEmpty
	}
}

// policyOf returns the policy of a column, the host's "*" or Overwrite where it has none of its own.
func policyOf(policies map[string]FieldPolicy, column string) FieldPolicy {
	if policy, ok := policies[column]; ok {
		return policy
	}
	if policy, ok := policies[anyColumn]; ok {
		return policy
	}
	return Overwrite
}
