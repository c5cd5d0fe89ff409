// Priority and fairness: the objects that every API server makes for itself (M11), and what both of their kinds share.
// Upstream: apiserver/pkg/apis/flowcontrol/bootstrap/default.go, pkg/apis/flowcontrol/validation/validation.go (v1.33).

import { duplicate, type FieldError, required } from '../../apimachinery/field-errors.ts';

export interface FlowCondition {
  readonly type?: string;
  readonly status?: string;
  readonly lastTransitionTime?: string;
  readonly reason?: string;
  readonly message?: string;
}

export interface Queuing {
  readonly queues: number;
  readonly handSize: number;
  readonly queueLengthLimit: number;
}

export interface PriorityLevelSpec {
  readonly type: string;
  readonly limited?: {
    readonly nominalConcurrencyShares?: number;
    readonly limitResponse: { readonly type: string; readonly queuing?: Queuing };
    readonly lendablePercent?: number;
    readonly borrowingLimitPercent?: number;
  };
  readonly exempt?: { readonly nominalConcurrencyShares?: number; readonly lendablePercent?: number };
}

export interface FlowSubject {
  readonly kind: string;
  readonly user?: { readonly name: string };
  readonly group?: { readonly name: string };
  readonly serviceAccount?: { readonly namespace: string; readonly name: string };
}

export interface ResourceRule {
  readonly verbs: readonly string[];
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly clusterScope?: boolean;
  readonly namespaces?: readonly string[];
}

export interface NonResourceRule {
  readonly verbs: readonly string[];
  readonly nonResourceURLs: readonly string[];
}

export interface FlowRule {
  readonly subjects: readonly FlowSubject[];
  readonly resourceRules?: readonly ResourceRule[];
  readonly nonResourceRules?: readonly NonResourceRule[];
}

export interface FlowSchemaSpec {
  readonly priorityLevelConfiguration: { readonly name: string };
  readonly matchingPrecedence: number;
  readonly distinguisherMethod?: { readonly type: string };
  readonly rules?: readonly FlowRule[];
}

/** Says that the server keeps the specification as it made it. */
export const AUTO_UPDATE_ANNOTATION = 'apf.kubernetes.io/autoupdate-spec';

/** Errors of the conditions of either kind. */
export function conditionErrors(conditions: readonly FlowCondition[] = []): readonly FieldError[] {
  const seen = new Set<string>();
  return conditions.flatMap(({ type = '' }, index) => {
    const path = `status.conditions[${index}].type`;
    const errors = [...(seen.has(type) ? [duplicate(path, type)] : []), ...(type === '' ? [required(path, 'must not be empty')] : [])];
    seen.add(type);
    return errors;
  });
}

function limited(nominalConcurrencyShares: number, lendablePercent: number, queues: number, handSize = 6): PriorityLevelSpec {
  const queuing = { queues, handSize, queueLengthLimit: 50 };
  return { type: 'Limited', limited: { nominalConcurrencyShares, limitResponse: { type: 'Queue', queuing }, lendablePercent } };
}

/** Those that must be as they are, then those that are suggested. */
export const PRIORITY_LEVELS: Readonly<Record<string, PriorityLevelSpec>> = {
  'catch-all': { type: 'Limited', limited: { nominalConcurrencyShares: 5, limitResponse: { type: 'Reject' }, lendablePercent: 0 } },
  exempt: { type: 'Exempt', exempt: { nominalConcurrencyShares: 0, lendablePercent: 0 } },
  system: limited(30, 33, 64),
  'node-high': limited(40, 25, 64),
  'leader-election': limited(10, 0, 16, 4),
  'workload-high': limited(40, 50, 128),
  'workload-low': limited(100, 90, 128),
  'global-default': limited(20, 50, 128),
};

const ALL = ['*'];
const READ_AND_WRITE = ['get', 'create', 'update'];
const EVERYBODY = groups('system:unauthenticated', 'system:authenticated');
const EVERYTHING: Omit<FlowRule, 'subjects'> = {
  resourceRules: [{ verbs: ALL, apiGroups: ALL, resources: ALL, clusterScope: true, namespaces: ALL }],
  nonResourceRules: [{ verbs: ALL, nonResourceURLs: ALL }],
};

function groups(...names: readonly string[]): readonly FlowSubject[] {
  return names.map((name) => ({ kind: 'Group', group: { name } }));
}

function users(...names: readonly string[]): readonly FlowSubject[] {
  return names.map((name) => ({ kind: 'User', user: { name } }));
}

/** Accounts of the system's namespace. */
function accounts(...names: readonly string[]): readonly FlowSubject[] {
  return names.map((name) => ({ kind: 'ServiceAccount', serviceAccount: { namespace: 'kube-system', name } }));
}

function inNamespaces(verbs: readonly string[], group: string, ...resources: readonly string[]): ResourceRule {
  return { verbs, apiGroups: [group], resources, namespaces: ALL };
}

function flow(level: string, matchingPrecedence: number, distinguisher: string, rule: FlowRule): FlowSchemaSpec {
  return {
    priorityLevelConfiguration: { name: level },
    matchingPrecedence,
    ...(distinguisher === '' ? {} : { distinguisherMethod: { type: distinguisher } }),
    rules: [rule],
  };
}

const LEASES = inNamespaces(READ_AND_WRITE, 'coordination.k8s.io', 'leases');

/** Those that must be as they are, then those that are suggested. */
export const FLOW_SCHEMAS: Readonly<Record<string, FlowSchemaSpec>> = {
  exempt: flow('exempt', 1, '', { subjects: groups('system:masters'), ...EVERYTHING }),
  'catch-all': flow('catch-all', 10_000, 'ByUser', { subjects: EVERYBODY, ...EVERYTHING }),
  'system-nodes': flow('system', 500, 'ByUser', { subjects: groups('system:nodes'), ...EVERYTHING }),
  'system-node-high': flow('node-high', 400, 'ByUser', {
    subjects: groups('system:nodes'),
    resourceRules: [
      { verbs: ALL, apiGroups: [''], resources: ['nodes', 'nodes/status'], clusterScope: true, namespaces: ALL },
      inNamespaces(ALL, 'coordination.k8s.io', 'leases'),
    ],
  }),
  probes: flow('exempt', 2, '', {
    subjects: EVERYBODY,
    nonResourceRules: [{ verbs: ['get'], nonResourceURLs: ['/healthz', '/readyz', '/livez'] }],
  }),
  'system-leader-election': flow('leader-election', 100, 'ByUser', {
    subjects: [...users('system:kube-controller-manager', 'system:kube-scheduler'), ...accounts('*')],
    resourceRules: [LEASES],
  }),
  'workload-leader-election': flow('leader-election', 200, 'ByUser', {
    subjects: accounts('*'),
    resourceRules: [inNamespaces(READ_AND_WRITE, '', 'endpoints', 'configmaps'), LEASES],
  }),
  'endpoint-controller': flow('workload-high', 150, 'ByUser', {
    subjects: [...users('system:kube-controller-manager'), ...accounts('endpoint-controller', 'endpointslicemirroring-controller')],
    resourceRules: [inNamespaces(READ_AND_WRITE, '', 'endpoints')],
  }),
  'kube-controller-manager': flow('workload-high', 800, 'ByNamespace', {
    subjects: users('system:kube-controller-manager'),
    ...EVERYTHING,
  }),
  'kube-scheduler': flow('workload-high', 800, 'ByNamespace', { subjects: users('system:kube-scheduler'), ...EVERYTHING }),
  'kube-system-service-accounts': flow('workload-high', 900, 'ByNamespace', { subjects: accounts('*'), ...EVERYTHING }),
  'service-accounts': flow('workload-low', 9_000, 'ByUser', { subjects: groups('system:serviceaccounts'), ...EVERYTHING }),
  'global-default': flow('global-default', 9_900, 'ByUser', { subjects: EVERYBODY, ...EVERYTHING }),
};

/** Names whose objects may not differ from the above. */
export const MANDATORY: ReadonlySet<string> = new Set(['catch-all', 'exempt']);
