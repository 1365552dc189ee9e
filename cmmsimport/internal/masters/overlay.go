package masters

import "maps"

// overlay is a map in which what a transaction adds counts for others from its commit on.
type overlay[K comparable, V any] struct {
	committed, pending map[K]V
}

func newOverlay[K comparable, V any]() overlay[K, V] {
	return overlay[K, V]{committed: map[K]V{}, pending: map[K]V{}}
}

func (o overlay[K, V]) get(key K) (V, bool) {
	if value, ok := o.committed[key]; ok {
		return value, true
	}
	value, ok := o.pending[key]
	return value, ok
}

func (o overlay[K, V]) put(key K, value V) { o.pending[key] = value }

func (o overlay[K, V]) deleteFunc(is func(K, V) bool) {
	maps.DeleteFunc(o.committed, is)
	maps.DeleteFunc(o.pending, is)
}

func (o overlay[K, V]) commit() {
	maps.Copy(o.committed, o.pending)
	clear(o.pending)
}

func (o overlay[K, V]) rollback() { clear(o.pending) }
