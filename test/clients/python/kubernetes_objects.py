"""What the operator of kopf_operator.py does with the cluster."""

from kubernetes import client, config

config.load_kube_config()
core, apps, custom = client.CoreV1Api(), client.AppsV1Api(), client.CustomObjectsApi()


def children(name, replicas, theme):
    labels = {"shop": name}
    container = {"name": "main", "image": "nginx:1.27", "env": [{"name": "THEME", "value": theme}]}
    template = {"metadata": {"labels": labels}, "spec": {"containers": [container]}}
    spec = {"replicas": replicas, "selector": {"matchLabels": labels}, "template": template}
    yield {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": name}, "spec": spec}
    yield {"apiVersion": "v1", "kind": "Service", "metadata": {"name": name}, "spec": {"selector": labels, "ports": [{"port": 80}]}}


def create(namespace, body):
    if body["kind"] == "Deployment":
        apps.create_namespaced_deployment(namespace, body)
    else:
        core.create_namespaced_service(namespace, body)


def scale(namespace, name, replicas):
    apps.patch_namespaced_deployment_scale(name, namespace, {"spec": {"replicas": replicas}})


def note(namespace, name):
    core.create_namespaced_config_map(namespace, {"metadata": {"name": name}})


def report(namespace, name, running):
    try:
        custom.patch_namespaced_custom_object("shops.example.com", "v1", namespace, "shops", name, {"status": {"running": running}})
    except client.ApiException as error:
        if error.status != 404:
            raise


def running(namespace, name):
    pods = core.list_namespaced_pod(namespace, label_selector=f"shop={name}").items
    return sum(1 for pod in pods if pod.status.phase == "Running")
