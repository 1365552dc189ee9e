package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"ic3.internal/innomaintsync/cmmsimport/innomaint"
)

// printedMap returns the declaration that the probe prints, under another name.
func printedMap(t *testing.T, printed, name string) string {
	t.Helper()
	_, code, ok := strings.Cut(printed, "var fields = ")
	code, _, closed := strings.Cut(code, "\n}\n")
	if !ok || !closed {
		t.Fatalf("no field map in:\n%s", printed)
	}
	return "var " + name + " = " + code + "\n}\n"
}

var suggested = regexp.MustCompile(`(?m)^\t// (\w+: .*,)$`)

// What is printed compiles, suggestions included, and reads the same asset as what it was made from.
func TestThePrintedFieldMap(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("compiles a program")
	}
	var declarations, values []string
	names := []string{"envelope", "flat", "other_names", "with_fields"}
	for i, name := range names {
		_, printed := program(t, newTenant(t, odd[name].body), withToken, odd[name].args...)
		code := printedMap(t, printed, fmt.Sprint("fields", i))
		declarations = append(declarations, suggested.ReplaceAllString(code, "\t$1"))
		values = append(values, fmt.Sprintf("%q: fields%d", name, i))
	}
	source := "package main\n\nimport (\n\t\"encoding/json\"\n\t\"os\"\n\n\t\"ic3.internal/innomaintsync/cmmsimport/innomaint\"\n)\n\n" +
		strings.Join(declarations, "\n") +
		"\nfunc main() {\n\t_ = json.NewEncoder(os.Stdout).Encode(map[string]innomaint.FieldMap{" + strings.Join(values, ", ") + "})\n}\n"
	file := filepath.Join(t.TempDir(), "main.go")
	if err := os.WriteFile(file, []byte(source), 0o600); err != nil {
		t.Fatal(err)
	}
	output, err := exec.CommandContext(t.Context(), "go", "run", file).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s\n%s", err, output, source)
	}
	var maps map[string]innomaint.FieldMap
	if err := json.Unmarshal(output, &maps); err != nil {
		t.Fatal(err)
	}

	for name, want := range map[string]string{
		"envelope":    `"Pump 7" "" {9 Acme  sales@acme.example } 125000.5`,
		"flat":        `"Pump 7" "" { Acme   } `, // a site, too, below
		"other_names": `"Pump 7" "SN-88" {    } 125000.5`,
		"with_fields": `"Pump 7" "SN-88" {    } `,
	} {
		client, err := innomaint.New(innomaint.Config{BaseURL: "http://127.0.0.1", Auth: innomaint.BearerToken("t"), Fields: maps[name]})
		if err != nil {
			t.Fatal(err)
		}
		asset, err := client.Decode(innomaint.AssetRef{AssetID: tenantID}, []byte(odd[name].body))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got := fmt.Sprintf("%q %q %v %s", asset.Name, asset.SerialNumber, asset.Vendor, asset.PurchaseCost); got != want {
			t.Errorf("%s reads %s, want %s", name, got, want)
		}
		if name == "flat" && asset.Location.Site.Name != "Chennai" || name == "other_names" && asset.Manufacturer.Name != "Grundfos" {
			t.Errorf("%s: site %+v, manufacturer %+v", name, asset.Location.Site, asset.Manufacturer)
		}
	}
}

// Every list of a FieldMap survives the way through Go code, whatever is in its paths.
func TestEveryListIsPrinted(t *testing.T) {
	t.Parallel()
	all := innomaint.DefaultFieldMap()
	all.Name = []string{"a\\.b", "x.#(y==\"`\").z", `plain "quoted"`}
	e := &innomaint.Explanation{Asset: &innomaint.Asset{}}
	code := goCode(settings{fields: all}, e, nil)
	for field := range maps.Keys(synonyms) {
		if !slices.Contains([]string{"Name"}, field) && len(pathsOf(&all, field)) == 0 {
			t.Errorf("synonyms name %s, which is no field", field)
		}
		for _, path := range pathsOf(&all, field) {
			if !strings.Contains(code, goString(path)) {
				t.Errorf("%s: path %s is not in the code", field, path)
			}
		}
	}
}

func TestSimilarity(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		field, path string
		similar     bool
	}{
		{"SerialNumber", "serialNo", true}, {"SerialNumber", `meta.Serial\.No`, true}, {"Name", "equipment_title", true}, {"Name", "title", true},
		{"Name", "owner.name", false}, {"PurchaseCost", "acquisition_cost", true}, {"Manufacturer", "oem.id", true}, {"WarrantyEnd", "warranty.to", true},
		{"WarrantyEnd", "contract.to", false}, {"Description", "barcode", false}, {"AMCEnd", "amc.expiry", true},
	} {
		if score := similarity(test.field, test.path); (score >= similarEnough) != test.similar {
			t.Errorf("%s and %s: %.2f", test.field, test.path, score)
		}
	}
	for name, want := range map[string]string{"equipmentNo": "equipment no", "EQUIPMENT_NO": "equipment no", " Equipment  no. ": "equipment no", "": "", "r2D2": "r2 d2"} {
		if got := words(name); got != want {
			t.Errorf("words(%q) = %q, want %q", name, got, want)
		}
	}
}
