package crash_test

import (
	"sync"

	"ic3.internal/innomaintsync/internal/dbtest/wire"
)

// strike does something to the process that syncs, at one moment.
type strike struct {
	act    func() // what is at hand waits for its return
	resume bool   // the statement at hand goes on; without it, what was not sent never will be

	mu      sync.Mutex
	counter counter
	number  int // of the statement that is meant; 0 until it has come
}

// taps are for the proxy between the process and the database.
func (k *strike) taps() wire.Taps {
	return wire.Taps{
		Request: func(s wire.Statement) wire.Verdict {
			k.count(s)
			return k.before(beforeSent, s)
		},
		HalfSent: func(s wire.Statement) wire.Verdict { return k.before(halfSent, s) },
		Sent:     func(s wire.Statement) { k.at(sent, s) },
		Response: func(s wire.Statement, _ uint16) wire.Verdict {
			k.at(beforeAnswer, s)
			return wire.Pass
		},
		Responded: func(s wire.Statement) { k.at(answered, s) },
	}
}

// count looks for the statement that is meant.
func (k *strike) count(s wire.Statement) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.number == 0 && k.counter.meant(s) {
		k.number = s.Number
	}
}

// before strikes if the moment lies before the statement has been sent.
func (k *strike) before(now point, s wire.Statement) wire.Verdict {
	if k.at(now, s) && !k.resume {
		return wire.Cut
	}
	return wire.Pass
}

// at strikes if this is the moment.
func (k *strike) at(now point, s wire.Statement) bool {
	k.mu.Lock()
	come := k.counter.point == now && k.number == s.Number
	k.mu.Unlock()
	if !come {
		return false
	}
	turns := 0
	for range k.counter.busy {
		turns++
	}
	k.act()
	return true
}
