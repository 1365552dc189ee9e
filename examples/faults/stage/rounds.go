package stage

import "os"

// Rounds returns how often a test repeats what is left to chance: long where INNOMAINT_SOAK is set, as make soak does.
func Rounds(short, long int) int {
	if os.Getenv("INNOMAINT_SOAK") != "" {
		return long
	}
	return short
}

// Soak reports whether time does not matter.
func Soak() bool { return Rounds(0, 1) == 1 }
