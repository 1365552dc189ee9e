package main

import (
	"context"
	"database/sql"
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// contender is one way to sync.
type contender struct {
	name, label string
	params      string // of its connection string
	oneConn     bool   // a pool of one connection
	// open does what a host does once, at its start, and returns what is measured.
	open func(ctx context.Context, p pass) (runner, error)
}

// runner syncs every asset of the database.
type runner func(ctx context.Context) error

// pass is what a contender is given.
type pass struct {
	pool *sql.DB
	url  string // of the tenant
	http *http.Client
	done func() // to be called after each asset
}

// parseTime is what GORM's manual tells hosts to set.
const parseTime = "parseTime=true"

func library(name, label, params string, atomicLog, oneConn bool) contender {
	return contender{name: name, label: label, params: params, oneConn: oneConn,
		open: func(_ context.Context, p pass) (runner, error) { return openLibrary(p, atomicLog) }}
}

// contenders are those of the comparison; the floor is what the others are measured against.
var contenders = []contender{
	{name: "floor", label: "floor, by hand", open: openFloor},
	library("library", "library", parseTime, false, false),
	library("atomic", "library, AtomicLog", parseTime, true, false),
	{name: "gorm", label: "plain GORM", params: parseTime,
		open: func(_ context.Context, p pass) (runner, error) { return openPlain(p) }},
}

// effects are the library with what a host can set.
var effects = []contender{
	library("library", "library", parseTime, false, false),
	library("interpolate", "interpolateParams=true", parseTime+"&interpolateParams=true", false, false),
	library("onecon", "SetMaxOpenConns(1)", parseTime, false, true),
	library("atomic", "AtomicLog", parseTime, true, false),
	library("both", "AtomicLog, interpolateParams", parseTime+"&interpolateParams=true", true, false),
}

// only returns those of all that the list names; all of them where it is empty.
func only(all []contender, list string) ([]contender, error) {
	if list == "" {
		return all, nil
	}
	var chosen []contender
	for name := range strings.SplitSeq(list, ",") {
		i := slices.IndexFunc(all, func(c contender) bool { return c.name == name })
		if i < 0 {
			return nil, fmt.Errorf("-only: there is no contender %q here", name)
		}
		chosen = append(chosen, all[i])
	}
	return chosen, nil
}
