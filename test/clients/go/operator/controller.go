// Package operator is an operator as kubebuilder lays it out: a Ship has a Deployment of its crew, and a place in a port that it must leave before it goes.
package operator

import (
	"context"
	"fmt"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/tools/events"
	"orrery.dev/clients/operator/api"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/builder"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller/controllerutil"
	"sigs.k8s.io/controller-runtime/pkg/predicate"
)

// Finalizer keeps a ship until its place is free.
const Finalizer = "fleet.example.com/port"

// Port is the namespace of all places.
const Port = "port"

// Reconciler makes true what a Ship says.
type Reconciler struct {
	client.Client
	Recorder events.EventRecorder
	// Now is what the status says about when it changed; nil: the time of this machine.
	Now func() metav1.Time
}

// SetupWithManager says what wakes it.
func (r *Reconciler) SetupWithManager(manager ctrl.Manager) error {
	return ctrl.NewControllerManagedBy(manager).
		For(&api.Ship{}, builder.WithPredicates(predicate.GenerationChangedPredicate{})).
		Owns(&appsv1.Deployment{}).
		Complete(r)
}

// Reconcile makes true what one Ship says.
func (r *Reconciler) Reconcile(ctx context.Context, request ctrl.Request) (ctrl.Result, error) {
	ship := &api.Ship{}
	if err := r.Get(ctx, request.NamespacedName, ship); err != nil {
		return ctrl.Result{}, client.IgnoreNotFound(err)
	}
	place := &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Namespace: Port, Name: ship.Name}}
	if !ship.DeletionTimestamp.IsZero() {
		if err := r.Delete(ctx, place); client.IgnoreNotFound(err) != nil {
			return ctrl.Result{}, err
		}
		if controllerutil.RemoveFinalizer(ship, Finalizer) {
			return ctrl.Result{}, r.Update(ctx, ship)
		}
		return ctrl.Result{}, nil
	}
	if controllerutil.AddFinalizer(ship, Finalizer) {
		if err := r.Update(ctx, ship); err != nil {
			return ctrl.Result{}, err
		}
	}
	if err := r.Create(ctx, place); err != nil && !apierrors.IsAlreadyExists(err) {
		return ctrl.Result{}, err
	}
	deployment, err := r.man(ctx, ship)
	if err != nil {
		return ctrl.Result{}, err
	}
	return ctrl.Result{}, r.report(ctx, ship, deployment)
}

// man makes the Deployment of the crew, or changes it.
func (r *Reconciler) man(ctx context.Context, ship *api.Ship) (*appsv1.Deployment, error) {
	deployment := &appsv1.Deployment{ObjectMeta: metav1.ObjectMeta{Namespace: ship.Namespace, Name: ship.Name}}
	done, err := controllerutil.CreateOrUpdate(ctx, r.Client, deployment, func() error {
		labels := map[string]string{"ship": ship.Name}
		deployment.Spec.Replicas = ship.Spec.Crew
		deployment.Spec.Selector = &metav1.LabelSelector{MatchLabels: labels}
		deployment.Spec.Template.Labels = labels
		if len(deployment.Spec.Template.Spec.Containers) == 0 {
			deployment.Spec.Template.Spec.Containers = []corev1.Container{{Name: "sailor"}}
		}
		deployment.Spec.Template.Spec.Containers[0].Image = "nginx:1.27"
		return controllerutil.SetControllerReference(ship, deployment, r.Scheme())
	})
	if err == nil && done != controllerutil.OperationResultNone {
		r.Recorder.Eventf(ship, deployment, corev1.EventTypeNormal, "Manned", "Manning", "the crew is %s", done)
	}
	return deployment, err
}

// report says in the status how many are aboard.
func (r *Reconciler) report(ctx context.Context, ship *api.Ship, deployment *appsv1.Deployment) error {
	before := ship.DeepCopy()
	ship.Status.Aboard = deployment.Status.ReadyReplicas
	ship.Status.ObservedGeneration = ship.Generation
	condition := metav1.Condition{Type: "Afloat", Status: metav1.ConditionFalse, Reason: "Boarding", ObservedGeneration: ship.Generation}
	if ship.Status.Aboard == *ship.Spec.Crew && deployment.Status.ObservedGeneration == deployment.Generation {
		condition.Status, condition.Reason = metav1.ConditionTrue, "Manned"
	}
	condition.Message = fmt.Sprintf("%d of %d are aboard", ship.Status.Aboard, *ship.Spec.Crew)
	if r.Now != nil {
		condition.LastTransitionTime = r.Now()
	}
	meta.SetStatusCondition(&ship.Status.Conditions, condition)
	return r.Status().Patch(ctx, ship, client.MergeFrom(before))
}
