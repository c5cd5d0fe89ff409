// One session that shows every operation of the service API, in this order: the examples of the document. `npm run examples` executes it and writes what was
// answered to `answers.generated.ts`; a test does the same and compares.

/** One call. Its name is unique and stands in the document. */
export interface Example {
  readonly name: string;
  readonly operationId: string;
  readonly summary: string;
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  /** The media type that is asked for. */
  readonly accept?: string;
  /** A watch of the Kubernetes API that goes on beside the call: its path below the cluster, and the client that reads it. */
  readonly beside?: { readonly path: string; readonly client: string };
  /** Sent as JSON. */
  readonly body?: object;
  /** Sent as it is; `answerOf` is the name of the example whose answer it is. */
  readonly text?: { readonly mediaType: string } & ({ readonly value: string } | { readonly answerOf: string });
}

const demo = { cluster: 'demo' };

const DEPLOYMENT = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web' },
  spec: {
    replicas: 2,
    selector: { matchLabels: { app: 'web' } },
    template: {
      metadata: { labels: { app: 'web' } },
      spec: { containers: [{ name: 'web', image: 'nginx:1.27', ports: [{ containerPort: 80 }] }] },
    },
  },
};

const YAML = `apiVersion: v1
kind: ConfigMap
metadata:
  name: settings
data:
  colour: blue
---
apiVersion: v1
kind: Service
metadata:
  name: web
spec:
  selector: {app: web}
  ports: [{port: 80}]
`;

const EXPLORED = `apiVersion: orrery.dev/v1
kind: Scenario
metadata: {name: stays-ready}
cluster: {nodes: 1}
manifests:
  apiVersion: v1
  kind: Pod
  metadata: {name: web}
  spec: {containers: [{name: web, image: nginx:1.27}]}
steps:
  - wait: {for: condition=Ready, on: pod/web}
  - mark: ready
always:
  - {ready: pod/web, equals: 1, from: ready}
`;

export const SESSION: readonly Example[] = [
  {
    name: 'a-cluster',
    operationId: 'createCluster',
    summary: 'Two nodes, and an image of which it is known what it does',
    body: { name: 'demo', seed: 7, nodes: 2, labels: { course: 'k8s-101' }, images: { 'registry.example/app:v1': { startup: '3s' } } },
  },
  {
    name: 'named-nodes',
    operationId: 'createCluster',
    summary: 'Nodes with labels, taints and a capacity of their own, and a clock that runs while somebody waits',
    body: {
      name: 'zones',
      startTime: '2025-06-01T08:00:00Z',
      clock: { mode: 'running', rate: 'auto' },
      nodes: [
        { name: 'a', labels: { 'topology.kubernetes.io/zone': 'a' }, capacity: { cpu: '8', memory: '32Gi' } },
        { name: 'b', taints: [{ key: 'dedicated', value: 'batch', effect: 'NoSchedule' }] },
      ],
      timing: { imagePull: '10s' },
      outside: { 'api.example.org': { status: 503 } },
    },
  },
  {
    name: 'a-scenario',
    operationId: 'runScenario',
    summary: 'A Deployment that is to come up, with two seeds',
    body: {
      apiVersion: 'orrery.dev/v1',
      kind: 'Scenario',
      metadata: { name: 'comes-up' },
      manifests: [DEPLOYMENT],
      steps: [{ wait: { for: 'condition=Available', on: 'deployment/web' } }, { expect: { ready: 'deployment/web', equals: 2 } }],
      matrix: { seed: [1, 2] },
    },
  },
  {
    name: 'an-exploration',
    operationId: 'exploreScenario',
    summary: 'A pod whose container is killed',
    query: { faults: 'container-kill', for: '1m' },
    text: { mediaType: 'application/yaml', value: EXPLORED },
  },
  {
    name: 'a-scenario-in-yaml',
    operationId: 'runScenario',
    summary: 'The same words as YAML',
    text: { mediaType: 'application/yaml', value: EXPLORED },
  },
  {
    name: 'an-exploration-of-json',
    operationId: 'exploreScenario',
    summary: 'A Deployment whose node is lost, for five minutes after it',
    query: { faults: 'node-down', for: '5m' },
    body: {
      apiVersion: 'orrery.dev/v1',
      kind: 'Scenario',
      metadata: { name: 'node-loss' },
      cluster: { nodes: 2 },
      manifests: [DEPLOYMENT],
      steps: [{ wait: { for: 'condition=Available', on: 'deployment/web' } }, { mark: 'up' }],
      explore: { from: 'up' },
    },
  },
  { name: 'clusters', operationId: 'listClusters', summary: 'One page', query: { limit: '2' } },
  {
    name: 'labelled-clusters',
    operationId: 'listClusters',
    summary: 'Those of one course',
    query: { labelSelector: 'course=k8s-101' },
  },
  { name: 'the-cluster', operationId: 'getCluster', summary: 'As it was created', params: demo },
  { name: 'the-kubeconfig', operationId: 'getKubeconfig', summary: 'The owner’s', params: demo },
  {
    name: 'kubeconfig-as-text',
    operationId: 'getKubeconfig',
    summary: 'The same as text',
    params: demo,
    accept: 'text/plain',
  },
  {
    name: 'json',
    operationId: 'applyManifests',
    summary: 'An object in JSON',
    params: demo,
    query: { mode: 'apply', namespace: 'default' },
    body: DEPLOYMENT,
  },
  {
    name: 'yaml',
    operationId: 'applyManifests',
    summary: 'Two documents in YAML',
    params: demo,
    text: { mediaType: 'application/yaml', value: YAML },
  },
  { name: 'by', operationId: 'advanceClock', summary: 'By some time', params: demo, body: { by: '1s' } },
  { name: 'steps', operationId: 'advanceClock', summary: 'To the next changes', params: demo, body: { steps: 2 } },
  {
    name: 'until',
    operationId: 'advanceClock',
    summary: 'Until a condition holds',
    params: demo,
    body: { until: { for: 'condition=Available', resource: 'deployments', name: 'web', namespace: 'default' }, timeout: '5m' },
  },
  { name: 'to', operationId: 'advanceClock', summary: 'To an instant', params: demo, body: { to: '2025-01-01T01:00:00Z' } },
  {
    name: 'until-idle',
    operationId: 'advanceClock',
    summary: 'Until nothing is scheduled any more',
    params: demo,
    body: { until: 'idle', timeout: '1h' },
  },
  {
    name: 'lockstep',
    operationId: 'advanceClock',
    summary: 'In step with a controller outside, which watches pods',
    params: demo,
    body: { by: '1m', barrier: { clients: ['site-controller'], quiet: '50ms', patience: '10s' } },
    beside: { path: '/api/v1/pods?watch=true', client: 'site-controller' },
  },
  { name: 'the-clock', operationId: 'getClock', summary: 'It stands', params: demo },
  { name: 'stop', operationId: 'setClock', summary: 'Let it stand', params: demo, body: { mode: 'manual' } },
  {
    name: 'lines',
    operationId: 'watchCluster',
    summary: 'As kubectl would print them, for a second',
    params: demo,
    query: { resource: 'pods', namespace: 'default', format: 'text', timeoutSeconds: '1' },
  },
  {
    name: 'crashes',
    operationId: 'setImage',
    summary: 'Runs for a minute, then ends with 1, and serves errors before',
    params: { cluster: 'demo', reference: 'registry.example/crasher:v1' },
    body: {
      startup: '3s',
      run: [{ for: '1m', exitCode: 1 }],
      http: [{ path: '/health', status: 500, from: '30s' }],
      sigterm: { after: '2s' },
      memory: [{ value: '64Mi' }],
      logs: [{ text: 'still alive', every: '10s' }],
    },
  },
  {
    name: 'the-behaviour',
    operationId: 'getImage',
    summary: 'As it was given',
    params: { cluster: 'demo', reference: 'registry.example/crasher:v1' },
  },
  { name: 'behaviours', operationId: 'listImages', summary: 'All of the cluster’s own', params: demo },
  {
    name: 'forget',
    operationId: 'deleteImage',
    summary: 'Forget it',
    params: { cluster: 'demo', reference: 'registry.example/crasher:v1' },
  },
  {
    name: 'node-down',
    operationId: 'createFault',
    summary: 'A node is off for ten minutes',
    params: demo,
    body: { type: 'node-down', target: { node: 'node-2' }, after: '30s', for: '10m' },
  },
  {
    name: 'image-pull-fail',
    operationId: 'createFault',
    summary: 'A registry does not give out an image, until the fault is deleted',
    params: demo,
    body: { type: 'image-pull-fail', target: { image: 'nginx:1.27', message: 'manifest unknown' } },
  },
  { name: 'the-fault', operationId: 'getFault', summary: 'It waits', params: { cluster: 'demo', id: 'fault-1' } },
  { name: 'faults', operationId: 'listFaults', summary: 'All of them', params: demo },
  { name: 'end', operationId: 'deleteFault', summary: 'It is over', params: { cluster: 'demo', id: 'fault-2' } },
  {
    name: 'commands',
    operationId: 'listCommands',
    summary: 'What was asked after the genesis',
    params: demo,
    query: { after: '3', limit: '2' },
  },
  {
    name: 'timeline',
    operationId: 'getTimeline',
    summary: 'Of one Deployment with its pods and containers, up to a moment',
    params: demo,
    query: { resource: 'deployments', name: 'web', to: '2025-01-01T00:00:03Z' },
  },
  {
    name: 'causes',
    operationId: 'getCauses',
    summary: 'From a change back to the command that brought it',
    params: { cluster: 'demo', revision: '80' },
  },
  {
    name: 'changes',
    operationId: 'listChanges',
    summary: 'Of one object',
    params: demo,
    query: { resource: 'configmaps', name: 'settings', limit: '1' },
  },
  {
    name: 'from-the-start',
    operationId: 'getDifference',
    summary: 'What a command changed',
    params: demo,
    query: { from: 'command:4', to: 'command:5' },
  },
  {
    name: 'healthy',
    operationId: 'explainObject',
    summary: 'Nothing is wrong',
    params: demo,
    query: { resource: 'deployments', namespace: 'default', name: 'web' },
  },
  {
    name: 'from-then',
    operationId: 'createFork',
    summary: 'From a moment of the past',
    params: demo,
    body: { name: 'what-if', at: 'command:5', labels: { course: 'k8s-102' } },
  },
  { name: 'forks', operationId: 'listForks', summary: 'One fork', params: demo, query: { limit: '10' } },
  {
    name: 'from-a-fork',
    operationId: 'getDifference',
    summary: 'Against another cluster',
    params: demo,
    query: { with: 'what-if', resource: 'configmaps' },
  },
  { name: 'back', operationId: 'rewindCluster', summary: 'Before the manifests', params: demo, body: { to: 'command:1' } },
  { name: 'recording', operationId: 'exportCluster', summary: 'A cluster in which nothing happened', params: demo },
  {
    name: 'again',
    operationId: 'importCluster',
    summary: 'The same cluster under another name',
    query: { name: 'copy', check: 'strict' },
    text: { mediaType: 'application/x-ndjson', answerOf: 'recording' },
  },
  { name: 'done', operationId: 'deleteCluster', summary: 'It is gone', params: { cluster: 'copy' } },
  { name: 'course-over', operationId: 'deleteClusters', summary: 'All of one course', query: { labelSelector: 'course=k8s-102' } },
];
