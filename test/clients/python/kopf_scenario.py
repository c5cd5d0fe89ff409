"""The operator of kopf_operator.py runs as `kopf run`, and shops are opened, changed and closed."""

import atexit
import os
import socket
import subprocess
import sys

from certificate import write_certificate
from kubernetes import client, config
from kubernetes.client.exceptions import ApiException
from steps import equal, eventually, step

config.load_kube_config()
core, apps, custom = client.CoreV1Api(), client.AppsV1Api(), client.CustomObjectsApi()
extensions = client.ApiextensionsV1Api()
NAMESPACE = "default"
SHOPS = ("shops.example.com", "v1", NAMESPACE, "shops")
ANYTHING = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}


def define(group, plural, kind, scope, schema, **version):
    crd = {
        "metadata": {"name": f"{plural}.{group}"},
        "spec": {
            "group": group,
            "scope": scope,
            "names": {"kind": kind, "listKind": f"{kind}List", "plural": plural, "singular": kind.lower()},
            "versions": [{"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": schema}, **version}],
        },
    }
    extensions.create_custom_resource_definition(crd)


def shop(name):
    return custom.get_namespaced_custom_object(*SHOPS, name)


def refused(call):
    try:
        call()
    except ApiException as error:
        return error.body
    raise AssertionError("it was accepted")


def open_shop(name, **spec):
    body = {"apiVersion": "shops.example.com/v1", "kind": "Shop", "metadata": {"name": name}, "spec": spec}
    return custom.create_namespaced_custom_object(*SHOPS, body)


def created_peering(peering):
    try:
        return custom.create_namespaced_custom_object("kopf.dev", "v1", NAMESPACE, "kopfpeerings", peering)
    except ApiException:
        return None


@step("definitions: with a schema, and kopf's peering")
def _():
    properties = {
        "spec": {"type": "object", "properties": {"replicas": {"type": "integer"}, "theme": {"type": "string"}}},
        "status": ANYTHING,
    }
    define("shops.example.com", "shops", "Shop", "Namespaced", {"type": "object", "properties": properties})
    define("kopf.dev", "clusterkopfpeerings", "ClusterKopfPeering", "Cluster", {"type": "object", "properties": {"status": ANYTHING}})
    define("kopf.dev", "kopfpeerings", "KopfPeering", "Namespaced", {"type": "object", "properties": {"status": ANYTHING}})
    peering = {"apiVersion": "kopf.dev/v1", "kind": "KopfPeering", "metadata": {"name": "shops"}}
    eventually(lambda: created_peering(peering))


with socket.socket() as probe:
    probe.bind(("127.0.0.1", 0))
    port = probe.getsockname()[1]
write_certificate("webhook.crt", "webhook.key")
here = os.path.dirname(__file__)
log = open("kopf.log", "w+")
command = [sys.executable, "-m", "kopf", "run", "-n", NAMESPACE, "--verbose", os.path.join(here, "kopf_operator.py")]
operator = subprocess.Popen(command, env={**os.environ, "WEBHOOK_PORT": str(port)}, stdout=log, stderr=subprocess.STDOUT)


def stop():
    operator.terminate()
    operator.wait(20)
    log.seek(0)
    sys.stderr.write(log.read()[-3000:])


atexit.register(stop)


@step("the operator registers its webhooks and its peer")
def _():
    admission = client.AdmissionregistrationV1Api()
    eventually(lambda: admission.list_validating_webhook_configuration().items and admission.list_mutating_webhook_configuration().items)
    (hooks,) = admission.list_validating_webhook_configuration().items
    eventually(lambda: admission.list_validating_webhook_configuration().items[0].webhooks)
    hooks = admission.list_validating_webhook_configuration().items[0].webhooks
    assert hooks[0].client_config.url.startswith(f"https://127.0.0.1:{port}/"), hooks[0].client_config
    eventually(lambda: custom.get_namespaced_custom_object("kopf.dev", "v1", NAMESPACE, "kopfpeerings", "shops").get("status"))


@step("webhooks: what is refused, what is filled in")
def _():
    assert "a shop has at most five replicas" in refused(lambda: open_shop("big", replicas=6))
    equal(open_shop("one", replicas=2)["spec"], {"replicas": 2, "theme": "plain"})


@step("creation: a retry, children, a result in the status, an Event")
def _():
    eventually(lambda: "create" in shop("one").get("status", {}))
    equal(shop("one")["status"]["create"], {"retry": 1})
    equal(shop("one")["metadata"]["finalizers"], ["shops.example.com/kopf"])
    (owner,) = apps.read_namespaced_deployment("one", NAMESPACE).metadata.owner_references
    equal((owner.kind, owner.name, owner.controller), ("Shop", "one", True))
    eventually(lambda: [event for event in core.list_namespaced_event(NAMESPACE).items if "opened with plain" in (event.message or "")])


@step("an index of pods, a timer, a daemon")
def _():
    eventually(lambda: shop("one")["status"].get("running") == 2)
    eventually(lambda: shop("one")["status"].get("ticks") == 3)
    core.read_namespaced_config_map("attends-one", NAMESPACE)


@step("changes: a field, labels")
def _():
    custom.patch_namespaced_custom_object(*SHOPS, "one", {"spec": {"replicas": 3}, "metadata": {"labels": {"town": "x"}}})
    eventually(lambda: shop("one")["status"].get("running") == 3)
    eventually(lambda: "resize/spec.replicas" in shop("one")["status"])
    equal(shop("one")["status"]["resize/spec.replicas"], "2 to 3")
    eventually(lambda: shop("one")["status"].get("labels"))


@step("deletion waits for the operator, and takes the children along")
def _():
    custom.delete_namespaced_custom_object(*SHOPS, "one")
    eventually(lambda: not custom.list_namespaced_custom_object(*SHOPS)["items"])
    core.read_namespaced_config_map("closed-one", NAMESPACE)
    eventually(lambda: not apps.list_namespaced_deployment(NAMESPACE).items)
    eventually(lambda: not core.list_namespaced_pod(NAMESPACE).items)


@step("the operator takes its peer back when it stops")
def _():
    operator.terminate()
    equal(operator.wait(20), 0)
    equal(custom.get_namespaced_custom_object("kopf.dev", "v1", NAMESPACE, "kopfpeerings", "shops").get("status", {}), {})
