package consoletest_test

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	cdplog "github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// Limits for a page that does not reach the expected state. A loaded machine needs a small part of this time.
const (
	waitLimit    = 90 * time.Second
	browserLimit = 5 * time.Minute
)

// shared is the Chromium of this test binary.
var shared struct {
	once  sync.Once
	ctx   context.Context
	close func()
	err   error
}

func findChromium() string {
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	return ""
}

func startBrowser() {
	path := findChromium()
	profile, err := os.MkdirTemp("", "console-chromium")
	if err != nil {
		shared.err = err
		return
	}
	// Without chromedp's default flags, which are meant for other tests.
	allocator, closeAllocator := chromedp.NewExecAllocator(context.Background(),
		chromedp.ExecPath(path), chromedp.UserDataDir(profile), chromedp.Headless, chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.NoFirstRun, chromedp.Flag("disable-quic", true), chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true),
		chromedp.WSURLReadTimeout(time.Minute))
	browser, closeContext := chromedp.NewContext(allocator)
	shared.ctx = browser
	shared.close = func() {
		closeContext()
		closeAllocator()
		_ = os.RemoveAll(profile)
	}
	shared.err = chromedp.Run(browser)
}

func closeBrowser() {
	if shared.close != nil {
		shared.close()
	}
}

// tab is a browser tab. It fails the test on a request to another machine, on a script error, and on what the
// Content-Security-Policy blocks.
type tab struct {
	t   testing.TB
	ctx context.Context
}

func newTab(t testing.TB) *tab {
	t.Helper()
	if testing.Short() {
		t.Skip("needs Chromium; run without -short")
	}
	if findChromium() == "" {
		t.Fatal("Chromium was not found: make setup installs it; go test -short leaves out the tests that need it")
	}
	shared.once.Do(startBrowser)
	must(t, shared.err)
	ctx, cancel := chromedp.NewContext(shared.ctx)
	t.Cleanup(cancel)
	ctx, cancelTimeout := context.WithTimeout(ctx, browserLimit)
	t.Cleanup(cancelTimeout)
	b := &tab{t: t, ctx: ctx}
	chromedp.ListenTarget(ctx, b.watch)
	b.run(network.Enable(), cdplog.Enable(), runtime.Enable())
	return b
}

func (b *tab) watch(event any) {
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		u, err := url.Parse(e.Request.URL)
		if err != nil || u.Hostname() != "127.0.0.1" && u.Hostname() != "localhost" && u.Scheme != "data" && u.Scheme != "about" {
			b.t.Errorf("request to another machine: %s", e.Request.URL)
		}
	case *runtime.EventExceptionThrown:
		b.t.Errorf("script error: %s", e.ExceptionDetails.Error())
	case *cdplog.EventEntryAdded:
		if e.Entry.Level == cdplog.LevelError && e.Entry.Source != cdplog.SourceNetwork {
			b.t.Errorf("browser error: %s (%s)", e.Entry.Text, e.Entry.URL)
		}
	}
}

func (b *tab) run(actions ...chromedp.Action) {
	b.t.Helper()
	if err := chromedp.Run(b.ctx, actions...); err != nil {
		b.t.Fatalf("%v\n%s", err, b.last())
	}
}

// open opens a page of the console.
func (b *tab) open(s *site, address string) {
	b.t.Helper()
	b.run(chromedp.Navigate(s.url+address), chromedp.WaitReady("main", chromedp.ByQuery))
}

// see waits until an element contains the text.
func (b *tab) see(selector, text string) {
	b.t.Helper()
	b.until("[...document.querySelectorAll(" + quote(selector) + ")].some(e => (e.innerText ?? e.textContent).replace(/\\s+/g, ' ').includes(" + quote(text) + "))")
}

// until waits until an expression is true, across page loads.
func (b *tab) until(expression string) {
	b.t.Helper()
	ticker := time.NewTicker(50 * time.Millisecond)
	defer ticker.Stop()
	timeout := time.After(waitLimit)
	for {
		var yes bool
		err := chromedp.Run(b.ctx, chromedp.Evaluate("Boolean(document.querySelector('main') && ("+expression+"))", &yes))
		if err == nil && yes { // an error comes from a page that is being closed
			return
		}
		select {
		case <-ticker.C:
		case <-timeout:
			b.t.Fatalf("timeout waiting for %s\n%v\n%s", expression, err, b.last())
		}
	}
}

// last returns the visible text for a failure report.
func (b *tab) last() string {
	var where, body string
	_ = chromedp.Run(b.ctx, chromedp.Location(&where), chromedp.Evaluate("document.body.innerText", &body)) // the report may lack it
	return fmt.Sprintf("at %s:\n%.2000s", where, body)
}

// eval returns the value of an expression.
func eval[T any](b *tab, expression string) (value T) {
	b.t.Helper()
	b.run(chromedp.Evaluate(expression, &value))
	return value
}

// button clicks the button with this text.
func (b *tab) button(text string) {
	b.t.Helper()
	b.press("//main//button[contains(normalize-space(), " + quote(text) + ")]")
}

// link clicks the link with this text.
func (b *tab) link(text string) {
	b.t.Helper()
	b.press("//main//a[contains(normalize-space(), " + quote(text) + ")]")
}

func (b *tab) press(xpath string) {
	b.t.Helper()
	find := "document.evaluate(" + quote(xpath) + ", document, null, XPathResult.FIRST_ORDERED_NODE_TYPE).singleNodeValue"
	b.until("document.readyState === 'complete' && " + find)
	b.run(chromedp.Evaluate(find+".click()", nil))
}

// device sets the size of the window and the color scheme.
func (b *tab) device(width, height int64, scheme string) {
	b.t.Helper()
	phone, scale := width < 600, 1.25
	if phone {
		scale = 2
	}
	b.run(emulation.SetDeviceMetricsOverride(width, height, scale, phone),
		emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}))
}

func quote(s string) string { return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"` }
