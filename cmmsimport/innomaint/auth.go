package innomaint

import (
	"fmt"
	"io"
	"log/slog"
	"regexp"
	"strings"
	"unicode"

	"ic3.internal/innomaintsync/cmmsimport/internal/redact"
)

// Auth is how the client identifies itself: made by [BearerToken], [APIKey] or [Login]. It prints as its scheme only, for
// every verb, and so do the Config and the Client that contain it.
type Auth struct {
	// A function, because fmt prints the unexported fields of a host's structs without calling the methods below, and
	// follows pointers for some verbs.
	credentials func() credentials
}

type credentials struct {
	scheme             string // for people: "bearer token"
	header             string // sent with every request; "" with a login
	value              string // of that header
	username, password string // of a login
}

func (c credentials) auth() Auth { return Auth{func() credentials { return c }} }

// secrets returns what must never be printed. The first word of a header's value may be a scheme, which is not secret.
func (c credentials) secrets() []string {
	_, rest, _ := strings.Cut(c.value, " ")
	return []string{c.value, rest, c.password}
}

// BearerToken sends "Authorization: Bearer token".
func BearerToken(token string) Auth {
	if token = strings.TrimSpace(token); token != "" {
		token = "Bearer " + token
	}
	return credentials{scheme: "bearer token", header: "Authorization", value: token}.auth()
}

// APIKey sends the key in the header of that name.
func APIKey(header, key string) Auth {
	return credentials{scheme: "API key", header: strings.TrimSpace(header), value: strings.TrimSpace(key)}.auth()
}

// Login gets a token from POST {BaseURL}/api/v1/auth/login with {"username":…,"password":…} and sends it as a bearer
// token. The response is {"token":…,"expires_in":seconds} (also access_token, and either inside "data" or "result"). The
// token is kept until 30 seconds before it expires, without expires_in until a 401, and renewed once after a 401. After a
// login that the API rejects, the next one is a minute later, so that no account is locked.
func Login(username, password string) Auth {
	return credentials{scheme: "login", username: username, password: password}.auth()
}

// String returns the scheme, never a secret.
func (a Auth) String() string {
	if a.credentials == nil {
		return "no auth"
	}
	return a.credentials().scheme + " " + redact.Placeholder
}

// Format implements [fmt.Formatter]: as String, for every verb.
func (a Auth) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, a.String()) }

// LogValue implements [slog.LogValuer]: as String.
func (a Auth) LogValue() slog.Value { return slog.StringValue(a.String()) }

// problem returns what is wrong with the credentials, or "".
func (a Auth) problem() string {
	if a.credentials == nil {
		return "is required: innomaint.BearerToken, APIKey or Login"
	}
	c := a.credentials()
	switch {
	case c.header == "" && c.scheme != "login":
		return "APIKey needs the name of a header"
	case c.header != "" && !headerName.MatchString(c.header):
		return "APIKey has a header name with characters other than letters, digits, hyphens and underscores"
	case c.header != "" && !isHeaderValue(c.value):
		return "the " + c.scheme + " is empty or contains characters that are not allowed in a header"
	case c.header == "" && (c.username == "" || c.password == ""):
		return "Login needs a username and a password"
	}
	return ""
}

var headerName = regexp.MustCompile(`^[\w-]+$`)

func isHeaderValue(s string) bool { return s != "" && !strings.ContainsFunc(s, unicode.IsControl) }
