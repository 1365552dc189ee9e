package innomaint

import (
	"runtime/debug"
	"sync"
)

const modulePath = "ic3.internal/innomaintsync"

// libraryVersion is the version of this module in the running program, for the User-Agent.
var libraryVersion = sync.OnceValue(func() string {
	info, _ := debug.ReadBuildInfo() // nil without modules
	return versionIn(info)
})

// versionIn returns "devel" for a program that was not built from a release of this module.
func versionIn(info *debug.BuildInfo) string {
	if info != nil {
		for _, module := range info.Deps {
			if module.Path == modulePath && module.Replace == nil && module.Version != "" && module.Version != "(devel)" {
				return module.Version
			}
		}
	}
	return "devel"
}
