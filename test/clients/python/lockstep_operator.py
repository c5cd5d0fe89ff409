"""An operator with kopf whose clusters' clocks wait for it: what it writes says nothing of the time of this machine."""

import kopf
import kubernetes_objects as objects

GROUP = "shops.example.com"


@kopf.on.startup()
def configure(settings: kopf.OperatorSettings, **_):
    settings.posting.enabled = False  # Events have times of this machine.
    settings.persistence.finalizer = f"{GROUP}/kopf"
    settings.execution.max_workers = 1  # One handler after the other.


@kopf.on.create(GROUP, "v1", "shops")
def create(spec, name, namespace, **_):
    for child in objects.children(name, spec.get("replicas", 1), spec.get("theme", "plain")):
        kopf.adopt(child)
        objects.create(namespace, child)
    return {"replicas": spec.get("replicas", 1)}


@kopf.on.update(GROUP, "v1", "shops", field="spec.replicas")
def resize(old, new, name, namespace, **_):
    objects.scale(namespace, name, new)
    return f"{old} to {new}"


@kopf.on.delete(GROUP, "v1", "shops")
def close(name, namespace, **_):
    objects.note(namespace, f"closed-{name}")


@kopf.on.event("pods", labels={"shop": kopf.PRESENT})
def count(labels, namespace, **_):
    """What is, whichever event tells of it first: events of one instant come in an order of this machine."""
    running = objects.running(namespace, labels["shop"])
    if running > 0:
        objects.report(namespace, labels["shop"], running)
