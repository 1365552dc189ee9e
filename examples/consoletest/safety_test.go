package consoletest_test

import (
	"context"
	"fmt"
	"html/template"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"ic3.internal/innomaintsync/cmmsimport/innomaint/innomainttest"
	"ic3.internal/innomaintsync/cmmsimport/synclog"
)

// Names, ids and messages are text on every page. If they were markup, the script would run or the browser would report it.
func TestValuesAreEscaped(t *testing.T) {
	t.Parallel()
	s := setup(t)
	const evil = `"><img src=x onerror=owned=1><script>owned=1</script>`
	id := `<script>owned=1</script>'"&`
	body := innomainttest.SampleAsset(id)
	body["asset_name"], body["purchase_date"] = evil, evil
	body["vendor"] = map[string]any{"id": 5, "name": evil}
	s.link(customer, id, body)
	s.link(customer, "A-2"+evil, nil)
	s.api.Script("A-2"+evil, innomainttest.Answer{Status: 404, Body: `{"status":"error","message":"no </p><script>owned=1</script> here"}`})
	s.link(customer, "A-3", nil)
	s.sync(nil)
	run := s.runs()[0]
	run.ErrorMessage, run.CurrentAsset, run.Host, run.Status, run.FinishedAt, run.HeartbeatAt = evil, evil, evil, synclog.Running, nil, run.StartedAt
	must(t, s.db.Save(&run).Error)

	b := newTab(t)
	for _, address := range []string{
		"", "runs", "failures", "warnings", "run?show=all&id=" + run.ID, "asset?id=" + url.QueryEscape(id), "asset?id=" + url.QueryEscape("A-2"+evil),
		"assets?q=%3Cscript", "assets?q=" + url.QueryEscape(evil), "assets?customer=990001", "run?id=" + url.QueryEscape(evil), "runs?before=" + url.QueryEscape(evil),
	} {
		b.open(s, address)
		if eval[bool](b, "typeof owned !== 'undefined' || document.querySelector('main script, main img, main [onerror]') !== null") {
			t.Errorf("%s: a value became markup:\n%s", address, b.last())
		}
	}
	b.open(s, "asset?id="+url.QueryEscape(id))
	b.see("h1", id)
	b.see(".changes", evil)
	b.see(".warned", "onerror=owned=1")
	b.open(s, "failures")
	b.see(".message", "no </p><script>owned=1</script> here")
}

// A page of another origin submits the forms in the operator's browser.
func TestCrossOriginRequestsAreRefused(t *testing.T) {
	t.Parallel()
	s := setup(t)
	release := fill(s, 3, "A-2")
	defer close(release)
	b := newTab(t)
	b.open(s, "")
	startRun(b)
	b.see("[data-part=text]", "1 of 3 assets done")
	running := s.runs()[0].ID

	form := template.Must(template.New("").Parse(`<!doctype html><main><form method="post" action="{{.Action}}">
		<input name="customer" value="all"><input name="run" value="{{.Run}}"></form></main>`))
	for _, host := range []string{"127.0.0.1", "localhost"} { // same site but another port; another site
		for _, action := range []string{"start", "cancel"} {
			evil := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				_ = form.Execute(w, map[string]string{"Action": s.url + action, "Run": running})
			}))
			t.Cleanup(evil.Close)
			foreign := newTab(t)
			foreign.run(chromedp.Navigate(strings.Replace(evil.URL, "127.0.0.1", host, 1)))
			foreign.until("document.querySelector('form')")
			foreign.run(chromedp.Evaluate("document.querySelector('form').submit()", nil))
			foreign.untilBody("cross-origin request detected")
		}
	}
	equal(t, "runs", len(s.runs()), 1)
	equal(t, "it continues", s.runs()[0].Status, synclog.Running)
}

// untilBody waits for a page that is not one of the console's.
func (b *tab) untilBody(text string) {
	b.t.Helper()
	b.run(chromedp.ActionFunc(func(ctx context.Context) error {
		return chromedp.WaitVisible(`//body[contains(., `+quote(text)+`)]`, chromedp.BySearch).Do(ctx)
	}))
}

func TestSecurityHeaders(t *testing.T) {
	t.Parallel()
	s := setup(t)
	for _, address := range []string{"", "failures", "static/console.js", "export.csv"} {
		response, err := http.Get(s.url + address)
		must(t, err)
		response.Body.Close()
		policy := response.Header.Get("Content-Security-Policy")
		for _, want := range []string{"default-src 'none'", "script-src 'self'", "frame-ancestors 'none'", "form-action 'self'"} {
			if !strings.Contains(policy, want) || strings.Contains(policy, "unsafe") {
				t.Errorf("%q has the policy %q", address, policy)
			}
		}
		equal(t, address, response.Header.Get("X-Content-Type-Options"), "nosniff")
	}
}

func TestFormsRefuseInvalidInput(t *testing.T) {
	t.Parallel()
	s := setup(t)
	for _, test := range []struct {
		address string
		form    url.Values
		status  int
	}{
		{"start", url.Values{}, http.StatusBadRequest},
		{"start", url.Values{"customer": {"x"}}, http.StatusBadRequest},
		{"start", url.Values{"customer": {"0"}}, http.StatusBadRequest},
		{"start", url.Values{"customer": {"all"}, "cause": {"none"}}, http.StatusConflict},
		{"start", url.Values{"customer": {strings.Repeat("9", 70_000)}}, http.StatusRequestEntityTooLarge},
		{"cancel", url.Values{"run": {"01AAAAAAAAAAAAAAAAAAAAAAAA"}}, http.StatusConflict},
	} {
		response, err := http.PostForm(s.url+test.address, test.form)
		must(t, err)
		response.Body.Close()
		equal(t, fmt.Sprintf("%s %.60v", test.address, test.form), response.StatusCode, test.status)
	}
	for address, want := range map[string]int{
		"run?id=none": 404, "asset?id=none": 404, "failures?customer=x": 400, "failures?cause=none": 404, "asset?id=A-1&before=x": 400,
		"nothing": 404, "start": 405, "static/../console.go": 404,
	} {
		response, err := http.Get(s.url + address)
		must(t, err)
		response.Body.Close()
		equal(t, address, response.StatusCode, want)
	}
	equal(t, "runs", len(s.runs()), 0)
}
