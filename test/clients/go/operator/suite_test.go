package operator

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	eventsv1 "k8s.io/api/events/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/rest"
	"orrery.dev/clients/operator/api"
	v2 "orrery.dev/clients/operator/api/v2"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/config"
	"sigs.k8s.io/controller-runtime/pkg/envtest"
	"sigs.k8s.io/controller-runtime/pkg/log/zap"
	"sigs.k8s.io/controller-runtime/pkg/metrics/server"
	"sigs.k8s.io/controller-runtime/pkg/webhook"
)

var (
	ctx         = context.Background()
	environment *envtest.Environment
	fleet       client.Client
	warnings    = &heard{}
	stopFirst   context.CancelFunc
	firstEnded  = make(chan error, 1)
)

// heard keeps the warnings of the server.
type heard struct {
	sync.Mutex
	texts []string
}

func (h *heard) HandleWarningHeader(_ int, _ string, text string) {
	h.Lock()
	defer h.Unlock()
	h.texts = append(h.texts, text)
}

func TestMain(m *testing.M) {
	ctrl.SetLogger(zap.New(zap.WriteTo(os.Stderr)))
	if os.Getenv("ORRERY_URL") != "" {
		must(api.AddToScheme(scheme.Scheme))
		os.Exit(m.Run())
	}
	existing := true
	environment = &envtest.Environment{
		UseExistingCluster:    &existing,
		CRDDirectoryPaths:     []string{filepath.Join("config", "crd")},
		ErrorIfCRDPathMissing: true,
		WebhookInstallOptions: envtest.WebhookInstallOptions{Paths: []string{filepath.Join("config", "webhook")}},
	}
	must(api.AddToScheme(scheme.Scheme))
	must(v2.AddToScheme(scheme.Scheme))
	settings, err := environment.Start()
	must(err)
	quiet := rest.CopyConfig(settings)
	quiet.WarningHandler = warnings
	fleet, err = client.New(quiet, client.Options{Scheme: scheme.Scheme})
	must(err)
	must(fleet.Create(ctx, &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: Port}}))
	code := m.Run()
	must(environment.Stop())
	os.Exit(code)
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}

// start runs a manager with the operator; leases are short, so that the second one need not wait for long.
func start(serves bool) (ctrl.Manager, context.CancelFunc, chan error) {
	lease, renew, retry := 3*time.Second, 2*time.Second, 200*time.Millisecond
	skip := true
	options := environment.WebhookInstallOptions
	manager, err := ctrl.NewManager(environment.Config, ctrl.Options{
		Scheme:                        scheme.Scheme,
		Metrics:                       server.Options{BindAddress: "0"},
		Controller:                    config.Controller{SkipNameValidation: &skip},
		LeaderElection:                true,
		LeaderElectionID:              "fleet.example.com",
		LeaderElectionNamespace:       "default",
		LeaderElectionReleaseOnCancel: true,
		LeaseDuration:                 &lease,
		RenewDeadline:                 &renew,
		RetryPeriod:                   &retry,
		WebhookServer: webhook.NewServer(webhook.Options{
			Host: options.LocalServingHost, Port: options.LocalServingPort, CertDir: options.LocalServingCertDir,
		}),
	})
	must(err)
	must((&Reconciler{Client: manager.GetClient(), Recorder: manager.GetEventRecorder("fleet")}).SetupWithManager(manager))
	if serves {
		must((&Webhook{}).SetupWithManager(manager))
	}
	running, stop := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() { ended <- manager.Start(running) }()
	return manager, stop, ended
}

func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for end := time.Now().Add(60 * time.Second); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		if holds() {
			return
		}
	}
	t.Fatalf("it does not come: %s", what)
}

func newShip(name string, crew int32, flag string) *api.Ship {
	ship := &api.Ship{ObjectMeta: metav1.ObjectMeta{Namespace: "default", Name: name}, Spec: api.ShipSpec{Flag: flag}}
	if crew >= 0 {
		ship.Spec.Crew = &crew
	}
	return ship
}

func isAfloat(t *testing.T, name string, crew int32) bool {
	t.Helper()
	ship := &api.Ship{}
	if err := fleet.Get(ctx, client.ObjectKey{Namespace: "default", Name: name}, ship); err != nil {
		t.Fatal(err)
	}
	return ship.Status.Aboard == crew && ship.Status.ObservedGeneration == ship.Generation && meta.IsStatusConditionTrue(ship.Status.Conditions, "Afloat")
}

func TestWithoutItsWebhookAShipIsRefused(t *testing.T) {
	err := fleet.Create(ctx, newShip("early", 1, "red"))
	if !apierrors.IsInternalError(err) || !strings.Contains(err.Error(), `failed calling webhook "mship-v1.kb.io": failed to call webhook`) {
		t.Fatalf("it says %v", err)
	}
}

func TestManagerWithLeaderElection(t *testing.T) {
	_, stopFirst, firstEnded = start(true)
	var err error
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		if err = fleet.Create(ctx, newShip("probe", 0, "red"), client.DryRunAll); err == nil {
			return
		}
	}
	t.Fatal(err)
}

func TestDefaultsAndWarningsOfWebhooks(t *testing.T) {
	ship := newShip("dry", -1, "")
	if err := fleet.Create(ctx, ship, client.DryRunAll); err != nil {
		t.Fatal(err)
	}
	if *ship.Spec.Crew != 1 || ship.Spec.Flag != "white" {
		t.Fatalf("it is %v", ship.Spec)
	}
	warnings.Lock()
	defer warnings.Unlock()
	if len(warnings.texts) == 0 || warnings.texts[0] != "nobody is aboard" {
		t.Fatalf("they are %v", warnings.texts)
	}
}

func TestRefusalsOfWebhooksAndSchemas(t *testing.T) {
	err := fleet.Create(ctx, newShip("pirate", 1, "black"))
	if !apierrors.IsInvalid(err) || !strings.Contains(err.Error(), `spec.flag: Unsupported value: "black": supported values: "white", "red"`) {
		t.Fatalf("it says %v", err)
	}
	err = fleet.Create(ctx, newShip("crowded", 21, "red"))
	if !apierrors.IsInvalid(err) || !strings.Contains(err.Error(), "spec.crew in body should be less than or equal to 20") {
		t.Fatalf("it says %v", err)
	}
}

func TestVersionsThatItsWebhookConverts(t *testing.T) {
	convertShips(t)
}

func TestReconcileToAfloat(t *testing.T) {
	if err := fleet.Create(ctx, newShip("beagle", 3, "red")); err != nil {
		t.Fatal(err)
	}
	eventually(t, "three aboard", func() bool { return isAfloat(t, "beagle", 3) })
	if err := fleet.Get(ctx, client.ObjectKey{Namespace: Port, Name: "beagle"}, &corev1.ConfigMap{}); err != nil {
		t.Fatal(err)
	}
	deployment := &appsv1.Deployment{}
	if err := fleet.Get(ctx, client.ObjectKey{Namespace: "default", Name: "beagle"}, deployment); err != nil {
		t.Fatal(err)
	}
	if owner := metav1.GetControllerOf(deployment); owner == nil || owner.Kind != "Ship" {
		t.Fatalf("it belongs to %v", owner)
	}
}

func TestEventsOfTheOperator(t *testing.T) {
	eventually(t, "an event", func() bool {
		list := &eventsv1.EventList{}
		must(fleet.List(ctx, list, client.InNamespace("default")))
		for _, event := range list.Items {
			if event.Reason == "Manned" && event.Regarding.Name == "beagle" && event.Note == "the crew is created" {
				return true
			}
		}
		return false
	})
}

func TestChangesOfTheSpec(t *testing.T) {
	ship := &api.Ship{}
	must(fleet.Get(ctx, client.ObjectKey{Namespace: "default", Name: "beagle"}, ship))
	before := ship.DeepCopy()
	crew := int32(1)
	ship.Spec.Crew = &crew
	if err := fleet.Patch(ctx, ship, client.MergeFromWithOptions(before, client.MergeFromWithOptimisticLock{})); err != nil {
		t.Fatal(err)
	}
	eventually(t, "one aboard", func() bool { return isAfloat(t, "beagle", 1) })
	if err := fleet.Update(ctx, before); !apierrors.IsConflict(err) {
		t.Fatalf("it says %v", err)
	}
	must(fleet.Get(ctx, client.ObjectKeyFromObject(ship), ship))
	ship.Spec.Flag = "white"
	if err := fleet.Update(ctx, ship); !apierrors.IsInvalid(err) || !strings.Contains(err.Error(), "flag is immutable") {
		t.Fatalf("it says %v", err)
	}
}

func TestWhatTheOperatorOwnsComesBack(t *testing.T) {
	deployment := &appsv1.Deployment{ObjectMeta: metav1.ObjectMeta{Namespace: "default", Name: "beagle"}}
	must(fleet.Get(ctx, client.ObjectKeyFromObject(deployment), deployment))
	old := deployment.UID
	must(fleet.Delete(ctx, deployment))
	eventually(t, "a new Deployment", func() bool {
		err := fleet.Get(ctx, client.ObjectKeyFromObject(deployment), deployment)
		return err == nil && deployment.UID != old && isAfloat(t, "beagle", 1)
	})
}

func TestASecondManagerLeadsAfterTheFirst(t *testing.T) {
	second, _, _ := start(false)
	select {
	case <-second.Elected():
		t.Fatal("there are two leaders")
	case <-time.After(time.Second):
	}
	// Two managers of one process cannot both serve the webhooks' port.
	removeWebhooks()
	stopFirst()
	if err := <-firstEnded; err != nil {
		t.Fatal(err)
	}
	<-second.Elected()
	ship := &api.Ship{}
	must(fleet.Get(ctx, client.ObjectKey{Namespace: "default", Name: "beagle"}, ship))
	crew := int32(2)
	ship.Spec.Crew = &crew
	must(fleet.Update(ctx, ship))
	eventually(t, "two aboard", func() bool { return isAfloat(t, "beagle", 2) })
}

func removeWebhooks() {
	for _, hook := range environment.WebhookInstallOptions.MutatingWebhooks {
		must(fleet.Delete(ctx, hook))
	}
	for _, hook := range environment.WebhookInstallOptions.ValidatingWebhooks {
		must(fleet.Delete(ctx, hook))
	}
}

func TestDeletionWaitsForTheFinalizer(t *testing.T) {
	ship := newShip("beagle", 0, "")
	must(fleet.Delete(ctx, ship))
	eventually(t, "no ship", func() bool { return apierrors.IsNotFound(fleet.Get(ctx, client.ObjectKeyFromObject(ship), ship)) })
	if err := fleet.Get(ctx, client.ObjectKey{Namespace: Port, Name: "beagle"}, &corev1.ConfigMap{}); !apierrors.IsNotFound(err) {
		t.Fatalf("it says %v", err)
	}
	eventually(t, "no pods", func() bool {
		pods := &corev1.PodList{}
		must(fleet.List(ctx, pods, client.InNamespace("default"), client.MatchingLabels{"ship": "beagle"}))
		return len(pods.Items) == 0
	})
}
