package main

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// version is major, minor and patch.
type version [3]int

var versionPattern = regexp.MustCompile(`^(\d+)\.(\d+)\.(\d+)$`)

func parseVersion(text string) (v version, err error) {
	numbers := versionPattern.FindStringSubmatch(text)
	if numbers == nil {
		return v, fmt.Errorf("%q is no version: 1.2.3", text)
	}
	for i := range v {
		if v[i], err = strconv.Atoi(numbers[i+1]); err != nil {
			return v, err
		}
	}
	return v, nil
}

func (v version) String() string { return fmt.Sprintf("%d.%d.%d", v[0], v[1], v[2]) }

func (v version) compare(w version) int {
	return cmp.Or(cmp.Compare(v[0], w[0]), cmp.Compare(v[1], w[1]), cmp.Compare(v[2], w[2]))
}

// changelog is what the check needs of CHANGELOG.md: its releases, the latest first, and the headings of the section on top
// of which a release is cut.
type changelog struct {
	releases   []version
	headings   map[version][]string // "Added", …; those of Unreleased at the zero version
	unreleased bool
}

var (
	sectionPattern = regexp.MustCompile(`^## \[(.+)\](?: - (\d{4}-\d\d-\d\d))?$`)
	headingPattern = regexp.MustCompile(`^### (.+)$`)
)

func parseChangelog(text string) (c changelog, err error) {
	c.headings = map[version][]string{}
	var at version
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if section := sectionPattern.FindStringSubmatch(line); section != nil {
			if section[1] == "Unreleased" {
				c.unreleased = len(c.releases) == 0
				continue
			}
			if at, err = parseVersion(section[1]); err != nil {
				return c, fmt.Errorf("CHANGELOG.md: %w", err)
			}
			if section[2] == "" {
				return c, fmt.Errorf("CHANGELOG.md: release %s has no date: ## [%s] - 2006-01-02", at, at)
			}
			if len(c.releases) > 0 && at.compare(c.releases[len(c.releases)-1]) >= 0 {
				return c, fmt.Errorf("CHANGELOG.md: release %s stands below an earlier one", at)
			}
			c.releases = append(c.releases, at)
		} else if strings.HasPrefix(line, "## ") {
			return c, fmt.Errorf("CHANGELOG.md: %q is neither ## [Unreleased] nor ## [1.2.3] - 2006-01-02", line)
		}
		if heading := headingPattern.FindStringSubmatch(line); heading != nil {
			c.headings[at] = append(c.headings[at], heading[1])
		}
	}
	if !c.unreleased {
		return c, errors.New("CHANGELOG.md: the first section must be ## [Unreleased], be it empty")
	}
	return c, nil
}

// latest is the last release, the zero version where there is none.
func (c changelog) latest() version {
	if len(c.releases) == 0 {
		return version{}
	}
	return c.releases[0]
}
