package index_test

import (
	"fmt"
	"testing"

	"github.com/rollcall-go/rollcall/selector"
)

// These tests are exhaustive: two keys that are missing, empty, "a" or "b", a third with integers, three
// namespaces, and every selector of up to two requirements for them.

const missing = "missing"

func worldLabels(numbers ...string) []map[string]string {
	var all []map[string]string
	for _, x := range []string{missing, "", "a", "b"} {
		for _, y := range []string{missing, "", "a", "b"} {
			for _, n := range numbers {
				labels := map[string]string{}
				for key, value := range map[string]string{"x": x, "y": y, "n": n} {
					if value != missing {
						labels[key] = value
					}
				}
				all = append(all, labels)
			}
		}
	}
	return all
}

func worldObjects(numbers ...string) []object {
	var all []object
	for _, labels := range worldLabels(numbers...) {
		for _, namespace := range namespaces {
			all = append(all, object{namespace, labels})
		}
	}
	return all
}

func worldRequirements() []selector.Requirement {
	var all []selector.Requirement
	for _, k := range []struct {
		key    string
		values []string
	}{{"x", []string{"", "a", "b"}}, {"y", []string{"", "a", "b"}}, {"n", []string{"1", "2"}}} {
		add := func(op selector.Operator, values ...string) {
			all = append(all, selector.Requirement{Key: k.key, Operator: op, Values: values})
		}
		add(selector.Exists)
		add(selector.DoesNotExist)
		for subset := 1; subset < 1<<len(k.values); subset++ {
			var values []string
			for i, v := range k.values {
				if subset&(1<<i) != 0 {
					values = append(values, v)
				}
			}
			add(selector.In, values...)
			add(selector.NotIn, values...)
		}
		for _, v := range k.values {
			add(selector.Equals, v)
			add(selector.NotEquals, v)
		}
		add(selector.GreaterThan, "1")
		add(selector.LessThan, "1")
	}
	add := func(op selector.Operator, value string) {
		all = append(all, selector.Requirement{Key: "n", Operator: op, Values: []string{value}})
	}
	add(selector.GreaterThan, "0")
	add(selector.LessThan, "2")
	return all
}

func worldSelectors(t *testing.T, two bool) []selector.Selector {
	reqs := worldRequirements()
	all := []selector.Selector{selector.Everything(), selector.Nothing()}
	for _, r1 := range reqs {
		all = append(all, mustNew(t, r1))
		for _, r2 := range reqs {
			if two {
				all = append(all, mustNew(t, r1, r2))
			}
		}
	}
	return all
}

func TestObjectsInASmallWorld(t *testing.T) {
	var c checkedObjects[int]
	for i, o := range worldObjects(missing, "1", "2", "-5") {
		c.set(t, i, o)
	}
	checked := 0
	for _, sel := range worldSelectors(t, true) {
		for _, namespace := range asked {
			checked++
			c.ask(t, namespace, sel)
		}
	}
	if want := (2 + 64 + 64*64) * 4; checked != want || c.index.Len() != 192 {
		t.Errorf("checked %d selections of %d, want all %d of 192", checked, c.index.Len(), want)
	}
}

func TestSelectorsInASmallWorld(t *testing.T) {
	var c checkedSelectors[[2]int]
	for i, sel := range worldSelectors(t, true) {
		for j, namespace := range namespaces {
			c.set(t, [2]int{i, j}, namespaced{namespace, sel})
		}
	}
	checked := 0
	for _, labels := range worldLabels(missing, "1", "2", "-5") {
		for _, namespace := range asked {
			checked++
			c.ask(t, namespace, labels)
		}
	}
	if want := (2 + 64 + 64*64) * 3; checked != 64*4 || c.index.Len() != want {
		t.Errorf("checked %d label sets against %d selectors, want all 256 against %d", checked, c.index.Len(), want)
	}
}

// One selector is replaced by every other one, with all objects.
func TestJoinOfOneSelectorInASmallWorld(t *testing.T) {
	var c checkedJoin[int, string]
	for i, o := range worldObjects(missing, "1", "-5") {
		c.setObject(t, i, o)
	}
	for _, sel := range worldSelectors(t, true) {
		for _, namespace := range namespaces {
			c.setSelector(t, "s", namespaced{namespace, sel})
		}
	}
	c.check(t)
	c.deleteSelector(t, "s")
	c.check(t)
}

// One object is replaced by every other one, with all selectors of one requirement, and with those of two.
func TestJoinOfOneObjectInASmallWorld(t *testing.T) {
	for _, two := range []bool{false, true} {
		t.Run(fmt.Sprintf("two=%v", two), func(t *testing.T) {
			var c checkedJoin[string, int]
			for i, sel := range worldSelectors(t, two) {
				c.setSelector(t, i, namespaced{namespaces[i%3], sel})
			}
			objects := worldObjects("1", "-5")
			if two {
				for _, o := range objects {
					c.setObject(t, "o", o)
				}
			} else {
				for _, from := range objects[:len(objects)/2] {
					for _, to := range objects {
						c.setObject(t, "o", from)
						c.setObject(t, "o", to)
					}
				}
			}
			c.check(t)
			c.deleteObject(t, "o")
			c.check(t)
		})
	}
}
