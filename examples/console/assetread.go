package console

import (
	"context"
	"slices"
	"strings"
	"time"

	"ic3.internal/innomaintsync/cmmsimport/synclog"
	"ic3.internal/innomaintsync/internal/utc"
)

// assetKey identifies an asset: Innomaint's ids are unique within one customer.
type assetKey struct {
	CustomerID uint64
	ID         string
}

func keyOf(e synclog.Entry) assetKey { return assetKey{e.CustomerID, e.CMMSAssetID} }

// assetState is the sync state in a row of ic3_asset_master.
type assetState struct {
	CustomerID  uint64    `gorm:"column:customer_id"`
	ID          string    `gorm:"column:cmms_asset_id"`
	Name        string    `gorm:"column:asset_name"`
	Status      string    `gorm:"column:cmms_sync_status"`
	SyncedAt    time.Time `gorm:"column:cmms_synced_at;serializer:utc"`
	AttemptedAt time.Time `gorm:"column:cmms_attempted_at;serializer:utc"`
}

const assetColumns = "a.customer_id, a.cmms_asset_id, a.asset_name, a.cmms_sync_status, CAST(a.cmms_synced_at AS CHAR) AS cmms_synced_at, CAST(a.cmms_attempted_at AS CHAR) AS cmms_attempted_at"

// assetStates reads the rows of linked assets. It does not join: the collations of the two tables may differ.
func (c *Console) assetStates(ctx context.Context, keys []assetKey) (map[assetKey]assetState, error) {
	byCustomer := map[uint64][]string{}
	for _, key := range keys {
		byCustomer[key.CustomerID] = append(byCustomer[key.CustomerID], key.ID)
	}
	states := map[assetKey]assetState{}
	for customerID, ids := range byCustomer {
		for chunk := range slices.Chunk(ids, 500) {
			var rows []assetState
			err := c.session(ctx).Raw("SELECT "+assetColumns+" FROM ic3_asset_master a WHERE a.customer_id = ? AND a.cmms_asset_id IN ? AND a.deleted_at IS NULL",
				customerID, chunk).Scan(&rows).Error
			if err != nil {
				return nil, err
			}
			for _, row := range rows {
				states[assetKey{row.CustomerID, row.ID}] = row
			}
		}
	}
	return states, nil
}

// assetsWithID returns the linked assets with this id, of any customer.
func (c *Console) assetsWithID(ctx context.Context, id string) (found []assetState, err error) {
	err = c.session(ctx).Raw("SELECT "+assetColumns+" FROM (SELECT customer_id FROM ic3_asset_master GROUP BY customer_id) c "+
		"JOIN ic3_asset_master a ON a.customer_id = c.customer_id WHERE a.cmms_asset_id = ? AND a.deleted_at IS NULL ORDER BY a.customer_id LIMIT ?",
		id, maxListed).Scan(&found).Error
	return found, err
}

// assetIDs returns the ids with this prefix that are in the log and follow after.
func (c *Console) assetIDs(ctx context.Context, prefix, after string, limit int) (ids []string, err error) {
	err = c.session(ctx).Raw("SELECT cmms_asset_id FROM cmms_sync_log WHERE cmms_asset_id LIKE ? AND cmms_asset_id > ? GROUP BY cmms_asset_id ORDER BY cmms_asset_id LIMIT ?",
		escapeLike(prefix)+"%", after, limit).Scan(&ids).Error
	return ids, err
}

// customerAssets returns one customer's linked assets whose ids have this prefix and follow after.
func (c *Console) customerAssets(ctx context.Context, customerID uint64, prefix, after string, limit int) (found []assetState, err error) {
	err = c.session(ctx).Raw("SELECT "+assetColumns+" FROM ic3_asset_master a WHERE a.customer_id = ? AND a.cmms_asset_id LIKE ? AND a.cmms_asset_id > ? AND a.deleted_at IS NULL ORDER BY a.cmms_asset_id LIMIT ?",
		customerID, escapeLike(prefix)+"%", after, limit).Scan(&found).Error
	return found, err
}

func escapeLike(s string) string {
	return strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(s)
}

// customers returns the ids of the customers that have assets, in order.
func (c *Console) customers(ctx context.Context, limit int) (ids []uint64, err error) {
	err = c.session(ctx).Raw("SELECT customer_id FROM ic3_asset_master GROUP BY customer_id ORDER BY customer_id LIMIT ?", limit).Scan(&ids).Error
	return ids, err
}

// lastCleanSuccess returns the time of the asset's last success without a warning, zero if there is none. Here and below,
// customer_id is in an expression so that MySQL uses the asset's index: the customer's has more rows.
func (c *Console) lastCleanSuccess(ctx context.Context, key assetKey) (time.Time, error) {
	return c.queryTime(ctx, "SELECT CAST(synced_at AS CHAR) AS at FROM cmms_sync_log l WHERE l.cmms_asset_id = ? AND l.customer_id + 0 = ? "+
		"AND l.status = 'Success' AND l.warnings IS NULL ORDER BY l.synced_at DESC LIMIT 1", key.ID, key.CustomerID)
}

// firstAfter returns the time of the asset's first matching row after a time.
func (c *Console) firstAfter(ctx context.Context, key assetKey, where condition, after time.Time) (time.Time, error) {
	return c.queryTime(ctx, "SELECT CAST(synced_at AS CHAR) AS at FROM cmms_sync_log l WHERE l.cmms_asset_id = ? AND l.customer_id + 0 = ? "+
		"AND l.synced_at > ? AND "+string(where)+" ORDER BY l.synced_at LIMIT 1", key.ID, key.CustomerID, utc.Format(clampTime(after)))
}

// clampTime replaces the zero time by one that can be compared with a DATETIME.
func clampTime(t time.Time) time.Time {
	if t.IsZero() {
		return time.Date(1970, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	return t
}
