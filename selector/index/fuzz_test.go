package index_test

import (
	"testing"

	"github.com/rollcall-go/rollcall/selector"
)

// histories are inputs of FuzzIndex: each byte chooses a change or one of its arguments.
var histories = []struct{ name, bytes string }{
	{"nothing", ""},
	{"one object, asked for", "\x00\x01\x01\x05" + "\x04\x00\x01\x00" + "\x04\x01\x00"},
	{"replaced, moved, deleted twice", "\x00\x01\x00\x05" + "\x00\x01\x00\x09" + "\x00\x01\x02\x09" + "\x01\x01" + "\x01\x01"},
	{"one selector, asked for", "\x02\x01\x01\x01\x00" + "\x05\x01\x05" + "\x05\x00\x00"},
	{"a selector of three requirements, replaced by none", "\x02\x03\x00\x03\x02\x19\x30" + "\x05\x02\x07" + "\x02\x03\x00\x00" + "\x05\x02\x07"},
	{"both, selectors first", "\x02\x00\x00\x01\x01" + "\x02\x01\x01\x01\x05" + "\x00\x00\x01\x3f" + "\x00\x00\x02\x3f" + "\x03\x00" + "\x01\x00"},
	{"both, objects first", "\x00\x00\x01\x11" + "\x00\x01\x00\x22" + "\x02\x00\x00\x02\x04\x33" + "\x02\x00\x01\x01\x04" + "\x03\x00"},
	{"everything, and everything gone", "\x00\x00\x00\x00\x00\x01\x01\x01\x00\x02\x02\x02\x02\x00\x00\x00\x01\x00\x01\x01\x01\x02\x03\x00"},
}

// After any history, the index and a scan have the same answers.
func FuzzIndex(f *testing.F) {
	for _, h := range histories {
		f.Add([]byte(h.bytes))
	}
	labels, reqs := worldLabels(missing, "1", "2", "-5"), worldRequirements()
	f.Fuzz(func(t *testing.T, history []byte) {
		next := func(n int) int {
			if len(history) == 0 {
				return 0
			}
			b := int(history[0])
			history = history[1:]
			return b % n
		}
		sel := func() selector.Selector {
			some := make([]selector.Requirement, next(4))
			for i := range some {
				some[i] = reqs[next(len(reqs))]
			}
			return mustNew(t, some...)
		}
		var objects checkedObjects[int]
		var selectors checkedSelectors[int]
		var join checkedJoin[int, int]
		for len(history) > 0 {
			switch next(6) {
			case 0:
				key, o := next(16), object{namespaces[next(3)], labels[next(64)]}
				objects.set(t, key, o)
				join.setObject(t, key, o)
			case 1:
				key := next(16)
				objects.delete(t, key)
				join.deleteObject(t, key)
			case 2:
				key, s := next(16), namespaced{namespaces[next(3)], sel()}
				selectors.set(t, key, s)
				join.setSelector(t, key, s)
			case 3:
				key := next(16)
				selectors.delete(t, key)
				join.deleteSelector(t, key)
			case 4:
				objects.ask(t, asked[next(4)], sel())
			case 5:
				selectors.ask(t, asked[next(4)], labels[next(64)])
			}
		}
		for _, namespace := range asked {
			for _, r := range reqs {
				objects.ask(t, namespace, mustNew(t, r))
			}
			for _, l := range labels {
				selectors.ask(t, namespace, l)
			}
		}
		join.check(t)
	})
}
