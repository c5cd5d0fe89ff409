//! kube-rs: the typed API, patches, logs, exec, port-forward, a watcher, and a controller of a derived custom resource with a finalizer.

mod controller;

use futures::{StreamExt, TryStreamExt};
use k8s_openapi::api::apps::v1::Deployment;
use k8s_openapi::api::core::v1::{ConfigMap, Namespace, Pod};
use kube::api::{
    Api, AttachParams, DeleteParams, EvictParams, ListParams, LogParams, Patch, PatchParams, PostParams, WatchParams,
};
use kube::runtime::wait::{await_condition, conditions};
use kube::runtime::{WatchStreamExt, reflector, watcher};
use kube::{Client, ResourceExt};
use serde_json::{Value, json};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

pub type Outcome = Result<(), Box<dyn std::error::Error + Send + Sync>>;

/// Tells that a step held, or ends with what did not.
pub async fn step(title: &str, body: impl Future<Output = Outcome>) {
    match tokio::time::timeout(Duration::from_secs(60), body).await {
        Ok(Ok(())) => println!("ok {title}"),
        Ok(Err(error)) => fail(title, &format!("{error:?}")),
        Err(_) => fail(title, "it takes too long"),
    }
}

fn fail(title: &str, why: &str) -> ! {
    println!("not ok {title}: {why}");
    std::process::exit(1)
}

#[tokio::main]
async fn main() -> Outcome {
    let client = Client::try_default().await?;
    step("version and discovery", discovers(client.clone())).await;
    step("create, wait for a rollout, refusals", creates(client.clone())).await;
    step("patches: strategic, merge, JSON, apply; scale", patches(client.clone())).await;
    step("logs, exec with input and status, port-forward", talks(client.clone())).await;
    step("watch and a reflector", watches(client.clone())).await;
    step("eviction, collections, a namespace", removes(client.clone())).await;
    controller::run(client).await;
    Ok(())
}

async fn discovers(client: Client) -> Outcome {
    assert_eq!(client.apiserver_version().await?.minor, "33");
    let discovery = kube::discovery::Discovery::new(client).run_aggregated().await?;
    let group = discovery.get("apps").ok_or("no group apps")?;
    let (resource, capabilities) = group.recommended_kind("Deployment").ok_or("no Deployments")?;
    assert_eq!(resource.plural, "deployments");
    assert!(capabilities.supports_operation("watch"));
    Ok(())
}

pub fn deployment(name: &str, replicas: i32) -> Deployment {
    let labels = json!({"app": name});
    let container = json!({"name": "main", "image": "nginx:1.27", "ports": [{"containerPort": 80}]});
    let template = json!({"metadata": {"labels": labels}, "spec": {"terminationGracePeriodSeconds": 2, "containers": [container]}});
    let spec = json!({"replicas": replicas, "selector": {"matchLabels": labels}, "template": template});
    let body = json!({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": name}, "spec": spec});
    serde_json::from_value(body).expect("a Deployment")
}

async fn creates(client: Client) -> Outcome {
    let deployments: Api<Deployment> = Api::default_namespaced(client);
    let made = deployments.create(&PostParams::default(), &deployment("web", 2)).await?;
    assert_eq!(made.metadata.generation, Some(1));
    await_condition(deployments.clone(), "web", conditions::is_deployment_completed()).await?;
    let again = deployments.create(&PostParams::default(), &deployment("web", 2)).await;
    let Err(kube::Error::Api(refusal)) = again else { return Err("it was made twice".into()) };
    assert_eq!((refusal.code, refusal.reason.as_str()), (409, "AlreadyExists"));
    assert!(deployments.get_opt("none").await?.is_none());
    let dry = PostParams { dry_run: true, ..PostParams::default() };
    deployments.create(&dry, &deployment("dry", 1)).await?;
    assert!(deployments.get_opt("dry").await?.is_none());
    assert_eq!(deployments.get_metadata("web").await?.name_any(), "web");
    Ok(())
}

async fn patches(client: Client) -> Outcome {
    let deployments: Api<Deployment> = Api::default_namespaced(client);
    let params = PatchParams::default();
    let image = json!({"spec": {"template": {"spec": {"containers": [{"name": "main", "image": "nginx:1.28"}]}}}});
    let patched = deployments.patch("web", &params, &Patch::Strategic(image)).await?;
    let containers = patched.spec.and_then(|spec| spec.template.spec).map(|spec| spec.containers).unwrap_or_default();
    assert_eq!(containers[0].image.as_deref(), Some("nginx:1.28"));
    assert_eq!(containers[0].ports.as_ref().map(Vec::len), Some(1));
    deployments.patch("web", &params, &Patch::Merge(json!({"metadata": {"labels": {"a": "b"}}}))).await?;
    let apply = json!({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"}, "spec": {"replicas": 3}});
    let Err(kube::Error::Api(conflict)) = deployments.patch("web", &PatchParams::apply("rust"), &Patch::Apply(&apply)).await else {
        return Err("there is no conflict".into());
    };
    assert_eq!(conflict.code, 409);
    deployments.patch("web", &PatchParams::apply("rust").force(), &Patch::Apply(&apply)).await?;
    assert_eq!(deployments.get_scale("web").await?.spec.and_then(|spec| spec.replicas), Some(3));
    let scale = json!({"spec": {"replicas": 2}});
    deployments.patch_scale("web", &params, &Patch::Merge(&scale)).await?;
    await_condition(deployments, "web", conditions::is_deployment_completed()).await?;
    Ok(())
}

async fn a_pod(pods: &Api<Pod>) -> Result<Pod, Box<dyn std::error::Error + Send + Sync>> {
    let list = pods.list(&ListParams::default().labels("app=web").fields("status.phase=Running")).await?;
    list.items.into_iter().find(|pod| pod.metadata.deletion_timestamp.is_none()).ok_or("no pod".into())
}

async fn talks(client: Client) -> Outcome {
    let pods: Api<Pod> = Api::default_namespaced(client);
    let name = a_pod(&pods).await?.name_any();
    await_condition(pods.clone(), &name, conditions::is_pod_running()).await?;
    let mut process = pods.exec(&name, vec!["sh", "-c", "cat; exit 6"], &AttachParams::default().stdin(true)).await?;
    let (mut input, mut output) = (process.stdin().ok_or("no input")?, process.stdout().ok_or("no output")?);
    input.write_all(b"hello\n").await?;
    input.shutdown().await?;
    drop(input);
    let mut text = String::new();
    output.read_to_string(&mut text).await?;
    assert_eq!(text, "hello\n");
    let status = process.take_status().ok_or("no status")?.await.ok_or("no end")?;
    assert_eq!(status.reason.as_deref(), Some("NonZeroExitCode"));
    process.join().await?;
    let mut forward = pods.portforward(&name, &[80]).await?;
    let mut port = forward.take_stream(80).ok_or("no port")?;
    port.write_all(b"GET / HTTP/1.1\r\nHost: web\r\nConnection: close\r\n\r\n").await?;
    let mut answer = String::new();
    port.read_to_string(&mut answer).await?;
    assert!(answer.contains("Welcome to nginx!"), "{answer}");
    drop(port);
    let params = LogParams { tail_lines: Some(1), ..LogParams::default() };
    assert!(pods.logs(&name, &params).await?.contains("\"GET / HTTP/1.1\" 200"));
    Ok(())
}

async fn watches(client: Client) -> Outcome {
    let maps: Api<ConfigMap> = Api::default_namespaced(client);
    let version = maps.list(&ListParams::default()).await?.metadata.resource_version.unwrap_or_default();
    let (reader, writer) = reflector::store();
    let config = watcher::Config::default().labels("seen=yes");
    let mut changes = reflector(writer, watcher(maps.clone(), config)).applied_objects().boxed();
    let body: ConfigMap = serde_json::from_value(json!({"metadata": {"name": "seen", "labels": {"seen": "yes"}}, "data": {"a": "1"}}))?;
    maps.create(&PostParams::default(), &body).await?;
    assert_eq!(changes.try_next().await?.ok_or("it ended")?.name_any(), "seen");
    maps.patch("seen", &PatchParams::default(), &Patch::Merge(json!({"data": {"a": "2"}}))).await?;
    changes.try_next().await?.ok_or("it ended")?;
    let kept = reader.state();
    assert_eq!(kept[0].data.as_ref().and_then(|data| data.get("a")).map(String::as_str), Some("2"));
    let params = WatchParams::default().labels("seen=yes").timeout(1);
    let events: Vec<_> = maps.watch(&params, &version).await?.try_collect().await?;
    assert_eq!(events.len(), 2, "{events:?}");
    Ok(())
}

async fn removes(client: Client) -> Outcome {
    let pods: Api<Pod> = Api::default_namespaced(client.clone());
    let name = a_pod(&pods).await?.name_any();
    pods.evict(&name, &EvictParams::default()).await?;
    let maps: Api<ConfigMap> = Api::default_namespaced(client.clone());
    maps.delete_collection(&DeleteParams::default(), &ListParams::default().labels("seen=yes")).await?;
    let deployments: Api<Deployment> = Api::default_namespaced(client.clone());
    let uid = deployments.get("web").await?.uid().ok_or("no uid")?;
    deployments.delete("web", &DeleteParams::foreground()).await?;
    await_condition(deployments, "web", conditions::is_deleted(&uid)).await?;
    assert_eq!(pods.list(&ListParams::default().labels("app=web")).await?.items.len(), 0);
    let namespaces: Api<Namespace> = Api::all(client);
    let body: Value = json!({"metadata": {"name": "short"}});
    let made = namespaces.create(&PostParams::default(), &serde_json::from_value(body)?).await?;
    namespaces.delete("short", &DeleteParams::default()).await?;
    await_condition(namespaces, "short", conditions::is_deleted(&made.uid().ok_or("no uid")?)).await?;
    Ok(())
}
