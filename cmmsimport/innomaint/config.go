package innomaint

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math"
	"net/http"
	"net/url"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	"ic3.internal/innomaintsync/cmmsimport/internal/redact"
)

// Config is the address of a tenant's API and the contract that it follows. BaseURL and Auth are required. The zero value
// of any other member means its default. Innomaint publishes no API reference that we could find, so each part of the
// contract that the client assumes is a setting here.
type Config struct {
	BaseURL string // http or https, with or without a path; no query, no fragment, no user:password@
	Auth    Auth   // BearerToken, APIKey or Login

	// AssetPath is appended to BaseURL. It must contain {cmms_asset_id} and may contain {customer_id}, in its path or in a
	// query of its own; both are escaped for their place. Default: /api/v1/assets/{cmms_asset_id}.
	AssetPath string

	Fields FieldMap // where each field is in the response; nil members have the field's default

	// DateLayouts are attempted in this order after the ISO forms (see [time.Layout]); the first that fits wins. They
	// decide between day-first and month-first. Default, day first: 2-1-2006, 2/1/2006 and 2-Jan-2006, each also with a
	// time of day (15:04:05). Leading zeros are optional.
	DateLayouts []string
	Location    *time.Location // of epochs, and of timestamps without a zone; default UTC

	Timeout      time.Duration // of one request, its body included; default that of HTTPClient, else 30 s
	MaxTries     int           // attempts for one asset, the first included; default 4
	RetryWait    time.Duration // upper bound of the first wait, doubled for each further one; default 500 ms
	RetryMaxWait time.Duration // longest wait; a longer Retry-After ends the attempts; default 30 s
	MaxBodyBytes int64         // of a response, after decompression; default 8 MiB

	RatePerSecond float64 // requests per second, retries and logins included; default no limit

	HTTPClient *http.Client // its transport, jar and timeout are used; copied, never changed; redirects follow our rule
	Logger     *slog.Logger // for retries, at debug level; default slog.Default()
	UserAgent  string       // default: this library and its version
}

const (
	assetIDPlaceholder    = "{cmms_asset_id}"
	customerIDPlaceholder = "{customer_id}"
)

// withDefaults returns a copy of c in which no member that has a default is zero.
func (c Config) withDefaults() Config {
	c.BaseURL = strings.TrimRight(strings.TrimSpace(c.BaseURL), "/")
	c.AssetPath = cmp.Or(c.AssetPath, "/api/v1/assets/"+assetIDPlaceholder)
	c.Fields = c.Fields.withDefaults(assetFields)
	if c.DateLayouts == nil {
		c.DateLayouts = defaultDateLayouts
	}
	c.Location = cmp.Or(c.Location, time.UTC)
	if c.HTTPClient != nil {
		c.Timeout = cmp.Or(c.Timeout, c.HTTPClient.Timeout)
	}
	c.Timeout = cmp.Or(c.Timeout, 30*time.Second)
	c.MaxTries = cmp.Or(c.MaxTries, 4)
	c.RetryMaxWait = cmp.Or(c.RetryMaxWait, max(30*time.Second, c.RetryWait))
	c.RetryWait = cmp.Or(c.RetryWait, min(500*time.Millisecond, max(c.RetryMaxWait, 0)))
	c.MaxBodyBytes = cmp.Or(c.MaxBodyBytes, 8<<20)
	c.Logger = cmp.Or(c.Logger, slog.Default())
	c.UserAgent = cmp.Or(c.UserAgent, "ic3-innomaintsync/"+libraryVersion())
	return c
}

// validate reports every problem of a Config that has its defaults. No text repeats a value that may contain a secret.
func (c Config) validate() error {
	var problems []error
	add := func(field, problem string) {
		if problem != "" {
			problems = append(problems, fmt.Errorf("innomaint: Config.%s %s", field, problem))
		}
	}
	add("BaseURL", baseURLProblem(c.BaseURL))
	add("Auth", c.Auth.problem())
	add("AssetPath", assetPathProblem(c.AssetPath))
	for i, layout := range c.DateLayouts {
		if !hasDay(layout) {
			add(fmt.Sprintf("DateLayouts[%d]", i), fmt.Sprintf("%q is not a time layout with a year, a month and a day", layout))
		}
	}
	inRange := func(field string, ok bool) {
		if !ok {
			add(field, "is out of range: leave it 0 for the default")
		}
	}
	inRange("Timeout", c.Timeout >= 0)
	inRange("MaxTries", c.MaxTries >= 0)
	inRange("RetryWait", c.RetryWait >= 0)
	inRange("RetryMaxWait", c.RetryMaxWait >= 0)
	inRange("MaxBodyBytes", c.MaxBodyBytes >= 0 && c.MaxBodyBytes <= math.MaxInt32)
	inRange("RatePerSecond", c.RatePerSecond >= 0 && !math.IsInf(c.RatePerSecond, 0))
	if c.RetryWait > c.RetryMaxWait && c.RetryMaxWait > 0 {
		add("RetryWait", "is longer than RetryMaxWait")
	}
	if !isHeaderValue(c.UserAgent) {
		add("UserAgent", "contains characters that are not allowed in a header")
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
		return "is not a URL"
	case u.Scheme != "http" && u.Scheme != "https":
		return "must begin with https:// (or http://)"
	case u.Host == "" || u.Hostname() == "":
		return "has no host"
	case u.User != nil:
		return "contains a user or a password; use Config.Auth instead"
	case u.RawQuery != "" || u.ForceQuery || u.Fragment != "" || strings.Contains(s, "#"):
		return "has a query or a fragment: a query belongs in Config.AssetPath"
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
		return "must contain the placeholder " + assetIDPlaceholder
	case strings.ContainsAny(rest, "{}"):
		return "contains a placeholder other than " + assetIDPlaceholder + " and " + customerIDPlaceholder
	case err != nil || strings.ContainsAny(rest, "# \t\r\n"):
		return "is not a URL path: escape its special characters"
	}
	return ""
}

// String returns the address, the path and the auth scheme, without secrets and query.
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

// Format implements [fmt.Formatter]: as String, for every verb.
func (c Config) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, c.String()) }

// LogValue implements [slog.LogValuer]: as String.
func (c Config) LogValue() slog.Value { return slog.StringValue(c.String()) }

// MarshalJSON returns the text of String, for loggers: a Config is not meant to be stored.
func (c Config) MarshalJSON() ([]byte, error) { return json.Marshal(c.String()) }

const modulePath = "ic3.internal/innomaintsync"

// libraryVersion is the version of this module in the running program, for the User-Agent.
var libraryVersion = sync.OnceValue(func() string {
	info, _ := debug.ReadBuildInfo() // nil without modules
	return versionIn(info)
})

// versionIn returns "devel" for a program that was not built from a release of this module.
func versionIn(info *debug.BuildInfo) string {
	if info != nil {
		for _, module := range info.Deps {
			if module.Path == modulePath && module.Replace == nil && module.Version != "" && module.Version != "(devel)" {
				return module.Version
			}
		}
	}
	return "devel"
}
