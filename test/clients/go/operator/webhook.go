package operator

import (
	"context"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/util/validation/field"
	"orrery.dev/clients/operator/api"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/webhook/admission"
)

// Webhook fills in what a Ship does not say, and refuses what cannot be.
type Webhook struct{}

// SetupWithManager serves it.
func (w *Webhook) SetupWithManager(manager ctrl.Manager) error {
	return ctrl.NewWebhookManagedBy(manager, &api.Ship{}).WithDefaulter(w).WithValidator(w).Complete()
}

// Default gives a crew and a flag.
func (*Webhook) Default(_ context.Context, ship *api.Ship) error {
	if ship.Spec.Crew == nil {
		crew := int32(1)
		ship.Spec.Crew = &crew
	}
	if ship.Spec.Flag == "" {
		ship.Spec.Flag = "white"
	}
	return nil
}

// ValidateCreate refuses pirates.
func (*Webhook) ValidateCreate(_ context.Context, ship *api.Ship) (admission.Warnings, error) {
	if ship.Spec.Flag == "black" {
		kind := api.GroupVersion.WithKind("Ship").GroupKind()
		errors := field.ErrorList{field.NotSupported(field.NewPath("spec", "flag"), ship.Spec.Flag, []string{"white", "red"})}
		return nil, apierrors.NewInvalid(kind, ship.Name, errors)
	}
	if *ship.Spec.Crew == 0 {
		return admission.Warnings{"nobody is aboard"}, nil
	}
	return nil, nil
}

// ValidateUpdate refuses nothing more.
func (w *Webhook) ValidateUpdate(ctx context.Context, _, ship *api.Ship) (admission.Warnings, error) {
	return w.ValidateCreate(ctx, ship)
}

// ValidateDelete keeps the flagship.
func (*Webhook) ValidateDelete(_ context.Context, ship *api.Ship) (admission.Warnings, error) {
	if ship.Labels["flagship"] == "true" {
		return nil, apierrors.NewForbidden(api.GroupVersion.WithResource("ships").GroupResource(), ship.Name, nil)
	}
	return nil, nil
}
