package docs_test

import (
	"reflect"
	"strings"
	"testing"

	"ic3.internal/innomaintsync/cmmsimport"
)

func TestTheReadmeHasEveryOption(t *testing.T) {
	t.Parallel()
	readme := read(t, "README.md")
	for _, field := range reflect.VisibleFields(reflect.TypeFor[cmmsimport.Options]()) {
		if !strings.Contains(readme, "\n| `"+field.Name+"` | ") {
			t.Errorf("the table of options has no row for %s", field.Name)
		}
	}
}
