package console

import (
	"embed"
	"fmt"
	"html/template"
	"net/url"
	"strconv"
	"strings"
	"time"

	"ic3.internal/innomaintsync/cmmsimport/innomaint"
)

//go:embed templates
var templates embed.FS

// pages are the templates by name. Each includes the layout.
var pages = parsePages("overview", "runs", "run", "problems", "problem", "assets", "asset", "failure")

// viewData is the data of the layout.
type viewData struct {
	view
	*Console
}

// Section is the page's entry in the menu.
func (d viewData) Section() string {
	switch d.Template {
	case "run":
		return "runs"
	case "asset":
		return "assets"
	case "problems", "problem":
		if p, ok := d.Data.(interface{ section() string }); ok {
			return p.section()
		}
	}
	return d.Template
}

// Customer is a customer's name on the pages.
func (c *Console) Customer(id uint64) string {
	if c.name != nil {
		if name := c.name(id); name != "" {
			return fmt.Sprintf("%s (%d)", name, id)
		}
	}
	return "Customer " + strconv.FormatUint(id, 10)
}

// Scope is the name of a run's customer, or of all customers.
func (c *Console) Scope(customerID *uint64) string {
	if customerID == nil {
		return "All customers"
	}
	return c.Customer(*customerID)
}

func parsePages(names ...string) map[string]*template.Template {
	layout := template.Must(template.New("layout").Funcs(template.FuncMap{
		"count": count[int], "count64": count[int64], "number": number[int64], "int": number[int], "duration": duration, "ms": milliseconds,
		"at": at, "iso": iso, "day": shortDay, "ago": func(t time.Time) string { return ago(time.Since(t)) },
		"minus": func(a, b int) int { return a - b }, "title": func(kind string) string { return kindTitle(innomaint.Kind(kind)) }, "field": field, "filter": filter, "list": list, "entries": entries,
		"query": query, "since": func(t time.Time) string { return span(time.Since(t)) },
	}).ParseFS(templates, "templates/layout.html", "templates/parts.html"))
	parsed := map[string]*template.Template{}
	for _, name := range names {
		parsed[name] = template.Must(template.Must(layout.Clone()).ParseFS(templates, "templates/"+name+".html"))
	}
	return parsed
}

// query builds the query part of a URL from names and values. Empty values are left out.
func query(pairs ...any) template.URL {
	values := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		text := ""
		switch value := pairs[i+1].(type) {
		case *uint64:
			if value != nil {
				text = strconv.FormatUint(*value, 10)
			}
		case uint64:
			if value != 0 {
				text = strconv.FormatUint(value, 10)
			}
		case string:
			text = value
		}
		if text != "" {
			values.Set(fmt.Sprint(pairs[i]), text)
		}
	}
	return template.URL("?" + values.Encode()) // Encode escapes everything that could end the attribute or the query
}

// number adds thousands separators.
func number[T int | int64](n T) string {
	s := strconv.FormatInt(int64(n), 10)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

func count[T int | int64](n T, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return number(n) + " " + what + "s"
}

func at(t time.Time) string {
	if t.IsZero() {
		return "never"
	}
	return t.UTC().Format("2 Jan 2006, 15:04:05")
}

func iso(t time.Time) string { return t.UTC().Format(time.RFC3339) }

func milliseconds(ms *int64) string {
	if ms == nil {
		return "–"
	}
	return duration(time.Duration(*ms) * time.Millisecond)
}

// duration formats a duration.
func duration(d time.Duration) string {
	switch {
	case d <= 0:
		return "0"
	case d < time.Second:
		return fmt.Sprintf("%d ms", d.Milliseconds())
	case d < 10*time.Second:
		return fmt.Sprintf("%.1f s", d.Seconds())
	case d < 2*time.Minute:
		return fmt.Sprintf("%.0f s", d.Seconds())
	case d < 10*time.Minute && d.Round(time.Second)%time.Minute != 0:
		d = d.Round(time.Second)
		return fmt.Sprintf("%d min %d s", d/time.Minute, d%time.Minute/time.Second)
	case d < 2*time.Hour:
		return fmt.Sprintf("%.0f min", d.Minutes())
	}
	return strings.TrimSuffix(fmt.Sprintf("%.1f", d.Hours()), ".0") + " h"
}

// span formats an elapsed time in words.
func span(d time.Duration) string {
	switch {
	case d < 2*time.Minute:
		return "a minute"
	case d < 2*time.Hour:
		return fmt.Sprintf("%d minutes", int(d.Minutes()))
	case d < 48*time.Hour:
		return fmt.Sprintf("%d hours", int(d.Hours()))
	}
	return fmt.Sprintf("%.0f days", d.Hours()/24)
}

func ago(d time.Duration) string {
	if d < time.Minute {
		return "just now"
	}
	return span(d) + " ago"
}
