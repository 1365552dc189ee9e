package innomainttest_test

import (
	"encoding/json"
	"testing"

	"ic3.internal/innomaintsync/cmmsimport/innomaint/innomainttest"
)

func TestReplay(t *testing.T) {
	t.Parallel()
	var cassette innomainttest.Cassette
	if err := json.Unmarshal([]byte(`{"note": "of a test", "answers": [
		{"asset_id": "A/1", "status": 200, "body": {"n": 12345678901234567890}},
		{"asset_id": "gone", "status": 404, "body": {"message": "no such asset"}},
		{"asset_id": "twice", "status": 500, "body": {}}, {"asset_id": "twice", "body": {"b": 1, "a": 2}}]}`), &cassette); err != nil {
		t.Fatal(err)
	}
	server := newServer(t)
	server.Replay(cassette)
	for _, test := range []struct {
		id, body string
		status   int
	}{
		{"A%2F1", `{"n": 12345678901234567890}`, 200}, {"gone", "no such asset", 404}, {"twice", `{"b": 1, "a": 2}`, 200}, {"none", "", 404},
	} {
		status, body := get(t, server, test.id)
		want(t, test.id, status, body, test.status, test.body)
	}
}
