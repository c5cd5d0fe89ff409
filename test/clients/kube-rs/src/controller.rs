//! A controller of gardens: each has a ConfigMap, and its beds are dug over before it goes.

use crate::{Outcome, step};
use futures::StreamExt;
use k8s_openapi::api::core::v1::ConfigMap;
use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use kube::api::{Api, DeleteParams, Patch, PatchParams, PostParams};
use kube::runtime::controller::{Action, Controller};
use kube::runtime::finalizer::{Event, finalizer};
use kube::runtime::wait::{Condition, await_condition, conditions};
use kube::runtime::watcher;
use kube::{Client, CustomResource, CustomResourceExt, Resource, ResourceExt};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;

#[derive(CustomResource, Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[kube(group = "gardens.example.com", version = "v1", kind = "Garden", namespaced, status = "GardenStatus", shortname = "gd")]
#[kube(printcolumn = r#"{"name":"Beds","type":"integer","jsonPath":".spec.beds"}"#)]
pub struct GardenSpec {
    #[schemars(range(min = 1, max = 9))]
    pub beds: u8,
    #[serde(default)]
    pub fence: Fence,
}

#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
pub enum Fence {
    #[default]
    Wood,
    Stone,
}

#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
pub struct GardenStatus {
    pub planted: u8,
}

const FINALIZER: &str = "gardens.example.com/dig";

#[derive(Debug, thiserror::Error)]
enum Problem {
    #[error("{0}")]
    Kube(#[from] kube::Error),
    #[error("{0}")]
    Finalizer(String),
}

async fn reconcile(garden: Arc<Garden>, client: Arc<Client>) -> Result<Action, Problem> {
    let gardens: Api<Garden> = Api::default_namespaced((*client).clone());
    let maps: Api<ConfigMap> = Api::default_namespaced((*client).clone());
    let event = |event| async move {
        match event {
            Event::Apply(garden) => plant(&garden, &client, &maps).await,
            Event::Cleanup(garden) => {
                let dug = json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": format!("dug-{}", garden.name_any())}});
                maps.patch(&format!("dug-{}", garden.name_any()), &PatchParams::apply("gardener"), &Patch::Apply(dug)).await?;
                Ok(Action::await_change())
            }
        }
    };
    finalizer(&gardens, FINALIZER, garden, event).await.map_err(|error| Problem::Finalizer(error.to_string()))
}

async fn plant(garden: &Garden, client: &Client, maps: &Api<ConfigMap>) -> Result<Action, kube::Error> {
    let owner = garden.controller_owner_ref(&());
    let metadata = json!({"name": garden.name_any(), "ownerReferences": [owner]});
    let body = json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": {"beds": garden.spec.beds.to_string()}});
    maps.patch(&garden.name_any(), &PatchParams::apply("gardener").force(), &Patch::Apply(body)).await?;
    let gardens: Api<Garden> = Api::default_namespaced(client.clone());
    let status = json!({"status": {"planted": garden.spec.beds}});
    gardens.patch_status(&garden.name_any(), &PatchParams::default(), &Patch::Merge(status)).await?;
    Ok(Action::requeue(Duration::from_secs(300)))
}

fn is_planted(beds: u8) -> impl Condition<Garden> {
    move |garden: Option<&Garden>| garden.and_then(|garden| garden.status.as_ref()).is_some_and(|status| status.planted == beds)
}

pub async fn run(client: Client) {
    step("a definition that is derived from a type", defines(client.clone())).await;
    let gardens: Api<Garden> = Api::default_namespaced(client.clone());
    let maps: Api<ConfigMap> = Api::default_namespaced(client.clone());
    let controller = Controller::new(gardens.clone(), watcher::Config::default()).owns(maps.clone(), watcher::Config::default());
    let run = controller.run(reconcile, |_, _, _| Action::requeue(Duration::from_millis(200)), Arc::new(client));
    tokio::spawn(run.for_each(|_| async {}));
    step("a controller: status, children that come back", tends(gardens.clone(), maps.clone())).await;
    step("a finalizer", leaves(gardens, maps)).await;
}

async fn defines(client: Client) -> Outcome {
    let definitions: Api<CustomResourceDefinition> = Api::all(client.clone());
    let name = "gardens.gardens.example.com";
    definitions.patch(name, &PatchParams::apply("gardener"), &Patch::Apply(Garden::crd())).await?;
    await_condition(definitions, name, conditions::is_crd_established()).await?;
    let gardens: Api<Garden> = Api::default_namespaced(client);
    let large = Garden::new("large", GardenSpec { beds: 10, fence: Fence::Stone });
    let Err(kube::Error::Api(refusal)) = gardens.create(&PostParams::default(), &large).await else { return Err("it is too large".into()) };
    assert!(refusal.message.contains("spec.beds in body should be less than or equal to 9"), "{}", refusal.message);
    Ok(())
}

async fn tends(gardens: Api<Garden>, maps: Api<ConfigMap>) -> Outcome {
    gardens.create(&PostParams::default(), &Garden::new("home", GardenSpec { beds: 3, fence: Fence::Wood })).await?;
    await_condition(gardens.clone(), "home", is_planted(3)).await?;
    gardens.patch("home", &PatchParams::default(), &Patch::Merge(json!({"spec": {"beds": 4}}))).await?;
    await_condition(gardens.clone(), "home", is_planted(4)).await?;
    let old = maps.get("home").await?.uid().ok_or("no uid")?;
    maps.delete("home", &DeleteParams::default()).await?;
    await_condition(maps.clone(), "home", move |map: Option<&ConfigMap>| map.is_some_and(|map| map.uid().as_ref() != Some(&old))).await?;
    Ok(())
}

async fn leaves(gardens: Api<Garden>, maps: Api<ConfigMap>) -> Outcome {
    let uid = gardens.get("home").await?.uid().ok_or("no uid")?;
    let child = maps.get("home").await?.uid().ok_or("no uid")?;
    gardens.delete("home", &DeleteParams::default()).await?;
    await_condition(gardens, "home", conditions::is_deleted(&uid)).await?;
    maps.get("dug-home").await?;
    await_condition(maps, "home", conditions::is_deleted(&child)).await?;
    Ok(())
}
