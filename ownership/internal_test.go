package ownership

import (
	"fmt"
	"testing"

	"github.com/rollcall-go/rollcall/selector"
)

// Selectors that all overlap, or none, are not compared with each other, and those that lie in one another
// only with their likes.
func TestImplicationsCompareFewSelectors(t *testing.T) {
	for _, tt := range []struct {
		name string
		text func(i int) string
		most int // comparisons for each selector
	}{
		{"all overlap", func(i int) string { return fmt.Sprintf("k%d=v", i) }, 0},
		{"none overlap", func(i int) string { return fmt.Sprintf("app in (a%d,b%d)", i, i) }, 0},
		{"one value in all lists", func(i int) string { return fmt.Sprintf("app in (a,b%d)", i) }, 0},
		{"pairs", func(i int) string {
			return []string{fmt.Sprintf("app=a%d", i), fmt.Sprintf("app=a%d,tier=b", i-1)}[i%2]
		}, 1},
	} {
		for _, n := range []int{1000, 2000, 4000} {
			t.Run(fmt.Sprintf("%s/n=%d", tt.name, n), func(t *testing.T) {
				selectors := make([]selector.Selector, n)
				for i := range selectors {
					selectors[i] = selector.MustParse(tt.text(i))
				}
				if _, compared := implications(selectors); compared > tt.most*n {
					t.Errorf("compares %d pairs of %d selectors, want at most %d", compared, n, tt.most*n)
				}
			})
		}
	}
}
