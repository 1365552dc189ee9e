package cmmsimport_test

import (
	"errors"
	"strings"
	"testing"

	"ic3.internal/innomaintsync/cmmsimport"
)

func TestMigrate_Refuses(t *testing.T) {
	t.Parallel()
	t.Run("DuplicateRows", func(t *testing.T) {
		t.Parallel()
		w := setupEmpty(t)
		w.exec("CREATE TABLE ic3_vendor_master (id BIGINT UNSIGNED AUTO_INCREMENT PRIMARY KEY, customer_id BIGINT UNSIGNED NOT NULL, cmms_id VARCHAR(64), name VARCHAR(255) NOT NULL)")
		w.exec("INSERT INTO ic3_vendor_master (customer_id, name) VALUES (7, 'Acme'), (7, 'ACME')")
		err := cmmsimport.Migrate(t.Context(), w.db)
		if !errors.Is(err, cmmsimport.ErrSchema) {
			t.Fatalf("got %v, want ErrSchema", err)
		}
		for _, part := range []string{"uq_vendor_name", "ic3_vendor_master", "duplicate rows: merge them", "7-A", "then migrate again"} {
			if !strings.Contains(err.Error(), part) {
				t.Errorf("the error does not contain %q: %v", part, err)
			}
		}
		equal(t, "rows", w.count("ic3_vendor_master", "1 = 1"), 2)
		w.exec("DELETE FROM ic3_vendor_master WHERE id = 2")
		w.migrate()
	})
	t.Run("RowsWithoutValueForANewColumn", func(t *testing.T) {
		t.Parallel()
		w := setupEmpty(t)
		w.exec("CREATE TABLE ic3_vendor_master (id INT AUTO_INCREMENT PRIMARY KEY, title VARCHAR(100))")
		w.exec("INSERT INTO ic3_vendor_master (title) VALUES ('Acme')")
		before := w.definitions()
		err := cmmsimport.Migrate(t.Context(), w.db)
		if !errors.Is(err, cmmsimport.ErrSchema) || !strings.Contains(err.Error(), "ic3_vendor_master has rows but no customer_id, name: add it with a value for each row") {
			t.Errorf("got %v, want ErrSchema that names the columns", err)
		}
		sameLines(t, "definitions", w.definitions(), before)
	})
}
