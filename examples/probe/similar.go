package main

import (
	"slices"
	"strings"
	"unicode"

	"ic3.internal/innomaintsync/cmmsimport/innomaint"
)

// generic names say nothing without what they stand in: owner.name is not the asset's name.
var generic = []string{"id", "name", "code", "title", "label", "value", "text", "date", "number", "no", "key", "type", "start", "end", "from", "to", "until", "level", "unit"}

// similarity compares a path's last key, and it with the one before, with what a field is called; 1 is the same.
func similarity(field, path string) (best float64) {
	defaults := innomaint.DefaultFieldMap()
	names := append(pathsOf(&defaults, field), synonyms[field]...)
	last := words(lastKey(path))
	before := words(lastKey(strings.TrimSuffix(strings.TrimSuffix(path, lastKey(path)), ".")))
	for _, name := range names {
		name = words(name)
		if before == "" || !slices.Contains(generic, last) {
			best = max(best, dice(name, last))
		}
		if before != "" {
			best = max(best, dice(name, before+" "+last))
			if slices.Contains(masters, field) && slices.Contains(generic, last) {
				best = max(best, dice(name, before))
			}
		}
	}
	return best
}

// lastKey returns the last component of a path. A dot behind a backslash is part of a key.
func lastKey(path string) string {
	for i := len(path) - 1; i > 0; i-- {
		if path[i] == '.' && path[i-1] != '\\' {
			return path[i+1:]
		}
	}
	return path
}

// words turns a name into lower-case words with a space between: equipmentNo, EQUIPMENT_NO and "Equipment no." are one.
func words(name string) string {
	var b strings.Builder
	space, lower := false, false
	for _, r := range name {
		switch {
		case !unicode.IsLetter(r) && !unicode.IsDigit(r):
			space, lower = b.Len() > 0, false
			continue
		case unicode.IsUpper(r) && lower:
			space = true
		}
		if space {
			b.WriteByte(' ')
			space = false
		}
		lower = unicode.IsLower(r) || unicode.IsDigit(r)
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}

// dice is the Sørensen-Dice coefficient of the pairs of letters in two names.
func dice(a, b string) float64 {
	if a == b {
		return 1
	}
	pairsA, pairsB := pairs(a), pairs(b)
	if len(pairsA)+len(pairsB) == 0 {
		return 0
	}
	common := 0
	for _, pair := range pairsA {
		if i := slices.Index(pairsB, pair); i >= 0 {
			pairsB = slices.Delete(slices.Clone(pairsB), i, i+1)
			common++
		}
	}
	return 2 * float64(common) / float64(len(pairs(a))+len(pairs(b)))
}

func pairs(s string) (all []string) {
	letters := []rune(strings.ReplaceAll(s, " ", ""))
	for i := range len(letters) - 1 {
		all = append(all, string(letters[i:i+2]))
	}
	return all
}
