package sharding

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/hibiken/asynq"
	"gorm.io/gorm"

	"ic3.internal/innomaintsync/cmmsimport"
)

// TaskType is the kind of a job that syncs one customer.
const TaskType = "cmms:sync-customer"

type job struct {
	CustomerID uint64 `json:"customer_id"`
}

// onePerNight keeps a second job of a customer out of the queue, until the first one is done or this has passed.
const onePerNight = 20 * time.Hour

// Enqueue queues a job for each customer that has assets linked to Innomaint, and returns how many it added.
func Enqueue(ctx context.Context, db *gorm.DB, queue *asynq.Client) (added int, err error) {
	plan, err := cmmsimport.GormRepository{}.Plan(ctx, db, cmmsimport.AssetQuery{})
	if err != nil {
		return 0, fmt.Errorf("reading the customers: %w", err)
	}
	for _, customer := range plan {
		payload, err := json.Marshal(job{CustomerID: customer.CustomerID})
		if err != nil {
			return added, err
		}
		_, err = queue.EnqueueContext(ctx, asynq.NewTask(TaskType, payload), asynq.Unique(onePerNight), asynq.MaxRetry(10))
		switch {
		case err == nil:
			added++
		case !errors.Is(err, asynq.ErrDuplicateTask):
			return added, fmt.Errorf("queueing customer %d: %w", customer.CustomerID, err)
		}
	}
	return added, nil
}
