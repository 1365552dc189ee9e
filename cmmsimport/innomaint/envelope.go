package innomaint

import (
	"fmt"

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
