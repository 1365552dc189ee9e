package consoletest_test

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// everyPage returns a page of each kind.
func everyPage(t *testing.T) (*site, []string) {
	t.Helper()
	s, fleet := setupPast(t, 120, 21)
	return s, []string{"", "runs", "run?show=all&id=" + s.runs()[0].ID, "failures", "warnings", "assets?q=QS", "asset?id=" + fleet[6].ID, "run?id=none"}
}

func TestPagesFitAPhone(t *testing.T) {
	t.Parallel()
	s, pages := everyPage(t)
	b := newTab(t)
	for _, width := range []int64{320, 390} {
		b.device(width, 800, "light")
		for _, address := range pages {
			b.open(s, address)
			if wide := eval[int64](b, "document.documentElement.scrollWidth"); wide > width {
				t.Errorf("%q is %d pixels wide on a screen of %d", address, wide, width)
			}
			small := eval[[]string](b, `[...document.querySelectorAll('button, main select, main input:not([type=checkbox]):not([type=hidden])')]
				.filter(e => e.getBoundingClientRect().height && e.getBoundingClientRect().height < 40).map(e => e.outerHTML)`)
			if len(small) > 0 {
				t.Errorf("%q has touch targets that are too small: %q", address, small)
			}
		}
	}
}

// contrasts returns the texts whose contrast with their background is below 4.5, the limit of WCAG AA.
const contrasts = `(() => {
	const parse = c => c.match(/[\d.]+/g).map(Number);
	const luminance = ([r, g, b]) => [r, g, b].map(v => (v /= 255) <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
		.reduce((sum, v, i) => sum + v * [.2126, .7152, .0722][i], 0);
	const behind = e => { for (; e; e = e.parentElement) { const c = parse(getComputedStyle(e).backgroundColor); if (c[3] !== 0) return c; } return [255, 255, 255]; };
	const low = [], walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
	for (let seen = 0; walker.nextNode(); ) {
		const text = walker.currentNode.textContent.trim(), e = walker.currentNode.parentElement;
		if (!text || !e.getClientRects().length) continue;
		const style = getComputedStyle(e), ink = parse(e.closest('svg') ? style.fill : style.color);
		const [a, b] = [luminance(ink), luminance(behind(e))].sort((x, y) => y - x);
		if ((a + .05) / (b + .05) < 4.5) low.push(((a + .05) / (b + .05)).toFixed(2) + ' ' + e.className + ' ' + text.slice(0, 40));
	}
	return low;
})()`

func TestContrastInDarkAndLight(t *testing.T) {
	t.Parallel()
	s, pages := everyPage(t)
	b := newTab(t)
	backgrounds := map[string]bool{}
	for _, scheme := range []string{"light", "dark"} {
		b.device(1000, 900, scheme)
		for _, address := range pages {
			b.open(s, address)
			for _, low := range eval[[]string](b, contrasts) {
				t.Errorf("%s, %q: contrast %s", scheme, address, low)
			}
		}
		backgrounds[eval[string](b, "getComputedStyle(document.body).backgroundColor")] = true
	}
	equal(t, "different backgrounds", len(backgrounds), 2)
}

// faults lists what a screen reader needs and a page lacks: names of controls and images, labels, landmarks, one main heading.
const faults = `(() => {
	const found = [], named = e => e.labels?.length || e.getAttribute('aria-label') || e.getAttribute('aria-labelledby') || e.textContent.trim();
	for (const e of document.querySelectorAll('input:not([type=hidden]), select, button, a, [role=img]')) if (!named(e)) found.push('no name: ' + e.outerHTML);
	for (const e of document.querySelectorAll('nav, progress')) if (!e.getAttribute('aria-label')) found.push('no label: ' + e.outerHTML.slice(0, 60));
	for (const e of document.querySelectorAll('[aria-labelledby]')) for (const id of e.getAttribute('aria-labelledby').split(' ')) if (!document.getElementById(id)) found.push('no ' + id);
	for (const [what, n] of [['main', 1], ['header', 1], ['h1', 1], ['title', -1]]) if (document.querySelectorAll(what).length !== n && n > 0) found.push('not one ' + what);
	let level = 0;
	for (const h of document.querySelectorAll('h1, h2, h3')) { const l = Number(h.tagName[1]); if (l > level + 1) found.push('skips a level: ' + h.textContent); level = l; }
	const ids = [...document.querySelectorAll('[id]')].map(e => e.id);
	if (new Set(ids).size !== ids.length) found.push('an id twice');
	for (const th of document.querySelectorAll('th')) if (!th.scope) found.push('a header cell without scope');
	if (!document.documentElement.lang) found.push('no language');
	return found;
})()`

func TestPagesAreAccessibleToScreenReaders(t *testing.T) {
	t.Parallel()
	s, pages := everyPage(t)
	b := newTab(t)
	for _, address := range pages {
		b.open(s, address)
		for _, fault := range eval[[]string](b, faults) {
			t.Errorf("%q: %s", address, fault)
		}
	}
	b.open(s, "")
	equal(t, "progress is announced", eval[int](b, "document.querySelectorAll('[role=status][aria-live=polite]').length"), 1)
}

// Skips the menu, chooses a customer, starts and cancels a run, with the keyboard only.
func TestKeyboardOnly(t *testing.T) {
	t.Parallel()
	s := setup(t)
	defer close(fill(s, 4, "A-2"))
	b := newTab(t)
	b.open(s, "")
	focused := func() string {
		return eval[string](b, "(e => e.id || e.innerText || e.tagName)(document.activeElement)")
	}
	tabTo := func(what string) {
		t.Helper()
		for range 40 {
			if focused() == what {
				outline := eval[string](b, "getComputedStyle(document.activeElement).outlineStyle + getComputedStyle(document.activeElement).outlineWidth")
				equal(t, "focus is visible on "+what, outline, "solid3px")
				return
			}
			b.run(chromedp.KeyEvent(kb.Tab))
		}
		t.Fatalf("the Tab key does not reach %q", what)
	}

	b.run(chromedp.KeyEvent(kb.Tab))
	equal(t, "first stop", focused(), "Skip to content")
	equal(t, "it is visible", eval[bool](b, "document.activeElement.getBoundingClientRect().top >= 0"), true)
	b.run(chromedp.KeyEvent(kb.Enter))
	b.until("document.activeElement.id === 'main'")
	b.run(chromedp.KeyEvent(kb.Tab))
	tabTo("start-customer")
	b.run(chromedp.KeyEvent("H")) // Harbour Hospital
	b.until("document.activeElement.value === '990001'")
	tabTo("only-failed")
	tabTo("Start")
	b.run(chromedp.KeyEvent(kb.Enter))
	b.see("[data-part=text]", "1 of 4 assets done")
	tabTo("Cancel run")
	b.run(chromedp.KeyEvent(" "))
	b.see(".lead .badge", "Interrupted")
}

// Without JavaScript a run can be started, and its page reloads until the run ends.
func TestPagesWorkWithoutJavaScript(t *testing.T) {
	t.Parallel()
	s := setup(t)
	defer close(fill(s, 4, "A-1"))
	response, err := http.PostForm(s.url+"start", url.Values{"customer": {"990001"}})
	must(t, err)
	defer response.Body.Close()
	page, err := io.ReadAll(response.Body)
	must(t, err)
	for _, want := range []string{"0 of 4 assets done", `<noscript><meta http-equiv="refresh"`, "Cancel run"} {
		if !strings.Contains(string(page), want) {
			t.Errorf("the page lacks %q:\n%s", want, page)
		}
	}
}
