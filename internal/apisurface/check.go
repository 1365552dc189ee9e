package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// incompatible is the heading under which CHANGELOG.md must tell of what breaks hosts.
const incompatible = "Incompatible"

// check holds the code to what is recorded, and a release to its version.
func (s state) check() error {
	var problems []error
	if gone := minus(s.current, s.code); len(gone) > 0 {
		problems = append(problems, s.goneError(gone))
	}
	if added := minus(s.code, s.current); len(added) > 0 {
		problems = append(problems, fmt.Errorf("not in api/current.txt yet; record it with make api:\n  %s", strings.Join(added, "\n  ")))
	}
	latest := s.changelog.latest()
	if latest != s.released.version {
		problems = append(problems, s.checkRelease(),
			fmt.Errorf("CHANGELOG.md has release %s, api/released.txt %s: record it with make api", latest, s.released.version))
	}
	if broken := minus(s.released.surface, s.current); len(broken) > 0 && !s.tells(version{}) && (latest == s.released.version || !s.tells(latest)) {
		problems = append(problems, fmt.Errorf("gone since %s; tell hosts about it in CHANGELOG.md, under ### %s:\n  %s",
			s.released.version, incompatible, strings.Join(broken, "\n  ")))
	}
	return errors.Join(problems...)
}

func (s state) tells(of version) bool { return slices.Contains(s.changelog.headings[of], incompatible) }

func (s state) goneError(gone []string) error {
	return fmt.Errorf("removed or changed, which breaks hosts; where that is meant, delete these lines from api/current.txt "+
		"and tell of it in CHANGELOG.md under ### %s:\n  %s", incompatible, strings.Join(gone, "\n  "))
}

// checkRelease says whether the version of the release that is being cut says enough: a new major where something is gone
// or changed (before 1.0.0, a new minor), a new minor where something came, else a new patch.
func (s state) checkRelease() error {
	from, to := s.released.version, s.changelog.latest()
	if to.compare(from) <= 0 {
		return fmt.Errorf("release %s in CHANGELOG.md does not come after %s of api/released.txt", to, from)
	}
	if from == (version{}) { // nothing was promised
		return nil
	}
	broken, added := minus(s.released.surface, s.current), minus(s.current, s.released.surface)
	least, reason := version{from[0], from[1], from[2] + 1}, error(nil)
	switch {
	case (len(broken) > 0 || s.tells(to)) && from[0] > 0:
		least, reason = version{from[0] + 1, 0, 0}, fmt.Errorf("it is incompatible with %s:\n  %s", from, strings.Join(broken, "\n  "))
	case len(broken) > 0 || s.tells(to):
		least, reason = version{0, from[1] + 1, 0}, fmt.Errorf("it is incompatible with %s:\n  %s", from, strings.Join(broken, "\n  "))
	case len(added) > 0:
		least, reason = version{from[0], from[1] + 1, 0}, fmt.Errorf("it adds to %s:\n  %s", from, strings.Join(added, "\n  "))
	}
	if to.compare(least) < 0 {
		return fmt.Errorf("release %s must be %s at least, since %w", to, least, reason)
	}
	return nil
}
