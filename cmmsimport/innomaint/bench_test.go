package innomaint_test

import (
	"encoding/json"
	"testing"

	"ic3.internal/innomaintsync/cmmsimport/innomaint/innomainttest"
)

func BenchmarkDecodeAsset(b *testing.B) {
	raw, err := json.Marshal(map[string]any{"status": "success", "data": innomainttest.SampleAsset(ref.AssetID)})
	if err != nil {
		b.Fatal(err)
	}
	client := newClient(b, "http://127.0.0.1", nil)
	b.SetBytes(int64(len(raw)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := client.Decode(ref, raw); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkGetAsset(b *testing.B) {
	server := innomainttest.NewServer()
	defer server.Close()
	server.SetAsset(ref.AssetID, innomainttest.SampleAsset(ref.AssetID))
	client := newClient(b, server.URL(), nil)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := client.GetAsset(b.Context(), ref); err != nil {
			b.Fatal(err)
		}
	}
}
