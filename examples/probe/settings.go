package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"

	"ic3.internal/innomaintsync/cmmsimport/innomaint"
)

type settings struct {
	baseURL, assetPath, asset string
	customer                  uint64

	auth, header, username, secretFile string

	fields      innomaint.FieldMap
	dateLayouts []string

	dsn       string
	record    string
	scrubText bool
}

func parse(args []string, stderr io.Writer) (s settings, err error) {
	flags := flag.NewFlagSet("probe", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.StringVar(&s.baseURL, "base-url", "", "the tenant's `address`, such as https://tenant.example.com")
	flags.StringVar(&s.asset, "asset", "", "Innomaint's `id` of one asset, as it stands in cmms_asset_id")
	flags.StringVar(&s.assetPath, "asset-path", "", "appended to the address; may hold {cmms_asset_id} and {customer_id} (default /api/v1/assets/{cmms_asset_id})")
	flags.Uint64Var(&s.customer, "customer", 0, "customer `id`: for {customer_id}, and the only customer that -against-db looks at")

	flags.StringVar(&s.auth, "auth", "bearer", "how to identify ourselves: bearer, apikey or login. The secret comes from $INNOMAINT_TOKEN, $INNOMAINT_API_KEY or $INNOMAINT_PASSWORD")
	flags.StringVar(&s.header, "header", "X-Api-Key", "with -auth apikey: the header's `name`")
	flags.StringVar(&s.username, "username", "", "with -auth login")
	flags.StringVar(&s.secretFile, "secret-file", "", "read the secret from the first line of a `file`, or ask for it on the terminal (-)")

	fields := flags.String("fields", "", "`file` with a field map to try, the JSON form of innomaint.FieldMap")
	layouts := flags.String("date-layouts", "", "comma-separated Go `layouts` of dates, such as 01/02/2006, instead of the day-first ones")

	flags.StringVar(&s.dsn, "against-db", "", "also show what a sync would change in this database, `user:password@tcp(host:port)/database`; a user with SELECT is enough. $NAME takes it from the environment, where no list of processes shows it")
	flags.StringVar(&s.record, "record", "", "also write the answer, scrubbed, into a `file` that innomainttest replays; other assets in it stay")
	flags.BoolVar(&s.scrubText, "scrub-text", false, "with -record: mask the letters of descriptions, remarks and custom fields too")
	if err := flags.Parse(args); err != nil {
		return s, err
	}
	if *layouts != "" {
		s.dateLayouts = strings.Split(*layouts, ",")
	}
	switch {
	case flags.NArg() > 0:
		return s, errors.New("there are no arguments beside the flags (secrets do not belong there): see -help")
	case s.baseURL == "" || s.asset == "":
		return s, errors.New("-base-url and -asset are required: see -help")
	case strings.Contains(s.assetPath, "{customer_id}") && s.customer == 0:
		return s, errors.New("-asset-path holds {customer_id}: name one with -customer")
	}
	if *fields != "" {
		s.fields, err = readFields(*fields)
	}
	return s, err
}

func readFields(file string) (m innomaint.FieldMap, err error) {
	f, err := os.Open(file)
	if err != nil {
		return m, err
	}
	defer func() { _ = f.Close() }() // only read
	decoder := json.NewDecoder(f)
	decoder.DisallowUnknownFields() // a misspelt field would silently have its default
	if err := decoder.Decode(&m); err != nil {
		return m, fmt.Errorf("-fields %s: %w", file, err)
	}
	return m, nil
}

func (s settings) ref() innomaint.AssetRef {
	return innomaint.AssetRef{CustomerID: s.customer, AssetID: s.asset}
}

// client returns a client whose exchanges go through wire.
func (s settings) client(auth innomaint.Auth, wire *recorder) (*innomaint.Client, error) {
	return innomaint.New(innomaint.Config{
		BaseURL: s.baseURL, AssetPath: s.assetPath, Auth: auth, Fields: s.fields, DateLayouts: s.dateLayouts,
		HTTPClient: &http.Client{Transport: wire},
	})
}
