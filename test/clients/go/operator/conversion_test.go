package operator

import (
	"strings"
	"testing"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes/scheme"
	"orrery.dev/clients/operator/api"
	v2 "orrery.dev/clients/operator/api/v2"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// convertShips runs while the first manager serves the webhooks: conversions are its own, and those of admission know version 1 alone.
func convertShips(t *testing.T) {
	key := client.ObjectKey{Namespace: "default", Name: "hispaniola"}
	ship := &v2.Ship{ObjectMeta: metav1.ObjectMeta{Namespace: key.Namespace, Name: key.Name}}
	watching, err := client.NewWithWatch(environment.Config, client.Options{Scheme: scheme.Scheme})
	must(err)
	watcher, err := watching.Watch(ctx, &v2.ShipList{}, client.InNamespace(key.Namespace))
	must(err)
	defer watcher.Stop()
	must(fleet.Create(ctx, ship))
	if ship.Spec.Sailors == nil || *ship.Spec.Sailors != 1 || ship.Spec.Flag != "white" {
		t.Fatalf("it is %v", ship.Spec)
	}
	black := &v2.Ship{ObjectMeta: metav1.ObjectMeta{Namespace: key.Namespace, Name: "walrus"}, Spec: v2.ShipSpec{Flag: "black"}}
	if err := fleet.Create(ctx, black); !apierrors.IsInvalid(err) || !strings.Contains(err.Error(), `Unsupported value: "black"`) {
		t.Fatalf("it says %v", err)
	}
	old := &api.Ship{}
	must(fleet.Get(ctx, key, old))
	if *old.Spec.Crew != 1 {
		t.Fatalf("it is %v", old.Spec)
	}
	two, three := int32(2), int32(3)
	before := old.DeepCopy()
	old.Spec.Crew = &two
	must(fleet.Patch(ctx, old, client.MergeFrom(before)))
	for deadline := time.After(30 * time.Second); ; {
		select {
		case event := <-watcher.ResultChan():
			if seen, isShip := event.Object.(*v2.Ship); isShip && *seen.Spec.Sailors == two {
				must(fleet.Get(ctx, key, ship))
				wanted := ship.DeepCopy()
				wanted.Spec.Sailors = &three
				must(fleet.Patch(ctx, wanted, client.MergeFrom(ship)))
				eventually(t, "three aboard", func() bool { return isAfloat(t, key.Name, three) })
				list := &v2.ShipList{}
				must(fleet.List(ctx, list, client.InNamespace(key.Namespace)))
				if len(list.Items) != 1 || *list.Items[0].Spec.Sailors != three || list.Items[0].Status.Aboard != three {
					t.Fatalf("they are %v", list.Items)
				}
				must(fleet.Delete(ctx, ship))
				eventually(t, "no ship", func() bool { return apierrors.IsNotFound(fleet.Get(ctx, key, ship)) })
				return
			}
		case <-deadline:
			t.Fatal("the watch does not tell of two sailors")
		}
	}
}
