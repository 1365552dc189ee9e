package invariant

import (
	"fmt"
	"strings"
)

// checkSecrets looks for the world's secrets in every text column of the database and in all output.
func (w *World) checkSecrets(v *violations) error {
	var columns []struct{ TableName, ColumnName string }
	err := w.DB.Raw(`SELECT table_name AS table_name, column_name AS column_name FROM information_schema.columns
		WHERE table_schema = DATABASE() AND data_type IN ('char', 'varchar', 'tinytext', 'text', 'mediumtext', 'longtext', 'json', 'blob', 'longblob', 'varbinary')`).Scan(&columns).Error
	if err != nil {
		return err
	}
	w.mu.Lock()
	secrets, output := append([]string(nil), w.secrets...), string(w.output)
	w.mu.Unlock()
	for i, secret := range secrets {
		if strings.Contains(output, secret) {
			v.add("secret %d stands in log output, an error or a Summary", i)
		}
		for _, c := range columns {
			query := fmt.Sprintf("SELECT CAST(COUNT(*) AS CHAR) FROM `%s` WHERE LOCATE(?, CAST(`%s` AS BINARY)) > 0 HAVING COUNT(*) > 0", c.TableName, c.ColumnName)
			if err := w.find(v, fmt.Sprintf("secret %d stands in %s.%s of %%s rows", i, c.TableName, c.ColumnName), query, secret); err != nil {
				return err
			}
		}
	}
	return nil
}
