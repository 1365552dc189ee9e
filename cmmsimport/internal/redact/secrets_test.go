package redact_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"ic3.internal/innomaintsync/cmmsimport/internal/redact"
)

func TestSecrets(t *testing.T) {
	t.Parallel()
	known := redact.Known("", "p@ss", "p@ss/w&rd", "RED")
	t.Run("LongestFirst", func(t *testing.T) {
		t.Parallel()
		if got := known.Text("with p@ss/w&rd or p@ss, in RED"); got != "with REDACTED or REDACTED, in RED" {
			t.Errorf("got %q", got)
		}
	})
	t.Run("CauseKeepsIdentity", func(t *testing.T) {
		t.Parallel()
		err := known.Cause(&url.Error{Op: "Get", URL: "https://h/?q=1", Err: fmt.Errorf("p@ss: %w", io.EOF)})
		if err.Error() != "REDACTED: EOF" || !errors.Is(err, io.EOF) || errors.Unwrap(err) != nil {
			t.Errorf("got %v", err)
		}
		if known.Cause(nil) != nil || known.Cause(io.EOF) != io.EOF {
			t.Error("an error without a secret does not stay as it is")
		}
	})
	t.Run("PrintsNothing", func(t *testing.T) {
		t.Parallel()
		if got := fmt.Sprintf("%v %+v %#v %s %x", known, known, &known, known, known); got != strings.TrimSpace(strings.Repeat("REDACTED ", 5)) {
			t.Errorf("got %q", got)
		}
	})
}

// FuzzSecrets plants a known secret between arbitrary texts, in the notations of servers, transports and loggers, and a
// query string that is not known.
func FuzzSecrets(f *testing.F) {
	f.Add("", "s3cr3t-value", "")
	f.Add(`Get "https://h/p?`, `s3cr"t /&+é`, `": EOF`)
	f.Add(`{"token":"`, "a@b:c/d?e", `"}`)
	f.Add("password=", "x):y,z;1", "Bearer ")
	f.Add("Bearer ", "<tok>&en", "?a=b")
	f.Add("token: ", "back\\slash", "://u:p@h")
	f.Add("", "%41%42%43%44", "%")
	f.Add("://a://", "aaaa", "a@aaaa@")
	f.Add("\xff", "p\xffss\u2028word", "\xc3")
	f.Fuzz(func(t *testing.T, before, secret, after string) {
		r := redact.Known(secret)
		for _, text := range append(spelled(before, secret, after), before, after) {
			once := r.Text(text)
			if twice := r.Text(once); twice != once && len(secret) >= 6 {
				t.Errorf("not idempotent: %q\n once %q\ntwice %q", text, once, twice)
			}
			if utf8.ValidString(text) && utf8.ValidString(secret) && !utf8.ValidString(once) {
				t.Errorf("%q became invalid UTF-8 %q", text, once)
			}
			if len(once) > (len(redact.Placeholder)+1)*(len(text)+1) {
				t.Errorf("%d bytes became %d", len(text), len(once))
			}
		}
		if !distinct(before, secret, after) {
			return
		}
		for _, text := range spelled(before, secret, after) {
			cause := fmt.Errorf("wrapped: %w", &url.Error{Op: "Get", URL: "https://h.example/?" + secret, Err: errors.New(text)})
			for _, got := range []string{r.Text(text), r.Cause(cause).Error(), r.Cause(fmt.Errorf("broken: %w", errors.New(text))).Error()} {
				for _, spelling := range spelled("", secret, "")[:plainSpellings] {
					if strings.Contains(got, strings.TrimSpace(spelling)) {
						t.Errorf("%q survives in %q\nof %q", spelling, got, text)
					}
				}
			}
		}
	})
}

const plainSpellings = 6

// spelled returns texts with the secret in them; the first plainSpellings are the secret's spellings and nothing else.
func spelled(before, secret, after string) []string {
	var unescaped strings.Builder
	encoder := json.NewEncoder(&unescaped)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(secret)
	quoted, _ := json.Marshal(secret)
	inner := func(s string) string { return strings.TrimSuffix(strings.TrimPrefix(strings.TrimSpace(s), `"`), `"`) }
	var texts []string
	for _, shape := range []string{
		secret,
		inner(string(quoted)),
		inner(unescaped.String()),
		inner(strconv.Quote(secret)),
		url.QueryEscape(secret),
		url.PathEscape(secret),
		// and in context
		"Bearer " + secret,
		fmt.Sprint(http.Header{"Authorization": {"Bearer " + secret}}),
		"https://h.example/p?t=" + url.QueryEscape(secret),
		(&url.URL{Scheme: "https", User: url.UserPassword("u", secret), Host: "h.example"}).String(),
		`{"password":` + string(quoted) + `}`,
	} {
		texts = append(texts, before+" "+shape+" "+after)
	}
	return texts
}

// distinct says whether the secret is long enough, and not part of the text around it or of the placeholder.
func distinct(before, secret, after string) bool {
	if len(secret) < 6 || strings.TrimSpace(secret) != secret || !utf8.ValidString(secret) {
		return false
	}
	frame := strings.Join(spelled(before, "", after), " ") + redact.Placeholder + "wrapped: broken: Get https://h.example/?"
	for _, spelling := range spelled("", secret, "")[:plainSpellings] {
		if strings.Contains(frame, strings.TrimSpace(spelling)) {
			return false
		}
	}
	return true
}
