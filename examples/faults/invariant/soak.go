package invariant

import (
	"cmp"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"
)

// Rounds returns how often a test repeats itself: usual, or under `make soak` (INNOMAINTSYNC_SOAK=1) long.
func Rounds(usual, long int) int {
	if os.Getenv("INNOMAINTSYNC_SOAK") == "1" {
		return long
	}
	return usual
}

// Seed returns what a test draws its chances from, another one each time, and logs it. INNOMAINTSYNC_SEED repeats one.
func Seed(tb testing.TB) uint64 {
	tb.Helper()
	given, err := strconv.ParseUint(cmp.Or(os.Getenv("INNOMAINTSYNC_SEED"), strconv.FormatUint(rand.Uint64(), 10)), 10, 64)
	must(tb, err)
	tb.Logf("INNOMAINTSYNC_SEED=%d", given)
	return given
}
