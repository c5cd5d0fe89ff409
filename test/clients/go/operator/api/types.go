// Package api has the Ship, a custom resource as kubebuilder lays it out.
package api

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/controller-runtime/pkg/scheme"
)

// GroupVersion is that of all kinds here.
var GroupVersion = schema.GroupVersion{Group: "fleet.example.com", Version: "v1"}

var builder = &scheme.Builder{GroupVersion: GroupVersion}

// AddToScheme makes the kinds known.
var AddToScheme = builder.AddToScheme

func init() {
	builder.Register(&Ship{}, &ShipList{})
}

// ShipSpec is what is wanted.
type ShipSpec struct {
	Crew *int32 `json:"crew,omitempty"`
	Flag string `json:"flag,omitempty"`
}

// ShipStatus is what was seen.
type ShipStatus struct {
	ObservedGeneration int64 `json:"observedGeneration,omitempty"`
	// +optional
	Aboard     int32              `json:"aboard"`
	Conditions []metav1.Condition `json:"conditions,omitempty"`
}

// Ship has a crew of pods.
type Ship struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`
	Spec              ShipSpec   `json:"spec,omitempty"`
	Status            ShipStatus `json:"status,omitempty"`
}

// Hub marks the version that all others are converted to and from.
func (*Ship) Hub() {}

// ShipList has many.
type ShipList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitempty"`
	Items           []Ship `json:"items"`
}

// DeepCopyObject makes a copy that shares nothing.
func (ship *Ship) DeepCopyObject() runtime.Object {
	return ship.DeepCopy()
}

// DeepCopy makes a copy that shares nothing.
func (ship *Ship) DeepCopy() *Ship {
	out := *ship
	ship.ObjectMeta.DeepCopyInto(&out.ObjectMeta)
	if ship.Spec.Crew != nil {
		crew := *ship.Spec.Crew
		out.Spec.Crew = &crew
	}
	out.Status.Conditions = nil
	for _, condition := range ship.Status.Conditions {
		out.Status.Conditions = append(out.Status.Conditions, *condition.DeepCopy())
	}
	return &out
}

// DeepCopyObject makes a copy that shares nothing.
func (list *ShipList) DeepCopyObject() runtime.Object {
	out := &ShipList{TypeMeta: list.TypeMeta, ListMeta: *list.ListMeta.DeepCopy()}
	for index := range list.Items {
		out.Items = append(out.Items, *list.Items[index].DeepCopy())
	}
	return out
}
