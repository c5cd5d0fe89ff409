// The newest kubectl, which is newer than the server by more than it is made for, as those are that people have.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { says } from '../support/scenario.mjs';
import { goProgram, goVersion } from '../support/tools.mjs';

// The library of Kubernetes 1.37.2 is 0.37.2.
const VERSION = goVersion('k8s.io/kubectl').replace(/^0\./, '1.');
const [MAJOR, MINOR] = VERSION.split('.');
const STAMP = 'k8s.io/component-base/version';

export const clients = [
  {
    name: 'kubectl',
    version: VERSION,
    covers:
      'create, apply in all ways, diff, get in all forms, describe, explain, patch, label, set, scale, rollout, expose, autoscale, run, logs, exec, cp, debug, events, top, wait, drain, auth, tokens, quotas, jobs, custom resources, delete',
    prepare: () =>
      goProgram('kubectl', './kubectl', {
        stamps: { [`${STAMP}.gitVersion`]: `v${VERSION}`, [`${STAMP}.gitMajor`]: MAJOR, [`${STAMP}.gitMinor`]: MINOR },
      }),
    run: async (t, path) => {
      await t.useCluster({ nodes: 2 });
      const kubectl = (line, ...more) => t.run(path, [...line.split(' '), ...more]);
      const fails = (line, ...more) => t.fails(path, [...line.split(' '), ...more]);
      for (const [title, part] of PARTS) await t.step(title, () => part({ t, kubectl, fails }));
    },
  },
];

const WEB = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web, labels: {app: web}}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers: [{name: web, image: 'nginx:1.27', ports: [{containerPort: 80}], resources: {requests: {cpu: 50m, memory: 32Mi}}}]
---
apiVersion: v1
kind: ConfigMap
metadata: {name: settings}
data: {color: blue}
`;

const DEFINITION = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: spots.example.com}
spec:
  group: example.com
  scope: Namespaced
  names: {plural: spots, singular: spot, kind: Spot}
  versions:
  - name: v1
    served: true
    storage: true
    additionalPrinterColumns: [{name: Size, type: integer, jsonPath: .spec.size}]
    schema: {openAPIV3Schema: {type: object, properties: {spec: {type: object, properties: {size: {type: integer, description: How large it is.}}}}}}
`;

function file(t, name, text) {
  const path = join(t.place, name);
  writeFileSync(path, text);
  return path;
}

const PARTS = [
  [
    'versions, resources and explanations',
    async ({ kubectl }) => {
      says(await kubectl('version'), `Client Version: v${VERSION}`, 'Server Version: v1.33.');
      says(await kubectl('api-resources'), 'deployments', 'apps/v1', 'validatingadmissionpolicies');
      says(await kubectl('api-versions'), 'batch/v1');
      says(await kubectl('explain deployment.spec.strategy'), 'GROUP:      apps', 'rollingUpdate');
      says(await kubectl('explain pods.spec.containers.livenessProbe --recursive'), 'httpGet');
      says(await kubectl('cluster-info'), 'Kubernetes control plane');
    },
  ],
  [
    'apply, diff, apply again, by the server, conflicts, prune',
    async ({ t, kubectl, fails }) => {
      const web = file(t, 'web.yaml', WEB);
      says(await kubectl(`apply -f ${web}`), 'deployment.apps/web created', 'configmap/settings created');
      says(await kubectl(`apply -f ${web}`), 'deployment.apps/web unchanged');
      const changed = file(t, 'changed.yaml', WEB.replace('blue', 'red'));
      says(await fails(`diff -f ${changed}`), '-  color: blue', '+  color: red');
      says(
        await kubectl(`apply --server-side --field-manager=other --force-conflicts -f ${changed}`),
        'configmap/settings serverside-applied',
      );
      says(await fails(`apply --server-side --field-manager=third -f ${web}`), 'conflict with "other": .data.color');
      says(await kubectl(`apply --dry-run=server -f ${web}`), 'configured (server dry run)');
      says(await fails('create configmap settings'), 'configmaps "settings" already exists');
      says(await kubectl(`replace -f ${changed}`), 'configmap/settings replaced');
    },
  ],
  [
    'rollouts: status, image, history, undo, pause, restart',
    async ({ kubectl }) => {
      says(await kubectl('rollout status deployment/web --timeout=120s'), 'successfully rolled out');
      await kubectl('set image deployment/web web=nginx:1.28');
      await kubectl('rollout status deployment/web --timeout=120s');
      says(await kubectl('rollout history deployment/web'), '1 ', '2 ');
      says(await kubectl('rollout undo deployment/web'), 'rolled back');
      await kubectl('rollout pause deployment/web');
      await kubectl('rollout resume deployment/web');
      await kubectl('rollout restart deployment/web');
      await kubectl('rollout status deployment/web --timeout=120s');
      says(await kubectl('scale deployment/web --replicas=3'), 'scaled');
      says(await kubectl('wait --for=jsonpath={.status.readyReplicas}=3 deployment/web --timeout=60s'), 'condition met');
      says(await kubectl('autoscale deployment/web --cpu=80% --max=5'), 'autoscaled');
    },
  ],
  [
    'get in all forms, describe, events',
    async ({ kubectl }) => {
      says(await kubectl('get all'), 'deployment.apps/web', '3/3');
      says(await kubectl('get pods -o wide --show-labels --sort-by=.metadata.name'), 'NOMINATED NODE', 'app=web');
      says(await kubectl('get deployment web -o jsonpath={.spec.replicas}'), '3');
      says(await kubectl('get pods -l app=web -o custom-columns=NAME:.metadata.name,NODE:.spec.nodeName'), 'NODE');
      says(await kubectl('get configmap settings -o yaml'), 'color: red');
      says(await kubectl('get --raw /readyz'), 'ok');
      says(await kubectl('describe deployment web'), 'RollingUpdate', 'Available      True', 'ScalingReplicaSet');
      says(await kubectl('describe nodes'), 'Allocated resources', 'InternalIP');
      says(await kubectl('events --for deployment/web'), 'Scaled up replica set');
      says(await kubectl('get events --field-selector reason=Scheduled'), 'Successfully assigned');
    },
  ],
  [
    'patch, label, annotate, set, expose',
    async ({ kubectl }) => {
      await kubectl('patch deployment web --type=json', '-p', '[{"op":"add","path":"/metadata/labels/tier","value":"front"}]');
      await kubectl('patch deployment web --subresource=scale --type=merge', '-p', '{"spec":{"replicas":2}}');
      await kubectl('label deployment web a=b --overwrite');
      await kubectl('annotate deployment web note=hello');
      await kubectl('set env deployment/web MODE=fast');
      await kubectl('set resources deployment/web --limits=cpu=200m');
      await kubectl('rollout status deployment/web --timeout=120s');
      says(await kubectl('expose deployment web --port=80'), 'service/web exposed');
      says(await kubectl('get endpointslices -l kubernetes.io/service-name=web'), '80');
      says(
        await kubectl('run client --image=busybox:1.36 --restart=Never --attach --rm --quiet --', 'wget', '-qO-', 'http://web'),
        'Welcome to nginx!',
      );
    },
  ],
  [
    'logs, exec, cp, debug',
    async ({ t, kubectl, fails }) => {
      await kubectl('run tool --image=busybox:1.36 --command --', 'sh', '-c', 'echo started; sleep 100000');
      await kubectl('wait --for=condition=Ready pod/tool --timeout=60s');
      says(await kubectl('logs tool --timestamps'), 'started');
      says(await kubectl('logs -l app=web --all-containers --prefix --tail=1'), '[pod/web-');
      says(await kubectl('exec tool --', 'sh', '-c', 'echo $((6*7)) on $HOSTNAME'), '42 on tool');
      says(await fails('exec tool --', 'sh', '-c', 'exit 7'), 'exit code 7');
      const local = file(t, 'local.txt', 'from here\n');
      await kubectl(`cp ${local} tool:/tmp/there.txt`);
      await kubectl(`cp tool:/tmp/there.txt ${join(t.place, 'back.txt')}`);
      says(await kubectl('exec tool -- cat /tmp/there.txt'), 'from here');
      await kubectl('debug tool --image=busybox:1.36 --target=tool --container=look --attach=false --', 'sleep', '60');
      says(await kubectl('get pod tool -o jsonpath={.spec.ephemeralContainers[0].name}'), 'look');
    },
  ],
  [
    'who may what: roles, impersonation, tokens',
    async ({ kubectl, fails }) => {
      await kubectl('create serviceaccount robot');
      await kubectl('create role reader --verb=get,list --resource=pods');
      await kubectl('create rolebinding reader --role=reader --serviceaccount=default:robot');
      says(await kubectl('auth can-i list pods --as=system:serviceaccount:default:robot'), 'yes');
      says(await fails('auth can-i delete pods --as=system:serviceaccount:default:robot'), 'no');
      says(await kubectl('auth whoami'), 'Username');
      says(await kubectl('auth can-i --list --as=system:serviceaccount:default:robot'), 'pods');
      says(await kubectl('create token robot --duration=15m'), 'ey');
      says(await fails('delete pod tool --as=system:serviceaccount:default:robot'), 'cannot delete resource "pods"');
    },
  ],
  [
    'custom resources, quotas, jobs',
    async ({ t, kubectl, fails }) => {
      await kubectl(`apply -f ${file(t, 'definition.yaml', DEFINITION)}`);
      await kubectl('wait --for=condition=Established crd/spots.example.com --timeout=30s');
      await kubectl(`apply -f ${file(t, 'spot.yaml', 'apiVersion: example.com/v1\nkind: Spot\nmetadata: {name: s}\nspec: {size: 3}\n')}`);
      says(await kubectl('get spots'), 'SIZE', '3');
      says(await kubectl('explain spots.spec.size'), 'How large it is.');
      says(await fails('patch spot s --type=merge', '-p', '{"spec":{"size":"x"}}'), 'must be of type integer');
      await kubectl('create quota q --hard=configmaps=3');
      says(await kubectl('describe quota q'), 'configmaps');
      await kubectl('create job once --image=busybox:1.36 --', 'echo', 'done');
      await kubectl('wait --for=condition=Complete job/once --timeout=60s');
      says(await kubectl('logs job/once'), 'done');
    },
  ],
  [
    'top, cordon, drain, delete',
    async ({ kubectl }) => {
      says(await kubectl('top nodes'), 'CPU(cores)');
      says(await kubectl('top pods'), 'web-');
      const [node] = (await kubectl('get nodes -o name')).trim().split('\n');
      const name = node.replace('node/', '');
      says(await kubectl(`drain ${name} --ignore-daemonsets --delete-emptydir-data --force --timeout=120s`), 'drained');
      says(await kubectl(`get node ${name}`), 'SchedulingDisabled');
      await kubectl(`uncordon ${name}`);
      await kubectl(`taint nodes ${name} a=b:NoSchedule`);
      says(await kubectl('delete deployment,service,hpa web'), 'deployment.apps "web" deleted');
      await kubectl('wait --for=delete pod -l app=web --timeout=120s');
    },
  ],
];
