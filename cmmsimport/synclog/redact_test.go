package synclog_test

import (
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"ic3.internal/innomaintsync/cmmsimport/synclog"
)

func TestErrorMessage(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("ணி🔥", 1500) // 3,000 runes + marks
	tests := map[string]struct {
		err   error
		want  string
		runes int
	}{
		"nil":              {nil, "", 0},
		"plain":            {errors.New("404 Not Found"), "404 Not Found", 13},
		"redacted":         {errors.New("password=hunter2"), "password=REDACTED", 17},
		"invalid UTF-8":    {errors.New("a\xffb\x00c"), "a\uFFFDb c", 5},
		"2,000 characters": {errors.New(strings.Repeat("é", 2000)), strings.Repeat("é", 2000), 2000},
		"too long":         {errors.New(long), string([]rune(long)[:1999]) + "…", 2000},
		"huge":             {errors.New(strings.Repeat("x", 9<<20)), strings.Repeat("x", 1999) + "…", 2000},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := synclog.ErrorMessage(test.err)
			if got != test.want || utf8.RuneCountInString(got) != test.runes {
				t.Errorf("%d characters %.100q, want %d %.100q", utf8.RuneCountInString(got), got, test.runes, test.want)
			}
		})
	}
}

// A secret that straddles the point where a huge text is cut must not come out by half.
func TestErrorMessage_RedactsAcrossTheCut(t *testing.T) {
	t.Parallel()
	for _, fill := range []int{1950, 1990, 1998, 64<<10 - 10} {
		text := strings.Repeat("x", fill) + " password=hunter2hunter2hunter2"
		if got := synclog.ErrorMessage(errors.New(text)); strings.Contains(got, "hunt") {
			t.Errorf("after %d: %q", fill, got[len(got)-60:])
		}
	}
}
