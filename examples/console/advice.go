package console

import (
	"strings"

	"ic3.internal/innomaintsync/cmmsimport"
	"ic3.internal/innomaintsync/cmmsimport/innomaint"
)

// kindTitle is the title of a kind of failure.
func kindTitle(kind innomaint.Kind) string {
	switch kind {
	case innomaint.KindNotFound:
		return "Not found in Innomaint"
	case innomaint.KindAuth:
		return "Access denied"
	case innomaint.KindRateLimited:
		return "Too many requests"
	case innomaint.KindUnavailable:
		return "Innomaint was unavailable"
	case innomaint.KindTimeout:
		return "No response in time"
	case innomaint.KindBadResponse:
		return "The response contains no asset"
	case innomaint.KindInvalidData:
		return "The asset’s data is invalid"
	case cmmsimport.KindDatabase:
		return "Database error"
	case cmmsimport.KindCanceled:
		return "The run was canceled at this asset"
	case cmmsimport.KindPanic:
		return "Panic in the host’s code"
	case "":
		return "No kind recorded"
	}
	return "Failure of kind " + string(kind)
}

// failureAdvice says how to fix failures of a kind.
func failureAdvice(kind innomaint.Kind) string {
	switch kind {
	case innomaint.KindNotFound:
		return "Innomaint does not have these assets. Unlink the rows or correct their cmms_asset_id. Retrying alone does not help."
	case innomaint.KindAuth:
		return "Renew the token, or allow its account to read these assets. Then retry."
	case innomaint.KindRateLimited:
		return "Lower RatePerSecond in the client’s settings, or ask for a higher limit. Then retry."
	case innomaint.KindUnavailable:
		return "Retry, or wait for the next run. If it continues, ask the people who operate Innomaint."
	case innomaint.KindTimeout:
		return "Retry. If the API is always this slow, raise Timeout in the client’s settings or AssetTimeout in the run’s options."
	case innomaint.KindBadResponse:
		return "Read the message: the cause is often BaseURL, AssetPath or a login page. Nothing was written. Fix the setting, then retry."
	case innomaint.KindInvalidData:
		return "The message names the invalid value or row. Correct it, then retry."
	case cmmsimport.KindDatabase:
		return "Check the database server. The changes to these assets were rolled back. Then retry."
	case cmmsimport.KindCanceled:
		return "Nothing is wrong. Retry, or wait for the next run."
	case cmmsimport.KindPanic:
		return "The log output has the stack trace. Fix the code, then retry."
	}
	return "Read the message: it comes from the host’s own client or Enrich function."
}

// warningAdvice says what to do about values that were not applied to a column.
func warningAdvice(c cause) string {
	switch {
	case strings.Contains(c.Text, "date"):
		return "Correct the value in Innomaint. If your dates have this format, add it to DateLayouts in the client’s settings."
	case strings.Contains(c.Text, "longer than"), strings.Contains(c.Text, "too long"):
		return "Shorten the value in Innomaint, or widen the column."
	case strings.Contains(c.Text, "number"):
		return "Correct the value in Innomaint: it must be a number."
	case strings.Contains(c.Text, "neither an id nor a name"), strings.Contains(c.Text, "no row"):
		return "Give the entry in Innomaint a name."
	case strings.Contains(c.Text, "Config.Fields"):
		return "Set the path of this field in Fields, in the client’s settings."
	}
	return "Correct the value in Innomaint. Until then the local value stays."
}
