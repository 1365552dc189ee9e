package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html"
	"strings"
)

// detail is an asset as the tenant answers it, read with encoding/json. The floor and plain GORM share it.
type detail struct {
	AssetID       text `json:"asset_id"`
	Code          text `json:"asset_code"`
	Name          text `json:"asset_name"`
	Description   text `json:"description"`
	SerialNumber  text `json:"serial_number"`
	Barcode       text `json:"barcode"`
	Criticality   text `json:"criticality"`
	ParentAssetID text `json:"parent_asset_id"`

	Category     master `json:"category"`
	Subcategory  master `json:"subcategory"`
	Manufacturer master `json:"manufacturer"`
	Model        master `json:"model"`
	Vendor       master `json:"vendor"`
	Department   master `json:"department"`
	Status       master `json:"status"`
	Location     struct {
		Site     master `json:"site"`
		Building master `json:"building"`
		Floor    master `json:"floor"`
		Room     master `json:"room"`
	} `json:"location"`

	PurchaseDate     text `json:"purchase_date"`
	PurchaseCost     text `json:"purchase_cost"`
	Currency         text `json:"currency"`
	InstallationDate text `json:"installation_date"`
	WarrantyStart    text `json:"warranty_start"`
	WarrantyEnd      text `json:"warranty_end"`
	AMC              struct {
		Start text `json:"start"`
		End   text `json:"end"`
	} `json:"amc"`
	CustomFields json.RawMessage `json:"custom_fields"`
	UpdatedAt    text            `json:"updated_at"`
}

type master struct {
	ID    text `json:"id"`
	Name  text `json:"name"`
	Code  text `json:"code"`
	Email text `json:"email"`
	Phone text `json:"phone"`
}

// decode reads the answer for asset id.
func decode(id string, body []byte) (*detail, error) {
	var envelope struct {
		Status string  `json:"status"`
		Data   *detail `json:"data"`
	}
	if err := json.Unmarshal(body, &envelope); err != nil {
		return nil, &apiError{"bad_response", err.Error()}
	}
	switch {
	case envelope.Status != "success" || envelope.Data == nil:
		return nil, &apiError{"bad_response", "the answer has the status " + envelope.Status}
	case string(envelope.Data.AssetID) != id:
		return nil, &apiError{"bad_response", fmt.Sprintf("the answer is asset %q", envelope.Data.AssetID)}
	}
	return envelope.Data, nil
}

// text is a value as tenants write it, cleaned: a string or a number's digits; "" for what stands for none.
type text string

// UnmarshalJSON implements json.Unmarshaler.
func (t *text) UnmarshalJSON(raw []byte) error {
	var s string
	switch {
	case raw[0] == '"' && bytes.IndexByte(raw, '\\') < 0:
		s = string(raw[1 : len(raw)-1])
	case raw[0] == '"':
		if err := json.Unmarshal(raw, &s); err != nil {
			return err
		}
	case raw[0] == '-', raw[0] >= '0' && raw[0] <= '9':
		*t = text(raw)
		return nil
	case string(raw) != "null" && string(raw) != "{}" && string(raw) != "[]":
		return fmt.Errorf("%.40s where a text was expected", raw)
	}
	*t = text(clean(s))
	return nil
}

// clean makes one line of plain text, "" of a placeholder.
func clean(s string) string {
	if !isClean(s) {
		s = strings.Join(strings.Fields(html.UnescapeString(s)), " ")
	}
	if len(s) > len("null") {
		return s
	}
	switch strings.ToUpper(s) {
	case "-", "NA", "N/A", "NULL":
		return ""
	}
	return s
}

// isClean reports whether a text has no entity and no space that is padding, doubled or unusual.
func isClean(s string) bool {
	space := true
	for i := range len(s) {
		c := s[i]
		if c == '&' || c >= 0x80 || c < ' ' || c == ' ' && space {
			return false
		}
		space = c == ' '
	}
	return !space || s == ""
}
