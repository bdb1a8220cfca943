package index

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// form describes how a posting stores its IDs: "list", or the form of each page.
func (p *posting) form() string {
	if p.paged == nil {
		return "list"
	}
	form := ""
	for _, g := range p.paged.pages {
		switch {
		case g.bits != nil:
			form += "b"
		case len(g.list) > 0:
			form += "l"
		default:
			form += "-"
		}
	}
	return form
}

// check reports what is wrong with a posting that should have these IDs.
func (p *posting) check(t rapid.TB, want map[uint32]bool) {
	t.Helper()
	if got := slices.Collect(p.each()); !slices.Equal(got, slices.Sorted(maps.Keys(want))) || p.len() != len(want) {
		t.Fatalf("%s of %d IDs: got %v, want %v", p.form(), p.len(), got, want)
	}
	if len(p.list) > maxList || cap(p.list) > len(p.list)+len(p.list)/4+4 {
		t.Fatalf("a list of %d IDs with a capacity of %d", len(p.list), cap(p.list))
	}
	if p.paged == nil {
		return
	}
	if len(p.list) > 0 {
		t.Fatalf("a posting with pages and a list of %d IDs", len(p.list))
	}
	for i, g := range p.paged.pages {
		if len(g.list) > maxPageList || g.bits != nil && len(g.list) > 0 {
			t.Fatalf("page %d: a list of %d IDs, and a bitmap: %v", i, len(g.list), g.bits != nil)
		}
	}
}

func TestPostingLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var p posting
		ids := map[uint32]bool{}
		t.Repeat(map[string]func(*rapid.T){
			"": func(t *rapid.T) { p.check(t, ids) },
			"change": func(t *rapid.T) {
				count := rapid.SampledFrom([]uint32{1, 10, 100, 1000, 5000}).Draw(t, "count")
				step := rapid.SampledFrom([]uint32{1, 2, 30, 70, 5000}).Draw(t, "step")
				first := rapid.SampledFrom([]uint32{0, 1, 4095, 4096, 100_000}).Draw(t, "first")
				add := rapid.Bool().Draw(t, "add")
				for i := range count {
					if n := first + i*step; add {
						p.add(n)
						ids[n] = true
					} else {
						p.remove(n)
						delete(ids, n)
					}
				}
			},
		})
	})
}

func TestPostingForm(t *testing.T) {
	for _, tt := range []struct {
		name        string
		count, step uint32
		form        string
		left        uint32 // of count, the others are removed
		formLeft    string
	}{
		{"short list", 128, 1, "list", 10, "list"},
		{"bitmap", 129, 1, "b", 64, "b"},
		{"bitmap becomes a list", 129, 1, "b", 63, "list"},
		{"sparse", 4096, 1000, "list", 100, "list"},
		{"long and sparse", 4097, 40, "lllllllllllllllllllllllllllllllllllllllll", 2000, "list"},
		{"dense in three pages", 3 * 4096, 1, "bbb", 5000, "bb-"},
		{"a page becomes a list", 3 * 4096, 1, "bbb", 4096 + 63, "bl-"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var p posting
			ids := map[uint32]bool{}
			for i := range tt.count {
				p.add(i * tt.step)
				ids[i*tt.step] = true
			}
			p.check(t, ids)
			if got := p.form(); got != tt.form {
				t.Errorf("of all: got %s, want %s", got, tt.form)
			}
			for i := tt.left; i < tt.count; i++ {
				p.remove(i * tt.step)
				delete(ids, i*tt.step)
			}
			p.check(t, ids)
			if got := p.form(); got != tt.formLeft {
				t.Errorf("of %d: got %s, want %s", tt.left, got, tt.formLeft)
			}
		})
	}
}

// A far ID makes a posting of few IDs a list again.
func TestPostingFarID(t *testing.T) {
	var p posting
	ids := map[uint32]bool{}
	for i := range uint32(1000) {
		p.add(i)
		ids[i] = true
	}
	p.add(1_000_000)
	ids[1_000_000] = true
	p.check(t, ids)
	if got := p.form(); got != "list" {
		t.Errorf("got %s, want a list", got)
	}
}

// An ID that comes and goes does not convert the posting or a page each time.
func TestPostingConversions(t *testing.T) {
	for _, step := range []uint32{1, 8, 40} {
		t.Run(fmt.Sprint("step ", step), func(t *testing.T) {
			var p posting
			conversions, form := 0, "list"
			see := func() {
				if f := p.form(); f != form {
					conversions++
					form = f
				}
			}
			const n = 5000
			for i := range uint32(n) {
				p.add(i * step)
				see()
				before := conversions
				for range 3 {
					p.remove(i * step)
					p.add(i * step)
				}
				if see(); conversions > before {
					t.Fatalf("ID %d changes the form to %s", i, form)
				}
			}
			for i := range uint32(n) {
				p.remove((n - 1 - i) * step)
				see()
			}
			if pages := n*int(step)/pageSize + 1; conversions > 4*pages {
				t.Errorf("%d conversions of %d pages", conversions, pages)
			}
		})
	}
}

// Each ID is marked if the posting has it: IDs before, after and between those of the posting, in lists
// shorter than eight, and in pages.
func TestPostingMark(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		set := func(ids []uint32) []uint32 {
			slices.Sort(ids)
			return slices.Compact(ids)
		}
		id := rapid.Uint32Range(0, rapid.SampledFrom([]uint32{20, 600, 60_000}).Draw(t, "limit"))
		has := rapid.SliceOfN(id, rapid.SampledFrom([]int{1, 200}).Draw(t, "at least"), 300).Draw(t, "posting")
		most := rapid.SampledFrom([]int{3, 30}).Draw(t, "at most")
		ids := rapid.SliceOfN(rapid.OneOf(id, rapid.SampledFrom(has)), 1, most).Draw(t, "ids")
		has, ids = set(has), set(ids)
		p := posting{list: has}
		if rapid.Bool().Draw(t, "paged") {
			p.becomePaged(int(has[len(has)-1]/pageSize) + 1)
		}
		in := make([]uint8, len(ids))
		p.mark(in, ids)
		for i, n := range ids {
			if got, want := in[i] == 1, slices.Contains(has, n); got != want || in[i] > 1 {
				t.Fatalf("%d in %v: got %d, want %v", n, has, in[i], want)
			}
		}
		first, end := ids[0], ids[len(ids)-1]
		want := slices.DeleteFunc(slices.Clone(has), func(n uint32) bool { return n < first || n >= end })
		if got := between(has, first, end); !slices.Equal(got, want) {
			t.Fatalf("from %d to %d: got %v, want %v", first, end, got, want)
		}
	})
}

// Two IDs with many of the posting between them.
func TestPostingMarkFew(t *testing.T) {
	var p posting
	for n := range uint32(300) {
		p.list = append(p.list, 3*n)
	}
	third := func(n uint32) uint8 {
		if n%3 == 0 && n < 900 {
			return 1
		}
		return 0
	}
	for first := range uint32(200) {
		for last := first + 600; last < 910; last++ {
			var in [2]uint8
			p.mark(in[:], []uint32{first, last})
			if want := [2]uint8{third(first), third(last)}; in != want {
				t.Fatalf("%d and %d: got %v, want %v", first, last, in, want)
			}
		}
	}
}
