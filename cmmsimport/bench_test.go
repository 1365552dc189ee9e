package cmmsimport_test

import (
	"context"
	"fmt"
	"runtime"
	"testing"

	"ic3.internal/innomaintsync/cmmsimport"
	"ic3.internal/innomaintsync/cmmsimport/innomaint"
)

// countingMasters is a MasterResolver that knows every master.
type countingMasters struct{ calls uint64 }

var _ cmmsimport.MasterResolver = (*countingMasters)(nil)

func (c *countingMasters) EnsureMaster(context.Context, cmmsimport.Master) (uint64, error) {
	c.calls++
	return c.calls, nil
}

// decodedAsset is a response with every field, without HTTP.
func decodedAsset(ref innomaint.AssetRef) *innomaint.Asset {
	date := innomaint.Date{Year: 2021, Month: 4, Day: 1}
	return &innomaint.Asset{
		ID: ref.AssetID, Code: "PMP-07", Name: "Chilled water pump 7", SerialNumber: "SN-" + ref.AssetID, Criticality: "High",
		Category: innomaint.Reference{ID: "12", Name: "HVAC"}, Subcategory: innomaint.Reference{ID: "77", Name: "Pumps"},
		Manufacturer: innomaint.Reference{ID: "5", Name: "Grundfos"}, Model: innomaint.Reference{ID: "31", Name: "NB 50-200"},
		Vendor: innomaint.Reference{ID: "9", Name: "Acme Supply"}, Status: innomaint.Reference{ID: "1", Name: "In service"},
		Location:     innomaint.Location{Site: innomaint.Reference{ID: "1", Name: "Chennai"}, Room: innomaint.Reference{ID: "4", Name: "Plant room"}},
		PurchaseDate: date, PurchaseCost: "125000.5", Currency: "INR", WarrantyEnd: date,
	}
}

func BenchmarkEnrich(b *testing.B) {
	masters, detail, asset := &countingMasters{}, decodedAsset(innomaint.AssetRef{AssetID: "A-1"}), cmmsimport.AssetMaster{}
	b.ReportAllocs()
	for b.Loop() {
		must(b, cmmsimport.EnrichAssetFromAPI(b.Context(), nil, masters, &asset, detail))
	}
}

// BenchmarkSync is a complete run against a database and a tenant on loopback. The masters are known, and nothing changes.
func BenchmarkSync(b *testing.B) {
	const assets = 500
	for _, atomic := range []bool{false, true} {
		b.Run(fmt.Sprint("AtomicLog=", atomic), func(b *testing.B) {
			w := setup(b)
			w.add(numbered(assets)...)
			opts := w.options()
			opts.AtomicLog = atomic
			w.sync(opts)
			b.ReportAllocs()
			b.ResetTimer()
			for b.Loop() {
				w.sync(opts)
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*assets), "µs/asset")
		})
	}
}

// BenchmarkHeap reports the heap in use near the end of a run: it should not grow with the number of assets.
func BenchmarkHeap(b *testing.B) {
	for _, assets := range []int{10_000, 200_000} {
		b.Run(fmt.Sprint("assets=", assets), func(b *testing.B) {
			w := setup(b)
			w.fill(assets, func(i int) map[string]any { return map[string]any{"customer_id": 7 + i%10} })
			opts := w.options()
			opts.Client = clientFunc(func(_ context.Context, ref innomaint.AssetRef) (*innomaint.Asset, error) {
				return decodedAsset(ref), nil
			})
			var heap uint64
			opts.OnAsset = func(_ cmmsimport.AssetResult, p cmmsimport.Progress) {
				if p.Done == p.Total-100 {
					var stats runtime.MemStats
					runtime.GC()
					runtime.ReadMemStats(&stats)
					heap = stats.HeapInuse
				}
			}
			b.ResetTimer()
			for b.Loop() {
				w.sync(opts)
			}
			b.ReportMetric(float64(heap)/(1<<20), "heap-MiB")
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*assets), "µs/asset")
		})
	}
}
