package innomainttest

import (
	"encoding/json"
	"net/http"
)

// Cassette is what a tenant answered once, to be replayed in tests. The probe in examples writes one, scrubbed, with -record;
// its JSON form is meant for a file in testdata:
//
//	{"answers": [{"asset_id": "AST-1", "status": 200, "body": {"data": {"id": "AST-1"}}}]}
type Cassette struct {
	Note    string           `json:"note,omitempty"` // for people
	Answers []RecordedAnswer `json:"answers"`
}

// RecordedAnswer is one answer of a [Cassette]. It has no header: none decides how an answer is read.
type RecordedAnswer struct {
	AssetID string          `json:"asset_id"`
	Status  int             `json:"status"` // 0: 200
	Body    json.RawMessage `json:"body"`
}

// Replay makes the server answer as the cassette says: as [Server.SetAsset] does for each answer of status 200, as
// [Server.ScriptAlways] does for each other. Where an asset has several, the last one counts.
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
