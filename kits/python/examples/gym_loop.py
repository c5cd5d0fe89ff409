"""An environment as Gymnasium has them: ``reset`` forks a cluster that was prepared once, ``step`` is a command and some virtual time, and the reward is what is
expected of the cluster. A minute of ten episodes is hours of the cluster; equal seeds and actions give equal rewards.

The task: a node goes dark, and three ready pods are wanted all the same, with as few pods as that takes.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any, NamedTuple

import kubernetes
import orrery
import yaml

MANIFEST = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 3
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers: [{name: web, image: 'nginx:1.27', ports: [{containerPort: 80}]}]
"""

WANTED = 3
STEP = "30s"
STEPS = 20
ACTIONS = ("wait", "scale up", "scale down", "evict from dark nodes")


class Observation(NamedTuple):
    """What an agent sees."""

    ready: int
    replicas: int
    dark_nodes: int


class RolloutEnv:
    """One episode after another, each in a fork of its own."""

    def __init__(self, server: orrery.Server) -> None:
        self._base = server.create_cluster(nodes=3, seed=1)
        self._base.apply(MANIFEST)
        self._base.wait("condition=Available", on="deployment/web", timeout="5m")
        self._cluster: orrery.Cluster | None = None
        self._step = 0

    def reset(self, seed: int = 0) -> Observation:
        """Begins an episode: a node of the seed's choice goes dark."""
        self._drop()
        self._cluster = self._base.fork(seed=seed)
        self._step = 0
        self._cluster.fault("node-down", node=f"node-{seed % 3 + 1}")
        return self._observe()

    def step(self, action: int) -> tuple[Observation, float, bool]:
        """Acts, lets time pass, and gives what is seen, the reward, and whether the episode is over."""
        cluster = self._present()
        self._act(ACTIONS[action])
        cluster.advance(STEP)
        self._step += 1
        seen = self._observe()
        missing = max(0, WANTED - seen.ready)
        reward = -1.0 * missing - 0.1 * max(0, seen.replicas - WANTED)
        return seen, reward, self._step >= STEPS

    def close(self) -> None:
        self._drop()
        self._base.delete()

    def _act(self, action: str) -> None:
        if action in ("scale up", "scale down"):
            replicas = self._observe().replicas + (1 if action == "scale up" else -1)
            kubernetes.client.AppsV1Api(self._api()).patch_namespaced_deployment_scale(
                "web", "default", {"spec": {"replicas": min(max(replicas, 1), 6)}}
            )
        elif action == "evict from dark nodes":
            core = kubernetes.client.CoreV1Api(self._api())
            dark = self._dark_nodes()
            for pod in core.list_namespaced_pod("default").items:
                if pod.spec.node_name in dark:
                    core.delete_namespaced_pod(pod.metadata.name, "default", grace_period_seconds=0)

    def _observe(self) -> Observation:
        deployment = self._present().get("/apis/apps/v1/namespaces/default/deployments/web")
        ready = deployment["status"].get("readyReplicas", 0)
        return Observation(ready, deployment["spec"]["replicas"], len(self._dark_nodes()))

    def _dark_nodes(self) -> set[str]:
        nodes = self._present().get("/api/v1/nodes")["items"]
        return {node["metadata"]["name"] for node in nodes if _ready(node) != "True"}

    def _present(self) -> orrery.Cluster:
        if self._cluster is None:
            raise RuntimeError("reset comes first")
        return self._cluster

    def _api(self) -> Any:
        return kubernetes.config.new_client_from_config_dict(yaml.safe_load(self._present().kubeconfig()))

    def _drop(self) -> None:
        if self._cluster is not None:
            self._cluster.delete()
        self._cluster = None


def _ready(node: Any) -> str:
    return next((one["status"] for one in node["status"]["conditions"] if one["type"] == "Ready"), "Unknown")


def patient(_: Observation) -> int:
    """Waits for Kubernetes to mend it."""
    return ACTIONS.index("wait")


def watchful(seen: Observation) -> int:
    """Makes room for new pods as soon as a node is known to be dark."""
    return ACTIONS.index("evict from dark nodes" if seen.dark_nodes > 0 and seen.ready < WANTED else "wait")


def rambling(seed: int) -> Callable[[Observation], int]:
    """Does whatever comes to its mind."""
    chance = random.Random(seed)
    return lambda _: chance.randrange(len(ACTIONS))


def episode(env: RolloutEnv, policy: Callable[[Observation], int], seed: int) -> float:
    """The sum of the rewards of a policy."""
    seen, total, is_over = env.reset(seed), 0.0, False
    while not is_over:
        seen, reward, is_over = env.step(policy(seen))
        total += reward
    return round(total, 6)


def main() -> None:
    with orrery.start() as server:
        env = RolloutEnv(server)
        for name, policy in {"patient": patient, "watchful": watchful, "rambling": rambling(7)}.items():
            rewards = [episode(env, policy, seed) for seed in range(3)]
            print(f"{name:10} {sum(rewards) / len(rewards):8.2f}  {rewards}")
        env.close()


if __name__ == "__main__":
    main()
