package cmmsimport

import (
	"fmt"

	"ic3.internal/innomaintsync/cmmsimport/innomaint"
)

// warningTexts renders warnings for the log. Where one is about a column, it says what the column keeps.
func warningTexts(warnings []innomaint.Warning, local, result *AssetMaster) []string {
	if len(warnings) == 0 {
		return nil
	}
	texts := make([]string, len(warnings))
	for i, w := range warnings {
		texts[i] = w.String() + kept(w.Field, local, result)
	}
	return texts
}

func kept(field string, local, result *AssetMaster) string {
	for _, c := range assetColumns {
		if c.name != field || !c.equal(local, result) {
			continue
		}
		if c.empty(local) {
			return "; stays empty"
		}
		return fmt.Sprintf("; kept %v", c.value(local))
	}
	return ""
}
