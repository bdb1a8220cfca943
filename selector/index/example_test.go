package index_test

import (
	"fmt"
	"slices"

	"github.com/rollcall-go/rollcall/selector"
	"github.com/rollcall-go/rollcall/selector/index"
)

// Which pods does this ReplicaSet select? An informer's handlers call Set and Delete; the key is what it has for an object.
func ExampleObjects() {
	var pods index.Objects[string]
	pods.Set("kubia-bnx9m", "shop", map[string]string{"app": "kubia", "env": "prod"})
	pods.Set("kubia-kw54n", "shop", map[string]string{"app": "foo", "env": "prod"})
	pods.Set("kubia-9v2hq", "test", map[string]string{"app": "kubia"})

	kubia := selector.MustParse("app=kubia")
	fmt.Println("in shop:", slices.Sorted(pods.Select("shop", kubia)))
	fmt.Println("anywhere:", slices.Sorted(pods.Select("", kubia)))
	fmt.Println("not in prod:", pods.Count("", selector.MustParse("env!=prod")))

	pods.Set("kubia-bnx9m", "shop", map[string]string{"app": "foo"}) // relabelled
	pods.Delete("kubia-9v2hq")
	fmt.Println("now:", pods.Count("", kubia))
	// Output:
	// in shop: [kubia-bnx9m]
	// anywhere: [kubia-9v2hq kubia-bnx9m]
	// not in prod: 1
	// now: 0
}

// Which Services and policies does this pod belong to? One without a namespace is of the whole cluster.
func ExampleSelectors() {
	var selectors index.Selectors[string]
	selectors.Set("Service web", "shop", selector.MustParse("app=web"))
	selectors.Set("Service canary", "shop", selector.MustParse("app=web,canary"))
	selectors.Set("Service web of test", "test", selector.MustParse("app=web"))
	selectors.Set("policy deny-all", "", selector.Everything())

	pod := map[string]string{"app": "web", "tier": "frontend"}
	fmt.Println(slices.Sorted(selectors.Match("shop", pod)))
	// Output: [Service web policy deny-all]
}

// Which pods come and go behind a Service, as pods and Services come, change and go?
func ExampleJoin() {
	var j index.Join[string, string]
	tell := func(what string, events []index.Event[string, string]) {
		fmt.Println(what)
		for _, e := range events {
			fmt.Println("  ", e)
		}
	}
	tell("a pod comes", j.SetObject("web-1", "shop", map[string]string{"app": "web"}))
	tell("a Service comes", j.SetSelector("web", "shop", selector.MustParse("app=web")))
	tell("another pod comes", j.SetObject("web-2", "shop", map[string]string{"app": "web", "canary": "yes"}))
	tell("the Service leaves out canaries", j.SetSelector("web", "shop", selector.MustParse("app=web,!canary")))
	tell("the first pod becomes one", j.SetObject("web-1", "shop", map[string]string{"app": "web", "canary": "yes"}))
	// Output:
	// a pod comes
	// a Service comes
	//    web matches web-1
	// another pod comes
	//    web matches web-2
	// the Service leaves out canaries
	//    web no longer matches web-2
	// the first pod becomes one
	//    web no longer matches web-1
}
