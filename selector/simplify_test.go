package selector_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/rollcall-go/rollcall/selector"
)

func TestSimplify(t *testing.T) {
	list := func(values []string) string { return "(" + strings.Join(values, ",") + ")" }
	zeros, ones, twos := allSpellings("0"), allSpellings("1"), allSpellings("2")
	for _, tt := range []struct{ text, want string }{
		{"", ""},
		{"a in (b,c),a notin (c)", "a=b"},
		{"a,a in (b,c)", "a in (b,c)"},
		{"a in (b,b)", "a=b"},
		{"a=b,a=b", "a=b"},
		{"a=b,a=c", "a,!a"},
		{"a<0", "a,!a"},
		{"!a,a notin (b)", "!a"},
		{"a!=b,a notin (b)", "a!=b"},
		{"a notin (b,c)", "a!=b,a!=c"},
		{"label notin (b,c)", "label notin (b,c)"}, // as long as twice !=, bytewise less
		{"label!=b,label!=c", "label notin (b,c)"},
		{"six123!=b,six123!=c", "six123 notin (b,c)"},
		{"a!=b,a!=c,a!=d", "a!=b,a!=c,a!=d"},
		{"a!=b,a!=c,a!=d,a!=e", "a notin (b,c,d,e)"},
		{"ab!=b,ab!=c,ab!=d", "ab notin (b,c,d)"},
		{"a,a!=b", "a!=b,a"}, // bytewise less than "a,a!=b"
		{"a,a!=", "a!=,a"},
		{"label,label notin (b,c)", "label notin (b,c),label"},
		{"n>1,n>5,n<9,n!=x,n", "n<9,n>5"},
		{"n>1,n<3,n notin (2,02)", "n!=02,n!=2,n<3,n>1"},
		{"n>007", "n>7"},
		{"n in (1,2,x),n>1", "n=2"},
		{"n>5,n!=3", "n>5"},
		{"n>9223372036854775806", "n>9223372036854775806"},
		{"n<9223372036854775807", "n<9223372036854775807"},
		{"b=1,a=1", "a=1,b=1"},
		{"n in (0,00)", "n in (0,00)"},
		{"n in " + list(zeros), "n<1"},
		{"n in " + list(zeros[1:]), "n!=0,n<1"},
		{"n in " + list(zeros[:62]), "n!=" + zeros[62] + ",n<1"},
		{"n in " + list(twos), "n<3,n>1"},
		{"n in " + list(twos[:44]), "n in " + list(twos[:44])}, // 1040 bytes; the others alone are 1026
		{"n in " + list(twos[:45]), "n notin " + list(twos[45:]) + ",n<3,n>1"},
		{"n in " + list(append(slices.Clone(zeros), "x")), "n in " + list(append(slices.Clone(zeros), "x"))},
		{"n in " + list(slices.Concat(zeros, ones)), "n<2"},
		{"n in " + list(slices.Concat(zeros, twos)), "n notin " + list(ones) + ",n<3"},
		{"n<1000,n notin " + list(zeros), "n<1000,n>0"}, // far more is left than a list could hold
		{"n<1000,n>5,n notin " + list(append(allSpellings("998"), allSpellings("999")...)), "n<998,n>5"},
		{"n>5,n notin " + list(allSpellings("9223372036854775807")), "n<9223372036854775807,n>5"},
		{"n<2,n notin " + list(zeros), "n<2,n>0"},
		{"n<3,n>0,n notin " + list(twos), "n<2,n>0"},
		{"n<3,n notin " + list(ones), "n notin " + list(ones) + ",n<3"},
		{"n<3,n notin " + list(slices.Concat(zeros, ones, twos[1:])), "n=2"},
		{"n<3,n>1,n notin " + list(twos[2:]), "n in (02,2)"},
		{"n<3,n>1,n notin " + list(twos), "a,!a"},
		{"n>9223372036854775805,n notin " + list(allSpellings("9223372036854775807")), "n<9223372036854775807,n>9223372036854775805"},
	} {
		t.Run(fmt.Sprintf("%.60s", tt.text), func(t *testing.T) {
			got, want := selector.MustParse(tt.text).Simplify(), selector.MustParse(tt.want)
			if !got.Equal(want) {
				t.Errorf("got %.60q, want %.60q", got, want)
			}
		})
	}
}

// No text in a small world that means the same is shorter than what Simplify returns, or as short and bytewise less.
func TestSimplifyIsShortest(t *testing.T) {
	for _, key := range []string{"x", "xx", "xxxxx", "xxxxxx"} {
		var sets []map[string]string
		for _, labels := range world() {
			if _, y := labels["y"]; !y {
				if x, ok := labels["x"]; ok {
					labels = map[string]string{key: x}
				}
				sets = append(sets, labels)
			}
		}
		pool := []string{key, "!" + key}
		for _, value := range []string{"", "a", "b", "2", "02"} {
			pool = append(pool, key+"="+value, key+"!="+value)
		}
		for _, values := range []string{",a", "a,b", ",a,b", "02,2", "02,2,a"} {
			pool = append(pool, fmt.Sprintf("%s in (%s)", key, values), fmt.Sprintf("%s notin (%s)", key, values))
		}
		for _, bound := range []string{"0", "1", "2", "3", "02"} {
			pool = append(pool, key+">"+bound, key+"<"+bound)
		}
		meaning := func(s selector.Selector) string {
			reqs, matches := s.Requirements(), []byte(nil)
			for _, labels := range sets {
				matches = fmt.Append(matches, slowMatches(reqs, labels))
			}
			return string(matches)
		}
		better := func(s, t string) bool { return len(s) < len(t) || len(s) == len(t) && s < t }
		texts, shortest := map[string]string{}, map[string]string{} // by text, its meaning; by meaning, the shortest text
		add := func(reqs ...string) {
			text := joined(reqs...)
			m := meaning(selector.MustParse(text))
			texts[text] = m
			if best, ok := shortest[m]; !ok || better(text, best) {
				shortest[m] = text
			}
		}
		add()
		for _, a := range pool {
			add(a)
			for _, b := range pool {
				add(a, b)
				if strings.Contains(a+b, ">") || strings.Contains(a+b, "!=") {
					for _, c := range pool {
						add(a, b, c)
					}
				}
			}
		}
		simplest := map[string]string{} // by what it matches
		for text, m := range texts {
			got := selector.MustParse(text).Simplify()
			if !got.Satisfiable() {
				shortest[m] = "a,!a"
			}
			if best := shortest[m]; better(best, got.String()) || meaning(got) != m {
				t.Fatalf("%s simplifies to %s, want %s or better", text, got, best)
			}
			if other, ok := simplest[m]; ok && other != got.String() {
				t.Fatalf("%s simplifies to %s, others that mean the same to %s", text, got, other)
			}
			simplest[m] = got.String()
		}
	}
}
