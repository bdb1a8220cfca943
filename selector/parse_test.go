package selector_test

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/rollcall-go/rollcall/internal/check"
	"github.com/rollcall-go/rollcall/selector"
)

var accepted = []struct{ text, canonical string }{
	{"", ""},
	{" \t\r\n", ""},
	{"x", "x"},
	{"!x", "!x"},
	{" ! x ", "!x"},
	{"x=a", "x=a"},
	{"x==a", "x=a"},
	{"x\t=\na\r", "x=a"},
	{"x!=a", "x!=a"},
	{"x=", "x="},
	{"x= ,y", "x=,y"},
	{"x!=", "x!="},
	{"x>1", "x>1"},
	{"x < 007", "x<007"},
	{"x in (a)", "x in (a)"},
	{"x in(b,a)", "x in (a,b)"},
	{"x notin(a)", "x notin (a)"},
	{"x in ()", "x in ()"},
	{"x in (,)", "x in ()"},
	{"x in (,a)", "x in (,a)"},
	{"x in (a,)", "x in (,a)"},
	{"x in (a,,b)", "x in (,a,b)"},
	{"x in (b,a,b)", "x in (a,b)"},
	{"x notin ( )", "x notin ()"},
	{"in in (in)", "in in (in)"},
	{"notin notin (notin,in)", "notin notin (in,notin)"},
	{"in=notin", "in=notin"},
	{"in,!notin", "in,!notin"},
	{"z=1,a=2,z!=3,b", "a=2,b,z=1,z!=3"},
	{"x=a,x=b", "x=a,x=b"},
	{"example.com/app=web", "example.com/app=web"},
	{"app=web,env in (prod,staging),tier notin (db),team,!canary", "app=web,!canary,env in (prod,staging),team,tier notin (db)"},
}

func TestParse(t *testing.T) {
	for _, tt := range accepted {
		t.Run(strconv.Quote(tt.text), func(t *testing.T) {
			s, err := selector.Parse(tt.text)
			if err != nil || s.String() != tt.canonical {
				t.Errorf("got %q, %v, want %q", s, err, tt.canonical)
			}
		})
	}
}

func TestParseManyRequirements(t *testing.T) {
	many := strings.Repeat("k in (v,w),", 1000) + "k"
	if s := selector.MustParse(many); len(s.Requirements()) != 1001 {
		t.Errorf("%d requirements, want 1001", len(s.Requirements()))
	}
}

const (
	wantOperator = `=, ==, !=, in, notin, >, <, ',' or the end`
	wantName     = `letters, digits, '-', '_' and '.'`
)

var refused = []struct {
	text string
	want []string
}{
	{",", []string{`found "," at offset 0, want a key or '!'`}},
	{"!", []string{`found the end at offset 1 after "!", want a key`}},
	{"!!x", []string{`found "!" at offset 1 after "!", want a key`}},
	{"=a", []string{`found "=" at offset 0, want a key or '!'`}},
	{"x,", []string{`found the end at offset 2 after "x,", want a key or '!'`}},
	{"x,,y", []string{`found "," at offset 2 after "x,", want a key or '!'`}},
	{"!x=a", []string{`found "=" at offset 2 after "!x", want ',' or the end`}},
	{"!x in (a)", []string{`found "in" at offset 3 after "!x ", want ',' or the end`}},
	{"x y", []string{`found "y" at offset 2 after "x ", want ` + wantOperator}},
	{"x gt 5", []string{`found "gt" at offset 2 after "x ", want ` + wantOperator}},
	{"x ! = a", []string{`found "!" at offset 2 after "x ", want ` + wantOperator}},
	{"a/(", []string{`found "(" at offset 2 after "a/", want a name`}},
	{"x===a", []string{`found "=" at offset 3 after "x==", want a value, ',' or the end`}},
	{"x=!a", []string{`found "!" at offset 2 after "x=", want a value, ',' or the end`}},
	{"x=(a)", []string{`found "(" at offset 2 after "x=", want a value, ',' or the end`}},
	{"a=b=c", []string{`found "=" at offset 3 after "a=b", want ',' or the end`}},
	{"x=a b", []string{`found "b" at offset 4 after "x=a ", want ',' or the end`}},
	{"x>", []string{`found the end at offset 2 after "x>", want an integer of 64 bits`}},
	{"x>a", []string{`found "a" at offset 2 after "x>", want an integer of 64 bits`}},
	{"x>=5", []string{`found "=" at offset 2 after "x>", want an integer of 64 bits`}},
	{"x<9223372036854775808", []string{`found "9223372036854775808" at offset 2 after "x<", want an integer of 64 bits`}},
	{"x>-5", []string{`found "-" at offset 2 after "x>", want a letter or digit at both ends`}},
	{"x in", []string{`found the end at offset 4 after "x in", want '('`}},
	{"x in a", []string{`found "a" at offset 5 after "x in ", want '('`}},
	{"x in (a", []string{`found the end at offset 7 after "x in (a", want ',' or ')'`}},
	{"x in ((a))", []string{`found "(" at offset 6 after "x in (", want a value, ',' or ')'`}},
	{"x in (a b)", []string{`found "b" at offset 8 after "x in (a ", want ',' or ')'`}},
	{"app = web, tier in (front end), x", []string{`found "end" at offset 26 after "app = web, tier in (front ", want ',' or ')'`}},
	{"x=a\x00,y=b", []string{`found "\x00" at offset 3 after "x=a", want ` + wantName}},
	{"\x00", []string{`found "\x00" at offset 0, want ` + wantName}},
	{"é=1,x=é,y=\xff,a/=1", []string{
		`found "é" at offset 0, want ` + wantName,
		`found "é" at offset 7 after "é=1,x=", want ` + wantName,
		`found "\xff" at offset 12 after "é=1,x=é,y=", want ` + wantName,
		`found "=" at offset 16 after "é=1,x=é,y=\xff,a/", want a name`,
	}},
	{"a-=b-,c in (-d) e", []string{
		`found "-" at offset 1 after "a", want a letter or digit at both ends`,
		`found "-" at offset 4 after "a-=b", want a letter or digit at both ends`,
		`found "-" at offset 12 after "a-=b-,c in (", want a letter or digit at both ends`,
		`found "e" at offset 16 after "a-=b-,c in (-d) ", want ',' or the end`,
	}},
	{strings.Repeat("long,", 20) + strings.Repeat("v", 64), []string{
		`found "v" at offset 163 after "…` + strings.Repeat("v", 40) + `", want at most 63 bytes`,
	}},
	{strings.Repeat("é", 30), []string{`found "é" at offset 0, want ` + wantName}},
	{"x " + strings.Repeat("w", 50), []string{`found "` + strings.Repeat("w", 40) + `" at offset 2 after "x ", want ` + wantOperator}},
	{strings.Repeat("a,", 10) + strings.Repeat("b=1,", 6) + "c=é c", []string{
		`found "é" at offset 46 after "…a,a,a,a,a,a,a,b=1,b=1,b=1,b=1,b=1,b=1,c=", want ` + wantName,
		`found "c" at offset 49 after "…,a,a,a,a,a,b=1,b=1,b=1,b=1,b=1,b=1,c=é ", want ',' or the end`,
	}},
	{strings.Repeat("k", 39) + "=!", []string{`found "!" at offset 40 after "` + strings.Repeat("k", 39) + `=", want a value, ',' or the end`}}, // just short enough
	{strings.Repeat("é", 30) + "=(", []string{
		`found "é" at offset 0, want ` + wantName,
		`found "(" at offset 61 after "…` + strings.Repeat("é", 19) + `=", want a value, ',' or the end`, // 40 bytes back is within an é
	}},
}

func TestSyntaxErrors(t *testing.T) {
	for _, tt := range refused {
		t.Run(fmt.Sprintf("%.40q", tt.text), func(t *testing.T) {
			s, err := selector.Parse(tt.text)
			if !s.IsNothing() {
				t.Errorf("got %q, want Nothing", s)
			}
			if err == nil {
				t.Fatal("no error")
			}
			if diff := cmp.Diff(tt.want, strings.Split(err.Error(), "\n")); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			var all selector.SyntaxErrors
			var first *selector.SyntaxError
			if !errors.As(err, &all) || !errors.As(err, &first) || first != all[0] || len(all) != len(tt.want) {
				t.Errorf("%T: errors.As found %v and %v", err, all, first)
			}
			for _, e := range all {
				if e.Input != tt.text || !strings.HasPrefix(tt.text[e.Offset:], e.Found) {
					t.Errorf("%+v", *e)
				}
			}
		})
	}
}

func TestMustParse(t *testing.T) {
	defer func() {
		if got, want := recover(), `selector: found "," at offset 0, want a key or '!'`; got != want {
			t.Errorf("panic with %v, want %v", got, want)
		}
	}()
	selector.MustParse(",")
}

// Parse reads the text of a selector as a selector that matches the same label sets. It is equal unless a list had a value
// twice.
func TestTextRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, labels := check.Must(selector.New(drawRequirements(t)...)), labelSets.Draw(t, "labels")
		again, err := selector.Parse(s.String())
		if err != nil || again.Matches(labels) != s.Matches(labels) || !again.Equivalent(s) {
			t.Fatalf("%q became %q, %v; on %v", s, again, err, labels)
		}
		if third := selector.MustParse(again.String()); !third.Equal(again) {
			t.Fatalf("%q became %q", again, third)
		}
	})
}

func TestTextOfEverythingAndNothing(t *testing.T) {
	for _, s := range []selector.Selector{{}, selector.Everything(), selector.Nothing()} {
		if again := selector.MustParse(s.String()); !again.Equal(s) {
			t.Errorf("%q became %q", s, again)
		}
	}
}

// Parse ignores blanks between words and signs.
func TestBlanks(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := check.Must(selector.New(drawRequirements(t)...))
		var text string
		for _, token := range regexp.MustCompile(`!=|[=!()<>,]|[^ =!()<>,]+`).FindAllString(s.String(), -1) {
			text += token + rapid.StringMatching(`[ \t\r\n]{1,2}`).Draw(t, "blanks")
		}
		again, err := selector.Parse(text)
		if err != nil || again.String() != selector.MustParse(s.String()).String() {
			t.Fatalf("%q became %q, %v", text, again, err)
		}
	})
}

// A Selector is a string in JSON, flags and logs. An invalid text leaves it unchanged.
func TestMarshalText(t *testing.T) {
	type spec struct{ Selector selector.Selector }
	for _, text := range []string{"", "a,!a", "app=web,tier in (a,b)"} {
		in := spec{selector.MustParse(text)}
		data, err := json.Marshal(in)
		if err != nil || string(data) != `{"Selector":"`+text+`"}` {
			t.Errorf("%s, %v", data, err)
		}
		var out spec
		if err := json.Unmarshal(data, &out); err != nil || !out.Selector.Equal(in.Selector) {
			t.Errorf("%s became %q, %v", data, out.Selector, err)
		}
	}

	flags := flag.NewFlagSet("", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	var s selector.Selector
	flags.TextVar(&s, "l", selector.MustParse("a=1"), "")
	if err := flags.Parse(nil); err != nil || s.String() != "a=1" {
		t.Errorf("the flag's default is %q, %v", s, err)
	}
	if err := flags.Parse([]string{"-l", "b=2"}); err != nil || s.String() != "b=2" {
		t.Errorf("the flag is %q, %v", s, err)
	}
	if err := flags.Parse([]string{"-l", "b c"}); err == nil || !strings.Contains(err.Error(), `found "c" at offset 2`) || s.String() != "b=2" {
		t.Errorf("the flag is %q, %v", s, err)
	}

	var log strings.Builder
	slog.New(slog.NewJSONHandler(&log, nil)).Info("", "selector", s)
	if !strings.Contains(log.String(), `"selector":"b=2"`) {
		t.Errorf("logged %s", log.String())
	}
}
