package main

import (
	"errors"
	"strings"
	"time"
)

var (
	errNoDate   = errors.New("is not a date in a known layout")
	errNoNumber = errors.New("is no decimal number")
)

// readDay returns a civil date as written, as 2006-01-02.
func readDay(s string) (string, error) {
	if s == "" || noDay(s) {
		return "", nil
	}
	var layout string
	switch {
	case len(s) == len("2006-01-02") && s[4] == '-':
		layout = time.DateOnly
	case len(s) > len("2006-01-02") && s[4] == '-':
		layout = time.RFC3339
	case len(s) == len("02-01-2006") && s[2] == '-':
		layout = "02-01-2006"
	default:
		return "", errNoDate
	}
	t, err := time.Parse(layout, s)
	switch {
	case err != nil:
		return "", errNoDate
	case layout == time.DateOnly:
		return s, nil
	}
	return t.Format(time.DateOnly), nil
}

func noDay(s string) bool {
	for _, day := range [...]string{"0000-00-00", "1970-01-01", "0001-01-01"} {
		if strings.HasPrefix(s, day) {
			return true
		}
	}
	return false
}

// readTime returns an instant in UTC, as the server takes it.
func readTime(s string) (string, error) {
	if s == "" || noDay(s) {
		return "", nil
	}
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		return "", errNoDate
	}
	return t.UTC().Format(datetime), nil
}

// readMoney returns an exact amount, without group signs, currency or zeros at the end.
func readMoney(s string) (string, error) {
	if s == "" {
		return "", nil
	}
	amount := strings.ReplaceAll(strings.TrimSpace(strings.TrimPrefix(s, "₹")), ",", "")
	whole, fraction, _ := strings.Cut(amount, ".")
	for _, digit := range []byte(whole + fraction) {
		if digit < '0' || digit > '9' {
			return "", errNoNumber
		}
	}
	if whole == "" || len(fraction) > 0 && strings.Trim(fraction, "0") != "" && len(strings.TrimRight(fraction, "0")) > 2 {
		return "", errNoNumber
	}
	if whole = strings.TrimLeft(whole, "0"); whole == "" {
		whole = "0"
	}
	if fraction = strings.TrimRight(fraction, "0"); fraction != "" {
		return whole + "." + fraction, nil
	}
	return whole, nil
}
