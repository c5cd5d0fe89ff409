// Health of a Kubernetes API server: the endpoints, and the checks that each is made of. A simulated server is always well. Rules: B2, A12.
// Upstream: apiserver/pkg/server/healthz/healthz.go, pkg/controlplane/instance.go, kube-aggregator (v1.33).

import { answerText } from './answer.ts';

/** What a server does after its start, in the order in which upstream names it. */
const HOOKS = [
  'start-apiserver-admission-initializer',
  'generic-apiserver-start-informers',
  'priority-and-fairness-config-consumer',
  'priority-and-fairness-filter',
  'storage-object-count-tracker-hook',
  'start-apiextensions-informers',
  'start-apiextensions-controllers',
  'crd-informer-synced',
  'start-system-namespaces-controller',
  'start-cluster-authentication-info-controller',
  'start-kube-apiserver-identity-lease-controller',
  'start-kube-apiserver-identity-lease-garbage-collector',
  'start-legacy-token-tracking-controller',
  'start-service-ip-repair-controllers',
  'rbac/bootstrap-roles',
  'scheduling/bootstrap-system-priority-classes',
  'priority-and-fairness-config-producer',
  'bootstrap-controller',
  'start-kubernetes-service-cidr-controller',
  'start-kube-aggregator-informers',
  'apiservice-status-local-available-controller',
  'apiservice-status-remote-available-controller',
  'apiservice-registration-controller',
  'apiservice-wait-for-first-sync',
  'apiservice-discovery-controller',
  'kube-apiserver-autoregistration',
];
const LATER_HOOKS = ['apiservice-openapi-controller', 'apiservice-openapiv3-controller'];
const AFTER_START = [...HOOKS.map(hookName), 'autoregister-completion', ...LATER_HOOKS.map(hookName)];

function hookName(hook: string): string {
  return `poststarthook/${hook}`;
}

const LIVE = ['ping', 'log', 'etcd', ...AFTER_START];
const CHECKS: Readonly<Record<string, readonly string[]>> = {
  healthz: LIVE,
  livez: LIVE,
  readyz: ['ping', 'log', 'etcd', 'etcd-readiness', 'informer-sync', ...AFTER_START, 'shutdown'],
};

/** A12: every path about health. */
export const HEALTH_PATHS: readonly string[] = Object.entries(CHECKS).flatMap(([endpoint, checks]) => [
  `/${endpoint}`,
  ...checks.map((check) => `/${endpoint}/${check}`),
]);

/** Answers an endpoint or one of its checks; undefined for every other path. */
export function answerHealth(request: Request, path: string): Response | undefined {
  if (!HEALTH_PATHS.includes(path)) return undefined;
  const endpoint = path.slice(1);
  const checks = Object.hasOwn(CHECKS, endpoint) ? CHECKS[endpoint] : undefined;
  const query = new URL(request.url).searchParams;
  if (checks === undefined || !query.has('verbose')) return answerText('ok');
  const excluded = query.getAll('exclude');
  const lines = checks.map((name) => `[+]${name} ${excluded.includes(name) ? 'excluded: ok' : 'ok'}\n`);
  const unknown = excluded.filter((name) => !checks.includes(name)).map((name) => JSON.stringify(name));
  if (unknown.length > 0) lines.push(`warn: some health checks cannot be excluded: no matches for ${unknown.join(', ')}\n`);
  return answerText(`${lines.join('')}${endpoint} check passed\n`);
}
