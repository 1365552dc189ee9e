package mysqlerr_test

import (
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"ic3.internal/innomaintsync/cmmsimport/internal/mysqlerr"
)

func TestTransient_MatchesTheList(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("testdata/transient.txt")
	if err != nil {
		t.Fatal(err)
	}
	var got, want []string
	for line := range strings.Lines(string(text)) {
		if number := strings.TrimSpace(line); !strings.HasPrefix(number, "#") {
			want = append(want, number)
		}
	}
	for number := range uint16(10_000) {
		if mysqlerr.Transient(server(number)) {
			got = append(got, strconv.Itoa(int(number)))
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("Transient is true for %v\ntestdata/transient.txt lists %v", got, want)
	}
}
