package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"slices"

	"github.com/tidwall/gjson"

	"ic3.internal/innomaintsync/cmmsimport/innomaint/innomainttest"
)

const cassetteNote = "Recorded by examples/probe and scrubbed. Replay it with innomainttest.Server.Replay."

// recordCassette adds the scrubbed answer to the file, in the place of an earlier one for the same asset.
func recordCassette(s settings, wire *recorder, out io.Writer) error {
	status, body := wire.answer()
	body = bytes.TrimSpace(bytes.TrimPrefix(body, []byte("\xef\xbb\xbf")))
	if !gjson.ValidBytes(body) {
		return fmt.Errorf("-record: the answer (HTTP %d) is no JSON, so there is nothing to record", status)
	}
	cassette, err := readCassette(s.record)
	if err != nil {
		return fmt.Errorf("-record %s: %w", s.record, err)
	}
	scrub := newScrubber(wire.redact, hostOf(s.baseURL), s.scrubText)
	answer := innomainttest.RecordedAnswer{AssetID: s.asset, Status: status, Body: scrub.answer(body)}
	cassette.Note = cassetteNote
	cassette.Answers = slices.DeleteFunc(cassette.Answers, func(a innomainttest.RecordedAnswer) bool { return a.AssetID == s.asset })
	cassette.Answers = append(cassette.Answers, answer)

	var file bytes.Buffer
	encoder := json.NewEncoder(&file)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(cassette); err != nil {
		return fmt.Errorf("-record: %w", err)
	}
	if err := os.WriteFile(s.record, file.Bytes(), 0o644); err != nil {
		return fmt.Errorf("-record: %w", err)
	}
	fmt.Fprintf(out, "Recorded in %s, %s. Read it before you commit it.\n", s.record, scrub.summary())
	return nil
}

func readCassette(file string) (c innomainttest.Cassette, err error) {
	text, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return c, nil
	}
	if err == nil {
		err = json.Unmarshal(text, &c)
	}
	return c, err
}

func hostOf(baseURL string) string {
	u, err := url.Parse(baseURL)
	if err != nil { // which innomaint.New would have refused
		return ""
	}
	return u.Host
}
