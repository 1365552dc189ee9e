package main

import (
	"errors"
	"fmt"

	"ic3.internal/innomaintsync/cmmsimport/innomaint"
)

// hints say what a first contact most often lacks.
var hints = map[innomaint.Kind]string{
	innomaint.KindNotFound:    "is the id right, and -asset-path the tenant's?",
	innomaint.KindAuth:        "is the secret right, -auth the tenant's way, and may this account read assets?",
	innomaint.KindUnavailable: "is -base-url right, and can this machine reach it?",
	innomaint.KindTimeout:     "is -base-url right, and can this machine reach it?",
	innomaint.KindBadResponse: "are -base-url and -asset-path the API's, and not those of its web pages? What was read is shown above, if anything",
	innomaint.KindInvalidData: "name where the id stands with -fields: {\"asset_id\": [\"…\"]}",
}

// failure adds what to try next.
func failure(err error) error {
	var failed *innomaint.Error
	if errors.As(err, &failed) && hints[failed.Kind] != "" {
		return fmt.Errorf("%w\n%s: %s", err, failed.Kind, hints[failed.Kind])
	}
	return err
}
