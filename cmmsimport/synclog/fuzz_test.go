package synclog_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"ic3.internal/innomaintsync/cmmsimport/synclog"
)

// FuzzErrorMessage puts a secret at an arbitrary place of a text that may be far too long: the message is whole UTF-8 of at
// most 2,000 characters without NUL, and without the secret.
func FuzzErrorMessage(f *testing.F) {
	f.Add("x", uint32(1990), "s3cr3t-value")
	f.Add("\xff\x00é🔥", uint32(800), "hunter2hunter2")
	f.Add("a=b ", uint32(16380), "tok_en-0123")
	f.Add("", uint32(0), "aaaaaa")
	f.Fuzz(func(t *testing.T, filler string, times uint32, secret string) {
		before := strings.Repeat(filler, int(times)%(128<<10)/(len(filler)+1))
		inJSON, _ := json.Marshal(map[string]string{"password": secret})
		texts := []string{before} // and three of the shapes that redact's own fuzz target plants: each takes milliseconds
		for _, shape := range []string{"password=" + secret, string(inJSON), "https://user:" + secret + "@h.example/p"} {
			texts = append(texts, before+"\n"+shape+"\n"+filler)
		}
		for _, text := range texts {
			got := synclog.ErrorMessage(errors.New(text))
			if !utf8.ValidString(got) || strings.ContainsRune(got, 0) || utf8.RuneCountInString(got) > 2000 || got == "" && text != "" {
				t.Errorf("%d characters: %q", utf8.RuneCountInString(got), got)
			}
			if synclog.Redact(got) != got && !strings.HasSuffix(got, "…") {
				t.Errorf("not settled: %q\nwould be %q", got, synclog.Redact(got))
			}
			if plantable(before+filler, secret) && strings.Contains(got, secret) {
				t.Errorf("the secret %q survives in %q", secret, got)
			}
		}
	})
}

// plantable says whether the secret can be told from the text around it, and has no character that ends a value.
func plantable(before, secret string) bool {
	letters := 0
	for _, r := range secret {
		if r > unicode.MaxASCII || unicode.IsSpace(r) || unicode.IsControl(r) {
			return false
		}
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			letters++
		}
	}
	return letters >= 6 && !strings.ContainsAny(secret, "\"'\\<>`") && !strings.ContainsAny(before, "\"'\\[") &&
		!strings.Contains(before+" password https user h.example REDACTED", secret)
}
