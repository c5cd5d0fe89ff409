"""Simulated Kubernetes clusters for tests.

    import orrery

    with orrery.start() as server, server.create_cluster(nodes=3) as cluster:
        cluster.apply(open("deploy.yaml").read())
        cluster.wait("condition=Available", on="deployment/web", timeout="3m")
        what_if = cluster.fork()
        what_if.fault("node-down", node="node-1")
        what_if.advance("10m")

Time is virtual: it stands still until ``advance`` or ``wait`` turns it. Everything that Kubernetes' own clients can do, they do with ``cluster.kubeconfig()``.
"""

from ._client import OrreryError
from ._cluster import Cluster
from ._server import Server, connect, start

__all__ = ["Cluster", "OrreryError", "Server", "connect", "start"]
