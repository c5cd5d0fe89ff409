// fabric8's client: what Java programs and operators do with a cluster. Each step says that it held, or ends the program.

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderCallbacks;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderElectionConfigBuilder;
import io.fabric8.kubernetes.client.extended.leaderelection.resourcelock.LeaseLock;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Version;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

public class Scenario {
  static final String CRD =
      """
      apiVersion: apiextensions.k8s.io/v1
      kind: CustomResourceDefinition
      metadata: {name: trains.rail.example.com}
      spec:
        group: rail.example.com
        scope: Namespaced
        names: {kind: Train, plural: trains, singular: train}
        versions:
          - name: v1
            served: true
            storage: true
            subresources: {status: {}}
            schema:
              openAPIV3Schema:
                type: object
                properties:
                  spec: {type: object, properties: {cars: {type: integer, maximum: 12}}}
                  status: {type: object, properties: {at: {type: string}}}
      ---
      apiVersion: v1
      kind: ConfigMap
      metadata: {name: timetable}
      data: {first: "5:10"}
      """;

  public static class TrainSpec {
    public int cars;
  }

  public static class TrainStatus {
    public String at;
  }

  @Group("rail.example.com")
  @Version("v1")
  public static class Train extends CustomResource<TrainSpec, TrainStatus> implements Namespaced {}

  interface Step {
    void run() throws Exception;
  }

  static void step(String title, Step body) {
    try {
      body.run();
      System.out.println("ok " + title);
    } catch (Throwable problem) {
      System.out.println("not ok " + title);
      problem.printStackTrace(System.out);
      System.exit(1);
    }
  }

  static void equal(Object actual, Object expected) {
    if (!expected.equals(actual)) throw new AssertionError(actual + " is not " + expected);
  }

  static void eventually(BooleanSupplier holds) throws InterruptedException {
    for (long end = System.nanoTime() + Duration.ofSeconds(60).toNanos(); System.nanoTime() < end; Thread.sleep(50)) if (holds.getAsBoolean()) return;
    throw new AssertionError("it did not come");
  }

  static KubernetesClientException refused(Step body) throws Exception {
    try {
      body.run();
    } catch (KubernetesClientException refusal) {
      return refusal;
    }
    throw new AssertionError("it was accepted");
  }

  static Deployment deployment(String name, int replicas) {
    return new DeploymentBuilder()
        .withNewMetadata().withName(name).endMetadata()
        .withNewSpec()
        .withReplicas(replicas)
        .withNewSelector().addToMatchLabels("app", name).endSelector()
        .withNewTemplate()
        .withNewMetadata().addToLabels("app", name).endMetadata()
        .withNewSpec()
        .withTerminationGracePeriodSeconds(2L)
        .addNewContainer().withName("main").withImage("nginx:1.27").addNewPort().withContainerPort(80).endPort().endContainer()
        .endSpec()
        .endTemplate()
        .endSpec()
        .build();
  }

  static Pod aPod(KubernetesClient client) {
    return client.pods().withLabel("app", "web").list().getItems().stream()
        .filter(pod -> "Running".equals(pod.getStatus().getPhase()) && pod.getMetadata().getDeletionTimestamp() == null)
        .findFirst().orElseThrow();
  }

  public static void main(String[] words) {
    try (KubernetesClient client = new KubernetesClientBuilder().build()) {
      step("version, API groups", () -> {
        equal(client.getKubernetesVersion().getMinor(), "33");
        equal(client.supports(Deployment.class), true);
        equal(client.getApiGroup("apps").getPreferredVersion().getVersion(), "v1");
      });
      step("create, wait, refusals", () -> creates(client));
      step("edit, patch, server-side apply, scale, restart", () -> changes(client));
      step("exec, files, logs, port-forward", () -> talks(client));
      step("watch and informers", () -> watches(client));
      step("manifests, generic and typed custom resources", () -> customises(client));
      step("leader election", () -> elects(client));
      step("delete: eviction, propagation, a namespace", () -> deletes(client));
    }
    System.exit(0);
  }

  static void creates(KubernetesClient client) throws Exception {
    client.resource(deployment("web", 2)).create();
    Deployment ready = client.apps().deployments().withName("web").waitUntilReady(60, TimeUnit.SECONDS);
    equal(ready.getStatus().getReadyReplicas(), 2);
    equal(refused(() -> client.resource(deployment("web", 2)).create()).getCode(), 409);
    KubernetesClientException invalid = refused(() -> client.resource(deployment("Bad", 1)).create());
    equal(invalid.getStatus().getDetails().getCauses().get(0).getField(), "metadata.name");
    equal(client.resource(deployment("dry", 1)).dryRun().create().getMetadata().getName(), "dry");
    equal(client.apps().deployments().withName("dry").get() == null, true);
    equal(client.pods().withLabelIn("app", "web", "other").withField("status.phase", "Running").list().getItems().size(), 2);
  }

  static void changes(KubernetesClient client) throws Exception {
    var web = client.apps().deployments().withName("web");
    web.edit(found -> new DeploymentBuilder(found).editMetadata().addToLabels("a", "b").endMetadata().build());
    equal(web.get().getMetadata().getLabels(), Map.of("a", "b"));
    web.patch(PatchContext.of(PatchType.JSON_MERGE), "{\"metadata\":{\"labels\":{\"a\":null,\"c\":\"d\"}}}");
    equal(web.get().getMetadata().getLabels(), Map.of("c", "d"));
    web.patch(PatchContext.of(PatchType.STRATEGIC_MERGE), "{\"spec\":{\"template\":{\"spec\":{\"containers\":[{\"name\":\"main\",\"image\":\"nginx:1.28\"}]}}}}");
    equal(web.get().getSpec().getTemplate().getSpec().getContainers().get(0).getPorts().size(), 1);
    equal(web.scale(3).getSpec().getReplicas(), 3);
    eventually(() -> Integer.valueOf(3).equals(web.get().getStatus().getReadyReplicas()));
    Deployment wanted = deployment("web", 2);
    equal(refused(() -> client.resource(wanted).fieldManager("java").serverSideApply()).getCode(), 409);
    equal(client.resource(wanted).fieldManager("java").forceConflicts().serverSideApply().getSpec().getReplicas(), 2);
    web.rolling().restart();
    equal(web.get().getSpec().getTemplate().getMetadata().getAnnotations().containsKey("kubectl.kubernetes.io/restartedAt"), true);
    web.waitUntilCondition(
        found -> found.getStatus().getObservedGeneration().equals(found.getMetadata().getGeneration())
            && Integer.valueOf(2).equals(found.getStatus().getUpdatedReplicas())
            && Integer.valueOf(2).equals(found.getStatus().getReplicas()),
        60, TimeUnit.SECONDS);
    Deployment old = web.get();
    web.edit(found -> new DeploymentBuilder(found).editMetadata().addToLabels("e", "f").endMetadata().build());
    equal(refused(() -> client.resource(old).lockResourceVersion().update()).getCode(), 409);
  }

  static void talks(KubernetesClient client) throws Exception {
    var pod = client.pods().withName(aPod(client).getMetadata().getName());
    ByteArrayOutputStream output = new ByteArrayOutputStream();
    ByteArrayOutputStream problems = new ByteArrayOutputStream();
    var input = new ByteArrayInputStream("hello\n".getBytes(StandardCharsets.UTF_8));
    try (var process = pod.readingInput(input).writingOutput(output).writingError(problems).exec("sh", "-c", "read word; echo $word; echo oops >&2; exit 7")) {
      equal(process.exitCode().get(30, TimeUnit.SECONDS), 7);
    }
    equal(output + "" + problems, "hello\noops\n");
    Path file = Files.writeString(Files.createTempFile("note", ".txt"), "carried\n");
    equal(pod.file("/tmp/note.txt").upload(file), true);
    Path back = Files.createTempFile("back", ".txt");
    equal(pod.file("/tmp/note.txt").copy(back), true);
    equal(Files.readString(back), "carried\n");
    try (var forward = pod.portForward(80)) {
      URI page = URI.create("http://127.0.0.1:" + forward.getLocalPort() + "/");
      var answer = HttpClient.newHttpClient().send(HttpRequest.newBuilder(page).build(), HttpResponse.BodyHandlers.ofString());
      equal(answer.body().contains("Welcome to nginx!"), true);
    }
    equal(pod.tailingLines(1).getLog().contains("GET / HTTP/1.1"), true);
  }

  static void watches(KubernetesClient client) throws Exception {
    BlockingQueue<String> seen = new LinkedBlockingQueue<>();
    var informer = client.configMaps().withLabel("seen", "yes").inform(new ResourceEventHandler<ConfigMap>() {
      public void onAdd(ConfigMap map) { seen.add("informer added"); }
      public void onUpdate(ConfigMap before, ConfigMap map) { seen.add("informer updated"); }
      public void onDelete(ConfigMap map, boolean unknown) { seen.add("informer deleted"); }
    });
    ConfigMap map = new ConfigMapBuilder().withNewMetadata().withName("seen").addToLabels("seen", "yes").endMetadata().addToData("a", "1").build();
    client.resource(map).create();
    equal(seen.poll(30, TimeUnit.SECONDS), "informer added");
    client.configMaps().withName("seen").edit(found -> new ConfigMapBuilder(found).addToData("a", "2").build());
    equal(seen.poll(30, TimeUnit.SECONDS), "informer updated");
    equal(informer.getStore().list().get(0).getData(), Map.of("a", "2"));
    informer.close();
    try (var watch = client.configMaps().withName("seen").watch(new Watcher<ConfigMap>() {
      public void eventReceived(Action action, ConfigMap found) { seen.add("watch " + action); }
      public void onClose(WatcherException problem) {}
    })) {
      equal(seen.poll(30, TimeUnit.SECONDS), "watch ADDED");
      client.resource(map).delete();
      equal(seen.poll(30, TimeUnit.SECONDS), "watch DELETED");
    }
  }

  static void customises(KubernetesClient client) throws Exception {
    List<HasMetadata> made = client.load(new ByteArrayInputStream(CRD.getBytes(StandardCharsets.UTF_8))).create();
    equal(made.size(), 2);
    client.apiextensions().v1().customResourceDefinitions().withName("trains.rail.example.com").waitUntilCondition(
        found -> found.getStatus().getConditions().stream().anyMatch(item -> item.getType().equals("Established") && item.getStatus().equals("True")),
        30, TimeUnit.SECONDS);
    Train train = new Train();
    train.getMetadata().setName("local");
    train.setSpec(new TrainSpec());
    train.getSpec().cars = 4;
    Train stored = client.resource(train).create();
    stored.setStatus(new TrainStatus());
    stored.getStatus().at = "station";
    client.resource(stored).updateStatus();
    equal(client.resources(Train.class).withName("local").get().getStatus().at, "station");
    train.getSpec().cars = 13;
    equal(refused(() -> client.resource(train).update()).getMessage().contains("spec.cars in body should be less than or equal to 12"), true);
    GenericKubernetesResource generic = client.genericKubernetesResources("rail.example.com/v1", "Train").withName("local").get();
    equal(generic.get("spec", "cars"), 4);
    equal(client.load(new ByteArrayInputStream(CRD.getBytes(StandardCharsets.UTF_8))).delete().size(), 2);
  }

  static void elects(KubernetesClient client) throws Exception {
    BlockingQueue<String> leaders = new LinkedBlockingQueue<>();
    var first = elector(client, "a", leaders).start();
    equal(leaders.poll(30, TimeUnit.SECONDS), "a");
    var second = elector(client, "b", leaders).start();
    first.cancel(true);
    equal(leaders.poll(30, TimeUnit.SECONDS), "b");
    second.cancel(true);
  }

  static io.fabric8.kubernetes.client.extended.leaderelection.LeaderElector elector(KubernetesClient client, String id, BlockingQueue<String> leaders) {
    return client.leaderElector().withConfig(new LeaderElectionConfigBuilder()
        .withName("leader")
        .withLock(new LeaseLock("default", "leader", id))
        .withLeaseDuration(Duration.ofSeconds(3)).withRenewDeadline(Duration.ofSeconds(2)).withRetryPeriod(Duration.ofMillis(200))
        .withReleaseOnCancel(true)
        .withLeaderCallbacks(new LeaderCallbacks(() -> leaders.add(id), () -> {}, leader -> {}))
        .build()).build();
  }

  static void deletes(KubernetesClient client) throws Exception {
    equal(client.pods().withName(aPod(client).getMetadata().getName()).evict(), true);
    client.apps().deployments().withName("web").withPropagationPolicy(io.fabric8.kubernetes.api.model.DeletionPropagation.FOREGROUND).delete();
    eventually(() -> client.apps().deployments().withName("web").get() == null);
    eventually(() -> client.pods().withLabel("app", "web").list().getItems().isEmpty());
    client.resource(new NamespaceBuilder().withNewMetadata().withName("short").endMetadata().build()).create();
    client.namespaces().withName("short").delete();
    eventually(() -> client.namespaces().withName("short").get() == null);
  }
}
