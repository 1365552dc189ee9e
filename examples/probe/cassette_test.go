package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/tidwall/gjson"

	"ic3.internal/innomaintsync/cmmsimport/innomaint"
	"ic3.internal/innomaintsync/cmmsimport/innomaint/innomainttest"
)

// personal is an answer full of what must not be kept.
const personal = `{"success": true, "data": {"id": "AST-1", "asset_name": "Pump 7, ask ravi.kumar@acme.example or +91 98400 12345",
	"vendor": {"id": 12345678901234567890, "name": "Acme", "email": "Ravi.Kumar@ACME.example", "phone": "(044) 5550-0100", "contactPerson": "Ravi Kumar"},
	"mobile": 9840012345, "fax": "", "created_by": {"id": 7, "name": "Ravi Kumar", "email": "x@y.example"}, "assigned_to": "Ravi Kumar",
	"photo": "https://TENANTHOST/files/1.jpg?token=abcdef&x=1", "doc": "https://user:pw@cdn.example/a.pdf#p2", "link": "/files/2?sig=abcdef",
	"apiKey": "abcdef", "session": {"pin": 1234, "open": true}, "echo": "Bearer abcdef-ghij", "jwt_like": "eyJhbGciOi.eyJzdWIi.c2ln",
	"description": "Ask Ravi at gate 5.\nRückseite", "custom_fields": {"Rated power": "11 kW", "ravi@acme.example": null},
	"purchase_date": "2021-04-01 10:20:30", "purchase_cost": 125000.50, "barcode": "8901234567890", "tags": ["a<b", null, false, 1e3]}}`

// record runs the probe with -record and returns the file.
func record(t *testing.T, body, file string, args ...string) (cassette, printed string) {
	t.Helper()
	server := newTenant(t, "")
	server.SetAsset(tenantID, strings.ReplaceAll(body, "TENANTHOST", strings.TrimPrefix(hostOf(server.URL()), "http://")))
	code, printed := program(t, server, withToken, append(args, "-record", file)...)
	if code != exitShown {
		t.Fatalf("exit code %d:\n%s", code, printed)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text), printed
}

func TestACassetteHoldsNothingPersonal(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "cassette.json")
	cassette, printed := record(t, personal, file, "-scrub-text")
	golden(t, "cassette", cassette)
	if want := "scrubbed of secrets: 4, e-mail addresses: 3, phone numbers: 3, persons: 1, addresses on the web: 2, texts: 2."; !strings.Contains(printed, want) {
		t.Errorf("the output lacks %q:\n%s", want, printed)
	}
	checkNoSecret(t, cassette)
	for _, gone := range []string{"avi", "Kumar", "acme.example", "98400", "9840012345", "5550-0100", "abcdef", "token=", "sig=", "pw@", "1234,", "127.0.0.1", "eyJ", "Authorization"} {
		if strings.Contains(cassette, gone) {
			t.Errorf("the cassette holds %q", gone)
		}
	}
	again, _ := record(t, personal, filepath.Join(t.TempDir(), "again.json"), "-scrub-text")
	if again != cassette {
		t.Error("the same answer makes another cassette")
	}
	withText, _ := record(t, personal, filepath.Join(t.TempDir(), "text.json"))
	if !strings.Contains(withText, "at gate 5.") || !strings.Contains(withText, "11 kW") {
		t.Error("without -scrub-text, texts are scrubbed")
	}
	if got, want := shape(gjson.Get(cassette, "answers.0.body")), shape(gjson.Parse(personal)); got != want {
		t.Errorf("the shape changed:\n%s\n%s", got, want)
	}
}

// shape shows the structure of a JSON text, the types of its values and the number of digits of its numbers. Of keys, only
// how many there are: one of them may be a person's.
func shape(v gjson.Result) string {
	if v.Type != gjson.JSON {
		if v.Type == gjson.Number && len(v.Raw) > 4 {
			return fmt.Sprint(v.Type, len(v.Raw))
		}
		return v.Type.String()
	}
	var all []string
	v.ForEach(func(_, inner gjson.Result) bool {
		all = append(all, shape(inner))
		return true
	})
	return fmt.Sprint(v.IsArray(), all)
}

// A replayed cassette is read as the tenant's own answer was: the same fields from the same places.
func TestACassetteIsReplayed(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"envelope", "flat", "with_fields"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tenant := odd[name]
			text, printed := record(t, tenant.body, filepath.Join(t.TempDir(), "cassette.json"), tenant.args...)
			checkNoSecret(t, text)

			var cassette innomainttest.Cassette
			if err := json.Unmarshal([]byte(text), &cassette); err != nil {
				t.Fatal(err)
			}
			server := innomainttest.NewServer()
			t.Cleanup(server.Close)
			server.Replay(cassette)
			code, replayed := program(t, server, withToken, tenant.args...)
			if code != exitShown {
				t.Fatalf("exit code %d:\n%s", code, replayed)
			}
			if diff := cmp.Diff(sources(printed), sources(replayed)); diff != "" {
				t.Errorf("the replayed answer is read otherwise:\n%s", diff)
			}
		})
	}
}

// sources are the last two columns of the table of what was read.
func sources(printed string) (all []string) {
	_, table, _ := strings.Cut(printed, "== What was read\n\n")
	table, _, _ = strings.Cut(table, "\n\n")
	for line := range strings.Lines(table) {
		cells := strings.Fields(line)
		all = append(all, strings.Join(append(cells[:1], cells[len(cells)-2:]...), " "))
	}
	return all
}

func TestRecordingMoreThanOneAnswer(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "cassette.json")
	server := newTenant(t, `{"asset_id": "AST-1", "asset_name": "Pump"}`)
	server.Script(tenantID, innomainttest.Answer{Status: 404, Body: `{"message": "not yet"}`})
	for _, call := range []struct {
		args []string
		code int
	}{{nil, exitFailed}, {nil, exitShown}, {[]string{"-asset", "gone"}, exitFailed}} {
		code, printed := program(t, server, withToken, append([]string{"-record", file}, call.args...)...)
		if code != call.code {
			t.Fatalf("exit code %d:\n%s", code, printed)
		}
	}
	var cassette innomainttest.Cassette
	text, err := os.ReadFile(file)
	if err == nil {
		err = json.Unmarshal(text, &cassette)
	}
	if err != nil {
		t.Fatal(err)
	}
	replay := innomainttest.NewServer()
	t.Cleanup(replay.Close)
	replay.Replay(cassette)
	client, err := innomaint.New(innomaint.Config{BaseURL: replay.URL(), Auth: innomaint.BearerToken("any")})
	if err != nil {
		t.Fatal(err)
	}
	asset, err := client.GetAsset(t.Context(), innomaint.AssetRef{AssetID: tenantID})
	if err != nil || asset.Name != "Pump" {
		t.Errorf("asset %+v, error %v", asset, err)
	}
	if len(cassette.Answers) != 2 || cassette.Answers[1].Status != 404 {
		t.Errorf("%d answers: %s", len(cassette.Answers), text)
	}
}

func TestWhatCannotBeRecorded(t *testing.T) {
	t.Parallel()
	spoilt := filepath.Join(t.TempDir(), "spoilt.json")
	if err := os.WriteFile(spoilt, []byte("no JSON"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct{ body, file, want string }{
		"HTML":          {"<html>", filepath.Join(t.TempDir(), "new.json"), "is no JSON"},
		"another file":  {`{"asset_id": "AST-1"}`, spoilt, "invalid character"},
		"no such place": {`{"asset_id": "AST-1"}`, filepath.Join(t.TempDir(), "none", "c.json"), "no such file"},
	} {
		code, printed := program(t, newTenant(t, test.body), withToken, "-record", test.file)
		if code != exitFailed || !strings.Contains(printed, test.want) {
			t.Errorf("%s: exit code %d:\n%s", name, code, printed)
		}
	}
	if text, err := os.ReadFile(spoilt); err != nil || string(text) != "no JSON" {
		t.Errorf("the file that was there is %q now, %v", text, err)
	}
}
