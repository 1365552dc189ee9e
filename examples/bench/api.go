package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

const (
	maxBody   = 8 << 20
	maxTries  = 4
	firstWait = 500 * time.Millisecond
)

// apiError is why there is no asset, with the kind that the log names.
type apiError struct{ kind, message string }

func (e *apiError) Error() string { return e.kind + ": " + e.message }

// api asks the tenant with nothing but net/http, for the floor and plain GORM.
type api struct {
	base string
	http *http.Client
	body bytes.Buffer // used again for each answer: whatever is kept of one is copied
}

// get returns one asset, after retries where the tenant says that it is unavailable.
func (a *api) get(ctx context.Context, id string) (*detail, error) {
	for try := 1; ; try++ {
		answer, wait, err := a.once(ctx, id, try)
		var failed *apiError
		if err == nil || try == maxTries || !errors.As(err, &failed) || failed.kind != "unavailable" {
			return answer, err
		}
		timer := time.NewTimer(wait)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return nil, ctx.Err()
		}
	}
}

func (a *api) once(ctx context.Context, id string, try int) (*detail, time.Duration, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, a.base+"/api/v1/assets/"+url.PathEscape(id), nil)
	if err != nil {
		return nil, 0, err
	}
	request.Header.Set("Authorization", "Bearer "+tenantToken)
	request.Header.Set("Accept", "application/json")
	wait := rand.N(firstWait << (try - 1))
	response, err := a.http.Do(request)
	if err != nil {
		return nil, wait, &apiError{"unavailable", err.Error()}
	}
	defer func() { _ = response.Body.Close() }()
	a.body.Reset()
	if _, err := a.body.ReadFrom(io.LimitReader(response.Body, maxBody+1)); err != nil {
		return nil, wait, &apiError{"unavailable", err.Error()}
	}
	if seconds, err := strconv.Atoi(response.Header.Get("Retry-After")); err == nil {
		wait = time.Duration(seconds) * time.Second
	}
	switch status := response.StatusCode; {
	case status == http.StatusNotFound:
		return nil, 0, &apiError{"not_found", "HTTP 404"}
	case status == http.StatusTooManyRequests, status >= 500:
		return nil, wait, &apiError{"unavailable", fmt.Sprintf("HTTP %d", status)}
	case status != http.StatusOK, a.body.Len() > maxBody:
		return nil, 0, &apiError{"bad_response", fmt.Sprintf("HTTP %d, %d bytes", status, a.body.Len())}
	}
	answer, err := decode(id, a.body.Bytes())
	return answer, 0, err
}
