package innomaint

import "testing"

func TestIsPath(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]bool{
		"a": true, "a.b": true, `a\.b`: true, `a\.`: true, `tags.#(k=="a.b)").v`: true, "a.0": true, "a|b": true, "{a,b.c}": true,
		"": false, " a": false, ".a": false, "a.": false, "a..b": false, "a||b": false, `a\`: false, "a.#(k==1": false, "a)": false,
		`a.#(k=="x)`: false, "a\xff": false, "{a]": false,
	} {
		if isPath(path) != want {
			t.Errorf("isPath(%q) = %v", path, !want)
		}
	}
}

func TestSlotsMatchTheFieldMap(t *testing.T) {
	t.Parallel()
	m := DefaultFieldMap()
	lists := m.lists()
	for slot, name := range map[slot]string{
		slotAssetID: "AssetID", slotCurrency: "Currency", slotUpdatedAt: "UpdatedAt", slotAMCEnd: "AMCEnd",
		slotCategory: "Category.Object", slotVendor + partEmail: "Vendor.Email", slotStatus: "Status.Object", slotRoom + partPhone: "Room.Phone",
	} {
		if lists[slot].name != name {
			t.Errorf("slot %d is %s, want %s", slot, lists[slot].name, name)
		}
	}
	for _, list := range lists {
		if list.paths == nil || *list.paths == nil {
			t.Errorf("the default of %s is missing", list.name)
		}
	}
}
