// Package clientgo does with client-go what controllers and tools do.
package clientgo

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	authenticationv1 "k8s.io/api/authentication/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/httpstream"
	"k8s.io/apimachinery/pkg/watch"
	appsapply "k8s.io/client-go/applyconfigurations/apps/v1"
	coreapply "k8s.io/client-go/applyconfigurations/core/v1"
	metaapply "k8s.io/client-go/applyconfigurations/meta/v1"
	"k8s.io/client-go/discovery/cached/memory"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/dynamic/dynamicinformer"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/metadata"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/restmapper"
	"k8s.io/client-go/scale"
	"k8s.io/client-go/tools/cache"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/client-go/tools/leaderelection"
	"k8s.io/client-go/tools/leaderelection/resourcelock"
	"k8s.io/client-go/tools/portforward"
	"k8s.io/client-go/tools/remotecommand"
	watchtools "k8s.io/client-go/tools/watch"
	"k8s.io/client-go/transport/spdy"
	"k8s.io/client-go/util/retry"
)

const namespace = "default"

var (
	ctx    = context.Background()
	config = load()
	set    = kubernetes.NewForConfigOrDie(config)
)

func load() *rest.Config {
	settings, err := clientcmd.BuildConfigFromFlags("", os.Getenv("KUBECONFIG"))
	must(err)
	settings.QPS, settings.Burst = 1000, 1000
	// As kube-controller-manager asks.
	settings.ContentType = "application/vnd.kubernetes.protobuf"
	settings.AcceptContentTypes = "application/vnd.kubernetes.protobuf,application/json"
	return settings
}

func json() *rest.Config {
	settings := rest.CopyConfig(config)
	settings.ContentType, settings.AcceptContentTypes = "application/json", "application/json"
	return settings
}

func must(err error) {
	if err != nil {
		panic(err)
	}
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

func want[T comparable](t *testing.T, got, wanted T) {
	t.Helper()
	if got != wanted {
		t.Fatalf("it is %v, not %v", got, wanted)
	}
}

func deployment(name string, replicas int32) *appsv1.Deployment {
	app := map[string]string{"app": name}
	grace := int64(2)
	return &appsv1.Deployment{
		ObjectMeta: metav1.ObjectMeta{Name: name, Labels: app},
		Spec: appsv1.DeploymentSpec{
			Replicas: &replicas,
			Selector: &metav1.LabelSelector{MatchLabels: app},
			Template: corev1.PodTemplateSpec{
				ObjectMeta: metav1.ObjectMeta{Labels: app},
				Spec: corev1.PodSpec{
					TerminationGracePeriodSeconds: &grace,
					Containers:                    []corev1.Container{{Name: "main", Image: "nginx:1.27", Ports: []corev1.ContainerPort{{ContainerPort: 80}}}},
				},
			},
		},
	}
}

func podsOf(app string) []corev1.Pod {
	list, err := set.CoreV1().Pods(namespace).List(ctx, metav1.ListOptions{LabelSelector: "app=" + app})
	must(err)
	return list.Items
}

func aRunningPod(t *testing.T) string {
	t.Helper()
	name := ""
	eventually(t, "a pod that runs", func() bool {
		for _, pod := range podsOf("web") {
			if pod.Status.Phase == corev1.PodRunning && pod.DeletionTimestamp == nil {
				name = pod.Name
			}
		}
		return name != ""
	})
	return name
}

func TestTypedClientInProtobuf(t *testing.T) {
	made, err := set.AppsV1().Deployments(namespace).Create(ctx, deployment("web", 2), metav1.CreateOptions{FieldValidation: "Strict"})
	must(err)
	want(t, made.Spec.Template.Spec.Containers[0].ImagePullPolicy, corev1.PullIfNotPresent)
	_, err = set.AppsV1().Deployments(namespace).Create(ctx, deployment("web", 2), metav1.CreateOptions{})
	want(t, apierrors.IsAlreadyExists(err), true)
	_, err = set.AppsV1().Deployments(namespace).Get(ctx, "none", metav1.GetOptions{})
	want(t, apierrors.IsNotFound(err), true)
	wrong := deployment("wrong", 1)
	wrong.Spec.Template.Labels = nil
	_, err = set.AppsV1().Deployments(namespace).Create(ctx, wrong, metav1.CreateOptions{})
	want(t, apierrors.IsInvalid(err), true)
	var status apierrors.APIStatus
	want(t, errors.As(err, &status), true)
	want(t, status.Status().Details.Causes[0].Field, "spec.template.metadata.labels")
}

func TestUntilWithSync(t *testing.T) {
	watcher := &cache.ListWatch{
		ListWithContextFunc: func(ctx context.Context, options metav1.ListOptions) (runtime.Object, error) {
			return set.AppsV1().Deployments(namespace).List(ctx, options)
		},
		WatchFuncWithContext: func(ctx context.Context, options metav1.ListOptions) (watch.Interface, error) {
			return set.AppsV1().Deployments(namespace).Watch(ctx, options)
		},
	}
	limited, stop := context.WithTimeout(ctx, 60*time.Second)
	defer stop()
	_, err := watchtools.UntilWithSync(limited, watcher, &appsv1.Deployment{}, nil, func(event watch.Event) (bool, error) {
		found, is := event.Object.(*appsv1.Deployment)
		return is && found.Status.AvailableReplicas == 2, nil
	})
	must(err)
}

func TestSharedInformers(t *testing.T) {
	running, stop := context.WithCancel(ctx)
	defer stop()
	factory := informers.NewSharedInformerFactoryWithOptions(set, 0, informers.WithNamespace(namespace))
	pods := factory.Core().V1().Pods()
	deleted := make(chan string, 10)
	_, err := pods.Informer().AddEventHandler(cache.ResourceEventHandlerFuncs{DeleteFunc: func(object any) {
		if key, err := cache.DeletionHandlingMetaNamespaceKeyFunc(object); err == nil {
			deleted <- key
		}
	}})
	must(err)
	factory.Core().V1().Nodes().Informer()
	factory.Start(running.Done())
	for kind, synced := range factory.WaitForCacheSync(running.Done()) {
		want(t, synced, true)
		_ = kind
	}
	listed, err := pods.Lister().Pods(namespace).List(labels.SelectorFromSet(labels.Set{"app": "web"}))
	must(err)
	want(t, len(listed), 2)
	must(set.CoreV1().Pods(namespace).Delete(ctx, listed[0].Name, metav1.DeleteOptions{}))
	want(t, <-deleted, namespace+"/"+listed[0].Name)
	eventually(t, "a replacement", func() bool { return len(podsOf("web")) == 2 })
}

func TestDynamicInformerAndMetadata(t *testing.T) {
	client := dynamic.NewForConfigOrDie(config)
	maps := schema.GroupVersionResource{Version: "v1", Resource: "configmaps"}
	factory := dynamicinformer.NewFilteredDynamicSharedInformerFactory(client, 0, namespace, nil)
	informer := factory.ForResource(maps).Informer()
	running, stop := context.WithCancel(ctx)
	defer stop()
	factory.Start(running.Done())
	cache.WaitForCacheSync(running.Done(), informer.HasSynced)
	_, err := set.CoreV1().ConfigMaps(namespace).Create(ctx, &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: "seen"}, Data: map[string]string{"a": "b"}}, metav1.CreateOptions{})
	must(err)
	eventually(t, "the map in the cache", func() bool {
		_, found, _ := informer.GetStore().GetByKey(namespace + "/seen")
		return found
	})
	partial, err := metadata.NewForConfigOrDie(config).Resource(maps).Namespace(namespace).Get(ctx, "seen", metav1.GetOptions{})
	must(err)
	want(t, partial.Name, "seen")
}

func TestDiscoveryMapperAndScale(t *testing.T) {
	cached := memory.NewMemCacheClient(set.Discovery())
	mapper := restmapper.NewDeferredDiscoveryRESTMapper(cached)
	mapping, err := mapper.RESTMapping(schema.GroupKind{Group: "apps", Kind: "Deployment"})
	must(err)
	want(t, mapping.Resource.Resource, "deployments")
	_, lists, err := set.Discovery().ServerGroupsAndResources()
	must(err)
	want(t, len(lists) > 15, true)
	scales, err := scale.NewForConfig(json(), mapper, dynamic.LegacyAPIPathResolverFunc, scale.NewDiscoveryScaleKindResolver(set.Discovery()))
	must(err)
	changed, err := scales.Scales(namespace).Patch(ctx, mapping.Resource, "web", types.MergePatchType, []byte(`{"spec":{"replicas":3}}`), metav1.PatchOptions{})
	must(err)
	want(t, changed.Spec.Replicas, 3)
	eventually(t, "three pods", func() bool { return len(podsOf("web")) == 3 })
}

func TestConflictsAreRetried(t *testing.T) {
	tries := 0
	must(retry.RetryOnConflict(retry.DefaultRetry, func() error {
		found, err := set.AppsV1().Deployments(namespace).Get(ctx, "web", metav1.GetOptions{})
		must(err)
		if tries++; tries == 1 {
			_, err = set.AppsV1().Deployments(namespace).Patch(ctx, "web", types.StrategicMergePatchType, []byte(`{"metadata":{"labels":{"x":"y"}}}`), metav1.PatchOptions{})
			must(err)
		}
		found.Annotations["note"] = "mine"
		_, err = set.AppsV1().Deployments(namespace).Update(ctx, found, metav1.UpdateOptions{})
		return err
	}))
	want(t, tries, 2)
}

func TestServerSideApply(t *testing.T) {
	wanted := appsapply.Deployment("applied", namespace).WithSpec(appsapply.DeploymentSpec().
		WithReplicas(1).
		WithSelector(metaapply.LabelSelector().WithMatchLabels(map[string]string{"app": "applied"})).
		WithTemplate(coreapply.PodTemplateSpec().
			WithLabels(map[string]string{"app": "applied"}).
			WithSpec(coreapply.PodSpec().WithContainers(coreapply.Container().WithName("main").WithImage("nginx:1.27")))))
	applied, err := set.AppsV1().Deployments(namespace).Apply(ctx, wanted, metav1.ApplyOptions{FieldManager: "first"})
	must(err)
	want(t, applied.ManagedFields[0].Manager, "first")
	wanted.Spec.WithReplicas(2)
	_, err = set.AppsV1().Deployments(namespace).Apply(ctx, wanted, metav1.ApplyOptions{FieldManager: "second"})
	want(t, apierrors.IsConflict(err), true)
	_, err = set.AppsV1().Deployments(namespace).Apply(ctx, wanted, metav1.ApplyOptions{FieldManager: "second", Force: true})
	must(err)
	mine, err := appsapply.ExtractDeployment(mustGet("applied"), "second")
	must(err)
	want(t, *mine.Spec.Replicas, 2)
}

func mustGet(name string) *appsv1.Deployment {
	found, err := set.AppsV1().Deployments(namespace).Get(ctx, name, metav1.GetOptions{})
	must(err)
	return found
}

func TestExecByWebSocketAndSPDY(t *testing.T) {
	pod := aRunningPod(t)
	url := set.CoreV1().RESTClient().Post().Resource("pods").Namespace(namespace).Name(pod).SubResource("exec").
		VersionedParams(&corev1.PodExecOptions{Command: []string{"sh", "-c", "cat; echo oops >&2; exit 5"}, Stdin: true, Stdout: true, Stderr: true}, scheme.ParameterCodec).URL()
	socket, err := remotecommand.NewWebSocketExecutor(config, "GET", url.String())
	must(err)
	older, err := remotecommand.NewSPDYExecutor(config, "POST", url)
	must(err)
	for _, executor := range []remotecommand.Executor{socket, older} {
		var out, problems bytes.Buffer
		err := executor.StreamWithContext(ctx, remotecommand.StreamOptions{Stdin: strings.NewReader("hello\n"), Stdout: &out, Stderr: &problems})
		want(t, fmt.Sprint(err), "command terminated with exit code 5")
		want(t, out.String()+problems.String(), "hello\noops\n")
	}
}

func TestLogsAndPortForward(t *testing.T) {
	pod := aRunningPod(t)
	transport, upgrader, err := spdy.RoundTripperFor(config)
	must(err)
	url := set.CoreV1().RESTClient().Post().Resource("pods").Namespace(namespace).Name(pod).SubResource("portforward").URL()
	tunnel, err := portforward.NewSPDYOverWebsocketDialer(url, config)
	must(err)
	for _, dialer := range []httpstream.Dialer{spdy.NewDialer(upgrader, &http.Client{Transport: transport}, "POST", url), tunnel} {
		stop, ready := make(chan struct{}), make(chan struct{})
		forwarder, err := portforward.New(dialer, []string{"0:80"}, stop, ready, io.Discard, os.Stderr)
		must(err)
		ended := make(chan error, 1)
		go func() { ended <- forwarder.ForwardPorts() }()
		<-ready
		ports, err := forwarder.GetPorts()
		must(err)
		answer, err := http.Get(fmt.Sprintf("http://127.0.0.1:%d/", ports[0].Local))
		must(err)
		page, err := io.ReadAll(answer.Body)
		must(err)
		want(t, strings.Contains(string(page), "Welcome to nginx!"), true)
		close(stop)
		must(<-ended)
	}
	stream, err := set.CoreV1().Pods(namespace).GetLogs(pod, &corev1.PodLogOptions{}).Stream(ctx)
	must(err)
	text, err := io.ReadAll(stream)
	must(err)
	want(t, strings.Count(string(text), "GET / HTTP/1.1"), 2)
}

func TestTokensAndImpersonation(t *testing.T) {
	token, err := set.CoreV1().ServiceAccounts(namespace).CreateToken(ctx, "default", &authenticationv1.TokenRequest{}, metav1.CreateOptions{})
	must(err)
	settings := rest.AnonymousClientConfig(json())
	settings.BearerToken = token.Status.Token
	account := kubernetes.NewForConfigOrDie(settings)
	_, err = account.CoreV1().Pods(namespace).List(ctx, metav1.ListOptions{})
	want(t, apierrors.IsForbidden(err), true)
	settings = json()
	settings.Impersonate = rest.ImpersonationConfig{UserName: "jane", Groups: []string{"dev"}}
	review, err := kubernetes.NewForConfigOrDie(settings).AuthenticationV1().SelfSubjectReviews().Create(ctx, &authenticationv1.SelfSubjectReview{}, metav1.CreateOptions{})
	must(err)
	want(t, strings.Join(review.Status.UserInfo.Groups, ","), "dev,system:authenticated")
}

func TestLeaderElection(t *testing.T) {
	lock := func(id string) resourcelock.Interface {
		made, err := resourcelock.New(resourcelock.LeasesResourceLock, namespace, "leader", set.CoreV1(), set.CoordinationV1(), resourcelock.ResourceLockConfig{Identity: id})
		must(err)
		return made
	}
	leads := make(chan string, 2)
	run := func(id string) context.CancelFunc {
		running, stop := context.WithCancel(ctx)
		go leaderelection.RunOrDie(running, leaderelection.LeaderElectionConfig{
			Lock: lock(id), ReleaseOnCancel: true, LeaseDuration: 3 * time.Second, RenewDeadline: 2 * time.Second, RetryPeriod: 100 * time.Millisecond,
			Callbacks: leaderelection.LeaderCallbacks{OnStartedLeading: func(context.Context) { leads <- id }, OnStoppedLeading: func() {}},
		})
		return stop
	}
	stop := run("a")
	want(t, <-leads, "a")
	other := run("b")
	defer other()
	stop()
	want(t, <-leads, "b")
}

func TestPagesAndCollections(t *testing.T) {
	for index := range 12 {
		object := &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: fmt.Sprintf("page-%d", index), Labels: map[string]string{"page": "yes"}}}
		_, err := set.CoreV1().ConfigMaps(namespace).Create(ctx, object, metav1.CreateOptions{})
		must(err)
	}
	options := metav1.ListOptions{LabelSelector: "page=yes", Limit: 5}
	total := 0
	for {
		list, err := set.CoreV1().ConfigMaps(namespace).List(ctx, options)
		must(err)
		total += len(list.Items)
		if options.Continue = list.Continue; list.Continue == "" {
			break
		}
	}
	want(t, total, 12)
	must(set.CoreV1().ConfigMaps(namespace).DeleteCollection(ctx, metav1.DeleteOptions{}, metav1.ListOptions{LabelSelector: "page=yes"}))
	list, err := set.CoreV1().ConfigMaps(namespace).List(ctx, metav1.ListOptions{LabelSelector: "page=yes"})
	must(err)
	want(t, len(list.Items), 0)
}
