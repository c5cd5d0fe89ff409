"""Ten clusters whose clocks wait for the operator of lockstep_operator.py, and do the same."""

import json
import os
import subprocess
import sys
import urllib.request

import yaml
from kubernetes import client, config
from steps import equal, eventually, step

SERVICE = os.environ["ORRERY_URL"]
NAMESPACE = "default"
SHOPS = ("shops.example.com", "v1", NAMESPACE, "shops")
ANYTHING = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
BARRIER = {"clients": ["kopf-operator"], "quiet": "400ms", "patience": "30s"}


def ask(method, path, body=None):
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(SERVICE + path, data, {"Content-Type": "application/json"}, method=method)
    with urllib.request.urlopen(request) as response:
        return response.read().decode()


class Lab:
    """A cluster whose clock stands, but for advances in lockstep."""

    def __init__(self, name):
        self.path = f"/v1/clusters/{name}"
        ask("POST", "/v1/clusters", {"name": name, "seed": 3, "nodes": 2})
        connection = config.new_client_from_config_dict(yaml.safe_load(self.kubeconfig("shopkeeper")))
        self.custom = client.CustomObjectsApi(connection)
        versions = [{"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": ANYTHING}}]
        names = {"kind": "Shop", "listKind": "ShopList", "plural": "shops", "singular": "shop"}
        spec = {"group": "shops.example.com", "scope": "Namespaced", "names": names, "versions": versions}
        definition = {"metadata": {"name": "shops.shops.example.com"}, "spec": spec}
        client.ApiextensionsV1Api(connection).create_custom_resource_definition(definition)

    def kubeconfig(self, name):
        return ask("GET", f"{self.path}/kubeconfig?client={name}")

    def advance(self, by):
        return json.loads(ask("POST", f"{self.path}/clock/advance", {"by": by, "barrier": BARRIER}))["digest"]

    def shop(self):
        return self.custom.get_namespaced_custom_object(*SHOPS, "one")


def run(name):
    """The digests of a cluster in which a shop is opened, changed and closed."""
    lab = Lab(name)
    body = {"apiVersion": "shops.example.com/v1", "kind": "Shop", "metadata": {"name": "one"}, "spec": {"replicas": 2}}
    lab.custom.create_namespaced_custom_object(*SHOPS, body)
    with open(f"{name}.kubeconfig", "w") as file:
        file.write(lab.kubeconfig("kopf-operator"))
    program = os.path.join(os.path.dirname(__file__), "lockstep_operator.py")
    command = [sys.executable, "-m", "kopf", "run", "--standalone", "-n", NAMESPACE, "--quiet", program]
    operator = subprocess.Popen(command, env={**os.environ, "KUBECONFIG": os.path.abspath(f"{name}.kubeconfig")})
    try:
        # From then on it is there; before, it is silent now and then.
        eventually(lambda: "create" in lab.shop().get("status", {}))
        digests = [lab.advance("20s")]
        equal(lab.shop()["status"]["running"], 2)
        lab.custom.patch_namespaced_custom_object(*SHOPS, "one", {"spec": {"replicas": 1}})
        digests.append(lab.advance("45s"))
        equal(lab.shop()["status"]["resize/spec.replicas"], "2 to 1")
        lab.custom.delete_namespaced_custom_object(*SHOPS, "one")
        digests.append(lab.advance("45s"))
        equal(lab.custom.list_namespaced_custom_object(*SHOPS)["items"], [])
        return digests
    finally:
        operator.terminate()
        operator.wait(20)


@step("ten runs in lockstep with the clock, one digest")
def _():
    first = run("shops-0")
    for number in range(1, 10):
        equal(run(f"shops-{number}"), first)
