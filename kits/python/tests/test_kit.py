"""The kit and the ``kubernetes`` package with a service that it starts."""

from __future__ import annotations

import os
import subprocess
import tempfile
import threading
import unittest
import urllib.error
import urllib.request
from typing import Any

import kubernetes
import orrery
import yaml

DEPLOYMENT = """
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
"""


def api(cluster: orrery.Cluster) -> Any:
    return kubernetes.config.new_client_from_config_dict(yaml.safe_load(cluster.kubeconfig()))


class WithService(unittest.TestCase):
    server: orrery.Server

    @classmethod
    def setUpClass(cls) -> None:
        cls.server = orrery.start()
        cls.addClassCleanup(cls.server.close)

    def cluster(self, **spec: Any) -> orrery.Cluster:
        made = self.server.create_cluster(**spec)
        self.addCleanup(made.delete)
        return made


class Clusters(WithService):
    def test_create_apply_wait_and_read(self) -> None:
        cluster = self.cluster(name="first", nodes=2, seed=7, images={"shop/web:1": {"startup": "20s"}})
        self.assertEqual(cluster.info()["nodes"], 2)
        self.assertEqual(cluster.info()["seed"], 7)
        results = cluster.apply(DEPLOYMENT)
        self.assertEqual([(one["action"], one["name"]) for one in results["items"]], [("created", "web")])
        self.assertEqual(cluster.apply(yaml.safe_load(DEPLOYMENT))["items"][0]["action"], "unchanged")
        waited = cluster.wait("condition=Available", on="deployment/web", timeout="3m")
        self.assertTrue(waited["reached"])
        self.assertGreater(waited["elapsedSeconds"], 20)
        pods = kubernetes.client.CoreV1Api(api(cluster)).list_namespaced_pod("default").items
        self.assertEqual({pod.status.phase for pod in pods}, {"Running"})
        self.assertEqual(cluster.get("/apis/apps/v1/namespaces/default/deployments/web")["status"]["readyReplicas"], 2)
        self.assertIn("first", [one["name"] for one in self.server.clusters()])
        self.assertEqual(self.server.cluster("first").now, cluster.now)

    def test_the_clock(self) -> None:
        cluster = self.cluster()
        self.assertEqual(cluster.now, "2025-01-01T00:00:00Z")
        self.assertEqual(cluster.advance("90s")["now"], "2025-01-01T00:01:30Z")
        self.assertEqual(cluster.advance(to="2025-01-01T01:00:00Z")["now"], "2025-01-01T01:00:00Z")
        cluster.apply(DEPLOYMENT)
        self.assertGreater(cluster.advance(steps=2)["watchEvents"], 0)
        self.assertTrue(cluster.advance_until_idle()["reached"])
        for wrong in ({}, {"by": "1s", "steps": 1}):
            with self.assertRaises(ValueError):
                cluster.advance(**wrong)  # type: ignore[arg-type]

    def test_what_is_not_reached_says_why(self) -> None:
        cluster = self.cluster(nodes=0)
        cluster.apply(DEPLOYMENT)
        with self.assertRaisesRegex(TimeoutError, r"condition=Available does not hold at 2025-01-01T00:01:00Z: deployments.apps/web: (.*\n)+.*the cluster has no nodes"):
            cluster.wait("condition=Available", on="deployment/web", timeout="1m")
        with self.assertRaises(TimeoutError):
            cluster.wait("condition=Ready", resource="pods", selector="app=web", timeout="1s")

    def test_forks_faults_and_explanations(self) -> None:
        cluster = self.cluster(nodes=2)
        cluster.apply(DEPLOYMENT)
        cluster.wait("condition=Available", on="deployment/web")
        one, two = cluster.fork(), cluster.fork("second")
        self.addCleanup(one.delete)
        self.addCleanup(two.delete)
        self.assertEqual(two.name, "second")
        for fork in (one, two):
            fault = fork.fault("node-down", node="node-1", lasts="1h")
            self.assertEqual((fault["type"], fault["state"]), ("node-down", "active"))
            fork.advance("50s")
        self.assertEqual(one.info()["digest"], two.info()["digest"])
        self.assertNotEqual(one.info()["digest"], cluster.info()["digest"])
        sentences = [one["sentence"] for one in one.explain("nodes", "node-1")["findings"]]
        self.assertTrue(any("not ready" in sentence for sentence in sentences), sentences)
        one.end_fault(fault["id"])
        one.advance("5m")
        self.assertEqual(one.explain("nodes", "node-1")["findings"][0]["code"], "healthy")

    def test_back_in_time_and_images(self) -> None:
        cluster = self.cluster()
        cluster.apply(DEPLOYMENT)
        cluster.advance("1m")
        cluster.set_image("shop/web:2", {"run": [{"for": "1s", "exitCode": 3}]})
        cluster.apply(DEPLOYMENT.replace("shop/web:1", "shop/web:2"))
        cluster.advance("1m")
        pods = kubernetes.client.CoreV1Api(api(cluster)).list_namespaced_pod("default").items
        self.assertTrue(any(status.restart_count > 0 for pod in pods for status in pod.status.container_statuses or []))
        past = cluster.fork(at="2025-01-01T00:01:00Z")
        self.addCleanup(past.delete)
        self.assertEqual(past.now, "2025-01-01T00:01:00Z")
        cluster.rewind("2025-01-01T00:00:30Z")
        self.assertEqual(cluster.now, "2025-01-01T00:00:30Z")

    def test_what_the_service_refuses(self) -> None:
        cluster = self.cluster(name="taken")
        with self.assertRaisesRegex(orrery.OrreryError, "taken") as caught:
            self.server.create_cluster(name="taken")
        self.assertEqual(caught.exception.problem["code"], "cluster-exists")
        with self.assertRaises(orrery.OrreryError) as refused:
            cluster.apply("apiVersion: v1\nkind: Pod\nmetadata: {name: x}\nspec: {containers: []}\n")
        self.assertEqual(refused.exception.problem["code"], "rejected")
        self.assertEqual(refused.exception.problem["errors"][0].get("field"), "spec.containers")
        with self.assertRaisesRegex(orrery.OrreryError, "nowhere"):
            self.server.cluster("nowhere").info()

    def test_a_cluster_goes_with_its_block(self) -> None:
        with self.server.create_cluster(name="short") as cluster:
            self.assertEqual(cluster.name, "short")
        self.assertNotIn("short", [one["name"] for one in self.server.clusters()])


class KubernetesClient(WithService):
    def test_a_watch_sees_what_the_clock_brings(self) -> None:
        cluster = self.cluster()
        core = kubernetes.client.CoreV1Api(api(cluster))
        cluster.apply(DEPLOYMENT)
        turner = threading.Timer(0.5, lambda: cluster.advance("1m"))
        turner.start()
        ready = set()
        for event in kubernetes.watch.Watch().stream(core.list_namespaced_pod, "default", timeout_seconds=30):
            pod = event["object"]
            if any(one.type == "Ready" and one.status == "True" for one in pod.status.conditions or []):
                ready.add(pod.metadata.name)
            if len(ready) == 2:
                break
        turner.join()
        self.assertEqual(len(ready), 2)

    def test_objects_are_made_changed_and_deleted(self) -> None:
        cluster = self.cluster()
        core = kubernetes.client.CoreV1Api(api(cluster))
        core.create_namespaced_config_map("default", {"metadata": {"name": "a"}, "data": {"x": "1"}})
        core.patch_namespaced_config_map("a", "default", {"data": {"y": "2"}})
        self.assertEqual(core.read_namespaced_config_map("a", "default").data, {"x": "1", "y": "2"})
        core.delete_namespaced_config_map("a", "default")
        with self.assertRaises(kubernetes.client.ApiException) as gone:
            core.read_namespaced_config_map("a", "default")
        self.assertEqual(gone.exception.status, 404)

    def test_a_kubeconfig_can_be_a_file(self) -> None:
        cluster = self.cluster()
        path = cluster.write_kubeconfig()
        self.addCleanup(os.unlink, path)
        client = kubernetes.config.new_client_from_config(path)
        self.assertTrue(client.configuration.host.startswith(cluster.server))
        self.assertEqual(len(kubernetes.client.CoreV1Api(client).list_node().items), 3)


class Services(unittest.TestCase):
    def test_data_stays_in_a_folder(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            with orrery.start(data=folder) as server:
                server.create_cluster(name="kept").advance("1h")
            with orrery.start(data=folder) as server:
                self.assertEqual(server.cluster("kept").now, "2025-01-01T01:00:00Z")

    def test_a_token_opens_it(self) -> None:
        token = "a-secret-of-at-least-16-characters"
        with orrery.start(flags=["--token", token]) as server:
            server.create_cluster(name="a")
            self.assertEqual(orrery.connect(server.url, token).cluster("a").info()["name"], "a")
            with self.assertRaises(orrery.OrreryError) as refused:
                orrery.connect(server.url).cluster("a").info()
            self.assertEqual(refused.exception.problem["code"], "unauthorized")

    def test_nothing_is_left_when_it_is_closed(self) -> None:
        with orrery.start() as server:
            process, folder, url = server._process, server._folder, server.url
            assert process is not None and folder is not None
            self.assertTrue(os.path.isdir(folder))
        self.assertIsNotNone(process.poll())
        self.assertFalse(os.path.exists(folder))
        with self.assertRaises(urllib.error.URLError):
            urllib.request.urlopen(url)
        server.close()

    def test_what_cannot_start_says_why(self) -> None:
        with self.assertRaisesRegex(RuntimeError, "cannot be started"):
            orrery.start("/no/such/program")
        with self.assertRaisesRegex(RuntimeError, "ended with 2 before it said where it listens"):
            orrery.start(flags=["--workers", "many"])

    def test_a_command_is_words(self) -> None:
        version = subprocess.run([*os.environ["ORRERY_COMMAND"].split(), "--version"], capture_output=True, text=True, check=True)
        self.assertRegex(version.stdout, r"^\d+\.\d+\.\d+")


if __name__ == "__main__":
    unittest.main()
