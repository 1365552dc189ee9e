package console

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"

	"ic3.internal/innomaintsync/cmmsimport/synclog"
)

// answer is what a page's function comes to: a view to be rendered, or a place to go.
type answer interface {
	write(c *Console, w http.ResponseWriter)
}

// view is a page: the name of its template, and what that shows.
type view struct {
	Template string
	Title    string
	Status   int // default 200
	Data     any
}

func (v view) write(c *Console, w http.ResponseWriter) {
	var page bytes.Buffer // whole or not at all
	if err := pages[v.Template].ExecuteTemplate(&page, "layout", viewData{view: v, Console: c}); err != nil {
		c.log.Error("a page of the console could not be rendered", slog.String("page", v.Template), slog.String("error", err.Error()))
		http.Error(w, "This page could not be rendered; the reason is in the log output.", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	if v.Status != 0 {
		w.WriteHeader(v.Status)
	}
	_, _ = page.WriteTo(w) // a reader who has gone is no failure
}

// seeOther sends the browser to another page of the console. The address is relative, so that it holds under any prefix.
type seeOther string

func (to seeOther) write(_ *Console, w http.ResponseWriter) {
	w.Header().Set("Location", string(to))
	w.WriteHeader(http.StatusSeeOther)
}

// failure is an error that is the visitor's to read.
type failure struct {
	status int
	text   string
}

func (f failure) Error() string { return f.text }

const maxForm = 64 << 10

// page makes a handler of a page's function.
func (c *Console) page(serve func(*http.Request) (answer, error)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, maxForm)
		if err := r.ParseForm(); err != nil {
			c.fail(r.Context(), err).write(c, w)
			return
		}
		a, err := serve(r)
		if err != nil {
			a = c.fail(r.Context(), err)
		}
		a.write(c, w)
	})
}

// fail is the page that says what went wrong.
func (c *Console) fail(ctx context.Context, err error) view {
	v := view{Template: "failure", Title: "That did not work", Status: http.StatusInternalServerError, Data: synclog.ErrorMessage(err)}
	var told failure
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &told):
		v.Status, v.Data = told.status, told.text
	case errors.As(err, &tooLarge):
		v.Status, v.Data = http.StatusRequestEntityTooLarge, "That is more than a form of these pages sends."
	case ctx.Err() == nil:
		c.log.ErrorContext(ctx, "a page of the console failed", slog.String("error", synclog.ErrorMessage(err)))
	}
	return v
}
