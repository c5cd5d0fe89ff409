package test

import (
	"context"
	"errors"
	"net/http"
	"os"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"orrery.dev/go"
	"orrery.dev/go/orrerytest"
)

const deployment = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers: [{name: web, image: 'shop/web:1', ports: [{containerPort: 80}], readinessProbe: {httpGet: {path: /, port: 80}}}]
`

func TestMain(m *testing.M) {
	orrerytest.Main(m)
}

// must gives the value of a call that has to succeed.
func must[T any](t *testing.T) func(T, error) T {
	return func(value T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
}

func running(t *testing.T, spec orrery.ClusterSpec) *orrery.Cluster {
	t.Helper()
	cluster := orrerytest.NewCluster(t, spec)
	must[orrery.ManifestResults](t)(cluster.Apply(t.Context(), deployment))
	must[orrery.AdvanceResult](t)(cluster.Wait(t.Context(), orrery.Condition{For: "condition=Available", On: "deployment/web", Timeout: "3m"}))
	return cluster
}

func TestAClusterIsMadeAppliedToAndWaitedFor(t *testing.T) {
	seed := int64(7)
	images := map[string]any{"shop/web:1": map[string]any{"startup": "20s"}}
	cluster := running(t, orrery.ClusterSpec{Name: "first", Nodes: 2, Seed: &seed, Images: images})
	info := must[orrery.ClusterInfo](t)(cluster.Info(t.Context()))
	if info.Name != "first" || info.Nodes != 2 || info.Seed != 7 || info.ElapsedSeconds < 20 {
		t.Errorf("%+v", info)
	}
	results := must[orrery.ManifestResults](t)(cluster.Apply(t.Context(), deployment))
	if len(results.Items) != 1 || results.Items[0].Action != "unchanged" {
		t.Errorf("%+v", results)
	}
	pod := &corev1.Pod{
		TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "Pod"},
		ObjectMeta: metav1.ObjectMeta{Name: "typed"},
		Spec:       corev1.PodSpec{Containers: []corev1.Container{{Name: "a", Image: "busybox"}}},
	}
	made := must[orrery.ManifestResults](t)(cluster.ApplyObjects(t.Context(), pod))
	if made.Items[0].Action != "created" || made.Items[0].Kind != "Pod" {
		t.Errorf("%+v", made)
	}
}

func TestTheClockTurns(t *testing.T) {
	cluster := orrerytest.NewCluster(t, orrery.ClusterSpec{Nodes: []orrery.NodeSpec{{Name: "big", Capacity: map[string]string{"cpu": "16"}}}})
	turn := must[orrery.AdvanceResult](t)
	if now := turn(cluster.Advance(t.Context(), "90s")).Now; now != "2025-01-01T00:01:30Z" {
		t.Error(now)
	}
	if now := turn(cluster.AdvanceTo(t.Context(), "2025-01-01T01:00:00Z")).Now; now != "2025-01-01T01:00:00Z" {
		t.Error(now)
	}
	must[orrery.ManifestResults](t)(cluster.Apply(t.Context(), deployment))
	if turn(cluster.AdvanceSteps(t.Context(), 2)).WatchEvents == 0 || !turn(cluster.AdvanceUntilIdle(t.Context(), "")).Reached {
		t.Error("nothing happened")
	}
}

func TestWhatIsNotReachedSaysWhy(t *testing.T) {
	cluster := orrerytest.NewCluster(t, orrery.ClusterSpec{Nodes: 0})
	must[orrery.ManifestResults](t)(cluster.Apply(t.Context(), deployment))
	_, err := cluster.Wait(t.Context(), orrery.Condition{For: "condition=Available", On: "deployment/web", Timeout: "1m"})
	var notReached *orrery.NotReachedError
	if !errors.As(err, &notReached) || !strings.Contains(err.Error(), "condition=Available does not hold at 2025-01-01T00:01:00Z") ||
		!strings.Contains(err.Error(), "the cluster has no nodes") {
		t.Errorf("%v", err)
	}
	if _, err := cluster.Wait(t.Context(), orrery.Condition{For: "condition=Ready", Resource: "pods", Selector: "app=web", Timeout: "1s"}); !errors.As(err, &notReached) {
		t.Errorf("%v", err)
	}
}

func TestForksFaultsAndExplanations(t *testing.T) {
	cluster := running(t, orrery.ClusterSpec{Nodes: 2})
	var digests []string
	var fault orrery.ClusterFault
	forks := []*orrery.Cluster{orrerytest.Fork(t, cluster, orrery.ForkSpec{}), orrerytest.Fork(t, cluster, orrery.ForkSpec{Name: "second"})}
	for _, fork := range forks {
		fault = must[orrery.ClusterFault](t)(fork.Fault(t.Context(), orrery.Fault{Type: "node-down", Target: orrery.FaultTarget{Node: "node-1"}, For: "1h"}))
		digests = append(digests, must[orrery.AdvanceResult](t)(fork.Advance(t.Context(), "50s")).Digest)
	}
	if fault.State != "active" || digests[0] != digests[1] || digests[0] == must[orrery.ClusterInfo](t)(cluster.Info(t.Context())).Digest {
		t.Errorf("%+v %v", fault, digests)
	}
	explain := func() string {
		return must[orrery.Explanation](t)(forks[1].Explain(t.Context(), "nodes", "", "node-1")).Findings[0].Code
	}
	if code := explain(); code == "healthy" {
		t.Error(code)
	}
	if err := forks[1].EndFault(t.Context(), fault.ID); err != nil {
		t.Fatal(err)
	}
	must[orrery.AdvanceResult](t)(forks[1].Advance(t.Context(), "5m"))
	if code := explain(); code != "healthy" {
		t.Error(code)
	}
}

func TestBackInTimeAndImages(t *testing.T) {
	cluster := running(t, orrery.ClusterSpec{})
	must[orrery.AdvanceResult](t)(cluster.AdvanceTo(t.Context(), "2025-01-01T00:05:00Z"))
	if err := cluster.SetImage(t.Context(), "shop/web:2", map[string]any{"startup": "1h"}); err != nil {
		t.Fatal(err)
	}
	must[orrery.ManifestResults](t)(cluster.Apply(t.Context(), strings.Replace(deployment, "shop/web:1", "shop/web:2", 1)))
	var notReached *orrery.NotReachedError
	rolledOut := orrery.Condition{For: "jsonpath={.status.updatedReplicas}=2", On: "deployment/web", Timeout: "5m"}
	if _, err := cluster.Wait(t.Context(), rolledOut); !errors.As(err, &notReached) {
		t.Errorf("an image that takes an hour was rolled out: %v", err)
	}
	past := orrerytest.Fork(t, cluster, orrery.ForkSpec{At: "2025-01-01T00:04:00Z"})
	if now := must[orrery.ClusterInfo](t)(past.Info(t.Context())).Now; now != "2025-01-01T00:04:00Z" {
		t.Error(now)
	}
	if err := cluster.Rewind(t.Context(), "2025-01-01T00:01:00Z"); err != nil {
		t.Fatal(err)
	}
	if now := must[orrery.ClusterInfo](t)(cluster.Info(t.Context())).Now; now != "2025-01-01T00:01:00Z" {
		t.Error(now)
	}
}

func TestWhatTheServiceRefusesIsAnError(t *testing.T) {
	cluster := orrerytest.NewCluster(t, orrery.ClusterSpec{})
	var refusal *orrery.Error
	_, err := cluster.Apply(t.Context(), "apiVersion: v1\nkind: Pod\nmetadata: {name: x}\nspec: {containers: []}\n")
	if !errors.As(err, &refusal) || refusal.Problem.Code != "rejected" || refusal.Problem.Errors[0].Field != "spec.containers" {
		t.Errorf("%v", err)
	}
	if _, err := cluster.Fork(t.Context(), orrery.ForkSpec{At: "2030-01-01T00:00:00Z"}); !errors.As(err, &refusal) {
		t.Errorf("%v", err)
	}
}

func TestAServiceOfItsOwn(t *testing.T) {
	const token = "a-secret-of-at-least-16-characters"
	folder := t.TempDir()
	server := must[*orrery.Server](t)(orrery.Start(t.Context(), orrery.StartOptions{Data: folder, Token: token}))
	cluster := must[*orrery.Cluster](t)(server.CreateCluster(t.Context(), orrery.ClusterSpec{Name: "kept"}))
	must[orrery.AdvanceResult](t)(cluster.Advance(t.Context(), "1h"))
	var refusal *orrery.Error
	if _, err := orrery.Connect(server.URL(), "", nil).Clusters(t.Context()); !errors.As(err, &refusal) || refusal.Problem.Code != "unauthorized" {
		t.Errorf("%v", err)
	}
	if found := must[[]orrery.ClusterInfo](t)(orrery.Connect(server.URL(), token, nil).Clusters(t.Context())); len(found) != 1 {
		t.Errorf("%+v", found)
	}
	for range 2 {
		if err := server.Close(); err != nil {
			t.Error(err)
		}
	}
	if response, err := http.Get(server.URL()); err == nil {
		_ = response.Body.Close()
		t.Error("it still answers")
	}
	again := must[*orrery.Server](t)(orrery.Start(t.Context(), orrery.StartOptions{Data: folder, Token: token}))
	defer again.Close()
	if now := must[orrery.ClusterInfo](t)(again.Cluster("kept").Info(t.Context())).Now; now != "2025-01-01T01:00:00Z" {
		t.Error(now)
	}
}

func TestWhatCannotStartSaysWhy(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	if _, err := orrery.Start(t.Context(), orrery.StartOptions{Command: []string{"/no/such/program"}}); err == nil || !strings.Contains(err.Error(), "cannot be started") {
		t.Errorf("%v", err)
	}
	if _, err := orrery.Start(t.Context(), orrery.StartOptions{Flags: []string{"--workers", "many"}}); err == nil || !strings.Contains(err.Error(), "ended before it said where it listens") {
		t.Errorf("%v", err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := orrery.Start(ended, orrery.StartOptions{}); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	for _, entry := range must[[]os.DirEntry](t)(os.ReadDir(os.TempDir())) {
		if strings.HasPrefix(entry.Name(), "orrery-") {
			t.Errorf("%s was left", entry.Name())
		}
	}
}
