package main

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
)

// secret is a text that is never printed, whatever prints it.
type secret string

const redacted = "[redacted]"

// Format implements fmt.Formatter.
func (secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, redacted) }

// LogValue implements slog.LogValuer.
func (secret) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalJSON implements json.Marshaler.
func (secret) MarshalJSON() ([]byte, error) { return json.Marshal(redacted) }
