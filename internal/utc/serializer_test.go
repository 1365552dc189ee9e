package utc_test

import (
	"os"
	"testing"
	"time"

	"gorm.io/driver/mysql"
	"gorm.io/gorm"

	"ic3.internal/innomaintsync/internal/dbtest"
	"ic3.internal/innomaintsync/internal/utc"
)

func TestMain(m *testing.M) { os.Exit(dbtest.Main(m)) }

type moment struct {
	ID    uint64     `gorm:"column:id;primaryKey"`
	At    time.Time  `gorm:"column:at;type:DATETIME(6);serializer:utc"`
	Maybe *time.Time `gorm:"column:maybe;type:DATETIME(6);serializer:utc"`
}

func (moment) TableName() string { return "moment" }

func open(t *testing.T, dsn string) *gorm.DB {
	t.Helper()
	db, err := gorm.Open(mysql.Open(dsn), &gorm.Config{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if pool, err := db.DB(); err == nil {
			pool.Close()
		}
	})
	return db
}

func TestSerializerUnderEveryLocation(t *testing.T) {
	t.Parallel()
	const kolkataParams = "?loc=Asia%2FKolkata&parseTime=true"
	for name, params := range map[string]string{
		"no parameters":         "",
		"parseTime off":         "?parseTime=false",
		"parseTime, UTC":        "?parseTime=true",
		"Kolkata":               kolkataParams,
		"Kolkata, no parseTime": "?loc=Asia%2FKolkata",
		"Local":                 "?loc=Local&parseTime=true",
		"session in Kolkata":    kolkataParams + "&time_zone=%27%2B05%3A30%27",
		"interpolated":          kolkataParams + "&interpolateParams=true",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dsn := dbtest.Database(t)
			db := open(t, dsn+params)
			if err := db.AutoMigrate(&moment{}); err != nil {
				t.Fatal(err)
			}
			at := time.Date(2026, 3, 1, 2, 0, 0, 123456000, kolkata) // 28 February in UTC
			want := at.UTC()
			if err := db.Create([]moment{{ID: 1, At: at, Maybe: &at}, {ID: 2}}).Error; err != nil {
				t.Fatal(err)
			}

			var stored string
			if err := db.Raw("SELECT CAST(`at` AS CHAR) FROM moment WHERE `at` = ?", utc.Format(at)).Scan(&stored).Error; err != nil {
				t.Fatal(err)
			}
			if stored != "2026-02-28 20:30:00.123456" {
				t.Errorf("stored %q", stored)
			}

			var got []moment
			if err := db.Order("id").Find(&got).Error; err != nil {
				t.Fatal(err)
			}
			if len(got) != 2 || got[0].At != want || got[0].Maybe == nil || *got[0].Maybe != want {
				t.Errorf("read %+v, want %v twice", got, want)
			}
			if len(got) == 2 && (!got[1].At.IsZero() || got[1].Maybe != nil) {
				t.Errorf("NULLs read as %+v", got[1])
			}
		})
	}
}

func TestSerializerReadsZeroDatesAsNone(t *testing.T) {
	t.Parallel()
	for _, params := range []string{"?sql_mode=%27%27", "?sql_mode=%27%27&parseTime=true&loc=Asia%2FKolkata"} {
		db := open(t, dbtest.Database(t)+params)
		if err := db.AutoMigrate(&moment{}); err != nil {
			t.Fatal(err)
		}
		if err := db.Exec("INSERT INTO moment VALUES (1, '0000-00-00', '0000-00-00')").Error; err != nil {
			t.Fatal(err)
		}
		got := moment{At: utc.Now()}
		if err := db.Take(&got).Error; err != nil {
			t.Fatal(err)
		}
		if !got.At.IsZero() || got.Maybe != nil {
			t.Errorf("%s: zero dates read as %+v", params, got)
		}
	}
}

func TestSerializerOverwritesAnEarlierValueWithNull(t *testing.T) {
	t.Parallel()
	db := open(t, dbtest.Database(t))
	if err := db.AutoMigrate(&moment{}); err != nil {
		t.Fatal(err)
	}
	now := utc.Now()
	if err := db.Create(&moment{ID: 1, At: now, Maybe: &now}).Error; err != nil {
		t.Fatal(err)
	}
	if err := db.Select("at", "maybe").Updates(&moment{ID: 1}).Error; err != nil {
		t.Fatal(err)
	}
	var nulls int64
	if err := db.Model(&moment{}).Where("`at` IS NULL AND maybe IS NULL").Count(&nulls).Error; err != nil {
		t.Fatal(err)
	}
	if nulls != 1 {
		t.Error("a zero time and a nil pointer were not written as NULL")
	}
}

func TestSerializerNamesWhatItCannotRead(t *testing.T) {
	t.Parallel()
	type text struct {
		At string `gorm:"column:at;serializer:utc"`
	}
	db := open(t, dbtest.Database(t))
	var got text
	if err := db.Raw("SELECT '2026-01-01' AS `at`").Scan(&got).Error; err == nil {
		t.Error("a string field was accepted")
	}
	var m moment
	if err := db.Raw("SELECT 'soon' AS `at`").Scan(&m).Error; err == nil {
		t.Error("a text that is no time was accepted")
	}
}
