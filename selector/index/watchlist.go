package index

// A watchlist has the keys for which there are entries in buckets, in no particular order.
type watchlist struct {
	list []watched
	at   map[uint32]int // the position in the list, by term
}

// A watched is a key that decides which buckets Match tries.
type watched struct {
	term   uint32
	key    string
	own    int // entries in the bucket of the term
	values int // entries in the buckets of the key's values
}

// count changes the numbers of entries of a term. A term without entries is not in the list. It takes
// constant time, amortised.
func (w *watchlist) count(t uint32, key string, own, values int) {
	i, known := w.at[t]
	if !known {
		if w.at == nil {
			w.at = map[uint32]int{}
		}
		i = len(w.list)
		w.at[t] = i
		w.list = append(spare(w.list), watched{term: t, key: key})
	}
	x := &w.list[i]
	x.own += own
	x.values += values
	if x.own+x.values > 0 {
		return
	}
	last := len(w.list) - 1
	w.list[i] = w.list[last]
	w.at[w.list[i].term] = i
	delete(w.at, t)
	w.list[last] = watched{}
	w.list = fit(w.list[:last])
}
