package test

import (
	"context"
	"testing"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller"
	metricsserver "sigs.k8s.io/controller-runtime/pkg/metrics/server"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	"orrery.dev/go"
	"orrery.dev/go/orrerytest"
)

func configOf(t *testing.T, cluster *orrery.Cluster) *rest.Config {
	t.Helper()
	return must[*rest.Config](t)(clientcmd.RESTConfigFromKubeConfig(must[[]byte](t)(cluster.Kubeconfig(t.Context()))))
}

func TestClientGoReadsWatchesAndWrites(t *testing.T) {
	cluster := running(t, orrery.ClusterSpec{})
	clients := must[*kubernetes.Clientset](t)(kubernetes.NewForConfig(configOf(t, cluster)))
	pods := clients.CoreV1().Pods("default")
	if found := must[*corev1.PodList](t)(pods.List(t.Context(), metav1.ListOptions{LabelSelector: "app=web"})); len(found.Items) != 2 {
		t.Errorf("%d pods", len(found.Items))
	}
	watching, stop := context.WithTimeout(t.Context(), time.Minute)
	defer stop()
	watcher, err := pods.Watch(watching, metav1.ListOptions{LabelSelector: "app=web"})
	if err != nil {
		t.Fatal(err)
	}
	defer watcher.Stop()
	must[orrery.ClusterFault](t)(cluster.Fault(t.Context(), orrery.Fault{Type: "node-down", Target: orrery.FaultTarget{Node: "node-1"}}))
	must[orrery.AdvanceResult](t)(cluster.Advance(t.Context(), "10m"))
	deleted := false
	for event := range watcher.ResultChan() {
		if pod, isPod := event.Object.(*corev1.Pod); isPod && pod.DeletionTimestamp != nil {
			deleted = true
			break
		}
	}
	if !deleted {
		t.Error("no pod of the dark node was evicted")
	}
	if _, err := pods.Get(t.Context(), "nobody", metav1.GetOptions{}); !apierrors.IsNotFound(err) {
		t.Error(err)
	}
	scale := must[*appsv1.Deployment](t)(clients.AppsV1().Deployments("default").Get(t.Context(), "web", metav1.GetOptions{}))
	three := int32(3)
	scale.Spec.Replicas = &three
	must[*appsv1.Deployment](t)(clients.AppsV1().Deployments("default").Update(t.Context(), scale, metav1.UpdateOptions{}))
	must[orrery.AdvanceResult](t)(cluster.Wait(t.Context(), orrery.Condition{For: "jsonpath={.status.readyReplicas}=3", On: "deployment/web"}))
}

// labeller puts a label on every ConfigMap.
type labeller struct{ client.Client }

func (l labeller) Reconcile(ctx context.Context, request reconcile.Request) (reconcile.Result, error) {
	var found corev1.ConfigMap
	if err := l.Get(ctx, request.NamespacedName, &found); err != nil {
		return reconcile.Result{}, client.IgnoreNotFound(err)
	}
	if found.Labels["seen"] == "yes" {
		return reconcile.Result{}, nil
	}
	metav1.SetMetaDataLabel(&found.ObjectMeta, "seen", "yes")
	return reconcile.Result{}, l.Update(ctx, &found)
}

func TestAControllerOfControllerRuntimeWorksOnAFork(t *testing.T) {
	base := orrerytest.NewCluster(t, orrery.ClusterSpec{})
	must[orrery.ManifestResults](t)(base.Apply(t.Context(), "{apiVersion: v1, kind: ConfigMap, metadata: {name: a}, data: {x: z}}"))
	fork := orrerytest.Fork(t, base, orrery.ForkSpec{})
	manager, err := ctrl.NewManager(configOf(t, fork), ctrl.Options{Metrics: metricsserver.Options{BindAddress: "0"}})
	if err != nil {
		t.Fatal(err)
	}
	isTest := true
	options := controller.Options{SkipNameValidation: &isTest}
	if err := ctrl.NewControllerManagedBy(manager).For(&corev1.ConfigMap{}).WithOptions(options).Complete(labeller{manager.GetClient()}); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- manager.Start(ctx) }()
	labelOf := func(of *orrery.Cluster) string {
		clients := must[*kubernetes.Clientset](t)(kubernetes.NewForConfig(configOf(t, of)))
		return must[*corev1.ConfigMap](t)(clients.CoreV1().ConfigMaps("default").Get(t.Context(), "a", metav1.GetOptions{})).Labels["seen"]
	}
	for deadline := time.Now().Add(time.Minute); labelOf(fork) != "yes"; time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("the controller has done nothing for a minute")
		}
	}
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if label := labelOf(base); label != "" {
		t.Errorf("the cluster that was forked has the label %q", label)
	}
}
