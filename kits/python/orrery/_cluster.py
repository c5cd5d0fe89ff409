"""A cluster: its clock, its faults, its forks, and the way in for Kubernetes' own clients."""

from __future__ import annotations

import json
import os
import tempfile
import urllib.parse
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Any, Self, cast

from ._client import Client
from .types import AdvanceResult, ClusterFault, ClusterInfo, Explanation, ManifestResults


class Cluster:
    """A simulated cluster. In a ``with`` it is deleted at the end."""

    def __init__(self, client: Client, name: str) -> None:
        self._client = client
        self._path = f"/v1/clusters/{urllib.parse.quote(name)}"
        self.name = name

    @property
    def server(self) -> str:
        """Base of its Kubernetes API."""
        return f"{self._client.url}/clusters/{self.name}"

    def info(self) -> ClusterInfo:
        """What it is now: its time, its digest, how many objects it has."""
        return cast(ClusterInfo, self._client.json("GET", self._path))

    @property
    def now(self) -> str:
        """Its virtual time, as in ``2025-01-01T00:00:00Z``."""
        return self.info()["now"]

    def kubeconfig(self) -> str:
        """A kubeconfig, in YAML, for ``kubernetes.config.load_kube_config_from_dict`` and for kubectl."""
        return self._client.text("GET", f"{self._path}/kubeconfig")

    def write_kubeconfig(self, path: str | os.PathLike[str] | None = None) -> str:
        """Writes the kubeconfig, without a path into a file of its own; returns where it is."""
        text = self.kubeconfig()
        if path is None:
            handle, made = tempfile.mkstemp(prefix=f"{self.name}-", suffix=".kubeconfig")
            os.close(handle)
            path = made
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return os.fspath(path)

    def apply(self, manifests: str | Mapping[str, Any] | Sequence[Mapping[str, Any]], namespace: str | None = None) -> ManifestResults:
        """Applies manifests as ``kubectl apply`` does: YAML, an object, or a list of objects; all of them, or none."""
        query = {"namespace": namespace}
        path = f"{self._path}/manifests"
        if isinstance(manifests, str):
            text = self._client.text("POST", path, manifests.encode(), "application/yaml", query)
            return cast(ManifestResults, json.loads(text))
        return cast(ManifestResults, self._client.json("POST", path, manifests, query))

    def advance(self, by: str | None = None, *, to: str | None = None, steps: int | None = None) -> AdvanceResult:
        """Turns the clock: by a duration such as ``90s`` or ``10m``, to an instant, or by so many changes."""
        given = {"by": by, "to": to, "steps": steps}
        goal = {name: value for name, value in given.items() if value is not None}
        if len(goal) != 1:
            raise ValueError("advance takes one of: a duration, to=, steps=")
        return self._advance(goal)

    def advance_until_idle(self, timeout: str | None = None) -> AdvanceResult:
        """Turns the clock until nothing is scheduled any more that could change an object."""
        return self._advance({"until": "idle", **({} if timeout is None else {"timeout": timeout})})

    def wait(
        self,
        condition: str,
        *,
        on: str | None = None,
        resource: str | None = None,
        selector: str | None = None,
        namespace: str = "default",
        timeout: str = "10m",
    ) -> AdvanceResult:
        """Turns the clock until ``condition`` holds, as ``kubectl wait --for`` has it: of ``on="deployment/web"``, or of all of a resource.

        Raises ``TimeoutError``, with what is nearest and why, when ``timeout`` of virtual time has passed.
        """
        until: dict[str, Any] = {"for": condition}
        if on is not None:
            kind, _, name = on.partition("/")
            until |= {"resource": kind, "name": name}
        elif resource is not None:
            until["resource"] = resource
        if selector is not None:
            until["selector"] = selector
        if "resource" in until:
            until["namespace"] = namespace
        result = self._advance({"until": until, "timeout": timeout})
        if not result["reached"]:
            nearest = result.get("nearest")
            state = "nothing is selected" if nearest is None else f"{nearest['resource']}/{nearest['name']}: {nearest['state']}"
            why = [finding["sentence"] for finding in result.get("explanation", [])]
            raise TimeoutError("\n".join([f"{condition} does not hold at {result['now']}: {state}", *why]))
        return result

    def _advance(self, goal: Mapping[str, Any]) -> AdvanceResult:
        return cast(AdvanceResult, self._client.json("POST", f"{self._path}/clock/advance", goal))

    def fault(self, type: str, *, after: str | None = None, lasts: str | None = None, **target: str | int) -> ClusterFault:
        """Breaks something: ``fault("node-down", node="node-1", lasts="10m")``, ``fault("container-kill", namespace="shop", pod="web-0")``."""
        named = {"exit_code": "exitCode"}
        spec: dict[str, Any] = {"type": type, "target": {named.get(name, name): value for name, value in target.items()}}
        if after is not None:
            spec["after"] = after
        if lasts is not None:
            spec["for"] = lasts
        return cast(ClusterFault, self._client.json("POST", f"{self._path}/faults", spec))

    def end_fault(self, fault: ClusterFault | str) -> None:
        """Mends what a fault broke."""
        id = fault if isinstance(fault, str) else fault["id"]
        self._client.text("DELETE", f"{self._path}/faults/{urllib.parse.quote(id)}")

    def set_image(self, reference: str, behavior: Mapping[str, Any]) -> None:
        """Says what containers of an image do from now on, as in ``{"startup": "20s"}``."""
        self._client.json("PUT", f"{self._path}/images/{urllib.parse.quote(reference, safe='')}", behavior)

    def fork(self, name: str | None = None, *, at: str | None = None, seed: int | None = None) -> Cluster:
        """A cluster that goes on from now, or from a moment of the past."""
        given = {"name": name, "at": at, "seed": seed}
        made = self._client.json("POST", f"{self._path}/forks", {key: value for key, value in given.items() if value is not None})
        return Cluster(self._client, made["name"])

    def rewind(self, to: str) -> None:
        """Goes back in place: to a time, a revision (``rv:123``) or a command (``#4``)."""
        self._client.json("POST", f"{self._path}/rewind", {"to": to})

    def explain(self, resource: str, name: str, namespace: str | None = None, at: str | None = None) -> Explanation:
        """Why an object is as it is."""
        query = {"resource": resource, "name": name, "namespace": namespace, "at": at}
        return cast(Explanation, self._client.json("GET", f"{self._path}/explain", query=query))

    def get(self, path: str) -> Any:
        """What the Kubernetes API says at a path, as in ``/apis/apps/v1/namespaces/default/deployments/web``."""
        return self._client.json("GET", f"/clusters/{urllib.parse.quote(self.name)}{path}")

    def delete(self) -> None:
        """Deletes the cluster with its history."""
        self._client.text("DELETE", self._path)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.delete()
