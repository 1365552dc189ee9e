package innomainttest

import (
	"encoding/json"
	"fmt"
)

// SetAsset makes body the response for id: a string, []byte or json.RawMessage as it is, anything else marshaled as JSON.
// It replaces an earlier body but no script, and panics if body cannot be marshaled.
func (s *Server) SetAsset(id string, body any) {
	raw := rawBody(body)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.assets[id] = raw
}

// RemoveAsset makes the server respond with 404 for id, unless a template has a response.
func (s *Server) RemoveAsset(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.assets, id)
}

// SetTemplate makes fn respond for every id that has no asset of its own: any number of assets without memory for them. A
// nil result is a 404. fn must be safe for concurrent use. A nil fn removes the template.
func (s *Server) SetTemplate(fn func(id string) []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.template = fn
}

// asset returns the body for id, and whether there is one.
func (s *Server) asset(id string) ([]byte, bool) {
	s.mu.Lock()
	body, ok := s.assets[id]
	template := s.template
	s.mu.Unlock()
	if ok || template == nil {
		return body, ok
	}
	body = template(id)
	return body, body != nil
}

func rawBody(body any) []byte {
	switch b := body.(type) {
	case string:
		return []byte(b)
	case []byte:
		return append([]byte{}, b...)
	case json.RawMessage:
		return append([]byte{}, b...)
	}
	raw, err := json.Marshal(body)
	if err != nil {
		panic(fmt.Sprintf("innomainttest: SetAsset: %v", err))
	}
	return raw
}

// SampleAsset returns the full object of the assumed contract with this id, for a test to vary. Each call returns a new one.
func SampleAsset(id string) map[string]any {
	ref := func(id int, name string) map[string]any { return map[string]any{"id": id, "name": name} }
	category, vendor := ref(12, "HVAC"), ref(9, "Acme Supply")
	category["code"] = "HV"
	vendor["email"], vendor["phone"] = "sales@acme.example", "+91 44 5550 0100"
	return map[string]any{
		"asset_id": id, "asset_code": "PMP-07", "asset_name": "Chilled water pump 7",
		"description": "Primary loop, north plant", "serial_number": "SN-88", "barcode": "8901234567890",
		"category": category, "subcategory": ref(77, "Pumps"),
		"manufacturer": ref(5, "Grundfos"), "model": ref(31, "NB 50-200"), "vendor": vendor,
		"location": map[string]any{
			"site": ref(1, "Chennai"), "building": ref(2, "B1"), "floor": ref(3, "L2"), "room": ref(4, "Plant room"),
		},
		"department": ref(6, "Facilities"), "status": ref(1, "In service"),
		"criticality": "High", "parent_asset_id": "AST-1000",
		"purchase_date": "2021-04-01", "purchase_cost": "125000.50", "currency": "INR",
		"installation_date": "2021-05-01", "warranty_start": "2021-05-01", "warranty_end": "2024-04-30",
		"amc":           map[string]any{"start": "2024-05-01", "end": "2025-04-30"},
		"custom_fields": map[string]any{"Rated power": "11 kW"},
		"updated_at":    "2026-10-01T08:30:00Z",
	}
}
