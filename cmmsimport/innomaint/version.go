package innomaint

import (
	"runtime/debug"
	"sync"
)

const modulePath = "ic3.internal/innomaintsync"

// libraryVersion is the version of this module that the running program was built with, for the User-Agent.
var libraryVersion = sync.OnceValue(func() string {
	info, _ := debug.ReadBuildInfo() // nil without modules
	return versionIn(info)
})

// versionIn returns "devel" where the program was not built from a release: in this repository, through a replace or a
// vendored copy without a version.
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
