package operator

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/client-go/tools/events"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/config"
	"sigs.k8s.io/controller-runtime/pkg/envtest"
	"sigs.k8s.io/controller-runtime/pkg/metrics/server"
)

// lab is a cluster whose clock stands, but for advances that wait for the operator at every change.
type lab struct {
	t    *testing.T
	path string
}

// ask calls the service; the answer to JSON is read into a value, that to anything else given back.
func (l lab) ask(method, path string, body, answer any) []byte {
	l.t.Helper()
	encoded, err := json.Marshal(body)
	must(err)
	request, err := http.NewRequest(method, os.Getenv("ORRERY_URL")+path, bytes.NewReader(encoded))
	must(err)
	request.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(request)
	must(err)
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	must(err)
	if response.StatusCode >= 300 {
		l.t.Fatalf("%s %s: %d %s", method, path, response.StatusCode, text)
	}
	if answer != nil {
		must(json.Unmarshal(text, answer))
	}
	return text
}

// kubeconfig is how a client of a name reaches the cluster.
func (l lab) kubeconfig(name string) *rest.Config {
	settings, err := clientcmd.RESTConfigFromKubeConfig(l.ask("GET", l.path+"/kubeconfig?client="+name, nil, nil))
	must(err)
	// Other programs wait for no rate either: it would be wall time.
	settings.QPS = -1
	return settings
}

// now is the virtual time.
func (l lab) now() metav1.Time {
	clock := struct{ Now time.Time }{}
	l.ask("GET", l.path+"/clock", nil, &clock)
	return metav1.NewTime(clock.Now)
}

// advance turns the clock in lockstep with the operator, and gives the digest.
func (l lab) advance(by string) string {
	l.t.Helper()
	barrier := map[string]any{"clients": []string{"fleet-operator"}, "quiet": "150ms", "patience": "30s"}
	answer := struct{ Digest string }{}
	l.ask("POST", l.path+"/clock/advance", map[string]any{"by": by, "barrier": barrier}, &answer)
	return answer.Digest
}

// sail runs the operator from an empty cluster until its ship has come and gone, and gives the digest after each step.
func sail(t *testing.T, name string) []string {
	l := lab{t, "/v1/clusters/" + name}
	l.ask("POST", "/v1/clusters", map[string]any{"name": name, "seed": 3, "nodes": 2}, nil)
	captain, err := client.New(l.kubeconfig("captain"), client.Options{Scheme: scheme.Scheme})
	must(err)
	_, err = envtest.InstallCRDs(l.kubeconfig("captain"), envtest.CRDInstallOptions{Paths: []string{filepath.Join("config", "crd")}})
	must(err)
	must(captain.Create(ctx, &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: Port}}))

	skip := true
	manager, err := ctrl.NewManager(l.kubeconfig("fleet-operator"), ctrl.Options{
		Scheme:     scheme.Scheme,
		Metrics:    server.Options{BindAddress: "0"},
		Controller: config.Controller{SkipNameValidation: &skip},
	})
	must(err)
	// Names and times of Events are those of this machine; so are leases, and there is no other leader.
	must((&Reconciler{Client: manager.GetClient(), Recorder: &events.FakeRecorder{}, Now: l.now}).SetupWithManager(manager))
	running, stop := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() { ended <- manager.Start(running) }()
	defer func() {
		stop()
		must(<-ended)
	}()

	ship := newShip("beagle", 3, "red")
	must(captain.Create(ctx, ship))
	// From the first thing that it does on the operator is there: until then it is silent now and then.
	eventually(t, "the operator", func() bool {
		must(captain.Get(ctx, client.ObjectKeyFromObject(ship), ship))
		return len(ship.Finalizers) == 1
	})
	digests := []string{l.advance("20s")}
	must(captain.Get(ctx, client.ObjectKeyFromObject(ship), ship))
	if ship.Status.Aboard != 3 {
		t.Fatalf("%d are aboard after 20 seconds", ship.Status.Aboard)
	}
	crew := int32(1)
	ship.Spec.Crew = &crew
	must(captain.Update(ctx, ship))
	digests = append(digests, l.advance("45s"))
	must(captain.Delete(ctx, ship))
	digests = append(digests, l.advance("45s"))
	if err := captain.Get(ctx, client.ObjectKeyFromObject(ship), ship); !apierrors.IsNotFound(err) {
		t.Fatalf("the ship is still there: %v", err)
	}
	return digests
}

func TestLockstepTenRunsOneDigest(t *testing.T) {
	first := sail(t, "fleet-0")
	for run := 1; run < 10; run++ {
		name := fmt.Sprintf("fleet-%d", run)
		if found := sail(t, name); fmt.Sprint(found) != fmt.Sprint(first) {
			t.Fatalf("the digests of %s are %v, not %v", name, found, first)
		}
	}
}
