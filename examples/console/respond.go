package console

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"

	"ic3.internal/innomaintsync/cmmsimport/synclog"
)

// response is the result of a page's function: a view or a redirect.
type response interface {
	write(c *Console, w http.ResponseWriter)
}

// view is a page: a template and its data.
type view struct {
	Template string
	Title    string
	Status   int // default 200
	Data     any
}

func (v view) write(c *Console, w http.ResponseWriter) {
	var page bytes.Buffer // a page that fails is not sent in part
	if err := pages[v.Template].ExecuteTemplate(&page, "layout", viewData{view: v, Console: c}); err != nil {
		c.log.Error("a page of the console could not be rendered", slog.String("page", v.Template), slog.String("error", err.Error()))
		http.Error(w, "This page could not be rendered. The log output has the reason.", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	if v.Status != 0 {
		w.WriteHeader(v.Status)
	}
	_, _ = page.WriteTo(w) // a closed connection is not an error
}

// redirect sends the browser to another page of the console. The URL is relative, so it works under any prefix.
type redirect string

func (to redirect) write(_ *Console, w http.ResponseWriter) {
	w.Header().Set("Location", string(to))
	w.WriteHeader(http.StatusSeeOther)
}

// userError is an error that the page shows to the operator.
type userError struct {
	status int
	text   string
}

func (e userError) Error() string { return e.text }

const maxForm = 64 << 10

// page returns the handler for a page's function.
func (c *Console) page(serve func(*http.Request) (response, error)) http.Handler {
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

// fail returns the page that shows an error.
func (c *Console) fail(ctx context.Context, err error) view {
	v := view{Template: "failure", Title: "Error", Status: http.StatusInternalServerError, Data: synclog.ErrorMessage(err)}
	var shown userError
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &shown):
		v.Status, v.Data = shown.status, shown.text
	case errors.As(err, &tooLarge):
		v.Status, v.Data = http.StatusRequestEntityTooLarge, "The form is too large."
	case ctx.Err() == nil:
		c.log.ErrorContext(ctx, "a page of the console failed", slog.String("error", synclog.ErrorMessage(err)))
	}
	return v
}
