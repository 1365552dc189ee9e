package consoletest_test

import (
	"flag"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"ic3.internal/innomaintsync/cmmsimport/innomaint/innomainttest"
)

// screenshots is the directory for the pictures of the documentation:
//
//	go -C examples test ./consoletest -run TestScreenshots -screenshots ../../docs/images
var screenshots = flag.String("screenshots", "", "write the pictures of the documentation to this `directory`, relative to the package")

const maxPicture = 200 << 10

func TestScreenshots(t *testing.T) {
	t.Parallel()
	folder := *screenshots
	if folder == "" {
		folder = t.TempDir() // the test always takes the pictures
	}
	s, fleet := setupPast(t, 240, 42)
	for _, asset := range fleet[:80] { // Harbour Hospital's, slow enough to show progress
		s.api.ScriptAlways(asset.ID, innomainttest.Answer{Delay: 40 * time.Millisecond})
	}
	hold := make(chan struct{})
	defer close(hold)
	s.api.ScriptAlways(fleet[47].ID, innomainttest.Answer{Hold: hold})

	b := newTab(t)
	b.device(1100, 900, "light")
	b.open(s, "")
	b.run(chromedp.SetValue("#start-customer", "990001", chromedp.ByQuery))
	b.button("Start")
	b.see("[data-part=text]", "47 of 80 assets done")

	for _, picture := range []struct {
		name, address string
		width, height int64
		scheme        string
	}{ // at the widths in which a README shows them
		{"console-light", "", 1100, 1000, "light"},
		{"console-dark", "", 1100, 1000, "dark"},
		{"console-failures", "failures", 1100, 900, "light"},
		{"console-asset-dark", "asset?customer=990002&id=" + fleet[81].ID, 1100, 800, "dark"},
		{"console-phone", "", 390, 844, "light"},
		{"console-phone-failures-dark", "failures", 390, 844, "dark"},
	} {
		b.device(picture.width, picture.height, picture.scheme)
		b.open(s, picture.address)
		var png []byte
		b.run(chromedp.CaptureScreenshot(&png))
		must(t, os.WriteFile(filepath.Join(folder, picture.name+".png"), png, 0o644))
		if len(png) > maxPicture {
			t.Errorf("%s has %d bytes: too many for a README", picture.name, len(png))
		}
	}
}
