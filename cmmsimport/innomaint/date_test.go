package innomaint_test

import (
	"database/sql"
	"database/sql/driver"
	"encoding/json"
	"testing"
	"time"

	"ic3.internal/innomaintsync/cmmsimport/innomaint"
)

var (
	_ driver.Valuer = innomaint.Date{}
	_ sql.Scanner   = (*innomaint.Date)(nil)
	_ driver.Valuer = innomaint.Decimal("")
	_ sql.Scanner   = (*innomaint.Decimal)(nil)
)

func TestDate(t *testing.T) {
	t.Parallel()
	t.Run("Scans", func(t *testing.T) {
		t.Parallel()
		first := innomaint.Date{Year: 2021, Month: time.April, Day: 1}
		kolkata := time.FixedZone("IST", 5*3600+1800)
		tests := []struct {
			name string
			src  any
			want innomaint.Date
			ok   bool
		}{
			{"NULL", nil, innomaint.Date{}, true},
			{"bytes", []byte("2021-04-01"), first, true},
			{"text", "2021-04-01", first, true},
			{"text of a DATETIME", "2021-04-01 23:59:59.000000", first, true},
			{"time in UTC", time.Date(2021, 4, 1, 0, 0, 0, 0, time.UTC), first, true},
			{"time in the connection's zone", time.Date(2021, 4, 1, 0, 0, 0, 0, kolkata), first, true},
			{"zero date", []byte("0000-00-00"), innomaint.Date{}, true},
			{"zero time", time.Time{}, innomaint.Date{}, true},
			{"empty text", "", innomaint.Date{}, true},
			{"31 February", "2021-02-31", first, false},
			{"other order", "01-04-2021", first, false},
			{"number", int64(20210401), first, false},
		}
		for _, tt := range tests {
			t.Run(tt.name, func(t *testing.T) {
				t.Parallel()
				got := first
				if err := got.Scan(tt.src); (err == nil) != tt.ok || got != tt.want {
					t.Errorf("Scan(%v) = %v, %v, want %v", tt.src, got, err, tt.want)
				}
			})
		}
	})
	t.Run("MarshalsText", func(t *testing.T) {
		t.Parallel()
		type pair struct{ From, Until innomaint.Date }
		in := pair{From: innomaint.DateOf(time.Date(2021, 4, 1, 23, 0, 0, 0, time.FixedZone("", -8*3600)))}
		text, err := json.Marshal(in)
		if err != nil || string(text) != `{"From":"2021-04-01","Until":""}` {
			t.Fatalf("JSON is %s, %v", text, err)
		}
		var out pair
		if err := json.Unmarshal(text, &out); err != nil || out != in {
			t.Errorf("came back as %v, %v", out, err)
		}
		if v, err := in.From.Value(); v != "2021-04-01" || err != nil {
			t.Errorf("Value = %v, %v", v, err)
		}
		if v, err := in.Until.Value(); v != nil || err != nil {
			t.Errorf("Value of no date = %v, %v", v, err)
		}
		if !in.Until.IsZero() || in.From.IsZero() || in.Until.String() != "" {
			t.Errorf("IsZero or String: %v", in)
		}
	})
}
