package innomaint

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math"
	"net/http"
	"net/url"
	"strings"
	"time"

	"ic3.internal/innomaintsync/cmmsimport/internal/redact"
)

// Config says where a tenant's API is and what it speaks. BaseURL and Auth are required; the zero value of everything
// else means the default that its comment names. Innomaint publishes no API reference that we could find, so every part
// of the contract that the client assumes is a setting here.
type Config struct {
	BaseURL string // http or https, may have a path; a query, a fragment and user:password@ are refused
	Auth    Auth   // BearerToken, APIKey or Login

	// AssetPath is appended to BaseURL. It must hold {cmms_asset_id} and may hold {customer_id}, in its path or in a
	// query of its own; both are escaped for where they stand. Default: /api/v1/assets/{cmms_asset_id}.
	AssetPath string

	Fields FieldMap // where each field stands in the answer; a nil member: the default of that field

	// DateLayouts are the layouts (see [time.Layout]) tried after the ISO forms, in this order: the first that fits wins,
	// which is how a host decides between day-first and month-first. Default, day first: 2-1-2006, 2/1/2006 and
	// 2-Jan-2006, each also with a time of day (15:04:05). Leading zeros may be there or not.
	DateLayouts []string
	Location    *time.Location // of epochs, and of timestamps without a zone; default UTC

	Timeout      time.Duration // one request, its body included; default that of HTTPClient, else 30 s
	MaxTries     int           // requests for one asset, the first included; default 4
	RetryWait    time.Duration // upper bound of the first wait, doubled for each further one; default 500 ms
	RetryMaxWait time.Duration // longest wait; a Retry-After beyond it ends the tries; default 30 s
	MaxBodyBytes int64         // longest answer, after decompression; default 8 MiB

	RatePerSecond float64 // requests a second, retries and logins included; default no limit

	HTTPClient *http.Client // its transport, jar and timeout are used; copied, never changed; redirects follow our rule
	Logger     *slog.Logger // retries, at debug level; default slog.Default()
	UserAgent  string       // default: this library and its version
}

const (
	defaultAssetPath    = "/api/v1/assets/" + assetIDPlaceholder
	defaultTimeout      = 30 * time.Second
	defaultMaxTries     = 4
	defaultRetryWait    = 500 * time.Millisecond
	defaultRetryMaxWait = 30 * time.Second
	defaultMaxBodyBytes = 8 << 20
	userAgentName       = "ic3-innomaintsync/"

	assetIDPlaceholder    = "{cmms_asset_id}"
	customerIDPlaceholder = "{customer_id}"
)

// withDefaults returns a copy of c in which nothing is left at its zero value that has a default.
func (c Config) withDefaults() Config {
	c.BaseURL = strings.TrimRight(strings.TrimSpace(c.BaseURL), "/")
	if c.AssetPath == "" {
		c.AssetPath = defaultAssetPath
	}
	c.Fields = c.Fields.withDefaults(assetFields)
	if c.DateLayouts == nil {
		c.DateLayouts = defaultDateLayouts
	}
	if c.Location == nil {
		c.Location = time.UTC
	}
	if c.Timeout == 0 && c.HTTPClient != nil {
		c.Timeout = c.HTTPClient.Timeout
	}
	if c.Timeout == 0 {
		c.Timeout = defaultTimeout
	}
	if c.MaxTries == 0 {
		c.MaxTries = defaultMaxTries
	}
	if c.RetryMaxWait == 0 {
		c.RetryMaxWait = max(defaultRetryMaxWait, c.RetryWait)
	}
	if c.RetryWait == 0 {
		c.RetryWait = min(defaultRetryWait, max(c.RetryMaxWait, 0))
	}
	if c.MaxBodyBytes == 0 {
		c.MaxBodyBytes = defaultMaxBodyBytes
	}
	if c.Logger == nil {
		c.Logger = slog.Default()
	}
	if c.UserAgent == "" {
		c.UserAgent = userAgentName + libraryVersion()
	}
	return c
}

// validate reports every problem of a Config that has its defaults. No text repeats a value that may hold a secret.
func (c Config) validate() error {
	var problems []error
	add := func(field, problem string) {
		problems = append(problems, fmt.Errorf("innomaint: Config.%s %s", field, problem))
	}
	if problem := baseURLProblem(c.BaseURL); problem != "" {
		add("BaseURL", problem)
	}
	if problem := c.Auth.problem(); problem != "" {
		add("Auth", problem)
	}
	if problem := assetPathProblem(c.AssetPath); problem != "" {
		add("AssetPath", problem)
	}
	for i, layout := range c.DateLayouts {
		if !layoutNamesADay(layout) {
			add(fmt.Sprintf("DateLayouts[%d]", i), fmt.Sprintf("%q is no time layout with a year, a month and a day", layout))
		}
	}
	for _, setting := range []struct {
		name string
		bad  bool
	}{
		{"Timeout", c.Timeout < 0},
		{"MaxTries", c.MaxTries < 0},
		{"RetryWait", c.RetryWait < 0},
		{"RetryMaxWait", c.RetryMaxWait < 0},
		{"MaxBodyBytes", c.MaxBodyBytes < 0 || c.MaxBodyBytes > math.MaxInt32},
		{"RatePerSecond", c.RatePerSecond < 0 || math.IsNaN(c.RatePerSecond) || math.IsInf(c.RatePerSecond, 0)},
	} {
		if setting.bad {
			add(setting.name, "is out of range: leave it 0 for the default")
		}
	}
	if c.RetryWait > c.RetryMaxWait && c.RetryMaxWait > 0 {
		add("RetryWait", "is longer than RetryMaxWait")
	}
	if !isHeaderValue(c.UserAgent) {
		add("UserAgent", "holds characters that no header can carry")
	}
	return errors.Join(problems...)
}

func baseURLProblem(s string) string {
	if s == "" {
		return "is required, for example https://tenant.example.com"
	}
	u, err := url.Parse(s)
	switch {
	case err != nil: // its text would repeat the URL, and with it a password
		return "is no URL"
	case u.Scheme != "http" && u.Scheme != "https":
		return "must begin with https:// (or http://)"
	case u.Host == "" || u.Hostname() == "":
		return "names no host"
	case u.User != nil:
		return "contains a user or a password; use Config.Auth instead"
	case u.RawQuery != "" || u.ForceQuery || u.Fragment != "" || strings.Contains(s, "#"):
		return "has a query or a fragment: a query belongs into Config.AssetPath"
	}
	return ""
}

func assetPathProblem(s string) string {
	path, query, _ := strings.Cut(s, "?")
	rest := strings.NewReplacer(assetIDPlaceholder, "1", customerIDPlaceholder, "1").Replace(s)
	_, err := url.Parse(rest)
	switch {
	case !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//"):
		return "must begin with one slash: it is appended to BaseURL"
	case !strings.Contains(path+query, assetIDPlaceholder):
		return "must hold the placeholder " + assetIDPlaceholder
	case strings.ContainsAny(rest, "{}"):
		return "holds another placeholder than " + assetIDPlaceholder + " and " + customerIDPlaceholder
	case err != nil || strings.ContainsAny(rest, "# \t\r\n"):
		return "is no path of a URL: escape what is special in it"
	}
	return ""
}

// String names the address, the path and the auth scheme: no secret, no query.
func (c Config) String() string {
	base, path := "[unusable]", c.AssetPath
	if baseURLProblem(c.BaseURL) == "" {
		base = c.BaseURL
	}
	if before, _, ok := strings.Cut(path, "?"); ok {
		path = before + "?" + redact.Placeholder
	}
	return fmt.Sprintf("innomaint.Config{BaseURL: %s, AssetPath: %s, Auth: %s}", base, path, c.Auth)
}

// Format implements [fmt.Formatter]: String under every verb.
func (c Config) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, c.String()) }

// LogValue implements [slog.LogValuer]: as String.
func (c Config) LogValue() slog.Value { return slog.StringValue(c.String()) }

// MarshalJSON gives the same text, for loggers: a Config is no data to keep.
func (c Config) MarshalJSON() ([]byte, error) { return json.Marshal(c.String()) }
