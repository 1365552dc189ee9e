package rowfit_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/go-sql-driver/mysql"
	"github.com/google/go-cmp/cmp"

	"ic3.internal/innomaintsync/cmmsimport/internal/rowfit"
)

var (
	tooLong      error = &mysql.MySQLError{Number: 1406}
	badCharacter error = &mysql.MySQLError{Number: 1366}
	text               = strings.Repeat("é🔥", 1500)
)

// refused lets a server refuse a row with these errors, one after the other, and returns the shapes that it was offered.
func refused(t *testing.T, errs ...error) (shapes []rowfit.Shape) {
	t.Helper()
	err := rowfit.Fit(func(s rowfit.Shape) error {
		shapes = append(shapes, s)
		if len(shapes) > len(errs) {
			return nil
		}
		return errs[len(shapes)-1]
	})
	if err != nil {
		t.Fatal(err)
	}
	return shapes
}

func equal[T any](t *testing.T, what string, got, want T) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got)\n%s", what, diff)
	}
}

func TestFit(t *testing.T) {
	t.Parallel()
	t.Run("ShortensWhatIsTooLong", func(t *testing.T) {
		t.Parallel()
		var messages, texts []int
		var noJSON []bool
		for _, s := range refused(t, tooLong, tooLong, tooLong) {
			messages = append(messages, utf8.RuneCountInString(s.Message(text).(string)))
			texts = append(texts, utf8.RuneCountInString(s.Text(text, 64)))
			noJSON = append(noJSON, s.JSON(1) == nil)
		}
		equal(t, "characters of messages", messages, []int{2000, 250, 60, 60})
		equal(t, "characters of other texts", texts, []int{3000, 3000, 3000, 64})
		equal(t, "JSON is left out", noJSON, []bool{false, false, false, true})
	})
	t.Run("ReplacesWhatTheCharacterSetLacks", func(t *testing.T) {
		t.Parallel()
		var texts []string
		var documents []any
		for _, s := range refused(t, badCharacter, badCharacter) {
			texts, documents = append(texts, s.Text("aé🔥", 64)), append(documents, s.JSON("aé🔥"))
		}
		equal(t, "texts", texts, []string{"aé🔥", "aé\uFFFD", "a??"})
		escaped := `"a\u00e9\ud83d\udd25"`
		equal(t, "JSON", documents, []any{`"aé🔥"`, escaped, escaped})
		var back string
		if err := json.Unmarshal([]byte(escaped), &back); err != nil || back != "aé🔥" {
			t.Errorf("the escaped JSON says %q, %v", back, err)
		}
	})
	t.Run("GivesUpWhenNothingIsLeftToReduce", func(t *testing.T) {
		t.Parallel()
		for _, refuse := range []error{tooLong, badCharacter} {
			attempts := 0
			err := rowfit.Fit(func(rowfit.Shape) error { attempts++; return refuse })
			if !errors.Is(err, refuse) || attempts != 6 {
				t.Errorf("error %v after %d attempts", err, attempts)
			}
		}
	})
	t.Run("LeavesOtherErrorsAlone", func(t *testing.T) {
		t.Parallel()
		attempts, deadlock := 0, &mysql.MySQLError{Number: 1213}
		if err := rowfit.Fit(func(rowfit.Shape) error { attempts++; return deadlock }); !errors.Is(err, deadlock) || attempts != 1 {
			t.Errorf("error %v after %d attempts", err, attempts)
		}
	})
}

func TestShape_Value(t *testing.T) {
	t.Parallel()
	shapes := refused(t, tooLong, tooLong)
	long := strings.Repeat("x", 100)
	var got []any
	for _, s := range shapes {
		got = append(got, s.Value(long))
	}
	equal(t, "a long value", got[:2], []any{long, long})
	if short := got[2].(string); utf8.RuneCountInString(short) != 60 || !strings.HasSuffix(short, "…") {
		t.Errorf("cut to %q", short)
	}
	if s, ok := shapes[0].Value(func() {}).(string); !ok || s == "" {
		t.Error("what JSON cannot encode is no text")
	}
}

func TestMessage(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct{ text, want string }{
		"RemovesSecrets":     {"login with password=hunter2", "login with password=REDACTED"},
		"ReplacesInvalid":    {"a\xffb\x00c", "a\uFFFDb c"},
		"CutsInCharacters":   {strings.Repeat("é", 2001), strings.Repeat("é", 1999) + "…"},
		"KeepsWhatJustFits":  {strings.Repeat("é", 2000), strings.Repeat("é", 2000)},
		"KeepsTheEmptyEmpty": {"", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			equal(t, "message", rowfit.Message(tc.text), tc.want)
		})
	}
}

func TestEncode(t *testing.T) {
	t.Parallel()
	got, err := rowfit.Encode([]any{"<a & b>", json.RawMessage("\"\xff\"")})
	if err != nil || got != "[\"<a & b>\",\"\uFFFD\"]" {
		t.Errorf("%s, %v", got, err)
	}
}
