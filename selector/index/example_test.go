package index_test

import (
	"fmt"
	"slices"

	"github.com/rollcall-go/rollcall/selector"
	"github.com/rollcall-go/rollcall/selector/index"
)

// Which pods does this ReplicaSet select? An informer's handlers call Set and Delete, with its keys: names alone recur.
func ExampleObjects() {
	var pods index.Objects[string]
	pods.Set("shop/kubia-bnx9m", "shop", map[string]string{"app": "kubia", "env": "prod"})
	pods.Set("shop/kubia-kw54n", "shop", map[string]string{"app": "foo", "env": "prod"})
	pods.Set("test/kubia-9v2hq", "test", map[string]string{"app": "kubia"})

	kubia := selector.MustParse("app=kubia")
	fmt.Println("in shop:", slices.Sorted(pods.Select("shop", kubia)))
	fmt.Println("anywhere:", slices.Sorted(pods.Select("", kubia)))
	fmt.Println("not in prod:", pods.Count("", selector.MustParse("env!=prod")))

	pods.Set("shop/kubia-bnx9m", "shop", map[string]string{"app": "foo"}) // relabelled
	pods.Delete("test/kubia-9v2hq")
	fmt.Println("now:", pods.Count("", kubia))
	// Output:
	// in shop: [shop/kubia-bnx9m]
	// anywhere: [shop/kubia-bnx9m test/kubia-9v2hq]
	// not in prod: 1
	// now: 0
}

// Which Services and policies does this pod belong to? One without a namespace is of the whole cluster.
func ExampleSelectors() {
	var selectors index.Selectors[string]
	selectors.Set("Service shop/web", "shop", selector.MustParse("app=web"))
	selectors.Set("Service shop/canary", "shop", selector.MustParse("app=web,canary"))
	selectors.Set("Service test/web", "test", selector.MustParse("app=web"))
	selectors.Set("policy deny-all", "", selector.Everything())

	pod := map[string]string{"app": "web", "tier": "frontend"}
	fmt.Println(slices.Sorted(selectors.Match("shop", pod)))
	// Output: [Service shop/web policy deny-all]
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
	web := map[string]string{"app": "web"}
	canary := map[string]string{"app": "web", "canary": "yes"}
	tell("a pod comes", j.SetObject("shop/web-1", "shop", web))
	tell("a Service comes", j.SetSelector("shop/web", "shop", selector.MustParse("app=web")))
	tell("another pod comes", j.SetObject("shop/web-2", "shop", canary))
	tell("the Service leaves out canaries", j.SetSelector("shop/web", "shop", selector.MustParse("app=web,!canary")))
	fmt.Println("behind it now:", slices.Sorted(j.Objects("shop/web")))
	tell("the first pod becomes one", j.SetObject("shop/web-1", "shop", canary))
	// Output:
	// a pod comes
	// a Service comes
	//    shop/web matches shop/web-1
	// another pod comes
	//    shop/web matches shop/web-2
	// the Service leaves out canaries
	//    shop/web no longer matches shop/web-2
	// behind it now: [shop/web-1]
	// the first pod becomes one
	//    shop/web no longer matches shop/web-1
}
