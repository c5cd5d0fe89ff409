// A service on a socket with one cluster and pods to talk to.

import { startTestService, type TestService, type TestServiceOptions } from '../../../support/service.ts';

export interface StreamingStage {
  readonly served: TestService;
  /** Address of a subresource of a pod. */
  url(pod: string, subresource: string, query?: string): string;
  advance(by: string): Promise<void>;
  readonly digest: () => Promise<string>;
}

const container = (name: string, image: string, rest: object = {}) => ({ name, image, ...rest });

const TICK = 'i=0; while true; do i=$((i+1)); echo tick $i; sleep 10; done';
const ASK = 'printf "name? "; read a; echo "hello $a"; exit 3';

const PODS: readonly (readonly [string, object])[] = [
  ['web', { containers: [container('main', 'busybox:1.36', { command: ['sleep', '100000'] })] }],
  ['two', { containers: [container('c', 'nginx'), container('d', 'nginx')], initContainers: [container('first', 'busybox:1.36')] }],
  ['server', { containers: [container('nginx', 'c1t1d0s7/myweb', { ports: [{ containerPort: 80 }] })] }],
  ['nowhere', { containers: [container('main', 'nginx')], nodeSelector: { no: 'such-node' } }],
  ['ticking', { containers: [container('main', 'busybox:1.36', { command: ['sh', '-c', TICK] })] }],
  ['asking', { containers: [container('main', 'busybox:1.36', { stdin: true, stdinOnce: true, command: ['sh', '-c', ASK] })] }],
];

/** Starts a service with a cluster `demo` whose pods run. */
export async function openStreamingStage(options: TestServiceOptions = {}): Promise<StreamingStage> {
  const served = await startTestService(options);
  const auth = options.token === undefined ? {} : { authorization: `Bearer ${options.token}` };
  await served.http.post('/v1/clusters').set(auth).send({ name: 'demo' });
  for (const [name, spec] of PODS) {
    const body = { apiVersion: 'v1', kind: 'Pod', metadata: { name }, spec: { restartPolicy: 'Never', ...spec } };
    const { status } = await served.http.post('/clusters/demo/api/v1/namespaces/default/pods').set(auth).send(body);
    if (status !== 201) throw new Error(`${name}: ${status}`);
  }
  const stage: StreamingStage = {
    served,
    url: (pod, subresource, query = '') => `${served.url}/clusters/demo/api/v1/namespaces/default/pods/${pod}/${subresource}?${query}`,
    async advance(by) {
      await served.http.post('/v1/clusters/demo/clock/advance').set(auth).send({ by });
    },
    digest: async () => ((await served.http.get('/v1/clusters/demo').set(auth)).body as { digest: string }).digest,
  };
  await stage.advance('30s');
  return stage;
}
