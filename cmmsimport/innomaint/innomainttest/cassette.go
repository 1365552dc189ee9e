package innomainttest

import (
	"encoding/json"
	"net/http"
)

// Cassette has recorded responses of a tenant, to be replayed in tests. The probe in examples writes one, scrubbed, with -record;
// its JSON form is meant for a file in testdata:
//
//	{"answers": [{"asset_id": "AST-1", "status": 200, "body": {"data": {"id": "AST-1"}}}]}
type Cassette struct {
	Note    string           `json:"note,omitempty"` // for people
	Answers []RecordedAnswer `json:"answers"`
}

// RecordedAnswer is one response of a [Cassette]. It has no headers, because none affects how a response is read.
type RecordedAnswer struct {
	AssetID string          `json:"asset_id"`
	Status  int             `json:"status"` // 0: 200
	Body    json.RawMessage `json:"body"`
}

// Replay makes the server respond as the cassette says: as with [Server.SetAsset] for each response of status 200, as with
// [Server.ScriptAlways] for each other one. If an asset has several, the last one counts.
func (s *Server) Replay(c Cassette) {
	for _, a := range c.Answers {
		if a.Status == 0 || a.Status == http.StatusOK {
			s.SetAsset(a.AssetID, a.Body)
			s.ScriptAlways(a.AssetID, Answer{})
		} else {
			s.ScriptAlways(a.AssetID, Answer{Status: a.Status, Body: string(a.Body)})
		}
	}
}
