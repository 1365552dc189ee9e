package main

import (
	"strings"
	"testing"
)

const unreleased = "# Changelog\n\n## [Unreleased]\n"

func TestCheck(t *testing.T) {
	t.Parallel()
	old := []string{"p: func F()", "p: func G()"}
	less, more := old[:1], append(old[:2:2], "p: func H()")
	at := func(v string) release {
		parsed, err := parseVersion(v)
		if err != nil {
			t.Fatal(err)
		}
		return release{parsed, old}
	}
	for name, test := range map[string]struct {
		code, current []string
		released      release
		changelog     string
		want          string // in the error; "" for none
	}{
		"before the first release":          {old, old, release{}, unreleased, ""},
		"an addition that is not recorded":  {more, old, release{}, unreleased, "record it with make api:\n  p: func H()"},
		"a removal":                         {less, old, release{}, unreleased, "which breaks hosts; where that is meant"},
		"a recorded removal, told":          {less, less, at("1.2.3"), unreleased + "### Incompatible\n## [1.2.3] - 2026-01-02\n", ""},
		"a recorded removal, not told":      {less, less, at("1.2.3"), unreleased + "### Removed\n## [1.2.3] - 2026-01-02\n### Incompatible\n", "gone since 1.2.3; tell hosts"},
		"a release that is not recorded":    {old, old, at("1.2.3"), unreleased + "## [1.2.4] - 2026-01-03\n## [1.2.3] - 2026-01-02\n", "record it with make api"},
		"an incompatible minor":             {less, less, at("1.2.3"), unreleased + "## [1.3.0] - 2026-01-03\n### Incompatible\n## [1.2.3] - 2026-01-02\n", "release 1.3.0 must be 2.0.0 at least, since it is incompatible with 1.2.3"},
		"an incompatible minor before 1.0":  {less, less, at("0.2.3"), unreleased + "## [0.2.4] - 2026-01-03\n### Incompatible\n## [0.2.3] - 2026-01-02\n", "must be 0.3.0 at least"},
		"incompatible in behaviour only":    {old, old, at("1.2.3"), unreleased + "## [1.3.0] - 2026-01-03\n### Incompatible\n## [1.2.3] - 2026-01-02\n", "must be 2.0.0 at least"},
		"an addition in a patch":            {more, more, at("1.2.3"), unreleased + "## [1.2.4] - 2026-01-03\n## [1.2.3] - 2026-01-02\n", "must be 1.3.0 at least, since it adds to 1.2.3"},
		"a release that goes back":          {old, old, at("1.2.3"), unreleased + "## [1.2.2] - 2026-01-03\n", "does not come after 1.2.3"},
		"a release that is missing by now":  {old, old, at("1.2.3"), unreleased, "does not come after 1.2.3"},
		"a first release, not yet recorded": {old, old, release{}, unreleased + "## [0.1.0] - 2026-01-03\n", "record it with make api"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			log, err := parseChangelog(test.changelog)
			if err != nil {
				t.Fatal(err)
			}
			err = state{code: test.code, current: test.current, released: test.released, changelog: log}.check()
			if test.want == "" && err != nil || test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)) {
				t.Errorf("error %v, want %q", err, test.want)
			}
		})
	}
}

// What is enough of a version.
func TestCheckRelease(t *testing.T) {
	t.Parallel()
	old := []string{"p: func F()"}
	for _, test := range []struct {
		from, to, headings string
		current            []string
	}{
		{"1.2.3", "2.0.0", "### Incompatible", nil},
		{"1.2.3", "3.0.0", "### Incompatible", nil},
		{"0.2.3", "0.3.0", "### Incompatible", nil},
		{"0.2.3", "1.0.0", "", old},
		{"1.2.3", "1.3.0", "### Added", append(old, "p: func G()")},
		{"1.2.3", "1.2.4", "### Fixed", old},
	} {
		log, err := parseChangelog(unreleased + "## [" + test.to + "] - 2026-01-03\n" + test.headings + "\n## [" + test.from + "] - 2026-01-02\n")
		if err != nil {
			t.Fatal(err)
		}
		s := state{code: test.current, current: test.current, released: release{log.releases[1], old}, changelog: log}
		if err := s.checkRelease(); err != nil {
			t.Errorf("%s after %s: %v", test.to, test.from, err)
		}
	}
}

func TestChangelogsThatAreNone(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"# Changelog\n## [1.0.0] - 2026-01-02\n":                              "the first section must be ## [Unreleased]",
		unreleased + "## [1.0] - 2026-01-02\n":                                "no version",
		unreleased + "## [1.0.0]\n":                                           "has no date",
		unreleased + "## 1.0.0 - 2026-01-02\n":                                "is neither",
		unreleased + "## [1.0.0] - 2026-01-02\n## [1.0.1] - 2026-01-01\n":     "below an earlier one",
		"## [1.0.0] - 2026-01-02\n## [Unreleased]\n## [0.9.0] - 2026-01-01\n": "the first section must be",
	} {
		if _, err := parseChangelog(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: error %v, want %q", text, err, want)
		}
	}
}
