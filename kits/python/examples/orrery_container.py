"""A cluster for the tests of a module, in the manner of Testcontainers: started once, seen by every test as a kubeconfig, gone at the end.

With pytest it is a fixture:

    @pytest.fixture(scope="session")
    def kubernetes_cluster():
        with OrreryContainer(nodes=2).with_manifests(MANIFESTS) as container:
            yield container

Unlike a container with a real cluster it is there in a second, needs no Docker, and every test can have a fork of its own with ``container.fresh()``.
"""

from __future__ import annotations

from types import TracebackType
from typing import Any, Self

import kubernetes
import orrery
import yaml


class OrreryContainer:
    """A service and one cluster in it."""

    def __init__(self, nodes: int = 3, seed: int = 1) -> None:
        self._nodes = nodes
        self._seed = seed
        self._manifests: list[str] = []
        self._server: orrery.Server | None = None
        self._cluster: orrery.Cluster | None = None

    def with_manifests(self, text: str) -> Self:
        """What is applied, and waited for, at the start."""
        self._manifests.append(text)
        return self

    def start(self) -> Self:
        self._server = orrery.start()
        self._cluster = self._server.create_cluster(nodes=self._nodes, seed=self._seed)
        for text in self._manifests:
            self._cluster.apply(text)
        self._cluster.advance_until_idle(timeout="10m")
        return self

    def stop(self) -> None:
        if self._server is not None:
            self._server.close()
        self._server = self._cluster = None

    @property
    def cluster(self) -> orrery.Cluster:
        if self._cluster is None:
            raise RuntimeError("the container is not started")
        return self._cluster

    def get_kubeconfig(self) -> str:
        return self.cluster.kubeconfig()

    def get_client(self) -> Any:
        """An API client of the ``kubernetes`` package."""
        return kubernetes.config.new_client_from_config_dict(yaml.safe_load(self.get_kubeconfig()))

    def fresh(self) -> orrery.Cluster:
        """A cluster for one test: whatever it does there, no other test sees."""
        return self.cluster.fork()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()
