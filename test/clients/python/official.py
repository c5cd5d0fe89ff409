"""The official client: what its users do, by the typed API, the dynamic client and the helpers."""


import yaml
from kubernetes import client, config, dynamic, stream, utils, watch
from kubernetes.client.exceptions import ApiException
from kubernetes.dynamic.exceptions import NotFoundError
from kubernetes.stream import portforward
from steps import equal, eventually, step

config.load_kube_config()
core, apps, batch = client.CoreV1Api(), client.AppsV1Api(), client.BatchV1Api()
NAMESPACE = "tour"


def refused(call, status, *words):
    try:
        call()
    except ApiException as error:
        equal(error.status, status)
        for word in words:
            assert word in str(error), error
        return error
    raise AssertionError("it was accepted")


def deployment(name, replicas=2, image="nginx:1.27"):
    labels = {"app": name}
    container = client.V1Container(
        name="main",
        image=image,
        ports=[client.V1ContainerPort(container_port=80)],
        readiness_probe=client.V1Probe(http_get=client.V1HTTPGetAction(path="/", port=80), period_seconds=2),
        env=[client.V1EnvVar(name="WHO", value="me")],
    )
    template = client.V1PodTemplateSpec(
        metadata=client.V1ObjectMeta(labels=labels),
        spec=client.V1PodSpec(containers=[container], termination_grace_period_seconds=2),
    )
    spec = client.V1DeploymentSpec(replicas=replicas, selector=client.V1LabelSelector(match_labels=labels), template=template)
    return client.V1Deployment(metadata=client.V1ObjectMeta(name=name), spec=spec)


def rolled_out(name):
    found = apps.read_namespaced_deployment_status(name, NAMESPACE)
    status, wanted = found.status, found.spec.replicas
    return (
        status.observed_generation == found.metadata.generation
        and (status.updated_replicas, status.ready_replicas, status.replicas) == (wanted, wanted, wanted)
        and found
    )


def pods(selector):
    return core.list_namespaced_pod(NAMESPACE, label_selector=selector).items


def patch_as(content_type, body, **options):
    return apps.patch_namespaced_deployment("web", NAMESPACE, body, _content_type=content_type, **options)


def job(name):
    container = client.V1Container(name="main", image="busybox", command=["sh", "-c", "for i in 1 2 3; do echo $i; sleep 1; done"])
    spec = client.V1PodSpec(restart_policy="Never", containers=[container])
    return client.V1Job(
        metadata=client.V1ObjectMeta(name=name),
        spec=client.V1JobSpec(backoff_limit=0, template=client.V1PodTemplateSpec(spec=spec)),
    )


@step("version and API groups")
def _():
    equal((client.VersionApi().get_code().major, client.VersionApi().get_code().minor), ("1", "33"))
    groups = {group.name for group in client.ApisApi().get_api_versions().groups}
    assert {"apps", "batch", "networking.k8s.io", "apiextensions.k8s.io"} <= groups
    assert "pods/exec" in {resource.name for resource in core.get_api_resources().resources}


@step("create and wait for a rollout")
def _():
    core.create_namespace(client.V1Namespace(metadata=client.V1ObjectMeta(name=NAMESPACE)))
    made = apps.create_namespaced_deployment(NAMESPACE, deployment("web"))
    equal((made.metadata.generation, made.spec.strategy.rolling_update.max_surge), (1, "25%"))
    eventually(lambda: rolled_out("web"))
    equal({pod.status.phase for pod in pods("app=web")}, {"Running"})
    assert pods("app=web")[0].metadata.creation_timestamp.tzinfo is not None


@step("what exists, what is missing, what is wrong")
def _():
    refused(lambda: apps.create_namespaced_deployment(NAMESPACE, deployment("web")), 409, '"reason":"AlreadyExists"')
    refused(lambda: apps.read_namespaced_deployment("none", NAMESPACE), 404, 'deployments.apps \\"none\\" not found')
    refused(lambda: apps.create_namespaced_deployment(NAMESPACE, deployment("Bad")), 422, "metadata.name", "RFC 1123")
    old = apps.read_namespaced_deployment("web", NAMESPACE)
    old.metadata.resource_version = "1"
    refused(lambda: apps.replace_namespaced_deployment("web", NAMESPACE, old), 409, "the object has been modified")


@step("replace")
def _():
    found = apps.read_namespaced_deployment("web", NAMESPACE)
    found.spec.replicas = 3
    found.metadata.annotations["team"] = "a"
    equal(apps.replace_namespaced_deployment("web", NAMESPACE, found).spec.replicas, 3)
    eventually(lambda: rolled_out("web"))


@step("patches: strategic merge, merge, JSON, apply")
def _():
    image = {"spec": {"template": {"spec": {"containers": [{"name": "main", "image": "nginx:1.28"}]}}}}
    patched = apps.patch_namespaced_deployment("web", NAMESPACE, image)
    equal([(c.name, c.image, len(c.env)) for c in patched.spec.template.spec.containers], [("main", "nginx:1.28", 1)])
    eventually(lambda: rolled_out("web"))
    operations = [
        {"op": "test", "path": "/spec/replicas", "value": 3},
        {"op": "replace", "path": "/spec/replicas", "value": 2},
        {"op": "add", "path": "/metadata/labels", "value": {"tier": "front"}},
    ]
    equal(apps.patch_namespaced_deployment("web", NAMESPACE, operations).metadata.labels, {"tier": "front"})
    operations[0]["value"] = 9
    refused(lambda: apps.patch_namespaced_deployment("web", NAMESPACE, operations), 422, "the server rejected our request due to an error in our request")
    merge = {"metadata": {"labels": {"tier": None, "side": "left"}}}
    equal(patch_as("application/merge-patch+json", merge).metadata.labels, {"side": "left"})
    apply = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web", "annotations": {"by": "apply"}}}
    applied = patch_as("application/apply-patch+yaml", apply, field_manager="tour")
    equal(applied.metadata.annotations["by"], "apply")
    assert "tour" in {entry.manager for entry in applied.metadata.managed_fields}
    apply["spec"] = {"replicas": 7}
    refused(lambda: patch_as("application/apply-patch+yaml", apply, field_manager="tour"), 409, ".spec.replicas")


@step("scale")
def _():
    equal(apps.patch_namespaced_deployment_scale("web", NAMESPACE, {"spec": {"replicas": 4}}).spec.replicas, 4)
    eventually(lambda: rolled_out("web"))
    equal(apps.read_namespaced_deployment_scale("web", NAMESPACE).status.replicas, 4)


@step("watch: pods come up, and the stream goes on where it was left")
def _():
    listed = core.list_namespaced_pod(NAMESPACE)
    batch.create_namespaced_job(NAMESPACE, job("count"))
    seen, watcher = [], watch.Watch()
    options = {"resource_version": listed.metadata.resource_version, "label_selector": "job-name=count", "timeout_seconds": 30}
    for event in watcher.stream(core.list_namespaced_pod, NAMESPACE, **options):
        phase = event["object"].status.phase
        if phase not in seen:
            seen.append(phase)
        if phase == "Succeeded":
            watcher.stop()
    equal(seen, ["Pending", "Running", "Succeeded"])
    eventually(lambda: batch.read_namespaced_job("count", NAMESPACE).status.succeeded == 1)
    types = [event["type"] for event in watch.Watch().stream(core.list_namespaced_pod, NAMESPACE, timeout_seconds=1)]
    equal(set(types), {"ADDED"})


@step("a position that is too old is 410")
def _():
    try:
        for _ in watch.Watch().stream(core.list_namespaced_pod, NAMESPACE, resource_version="999999999", timeout_seconds=1):
            raise AssertionError("there is nothing so new")
    except ApiException as error:
        assert error.status in (410, 504), error


@step("logs: whole, the last lines, followed")
def _():
    (pod,) = pods("job-name=count")
    equal(core.read_namespaced_pod_log(pod.metadata.name, NAMESPACE), "1\n2\n3\n")
    equal(core.read_namespaced_pod_log(pod.metadata.name, NAMESPACE, tail_lines=1, timestamps=True).split()[-1], "3")
    batch.create_namespaced_job(NAMESPACE, job("again"))
    (name,) = [p.metadata.name for p in eventually(lambda: [p for p in pods("job-name=again") if p.status.phase != "Pending"])]
    equal(list(watch.Watch().stream(core.read_namespaced_pod_log, name, NAMESPACE)), ["1", "2", "3"])
    refused(lambda: core.read_namespaced_pod_log(name, NAMESPACE, container="other"), 400, "container other is not valid for pod")


@step("exec: output, errors, exit code, a shell with input")
def _():
    name = pods("app=web")[0].metadata.name
    connect = core.connect_get_namespaced_pod_exec
    equal(stream.stream(connect, name, NAMESPACE, command=["printenv", "WHO"], stdout=True, stderr=True), "me\n")
    command = ["sh", "-c", "echo out; echo err >&2; exit 3"]
    session = stream.stream(connect, name, NAMESPACE, command=command, stdout=True, stderr=True, _preload_content=False)
    session.run_forever(timeout=20)
    equal((session.read_stdout(), session.read_stderr(), session.returncode), ("out\n", "err\n", 3))
    session = stream.stream(connect, name, NAMESPACE, command=["sh"], stdin=True, stdout=True, stderr=True, _preload_content=False)
    session.write_stdin("echo one > /tmp/a\n")
    session.write_stdin("cat /tmp/a; exit\n")
    session.run_forever(timeout=20)
    equal((session.read_stdout(), session.returncode), ("one\n", 0))
    refused(lambda: stream.stream(connect, "none", NAMESPACE, command=["true"], stdout=True), 0, "404 Not Found")


@step("port-forward")
def _():
    name = pods("app=web")[0].metadata.name
    forward = portforward(core.connect_get_namespaced_pod_portforward, name, NAMESPACE, ports="80")
    connection = forward.socket(80)
    connection.setblocking(True)
    connection.sendall(b"GET / HTTP/1.1\r\nHost: web\r\nConnection: close\r\n\r\n")
    answer = b""
    while part := connection.recv(4096):
        answer += part
    connection.close()
    assert answer.startswith(b"HTTP/1.1 200") and b"Welcome to nginx!" in answer, answer
    equal(forward.error(80), None)


@step("eviction, and a budget that refuses it")
def _():
    budget = client.V1PodDisruptionBudget(
        metadata=client.V1ObjectMeta(name="web"),
        spec=client.V1PodDisruptionBudgetSpec(min_available=4, selector=client.V1LabelSelector(match_labels={"app": "web"})),
    )
    policy = client.PolicyV1Api()
    policy.create_namespaced_pod_disruption_budget(NAMESPACE, budget)
    eventually(lambda: policy.read_namespaced_pod_disruption_budget("web", NAMESPACE).status.current_healthy == 4)
    name = pods("app=web")[0].metadata.name
    body = client.V1Eviction(metadata=client.V1ObjectMeta(name=name))
    refused(lambda: core.create_namespaced_pod_eviction(name, NAMESPACE, body), 429, "DisruptionBudget")
    policy.delete_namespaced_pod_disruption_budget("web", NAMESPACE)
    core.create_namespaced_pod_eviction(name, NAMESPACE, body)
    eventually(lambda: name not in {pod.metadata.name for pod in pods("app=web")})


MANIFESTS = """
apiVersion: v1
kind: ConfigMap
metadata: {name: settings}
data: {mode: fast}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{port: 80}]}
---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: boats.tour.example.com}
spec:
  group: tour.example.com
  scope: Namespaced
  names: {kind: Boat, plural: boats, singular: boat}
  versions:
    - name: v1
      served: true
      storage: true
      subresources: {status: {}, scale: {specReplicasPath: .spec.oars, statusReplicasPath: .status.oars}}
      schema:
        openAPIV3Schema:
          type: object
          properties:
            spec: {type: object, properties: {oars: {type: integer, minimum: 2}}}
            status: {type: object, properties: {oars: {type: integer}}}
"""


@step("create_from_yaml")
def _():
    api = client.ApiClient()
    utils.create_from_yaml(api, yaml_objects=list(yaml.safe_load_all(MANIFESTS)), namespace=NAMESPACE)
    equal(core.read_namespaced_config_map("settings", NAMESPACE).data, {"mode": "fast"})
    eventually(lambda: core.read_namespaced_endpoints("web", NAMESPACE).subsets)
    try:
        utils.create_from_yaml(api, yaml_objects=list(yaml.safe_load_all(MANIFESTS)), namespace=NAMESPACE)
        raise AssertionError("it was made twice")
    except utils.FailToCreateError as error:
        equal({problem.status for problem in error.api_exceptions}, {409})


@step("custom objects")
def _():
    custom = client.CustomObjectsApi()
    where = ("tour.example.com", "v1", NAMESPACE, "boats")
    boat = {"apiVersion": "tour.example.com/v1", "kind": "Boat", "metadata": {"name": "one"}, "spec": {"oars": 4}}
    equal(custom.create_namespaced_custom_object(*where, boat)["metadata"]["generation"], 1)
    custom.patch_namespaced_custom_object_status(*where, "one", {"status": {"oars": 4}})
    equal(custom.get_namespaced_custom_object_scale(*where, "one")["status"]["replicas"], 4)
    refused(lambda: custom.patch_namespaced_custom_object(*where, "one", {"spec": {"oars": 1}}), 422, "spec.oars in body should be greater than or equal to 2")
    equal([item["metadata"]["name"] for item in custom.list_namespaced_custom_object(*where)["items"]], ["one"])


@step("the dynamic client")
def _():
    everything = dynamic.DynamicClient(client.ApiClient())
    boats = everything.resources.get(api_version="tour.example.com/v1", kind="Boat")
    body = {"apiVersion": "tour.example.com/v1", "kind": "Boat", "metadata": {"name": "two", "labels": {"sea": "north"}}, "spec": {"oars": 2}}
    boats.create(body=body, namespace=NAMESPACE)
    equal(boats.get(namespace=NAMESPACE, label_selector="sea=north").items[0].spec.oars, 2)
    body["spec"]["oars"] = 6
    equal(boats.server_side_apply(body=body, namespace=NAMESPACE, field_manager="sailor", force_conflicts=True).spec.oars, 6)
    events = boats.watch(namespace=NAMESPACE, timeout=1)
    equal(sorted(event["object"].metadata.name for event in events), ["one", "two"])
    boats.delete(name="two", namespace=NAMESPACE)
    try:
        boats.get(name="two", namespace=NAMESPACE)
        raise AssertionError("it is still there")
    except NotFoundError as error:
        equal(error.status, 404)


@step("a token of an account, and what it may do")
def _():
    core.create_namespaced_service_account(NAMESPACE, client.V1ServiceAccount(metadata=client.V1ObjectMeta(name="robot")))
    rules = [client.V1PolicyRule(api_groups=[""], resources=["pods"], verbs=["list"])]
    access = client.RbacAuthorizationV1Api()
    access.create_namespaced_role(NAMESPACE, client.V1Role(metadata=client.V1ObjectMeta(name="reader"), rules=rules))
    binding = client.V1RoleBinding(
        metadata=client.V1ObjectMeta(name="reader"),
        role_ref=client.V1RoleRef(api_group="rbac.authorization.k8s.io", kind="Role", name="reader"),
        subjects=[client.RbacV1Subject(kind="ServiceAccount", name="robot", namespace=NAMESPACE)],
    )
    access.create_namespaced_role_binding(NAMESPACE, binding)
    request = client.AuthenticationV1TokenRequest(spec=client.V1TokenRequestSpec(audiences=[], expiration_seconds=600))
    token = core.create_namespaced_service_account_token("robot", NAMESPACE, request).status.token
    settings = client.Configuration.get_default_copy()
    settings.api_key = {"authorization": f"Bearer {token}"}
    robot = client.ApiClient(settings)
    assert client.CoreV1Api(robot).list_namespaced_pod(NAMESPACE).items
    refused(lambda: client.CoreV1Api(robot).list_namespaced_secret(NAMESPACE), 403, f"system:serviceaccount:{NAMESPACE}:robot")
    attributes = client.V1ResourceAttributes(namespace=NAMESPACE, verb="list", resource="pods")
    review = client.V1SelfSubjectAccessReview(spec=client.V1SelfSubjectAccessReviewSpec(resource_attributes=attributes))
    assert client.AuthorizationV1Api(robot).create_self_subject_access_review(review).status.allowed


@step("pages of a list, requests in threads")
def _():
    first = core.list_namespaced_pod(NAMESPACE, limit=2)
    names = [pod.metadata.name for pod in first.items]
    while first.metadata._continue:
        first = core.list_namespaced_pod(NAMESPACE, limit=2, _continue=first.metadata._continue)
        names += [pod.metadata.name for pod in first.items]
    equal(sorted(names), sorted(pod.metadata.name for pod in core.list_namespaced_pod(NAMESPACE).items))
    threads = [core.list_namespaced_config_map(NAMESPACE, async_req=True) for _ in range(8)]
    equal({len(thread.get().items) for thread in threads}, {2})


@step("delete: in the foreground, a collection, a namespace")
def _():
    apps.delete_namespaced_deployment("web", NAMESPACE, propagation_policy="Foreground")
    equal(apps.read_namespaced_deployment("web", NAMESPACE).metadata.finalizers, ["foregroundDeletion"])
    eventually(lambda: not pods("app=web") and not apps.list_namespaced_deployment(NAMESPACE).items)
    batch.delete_collection_namespaced_job(NAMESPACE, propagation_policy="Background")
    eventually(lambda: not core.list_namespaced_pod(NAMESPACE).items)
    core.delete_namespace(NAMESPACE)
    eventually(lambda: NAMESPACE not in {item.metadata.name for item in core.list_namespace().items})
