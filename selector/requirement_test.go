package selector

import (
	"strconv"
	"testing"

	"pgregory.net/rapid"
)

func TestParseInt(t *testing.T) {
	check := func(t interface{ Errorf(string, ...any) }, s string) {
		n, ok := parseInt(s)
		want, err := strconv.ParseInt(s, 10, 64)
		if ok != (err == nil) || ok && n != want {
			t.Errorf("parseInt(%q) = %d, %v; strconv says %d, %v", s, n, ok, want, err)
		}
	}
	for _, s := range []string{
		"", "-", "+", "--1", "+-1", "0", "-0", "+0", "007", "1_0", "0x1", "1e3", " 1", "1 ", "٣", "1.5",
		"9223372036854775806", "9223372036854775807", "9223372036854775808", "+9223372036854775807", "+9223372036854775808",
		"-9223372036854775807", "-9223372036854775808", "-9223372036854775809", "18446744073709551616", "-18446744073709551616",
		"92233720368547758070", "0000000000000000000000000000000000009223372036854775807", "99999999999999999999999999999999999",
	} {
		t.Run(strconv.Quote(s), func(t *testing.T) { check(t, s) })
	}
	t.Run("random", func(t *testing.T) {
		rapid.Check(t, func(t *rapid.T) {
			check(t, rapid.OneOf(
				rapid.Map(rapid.Int64(), func(n int64) string { return strconv.FormatInt(n, 10) }),
				rapid.StringMatching(`[-+]?[0-9]{17,21}`),
				rapid.StringMatching(`[-+0-9a_]{0,4}`),
			).Draw(t, "s"))
		})
	})
}

// A list finds its values and no others, whether it is short or long enough for a map.
func TestList(t *testing.T) {
	for _, n := range []int{1, manyValues - 1, manyValues, 100} {
		t.Run(strconv.Itoa(n), func(t *testing.T) {
			values := []string{""}
			for i := range n - 1 {
				values = append(values, strconv.Itoa(100+i))
			}
			l := newList(values)
			if (l.set != nil) != (n >= manyValues) {
				t.Errorf("map: %v, want one from %d values on", l.set != nil, manyValues)
			}
			for _, value := range values {
				if !l.has(value) {
					t.Errorf("does not have %q", value)
				}
			}
			for _, value := range []string{"x", "1000", "10", "99", strconv.Itoa(99 + n)} {
				if l.has(value) {
					t.Errorf("has %q", value)
				}
			}
		})
	}
}
