// Package v2 has the Ship under another name for its crew; version 1 is the hub of conversions.
package v2

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"orrery.dev/clients/operator/api"
	"sigs.k8s.io/controller-runtime/pkg/conversion"
	"sigs.k8s.io/controller-runtime/pkg/scheme"
)

// GroupVersion is that of all kinds here.
var GroupVersion = schema.GroupVersion{Group: api.GroupVersion.Group, Version: "v2"}

var builder = &scheme.Builder{GroupVersion: GroupVersion}

// AddToScheme makes the kinds known.
var AddToScheme = builder.AddToScheme

func init() {
	builder.Register(&Ship{}, &ShipList{})
}

// ShipSpec is what is wanted.
type ShipSpec struct {
	Sailors *int32 `json:"sailors,omitempty"`
	Flag    string `json:"flag,omitempty"`
}

// Ship has a crew of pods.
type Ship struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`
	Spec              ShipSpec       `json:"spec,omitempty"`
	Status            api.ShipStatus `json:"status,omitempty"`
}

// ShipList has many.
type ShipList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitempty"`
	Items           []Ship `json:"items"`
}

// ConvertTo makes it one of version 1.
func (ship *Ship) ConvertTo(hub conversion.Hub) error {
	old := hub.(*api.Ship)
	old.ObjectMeta = ship.ObjectMeta
	old.Spec = api.ShipSpec{Crew: ship.Spec.Sailors, Flag: ship.Spec.Flag}
	old.Status = ship.Status
	return nil
}

// ConvertFrom makes it of one of version 1.
func (ship *Ship) ConvertFrom(hub conversion.Hub) error {
	old := hub.(*api.Ship)
	ship.ObjectMeta = old.ObjectMeta
	ship.Spec = ShipSpec{Sailors: old.Spec.Crew, Flag: old.Spec.Flag}
	ship.Status = old.Status
	return nil
}

// DeepCopyObject makes a copy that shares nothing.
func (ship *Ship) DeepCopyObject() runtime.Object {
	return ship.DeepCopy()
}

// DeepCopy makes a copy that shares nothing.
func (ship *Ship) DeepCopy() *Ship {
	old := &api.Ship{}
	_ = ship.ConvertTo(old)
	out := &Ship{TypeMeta: ship.TypeMeta}
	_ = out.ConvertFrom(old.DeepCopy())
	return out
}

// DeepCopyObject makes a copy that shares nothing.
func (list *ShipList) DeepCopyObject() runtime.Object {
	out := &ShipList{TypeMeta: list.TypeMeta, ListMeta: *list.ListMeta.DeepCopy()}
	for index := range list.Items {
		out.Items = append(out.Items, *list.Items[index].DeepCopy())
	}
	return out
}
