// The session of session.ts with the client in Go.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"reflect"
	"regexp"
	"strings"

	orrery "github.com/GIT_USER_ID/GIT_REPO_ID"
)

const cluster = "openapi-generator-go"

const yaml = `apiVersion: v1
kind: ConfigMap
metadata: {name: settings}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {ports: [{port: 80}]}
`

func main() {
	url := os.Getenv("ORRERY_URL")
	configuration := orrery.NewConfiguration()
	configuration.Servers = orrery.ServerConfigurations{{URL: url}}
	client := orrery.NewAPIClient(configuration)
	ctx := context.Background()

	createCluster(ctx, client)
	applyManifests(ctx, client, url)
	advance(ctx, client)
	setImage(ctx, client)
	breakNode(ctx, client)
	forkAndDelete(ctx, client)
}

func createCluster(ctx context.Context, client *orrery.APIClient) {
	spec := orrery.NewClusterSpec()
	spec.SetName(cluster)
	spec.SetSeed(7)
	nodes := []orrery.NodeSpec{*orrery.NewNodeSpec("node-1"), *orrery.NewNodeSpec("node-2")}
	spec.SetNodes(orrery.ArrayOfNodeSpecAsClusterNodes(&nodes))
	app := orrery.NewImageBehavior()
	app.SetStartup("2s")
	spec.SetImages(map[string]orrery.ImageBehavior{"app": *app})
	made, _, err := client.ClustersAPI.CreateCluster(ctx).ClusterSpec(*spec).Execute()
	must(err)
	same(made.Name, cluster)
	same(made.Nodes, int64(2))
}

func applyManifests(ctx context.Context, client *orrery.APIClient, url string) {
	pod := orrery.NewKubernetesObject()
	pod.SetApiVersion("v1")
	pod.SetKind("Pod")
	pod.SetMetadata(map[string]any{"name": "web"})
	pod.AdditionalProperties = map[string]any{"spec": map[string]any{"containers": []any{map[string]any{"name": "web", "image": "app"}}}}
	applied, _, err := client.ManifestsAPI.ApplyManifests(ctx, cluster).Manifests(orrery.KubernetesObjectAsManifests(pod)).Execute()
	must(err)
	same(actionsOf(applied), []string{"created"})

	// One media type stands in its types.
	response, err := http.Post(url+"/v1/clusters/"+cluster+"/manifests", "application/yaml", strings.NewReader(yaml))
	must(err)
	defer response.Body.Close()
	results := orrery.ManifestResults{}
	must(json.NewDecoder(response.Body).Decode(&results))
	same(actionsOf(&results), []string{"created", "created"})
}

func actionsOf(results *orrery.ManifestResults) []string {
	actions := []string{}
	for _, result := range results.Items {
		actions = append(actions, result.Action)
	}
	return actions
}

func advance(ctx context.Context, client *orrery.APIClient) {
	by, _, err := client.ClockAPI.AdvanceClock(ctx, cluster).Advance(orrery.AdvanceByAsAdvance(orrery.NewAdvanceBy("1s"))).Execute()
	must(err)
	same(by.ElapsedSeconds, 1.0)

	condition := orrery.NewWaitCondition("condition=Ready")
	condition.SetName("web")
	until := orrery.NewAdvanceUntil(*condition)
	until.SetTimeout("5m")
	reached, _, err := client.ClockAPI.AdvanceClock(ctx, cluster).Advance(orrery.AdvanceUntilAsAdvance(until)).Execute()
	must(err)
	same(reached.Reached, true)

	watch := client.WatchAPI.WatchCluster(ctx, cluster).Resource("pods").Namespace("default").Format("text").TimeoutSeconds(1)
	text, _, err := watch.Execute()
	must(err)
	same(regexp.MustCompile(`(?m)^data: web +1/1 +Running`).MatchString(text), true)
}

func setImage(ctx context.Context, client *orrery.APIClient) {
	const reference = "registry.example/team/app:v2"
	run := orrery.NewBehaviorRun()
	run.SetFor("1m")
	run.SetExitCode(1)
	behavior := orrery.NewImageBehavior()
	behavior.SetRun([]orrery.BehaviorRun{*run})
	image, _, err := client.ImagesAPI.SetImage(ctx, cluster, reference).ImageBehavior(*behavior).Execute()
	must(err)
	same(image.Reference, reference)
	found, _, err := client.ImagesAPI.GetImage(ctx, cluster, reference).Execute()
	must(err)
	same(found.Behavior, *behavior)
}

func breakNode(ctx context.Context, client *orrery.APIClient) {
	down := orrery.NewNodeDownFault("node-down", *orrery.NewNodeTarget("node-2"))
	down.SetAfter("30s")
	fault, _, err := client.FaultsAPI.CreateFault(ctx, cluster).FaultSpec(orrery.NodeDownFaultAsFaultSpec(down)).Execute()
	must(err)
	same(fault.State, "waiting")
	_, err = client.FaultsAPI.DeleteFault(ctx, cluster, fault.Id).Execute()
	must(err)
}

func forkAndDelete(ctx context.Context, client *orrery.APIClient) {
	kubeconfig, _, err := client.ClustersAPI.GetKubeconfig(ctx, cluster).Execute()
	must(err)
	same(regexp.MustCompile(`(?m)^kind: Config$`).MatchString(kubeconfig), true)

	spec := orrery.NewForkSpec()
	spec.SetName(cluster + "-fork")
	fork, _, err := client.HistoryAPI.CreateFork(ctx, cluster).ForkSpec(*spec).Execute()
	must(err)
	listed, _, err := client.ClustersAPI.ListClusters(ctx).Limit(500).Execute()
	must(err)
	names := map[string]bool{}
	for _, item := range listed.Items {
		names[item.Cluster.Name] = true
	}
	same(names[fork.Name], true)
	for _, name := range []string{fork.Name, cluster} {
		_, err = client.ClustersAPI.DeleteCluster(ctx, name).Execute()
		must(err)
	}

	_, _, err = client.ClustersAPI.GetCluster(ctx, cluster).Execute()
	failure := &orrery.GenericOpenAPIError{}
	same(errors.As(err, &failure), true)
	same(failure.Model().(orrery.Problem).Code, "cluster-not-found")
}

func same(found, expected any) {
	if !reflect.DeepEqual(found, expected) {
		panic(fmt.Sprintf("found %#v, expected %#v", found, expected))
	}
}

func must(err error) {
	if err == nil {
		return
	}
	failure := &orrery.GenericOpenAPIError{}
	if errors.As(err, &failure) {
		panic(fmt.Sprintf("%v: %s", err, failure.Body()))
	}
	panic(err)
}
