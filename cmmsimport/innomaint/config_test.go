package innomaint_test

import (
	"math"
	"net/http"
	"strings"
	"testing"
	"time"

	"ic3.internal/innomaintsync/cmmsimport/innomaint"
	"ic3.internal/innomaintsync/cmmsimport/innomaint/innomainttest"
	"ic3.internal/innomaintsync/cmmsimport/internal/redact"
)

func TestNew(t *testing.T) {
	t.Parallel()
	t.Run("ReportsEveryProblem", func(t *testing.T) {
		t.Parallel()
		_, err := innomaint.New(innomaint.Config{
			AssetPath: "api/assets", DateLayouts: []string{"15:04"}, Timeout: -1, MaxTries: -1, RetryWait: -1, RetryMaxWait: -1,
			MaxBodyBytes: -1, RatePerSecond: math.NaN(), UserAgent: "a\nb",
			Fields: innomaint.FieldMap{Name: []string{"ok", "a..b"}, Vendor: innomaint.ReferencePaths{ID: []string{""}}},
		})
		if err == nil {
			t.Fatal("no error")
		}
		for _, field := range []string{
			"BaseURL", "Auth", "AssetPath", "DateLayouts[0]", "Timeout", "MaxTries", "RetryWait", "RetryMaxWait", "MaxBodyBytes",
			"RatePerSecond", "UserAgent", "Fields.Name[1]", "Fields.Vendor.ID[0]",
		} {
			if !strings.Contains(err.Error(), "Config."+field+" ") {
				t.Errorf("%s is not reported:\n%v", field, err)
			}
		}
	})
	t.Run("ChecksConfig", func(t *testing.T) {
		t.Parallel()
		tests := []struct {
			name   string
			change func(*innomaint.Config)
			field  string // "": accepted
		}{
			{"nothing", func(*innomaint.Config) {}, ""},
			{"a base path", func(c *innomaint.Config) { c.BaseURL = "https://example.com/innomaint/" }, ""},
			{"no scheme", func(c *innomaint.Config) { c.BaseURL = "example.com" }, "BaseURL"},
			{"another scheme", func(c *innomaint.Config) { c.BaseURL = "ftp://example.com" }, "BaseURL"},
			{"no host", func(c *innomaint.Config) { c.BaseURL = "https://:8080" }, "BaseURL"},
			{"a password in the address", func(c *innomaint.Config) { c.BaseURL = "https://u:hunter2@example.com" }, "BaseURL"},
			{"a broken address with a password", func(c *innomaint.Config) { c.BaseURL = "https://u:hunter2@exa mple.com" }, "BaseURL"},
			{"a query in the address", func(c *innomaint.Config) { c.BaseURL = "https://example.com/?key=hunter2" }, "BaseURL"},
			{"a fragment in the address", func(c *innomaint.Config) { c.BaseURL = "https://example.com/#" }, "BaseURL"},
			{"a path with a query of its own", func(c *innomaint.Config) { c.AssetPath = "/a?id={cmms_asset_id}&c={customer_id}" }, ""},
			{"no placeholder", func(c *innomaint.Config) { c.AssetPath = "/assets" }, "AssetPath"},
			{"an unknown placeholder", func(c *innomaint.Config) { c.AssetPath = "/{tenant}/{cmms_asset_id}" }, "AssetPath"},
			{"a whole address as a path", func(c *innomaint.Config) { c.AssetPath = "//evil.example/{cmms_asset_id}" }, "AssetPath"},
			{"a space in the path", func(c *innomaint.Config) { c.AssetPath = "/my assets/{cmms_asset_id}" }, "AssetPath"},
			{"no auth", func(c *innomaint.Config) { c.Auth = innomaint.Auth{} }, "Auth"},
			{"an empty token", func(c *innomaint.Config) { c.Auth = innomaint.BearerToken(" ") }, "Auth"},
			{"a token with a line break", func(c *innomaint.Config) { c.Auth = innomaint.BearerToken("hunter2\nX: y") }, "Auth"},
			{"an API key without a header", func(c *innomaint.Config) { c.Auth = innomaint.APIKey("", "hunter2") }, "Auth"},
			{"an API key with a bad header", func(c *innomaint.Config) { c.Auth = innomaint.APIKey("X Key", "hunter2") }, "Auth"},
			{"an empty API key", func(c *innomaint.Config) { c.Auth = innomaint.APIKey("X-Key", "") }, "Auth"},
			{"a login without a password", func(c *innomaint.Config) { c.Auth = innomaint.Login("u", "") }, "Auth"},
			{"a first wait longer than the longest", func(c *innomaint.Config) { c.RetryWait, c.RetryMaxWait = 2, 1 }, "RetryWait"},
			{"a long first wait alone", func(c *innomaint.Config) { c.RetryWait = time.Hour }, ""},
			{"a short longest wait alone", func(c *innomaint.Config) { c.RetryMaxWait = 1 }, ""},
		}
		for _, tt := range tests {
			t.Run(tt.name, func(t *testing.T) {
				t.Parallel()
				cfg := innomaint.Config{BaseURL: "https://example.com", Auth: innomaint.BearerToken("hunter2")}
				tt.change(&cfg)
				client, err := innomaint.New(cfg)
				switch {
				case tt.field == "" && err != nil:
					t.Error(err)
				case tt.field != "" && (err == nil || client != nil || !strings.Contains(err.Error(), "Config."+tt.field+" ")):
					t.Errorf("error %v does not name %s", err, tt.field)
				case err != nil && redact.Text(err.Error()) != err.Error():
					t.Errorf("the error does not survive redaction: %q", redact.Text(err.Error()))
				case err != nil && strings.Contains(err.Error(), "hunter2"):
					t.Errorf("the error contains a secret: %v", err)
				}
			})
		}
	})
}

func TestRequest(t *testing.T) {
	t.Parallel()
	t.Run("HasURLAndHeaders", func(t *testing.T) {
		t.Parallel()
		base := newServer(t).URL()
		path := base[strings.Index(base[len("http://"):], "/")+len("http://"):]
		tests := []struct{ id, template, want string }{
			{"AST-1042", "", "/api/v1/assets/AST-1042"},
			{"A/B C#1?x=%25&ü", "", "/api/v1/assets/A%2FB%20C%231%3Fx=%2525&%C3%BC"},
			{"..", "", "/api/v1/assets/%2E%2E"},
			{"{customer_id}", "", "/api/v1/assets/%7Bcustomer_id%7D"},
			{"A/B", "/c/{customer_id}/{cmms_asset_id}/detail", "/c/7/A%2FB/detail"},
			{"A/B &+", "/asset?key=k&id={cmms_asset_id}&c={customer_id}", "/asset?key=k&id=A%2FB+%26%2B&c=7"},
		}
		for _, tt := range tests {
			t.Run(tt.id+tt.template, func(t *testing.T) {
				t.Parallel()
				var got *http.Request
				client := newClient(t, base+"/", func(cfg *innomaint.Config) {
					cfg.AssetPath, cfg.UserAgent = tt.template, ""
					cfg.HTTPClient = &http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
						got = r
						return respond(r, 404, nil, ""), nil
					})}
				})
				_, err := client.GetAsset(t.Context(), innomaint.AssetRef{CustomerID: 7, AssetID: tt.id})
				wantKind(t, err, innomaint.KindNotFound)
				if uri := got.URL.RequestURI(); uri != path+tt.want {
					t.Errorf("requested %s, want %s", uri, path+tt.want)
				}
				if got.Method != http.MethodGet || got.Header.Get("Accept") != "application/json" ||
					!strings.HasPrefix(got.Header.Get("User-Agent"), "ic3-innomaintsync/") ||
					got.Header.Get("Authorization") != "Bearer test-token" {
					t.Errorf("%s with %v", got.Method, got.Header)
				}
			})
		}
	})
	t.Run("EscapesIDs", func(t *testing.T) {
		t.Parallel()
		server := newServer(t)
		for _, id := range []string{"A/B", "A B", "A#1", "100%", "é/ñ", "a?b=c&d", "..", "{x}", `"`, "A+B"} {
			body := innomainttest.SampleAsset(id)
			server.SetAsset(id, body)
			asset, err := newClient(t, server.URL(), nil).GetAsset(t.Context(), innomaint.AssetRef{AssetID: id})
			if err != nil || asset.ID != id {
				t.Errorf("%q: asset %v, error %v", id, asset, err)
			}
		}
	})
	t.Run("Authenticates", func(t *testing.T) {
		t.Parallel()
		for name, tt := range map[string]struct {
			option innomainttest.Option
			auth   innomaint.Auth
		}{
			"bearer token": {innomainttest.WithBearerToken("good"), innomaint.BearerToken(" good ")},
			"API key":      {innomainttest.WithAPIKey("X-Api-Key", "good"), innomaint.APIKey("x-api-key", "good")},
			"login":        {innomainttest.WithLogin("u", "good"), innomaint.Login("u", "good")},
		} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				server := newServer(t, tt.option)
				server.SetAsset(ref.AssetID, innomainttest.SampleAsset(ref.AssetID))
				client := newClient(t, server.URL(), func(cfg *innomaint.Config) { cfg.Auth = tt.auth })
				if _, err := client.GetAsset(t.Context(), ref); err != nil {
					t.Error(err)
				}
				_, err := newClient(t, server.URL(), func(cfg *innomaint.Config) {
					cfg.Auth = innomaint.BearerToken("bad")
				}).GetAsset(t.Context(), ref)
				wantKind(t, err, innomaint.KindAuth)
			})
		}
	})
	t.Run("LeavesHTTPClientUnchanged", func(t *testing.T) {
		t.Parallel()
		server := newServer(t)
		mine := &http.Client{Timeout: 20 * time.Millisecond}
		client := newClient(t, server.URL(), func(cfg *innomaint.Config) { cfg.HTTPClient, cfg.MaxTries = mine, 1 })
		server.Script(ref.AssetID, innomainttest.Answer{Hold: make(chan struct{})})
		_, err := client.GetAsset(t.Context(), ref)
		wantKind(t, err, innomaint.KindTimeout) // its own timeout applies because the configuration has none
		if mine.Transport != nil || mine.CheckRedirect != nil || mine.Timeout != 20*time.Millisecond {
			t.Errorf("the host's client was changed: %+v", mine)
		}
	})
}
