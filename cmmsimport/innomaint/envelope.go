package innomaint

import (
	"fmt"
	"strings"

	"github.com/tidwall/gjson"
)

// envelopeKeys are where an envelope keeps the asset, in the order in which they are tried.
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

	verdict := d.plan.find(v, d.found)
	id := &d.plan.fields[0]
	named := anyExists(id.at(d.found))
	known := named || !id.isOn() // known to be an asset, as far as an id can tell
	switch {
	case verdict.denied:
		return v, verdict.failure()
	case known && d.hasSubstance(named): // an asset of its own: its status is business data
		return v, nil
	case verdict.negative() && (!named || verdict.message() != ""):
		return v, verdict.failure()
	}
	inner, key := unwrap(v)
	isEnvelope := key != ""
	switch {
	case isEnvelope && !isEmpty(inner):
		if envelopes == maxEnvelopes {
			return v, badResponse(fmt.Sprintf("the answer has more than %d envelopes", maxEnvelopes))
		}
		return d.open(inner, envelopes+1)
	case named:
		return v, nil
	case isEnvelope && kindOfMessage(verdict.message()) == KindBadResponse:
		return v, &Error{Kind: KindNotFound, Message: "the answer holds no asset: its envelope is empty"}
	case verdict.message() != "":
		return v, verdict.failure()
	case known && !anyExists(d.found):
		return v, badResponse("nothing in the answer is where Config.Fields looks for it")
	}
	return v, nil
}

// unwrap returns what an object holds under the first envelope key that leads to an object or a list, or to nothing at
// all, and that key; "" where there is none.
func unwrap(object gjson.Result) (inner gjson.Result, key string) {
	for _, k := range envelopeKeys {
		v := object.Get(k)
		if v.Type == gjson.JSON && !isEmpty(v) {
			return v, k
		}
		if v.Exists() && isEmpty(v) {
			inner, key = v, k
		}
	}
	return inner, key
}

// hasSubstance reports whether an object holds a field that only an asset has.
func (d *decoding) hasSubstance(named bool) bool {
	for i := range d.plan.fields {
		f := &d.plan.fields[i]
		if !f.alsoInErrors && (named || !f.withoutIDInErrors) && anyExists(f.at(d.found)) {
			return true
		}
	}
	return false
}

// verdict is what an answer says about the call, beside the asset.
type verdict struct {
	denied   bool     // "success": false: no asset has a field like that
	saidNo   bool     // "status": "error" and the like, which in an asset may be business data
	code     int      // an HTTP status in the body, 400 to 599; 0 for none
	messages []string // texts of message, messages, error, …
}

func readVerdict(object gjson.Result) (v verdict) {
	object.ForEach(func(key, value gjson.Result) bool {
		v.note(key.Str, value)
		return true
	})
	return v
}

// note takes one member of the answer's object into account.
func (v *verdict) note(key string, value gjson.Result) {
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

func (v *verdict) negative() bool { return v.saidNo || v.code != 0 }

func (v *verdict) message() string { return strings.Join(v.messages, "; ") }

// saysNo reports whether a verdict is a failure. A status that is an object or any other word is none.
func saysNo(v gjson.Result) bool {
	if v.Type == gjson.JSON || v.Type == gjson.Null {
		return false
	}
	switch strings.ToLower(cleanID(asSent(v))) {
	case "false", "error", "fail", "failed", "failure", "0", "no":
		return true
	}
	return false
}

func (v *verdict) readCode(value gjson.Result) {
	if text := cleanID(asSent(value)); v.code == 0 && len(text) == 3 && isDigits(text) && (text[0] == '4' || text[0] == '5') {
		v.code = int(text[0]-'0')*100 + int(text[1]-'0')*10 + int(text[2]-'0')
	}
}

// appendTexts collects the texts in a value, which may be one, an object of them or a list.
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
