package index_test

import (
	"fmt"
	"slices"

	"github.com/rollcall-go/rollcall/selector"
	"github.com/rollcall-go/rollcall/selector/index"
)

// Which pods does a ReplicaSet select? The handlers of an informer call Set and Delete with namespace and
// name.
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

// Which Services and policies select a pod? A policy without a namespace selects in all namespaces.
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

// Which pods begin and cease to match a Service when pods and Services change?
func ExampleJoin() {
	var j index.Join[string, string]
	print := func(what string, events []index.Event[string, string]) {
		fmt.Println(what)
		for _, e := range events {
			fmt.Println("  ", e)
		}
	}
	web := map[string]string{"app": "web"}
	canary := map[string]string{"app": "web", "canary": "yes"}
	print("add a pod", j.SetObject("shop/web-1", "shop", web))
	print("add a Service", j.SetSelector("shop/web", "shop", selector.MustParse("app=web")))
	print("add another pod", j.SetObject("shop/web-2", "shop", canary))
	print("the Service excludes canaries", j.SetSelector("shop/web", "shop", selector.MustParse("app=web,!canary")))
	fmt.Println("selected now:", slices.Sorted(j.Objects("shop/web")))
	print("the first pod becomes a canary", j.SetObject("shop/web-1", "shop", canary))
	// Output:
	// add a pod
	// add a Service
	//    shop/web matches shop/web-1
	// add another pod
	//    shop/web matches shop/web-2
	// the Service excludes canaries
	//    shop/web no longer matches shop/web-2
	// selected now: [shop/web-1]
	// the first pod becomes a canary
	//    shop/web no longer matches shop/web-1
}
