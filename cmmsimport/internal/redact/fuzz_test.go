package redact_test

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"ic3.internal/innomaintsync/cmmsimport/internal/redact"
)

// FuzzText plants a secret between arbitrary text in each shape that Text knows.
func FuzzText(f *testing.F) {
	f.Add("", "s3cr3t-value", "")
	f.Add("Get \"https://h/p?", "hunter2=", "\": EOF")
	f.Add(`{"token":"`, "a@b:c/d?e", `"}`)
	f.Add("password=", "x):y,z;1", "Bearer ")
	f.Add("a:b@c:d@ https://u:p@h/?q#f", "ABCdef123", `\"`)
	f.Add("authorization: digest", "tok_en-0", "cookie=")
	f.Fuzz(func(t *testing.T, before, secret, after string) {
		for _, text := range append(planted(before, secret, after), before, after) {
			once := redact.Text(text)
			if twice := redact.Text(once); twice != once {
				t.Errorf("not idempotent: %q\n once %q\ntwice %q", text, once, twice)
			}
			if len(once) > 4*len(text)+len("REDACTED") {
				t.Errorf("%d bytes became %d: %q", len(text), len(once), once)
			}
			if utf8.ValidString(text) && !utf8.ValidString(once) {
				t.Errorf("%q became invalid UTF-8 %q", text, once)
			}
		}
		if !plantable(before, secret, after) {
			return
		}
		for _, text := range planted(before, secret, after) {
			if got := redact.Text(text); strings.Contains(got, secret) {
				t.Errorf("the secret %q survives in %q\nof %q", secret, got, text)
			}
		}
	})
}

func planted(before, secret, after string) []string {
	inJSON, _ := json.Marshal(map[string]string{"password": secret})
	twice, _ := json.Marshal(string(inJSON))
	var texts []string
	for _, shape := range []string{
		"password=" + secret,
		"X-Api-Key: " + secret,
		"client_secret: \"" + secret + "\"",
		string(inJSON),
		string(twice),
		"Authorization: Bearer " + secret,
		"Authorization: " + secret,
		"bearer " + secret,
		"https://h.example/p?" + secret,
		"https://h.example/p?a=b&t=" + secret,
		"https://user:" + url.QueryEscape(secret) + "@h.example/p",
		"https://user:" + secret + "@h.example/p",
		"root:" + secret + "@tcp(127.0.0.1:3306)/cmms",
	} {
		texts = append(texts, fmt.Sprintf("%s\n%s\n%s", before, shape, after))
	}
	return texts
}

// plantable says whether the secret can be told from the text around it, and has no character that ends a value.
func plantable(before, secret, after string) bool {
	if len(secret) < 6 || strings.ContainsAny(secret, "\"'\\<>`") || strings.ContainsAny(before, "\"'\\[") {
		return false // an open quote before it would swallow the name that tells of it
	}
	letters := 0
	for _, r := range secret {
		if r > unicode.MaxASCII || unicode.IsSpace(r) || unicode.IsControl(r) {
			return false
		}
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			letters++
		}
	}
	frame := strings.Join(planted(before, "", after), "\n") + "REDACTED" + "token authentication authorization" // and the words of prose
	return letters >= 6 && !strings.Contains(frame, secret)
}
