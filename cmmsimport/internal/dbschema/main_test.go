package dbschema

import (
	"os"
	"testing"

	"ic3.internal/innomaintsync/internal/mariadbtest"
)

func TestMain(m *testing.M) { os.Exit(mariadbtest.Main(m)) }
