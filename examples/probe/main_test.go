package main

import (
	"bytes"
	"flag"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ic3.internal/innomaintsync/cmmsimport/innomaint/innomainttest"
	"ic3.internal/innomaintsync/internal/dbtest"
)

var update = flag.Bool("update", false, "rewrite testdata/*.golden with what the program prints now")

func TestMain(m *testing.M) {
	slog.SetDefault(slog.New(slog.DiscardHandler)) // as main does
	os.Exit(dbtest.Main(m))
}

const (
	secret   = "s3cret/of+the\"tests"
	tenantID = "AST-1"
)

// odd are tenants that differ from what the client assumes, by the name of their golden output.
var odd = map[string]struct {
	body string
	args []string
	code int
}{
	"envelope": {body: `{"status": "success", "data": [{"asset_id": "AST-1", "asset_name": "Pump&nbsp;7", "purchase_cost": "₹ 1,25,000.50",
		"purchase_date": "end of summer", "barcode": "N/A", "vendor": {"id": 9, "name": "Acme", "email": "sales@acme.example", "gstin": "33AAA"},
		"location": {"site": {"id": 1, "name": "Chennai"}}, "status": 3, "custom_fields": {"Rated power": "11 kW"}, "photo": null}]}`},
	"flat": {body: `{"id": "AST-1", "name": "Pump 7", "make_id": 5, "make_name": "Grundfos", "model_name": "NB 50", "supplier": "Acme",
		"warranty": {"end": "30-04-2024"}, "dept_code": "FM", "sitename": "Chennai", "token_echo": "` + strings.ReplaceAll(secret, `"`, `\"`) + `"}`},
	"other_names": {body: `{"response": {"equipmentNo": "AST-1", "title": "Pump 7", "factory": {"serialNo": "SN-88", "oem": {"id": 5, "title": "Grundfos"}},
		"finance": {"acquisitionValue": "125000.50", "acquiredOn": "2021-04-01"}, "owner": {"name": "R. Kumar"}, "costCentre": "CC-9",
		"attributes": [{"key": "serial", "value": "SN-88"}], "long text": "Primary loop\nnorth plant", "a.b\u001b[2J": true}}`,
		code: exitFailed},
	"with_fields": {body: `{"ref": "AST-1", "details": {"title": "Pump 7"}, "attributes": [{"key": "serial", "value": "SN-88"}], "bar_code": "890"}`,
		args: []string{"-fields", "testdata/fields.json"}},
	"no_such_asset": {body: `{"status": "error", "messages": "Asset does not exist"}`, code: exitFailed},
	"login_page":    {body: `<!DOCTYPE html><html><body>Please log in</body></html>`, code: exitFailed},
}

// program runs the probe against a tenant and returns its exit code and what it printed, the tenant's address evened out.
func program(t *testing.T, server *innomainttest.Server, env map[string]string, args ...string) (code int, printed string) {
	t.Helper()
	var out, errs bytes.Buffer
	args = append([]string{"-base-url", server.URL(), "-asset", tenantID}, args...)
	code = run(t.Context(), args, func(name string) string { return env[name] }, &out, &errs)
	printed = out.String()
	if errs.Len() > 0 {
		printed += "\n-- standard error:\n" + errs.String()
	}
	return code, strings.ReplaceAll(printed, server.URL(), "https://tenant.example.com")
}

// newTenant answers for the one asset with a body, to whoever has the token.
func newTenant(t *testing.T, body string, opts ...innomainttest.Option) *innomainttest.Server {
	t.Helper()
	if opts == nil {
		opts = []innomainttest.Option{innomainttest.WithBearerToken(secret)}
	}
	server := innomainttest.NewServer(opts...)
	t.Cleanup(server.Close)
	server.SetAsset(tenantID, body)
	return server
}

var withToken = map[string]string{"INNOMAINT_TOKEN": secret}

func TestOddTenants(t *testing.T) {
	t.Parallel()
	for name, tenant := range odd {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			code, printed := program(t, newTenant(t, tenant.body), withToken, tenant.args...)
			if code != tenant.code {
				t.Errorf("exit code %d, want %d", code, tenant.code)
			}
			checkNoSecret(t, printed)
			if strings.ContainsRune(printed, 0x1b) {
				t.Error("an escape sequence came through to the terminal")
			}
			golden(t, name, printed)
		})
	}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name+".golden")
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("the output is not that of %s (go test ./probe -update rewrites it):\n%s", file, got)
	}
}

func checkNoSecret(t *testing.T, text string) {
	t.Helper()
	for _, spelling := range []string{secret, strings.ReplaceAll(secret, `"`, `\"`), "s3cret"} {
		if strings.Contains(text, spelling) {
			t.Errorf("the secret is printed:\n%s", text)
		}
	}
}

func TestWaysToIdentifyOurselves(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(file, []byte(secret+"\nanother line\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	echo := `{"asset_id": "AST-1", "asset_name": "` + strings.ReplaceAll(secret, `"`, `\"`) + `"}`
	for name, test := range map[string]struct {
		option innomainttest.Option
		env    map[string]string
		args   []string
	}{
		"bearer":       {innomainttest.WithBearerToken(secret), withToken, nil},
		"a file":       {innomainttest.WithBearerToken(secret), nil, []string{"-secret-file", file}},
		"an API key":   {innomainttest.WithAPIKey("X-Key", secret), map[string]string{"INNOMAINT_API_KEY": secret}, []string{"-auth", "apikey", "-header", "X-Key"}},
		"a login":      {innomainttest.WithLogin("sync", secret), map[string]string{"INNOMAINT_PASSWORD": secret}, []string{"-auth", "login", "-username", "sync"}},
		"a customer":   {innomainttest.WithBearerToken(secret), withToken, []string{"-customer", "7", "-asset-path", "/api/v1/assets/{cmms_asset_id}?customer={customer_id}"}},
		"date layouts": {innomainttest.WithBearerToken(secret), withToken, []string{"-date-layouts", "01/02/2006,02.01.2006"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			code, printed := program(t, newTenant(t, echo, test.option), test.env, test.args...)
			if code != exitShown || !strings.Contains(printed, `AssetID  "AST-1"`) {
				t.Errorf("exit code %d:\n%s", code, printed)
			}
			checkNoSecret(t, printed)
		})
	}
}

func TestWhatIsNotUnderstood(t *testing.T) {
	t.Parallel()
	misspelt := filepath.Join(t.TempDir(), "fields.json")
	if err := os.WriteFile(misspelt, []byte(`{"asset_title": ["title"]}`), 0o600); err != nil {
		t.Fatal(err)
	}
	server := newTenant(t, `{}`)
	for name, test := range map[string]struct {
		args []string
		env  map[string]string
		want string
	}{
		"no secret":          {nil, nil, "set $INNOMAINT_TOKEN, or use -secret-file"},
		"another scheme":     {[]string{"-auth", "magic"}, withToken, "bearer, apikey or login"},
		"a login of nobody":  {[]string{"-auth", "login"}, map[string]string{"INNOMAINT_PASSWORD": secret}, "needs -username"},
		"a secret as an arg": {[]string{secret}, withToken, "secrets do not belong there"},
		"a misspelt field":   {[]string{"-fields", misspelt}, withToken, "asset_title"},
		"no such file":       {[]string{"-secret-file", misspelt + "x"}, withToken, "no such file"},
		"nobody to ask":      {[]string{"-secret-file", "-"}, withToken, "no terminal"},
		"no customer":        {[]string{"-asset-path", "/{customer_id}/{cmms_asset_id}"}, withToken, "-customer"},
		"no asset path":      {[]string{"-asset-path", "/assets"}, withToken, "must contain the placeholder"},
		"a broken dsn":       {[]string{"-against-db", "root:" + secret + "/db"}, withToken, "-against-db is not understood"},
		"an empty variable":  {[]string{"-against-db", "$NO_DSN"}, withToken, "$NO_DSN is empty"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			code, printed := program(t, server, test.env, test.args...)
			if code != exitUsage || !strings.Contains(printed, test.want) {
				t.Errorf("exit code %d, want one with %q:\n%s", code, test.want, printed)
			}
			checkNoSecret(t, printed)
		})
	}
	if server.Calls() != 0 {
		t.Error("the tenant was asked")
	}
}

func TestWhatATenantRefuses(t *testing.T) {
	t.Parallel()
	server := newTenant(t, `{}`, innomainttest.WithLogin("sync", "another password"))
	code, printed := program(t, server, map[string]string{"INNOMAINT_PASSWORD": secret}, "-auth", "login", "-username", "sync")
	if code != exitFailed || !strings.Contains(printed, "auth: is the secret right") {
		t.Errorf("exit code %d:\n%s", code, printed)
	}
	checkNoSecret(t, printed)
}
