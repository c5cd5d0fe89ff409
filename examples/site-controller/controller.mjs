// An ordinary controller, written with the ordinary client: it knows nothing of Orrery. A ConfigMap with the label `example.com/site` describes a
// site (`data.image`, `data.replicas`); the controller keeps a Deployment of the same name, owned by the ConfigMap, and writes back what is
// ready as the annotation `example.com/ready`.
//
//   node examples/site-controller/controller.mjs            uses KUBECONFIG, as kubectl does

import { realpathSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { AppsV1Api, CoreV1Api, KubeConfig, makeInformer, PatchStrategy, setHeaderOptions } from '@kubernetes/client-node';

const SITE = 'example.com/site';
const READY = 'example.com/ready';
const RETRY_MS = 1_000;
const MERGE = setHeaderOptions('Content-Type', PatchStrategy.MergePatch);

/** Runs the controller until `stop` of the result is called. `log` learns of every action. */
export async function runController(config, log = (line) => process.stdout.write(`${line}\n`)) {
  const core = config.makeApiClient(CoreV1Api);
  const apps = config.makeApiClient(AppsV1Api);
  const sites = makeInformer(config, '/api/v1/configmaps', () => core.listConfigMapForAllNamespaces({ labelSelector: SITE }), SITE);
  const deployments = makeInformer(
    config,
    '/apis/apps/v1/deployments',
    () => apps.listDeploymentForAllNamespaces({ labelSelector: SITE }),
    SITE,
  );
  const queue = createQueue((namespace, name) => reconcile({ core, apps, sites, deployments, log }, namespace, name), log);
  for (const informer of [sites, deployments]) {
    for (const verb of ['add', 'update', 'delete']) informer.on(verb, ({ metadata }) => queue.add(metadata.namespace, metadata.name));
    // A watch that ended begins again.
    informer.on('error', () => setTimeout(() => queue.isOpen() && informer.start().catch(() => {}), RETRY_MS));
    await informer.start();
  }
  return {
    async stop() {
      queue.close();
      await Promise.all([sites.stop(), deployments.stop()]);
    },
  };
}

/** Brings one Deployment to what its ConfigMap says. Reads from the caches, and writes only what differs. */
async function reconcile({ core, apps, sites, deployments, log }, namespace, name) {
  const site = sites.get(name, namespace);
  // What belongs to a ConfigMap that is gone is the garbage collector's.
  if (site === undefined) return;
  const wanted = deploymentOf(site);
  const present = deployments.get(name, namespace);
  if (present === undefined) {
    await apps.createNamespacedDeployment({ namespace, body: wanted });
    log(`created ${namespace}/${name}`);
    return;
  }
  const { replicas, template } = present.spec;
  if (replicas !== wanted.spec.replicas || template.spec.containers[0].image !== site.data.image) {
    const body = { spec: { replicas: wanted.spec.replicas, template: { spec: wanted.spec.template.spec } } };
    await apps.patchNamespacedDeployment({ namespace, name, body }, MERGE);
    log(`updated ${namespace}/${name}`);
  }
  const ready = `${present.status?.readyReplicas ?? 0}/${wanted.spec.replicas}`;
  if (site.metadata.annotations?.[READY] === ready) return;
  await core.patchNamespacedConfigMap({ namespace, name, body: { metadata: { annotations: { [READY]: ready } } } }, MERGE);
  log(`ready ${namespace}/${name} ${ready}`);
}

function deploymentOf({ metadata: { name, uid }, data }) {
  const labels = { 'app.kubernetes.io/name': name };
  return {
    metadata: {
      name,
      labels: { ...labels, [SITE]: '' },
      ownerReferences: [{ apiVersion: 'v1', kind: 'ConfigMap', name, uid, controller: true, blockOwnerDeletion: true }],
    },
    spec: {
      replicas: Number(data.replicas ?? 1),
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: 'web', image: data.image, ports: [{ containerPort: 80 }] }] } },
    },
  };
}

/** Each key at most once, one at a time; what fails is tried again. */
function createQueue(work, log) {
  const keys = new Set();
  let isWorking = false;
  let isOpen = true;
  const run = async () => {
    if (isWorking) return;
    isWorking = true;
    for (const key of keys) {
      keys.delete(key);
      const [namespace, name] = key.split('/');
      try {
        await work(namespace, name);
      } catch (error) {
        log(`failed ${key}: ${error.message}`);
        setTimeout(() => add(namespace, name), RETRY_MS);
      }
    }
    isWorking = false;
  };
  const add = (namespace, name) => {
    if (!isOpen) return;
    keys.add(`${namespace}/${name}`);
    void run();
  };
  return { add, isOpen: () => isOpen, close: () => (isOpen = false) };
}

// Also when it is called by another name than its own.
if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(realpathSync(process.argv[1])).href) {
  const config = new KubeConfig();
  config.loadFromDefault();
  const controller = await runController(config);
  process.once('SIGINT', () => void controller.stop().then(() => process.exit(0)));
}
