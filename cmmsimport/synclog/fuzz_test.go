package synclog_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"ic3.internal/innomaintsync/cmmsimport/synclog"
)

// FuzzRedact plants a secret between arbitrary text in each shape that Redact knows.
func FuzzRedact(f *testing.F) {
	f.Add("", "s3cr3t-value", "")
	f.Add("Get \"https://h/p?", "hunter2=", "\": EOF")
	f.Add(`{"token":"`, "a@b:c/d?e", `"}`)
	f.Add("password=", "x):y,z;1", "Bearer ")
	f.Add("a:b@c:d@ https://u:p@h/?q#f", "ABCdef123", `\"`)
	f.Add("authorization: digest", "tok_en-0", "cookie=")
	f.Fuzz(func(t *testing.T, before, secret, after string) {
		for _, text := range append(planted(before, secret, after), before, after) {
			once := synclog.Redact(text)
			if twice := synclog.Redact(once); twice != once {
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
			if got := synclog.Redact(text); strings.Contains(got, secret) {
				t.Errorf("the secret %q survives in %q\nof %q", secret, got, text)
			}
			if got := synclog.ErrorMessage(errors.New(text)); strings.Contains(got, secret) {
				t.Errorf("the secret %q survives in the message %q\nof %q", secret, got, text)
			}
		}
	})
}

// FuzzErrorMessage puts a secret at an arbitrary place of a text that may be far too long: the message is whole UTF-8 of at
// most 2,000 characters without NUL, and without the secret.
func FuzzErrorMessage(f *testing.F) {
	f.Add("x", uint32(1990), "s3cr3t-value")
	f.Add("\xff\x00é🔥", uint32(800), "hunter2hunter2")
	f.Add("a=b ", uint32(16380), "tok_en-0123")
	f.Add("", uint32(0), "aaaaaa")
	f.Fuzz(func(t *testing.T, filler string, times uint32, secret string) {
		before := strings.Repeat(filler, int(times)%(128<<10)/(len(filler)+1))
		shapes := planted(before, secret, filler) // three of them: each takes milliseconds
		for _, text := range []string{shapes[0], shapes[3], shapes[11], before} {
			got := synclog.ErrorMessage(errors.New(text))
			if !utf8.ValidString(got) || strings.ContainsRune(got, 0) || utf8.RuneCountInString(got) > 2000 || got == "" && text != "" {
				t.Errorf("%d characters: %q", utf8.RuneCountInString(got), got)
			}
			if synclog.Redact(got) != got && !strings.HasSuffix(got, "…") {
				t.Errorf("not settled: %q\nwould be %q", got, synclog.Redact(got))
			}
			if plantable(before, secret, filler) && strings.Contains(got, secret) {
				t.Errorf("the secret %q survives in %q", secret, got)
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
	frame := strings.Join(planted(before, "", after), "\n") + "REDACTED"
	return letters >= 6 && !strings.Contains(frame, secret)
}
