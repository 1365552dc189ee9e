package innomaint

import (
	"slices"
	"strings"

	"github.com/tidwall/gjson"
)

// apiStatus is what a response says about the call, beside the asset.
type apiStatus struct {
	denied   bool     // "success": false, which no asset has
	saidNo   bool     // "status": "error" and the like, which may be an asset's own data
	code     int      // an HTTP status in the body, 400 to 599; 0 for none
	messages []string // texts of message, messages, error, …
}

func readAPIStatus(object gjson.Result) (v apiStatus) {
	object.ForEach(func(key, value gjson.Result) bool {
		v.note(key.Str, value)
		return true
	})
	return v
}

// note considers one member of the response's object.
func (v *apiStatus) note(key string, value gjson.Result) {
	switch key {
	case "success":
		v.denied = v.denied || saysNo(value)
	case "status", "result", "ok":
		v.saidNo = v.saidNo || saysNo(value)
		v.readCode(value)
	case "code", "status_code", "statusCode", "error_code", "errorCode":
		v.readCode(value)
	case "error", "errors":
		if isEmpty(value) || value.Type == gjson.False || value.Raw == "0" {
			return
		}
		v.saidNo = true
		v.readCode(value.Get("code"))
		v.readCode(value.Get("status"))
		v.messages = appendTexts(v.messages, value, 0)
	case "message", "messages", "msg", "detail", "error_description":
		v.messages = appendTexts(v.messages, value, 0)
	}
}

func (v *apiStatus) negative() bool { return v.saidNo || v.code != 0 }

func (v *apiStatus) message() string { return strings.Join(v.messages, "; ") }

// failure returns the error that it amounts to: by its code if it has one, else by its message.
func (v *apiStatus) failure() *Error {
	kind := KindBadResponse
	if v.code != 0 {
		kind = kindOfStatus(v.code)
	}
	message := "the API responded with an error"
	if said := v.message(); said != "" {
		message += ": " + said
		if kind == KindBadResponse {
			kind = kindOfMessage(said)
		}
	}
	return &Error{Kind: kind, Message: message}
}

// saysNo reports whether the value of a status is a failure. An object or any other word is none.
func saysNo(v gjson.Result) bool {
	words := []string{"false", "error", "fail", "failed", "failure", "0", "no"}
	return v.Type != gjson.JSON && v.Type != gjson.Null && slices.Contains(words, strings.ToLower(cleanID(asSent(v))))
}

func (v *apiStatus) readCode(value gjson.Result) {
	if text := cleanID(asSent(value)); v.code == 0 && len(text) == 3 && isDigits(text) && (text[0] == '4' || text[0] == '5') {
		v.code = int(text[0]-'0')*100 + int(text[1]-'0')*10 + int(text[2]-'0')
	}
}

// appendTexts collects the texts in a value, which may be one, or an object or a list of them.
func appendTexts(texts []string, v gjson.Result, level int) []string {
	const enough, deepest = 5, 3
	switch {
	case len(texts) >= enough || level > deepest:
	case v.Type == gjson.String && !isEmpty(v):
		return append(texts, shorten(cleanLine(v.Str), maxServerMessage))
	case v.Type == gjson.JSON:
		v.ForEach(func(_, inner gjson.Result) bool {
			texts = appendTexts(texts, inner, level+1)
			return len(texts) < enough
		})
	}
	return texts
}

// messageKinds are the words by which the message of an error response tells its kind. The first match wins.
var messageKinds = [...]struct {
	kind  Kind
	words []string
}{
	{KindRateLimited, []string{"too many requests", "rate limit", "rate-limit", "ratelimit", "throttl", "quota exceeded"}},
	{KindAuth, []string{
		"unauthor", "not authori", "unauthenticated", "not authenticated", "authentication failed", "forbidden",
		"access denied", "permission denied", "token expired", "token has expired", "expired token", "token is expired",
		"invalid token", "token invalid", "token is invalid", "token not found", "session expired", "session has expired",
		"login required", "invalid api key", "invalid credentials",
	}},
	{KindNotFound, []string{"not found", "does not exist", "doesn't exist", "no such", "no asset", "no record", "no data found", "unknown asset"}},
}

func kindOfMessage(message string) Kind {
	message = strings.ToLower(message)
	for _, known := range messageKinds {
		for _, word := range known.words {
			if strings.Contains(message, word) {
				return known.kind
			}
		}
	}
	return KindBadResponse
}
