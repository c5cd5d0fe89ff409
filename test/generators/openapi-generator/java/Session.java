// The session of session.ts with the client in Java.

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import okhttp3.MediaType;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import org.openapitools.client.ApiClient;
import org.openapitools.client.ApiException;
import org.openapitools.client.api.ClockApi;
import org.openapitools.client.api.ClustersApi;
import org.openapitools.client.api.FaultsApi;
import org.openapitools.client.api.HistoryApi;
import org.openapitools.client.api.ImagesApi;
import org.openapitools.client.api.ManifestsApi;
import org.openapitools.client.api.WatchApi;
import org.openapitools.client.model.Advance;
import org.openapitools.client.model.AdvanceBy;
import org.openapitools.client.model.AdvanceUntil;
import org.openapitools.client.model.BehaviorRun;
import org.openapitools.client.model.Cluster;
import org.openapitools.client.model.ClusterFault;
import org.openapitools.client.model.ClusterListItem;
import org.openapitools.client.model.ClusterNodes;
import org.openapitools.client.model.ClusterSpec;
import org.openapitools.client.model.FaultSpec;
import org.openapitools.client.model.ForkSpec;
import org.openapitools.client.model.ImageBehavior;
import org.openapitools.client.model.KubernetesObject;
import org.openapitools.client.model.ManifestResult;
import org.openapitools.client.model.ManifestResults;
import org.openapitools.client.model.Manifests;
import org.openapitools.client.model.NodeDownFault;
import org.openapitools.client.model.NodeSpec;
import org.openapitools.client.model.NodeTarget;
import org.openapitools.client.model.Problem;
import org.openapitools.client.model.WaitCondition;

public final class Session {
    private static final String CLUSTER = "openapi-generator-java";
    private static final String YAML = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\n---\n"
        + "apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {ports: [{port: 80}]}\n";

    private final ApiClient client = new ApiClient().setBasePath(System.getenv("ORRERY_URL"));
    private final ClustersApi clusters = new ClustersApi(client);

    public static void main(String[] arguments) throws Exception {
        Session session = new Session();
        try {
            session.createCluster();
            session.applyManifests();
            session.advance();
            session.setImage();
            session.breakNode();
            session.forkAndDelete();
        } catch (ApiException problem) {
            throw new IllegalStateException(problem.getCode() + " " + problem.getResponseBody(), problem);
        } finally {
            session.client.getHttpClient().dispatcher().executorService().shutdown();
            session.client.getHttpClient().connectionPool().evictAll();
        }
    }

    private void createCluster() throws ApiException {
        ClusterSpec spec = new ClusterSpec()
            .name(CLUSTER)
            .seed(7L)
            .nodes(new ClusterNodes(List.of(new NodeSpec().name("node-1"), new NodeSpec().name("node-2"))))
            .putImagesItem("app", new ImageBehavior().startup("2s"));
        Cluster made = clusters.createCluster(spec);
        same(made.getName(), CLUSTER);
        same(made.getNodes(), 2L);
    }

    private void applyManifests() throws Exception {
        KubernetesObject pod = new KubernetesObject().apiVersion("v1").kind("Pod").metadata(Map.of("name", "web"));
        pod.putAdditionalProperty("spec", Map.of("containers", List.of(Map.of("name", "web", "image", "app"))));
        same(actionsOf(new ManifestsApi(client).applyManifests(CLUSTER, new Manifests(pod), null, null, null)), List.of("created"));

        // One media type stands in its types; the other goes through the client below it.
        Request request = new Request.Builder()
            .url(client.getBasePath() + "/v1/clusters/" + CLUSTER + "/manifests")
            .post(RequestBody.create(YAML, MediaType.parse("application/yaml")))
            .build();
        try (Response response = client.getHttpClient().newCall(request).execute()) {
            same(actionsOf(ManifestResults.fromJson(response.body().string())), List.of("created", "created"));
        }
    }

    private static List<String> actionsOf(ManifestResults results) {
        return results.getItems().stream().map(ManifestResult::getAction).map(ManifestResult.ActionEnum::getValue).toList();
    }

    private void advance() throws ApiException {
        ClockApi clock = new ClockApi(client);
        same(clock.advanceClock(CLUSTER, new Advance(new AdvanceBy().by("1s")), null, null).getElapsedSeconds(), 1.0);
        WaitCondition condition = new WaitCondition()._for("condition=Ready").name("web");
        Advance until = new Advance(new AdvanceUntil().until(condition).timeout("5m"));
        same(clock.advanceClock(CLUSTER, until, null, null).getReached(), true);
        String text = new WatchApi(client).watchCluster(CLUSTER, "pods", "default", null, null, null, "text", 1, null);
        same(Pattern.compile("^data: web +1/1 +Running", Pattern.MULTILINE).matcher(text).find(), true);
    }

    private void setImage() throws ApiException {
        ImagesApi images = new ImagesApi(client);
        String reference = "registry.example/team/app:v2";
        ImageBehavior behavior = new ImageBehavior().addRunItem(new BehaviorRun()._for("1m").exitCode(1));
        same(images.setImage(CLUSTER, reference, behavior).getReference(), reference);
        same(images.getImage(CLUSTER, reference, null).getBehavior().getRun(), behavior.getRun());
    }

    private void breakNode() throws ApiException {
        FaultsApi faults = new FaultsApi(client);
        NodeDownFault down = new NodeDownFault().type(NodeDownFault.TypeEnum.NODE_DOWN).target(new NodeTarget().node("node-2")).after("30s");
        ClusterFault fault = faults.createFault(CLUSTER, new FaultSpec(down));
        same(fault.getState(), ClusterFault.StateEnum.WAITING);
        faults.deleteFault(CLUSTER, fault.getId());
    }

    private void forkAndDelete() throws Exception {
        String kubeconfig = clusters.getKubeconfig(CLUSTER, null, null, null, null);
        same(Pattern.compile("^kind: Config$", Pattern.MULTILINE).matcher(kubeconfig).find(), true);
        Cluster fork = new HistoryApi(client).createFork(CLUSTER, new ForkSpec().name(CLUSTER + "-fork"));
        List<String> names = clusters.listClusters(500, null, null).getItems().stream().map(ClusterListItem::getCluster).map(Cluster::getName).toList();
        same(names.contains(fork.getName()), true);
        clusters.deleteCluster(fork.getName());
        clusters.deleteCluster(CLUSTER);
        try {
            clusters.getCluster(CLUSTER, null);
            throw new IllegalStateException("it is still there");
        } catch (ApiException problem) {
            same(Problem.fromJson(problem.getResponseBody()).getCode(), Problem.CodeEnum.CLUSTER_NOT_FOUND);
        }
    }

    private static void same(Object found, Object expected) {
        if (!Objects.equals(found, expected)) throw new IllegalStateException("found " + found + ", expected " + expected);
    }
}
