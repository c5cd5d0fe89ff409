"""The session of session.ts with the client in Python."""

import os
import re
import sys
from typing import TypeVar

import openapi_client as orrery

CLUSTER = "openapi-generator-python"
YAML = """apiVersion: v1
kind: ConfigMap
metadata: {name: settings}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {ports: [{port: 80}]}
"""


def same(found: object, expected: object) -> None:
    if found != expected:
        sys.exit(f"found {found!r}, expected {expected!r}")


T = TypeVar("T")


def given(value: T | None) -> T:
    assert value is not None
    return value


def main() -> None:
    client = orrery.ApiClient(orrery.Configuration(host=os.environ["ORRERY_URL"]))
    clusters = orrery.ClustersApi(client)
    clock = orrery.ClockApi(client)
    faults = orrery.FaultsApi(client)

    spec = orrery.ClusterSpec(
        name=CLUSTER,
        seed=7,
        nodes=orrery.ClusterNodes([orrery.NodeSpec(name="node-1"), orrery.NodeSpec(name="node-2")]),
        images={"app": orrery.ImageBehavior(startup="2s")},
    )
    made = clusters.create_cluster(spec)
    same((made.name, made.nodes, made.seed), (CLUSTER, 2, 7))

    pod = orrery.KubernetesObject.from_dict(
        {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {"name": "web"},
            "spec": {"containers": [{"name": "web", "image": "app"}]},
        }
    )
    applied = orrery.ManifestsApi(client).apply_manifests(CLUSTER, orrery.Manifests(pod))
    same([result.action for result in applied.items], ["created"])
    same(apply_yaml(client, YAML), ["created", "created"])

    by = clock.advance_clock(CLUSTER, orrery.Advance(orrery.AdvanceBy(by="1s")))
    same(by.elapsed_seconds, 1)
    condition = given(orrery.WaitCondition.from_dict({"for": "condition=Ready", "name": "web"}))
    until = orrery.AdvanceUntil(until=condition, timeout="5m")
    same(clock.advance_clock(CLUSTER, orrery.Advance(until)).reached, True)

    watched = orrery.WatchApi(client).watch_cluster(
        CLUSTER, resource="pods", namespace="default", format="text", timeout_seconds=1
    )
    same(re.search(r"^data: web +1/1 +Running", watched, re.MULTILINE) is None, False)

    images = orrery.ImagesApi(client)
    reference = "registry.example/team/app:v2"
    behavior = given(orrery.ImageBehavior.from_dict({"run": [{"for": "1m", "exitCode": 1}]}))
    same(images.set_image(CLUSTER, reference, behavior).reference, reference)
    same(images.get_image(CLUSTER, reference).behavior, behavior)

    down = orrery.NodeDownFault(type="node-down", target=orrery.NodeTarget(node="node-2"), after="30s")
    fault = faults.create_fault(CLUSTER, orrery.FaultSpec(down))
    same(fault.state, "waiting")
    faults.delete_fault(CLUSTER, fault.id)

    same(re.search(r"^kind: Config$", clusters.get_kubeconfig(CLUSTER), re.MULTILINE) is None, False)

    # It takes application/x-ndjson for a kind of JSON, which it is not.
    recording = orrery.HistoryApi(client).export_cluster(CLUSTER, _headers={"Accept": "text/plain"})
    same(len(recording.splitlines()) > 5, True)
    fork = orrery.HistoryApi(client).create_fork(CLUSTER, orrery.ForkSpec(name=f"{CLUSTER}-fork"))
    names = [item.actual_instance.name for item in clusters.list_clusters(limit=500).items if item.actual_instance]
    same(fork.name in names, True)
    clusters.delete_cluster(fork.name)
    clusters.delete_cluster(CLUSTER)
    same(missing(clusters), "cluster-not-found")


def apply_yaml(client: orrery.ApiClient, text: str) -> list[str]:
    """One media type stands in its types; the other goes through the client below it."""
    response = client.call_api(
        "POST",
        f"{client.configuration.host}/v1/clusters/{CLUSTER}/manifests",
        header_params={"Content-Type": "application/yaml"},
        body=text,
    )
    response.read()
    results = given(orrery.ManifestResults.from_json(given(response.data).decode()))
    return [result.action for result in results.items]


def missing(clusters: orrery.ClustersApi) -> str:
    try:
        clusters.get_cluster(CLUSTER)
    except orrery.ApiException as error:
        return error.data.code if isinstance(error.data, orrery.Problem) else ""
    return ""


main()
