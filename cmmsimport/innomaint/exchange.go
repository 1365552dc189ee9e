package innomaint

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"github.com/go-resty/resty/v2"
)

// exchange is one request with its retries. resty repeats it; the exchange judges each answer, decides whether there is
// another try, and how long to wait for it.
type exchange struct {
	client *Client
	ref    AssetRef
	accept func(body []byte) *Error // judges the body of a 2xx answer

	tries, maxTries int
	failure         *Error        // of the last try that was judged
	judged          int           // resty's number of that try
	again           bool          // it was judged worth another
	wait            time.Duration // until that
}

// exchangeKey is where a request's context holds its exchange, for resty's callbacks.
type exchangeKey struct{}

func (c *Client) exchange(ref AssetRef, accept func(body []byte) *Error) *exchange {
	return &exchange{client: c, ref: ref, accept: accept, maxTries: c.maxTries}
}

func (x *exchange) request(ctx context.Context) *resty.Request {
	return x.client.http.R().
		SetContext(context.WithValue(ctx, exchangeKey{}, x)).
		AddRetryCondition(x.judge)
}

// run makes the request. It returns how the last try failed, nil for success, or that the context ended.
func (x *exchange) run(request *resty.Request, method, url string) error {
	ctx := request.Context()
	x.judged, x.again = 0, false
	response, err := request.Execute(method, url)
	switch {
	case response == nil: // nothing was sent
		return x.notSent(ctx, err)
	case err == nil && x.judged != response.Request.Attempt: // the context ended, but a whole answer came before
		x.settle(response, nil)
		if x.failure != nil && x.failure.retried() {
			return contextError(ctx, x.ref, x.failure)
		}
	case x.again, x.judged != response.Request.Attempt:
		return contextError(ctx, x.ref, x.failure)
	}
	if x.failure != nil {
		return x.failure
	}
	return nil
}

// judge is resty's question whether to try again.
func (x *exchange) judge(response *resty.Response, err error) bool {
	x.again = false
	if response == nil {
		return false
	}
	ctx := response.Request.Context()
	if err != nil && ctx.Err() != nil {
		return false // the caller's doing, not the API's
	}
	x.settle(response, err)
	if x.failure == nil || !x.failure.retried() || x.tries >= x.maxTries {
		return false
	}
	x.wait, err = x.client.pause.after(x.tries, response.Header(), time.Now())
	if err != nil {
		x.failure.Message += "; " + err.Error()
		return false
	}
	x.again = true
	x.client.log.LogAttrs(ctx, slog.LevelDebug, "innomaint: trying again",
		slog.String("asset_id", x.ref.AssetID), slog.Uint64("customer_id", x.ref.CustomerID),
		slog.String("error", x.failure.Error()), slog.Int("tries", x.tries), slog.Duration("wait", x.wait))
	return true
}

// settle notes how a try ended.
func (x *exchange) settle(response *resty.Response, err error) {
	x.tries++
	x.judged = response.Request.Attempt
	status := response.StatusCode()
	switch {
	case err != nil:
		x.failure = x.client.brokenExchange(err)
	case status >= 200 && status <= 299:
		x.failure = x.accept(response.Body())
	default:
		x.failure = refusal(status, response.Body())
	}
	if x.failure != nil {
		x.failure.StatusCode, x.failure.AssetID, x.failure.Tries = status, x.ref.AssetID, x.tries
		x.failure.Message = x.client.redactor().Text(x.failure.Message)
	}
}

// notSent says why no request was made: the context ended while it waited its turn, or would have.
func (x *exchange) notSent(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return contextError(ctx, x.ref, x.failure)
	}
	if deadline, ok := ctx.Deadline(); ok && x.client.limiter != nil {
		return &Error{Kind: KindTimeout, AssetID: x.ref.AssetID, Tries: x.tries, Err: context.DeadlineExceeded,
			Message: "Config.RatePerSecond leaves no request before the deadline in " + time.Until(deadline).String()}
	}
	failed := badResponse("the request could not be made")
	failed.AssetID, failed.Tries, failed.Err = x.ref.AssetID, x.tries, x.client.redactor().Cause(err)
	return failed
}

// nextWait is resty's question how long to wait.
func nextWait(_ *resty.Client, response *resty.Response) (time.Duration, error) {
	if x, ok := response.Request.Context().Value(exchangeKey{}).(*exchange); ok {
		return x.wait, nil
	}
	return 0, http.ErrNotSupported
}
