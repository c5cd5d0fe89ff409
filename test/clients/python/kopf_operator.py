"""An operator as people write them with kopf: a Shop is a Deployment and a Service, and what it may be is checked by webhooks."""

import asyncio
import os

import kopf
import kubernetes_objects as objects

GROUP = "shops.example.com"


@kopf.on.startup()
def configure(settings: kopf.OperatorSettings, **_):
    port = int(os.environ["WEBHOOK_PORT"])
    settings.admission.server = kopf.WebhookServer(
        addr="127.0.0.1", port=port, host="127.0.0.1", certfile="webhook.crt", pkeyfile="webhook.key", cafile="webhook.crt"
    )
    settings.admission.managed = f"auto.{GROUP}"
    settings.persistence.finalizer = f"{GROUP}/kopf"
    settings.peering.name = "shops"


@kopf.on.mutate(GROUP, "v1", "shops")
def choose(spec, patch, **_):
    if "theme" not in spec:
        patch.spec["theme"] = "plain"


@kopf.on.validate(GROUP, "v1", "shops")
def check(spec, warnings, **_):
    if spec.get("replicas", 1) > 5:
        raise kopf.AdmissionError("a shop has at most five replicas", code=422)
    if spec.get("replicas", 1) == 0:
        warnings.append("a shop without replicas sells nothing")


@kopf.on.create(GROUP, "v1", "shops", retries=3, backoff=0.2)
def create(spec, body, name, namespace, retry, **_):
    if retry == 0:
        raise kopf.TemporaryError("not at the first try", delay=0.2)
    for child in objects.children(name, spec.get("replicas", 1), spec["theme"]):
        kopf.adopt(child)
        objects.create(namespace, child)
    kopf.info(body, reason="Opened", message=f"opened with {spec['theme']}")
    return {"retry": retry}


@kopf.on.update(GROUP, "v1", "shops", field="spec.replicas")
def resize(old, new, name, namespace, **_):
    objects.scale(namespace, name, new)
    return f"{old} to {new}"


@kopf.on.field(GROUP, "v1", "shops", field="metadata.labels")
def labelled(diff, patch, **_):
    patch.status["labels"] = [f"{op} {'.'.join(path)}" for op, path, _old, _new in diff]


@kopf.on.delete(GROUP, "v1", "shops")
def close(name, namespace, **_):
    objects.note(namespace, f"closed-{name}")


@kopf.timer(GROUP, "v1", "shops", interval=0.3, initial_delay=0.1)
def tick(status, patch, **_):
    if status.get("ticks", 0) < 3:
        patch.status["ticks"] = status.get("ticks", 0) + 1


@kopf.daemon(GROUP, "v1", "shops", cancellation_timeout=2)
async def attend(stopped, name, namespace, **_):
    objects.note(namespace, f"attends-{name}")
    while not stopped:
        await asyncio.sleep(0.05)


@kopf.index("pods", labels={"shop": kopf.PRESENT})
def pods_of(labels, name, status, **_):
    return {labels["shop"]: (name, status.get("phase"))}


@kopf.on.event("pods", labels={"shop": kopf.PRESENT})
def count(labels, namespace, pods_of: kopf.Index, **_):
    running = [name for name, phase in pods_of.get(labels["shop"], []) if phase == "Running"]
    objects.report(namespace, labels["shop"], len(running))
