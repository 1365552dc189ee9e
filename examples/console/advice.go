package console

import (
	"strings"

	"ic3.internal/innomaintsync/cmmsimport"
	"ic3.internal/innomaintsync/cmmsimport/innomaint"
)

// kindTitle says in a few words what a kind of failure means.
func kindTitle(kind string) string {
	switch kind {
	case string(innomaint.KindNotFound):
		return "Not found in Innomaint"
	case string(innomaint.KindAuth):
		return "Access refused"
	case string(innomaint.KindRateLimited):
		return "Too many requests"
	case string(innomaint.KindUnavailable):
		return "Innomaint was not available"
	case string(innomaint.KindTimeout):
		return "No answer in time"
	case string(innomaint.KindBadResponse):
		return "An answer that is no asset"
	case string(innomaint.KindInvalidData):
		return "The asset’s data cannot be used"
	case cmmsimport.KindDatabase:
		return "The database did not do it"
	case cmmsimport.KindCanceled:
		return "The run was cancelled at this asset"
	case cmmsimport.KindPanic:
		return "A fault in the host’s code"
	case "":
		return "No kind recorded"
	}
	return "Failure of kind " + kind
}

// failureAdvice says what to do about failures of a kind.
func failureAdvice(kind string) string {
	switch kind {
	case string(innomaint.KindNotFound):
		return "These assets are gone in Innomaint, or were never there. Unlink the rows, or correct their cmms_asset_id; retrying alone will not help."
	case string(innomaint.KindAuth):
		return "Renew the token, or give its account the right to read these assets. Then retry."
	case string(innomaint.KindRateLimited):
		return "Lower RatePerSecond of the client, or ask for a higher limit. Then retry."
	case string(innomaint.KindUnavailable):
		return "Nothing, if it passes: the next run catches up, or retry now. If it lasts, ask those who run Innomaint."
	case string(innomaint.KindTimeout):
		return "Retry. If the API is that slow by nature, raise Timeout of the client or AssetTimeout of the run."
	case string(innomaint.KindBadResponse):
		return "Read the message: often it is BaseURL, AssetPath or a login page. Nothing was written. Mend the setting, then retry."
	case string(innomaint.KindInvalidData):
		return "The message names the value or row that cannot be used. Mend it there, then retry."
	case cmmsimport.KindDatabase:
		return "Look at the database server; the assets were rolled back. Then retry."
	case cmmsimport.KindCanceled:
		return "Nothing is wrong: retry, or let the next run take them up."
	case cmmsimport.KindPanic:
		return "The stack stands in the log output. Mend the code, then retry."
	}
	return "The message has the details; it comes from the host’s own client or enricher."
}

// warningAdvice says what to do about values of a column that could not be taken over.
func warningAdvice(c cause) string {
	switch {
	case strings.Contains(c.Text, "date"):
		return "Correct the value in Innomaint or, if dates look like that there, add the layout to DateLayouts of the client."
	case strings.Contains(c.Text, "longer than"), strings.Contains(c.Text, "too long"):
		return "Shorten the value in Innomaint, or widen the column here."
	case strings.Contains(c.Text, "number"):
		return "Correct the value in Innomaint: a number is expected there."
	case strings.Contains(c.Text, "neither an id nor a name"), strings.Contains(c.Text, "no row"):
		return "Complete the entry in Innomaint, so that it has a name."
	case strings.Contains(c.Text, "Config.Fields"):
		return "Name the path of this field in Fields of the client."
	}
	return "Correct the value in Innomaint. Until then the local one stays."
}
