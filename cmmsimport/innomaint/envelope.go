package innomaint

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tidwall/gjson"
)

// envelopeKeys are where an envelope keeps the asset. The first with content wins.
var envelopeKeys = [...]string{"data", "result", "results", "payload", "object", "response"}

const maxEnvelopes = 4 // inside one another

// open returns the asset object of a response, out of its envelopes and looked up; or says why there is none.
func (d *decoding) open(response gjson.Result, envelopes int) (gjson.Result, *Error) {
	v, several := onlyElement(response)
	switch {
	case several:
		return v, badResponse("the response is a list of several where one asset was expected: check Config.AssetPath")
	case isEmpty(v) && response.Type != gjson.String:
		return v, &Error{Kind: KindNotFound, Message: "the response contains no asset: it is " + shorten(response.Raw, 20)}
	case !v.IsObject():
		return v, badResponse("the response is " + jsonKind(v) + " where an asset was expected")
	}

	status := d.plan.find(v, d.found)
	id := d.plan.fields[0]
	hasID := anyExists(id.at(d.found))
	known := hasID || !id.isOn() // to be an asset, as far as an id can tell
	switch {
	case status.denied:
		return v, status.failure()
	case known && d.hasSubstance(hasID): // an asset: its status is business data
		return v, nil
	case status.negative() && (!hasID || status.message() != ""):
		return v, status.failure()
	}
	inner, isEnvelope := unwrap(v)
	switch {
	case isEnvelope && !isEmpty(inner):
		if envelopes == maxEnvelopes {
			return v, badResponse(fmt.Sprintf("the response has more than %d envelopes", maxEnvelopes))
		}
		return d.open(inner, envelopes+1)
	case hasID:
		return v, nil
	case isEnvelope && kindOfMessage(status.message()) == KindBadResponse:
		return v, &Error{Kind: KindNotFound, Message: "the response contains no asset: its envelope is empty"}
	case status.message() != "":
		return v, status.failure()
	case known && !anyExists(d.found):
		return v, badResponse("the response has nothing where Config.Fields looks for it")
	}
	return v, nil
}

// unwrap returns the value of the first envelope key that has an object or a list in it, else of one that has nothing.
func unwrap(object gjson.Result) (inner gjson.Result, isEnvelope bool) {
	for _, key := range envelopeKeys {
		v := object.Get(key)
		if v.Type == gjson.JSON && !isEmpty(v) {
			return v, true
		}
		if v.Exists() && isEmpty(v) {
			inner, isEnvelope = v, true
		}
	}
	return inner, isEnvelope
}

// hasSubstance reports whether an object has a field that only an asset has. Error responses have an id, a code, a name, a
// status, a description and a time of their own, but not both an id and a name.
func (d *decoding) hasSubstance(hasID bool) bool {
	for _, f := range d.plan.fields {
		if (!f.alsoInErrors || hasID && f.name == "Name") && anyExists(f.at(d.found)) {
			return true
		}
	}
	return false
}

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
