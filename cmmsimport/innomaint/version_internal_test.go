package innomaint

import (
	"runtime/debug"
	"testing"
)

func TestVersionIn(t *testing.T) {
	t.Parallel()
	other := &debug.Module{Path: "example.com/other", Version: "v9.9.9"}
	for name, test := range map[string]struct {
		info *debug.BuildInfo
		want string
	}{
		"a host's build":  {&debug.BuildInfo{Deps: []*debug.Module{other, {Path: modulePath, Version: "v1.2.3"}}}, "v1.2.3"},
		"a replace":       {&debug.BuildInfo{Deps: []*debug.Module{{Path: modulePath, Version: "v0.0.0", Replace: other}}}, "devel"},
		"a workspace":     {&debug.BuildInfo{Deps: []*debug.Module{{Path: modulePath, Version: "(devel)"}}}, "devel"},
		"this repository": {&debug.BuildInfo{Main: debug.Module{Path: modulePath}}, "devel"},
		"no modules":      {nil, "devel"},
	} {
		if got := versionIn(test.info); got != test.want {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}
}
