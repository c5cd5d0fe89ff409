"""kr8s: what its documentation shows, by the synchronous API and the asynchronous one."""

import asyncio
import itertools

import httpx
import kr8s
from kr8s import asyncio as akr8s
from kr8s.objects import (
    ConfigMap,
    CustomResourceDefinition,
    Deployment,
    Job,
    Namespace,
    Node,
    Pod,
    Secret,
    Service,
    new_class,
    objects_from_files,
)
from steps import equal, eventually, step

WEB = {
    "apiVersion": "apps/v1",
    "kind": "Deployment",
    "metadata": {"name": "web"},
    "spec": {
        "replicas": 2,
        "selector": {"matchLabels": {"app": "web"}},
        "template": {
            "metadata": {"labels": {"app": "web"}},
            "spec": {
                "terminationGracePeriodSeconds": 2,
                "containers": [{"name": "main", "image": "nginx:1.27", "ports": [{"containerPort": 80}]}],
            },
        },
    },
}

CLOCK = """
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: clocks.kr8s.example.com
spec:
  group: kr8s.example.com
  scope: Namespaced
  names: {kind: Clock, plural: clocks, singular: clock, shortNames: [ck]}
  versions:
    - name: v1alpha1
      served: true
      storage: true
      subresources: {status: {}}
      schema:
        openAPIV3Schema:
          type: object
          properties:
            spec: {type: object, properties: {hands: {type: integer}}}
            status: {type: object, x-kubernetes-preserve-unknown-fields: true}
"""


@step("version and resources")
def _():
    equal(kr8s.version()["minor"], "33")
    assert {"pods", "deployments", "ingresses"} <= {resource["name"] for resource in kr8s.api().api_resources()}


@step("create and wait")
def _():
    deployment = Deployment(WEB)
    deployment.create()
    deployment.wait("condition=Available", timeout=60)
    eventually(deployment.ready)
    equal(len(deployment.pods()), 2)
    assert deployment.exists()
    pod = deployment.pods()[0]
    pod.wait(["condition=Ready", "jsonpath='{.status.phase}'=Running"], timeout=60)
    equal((pod.labels.app, pod.spec.containers[0].image, pod.status.phase), ("web", "nginx:1.27", "Running"))


@step("get, list, selectors")
def _():
    equal(sorted(item.kind for item in kr8s.get("deployments", namespace=kr8s.ALL)), ["Deployment"])
    equal(len(list(kr8s.get("pods", label_selector={"app": "web"}))), 2)
    equal(len(list(kr8s.get("pods", field_selector={"status.phase": "Pending"}))), 0)
    equal(len(list(Pod.list(label_selector="app in (web,other)"))), 2)
    equal(next(iter(kr8s.get("deploy", "web"))).name, "web")
    try:
        Pod.get("none", timeout=1)
        raise AssertionError("there is none")
    except kr8s.NotFoundError:
        pass


@step("scale, patch, label, annotate, replace a set field")
def _():
    deployment = Deployment.get("web")
    deployment.scale(3)
    equal(deployment.replicas, 3)
    deployment.patch({"spec": {"minReadySeconds": 1}})
    deployment.patch([{"op": "add", "path": "/metadata/labels", "value": {"a": "b"}}], type="json")
    deployment.label({"tier": "front"}, "team-")
    deployment.annotate(note="hello")
    deployment.refresh()
    equal((dict(deployment.labels), deployment.annotations["note"]), ({"a": "b", "tier": "front"}, "hello"))
    eventually(lambda: (deployment.refresh() or deployment.status.get("readyReplicas")) == 3)


@step("exec and logs")
def _():
    pod = Deployment.get("web").pods()[0]
    result = pod.exec(["sh", "-c", "echo out; echo err >&2"])
    equal((result.stdout, result.stderr, result.returncode), (b"out\n", b"err\n", 0))
    equal(pod.exec(["sh", "-c", "exit 4"], check=False).returncode, 4)
    count = {"name": "count", "image": "busybox", "command": ["sh", "-c", "for i in 1 2 3; do echo $i; sleep 1; done"]}
    template = {"spec": {"restartPolicy": "Never", "containers": [count]}}
    job = Job({"metadata": {"name": "count"}, "spec": {"template": template}})
    job.create()
    job.wait("condition=Complete", timeout=60)
    (pod,) = job.pods() if hasattr(job, "pods") else list(kr8s.get("pods", label_selector="job-name=count"))
    equal(list(pod.logs()), ["1", "2", "3"])
    equal(list(pod.logs(follow=True, tail_lines=2)), ["2", "3"])


@step("port-forward of a pod and of a Service")
def _():
    service = Service({"metadata": {"name": "web"}, "spec": {"selector": {"app": "web"}, "ports": [{"port": 80}]}})
    service.create()
    eventually(service.ready)
    equal(len(service.ready_pods()), 3)
    for target in (Deployment.get("web").pods()[0], service):
        with target.portforward(80) as port:
            answer = httpx.get(f"http://127.0.0.1:{port}/")
            equal((answer.status_code, "Welcome to nginx!" in answer.text), (200, True))


@step("watch")
def _():
    seen = []
    ConfigMap({"metadata": {"name": "w"}, "data": {"a": "1"}}).create()
    for event, item in kr8s.watch("configmaps", field_selector="metadata.name=w"):
        seen.append(event)
        if event == "ADDED":
            item.patch({"data": {"a": "2"}})
        elif event == "MODIFIED":
            item.delete()
        else:
            break
    equal(seen, ["ADDED", "MODIFIED", "DELETED"])


@step("cordon, taint")
def _():
    node = next(iter(kr8s.get("nodes")))
    node.cordon()
    assert node.unschedulable
    node.uncordon()
    assert not node.unschedulable
    node.taint("maintenance", value="yes", effect="NoSchedule")
    node.refresh()
    equal([taint["key"] for taint in node.taints], ["maintenance"])
    equal([address["type"] for address in Node.get(node.name).status.addresses], ["InternalIP", "Hostname"])


@step("a custom resource: definition, class, status, owner")
def _():
    with open("clock.yaml", "w") as file:
        file.write(CLOCK)
    (definition,) = objects_from_files("clock.yaml")
    assert isinstance(definition, CustomResourceDefinition)
    definition.create()
    definition.wait("condition=Established", timeout=60)
    Clock = new_class("Clock", "kr8s.example.com/v1alpha1")
    clock = Clock({"metadata": {"name": "tower"}, "spec": {"hands": 2}})
    clock.create()
    clock.patch({"status": {"time": "noon"}}, subresource="status")
    equal((Clock.get("tower").status.time, clock.spec.hands), ("noon", 2))
    secret = Secret({"metadata": {"name": "key"}, "stringData": {"turn": "left"}})
    secret.create()
    secret.set_owner(clock)
    equal([item.name for item in kr8s.get("clocks.kr8s.example.com")], ["tower"])
    clock.delete()
    clock.wait("delete", timeout=60)
    eventually(lambda: not secret.exists())


@step("the asynchronous API: a namespace full of objects at once")
def _():
    async def fill():
        api = await akr8s.api()
        namespace = await akr8s.objects.Namespace({"metadata": {"name": "many"}})
        await namespace.create()
        maps = [
            await akr8s.objects.ConfigMap({"metadata": {"name": f"m{index}", "namespace": "many"}, "data": {"n": str(index)}})
            for index in range(20)
        ]
        await asyncio.gather(*(item.create() for item in maps))
        names = [item.name async for item in api.get("configmaps", namespace="many", field_selector="metadata.name!=kube-root-ca.crt")]
        equal(len(names), 20)
        watched = []
        async for event, item in api.watch("configmaps", namespace="many"):
            watched.append(event)
            if len(watched) == 21:
                break
        equal(set(watched), {"ADDED"})
        await namespace.delete()
        await namespace.wait("delete", timeout=60)

    asyncio.run(fill())
    assert "many" not in {namespace.name for namespace in Namespace.list()}


@step("delete")
def _():
    deployment = Deployment.get("web")
    deployment.delete(propagation_policy="Foreground")
    deployment.wait("delete", timeout=60)
    equal(list(itertools.islice(kr8s.get("pods", label_selector={"app": "web"}), 1)), [])
