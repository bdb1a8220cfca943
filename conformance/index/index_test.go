package main

import (
	"math/rand/v2"
	"testing"

	"github.com/sirupsen/logrus"
)

// TestObjects runs every row of Objects once with all its selectors, between changes of the objects.
func TestObjects(t *testing.T) {
	for _, unique := range []bool{false, true} {
		w, _ := newWorld(1_000, unique)
		rows := w.rows() // verifies
		for _, r := range rows {
			for _, c := range r.contestants {
				c.op(0)
			}
		}
		for _, c := range w.changes() {
			for _, steps := range []int{3, 300, 700} {
				for _, contestant := range c.contestants {
					for i := range steps {
						contestant.op(i)
					}
				}
				for _, k := range kinds {
					w.verify(w.cluster.queries(2, false, k.text))
					w.verify(w.cluster.queries(2, true, k.text))
				}
			}
			c.restore()
		}
		w.rows()
		for _, q := range w.cluster.selectors(300, true) {
			w.verify([]*query{q})
		}
	}
}

// TestSelectors runs every row of Selectors once.
func TestSelectors(t *testing.T) {
	for _, load := range workloads {
		for _, within := range []bool{false, true} {
			f := newArena(400, within, load)
			f.verify(f.pods)
			replace := f.replaces("")
			for _, c := range replace.contestants {
				for i := range 100 {
					c.op(i)
				}
			}
			f.verify(f.pods)
			replace.restore()
			if n := f.matches("").answers; n == 0 {
				t.Error("no pod matches")
			}
		}
	}
}

// TestJoin runs every row of Join once. The rows compare the events when they are created.
func TestJoin(t *testing.T) {
	logrus.SetLevel(logrus.PanicLevel)
	j := newJunction(200, 100)
	for _, r := range j.rows() {
		if r.answers == 0 && r.name != "relabel: canary, and back" {
			t.Errorf("%s: no events", r.name)
		}
		for _, c := range r.contestants {
			c.op(0)
		}
	}
	j.rows()
}

// TestChurn changes objects at random.
func TestChurn(t *testing.T) {
	for _, i := range indexes {
		c, random := newCluster(1_000, 4, false), rand.New(rand.NewPCG(5, 5))
		pods := c.all()
		o := indexed(i.new(), pods)
		pods, _ = churnSome(o, c, random, pods, nil, 5_000)
		verifyChurned(i.name, o, pods)
	}
}
